"""Which figures of a service are not shown, because they are of so few that somebody could be
recognised, or would say how few by subtraction.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import replace
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
WITH = {
    Figure.RATING_POINTS: Figure.RATINGS, Figure.UNIT_COST: Figure.TRANSACTIONS,
    Figure.POUNDS: Figure.VOLUME,
}  # fmt: skip
#: Of ratings no single number may be known, but their mean.
_MEANS = frozenset({Figure.RATINGS, Figure.RATING_POINTS})
#: A period, a cell and a measure.
Place = tuple[date, str, str]
#: The best rating.
BEST = 5


def hidden(numbers: Mapping[Figure, float], threshold: int) -> frozenset[Figure]:
    """The figures of one service and period that are not shown.

    A count from 1 to below the threshold is not, and no part that leaves so few of its whole. The
    mean of ratings is not where it says that so few differ from the worst or the best.

    Args:
        numbers: all that are known.
        threshold: of their data set; 0 shows everything.
    """
    gone = {f for f, found in numbers.items() if f in COUNTS and _few(found, threshold)}
    for part, whole in WHOLE.items():
        if part in numbers and whole in numbers and _few(numbers[whole] - numbers[part], threshold):
            gone.add(part)
    if Figure.RATINGS in numbers and Figure.RATING_POINTS in numbers:
        many, points = numbers[Figure.RATINGS], numbers[Figure.RATING_POINTS]
        if _few(points - many, threshold) or _few(BEST * many - points, threshold):
            gone.add(Figure.RATING_POINTS)
    gone |= {figure for figure, other in WITH.items() if other in gone}
    return frozenset(gone & set(numbers))


def _few(number: float, threshold: int) -> bool:
    return 0 < number < threshold


def fold(
    parts: Collection[Part], threshold: int, gone: Collection[Place] = ()
) -> dict[tuple[date, Figure], Known]:
    """The figures of a data set as everybody may know them: `entries.fold`, without what is not
    shown. A figure of which parts are not shown is the sum of the others, and says that it is
    (`SUPPRESSED`, with a number): whoever adds up what is shown finds the same.

    Args:
        parts: the values that count.
        threshold: of the data set; 0 shows everything.
        gone: the values that are not shown, where some are.
    """
    folded = entries.fold(parts)
    if not threshold:
        return folded
    without = {at for figure, _, e, _ in parts for at in [(e.start, figure)]
               if figure not in _MEANS and (e.start, e.cell, e.measure) in gone}  # fmt: skip
    left = entries.fold([p for p in parts if (p[2].start, p[2].cell, p[2].measure) not in gone])
    for at in without:
        if folded[at].state is ValueState.NUMBER:
            # Zeros alone would look as if there was nothing.
            number = (left[at].number or None) if at in left else None
            folded[at] = replace(folded[at], state=ValueState.SUPPRESSED, number=number)
    known: dict[date, dict[Figure, float]] = {}
    for (start, figure), each in folded.items():
        if each.number is not None:
            known.setdefault(start, {})[figure] = each.number
    for start, numbers in known.items():
        for figure in hidden(numbers, threshold):
            found = folded[start, figure]
            folded[start, figure] = replace(found, state=ValueState.SUPPRESSED, number=None)
    return folded
