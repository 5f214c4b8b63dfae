"""Which services fall under a mandate, how each stands to it, and what may be asked and granted.

A mandate is countable where it says which needs it is about. It is asked of one need of one
service at a time: a service may comply with one and not with another. Pure rules; the same stands
as SQL in store/mandates.py, and a test holds the two together.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date

from portal.catalogue.component_words import (
    ExemptionState,
    MandateState,
    NeedAnswer,
    Sector,
    UsageStatus,
)
from portal.catalogue.rules.reviews import add_months
from portal.catalogue.words import OrganisationKind, Phase
from portal.errors import N_, Invalid, Stale

#: The organisations of a sector, as far as their kind tells: that a body is devolved it does not.
KINDS: Mapping[Sector, frozenset[OrganisationKind]] = {
    Sector.CENTRAL_GOVERNMENT: frozenset(
        {OrganisationKind.DEPARTMENT, OrganisationKind.AGENCY, OrganisationKind.NDPB}
    ),
    Sector.LOCAL_GOVERNMENT: frozenset({OrganisationKind.LOCAL_AUTHORITY}),
    Sector.NHS: frozenset({OrganisationKind.NHS}),
    Sector.POLICE: frozenset({OrganisationKind.POLICE}),
    Sector.SCHOOLS: frozenset({OrganisationKind.SCHOOL}),
    Sector.OTHER_PUBLIC_SECTOR: frozenset({OrganisationKind.OTHER}),
    Sector.ANYONE: frozenset(OrganisationKind) - {OrganisationKind.SUPPLIER},
}
#: The phases of a service in their order; one that is retired falls under nothing.
PHASES = (Phase.DISCOVERY, Phase.ALPHA, Phase.PRIVATE_BETA, Phase.PUBLIC_BETA, Phase.LIVE)
USED = (UsageStatus.LIVE, UsageStatus.STOPPING)
COMING = (UsageStatus.PLANNED, UsageStatus.INTEGRATING)
#: What says how a need is met, or will be. Considering something says nothing yet.
SAYING = (UsageStatus.LIVE, UsageStatus.STOPPING, *COMING)
#: An exemption ends after so many months at most: contracts end and components grow, so the
#: question is asked again. The longest is about one budget cycle.
LONGEST = 24
#: A team is reminded so many days before its exemption ends.
REMINDED = 90


@dataclass(frozen=True, slots=True)
class Covers:
    """What a mandate is about; a set that is empty leaves nobody out.

    Attributes:
        needs: slugs of needs; without one the mandate cannot be counted.
        sectors: whose services.
        audiences: of which a service has one.
        from_phase: the first phase in which it holds; None from the start.
        new_since: only services that began on this day or later; None for all.
        since: the first day of the mandate.
        until: the first day without it.
    """

    needs: frozenset[str]
    sectors: frozenset[str] = frozenset()
    audiences: frozenset[str] = frozenset()
    from_phase: str | None = None
    new_since: date | None = None
    since: date | None = None
    until: date | None = None

    def holds(self, day: date) -> bool:
        """Whether it is in force on a day."""
        return (self.since is None or self.since <= day) and (
            self.until is None or day < self.until
        )


@dataclass(frozen=True, slots=True)
class About:
    """What a mandate asks about a service; what is not known proves nothing.

    Attributes:
        phase: the one it is in.
        kind: of the accountable organisation.
        audiences: who uses it.
        began: the first day of its first phase.
    """

    phase: str
    kind: str | None
    audiences: frozenset[str] = frozenset()
    began: date | None = None


@dataclass(frozen=True, slots=True)
class Way:
    """A way in which a service meets a need, or will.

    Attributes:
        mandated: whether it is the mandated component.
        status: how far it is.
    """

    mandated: bool
    status: UsageStatus


def kinds_of(sectors: Collection[str]) -> frozenset[OrganisationKind] | None:
    """The kinds of organisations of these sectors; None for every kind."""
    if not sectors:
        return None
    return frozenset[OrganisationKind]().union(*(KINDS.get(Sector(s), ()) for s in sectors))


def phases_from(phase: str | None) -> tuple[Phase, ...]:
    """The phases in which a mandate holds; a service whose phase is not known has none of them,
    unless it holds from the start.
    """
    if phase is None:
        return (*PHASES, Phase.UNKNOWN)
    return PHASES[PHASES.index(Phase(phase)) :]


def covers_service(covers: Covers, service: About) -> bool:
    """Whether a mandate is about a service, whatever it needs."""
    kinds = kinds_of(covers.sectors)
    if kinds is not None and service.kind not in kinds:
        return False
    if service.phase not in phases_from(covers.from_phase):
        return False
    if covers.audiences and not covers.audiences & service.audiences:
        return False
    return covers.new_since is None or (
        service.began is not None and service.began >= covers.new_since
    )


def falls_under(
    mandates: Iterable[Covers], need: str, service: About, answer: NeedAnswer | None, day: date
) -> bool:
    """Whether a need of a service falls under one of a component's mandates on a day. A service
    that says it does not have the need does not.
    """
    if answer is NeedAnswer.NOT_NEEDED:
        return False
    return any(
        need in each.needs and each.holds(day) and covers_service(each, service)
        for each in mandates
    )


def why_not(
    mandates: Iterable[Covers], need: str, service: About, answer: NeedAnswer | None, day: date
) -> str | None:
    """Why a need of a service does not fall under any of a component's mandates on a day, by the
    one that comes nearest: it is not needed, none is in force, or it is about other services by
    their organisations ("sector"), users ("audience"), phase, or beginning ("began"). None where
    it does fall under one.
    """
    if answer is NeedAnswer.NOT_NEEDED:
        return "not_needed"
    about = [each for each in mandates if need in each.needs]
    missed = [_missed(each, service) for each in about if each.holds(day)]
    if not missed:
        return "not_in_force"
    return None if None in missed else max(missed, key=lambda each: _NEAR.index(each or ""))


#: What a service may miss of a mandate, in the order in which it is asked.
_NEAR = ("sector", "audience", "phase", "began")


def _missed(covers: Covers, service: About) -> str | None:
    kinds = kinds_of(covers.sectors)
    if kinds is not None and service.kind not in kinds:
        return "sector"
    if covers.audiences and not covers.audiences & service.audiences:
        return "audience"
    return (
        None
        if covers_service(covers, service)
        else ("phase" if service.phase not in phases_from(covers.from_phase) else "began")
    )


def state_of(
    ways: Iterable[Way], exempt_until: date | None, asked: bool, day: date, exempt: bool = False
) -> MandateState:
    """How a need of a service that falls under a mandate stands to it.

    It complies where the mandated component alone meets the need. A live exemption counts before
    a move that has begun: until the move is done, it is what allows the other way.

    Args:
        ways: how the need is met; stopped ones and ideas say nothing.
        exempt_until: the first day without the exemption, of one that has an end.
        asked: whether an exemption is asked for.
        day: today.
        exempt: whether there is an exemption that has no end.
    """
    said = [way for way in ways if way.status in SAYING]
    mandated = {way.status for way in said if way.mandated}
    others = {way.status for way in said if not way.mandated}
    if UsageStatus.LIVE in mandated and not others:
        return MandateState.COMPLIES
    if exempt or (exempt_until is not None and day < exempt_until):
        return MandateState.EXEMPT
    leaving = others == {UsageStatus.STOPPING} and UsageStatus.LIVE in mandated
    if leaving or mandated & set(COMING):
        return MandateState.MOVING
    if asked:
        return MandateState.ASKED
    return MandateState.NEITHER if said else MandateState.NOT_KNOWN


#: Where a request can go from each state.
MOVES: Mapping[ExemptionState, frozenset[ExemptionState]] = {
    ExemptionState.ASKED: frozenset(
        {ExemptionState.GRANTED, ExemptionState.REFUSED, ExemptionState.WITHDRAWN}
    ),
    ExemptionState.GRANTED: frozenset({ExemptionState.ENDED}),
    ExemptionState.REFUSED: frozenset(),
    ExemptionState.WITHDRAWN: frozenset(),
    ExemptionState.ENDED: frozenset(),
}
#: What everybody may read: that it was decided, and why.
PUBLIC = frozenset({ExemptionState.GRANTED, ExemptionState.REFUSED, ExemptionState.ENDED})


def moved(state: ExemptionState, to: ExemptionState) -> ExemptionState:
    """The new state. Raises Stale where somebody has decided otherwise meanwhile."""
    if to not in MOVES[state]:
        raise Stale(N_("Somebody has decided this already"))
    return to


def last_end(day: date) -> date:
    """The last day on which an exemption granted on a day may end."""
    return add_months(day, LONGEST)


def wrong_end(until: date | None, day: date, field: str) -> Iterator[Invalid]:
    """Why an exemption cannot end on a day: each needs an end, after today and within two years."""
    if until is None:
        yield Invalid(field, N_("Enter the day on which the exemption ends"))
    elif until <= day:
        yield Invalid(field, N_("The exemption must end after today"))
    elif until > last_end(day):
        yield Invalid(
            field,
            N_("An exemption lasts %(months)s months at most; it can be asked for again"),
            months=LONGEST,
        )


def refuse_end(until: date | None, day: date, field: str) -> None:
    """Raise Invalid where an exemption cannot end on a day."""
    for problem in wrong_end(until, day, field):
        raise problem


@dataclass(frozen=True, slots=True)
class Terms:
    """The conditions of an exemption: what has to be done, by when, and since when it is."""

    text: str | None = None
    by: date | None = None
    met_on: date | None = None


def wrong_terms(terms: Terms, granted_on: date, ends: date | None, day: date) -> Iterator[Invalid]:
    """Everything for which an exemption cannot have these conditions."""
    if not terms.text:
        if terms.by or terms.met_on:
            yield Invalid("conditions", N_("Enter the conditions"))
        return
    if terms.by and terms.by < granted_on:
        yield Invalid("conditions_by", N_("The day must not be before the decision"))
    elif terms.by and ends and terms.by > ends:
        yield Invalid("conditions_by", N_("The day must not be after the exemption ends"))
    if terms.met_on and not granted_on <= terms.met_on <= day:
        yield Invalid("met_on", N_("Enter a day from the decision to today"))


def is_live(granted_on: date, expires_on: date | None, ended_on: date | None, day: date) -> bool:
    """Whether an exemption holds on a day."""
    ends = [each for each in (expires_on, ended_on) if each is not None]
    return granted_on <= day and all(day < each for each in ends)
