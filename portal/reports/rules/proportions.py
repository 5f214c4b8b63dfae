"""How sure a share is that was counted from few."""

from __future__ import annotations

import math
from typing import NamedTuple

#: The quantile of the normal distribution of a 95% interval.
Z95 = 1.959963984540054


class Interval(NamedTuple):
    """From a share to a share, both from 0 to 1."""

    low: float
    high: float


def wilson(part: int, whole: int, z: float = Z95) -> Interval | None:
    """The score interval of a share (E B Wilson, 1927), which holds for few, and near 0 and 1.

        (p + z²/2n ± z √(p(1-p)/n + z²/4n²)) / (1 + z²/n), where p = part/whole and n = whole.

    Args:
        part: how many.
        whole: of how many; None is returned for none.
        z: the quantile; that of a 95% interval without it.
    """
    if not whole:
        return None
    p, spread = part / whole, z * z / whole
    middle = p + spread / 2
    half = z * math.sqrt(p * (1 - p) / whole + spread / (4 * whole))
    low, high = (middle - half) / (1 + spread), (middle + half) / (1 + spread)
    # At the ends the formula gives 0 and 1, but for what is lost in rounding.
    return Interval(0.0 if part == 0 else low, 1.0 if part == whole else high)
