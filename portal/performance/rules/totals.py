"""Totals of figures over services: sums, indicators, and like for like with a year before."""

from __future__ import annotations

import math
from collections.abc import Collection, Iterable, Mapping
from dataclasses import astuple, dataclass
from datetime import date

from portal.performance.rules import kpis
from portal.performance.words import Figure, Kpi, ValueState

#: The figures of each service, by the starts of periods: numbers, and None for what is not shown.
#: What is missing is absent.
Known = Mapping[int, Mapping[date, Mapping[Figure, float | None]]]
#: A figure of a service for the period that starts on a day.
Place = tuple[int, date, Figure]
#: What is above the line and below it; a figure has nothing below.
Part = tuple[float, float | None]
#: Averages, which no sum may hold.
NEVER_SUMMED = frozenset({Figure.UNIT_COST})
_KPIS = {kpi.value for kpi in Kpi}


class Partial(float):
    """A sum of which parts are not shown: a figure, but no indicator is worked out from it."""


@dataclass(slots=True)
class Total:
    """A figure or indicator over services.

    Attributes:
        things: how many services have it.
        top: the sum of the figure, or of what stands above the line of an indicator.
        bottom: the sum below the line; None for a figure.
        largest: the largest single figure (top) among the services.
        same_things: how many have it a year before as well, whole in both.
        same_top, same_bottom: now, over those.
        was_top, was_bottom: a year before, over those.
        suppressed: how many more services have it as a number that is not shown. They are in no
            sum, so that nobody finds them by subtraction.
        provisional: how many of `things` have it as a number that may still change.
        partial: how many of `things` have it as a sum of which parts are not shown.
    """

    things: int = 0
    top: float = 0.0
    bottom: float | None = None
    largest: float = 0.0
    same_things: int = 0
    same_top: float = 0.0
    same_bottom: float | None = None
    was_top: float = 0.0
    was_bottom: float | None = None
    suppressed: int = 0
    provisional: int = 0
    partial: int = 0

    @property
    def many(self) -> int:
        """How many services have it, whether it is shown or not."""
        return self.things + self.suppressed

    @property
    def hidden(self) -> int:
        """How many services have a number that is not shown, be it a part of theirs or all."""
        return self.suppressed + self.partial

    def add(self, other: Total) -> None:
        """Count what another total has as well: of services that are not in this one."""
        self.things += other.things
        self.top += other.top
        self.bottom = _plus(self.bottom, other.bottom)
        self.largest = max(self.largest, other.largest)
        self.same_things += other.same_things
        self.same_top += other.same_top
        self.same_bottom = _plus(self.same_bottom, other.same_bottom)
        self.was_top += other.was_top
        self.was_bottom = _plus(self.was_bottom, other.was_bottom)
        self.suppressed += other.suppressed
        self.provisional += other.provisional
        self.partial += other.partial

    def nearly(self, other: Total) -> bool:
        """Whether both are the same but for the last digits of sums of fractions."""
        pairs = zip(astuple(self), astuple(other), strict=True)
        return all(one == two or _near(one, two) for one, two in pairs)


def _near(one: float | None, two: float | None) -> bool:
    return one is not None and two is not None and math.isclose(one, two, rel_tol=1e-9)


def _plus(one: float | None, other: float | None) -> float | None:
    return other if one is None else one if other is None else one + other


def names(figures: Iterable[Figure]) -> list[str]:
    """What totals are kept under for these figures: they themselves and indicators that use them,
    but no average.
    """
    given = set(figures)
    uses = [kpi.value for kpi, each in kpis.INDICATORS.items() if given & {each.top, each.bottom}]
    return sorted(f.value for f in given - NEVER_SUMMED) + uses


def parts_of(name: str) -> tuple[Figure, ...]:
    """The figures that a figure or indicator is made from."""
    if name in _KPIS:
        each = kpis.INDICATORS[Kpi(name)]
        return each.top, each.bottom
    return (Figure(name),)


def total(
    name: str, known: Known, start: date, before: date, provisional: Collection[Place] = ()
) -> Total:
    """The total of a figure or indicator over services.

    Args:
        name: value of a `Figure` or `Kpi`.
        known: the figures of the services.
        start: of the period.
        before: start of the period to compare with.
        provisional: which of the figures may still change.
    """
    made, parts = Total(), parts_of(name)
    for id_, periods in known.items():
        now = _of(name, periods.get(start))
        if now is None:
            made.suppressed += _suppressed(name, periods.get(start))
            continue
        was, partial = _of(name, periods.get(before)), _partial(now)
        made.add(_one(now, None if partial or _partial(was) else was))
        made.partial += partial
        made.provisional += any((id_, start, part) in provisional for part in parts)
    return made


def known(number: float | None, state: ValueState) -> float | None:
    """A figure as totals take it: one that is not all shown says so."""
    return Partial(number) if number is not None and state is ValueState.SUPPRESSED else number


def _partial(part: Part | None) -> bool:
    """Whether no change is worked out from it: the parts that are shown need not be the same."""
    return part is not None and isinstance(part[0], Partial)


def _one(now: Part, was: Part | None) -> Total:
    if was is None:
        return Total(1, now[0], now[1], now[0])
    return Total(1, now[0], now[1], now[0], 1, *now, *was)


def _of(name: str, figures: Mapping[Figure, float | None] | None) -> Part | None:
    if figures is None:
        return None
    if name in _KPIS:
        parts = [figures.get(part) for part in parts_of(name)]
        return None if Partial in map(type, parts) else kpis.over(Kpi(name), figures)
    number = figures.get(Figure(name))
    return None if number is None else (number, None)


def _suppressed(name: str, figures: Mapping[Figure, float | None] | None) -> bool:
    """Whether there is all that is needed, but some of it is not shown."""
    return figures is not None and all(part in figures for part in parts_of(name))
