"""The pipeline of assessments: how long until publication, and how those of services that reuse
ended. Pure figures over what is known of each published assessment.
"""

from __future__ import annotations

import math
from bisect import bisect_right
from calendar import monthrange
from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum
from functools import cache
from statistics import median
from typing import NamedTuple

from portal.assessments.booking_words import Nation
from portal.assessments.rules import working_days
from portal.assessments.rules.statistics import AGAIN, NEVER_RATED, PASSED
from portal.assessments.words import AssessmentKind, Rating, Stage
from portal.catalogue.rules.reviews import add_months
from portal.catalogue.rules.standing import HOLDS
from portal.reports.rules.proportions import Interval, wilson

#: The days between which working days are looked up; outside they are counted one by one.
_FIRST, _LAST = date(2010, 1, 1), date(2040, 12, 31)
#: The share of assessments that are published within the figure beside the median.
SLOW = 0.9


class Use(StrEnum):
    """What a service shared on the day of its assessment."""

    CONFIRMED = "confirmed"
    DECLARED = "declared"
    NONE = "none"


class Fact(NamedTuple):
    """What is known of a published assessment.

    `days` are working days from the assessment to its publication. `use` is None where the
    service, or the day, is not known.
    """

    id: int
    held_on: date | None
    published_on: date | None
    days: int | None
    stage: Stage
    kind: AssessmentKind
    result: Rating
    organisation_id: int
    use: Use | None

    @property
    def rated(self) -> bool:
        """Whether its result counts in shares."""
        return self.result is not Rating.NOT_RATED and self.kind not in NEVER_RATED

    @property
    def again(self) -> bool:
        """Whether it was held again after an earlier one."""
        return self.kind in AGAIN


@dataclass(frozen=True, slots=True)
class Scope:
    """Which assessments are looked at; None and "" are any.

    Attributes:
        bodies: ids of organisations that were accountable.
        period: of the day on which they were held: a year as "2026", a quarter as "2026-q1".
    """

    bodies: frozenset[int] | None = None
    stage: Stage | None = None
    kind: AssessmentKind | None = None
    period: str = ""

    def leaves(self, fact: Fact) -> bool:
        """Whether an assessment is among them."""
        return (
            (self.bodies is None or fact.organisation_id in self.bodies)
            and self.stage in (None, fact.stage)
            and self.kind in (None, fact.kind)
            and (not self.period or is_in(fact.held_on, self.period))
        )


@dataclass(frozen=True, slots=True)
class Wanted:
    """Which of them a list shows: what a figure of the report counts.

    Attributes:
        published: the quarter of their publication.
        again: held again after an earlier one, or for the first time.
        rated: whether the result has to count in shares.
    """

    published: str = ""
    use: Use | None = None
    result: Rating | None = None
    again: bool | None = None
    rated: bool = False

    def leaves(self, fact: Fact) -> bool:
        """Whether an assessment is among them."""
        return (
            (not self.published or (fact.days is not None and is_in(fact.published_on,
                                                                    self.published)))
            and self.use in (None, fact.use)
            and self.result in (None, fact.result)
            and self.again in (None, fact.again)
            and (not self.rated or fact.rated)
        )  # fmt: skip


def quarter(day: date) -> str:
    """The quarter of a calendar year, as "2026-q1"."""
    return f"{day.year}-q{(day.month + 2) // 3}"


def is_in(day: date | None, period: str) -> bool:
    """Whether a day is in a year or quarter."""
    return day is not None and period in (str(day.year), quarter(day))


def span(period: str) -> tuple[date, date] | None:
    """The first and the last day of a year or quarter; None where it is neither."""
    year, _dash, rest = period.partition("-")
    if not (year.isascii() and year.isdigit() and len(year) == 4 and 1 <= int(year) < 9999):
        return None
    if period == year:
        return date(int(year), 1, 1), date(int(year), 12, 31)
    if rest not in ("q1", "q2", "q3", "q4"):
        return None
    last = int(rest[1]) * 3
    days = monthrange(int(year), last)[1]
    return date(int(year), last - 2, 1), date(int(year), last, days)


