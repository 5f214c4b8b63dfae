"""Assessors: what they say of themselves, when they are free, and who fits a seat. Pure rules."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum

from portal.accounts.words import Profession
from portal.assessments.booking_words import PanelBy, SeatRole, Training
from portal.assessments.rules.panels import Around, Conflict, against, unknown
from portal.errors import N_, Invalid

MOST_A_MONTH = 20
#: What comes after a panel that somebody watched.
WATCHED = {Training.NOT_BEGUN: Training.OBSERVED, Training.OBSERVED: Training.SHADOWED}
#: How far ahead somebody can say that they are away, in days.
FARTHEST = 3 * 366


class WhyNot(StrEnum):
    """What speaks against somebody for a seat, the heaviest first."""

    ALREADY = "already"
    CANNOT_LEAD = "cannot_lead"
    PROFESSION = "profession"
    CONFLICT = "conflict"
    NOWHERE = "nowhere"
    NOT_LISTED = "not_listed"
    AWAY = "away"
    SITS_ELSEWHERE = "sits_elsewhere"
    MONTH_FULL = "month_full"
    OTHER_POOL = "other_pool"
    NOT_TRAINED = "not_trained"


#: With one of these somebody cannot take the seat at all.
NEVER = frozenset({WhyNot.ALREADY, WhyNot.CANNOT_LEAD, WhyNot.PROFESSION})


@dataclass(frozen=True, slots=True)
class Candidate:
    """Somebody who could take a seat.

    Attributes:
        ahead: seats that they hold in the next 90 days, and `behind` in the last.
        away: whether they are away on a day of the assessment.
        elsewhere: whether they sit on another panel on such a day.
        month: seats that they hold in its month.
        here: whether they sit on this panel already.
        volunteered: whether they offered to take the seat.
    """

    person_id: int
    name: str
    professions: frozenset[Profession] = frozenset()
    organisation_id: int | None = None
    organisation: str | None = None
    supplier: str | None = None
    supplier_key: str | None = None
    cross_government: bool = False
    can_lead: bool = False
    training: Training = Training.NOT_BEGUN
    listed: bool = True
    most_a_month: int | None = None
    ahead: int = 0
    behind: int = 0
    away: bool = False
    elsewhere: bool = False
    month: int = 0
    here: bool = False
    volunteered: bool = False


@dataclass(frozen=True, slots=True)
class Asked:
    """A seat to be filled.

    Attributes:
        panel_by: whose assessors sit on its panel.
        organisation_id: whose the booking is.
    """

    role: SeatRole
    profession: Profession | None
    panel_by: PanelBy | None
    organisation_id: int | None
    around: Around = field(default_factory=Around)


@dataclass(frozen=True, slots=True)
class Ranked:
    """A candidate with all that speaks against them."""

    who: Candidate
    why_not: tuple[WhyNot, ...]
    conflicts: tuple[Conflict, ...] = ()

    @property
    def can(self) -> bool:
        """Whether they can take the seat, if only after somebody has judged a conflict."""
        return not NEVER & set(self.why_not)


def ranked(candidates: Iterable[Candidate], seat: Asked) -> list[Ranked]:
    """Candidates with what speaks against each: who fits best first, and of equals who has
    volunteered, then who sits on the fewest panels.
    """
    order = list(WhyNot).index

    def place(each: Ranked) -> tuple[object, ...]:
        heaviest = min(map(order, each.why_not), default=len(WhyNot))
        load = each.who.ahead + each.who.behind
        volunteered = not each.who.volunteered
        return -heaviest, len(each.why_not), volunteered, load, each.who.name.casefold()

    return sorted((_weighed(each, seat) for each in candidates), key=place)


def _weighed(who: Candidate, seat: Asked) -> Ranked:
    found, why = tuple(against(who, seat.role, seat.around)), []
    assesses = seat.role is not SeatRole.OBSERVER
    cross = seat.panel_by is PanelBy.CROSS_GOVERNMENT
    said = {
        WhyNot.ALREADY: who.here,
        WhyNot.CANNOT_LEAD: seat.role is SeatRole.LEAD and not who.can_lead,
        WhyNot.PROFESSION: seat.role is SeatRole.ASSESSOR
        and seat.profession not in who.professions,
        WhyNot.CONFLICT: bool(found),
        WhyNot.NOWHERE: unknown(who, seat.role, seat.around),
        WhyNot.NOT_LISTED: not who.listed,
        WhyNot.AWAY: who.away,
        WhyNot.SITS_ELSEWHERE: who.elsewhere,
        WhyNot.MONTH_FULL: who.most_a_month is not None and who.month >= who.most_a_month,
        WhyNot.OTHER_POOL: assesses
        and (not who.cross_government if cross else who.organisation_id != seat.organisation_id),
        WhyNot.NOT_TRAINED: assesses and who.training is not Training.TRAINED,
    }
    why = [each for each, holds in said.items() if holds]
    return Ranked(who, tuple(why), found)


def wrong_away(since: date | None, until: date | None, day: date) -> list[Invalid]:
    """What days away cannot be."""
    found = []
    if since is not None and until is not None and until < since:
        found.append(Invalid("until", N_("The last day must not be before the first one")))
    if until is not None and until < day:
        found.append(Invalid("until", N_("The last day must be today or later")))
    if since is not None and (since - day).days > FARTHEST:
        found.append(Invalid("since", N_("The first day must be within three years")))
    if until is not None and since is not None and (until - since).days > FARTHEST:
        found.append(Invalid("until", N_("The last day must be within three years of the first")))
    return found


def wrong_month(most: int | None) -> list[Invalid]:
    """What the most panels a month cannot be."""
    if most is not None and not 0 <= most <= MOST_A_MONTH:
        text = N_("Enter a number between %(least)s and %(most)s")
        return [Invalid("most_a_month", text, least=0, most=MOST_A_MONTH)]
    return []


def after_watching(training: Training, watched: bool) -> Training:
    """How far somebody's training is after a panel that they watched, or sat on."""
    return WATCHED.get(training, training) if watched else training


def days_of(held_on: date | None, sessions: Collection[date]) -> list[date]:
    """The days of an assessment, as far as they are set."""
    return sorted(set(sessions) or ({held_on} if held_on else set()))
