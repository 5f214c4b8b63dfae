"""How much hangs on few suppliers. Pure rules."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

#: From here on a market counts as moderately and as highly concentrated: United States Department
#: of Justice and Federal Trade Commission, Merger Guidelines (2023), section 2.1, and
#: https://www.justice.gov/atr/herfindahl-hirschman-index
MODERATE, HIGH = 1_000, 1_800
#: So few arrangements are concentrated even where each has a supplier of its own.
FEW = 10


@dataclass(frozen=True, slots=True)
class Concentration:
    """How arrangements are spread over suppliers.

    Attributes:
        suppliers: how many there are.
        total: how many arrangements.
        largest: the share of the largest, in per cent.
        index: the Herfindahl-Hirschman index, from near 0 to 10,000.
        level: `low`, `moderate` or `high`; `few` where there are too few to say.
    """

    suppliers: int
    total: int
    largest: float
    index: int
    level: str


def share_of(part: int, total: int) -> float:
    """A share in per cent, to one decimal place; 0 of nothing."""
    return round(100 * part / total, 1) if total else 0.0


def concentration(sizes: Iterable[int]) -> Concentration:
    """How concentrated arrangements are, by how many each supplier has.

    The Herfindahl-Hirschman index is the sum of the squares of all shares in per cent: with s_i
    for the share of supplier i, HHI = s_1² + s_2² + ... + s_n². One supplier of everything gives
    10,000, n suppliers of as much each 10,000 / n. Source: A. O. Hirschman, "The paternity of an
    index", American Economic Review 54 (1964), pages 761 to 762; for what is high see `HIGH`.
    """
    found = [size for size in sizes if size > 0]
    total = sum(found)
    index = round(10_000 * sum(size * size for size in found) / total**2) if total else 0
    level = "high" if index > HIGH else "moderate" if index >= MODERATE else "low"
    level = "few" if total < FEW else level
    return Concentration(len(found), total, share_of(max(found, default=0), total), index, level)
