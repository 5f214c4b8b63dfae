"""The columns of the Performance Platform's files that hold volumes and costs of services.

A column is known by its form and read by its position, since headings occur twice. "2017-Q4 Vol."
is the 12 months to the end of the quarter before (October 2016 to September 2017) and no quarter:
read as one, it would be four times too high. "2012-Q4" alone is April 2011 to March 2012.
"""

from __future__ import annotations

import calendar
import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date

from portal.catalogue.rules.importing import Aside
from portal.errors import Invalid
from portal.interchange import rows
from portal.interchange.tables import Table
from portal.performance.rules import periods
from portal.performance.rules.entries import Entry
from portal.performance.words import Period, ValueState

ROLLING = re.compile(
    r"(\d{4})-Q([1-4]) (Vol\.|Digital vol\.|CPT \(£\)|Digital CPT \(£\))", re.ASCII
)
LONG = re.compile(
    r"([A-Za-z]+) (\d{4}) to ([A-Za-z]+) (\d{4}): "
    r"(volume|digital volume|cost per transaction \(£\))"
)
SHORT = re.compile(
    r"Total\s+([A-Za-z]{3})(\d{2})\s*-\s*([A-Za-z]{3})(\d{2})\s*\[12 MONTHS\]", re.ASCII
)
QUARTER = re.compile(
    r"(Total|Digital) transactions\s+([A-Za-z]{3}) - ([A-Za-z]{3}) (\d{4})", re.ASCII
)
TRANSACTIONS, DIGITAL, UNIT_COST, DIGITAL_UNIT_COST = (
    "transactions", "digital", "unit_cost", "digital_unit_cost",
)  # fmt: skip
COST = re.compile(r"£?((?:\d{1,3}(?:,\d{3}){1,4}|\d{1,15})(?:\.\d{1,10})?)", re.ASCII)
COSTS = (UNIT_COST, DIGITAL_UNIT_COST)
MEASURES = {
    "Vol.": TRANSACTIONS,
    "Digital vol.": DIGITAL,
    "CPT (£)": UNIT_COST,
    "Digital CPT (£)": DIGITAL_UNIT_COST,
    "volume": TRANSACTIONS,
    "digital volume": DIGITAL,
    "cost per transaction (£)": UNIT_COST,
    "Total": TRANSACTIONS,
    "Digital": DIGITAL,
}
MONTHS = {
    written.lower(): month
    for names in (calendar.month_name, calendar.month_abbr)
    for month, written in enumerate(names)
    if written
}
#: The one column of its form that is another year than its name would say.
FIRST_PUBLISHED = {(2012, 4): date(2011, 4, 1)}
#: Which text means which state; an empty cell says nothing.
STATES = {
    "-": ValueState.NOT_PROVIDED,
    "not provided": ValueState.NOT_PROVIDED,
    "[not provided]": ValueState.NOT_PROVIDED,
    "n/a": ValueState.NOT_APPLICABLE,
    "not applicable": ValueState.NOT_APPLICABLE,
    "[not applicable]": ValueState.NOT_APPLICABLE,
    "not collected": ValueState.NOT_COLLECTED,
    "[not collected]": ValueState.NOT_COLLECTED,
}
#: What spreadsheets leave where a formula lost its way: somebody has a figure, we do not.
BROKEN = frozenset({"#REF!", "#N/A", "#VALUE!", "#DIV/0!", "#NAME?", "#NUM!", "#NULL!"})
NOT_A_YEAR = "The column does not cover 12 months"
NO_SUCH_MONTHS = "The column's months or years do not exist"


@dataclass(frozen=True, slots=True)
class Column:
    """A column of values: where it is, and what it says of which period."""

    place: int
    heading: str
    period: Period
    start: date
    measure: str


@dataclass(frozen=True, slots=True)
class Span:
    """The months that a heading names: whole ones, from the first day to the last."""

    first: date
    last: date

    @property
    def months(self) -> int:
        """How many there are."""
        return (self.last.year - self.first.year) * 12 + self.last.month - self.first.month + 1


def span(month: str, year: int, last_month: str, last_year: int) -> Span:
    """The months that a heading names. Raises ValueError for some that do not exist."""
    try:
        start, end = MONTHS[month.lower()], MONTHS[last_month.lower()]
    except KeyError as problem:
        raise ValueError(month) from problem
    last_day = calendar.monthrange(last_year, end)[1]
    return Span(date(year, start, 1), date(last_year, end, last_day))


def find(table: Table) -> list[Column]:
    """The columns of a table that hold values. One whose period is wrong is set aside, but for a
    slip that its neighbours mend.

    Raises:
        Invalid: a column is there twice, and nothing says which one counts.
    """
    found: list[Column] = []
    long = _long(table)
    for place, heading in enumerate(table.columns):
        rolling, quarter = ROLLING.fullmatch(heading), QUARTER.fullmatch(heading)
        if rolling:
            year, number, what = rolling.groups()
            start = _rolling(int(year), int(number))
            found.append(Column(place, heading, Period.YEAR, start, MEASURES[what]))
        elif place in long:
            found.append(long[place])
        elif quarter:
            made = _quarter(table, place, heading, quarter)
            found += [made] if made else []
    table.once(column.heading for column in found)
    return [*found, *_sums(table, {(c.period, c.start) for c in found})]


