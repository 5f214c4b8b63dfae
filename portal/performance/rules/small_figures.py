"""Which figures of a service are not shown, because they are of so few that somebody could be
recognised, or would say how few by subtraction.
"""

from __future__ import annotations

from collections.abc import Mapping

from portal.performance.words import Figure

#: Numbers of things; pounds and averages say nothing of how many people there are.
_COUNTS = frozenset(Figure) - {
    Figure.COST, Figure.UNIT_COST, Figure.POUNDS, Figure.RATING_POINTS
}  # fmt: skip
#: What is shown as well, and from which the part could be found.
_WHOLE = {Figure.DIGITAL: Figure.TRANSACTIONS}


def hidden(numbers: Mapping[Figure, float], threshold: int) -> frozenset[Figure]:
    """The figures of one service and period that are not shown.

    A count from 1 to below the threshold is not, and no part that leaves so few of its whole.

    Args:
        numbers: all that are known.
        threshold: of their data set; 0 shows everything.
    """
    gone = {f for f, found in numbers.items() if f in _COUNTS and _few(found, threshold)}
    for part, whole in _WHOLE.items():
        if part in numbers and whole in numbers and _few(numbers[whole] - numbers[part], threshold):
            gone.add(part)
    if Figure.RATINGS in gone:
        gone.add(Figure.RATING_POINTS)
    return frozenset(gone & set(numbers))


def _few(number: float, threshold: int) -> bool:
    return 0 < number < threshold
