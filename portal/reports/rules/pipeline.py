"""The pipeline of assessments: how long until publication, and how those of services that reuse
ended. Pure figures over what is known of each published assessment.
"""

from __future__ import annotations

import math
from bisect import bisect_right
from calendar import monthrange
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum
from functools import cache
from itertools import accumulate
from typing import NamedTuple

from portal.assessments.booking_words import Nation
from portal.assessments.rules import working_days
from portal.assessments.rules.follow_ups import Age
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

    `days` are working days from the assessment to its publication and `published_in` the quarter of
    that; None where they are not known. `used` is None where the service, or the day, is not known.
    `organisation_id` is that which was accountable, 0 for none.
    """

    id: int
    service_id: int | None
    organisation_id: int
    stage: str
    kind: str
    result: str
    held_on: date | None
    published_on: date | None
    published_in: str | None
    days: int | None
    used: str | None


class Alike(NamedTuple):
    """So many published assessments that are alike."""

    stage: Stage
    kind: AssessmentKind
    used: Use | None
    result: Rating
    many: int

    @property
    def rated(self) -> bool:
        """Whether their result counts in shares."""
        return self.result is not Rating.NOT_RATED and self.kind not in NEVER_RATED

    @property
    def again(self) -> bool:
        """Whether they were held again after an earlier one."""
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


@dataclass(frozen=True, slots=True)
class Wanted:
    """Which of them a list shows: what a figure of the report counts.

    Attributes:
        published: the quarter or year of their publication.
        timed: whether it is known how long they took.
        placed: whether what their service shared is known.
        passed: whether only those are wanted that passed, with conditions or without.
        again: held again after an earlier one, or for the first time.
        rated: whether the result has to count in shares.
        point: a version of a standard and the number of a point that was rated.
        open: how old actions are that are open.
        rating: how that point, or the point of these actions, was rated.
    """

    published: str = ""
    timed: bool | None = None
    use: Use | None = None
    placed: bool | None = None
    passed: bool = False
    result: Rating | None = None
    again: bool | None = None
    rated: bool = False
    point: tuple[str, int] | None = None
    open: Age | None = None
    rating: Rating | None = None


def quarter(day: date) -> str:
    """The quarter of a calendar year, as "2026-q1"."""
    return f"{day.year}-q{(day.month + 2) // 3}"


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


def fact_of(
    known: tuple[int, int | None, int, str, str, str], held_on: date | None,
    published_on: date | None, nation: Nation, newest: date | None,
) -> Fact:  # fmt: skip
    """What is known of an assessment.

    Args:
        known: the first six fields of it.
        nation: whose bank holidays are no working days.
        newest: as `use_on` takes it.
    """
    days = published_in = None
    if held_on is not None and published_on is not None and held_on <= published_on:
        days, published_in = days_between(held_on, published_on, nation), quarter(published_on)
    used = use_on(held_on, newest) if known[1] is not None else None
    return Fact(*known, held_on, published_on, published_in, days, used and used.value)


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


def times(taken: Mapping[int, int]) -> Times | None:
    """The figures of some; None of none. The percentile is the nearest rank: a figure within which
    nine of ten really were published.

    Args:
        taken: how many took so many days.
    """
    days = sorted(taken)
    upto = list(accumulate(taken[each] for each in days))
    if not upto or not upto[-1]:
        return None
    n = upto[-1]

    def at(rank: int) -> int:
        return days[bisect_right(upto, rank)]

    middle, slow = at(n // 2), at(math.ceil(SLOW * n) - 1)
    return Times(n, middle if n % 2 else (at(n // 2 - 1) + middle) / 2, slow)


def by_quarter(rows: Iterable[tuple[str, int, int]]) -> tuple[Times | None, dict[str, Times]]:
    """The times of all together, and by the quarter of publication, the newest first.

    Args:
        rows: a quarter, working days, and how many were published in it after so many.
    """
    whole, found = Counter[int](), defaultdict[str, Counter[int]](Counter)
    for name, days, many in rows:
        whole[days] += many
        found[name][days] += many
    made = {name: times(found[name]) for name in sorted(found, reverse=True)}
    return times(whole), {name: each for name, each in made.items() if each is not None}


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


def compared(rows: Iterable[Alike]) -> dict[Group, dict[Use, Ended]]:
    """How assessments ended by what the services shared: of all, and by stage and whether they
    were held for the first time, in the order of stages. What is not rated, or is not surely of a
    service, is in none.
    """
    found: dict[Group, dict[Use, Ended]] = {}
    for each in rows:
        if each.used is None or not each.rated:
            continue
        for group in (ALL, (each.stage, each.again)):
            row = found.setdefault(group, {use: Ended() for use in Use})
            row[each.used].add(each.result, each.many)
    order = list(Stage)
    return dict(sorted(found.items(), key=lambda item: _place(item[0], order.index)))


class Answer(StrEnum):
    """Whether services with confirmed use passed more often than those without any recorded."""

    FEW = "few"
    OVERLAP = "overlap"
    MORE = "more"
    LESS = "less"


def answer(row: Mapping[Use, Ended], smallest: int) -> Answer:
    """What a row of the comparison says.

    Args:
        smallest: of fewer assessments in a group nothing is said.
    """
    confirmed, none = row[Use.CONFIRMED], row[Use.NONE]
    one, other = confirmed.interval, none.interval
    if one is None or other is None or min(confirmed.n, none.n) < smallest:
        return Answer.FEW
    if one.low > other.high:
        return Answer.MORE
    return Answer.LESS if one.high < other.low else Answer.OVERLAP


def _place(group: Group, index: Callable[[Stage], int]) -> tuple[int, bool]:
    stage, again = group
    return (-1 if stage is None else index(stage)), bool(again)
