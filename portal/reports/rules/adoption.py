"""How many needs were met by shared components at the end of each month."""

from __future__ import annotations

from collections import Counter
from collections.abc import Hashable, Iterable, Mapping
from datetime import date, timedelta
from typing import Any, NamedTuple

from portal.catalogue.rules.reviews import add_months
from portal.catalogue.rules.standing import HOLDS
from portal.reports.rules.reuse import EVERY_NEED, GOVERNMENT, NO_COMPONENT, Place
from portal.reports.rules.reuse_query import Scope
from portal.reports.words import Adopted

#: So many months are shown, up to this one.
MONTHS = 120


class Span(NamedTuple):
    """From when until when a need was met; `until` is the first day on which it was not."""

    of: Hashable
    since: date
    until: date | None
    confirmed: bool


class Use(NamedTuple):
    """A month by its first day, and how many needs were met at its end: in all, and of those that
    are confirmed by now.
    """

    month: date
    met: int
    confirmed: int


class Fact(NamedTuple):
    """A use of a shared component that nobody disputes, by its days; `holds_until` is the last one
    on which its confirmation holds. It counts otherwise from `changes_on` on, without anybody
    writing.
    """

    service_id: int
    usage_id: int
    capability_id: int
    component_id: int
    since: date
    until: date | None
    holds_until: date | None
    changes_on: date | None = None


class Key(NamedTuple):
    """What a step is of: by how many needs more or fewer are met at the end of a month (counted
    from the year 0) than at that of the one before. Parts that are empty or 0 are all of them.
    """

    organisation_id: int
    kind: str
    phase: str
    capability_id: int
    component_id: int
    counted: str
    month: int


#: How needs changed, by what is counted and the month.
Steps = Counter[tuple[str, int]]


def fact_of(
    day: date, service: int, usage: int, need: int, component: int, since: date,
    until: date | None, confirmed_on: date | None,
) -> Fact:  # fmt: skip
    """A use as it counts on a day and after it, until something changes by itself."""
    holds = add_months(confirmed_on, HOLDS) if confirmed_on else None
    turns = (since, holds + timedelta(days=1) if holds else None)
    changes_on = min((each for each in turns if each and each > day), default=None)
    return Fact(service, usage, need, component, since, until, holds, changes_on)


def span_of(fact: Fact, day: date | None = None) -> Span | None:
    """What a use adds on a day, or without one as it was counted; None before it begins."""
    if day is None:
        day = fact.changes_on - timedelta(days=1) if fact.changes_on else date.max
    if fact.since > day:
        return None
    sure = fact.holds_until is not None and fact.holds_until >= day
    return Span((fact.service_id, fact.capability_id), fact.since, fact.until, sure)


def counts(place: Place, facts: Iterable[Fact], day: date | None = None) -> Counter[Key]:
    """Every step that the uses of one service are in, on a day or as they were counted."""
    groups: dict[tuple[int, int], list[Span]] = {}
    for fact in facts:
        if span := span_of(fact, day):
            for component in (NO_COMPONENT, fact.component_id):
                groups.setdefault((fact.capability_id, component), []).append(span)
    found: Counter[Key] = Counter()
    for (need, component), spans in groups.items():
        some = _levels(place, need) if component == NO_COMPONENT else ((GOVERNMENT, "", "", need),)
        for (counted, month), by in steps(spans).items():
            for level in some:
                found[Key(*level, component, counted, month)] += by
    return found


def _levels(place: Place, need: int) -> tuple[tuple[int, str, str, int], ...]:
    """The organisation, kind, phase and need of the steps that a service is in. Those of an
    organisation, and of a kind and a phase at once, are of all needs together.
    """
    body, kind, phase = place
    found = [(GOVERNMENT, "", ""), (GOVERNMENT, "", phase)]
    found += [(GOVERNMENT, kind, "")] if kind else []
    over = [*found, (body, "", ""), *([(GOVERNMENT, kind, phase)] if kind else [])]
    return *((*each, need) for each in found), *((*each, EVERY_NEED) for each in over)


def wanted(scope: Scope) -> dict[str, frozenset[Any]] | None:
    """The steps that are of a scope: what each part of their keys is one of, as far as it matters;
    None where the uses themselves have to be read.
    """
    narrowed = scope.kinds is not None, scope.phase is not None
    if scope.component is not None:
        there = scope.bodies is None and not any(narrowed)
    elif scope.bodies is not None:
        there = scope.needs is None and not any(narrowed)
    else:
        there = scope.needs is None or not all(narrowed)
    if not there:
        return None
    over = None if scope.component is not None else frozenset({EVERY_NEED})
    needs = over if scope.needs is None else scope.needs
    return {
        "organisation_id": frozenset({GOVERNMENT}) if scope.bodies is None else scope.bodies,
        "kind": frozenset({""}) if scope.kinds is None else scope.kinds,
        "phase": frozenset({scope.phase or ""}),
        "component_id": frozenset({scope.component or NO_COMPONENT}),
        **({} if needs is None else {"capability_id": needs}),
    }


def months(some: Mapping[tuple[str, int], int], day: date) -> list[Use]:
    """The months from the first use on, `MONTHS` at most, up to the one of a day."""
    last = number_of(day)
    first = last + 1 - MONTHS
    met, sure = (
        sum(by for (which, month), by in some.items() if which == counted and month < first)
        for counted in Adopted
    )
    found: list[Use] = []
    for number in range(first, last + 1):
        met += some.get((Adopted.MET, number), 0)
        sure += some.get((Adopted.CONFIRMED, number), 0)
        if met or found:
            found.append(Use(date(number // 12, number % 12 + 1, 1), met, sure))
    return found


def number_of(day: date) -> int:
    """Months counted from the year 0."""
    return day.year * 12 + day.month - 1


def steps(spans: Iterable[Span]) -> Steps:
    """By how many needs more or fewer each month differs from the one before. A need that is met
    twice at a time counts once.
    """
    every: dict[tuple[str, Hashable], list[tuple[int, int | None]]] = {}
    for span in spans:
        held = number_of(span.since), None if span.until is None else number_of(span.until)
        every.setdefault((Adopted.MET.value, span.of), []).append(held)
        if span.confirmed:
            every.setdefault((Adopted.CONFIRMED.value, span.of), []).append(held)
    found: Steps = Counter()
    for (counted, _of), some in every.items():
        for month, by in _joined(some):
            found[counted, month] += by
    return Counter({key: by for key, by in found.items() if by})


def _joined(some: Iterable[tuple[int, int | None]]) -> list[tuple[int, int]]:
    """Months from which on a need is met (1), and no longer is (-1)."""
    upto, found, never = -1, list[tuple[int, int]](), number_of(date.max) + 1
    for begins, end in sorted((begins, end or never) for begins, end in some):
        if begins >= end:
            continue
        if begins > upto:
            found += [(upto, -1)] if upto >= 0 else []
            found.append((begins, 1))
        upto = max(upto, end)
    return [*found, (upto, -1)] if 0 <= upto < never else found