def _rolling(year: int, quarter: int) -> date:
    """The start of the 12 months that end with the quarter before the one that is named."""
    known = FIRST_PUBLISHED.get((year, quarter))
    return known or periods.later(Period.QUARTER, date(year, 3 * quarter - 2, 1), -4)


def _quarter(table: Table, place: int, heading: str, match: re.Match[str]) -> Column | None:
    what, month, last_month, year = match.groups()
    try:
        named = span(month, int(year), last_month, int(year))
    except ValueError:
        aside(table, heading, NO_SUCH_MONTHS)
        return None
    if named.months != 3 or periods.start_of(Period.QUARTER, named.first) != named.first:
        aside(table, heading, "The column does not cover a quarter")
        return None
    return Column(place, heading, Period.QUARTER, named.first, MEASURES[what])


def _long(table: Table) -> dict[int, Column]:
    """Columns like `October 2016 to September 2017: volume`, by place."""
    named: list[tuple[int, str, Span | None, str]] = []
    for place, heading in enumerate(table.columns):
        match = LONG.fullmatch(heading)
        if match:
            month, year, last_month, last_year, what = match.groups()
            try:
                months = span(month, int(year), last_month, int(last_year))
            except ValueError:
                months = None
                aside(table, heading, NO_SUCH_MONTHS)
            named.append((place, heading, months, MEASURES[what]))
    spans = list(dict.fromkeys(each for _, _, each, _ in named if each))
    meant = {each: start for each in spans if (start := _meant(each, spans))}
    found = {}
    for place, heading, months, measure in named:
        if months in meant:
            found[place] = Column(place, heading, Period.YEAR, meant[months], measure)
            if months.months != 12:
                until = f"{periods.end_of(Period.YEAR, months.first):%B %Y}"
                why = f"Read as 12 months to {until}, which its neighbours leave out"
                aside(table, heading, f"{NOT_A_YEAR}. {why}")
        elif months:
            aside(table, heading, NOT_A_YEAR)
    return found


def _meant(one: Span, spans: Sequence[Span]) -> date | None:
    """The start of the 12 months that a heading means: its own, also where its last year is wrong
    and the columns beside it begin a quarter before and a quarter later.
    """
    if one.months == 12:
        return one.first
    place = spans.index(one)
    before, after = spans[max(place - 1, 0)], spans[min(place + 1, len(spans) - 1)]
    beside = (periods.later(Period.QUARTER, one.first, many) for many in (-1, 1))
    fits = (before.first, after.first) == tuple(beside)
    again = any(other.first == one.first for other in spans if other is not one)
    return one.first if fits and one.last.month == _month_before(one.first) and not again else None


def _month_before(day: date) -> int:
    return (day.month - 2) % 12 + 1


def _sums(table: Table, known: set[tuple[Period, date]]) -> Iterator[Column]:
    """The sheet's own sums of 12 months, which count where no column has these as published. The
    heading stands there twice: first for all transactions, then for digital ones.
    """
    seen: dict[date, int] = {}
    for place, heading in enumerate(table.columns):
        match = SHORT.fullmatch(heading)
        if not match:
            continue
        month, year, last_month, last_year = match.groups()
        try:
            months = span(month, 2000 + int(year), last_month, 2000 + int(last_year))
        except ValueError:
            aside(table, heading, NO_SUCH_MONTHS)
            continue
        if months.months != 12:
            aside(table, heading, NOT_A_YEAR)
        elif (Period.YEAR, months.first) not in known:
            times = seen[months.first] = seen.get(months.first, -1) + 1
            if times < 2:
                measure = (TRANSACTIONS, DIGITAL)[times]
                yield Column(place, heading, Period.YEAR, months.first, measure)


def aside(table: Table, heading: str, reason: str) -> None:
    """Set a column aside, once for all its measures."""
    if not any((each.column, each.reason) == (heading[:300], reason) for each in table.aside):
        table.aside.append(Aside(table.name, 1, heading[:300], None, reason))


def read(
    table: Table, line: int, cells: list[str], columns: Iterable[Column], asides: list[Aside]
) -> dict[Period, list[Entry]]:
    """The values of a row, by period. What is no number and no word for none is set aside."""
    found: dict[Period, list[Entry]] = {}
    for column in columns:
        cell = cells[column.place]
        if not cell:
            continue
        reason = None
        state, number = STATES.get(cell.lower()), None
        if cell.upper() in BROKEN:
            state = ValueState.NOT_PROVIDED
            reason = "The spreadsheet lost this figure; it counts as not provided"
        elif state is None:
            try:
                number = _number(table, line, column, cell)
                state = ValueState.NUMBER
            except Invalid as problem:
                reason = problem.message
        if reason:
            asides.append(Aside(table.name, line, column.heading[:300], cell[:300], reason))
        if state:
            made = Entry(column.start, "", column.measure, state, number)
            found.setdefault(column.period, []).append(made)
    return found


def _number(table: Table, line: int, column: Column, cell: str) -> float:
    if line == table.unfinished and column.place == len(table.columns) - 1:
        raise Invalid(column.heading, "The file ends in this cell, so it may be cut off")
    if column.measure not in COSTS:
        return float(rows.number(column.heading, cell) or 0)
    found = COST.fullmatch(cell)
    if found is None:
        raise Invalid(column.heading, "This is not a number of 0 or more")
    return float(found[1].replace(",", ""))
