"""Figures of periods of different lengths as one series: a day counts once, and as many days as can
be count.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterable, Mapping, Sequence
from datetime import date, timedelta
from typing import NamedTuple

from portal.performance.rules import periods
from portal.performance.words import Period

_DAY = timedelta(days=1)
#: Whoever goes on in periods of another length leaves days out between them. So many days more it
#: must bring: months and weeks are not mixed for the few days by which they begin apart.
_TURN = 7


class Told(NamedTuple):
    """The figure of a period, to its `last` day: None where it is not known, and whether it may
    change still.
    """

    start: date
    last: date
    number: float | None
    source: str | None = None
    provisional: bool = False


#: A period with its length.
_Row = tuple[Period, Told]
#: How many days are covered (less what turns cost), and by how many periods.
_Score = tuple[int, int]


def joined(of: Mapping[Period, Iterable[Told]]) -> list[Told]:
    """The figures that together cover the most days, none twice; of those the shortest periods. A
    period between two of them that nobody gave a figure for stands there without one.

    Args:
        of: the figures by the length of their periods.
    """
    rows = [(period, told) for period, some in of.items() for told in some]
    chosen = _covering(sorted(rows, key=lambda row: (row[1].last, row[1].start)))
    made: list[Told] = []
    for before, row in zip([None, *chosen], chosen, strict=False):
        if before is not None:
            made += _missing(before, row)
        made.append(row[1])
    return made


def _covering(rows: Sequence[_Row]) -> list[_Row]:
    """The best of all ways through the periods, in the order of their last days: of each, the best
    one that ends with it.
    """
    scores: list[_Score] = []
    back: list[int | None] = []
    at_end: dict[date, int] = {}
    #: Of each length, the last days so far and the best way to one of them.
    ends: dict[Period, tuple[list[date], list[int]]] = {}
    for place, (period, told) in enumerate(rows):
        known = (told.last - told.start).days + 1 if told.number is not None else 0
        ways: list[tuple[_Score, int | None]] = [((known, 1), None)]
        beside = at_end.get(told.start - _DAY)
        if beside is not None:
            ways.append((_plus(scores[beside], known), beside))
        for other, (days, best) in ends.items():
            before = bisect_left(days, told.start - _DAY)
            if before:
                way = best[before - 1]
                cost = 0 if other is period else _TURN
                ways.append((_plus(scores[way], known - cost), way))
        score, way_back = max(ways, key=lambda way: way[0])
        scores.append(score)
        back.append(way_back)
        if told.last not in at_end or score > scores[at_end[told.last]]:
            at_end[told.last] = place
        days, best = ends.setdefault(period, ([], []))
        days.append(told.last)
        best.append(place if not best or score > scores[best[-1]] else best[-1])
    at = max(range(len(rows)), key=lambda place: scores[place], default=None)
    found = []
    while at is not None:
        found.append(rows[at])
        at = back[at]
    return found[::-1]


def _plus(score: _Score, days: int) -> _Score:
    return score[0] + days, score[1] + 1


def _missing(before: _Row, after: _Row) -> list[Told]:
    """The periods between two that nobody gave a figure for, as short as those beside them."""
    lengths = [each for each in Period if each in (before[0], after[0])]
    at, made = before[1].last + _DAY, list[Told]()
    while at < after[1].start:
        ends = [periods.end_of(p, at) for p in lengths if periods.start_of(p, at) == at]
        end = next((each for each in ends if each < after[1].start), after[1].start - _DAY)
        made.append(Told(at, end, None))
        at = end + _DAY
    return made