def use_on(held_on: date | None, newest: date | None) -> Use | None:
    """What a service shared on the day of its assessment.

    Args:
        held_on: that day.
        newest: of the shared components that it used that day, by the dates of its record, the
            newest confirmation: `date.min` where none was confirmed, None where it used none. It
            counts as long as it holds: one of more than 13 months before the assessment had lapsed.
    """
    if held_on is None:
        return None
    if newest is None:
        return Use.NONE
    if newest >= held_on or _held_until(newest) >= held_on:
        return Use.CONFIRMED
    return Use.DECLARED


@cache
def _held_until(confirmed_on: date) -> date:
    return add_months(confirmed_on, HOLDS)


@cache
def _ordinals(nation: Nation) -> list[int]:
    days = map(date.fromordinal, range(_FIRST.toordinal(), _LAST.toordinal() + 1))
    return [day.toordinal() for day in days if working_days.is_working(day, nation)]


def days_between(start: date, end: date, nation: Nation) -> int:
    """As `working_days.between`, for many."""
    if not _FIRST <= start <= end <= _LAST:
        return working_days.between(start, end, nation)
    known = _ordinals(nation)
    return bisect_right(known, end.toordinal()) - bisect_right(known, start.toordinal())


class Times(NamedTuple):
    """How long some took: how many, the median and the 90th percentile, in working days."""

    n: int
    median: float
    slow: int


def times(days: Sequence[int]) -> Times | None:
    """The figures of some; None of none. The percentile is the nearest rank: a figure within which
    nine of ten really were published.
    """
    if not days:
        return None
    ranked = sorted(days)
    return Times(len(ranked), median(ranked), ranked[math.ceil(SLOW * len(ranked)) - 1])


def by_quarter(facts: Iterable[Fact]) -> dict[str, Times]:
    """The times by the quarter of publication, the newest first."""
    found: dict[str, list[int]] = {}
    for fact in facts:
        if fact.days is not None and fact.published_on is not None:
            found.setdefault(quarter(fact.published_on), []).append(fact.days)
    made = {name: times(found[name]) for name in sorted(found, reverse=True)}
    return {name: each for name, each in made.items() if each is not None}


@dataclass(slots=True)
class Ended:
    """How some assessments ended: by result."""

    results: dict[Rating, int] = field(default_factory=dict)

    def add(self, result: Rating, many: int = 1) -> None:
        """Count some."""
        self.results[result] = self.results.get(result, 0) + many

    def of(self, result: Rating) -> int:
        """How many ended so."""
        return self.results.get(result, 0)

    @property
    def n(self) -> int:
        """How many there are."""
        return sum(self.results.values())

    @property
    def passed(self) -> int:
        """How many passed, with conditions or without."""
        return sum(map(self.of, PASSED))

    @property
    def share(self) -> float | None:
        """The share that passed; None of none."""
        return self.passed / self.n if self.n else None

    @property
    def interval(self) -> Interval | None:
        """Between what that share could be, were there many more of the same."""
        return wilson(self.passed, self.n)


#: What a row of the comparison is of: a stage (None: all) and whether it was held again.
Group = tuple[Stage | None, bool | None]
ALL: Group = (None, None)


def compared(facts: Iterable[Fact]) -> dict[Group, dict[Use, Ended]]:
    """How assessments ended by what the services shared: of all, and by stage and whether they
    were held for the first time, in the order of stages. What is not rated, or is not surely of a
    service, is in none.
    """
    alike = Counter(
        (fact.stage, fact.again, fact.use, fact.result)
        for fact in facts
        if fact.use is not None and fact.rated
    )
    found: dict[Group, dict[Use, Ended]] = {}
    for (stage, again, used, result), many in alike.items():
        for group in (ALL, (stage, again)):
            row = found.setdefault(group, {use: Ended() for use in Use})
            row[used].add(result, many)
    order = list(Stage)
    return dict(sorted(found.items(), key=lambda item: _place(item[0], order.index)))


def _place(group: Group, index: Callable[[Stage], int]) -> tuple[int, bool]:
    stage, again = group
    return (-1 if stage is None else index(stage)), bool(again)
