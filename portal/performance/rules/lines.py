"""Services and components beside each other: which measure each shows, over which periods."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import date

from portal.access import Kind
from portal.performance.rules import boards, periods
from portal.performance.rules.board_choices import Asked, Choice, Span, Spans, choose
from portal.performance.words import Figure, Period

#: As many as can be told apart in one drawing.
MOST = 4
#: What a service counts and what a component counts is shown on one axis.
_SAME = {
    Kind.SERVICE: {Figure.VOLUME.value: Figure.TRANSACTIONS.value},
    Kind.COMPONENT: {Figure.TRANSACTIONS.value: Figure.VOLUME.value},
}
_OF: Mapping[Kind, Sequence[str]] = {
    Kind.SERVICE: boards.OF_SERVICES, Kind.COMPONENT: boards.OF_COMPONENTS
}  # fmt: skip


def measure_of(kind: Kind, measure: str) -> str | None:
    """What a service or component shows where a measure is asked for; None where it has no such."""
    found = _SAME[kind].get(measure, measure)
    return found if found in _OF[kind] else None


def measures(kinds: Sequence[Kind]) -> list[str]:
    """What can be asked for of these kinds; what services and components have alike is there once,
    as services call it.
    """
    if Kind.SERVICE not in kinds:
        return list(boards.OF_COMPONENTS)
    more = [each for each in boards.OF_COMPONENTS if each not in _SAME[Kind.SERVICE]]
    return [*boards.OF_SERVICES, *(more if Kind.COMPONENT in kinds else ())]


def spans_of(each: Sequence[Spans]) -> Spans:
    """The periods of several things: from the first that one has to the last, and how many have
    them at all.
    """
    found: dict[Period, Span] = {}
    for spans in each:
        for period, span in spans.items():
            found[period] = Span(span.first, span.last, 1).with_(found.get(period))
    return found


def choice(
    spans: Spans, period: Period | None, first: date | None, last: date | None
) -> Choice | None:
    """The periods to show; None where there are no figures at all. A first one that is asked for is
    taken as the period that the day is in.
    """
    found = choose(Asked(period, last), spans)
    if found is None:
        return None
    found = replace(found, last=periods.start_of(found.period, found.last))
    start = periods.start_of(found.period, first) if first else found.first
    inside = spans[found.period].first <= start <= found.last
    return replace(found, first=start if inside else found.first)
