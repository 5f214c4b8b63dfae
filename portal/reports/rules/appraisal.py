"""What quantities are worth by year, and what that is worth today."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from decimal import Decimal
from itertools import accumulate

from portal.reports.rules.model import COLUMN_OF, Sums
from portal.reports.rules.years import ONE, ZERO
from portal.reports.words import ClaimKind, Column

#: HM Treasury, Green Book, annex 6: the standard rate, and the one that follows from year 31 on.
STANDARD_RATE, LATER_RATE, STANDARD_YEARS = Decimal("0.035"), Decimal("0.030"), 30


def discount(year: int, rate: Decimal) -> Decimal:
    """What a pound of a year is worth in year 0, which is not discounted.

    The Green Book's standard rate becomes 3.0% from year 31 on; any other rate stays.
    """
    late = max(0, year - STANDARD_YEARS) if rate == STANDARD_RATE else 0
    return ONE / ((ONE + rate) ** (year - late) * (ONE + LATER_RATE) ** late)


@dataclass(frozen=True, slots=True)
class Appraisal:
    """Pounds by year, from year 0 on, not discounted and not rounded.

    Attributes:
        cash: what is released.
        non_cash: what is avoided or freed without being cash.
        cost: what integration, running, leaving, prices and platforms cost.
        platform: the platforms' own part of `cost`.
    """

    cash: tuple[Decimal, ...]
    non_cash: tuple[Decimal, ...]
    cost: tuple[Decimal, ...]
    platform: tuple[Decimal, ...]

    @property
    def gross(self) -> tuple[Decimal, ...]:
        """What is gained before costs."""
        return tuple(a + b for a, b in zip(self.cash, self.non_cash, strict=True))

    @property
    def net(self) -> tuple[Decimal, ...]:
        """What is gained less what it costs."""
        return tuple(gain - cost for gain, cost in zip(self.gross, self.cost, strict=True))

    def npv(self, rate: Decimal) -> Decimal:
        """The net of all years as it is worth in year 0."""
        return present(self.net, rate)

    def benefit_cost_ratio(self, rate: Decimal) -> Decimal | None:
        """Gains for a pound of cost, both discounted; None where nothing costs anything."""
        costs = present(self.cost, rate)
        return present(self.gross, rate) / costs if costs else None

    @property
    def payback_year(self) -> int | None:
        """The first year from which on the net so far is not below 0, to the end, and which is not
        before anything is gained or spent; None: never.
        """
        sums = list(accumulate(self.net))
        some = [bool(gain or cost) for gain, cost in zip(self.gross, self.cost, strict=True)]
        good = len(sums)
        while good and sums[good - 1] >= 0 and any(some[:good]):
            good -= 1
        return good if good < len(sums) else None


def present(years: Sequence[Decimal], rate: Decimal) -> Decimal:
    """Pounds by year, from year 0 on, as they are worth in year 0."""
    return sum((each * discount(year, rate) for year, each in enumerate(years)), ZERO)


def appraise(sums: Sums, price: Callable[[ClaimKind], Decimal], horizon: int) -> Appraisal:
    """What summed quantities are worth by year.

    Args:
        price: what one of a kind is worth (model.worth).
    """
    rows = {column: [ZERO] * horizon for column in Column}
    platforms = [ZERO] * horizon
    for (kind, year), amount in sums.items():
        pounds = amount * price(kind)
        rows[COLUMN_OF[kind]][year] += pounds
        if kind is ClaimKind.PLATFORM:
            platforms[year] += pounds
    cash, non_cash, cost = (
        tuple(rows[each]) for each in (Column.CASH, Column.NON_CASH, Column.COST)
    )
    return Appraisal(cash, non_cash, cost, tuple(platforms))
