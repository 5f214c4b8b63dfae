"""What components did since their first use: totals by day, the days of milestones, and adoption.

A total is as its provider published it, or the sum of periods. Where a history begins with a total,
that is no first use; where nothing is published, nothing is known, and that is not 0.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from enum import StrEnum
from itertools import pairwise
from typing import Any

from portal.performance.rules.joined import Told
from portal.performance.rules.totals import Partial

POUNDS = "pounds"
_ENDING = "_cumulative"
#: What providers call what we call pounds.
_NAMES = {"amount_gbp": POUNDS}
#: Figures of a day that are no volume: how many there are then.
LEVELS = ("live_services", "services", "published_forms", "organisations")
SECTOR = "services_"
#: The smallest milestone, and how many times larger the next one is.
FIRST_MILESTONE, TIMES = 1_000_000, 10


class Bound(StrEnum):
    """What a total is where it is no exact one: its publisher's note begins with a word of it."""

    MORE_THAN = "more than"
    ABOUT = "about"
    NEARLY = "nearly"


_BOUNDS = {
    "more than": Bound.MORE_THAN, "at least": Bound.MORE_THAN, "about": Bound.ABOUT,
    "around": Bound.ABOUT, "nearly": Bound.NEARLY, "almost": Bound.NEARLY,
}  # fmt: skip
_BEGINS = re.compile(rf"({'|'.join(_BOUNDS)})\b", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Known:
    """A total on a day.

    Attributes:
        note: what is special about it, in the publisher's words.
        fact: told alone with its source, and not part of a series.
        fits: False where an earlier total is higher, or a later one lower: one of them is wrong.
        lacks: how many periods up to it are not known, or not all of them, which makes a sum of
            periods too low.
        provisional: whether a figure in it may change still.
    """

    day: date
    total: float | None
    source: str | None = None
    note: str | None = None
    fact: bool = False
    fits: bool = True
    lacks: int = 0
    provisional: bool = False

    @property
    def bound(self) -> Bound | None:
        """What its note says that it is, where it is no exact number."""
        begins = _BEGINS.match(self.note or "")
        return _BOUNDS[begins[1].lower()] if begins else None

    @property
    def drawn(self) -> float | None:
        """What a line shows: a gap where the total is not known or cannot be right."""
        return self.total if self.fits else None


@dataclass(frozen=True, slots=True)
class Apart:
    """A published total that does not fit a history, with the history's newest total then; None
    where it begins later.
    """

    known: Known
    beside: Known | None


@dataclass(frozen=True, slots=True)
class Milestone:
    """When a total was first reached: on a day, or after one and by another.

    `after` is None where the first known total is beyond it already, and where periods before are
    not known (`lacks`): it may have been earlier then.
    """

    amount: int
    after: date | None
    by: date
    lacks: bool = False

    @property
    def on(self) -> date | None:
        """The day, where it is known: the total before is of the day before."""
        return self.by if self.after and self.by - self.after == timedelta(days=1) else None


@dataclass(frozen=True, slots=True)
class History:
    """The cumulative volume of a component in one measure, the oldest total first.

    Attributes:
        since: the first day that is counted, where periods are summed; None where totals are
            published, of which the first is an opening balance.
        stated: totals told alone that are no part of it, for its time is covered otherwise.
    """

    measure: str
    points: tuple[Known, ...]
    since: date | None = None
    stated: tuple[Known, ...] = ()

    @property
    def fitting(self) -> list[tuple[date, float]]:
        """The totals that are known and can be right."""
        return [(each.day, each.drawn) for each in self.points if each.drawn is not None]

    @property
    def newest(self) -> Known | None:
        """The newest total that can be right."""
        return next((each for each in reversed(self.points) if each.drawn is not None), None)

    @property
    def opening(self) -> Known | None:
        """The total that the history begins with, where that is no first use."""
        first = next((each for each in self.points if each.drawn is not None), None)
        return first if self.since is None else None

    @property
    def doubtful(self) -> list[Known]:
        """Totals that do not fit the others."""
        return [each for each in self.points if not each.fits]

    @property
    def apart(self) -> list[Apart]:
        """Every published total that differs from the others, by day."""
        found = []
        for known in sorted([*self.doubtful, *self.stated], key=lambda each: each.day):
            before = [e for e in self.points if e.drawn is not None and e.day <= known.day]
            beside = before[-1] if before else None
            if beside is None or beside.total != known.total:
                found.append(Apart(known, beside))
        return found


@dataclass(frozen=True, slots=True)
class Published:
    """All that is known of how much a component is used.

    Attributes:
        volumes: what its record tells, as documents.
        days: day, source and figures by measure, as its provider published them.
        periods: by measure, the figures of periods that follow each other.
    """

    slug: str
    name: str
    volumes: Sequence[Mapping[str, Any]] = ()
    days: Sequence[tuple[date, str | None, Mapping[str, float]]] = ()
    periods: Mapping[str, Sequence[Told]] = field(default_factory=dict)


def histories(published: Published) -> list[History]:
    """The cumulative volumes of a component, what counts pounds last."""
    facts = facts_of(published.volumes)
    found: dict[str, History] = {}
    columns = {column for _, _, figures in published.days for column in figures}
    for column in sorted(columns):
        measure = measure_of(column)
        if measure:
            days = [(day, figures.get(column), source) for day, source, figures in published.days]
            found[measure] = of_days(measure, days, facts.get(measure, ()))
    for measure, periods in published.periods.items():
        found.setdefault(measure, of_periods(measure, periods))
    for measure, some in facts.items():
        found.setdefault(measure, of_days(measure, (), some))
    for measure, history in summed(published.volumes).items():
        if len(history.points) > len(found[measure].points if measure in found else ()):
            found[measure] = history
    made = [_with_stated(each, facts.get(each.measure, ())) for each in found.values()]
    return sorted(made, key=lambda each: (each.measure == POUNDS, each.measure))


def _with_stated(history: History, facts: Iterable[Known]) -> History:
    there = {(each.day, each.total) for each in history.points}
    left = tuple(each for each in facts if (each.day, each.total) not in there)
    return replace(history, stated=left)


def adoption(published: Published) -> dict[str, History]:
    """How many services and organisations there were, by measure; days and dated facts."""
    found = {}
    for measure in LEVELS:
        days = [
            (day, figures.get(measure), source)
            for day, source, figures in published.days
            if any(each in figures for each in LEVELS)
        ]
        told = [
            Known(date.fromisoformat(row["to"]), float(row["amount"]), row.get("source"),
                  row.get("note"), fact=True)
            for row in published.volumes
            if row["measure"] == measure and row.get("to") and not row.get("since")
        ]  # fmt: skip
        series = [Known(day, total, source) for day, total, source in days]
        known = [each.day for each in series if each.total is not None]
        outside = [e for e in told if not known or not min(known) <= e.day <= max(known)]
        if known or outside:
            points = sorted([*(series if known else ()), *outside], key=lambda each: each.day)
            found[measure] = History(measure, tuple(points))
    return found


def measure_of(published: str) -> str | None:
    """The measure that a published column has totals of; None for another figure."""
    if not published.endswith(_ENDING):
        return None
    name = published.removesuffix(_ENDING)
    return _NAMES.get(name, name)


def of_days(
    measure: str, days: Iterable[tuple[date, float | None, str | None]], facts: Iterable[Known] = ()
) -> History:
    """A history of totals as published by day, with facts where there is no series.

    Args:
        measure: what is counted.
        days: day, total and source, the oldest first.
        facts: dated totals; those of the time that the series covers stand in it already.
    """
    series = [Known(day, total, source) for day, total, source in days]
    known = [each.day for each in series if each.total is not None]
    outside = [
        each for each in facts if not known or not min(known) <= each.day <= max(known)
    ]  # fmt: skip
    points = sorted([*series, *outside], key=lambda each: (each.day, each.total or 0))
    return History(measure, _checked(points))


def of_periods(measure: str, periods: Sequence[Told]) -> History:
    """A history from sums of periods.

    Args:
        measure: what is counted.
        periods: that follow each other, the oldest first.
    """
    total, lacks, open_, points = 0.0, 0, False, []
    for each in periods:
        total += each.number or 0.0
        lacks += each.number is None or isinstance(each.number, Partial)
        open_ = open_ or each.provisional
        known = None if each.number is None else total
        points.append(Known(each.last, known, each.source, lacks=lacks, provisional=open_))
    return History(measure, tuple(points), periods[0].start)


def facts_of(volumes: Iterable[Mapping[str, Any]]) -> dict[str, list[Known]]:
    """The dated totals that a component's record tells, by measure; without levels of a day."""
    found: dict[str, list[Known]] = {}
    for row in volumes:
        if row["measure"] not in LEVELS and not row.get("since") and row.get("to"):
            day = date.fromisoformat(row["to"])
            known = Known(day, float(row["amount"]), row.get("source"), row.get("note"), fact=True)
            found.setdefault(row["measure"], []).append(known)
    return found


def summed(volumes: Iterable[Mapping[str, Any]]) -> dict[str, History]:
    """Histories from the figures of periods that a component's record tells, by measure, where each
    begins the day after the one before.
    """
    rows: dict[str, list[Mapping[str, Any]]] = {}
    for row in volumes:
        if row["measure"] not in LEVELS and row.get("since") and row.get("to"):
            rows.setdefault(row["measure"], []).append(row)
    found = {}
    for measure, some in rows.items():
        some.sort(key=lambda row: row["since"])
        spans = [(date.fromisoformat(r["since"]), date.fromisoformat(r["to"])) for r in some]
        beside = pairwise(spans)
        if len(some) > 1 and all(two[0] - one[1] == timedelta(days=1) for one, two in beside):
            periods = [
                Told(*span, float(row["amount"]), row.get("source"))
                for span, row in zip(spans, some, strict=True)
            ]
            found[measure] = of_periods(measure, periods)
    return found


def _checked(points: Sequence[Known]) -> tuple[Known, ...]:
    """Mark the fewest totals that must be wrong for the others never to fall."""
    there = [n for n, each in enumerate(points) if each.total is not None]
    ends: list[float] = []
    at: list[int] = []
    before: dict[int, int | None] = {}
    for n in there:
        total = points[n].total or 0.0
        place = bisect_right(ends, total)
        before[n] = at[place - 1] if place else None
        ends[place:], at[place:] = [total, *ends[place + 1 :]], [n, *at[place + 1 :]]
    kept: set[int] = set()
    last = at[-1] if at else None
    while last is not None:
        kept.add(last)
        last = before[last]
    return tuple(
        each if each.total is None or n in kept else replace(each, fits=False)
        for n, each in enumerate(points)
    )


def milestones(history: History) -> list[Milestone]:
    """When a history first reached a million, ten million and so on."""
    found, known = list[Milestone](), [each for each in history.points if each.drawn is not None]
    amount = FIRST_MILESTONE
    while known and amount <= (known[-1].drawn or 0.0):
        place = next(n for n, each in enumerate(known) if (each.drawn or 0.0) >= amount)
        lacks = known[place].lacks > 0
        if place:
            after: date | None = known[place - 1].day
        else:
            after = history.since - timedelta(days=1) if history.since else None
        found.append(Milestone(amount, None if lacks else after, known[place].day, lacks))
        amount *= TIMES
    return found


@dataclass(frozen=True, slots=True)
class Sectors:
    """How far services by sector add up to all services: on how many days they are published, on
    how many they differ, and by how much at most.
    """

    days: int
    differ: int
    most: float


def sectors(days: Iterable[Mapping[str, float]], names: Collection[str]) -> Sectors | None:
    """Compare the sectors with all services; None where no sectors are published.

    Args:
        days: the figures of each day.
        names: every measure.
    """
    parts = [name for name in names if name.startswith(SECTOR)]
    found = [
        abs(sum(day[name] for name in parts) - day["live_services"])
        for day in days
        if "live_services" in day and all(name in day for name in parts)
    ]
    if not parts or not found:
        return None
    return Sectors(len(found), sum(each != 0 for each in found), max(found))
