"""Who has to sit on a panel, who may not, and what a panel lacks: pure rules."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum
from typing import Protocol

from portal.accounts.words import Profession
from portal.assessments.booking_words import Declaration, SeatRole, SeatState, State
from portal.assessments.rules.workflow import AHEAD, OPEN
from portal.assessments.words import AssessmentKind, Rating, Stage
from portal.errors import N_, Refused

_CORE = (Profession.USER_RESEARCH, Profession.DESIGN, Profession.TECHNOLOGY)
_MORE = (*_CORE, Profession.PERFORMANCE)
#: Who sits beside the lead, by stage.
PROFESSIONS: dict[Stage, tuple[Profession, ...]] = {
    Stage.ALPHA: _CORE,
    Stage.BETA: _MORE,
    Stage.LIVE: _MORE,
    Stage.LIVE_REVIEW: _MORE,
    Stage.UNKNOWN: _CORE,
}
#: Kinds that look at some points alone: those that an earlier assessment rated so.
AGAIN: dict[AssessmentKind, Rating] = {
    AssessmentKind.REASSESSMENT: Rating.NOT_MET,
    AssessmentKind.AMBER_REVIEW: Rating.MET_WITH_CONDITIONS,
}
#: The lead and one more, whatever their profession.
TWO = frozenset({AssessmentKind.PEER_REVIEW})
#: Seats can be filled, left and judged.
SEATED = OPEN - {State.DRAFT, State.SUBMITTED, State.ACCEPTED} | {State.POSTPONED}
#: Seats are offered to volunteers.
OFFERED = AHEAD - {State.SUBMITTED, State.ACCEPTED}


@dataclass(frozen=True, slots=True)
class Place:
    """A seat that a panel needs; without a profession, anybody's."""

    role: SeatRole
    profession: Profession | None = None

    @property
    def offered_as(self) -> Profession | None:
        """What its seat is made for: a lead answers for what no profession of a panel leads on."""
        if self.role is SeatRole.OBSERVER:
            return None
        if self.role is SeatRole.LEAD:
            return Profession.PRODUCT
        return self.profession or Profession.USER_RESEARCH


LEAD = Place(SeatRole.LEAD)
ONE_MORE = Place(SeatRole.ASSESSOR)


def places(
    stage: Stage | None, kind: AssessmentKind | None, again: Collection[Profession] | None = None
) -> tuple[Place, ...]:
    """The seats that an assessment needs.

    Args:
        stage: the phase that it concludes.
        kind: how it is held.
        again: the professions of the points that are assessed again, of one that looks at those
            alone; None where that is not known, which takes a whole panel.
    """
    if kind in TWO or stage is Stage.DISCOVERY:
        return LEAD, ONE_MORE
    if kind in AGAIN and again is not None:
        beside: Iterable[Profession] = sorted(set(again), key=list(Profession).index)
        # Whoever leads answers for product and delivery.
        beside = [each for each in beside if each is not LEAD.offered_as]
    else:
        beside = PROFESSIONS[stage or Stage.UNKNOWN]
    return LEAD, *(Place(SeatRole.ASSESSOR, each) for each in beside)


class Seated(Protocol):
    """A seat, in whichever form."""

    @property
    def role(self) -> SeatRole:
        """What it is for."""

    @property
    def profession(self) -> Profession | None:
        """Of whom."""


def missing(needed: Iterable[Place], seats: Iterable[Seated]) -> list[Place]:
    """The places for which none of these seats is, each seat counted once."""
    left = list(seats)
    found = []
    # Those that anybody fits come last, and take what is left.
    for place in sorted(needed, key=lambda each: each.profession is None):
        fits = [s for s in left if s.role is place.role and _fits(place, s)]
        if fits:
            left.remove(fits[0])
        else:
            found.append(place)
    return sorted(found, key=lambda each: each.role is not SeatRole.LEAD)


def _fits(place: Place, seat: Seated) -> bool:
    return place.profession is None or seat.profession is place.profession


class ConflictKind(StrEnum):
    """Why somebody should not sit on a panel."""

    DECLARED = "declared"
    OBJECTION = "objection"
    TEAM = "team"
    SUPPLIER = "supplier"
    ORGANISATION = "organisation"
    EARLIER_LEAD = "earlier_lead"


@dataclass(frozen=True, slots=True)
class Conflict:
    """A reason against somebody; `about` tells one of its kind from another."""

    kind: ConflictKind
    about: str = ""

    @property
    def key(self) -> str:
        """What a seat keeps of it once it is judged to be none."""
        return f"{self.kind}:{self.about}" if self.about else self.kind.value


