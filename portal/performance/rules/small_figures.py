"""Which figures of a service are not shown, because they are of so few that somebody could be
recognised, or would say how few by subtraction.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, replace
from datetime import date

from portal.performance.rules import entries
from portal.performance.rules.entries import Known, Part
from portal.performance.words import Figure, ValueState

#: Numbers of things; pounds and averages say nothing of how many people there are.
COUNTS = frozenset(Figure) - {
    Figure.COST, Figure.UNIT_COST, Figure.POUNDS, Figure.RATING_POINTS
}  # fmt: skip
#: What is shown as well, and from which the part could be found.
WHOLE = {
    Figure.DIGITAL: Figure.TRANSACTIONS,
    Figure.COMPLETED: Figure.STARTED,
    Figure.INTENDED: Figure.PROCESSED,
}
#: What would say how many there are of something that is not shown.
WITH = {Figure.RATING_POINTS: Figure.RATINGS, Figure.UNIT_COST: Figure.TRANSACTIONS}
#: Sums over cells; the one of which a cell is a figure itself, and that cell.
SUMS = frozenset({Figure.TRANSACTIONS, Figure.CALLS})
CELL = (Figure.TRANSACTIONS, Figure.DIGITAL)
#: The best rating.
BEST = 5


@dataclass(frozen=True, slots=True)
class Cells:
    """How many numbers a figure is the sum of, how many of them are of too few to be shown, and
    how many of more.
    """

    many: int = 0
    few: int = 0
    more: int = 0


def hidden(
    numbers: Mapping[Figure, float], threshold: int, cells: Mapping[Figure, Cells] | None = None
) -> frozenset[Figure]:
    """The figures of one service and period that are not shown.

    A count from 1 to below the threshold is not, and no part that leaves so few of its whole. The
    mean of ratings is not where it says that so few differ from the worst or the best. A sum is
    not where it says what each of its parts must be.

    Args:
        numbers: all that are known.
        threshold: of their data set; 0 shows everything.
        cells: what figures are the sums of.
    """
    gone = {f for f, found in numbers.items() if f in COUNTS and _few(found, threshold)}
    for part, whole in WHOLE.items():
        if part in numbers and whole in numbers and _few(numbers[whole] - numbers[part], threshold):
            gone.add(part)
    for figure, each in (cells or {}).items():
        if figure in SUMS and _says_all(numbers.get(figure), each, threshold):
            gone.add(figure)
        if figure is CELL[0] and each.few and each.many > 1:
            gone.add(CELL[1])
    if Figure.RATINGS in numbers and Figure.RATING_POINTS in numbers:
        many, points = numbers[Figure.RATINGS], numbers[Figure.RATING_POINTS]
        if _few(points - many, threshold) or _few(BEST * many - points, threshold):
            gone.add(Figure.RATING_POINTS)
    gone |= {figure for figure, other in WITH.items() if other in gone}
    return frozenset(gone & set(numbers))


def _says_all(total: float | None, cells: Cells, threshold: int) -> bool:
    if cells.more or cells.few < 2:
        return False
    return total in (cells.few, cells.few * (threshold - 1))


def _few(number: float, threshold: int) -> bool:
    return 0 < number < threshold


def fold(parts: Collection[Part], threshold: int) -> dict[tuple[date, Figure], Known]:
    """The figures of a data set as everybody may know them: `entries.fold`, without what is not
    shown.
    """
    folded = entries.fold(parts)
    if not threshold:
        return folded
    summed: dict[date, dict[Figure, list[float]]] = {}
    for figure, _weight, entry, _definition in parts:
        if entry.number is not None:
            summed.setdefault(entry.start, {}).setdefault(figure, []).append(entry.number)
    gone: set[tuple[date, Figure]] = set()
    for start, found in summed.items():
        numbers = {f: n for f in found for n in [folded[start, f].number] if n is not None}
        cells = {figure: _cells(some, threshold) for figure, some in found.items()}
        gone |= {(start, figure) for figure in hidden(numbers, threshold, cells)}
    return {
        key: replace(known, state=ValueState.SUPPRESSED, number=None) if key in gone else known
        for key, known in folded.items()
    }


def _cells(found: list[float], threshold: int) -> Cells:
    return Cells(
        len(found), sum(_few(n, threshold) for n in found), sum(n >= threshold for n in found)
    )
