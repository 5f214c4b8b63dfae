"""What a dashboard says: figures and indicators by period, like for like, with what is missing.

A measure is the name of a figure or of an indicator. One thing, a journey and all of government are
put the same way: as totals over one unit or many.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from itertools import pairwise
from typing import NamedTuple

from portal.performance.rules import kpis, periods, totals
from portal.performance.rules.totals import Total
from portal.performance.words import Doubt, Figure, Kpi, Period, ValueState, ValueStatus

#: What dashboards of services show, in their order.
OF_SERVICES = (
    Figure.TRANSACTIONS.value, Kpi.DIGITAL_TAKE_UP.value, Kpi.COMPLETION_RATE.value,
    Kpi.USER_SATISFACTION.value, Kpi.COST_PER_TRANSACTION.value, Figure.CALLS.value,
)  # fmt: skip
#: What not every service has to publish.
OPTIONAL = frozenset({Figure.CALLS.value})
OF_COMPONENTS = (Figure.VOLUME.value, Figure.POUNDS.value)
#: Measures in pounds, and those that are shares of a whole; all others are counts.
POUNDS = frozenset({Kpi.COST_PER_TRANSACTION.value, Figure.POUNDS.value, Figure.COST.value})
SHARES = frozenset(
    {Kpi.DIGITAL_TAKE_UP.value, Kpi.COMPLETION_RATE.value, Kpi.USER_SATISFACTION.value}
)
#: Any measure that is a share, where a part of a whole is to be put as one.
SHARE_OF = Kpi.DIGITAL_TAKE_UP.value
_KPIS = {kpi.value for kpi in Kpi}
#: The measure that is over 12 months.
_OVER_A_YEAR = Kpi.COST_PER_TRANSACTION.value
#: How many periods make 12 months, for what is measured over 12 months.
_YEAR = {Period.DAY: 365, Period.WEEK: 52, Period.MONTH: 12, Period.QUARTER: 4, Period.YEAR: 1}
#: Like for like and everybody's change this far apart mislead whoever reads one of them alone.
FAR = 0.05
#: A share that fell by more, or a cost that rose by more, is worth doing something about.
WORSE = 0.02

#: The newest period counts as in once this part of those who report have done so.
_IN = 0.5

Key = tuple[str, date]


@dataclass(frozen=True, slots=True)
class Cell:
    """A measure for a period, over one unit or many.

    Attributes:
        total: its sums; with no things where there is nothing.
        state: of one unit, why there is no number; None where nobody said.
        provisional: whether it may change still.
        doubt: what is strange about it.
        absent: of one service, the channels that came for earlier periods, and not for this one.
    """

    total: Total
    state: ValueState | None = None
    provisional: bool = False
    doubt: Doubt | None = None
    absent: tuple[str, ...] = ()

    @property
    def partial(self) -> bool:
        """Whether parts of the sums are not shown, and not in them."""
        return self.total.partial > 0

    @property
    def lacks(self) -> bool:
        """Whether numbers that are not shown are missing in its sums, be it parts of what a unit
        has or all of it.
        """
        return self.total.hidden > 0

    @property
    def hides(self) -> bool:
        """Whether it is not shown, or parts of it are not."""
        return self.partial or self.state is ValueState.SUPPRESSED


_EMPTY = Cell(Total())


@dataclass(frozen=True, slots=True)
class Row:
    """A figure of one unit for a period, as stored."""

    of_id: int
    figure: Figure
    start: date
    state: ValueState
    number: float | None
    status: ValueStatus
    doubt: Doubt | None


class Channel(NamedTuple):
    """What a service says of a channel for a period; no number where it may not be shown."""

    name: str
    start: date
    state: ValueState
    number: float | None


@dataclass(frozen=True)
class Board:
    """The measures of a dashboard by period. What follows from them is worked out once: a page asks
    for the same of it many times.

    Attributes:
        period: how long each lasts; nothing of another one is here.
        starts: of the periods shown, the oldest first.
        cells: by measure and start, also of a year before.
        units: how many services could have figures.
    """

    period: Period
    starts: tuple[date, ...]
    cells: Mapping[Key, Cell]
    units: int
    _over: dict[Key, Cell] = field(default_factory=dict, init=False, repr=False, compare=False)
    _newest: dict[str, date] = field(default_factory=dict, init=False, repr=False, compare=False)

    @property
    def newest(self) -> date:
        """The start of the last period shown."""
        return self.starts[-1]

    def cell(self, measure: str, start: date) -> Cell:
        """The measure for a period; without things where there is nothing."""
        return self.cells.get((measure, start)) or _EMPTY

    def values(self, measure: str) -> list[float | None]:
        """The measure in each period shown; None is a gap."""
        return [value(measure, self.over(measure, start).total) for start in self.starts]

    def over(self, measure: str, start: date) -> Cell:
        """The same as `cell`, of the 12 months to its end where the measure is over 12 months."""
        if measure != _OVER_A_YEAR or _YEAR[self.period] == 1:
            return self.cell(measure, start)
        known = self._over.get((measure, start))
        if known is None:
            known = self._over[measure, start] = self._over_a_year(measure, start)
        return known

    def _over_a_year(self, measure: str, start: date) -> Cell:
        if self.cell(measure, start).total.things == 0:
            return self.cell(measure, start)
        back = [periods.later(self.period, start, -n) for n in range(_YEAR[self.period])]
        cells = [self.cell(measure, each) for each in back]
        return replace(cells[0], total=_summed([each.total for each in cells]),
                       provisional=any(each.provisional for each in cells))  # fmt: skip

    def newest_of(self, measure: str) -> date:
        """The start of the newest period that at least half of those who give a measure gave it
        for: those who come late do not make it look smaller. The last one where nobody did.
        """
        if measure not in self._newest:
            counts = [(at, self.cell(measure, at).total.things) for at in self.starts]
            self._newest[measure] = settled(counts) or self.newest
        return self._newest[measure]

    def shown(self, measures: Iterable[str]) -> list[str]:
        """The measures that have a number in a period shown, in their order."""
        there = {measure for measure, _start in self.cells}
        return [m for m in measures if m in there and self._has(m)]

    def _has(self, measure: str) -> bool:
        return any(value(measure, self.over(measure, at).total) is not None for at in self.starts)


def _summed(parts: Sequence[Total]) -> Total:
    """Sums over periods: units are those of the newest, since the same ones report each time."""
    made = Total()
    for each in parts:
        made.add(each)
    made.things, made.same_things = parts[0].things, parts[0].same_things
    made.suppressed = max(each.suppressed for each in parts)
    return made


def settled(counts: Sequence[tuple[date, int]]) -> date | None:
    """The newest period that at least half of those who report have figures for.

    Args:
        counts: how many have them, by start, the oldest first.
    """
    most = max((many for _, many in counts), default=0)
    return next((start for start, many in reversed(counts) if many and many >= most * _IN), None)


def absent_channels(channels: Iterable[Channel]) -> dict[date, tuple[str, ...]]:
    """The channels that are missing from periods: that came for an earlier one, and of which it was
    not said since that they do not apply. A sum without them looks like a fall.
    """
    of: dict[date, dict[str, ValueState]] = {}
    for each in channels:
        of.setdefault(each.start, {})[each.name] = each.state
    expected, found = set[str](), dict[date, tuple[str, ...]]()
    for start, said in sorted(of.items()):
        if missing := expected - said.keys():
            found[start] = tuple(sorted(missing))
        gone = {name for name, state in said.items() if state is ValueState.NOT_APPLICABLE}
        expected = (expected | said.keys()) - gone
    return found


#: What is counted over channels.
_OF_CHANNELS = (Figure.TRANSACTIONS.value, Kpi.DIGITAL_TAKE_UP.value)


def with_absent(board: Board, absent: Mapping[date, tuple[str, ...]]) -> Board:
    """A board that says which channels its sums are without."""
    cells = {
        (measure, start): replace(board.cell(measure, start), absent=names)
        for start, names in absent.items()
        for measure in _OF_CHANNELS
        if (measure, start) in board.cells
    }
    return replace(board, cells={**board.cells, **cells}) if cells else board


def of_units(
    rows: Iterable[Row], measures: Iterable[str], period: Period, shown: Sequence[date], units: int
) -> Board:
    """The board of one service or component, or of a journey's services.

    Args:
        rows: their figures, from 12 months before the first period shown on.
        measures: those wanted.
        period: of the rows.
        shown: the periods shown, the oldest first.
        units: how many there are.
    """
    known: dict[int, dict[date, dict[Figure, float | None]]] = {}
    said: dict[tuple[date, Figure], list[Row]] = {}
    for row in rows:
        said.setdefault((row.start, row.figure), []).append(row)
        if row.number is not None or row.state is ValueState.SUPPRESSED:
            found = known.setdefault(row.of_id, {}).setdefault(row.start, {})
            found[row.figure] = totals.known(row.number, row.state)
    cells = {}
    for measure in measures:
        parts = totals.parts_of(measure)
        for start in sorted({at for at, figure in said if figure in parts}):
            before = periods.year_before(period, start)
            cells[measure, start] = _cell(
                totals.total(measure, known, start, before),
                [row for part in parts for row in said.get((start, part), ())],
            )
    return Board(period, tuple(shown), cells, units)


def _cell(total: Total, rows: Sequence[Row]) -> Cell:
    states = [row.state for row in rows if row.state is not ValueState.NUMBER]
    provisional = any(row.status is ValueStatus.PROVISIONAL for row in rows)
    doubt = next((row.doubt for row in rows if row.doubt), None)
    state = states[0] if states and not total.things else None
    return Cell(total, state, provisional, doubt)


def ratio(measure: str, top: float, bottom: float | None) -> float | None:
    """What a measure is by its sums: a sum, pounds, or a share from 0 to 1."""
    if measure in _KPIS:
        return None if bottom is None else kpis.value(Kpi(measure), top, bottom)
    return top


def value(measure: str, total: Total) -> float | None:
    """What a measure is over all that have it; None where nothing has."""
    return ratio(measure, total.top, total.bottom) if total.things else None


def change(measure: str, was: float | None, now: float | None) -> float | None:
    """How much a measure changed: shares in parts of a whole, all else as a part of what it was."""
    if was is None or now is None:
        return None
    return now - was if measure in SHARES else kpis.growth(was, now)


def change_of_all(measure: str, was: Cell, now: Cell) -> float | None:
    """The change over all who have it; None where parts of either sum are not shown, or channels
    are missing from one: what changed may be only which those are.
    """
    if was.partial or now.partial or was.absent != now.absent:
        return None
    return change(measure, value(measure, was.total), value(measure, now.total))


def like_for_like(measure: str, total: Total) -> float | None:
    """The change since a year before over those that have it in both."""
    if not total.same_things:
        return None
    was = ratio(measure, total.was_top, total.was_bottom)
    return change(measure, was, ratio(measure, total.same_top, total.same_bottom))


def far_apart(like: float | None, everybody: float | None) -> bool:
    """Whether the change over everybody says something else than like for like: then others
    report than a year before, and that is most of the change.
    """
    return like is not None and everybody is not None and abs(like - everybody) > FAR


@dataclass(frozen=True, slots=True)
class Coverage:
    """How much of a measure there is: units with a number of all units, and periods with one of
    those expected, in percent. Expected of units is what they gave in the period when most did.
    `suppressed` units have a number that is not shown; of `partial` ones parts are not.
    """

    things: int
    units: int
    percent: int | None
    suppressed: int = 0
    partial: int = 0


def year_of(board: Board) -> int:
    """How many periods of a board make 12 months."""
    return _YEAR[board.period]


def coverage(board: Board, measure: str) -> Coverage:
    """How much of a measure there is in its newest period, and in the periods shown."""
    many = [board.cell(measure, start).total.many for start in board.starts]
    most, now = max(many, default=0), board.cell(measure, board.newest_of(measure)).total
    percent = round(100 * sum(many) / (most * len(many))) if most else None
    if percent == 100 and sum(many) < most * len(many):
        percent = 99
    return Coverage(now.things, max(board.units, most), percent, now.suppressed, now.partial)


def steps(period: Period, found: Sequence[date], first: date, last: date) -> list[date]:
    """The starts of periods from `first` to `last`, with those that nobody gave figures for. 12
    months begin as often as the figures found do: each quarter, where they are published so.
    """
    if period is not Period.YEAR:
        return periods.between(period, first, last)
    there = sorted({each for each in found if first <= each <= last})
    apart = [(b.year - a.year) * 12 + b.month - a.month for a, b in pairwise(there)]
    every, at, made = min([*apart, 12]), last, list[date]()
    if there and ((last.year - there[-1].year) * 12 + last.month - there[-1].month) % every:
        at = there[-1]  # none begins on that day, nor is one missing there
    while at >= first:
        made.append(at)
        at = periods.later(Period.MONTH, at, -every)
    return sorted({*made, *there})


def meets(kpi: Kpi, target: float, now: float) -> bool:
    """Whether an indicator reaches its target: costs by being lower."""
    return (now - target) * kpis.INDICATORS[kpi].better >= 0


def weak(measure: str, now: float | None, target: float | None, like: float | None) -> bool:
    """Whether something should be done: an indicator misses its target, or became worse."""
    if now is None or measure not in _KPIS:
        return False
    kpi = Kpi(measure)
    if target is not None:
        return not meets(kpi, target, now)
    return like is not None and like * kpis.INDICATORS[kpi].better < -WORSE