@dataclass(frozen=True, slots=True)
class Around:
    """What stands around a booking on a day, as far as it can be a conflict.

    Attributes:
        team: ids of the people who answer for the service or component.
        suppliers: keys of the names of its suppliers.
        supplier_bodies: ids of those that are organisations.
        organisations: ids of those whose it is.
        earlier_leads: ids of who led an earlier assessment of it.
        cross_government: whether the panel is from across government.
        own_allowed: whether people of its organisation may sit on such a panel.
        lead_again: whether the lead of an earlier assessment may lead again.
    """

    team: frozenset[int] = frozenset()
    suppliers: frozenset[str] = frozenset()
    supplier_bodies: frozenset[int] = frozenset()
    organisations: frozenset[int] = frozenset()
    earlier_leads: frozenset[int] = frozenset()
    cross_government: bool = False
    own_allowed: bool = False
    lead_again: bool = True


class Sitter(Protocol):
    """Somebody who sits on a panel, or could."""

    @property
    def person_id(self) -> int | None:
        """Who."""

    @property
    def organisation_id(self) -> int | None:
        """Where they work."""

    @property
    def supplier_key(self) -> str | None:
        """Who employs them, where that is no part of government."""


def against(who: Sitter, role: SeatRole, around: Around) -> list[Conflict]:
    """What speaks against somebody on a seat, as the records say. Observers judge nothing, but
    read what is not published: they are of no supplier either.
    """
    found = []
    if who.person_id in around.team:
        found.append(Conflict(ConflictKind.TEAM))
    if who.supplier_key is not None and who.supplier_key in around.suppliers:
        found.append(Conflict(ConflictKind.SUPPLIER, who.supplier_key))
    if who.organisation_id in around.supplier_bodies:
        found.append(Conflict(ConflictKind.SUPPLIER, f"#{who.organisation_id}"))
    if (
        around.cross_government
        and not around.own_allowed
        and who.organisation_id in around.organisations
        and role is not SeatRole.OBSERVER
    ):
        found.append(Conflict(ConflictKind.ORGANISATION, str(who.organisation_id)))
    if role is SeatRole.LEAD and not around.lead_again and who.person_id in around.earlier_leads:
        found.append(Conflict(ConflictKind.EARLIER_LEAD))
    return found


def unknown(who: Sitter, role: SeatRole, around: Around) -> bool:
    """Whether it matters where somebody works, and nobody has recorded it: then the rule about
    their organisation cannot be asked.
    """
    return (
        around.cross_government
        and not around.own_allowed
        and role is not SeatRole.OBSERVER
        and who.person_id is not None
        and who.organisation_id is None
        and who.supplier_key is None
    )


class Sat(Sitter, Seated, Protocol):
    """A seat with who sits there and what is said of them."""

    @property
    def state(self) -> SeatState:
        """Whether somebody sits there."""

    @property
    def declaration(self) -> Declaration:
        """What they say of conflicts."""

    @property
    def objection(self) -> str | None:
        """What the service's team says of them."""

    @property
    def judged(self) -> Collection[str] | None:
        """Keys of the conflicts that the assurance team judged to be none."""


def conflicts(seat: Sat, around: Around) -> list[Conflict]:
    """All that speaks against whoever sits on a seat, judged or not."""
    if seat.state is not SeatState.FILLED:
        return []
    found = []
    if seat.declaration is Declaration.CONFLICT:
        found.append(Conflict(ConflictKind.DECLARED))
    if seat.objection:
        found.append(Conflict(ConflictKind.OBJECTION))
    return found + against(seat, seat.role, around)


def standing(seat: Sat, around: Around) -> list[Conflict]:
    """Those that nobody has judged to be none: also what the records say only now."""
    judged = seat.judged or ()
    return [each for each in conflicts(seat, around) if each.key not in judged]


def lacks(needed: Iterable[Place], seats: Iterable[Sat], around: Around, days_set: bool) -> list[
    Refused
]:  # fmt: skip
    """Why a panel is not ready; nothing where it is. Observers have to declare as well."""
    filled = [each for each in seats if each.state is SeatState.FILLED]
    found = []
    if any(standing(each, around) for each in filled):
        found.append(Refused(N_("Somebody on the panel has a conflict of interest that stands")))
    gone = missing(needed, filled)
    if any(each.role is SeatRole.LEAD for each in gone):
        found.append(Refused(N_("The panel has no lead assessor")))
    if any(each.role is not SeatRole.LEAD for each in gone):
        found.append(Refused(N_("The panel lacks somebody of a profession that it needs")))
    if any(each.declaration is Declaration.WAITING for each in filled):
        found.append(Refused(N_("Somebody on the panel has not said whether they have a conflict")))
    if not days_set:
        found.append(Refused(N_("No session is set")))
    return found


def week_of(held_on: date | None, weeks: Sequence[str] | None) -> date | None:
    """The Monday of the week of an assessment: of its day, else the first week asked for."""
    day = held_on
    for text in weeks or ():
        day = day or _day(text)
    return day - timedelta(days=day.weekday()) if day else None


def _day(text: str) -> date | None:
    """A day, or a week as `2026-W50`; None for what is neither."""
    for text_, form in ((text, "%Y-%m-%d"), (f"{text}-1", "%G-W%V-%u")):
        try:
            return datetime.strptime(text_, form).date()  # noqa: DTZ007  a day has no zone
        except ValueError:
            continue
    return None
