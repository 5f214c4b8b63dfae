"""How services meet their needs, counted: each need of a service once for each way it is met.

A unit of all counts is a need of a service. Shared components, own builds and bought products of
one service for one need are a way each; two components for it are one way. What the standing of a
way is follows from its usages: the best of them decides.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from typing import NamedTuple

from portal.catalogue.component_words import Arrangement, Standing, UsageStatus
from portal.catalogue.rules.reviews import STALE, add_months
from portal.catalogue.rules.standing import HOLDS, NOT_YET, Claim, Marks, standing
from portal.reports.words import Counted

#: The organisation of services that have none, and all of government.
NOBODY, GOVERNMENT = 0, -1
#: All needs together, and no component.
EVERY_NEED, NO_COMPONENT = 0, 0
#: The best first: that of a way is the best of its usages.
BEST = (
    Standing.CONFIRMED, Standing.DECLARED, Standing.PLANNED, Standing.LAPSED, Standing.DISPUTED,
)  # fmt: skip
_RANK = {each.value: at for at, each in enumerate(BEST)}
#: The place among them of what has no standing.
NOT_RANKED = -1
#: What is in use.
IN_USE = (Standing.CONFIRMED, Standing.DECLARED)
#: Which way an arrangement is.
WAYS: Mapping[Arrangement, Counted] = {
    Arrangement.SHARED_COMPONENT: Counted.SHARED,
    Arrangement.OWN_BUILD: Counted.OWN,
    Arrangement.BOUGHT_PRODUCT: Counted.BOUGHT,
    Arrangement.BY_HAND: Counted.BY_HAND,
    Arrangement.GAP: Counted.GAP,
}
#: The ways that a reuse rate is over, and all in which a need may be met.
COMPARED = (Counted.SHARED, Counted.OWN, Counted.BOUGHT)
MET = (*COMPARED, Counted.BY_HAND, Counted.GAP)


def is_shown(way: str, stood: str) -> bool:
    """Whether a way in which a need is met has a column in the report: shared use however it
    stands, other ways as far as they are in use. A need without any is one of which nobody has
    said how it is met.
    """
    return way == Counted.SHARED or stood in IN_USE


class Place(NamedTuple):
    """Where a service counts; the phase and the kind of its organisation by their values."""

    organisation_id: int
    kind: str
    phase: str


class Fact(NamedTuple):
    """Something of a service that counts.

    Attributes:
        counted: what it is; of `SERVICES`, without a need, that the service counts at all.
        standing: how it stands, empty where nothing stands so; from `changes_on` on it is
            `next_standing`, which is empty where it is over.
    """

    service_id: int
    capability_id: int
    counted: str
    component_id: int = NO_COMPONENT
    standing: str = ""
    changes_on: date | None = None
    next_standing: str = ""


class Key(NamedTuple):
    """What a count is of: the parts that are empty or 0 are all of them together."""

    organisation_id: int
    kind: str
    phase: str
    capability_id: int
    component_id: int
    counted: str
    standing: str


@dataclass(frozen=True, slots=True)
class Used:
    """A usage as counting needs it; `stale_from` is when nobody relies on the record any more."""

    capability_id: int
    arrangement: Arrangement
    component_id: int | None
    claim: Claim
    marks: Marks
    stale_from: date | None = None


def stale_from(review_by: date | None) -> date | None:
    """The first day on which a record that was to be confirmed by a day is stale."""
    return None if review_by is None else review_by + STALE


def stands(used: Used, day: date) -> Standing | None:
    """How a usage stands on a day; None where it is over."""
    if used.claim.status is UsageStatus.STOPPED or _over(used.claim, day):
        return None
    stale = used.stale_from is not None and used.stale_from <= day
    return standing(used.claim, used.marks, day, stale)


def _over(claim: Claim, day: date) -> bool:
    """Whether its last day, or the day of its end, has come."""
    return claim.status not in NOT_YET and claim.until is not None and claim.until <= day


def best_on(some: Iterable[Used], day: date) -> str:
    """The best standing of usages on a day; empty where all are over."""
    found = [each for used in some if (each := stands(used, day)) is not None]
    return min(found, key=lambda each: _RANK[each]).value if found else ""


def change_after(some: Collection[Used], day: date) -> tuple[date | None, str]:
    """The first day after this one on which usages together stand otherwise without anybody
    writing, and how they stand then.
    """
    now = best_on(some, day)
    for later in sorted({each for used in some for each in _turns(used) if each > day}):
        if (then := best_on(some, later)) != now:
            return later, then
    return None, ""


def _turns(used: Used) -> Iterator[date]:
    """The days on which a usage may begin to stand otherwise."""
    if used.stale_from is not None:
        yield used.stale_from
    if used.claim.until is not None:
        yield used.claim.until
    if used.marks.confirmed_on is not None:
        yield add_months(used.marks.confirmed_on, HOLDS) + timedelta(days=1)


def facts_of(
    service_id: int, used: Iterable[Used], answers: Mapping[int, bool], day: date
) -> list[Fact]:
    """What of a service counts on a day.

    Args:
        service_id: one that is not retired, and has no part that counts in its place.
        used: its usages.
        answers: whether it said that it needs a capability; what it did not say has none.
        day: on which that is asked.
    """
    found = [Fact(service_id, EVERY_NEED, Counted.SERVICES)]
    needed: set[int] = {need for need, said in answers.items() if said}
    groups: dict[tuple[int, str, int], list[Used]] = {}
    for each in used:
        key = each.capability_id, WAYS[each.arrangement].value, each.component_id or NO_COMPONENT
        groups.setdefault(key, []).append(each)
    for key, some in sorted(groups.items()):
        if standing_now := best_on(some, day):
            needed.add(key[0])
            found.append(Fact(service_id, *key, standing_now, *change_after(some, day)))
    found += [
        Fact(service_id, need, Counted.NEEDED, changes_on=_last(groups, need, answers))
        for need in sorted(needed)
    ]
    silent = {need for need, said in answers.items() if not said} - needed
    return found + [Fact(service_id, need, Counted.NOT_NEEDED) for need in sorted(silent)]


def _last(
    groups: Mapping[tuple[int, str, int], Collection[Used]], need: int, answers: Mapping[int, bool]
) -> date | None:
    """The day on which nothing says any more that a need is there; None where none is known."""
    ends = [each.claim.until for key, some in groups.items() if key[0] == need for each in some]
    if answers.get(need) or None in ends:
        return None
    return max(each for each in ends if each is not None)


def later(facts: Iterable[Fact], day: date) -> list[Fact]:
    """Facts of an earlier day as they stand on this one, if nobody wrote since."""
    return [
        fact._replace(standing=fact.next_standing, changes_on=None, next_standing="")
        if fact.changes_on is not None and fact.changes_on <= day
        else fact
        for fact in facts
        if fact.changes_on is None or fact.changes_on > day or fact.next_standing
    ]


def levels(place: Place) -> tuple[tuple[int, str, str], ...]:
    """The organisation, kind and phase of the counts that a service is in."""
    body, kind, phase = place
    everywhere = ((GOVERNMENT, "", ""), (GOVERNMENT, "", phase), (body, "", ""))
    return (*everywhere, (GOVERNMENT, kind, ""), (GOVERNMENT, kind, phase)) if kind else everywhere


def counts(place: Place, facts: Iterable[Fact]) -> Counter[Key]:
    """Every count that a service is in, and how often it is."""
    found: Counter[Key] = Counter()
    for units in units_of(facts):
        capability, component, counted, stood = units
        some = levels(place) if component == NO_COMPONENT else ((GOVERNMENT, "", ""),)
        for level in some:
            found[Key(*level, capability, component, counted, stood)] += 1
    return found


def units_of(facts: Iterable[Fact]) -> Iterator[tuple[int, int, str, str]]:
    """What counts once of one service, as (need, component, what, standing), with sums.

    A way counts once for a need, whatever number of components are behind it; a component once for
    a need and once over all needs. Over all needs, a way counts once for each of them.
    """
    ways: dict[tuple[int, int, str], str] = {}
    unsaid: set[int] = set()
    for fact in facts:
        if fact.counted == Counted.NEEDED:
            unsaid.add(fact.capability_id)
        if fact.counted not in MET:
            yield fact.capability_id, NO_COMPONENT, fact.counted, ""
            if fact.capability_id != EVERY_NEED:
                yield EVERY_NEED, NO_COMPONENT, fact.counted, ""
            continue
        keys = [(fact.capability_id, NO_COMPONENT, fact.counted)]
        if fact.component_id != NO_COMPONENT:
            keys += [(need, fact.component_id, fact.counted)
                     for need in (fact.capability_id, EVERY_NEED)]  # fmt: skip
        for key in keys:
            ways[key] = better(ways.get(key), fact.standing)
    for (need, component, counted), stood in ways.items():
        yield need, component, counted, stood
        if component == NO_COMPONENT:
            yield EVERY_NEED, NO_COMPONENT, counted, stood
            unsaid -= {need} if is_shown(counted, stood) else set()
    for need in unsaid:
        yield need, NO_COMPONENT, Counted.UNSAID, ""
        yield EVERY_NEED, NO_COMPONENT, Counted.UNSAID, ""


def better(one: str | None, other: str) -> str:
    """The better of two standings."""
    return other if one is None or _RANK[other] < _RANK[one] else one
