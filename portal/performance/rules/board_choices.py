"""Which periods a dashboard shows: what the address asks for, or what says most."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from portal.performance.rules import periods
from portal.performance.rules.boards import steps
from portal.performance.words import Period

#: What is shown first among those with as much to say.
_ORDER = (Period.MONTH, Period.QUARTER, Period.YEAR, Period.WEEK, Period.DAY)
#: How many years of periods can be shown, and what is shown without a choice.
YEARS = (1, 2, 5, 10, 20)
#: So many periods are offered to choose from at most, and so many of them are the newest ones.
OFFERED, NEWEST = 60, 31
_FIRST = {Period.DAY: 1, Period.WEEK: 1, Period.MONTH: 2, Period.QUARTER: 5, Period.YEAR: 10}


@dataclass(frozen=True, slots=True)
class Span:
    """The first and the last start that there are figures for, and how many there are."""

    first: date
    last: date
    many: int

    def with_(self, other: Span | None) -> Span:
        """This one and another."""
        if other is None:
            return self
        first, last = min(self.first, other.first), max(self.last, other.last)
        return Span(first, last, self.many + other.many)


Spans = Mapping[Period, Span]


@dataclass(frozen=True, slots=True)
class Asked:
    """What an address asks for; None leaves it to what there is.

    Attributes:
        period: how long each period lasts.
        to: the start of the last period to show.
        years: over how many years.
        tiles: the measures to show; none means all.
        compare: the start of the period to compare with.
        ignored: what of the address was not understood.
    """

    period: Period | None = None
    to: date | None = None
    years: int | None = None
    tiles: tuple[str, ...] = ()
    compare: date | None = None
    ignored: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Choice:
    """The periods to show: how long each lasts, from the first start to the last."""

    period: Period
    first: date
    last: date
    years: int

    @property
    def before(self) -> date:
        """The start from which figures are read: indicators of 12 months, a year before the first,
        need those before it.
        """
        return periods.later(Period.MONTH, self.first.replace(day=1), -24)

    def can_be_beside(self, start: date) -> bool:
        """Whether the last one can be compared with the period from a day: an earlier one."""
        return start < self.last and periods.start_of(self.period, start) == start


def choose(asked: Asked, spans: Spans) -> Choice | None:
    """The periods to show; None where there are no figures at all."""
    if not spans:
        return None
    wanted = asked.period
    period = wanted if wanted is not None and wanted in spans else _most(spans)
    span = spans[period]
    to = asked.to if asked.to and periods.start_of(period, asked.to) == asked.to else None
    last = to if to and span.first <= to <= span.last else span.last
    years = asked.years or _FIRST[period]
    first = periods.year_before(Period.MONTH, last.replace(day=1))
    first = first.replace(year=max(first.year - years + 1, 1))
    first = periods.start_of(period, max(first, span.first))
    return Choice(period, first, last, years)


def _most(spans: Spans) -> Period:
    return max(spans, key=lambda each: (spans[each].many, -_ORDER.index(each)))


def most_recent(spans: Spans) -> Spans:
    """The periods whose newest figures are not a year older than the newest of all: of one service,
    that says more than how many there are. Where several are left, the first by length.
    """
    if not spans:
        return spans
    newest = max(span.last for span in spans.values())
    edge = newest.replace(year=newest.year - 1, day=min(newest.day, 28))
    kept = [each for each in _ORDER if each in spans and spans[each].last >= edge]
    return {p: Span(s.first, s.last, 1 if p == kept[0] else 0) for p, s in spans.items()}


def starts(choice: Choice, found: Sequence[date]) -> list[date]:
    """Every period shown, those without figures too."""
    return steps(choice.period, found, choice.first, choice.last)


def offered(found: Sequence[date], chosen: Collection[date] = ()) -> list[date]:
    """The periods that a form lets somebody choose from, newest first: all, or the newest and the
    first of each month, quarter, year or ten years before them, and those that are chosen. An
    address can name any other.
    """
    every = sorted(set(found), reverse=True)
    if len(every) <= OFFERED:
        return every
    newest, older = every[:NEWEST], every[NEWEST:]
    for months in (1, 3, 12, 120):
        first = {(each.year * 12 + each.month - 1) // months: each for each in older}
        if len(first) <= OFFERED - NEWEST:
            break
    return sorted({*newest, *first.values(), *(set(chosen) & set(every))}, reverse=True)
