"""How long it took services to start with a component, from what they recorded. Pure rules."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from statistics import median

#: Fewer say more of the one service than of the component.
FEWEST = 3


@dataclass(frozen=True, slots=True)
class Measured:
    """The days from the plan to the first day of use: the median, and of how many services."""

    days: int
    many: int


def measured(starts: Iterable[tuple[date, date]]) -> Measured | None:
    """The median of how long starts took, in whole days; None of fewer than three.

    Args:
        starts: the day on which each was first recorded as planned or being built in, and the day
            since when it is in use. One that was in use before it was recorded tells nothing.
    """
    days = [(since - planned).days for planned, since in starts if since >= planned]
    return Measured(round(median(days)), len(days)) if len(days) >= FEWEST else None
