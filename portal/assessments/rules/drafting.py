"""What a draft report is made of: which points are open, whose they are, and what is missing."""

from __future__ import annotations

import unicodedata
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass

from portal.accounts.words import Profession
from portal.assessments.rules.ratings import NOT_APPLICABLE, of_point
from portal.assessments.words import AssessmentKind, Rating, RatingScheme
from portal.errors import N_, Invalid

#: The section that says what the panel says of the whole.
WHOLE = 0
#: The most that one text of a section holds.
LONGEST = 50_000
#: What a repeated assessment looks at; all else is carried forward.
LOOKS_AT: Mapping[AssessmentKind, Rating] = {
    AssessmentKind.REASSESSMENT: Rating.NOT_MET,
    AssessmentKind.AMBER_REVIEW: Rating.MET_WITH_CONDITIONS,
}


@dataclass(frozen=True, slots=True)
class Asked:
    """A point of the version that an assessment is against."""

    number: int
    point_id: int
    profession: Profession | None


@dataclass(frozen=True, slots=True)
class Found:
    """How an earlier assessment rated a point.

    Attributes:
        assessment_id: the published one that found it so; None of one that was never published.
    """

    verbatim: str
    rating: Rating
    reason: str | None
    assessment_id: int | None


@dataclass(frozen=True, slots=True)
class Planned:
    """A section to be made; `carried` is what it stands as."""

    asked: Asked
    carried: Found | None = None


@dataclass(frozen=True, slots=True)
class Said:
    """What somebody writes in a section."""

    verbatim: str | None = None
    reason: str | None = None
    done_well: str = ""
    to_explore: str = ""


@dataclass(frozen=True, slots=True)
class Sitting:
    """Somebody who sits on a panel and has no conflict of interest."""

    person_id: int
    profession: Profession | None
    leads: bool = False


def plan(
    kind: AssessmentKind | None, points: Iterable[Asked], earlier: Mapping[int, Found]
) -> list[Planned]:
    """The sections of an assessment, in the order of the points.

    Args:
        kind: a reassessment looks at the points that were not met, an amber evidence review at
            those met with conditions; both at points that nobody has rated before.
        earlier: how the assessment before rated the points of the same version, by number.
    """
    looks_at = LOOKS_AT.get(kind) if kind else None
    found = []
    for asked in sorted(points, key=lambda each: each.number):
        before = earlier.get(asked.number) if looks_at else None
        stands = before is not None and before.rating is not looks_at
        found.append(Planned(asked, before if stands else None))
    return found


def owners(
    number: int, profession: Profession | None, owner_id: int | None, panel: Collection[Sitting]
) -> list[int]:
    """Who writes a section: who was told to, else who sits for its profession, else the lead."""
    if owner_id is not None and owner_id in {each.person_id for each in panel}:
        return [owner_id]
    leads = sorted({each.person_id for each in panel if each.leads})
    if number == WHOLE:
        return leads
    sits = {each.person_id for each in panel if profession and each.profession is profession}
    return sorted(sits) or leads


def clean(said: Said, number: int, scheme: RatingScheme | None, rated: bool) -> Said:
    """What somebody wrote as it is kept. Raises Invalid.

    Args:
        said: as it came.
        number: of the section; the whole is rated by the decision.
        scheme: of the assessment.
        rated: whether its points are rated at all.
    """
    verbatim = said.verbatim or None
    if verbatim is not None:
        words = of_point(scheme) if scheme and rated and number != WHOLE else {}
        if verbatim not in words:
            raise Invalid("verbatim", N_("Select one of the ratings"))
    reason = _text("reason", said.reason) if verbatim == NOT_APPLICABLE else ""
    return Said(
        verbatim, reason or None, _text("done_well", said.done_well),
        _text("to_explore", said.to_explore),
    )  # fmt: skip


def _text(field: str, text: str | None) -> str:
    found = unicodedata.normalize("NFC", (text or "").replace("\r\n", "\n")).strip()
    if len(found) > LONGEST:
        raise Invalid(field, N_("This must be %(most)s characters or fewer"), most=f"{LONGEST:,}")
    return found


def missing(
    number: int, carried: bool, verbatim: str | None, reason: str | None, rated: bool
) -> str | None:
    """What a section still needs before a report can be checked, in words; None for nothing."""
    if not rated or number == WHOLE or carried:
        return None
    if verbatim is None:
        return N_("No rating yet")
    if verbatim == NOT_APPLICABLE and not reason:
        return N_("No reason why it does not apply")
    return None


def unfinished(
    number: int, verbatim: str | None, reason: str | None, written: bool, rated: bool
) -> bool:
    """Whether a section that is not carried forward waits for its writer: the report cannot be
    checked as it stands, or it says nothing at all.

    Args:
        number: of the section.
        verbatim: its rating, if it has one.
        reason: why the point does not apply.
        written: whether it says what is done well or is to be explored.
        rated: whether the points of the assessment are rated.
    """
    if missing(number, False, verbatim, reason, rated):
        return True
    return verbatim is None and not written
