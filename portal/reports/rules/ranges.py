"""How sure a net present value is: what it is with other assumptions.

A case is the quantities of a run in groups that share all their assumptions. A net present value
is a straight line in each assumption alone, so a switching value is found in one step.
"""

from __future__ import annotations

import random
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import ROUND_CEILING, Decimal
from functools import partial
from operator import mul

from portal.reports.rules.appraisal import Appraisal, appraise, discount
from portal.reports.rules.model import (
    COLUMN_OF,
    FACTORS,
    Sums,
    Use,
    Values,
    add_up,
    platform,
    product,
    quantities,
    worth,
)
from portal.reports.rules.years import ONE, ZERO
from portal.reports.words import Assumed, ClaimKind, Column, View

#: How many draws a run makes.
DRAWS = 5_000


@dataclass(frozen=True, slots=True)
class Assumption:
    """What is assumed of one thing, in the unit of the field of `Values` that it fills.

    Raises:
        ValueError: low <= central <= high does not hold.
    """

    field: str
    low: Decimal
    central: Decimal
    high: Decimal

    def __post_init__(self) -> None:
        """Refuse a range that is none."""
        if not self.low <= self.central <= self.high:
            raise ValueError("low <= central <= high does not hold")


@dataclass(frozen=True, slots=True)
class Group:
    """Quantities that are worth the same.

    Attributes:
        keys: which assumption fills which field of `Values`.
    """

    sums: Sums
    keys: Mapping[str, str]


def _discounted(sums: Sums, rate: Decimal) -> dict[ClaimKind, Decimal]:
    found: dict[ClaimKind, Decimal] = {}
    for (kind, year), amount in sums.items():
        sign = -1 if COLUMN_OF[kind] is Column.COST else 1
        found[kind] = found.get(kind, ZERO) + sign * amount * discount(year, rate)
    return found


#: What holds where nothing is assumed, by field; and what nothing has to be assumed for.
_UNSAID: Mapping[str, Decimal] = {**Values()._asdict(), "": ONE}
#: The places of factors in a list of values, and whether the last one is an uplift.
_Product = tuple[tuple[int, ...], bool]


class _Weighed:
    """Discounted quantities, each with the place of what one of it is worth: among the values of
    the assumptions or among products of these, which many groups share.
    """

    def __init__(self, groups: Iterable[Group], keys: Iterable[str], rate: Decimal) -> None:
        """Find the places in values that come in the order of these keys."""
        self._known = {key: at for at, key in enumerate(keys)}
        self._products: dict[_Product, int] = {}
        every = [
            (weight, self._place(kind, group.keys))
            for group in groups
            for kind, weight in _discounted(group.sums, rate).items()
        ]
        self._weights, self._at = [weight for weight, _ in every], [at for _, at in every]

    def _place(self, kind: ClaimKind, keys: Mapping[str, str]) -> int:
        first, unsaid = len(self._known), list(_UNSAID)
        factors = tuple(
            self._known[keys[each]] if each in keys else first + unsaid.index(each)
            for each in FACTORS[kind] or ("",)
        )
        if len(factors) == 1:
            return factors[0]
        made = factors, FACTORS[kind][-1] is Assumed.OPTIMISM
        return self._products.setdefault(made, first + len(unsaid) + len(self._products))

    def npv(self, values: Iterable[Decimal]) -> Decimal:
        """The net present value with these values, which come in the order of the keys."""
        every = [*values, *_UNSAID.values()]
        for places, uplifted in self._products:
            factors = [every[at] for at in places]
            if uplifted:
                factors[-1] += ONE
            every.append(product(factors))
        return sum(map(mul, self._weights, map(every.__getitem__, self._at)), ZERO)


@dataclass(frozen=True, slots=True)
class Case:
    """Everything that a net present value follows from.

    Attributes:
        rate: the yearly discount, 0.035 for 3.5%.
        horizon: how many years.
    """

    groups: Sequence[Group]
    assumptions: Mapping[str, Assumption]
    rate: Decimal
    horizon: int
    _weighed: _Weighed = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        """Discount the quantities once: every other answer multiplies them."""
        found = _Weighed(self.groups, sorted(self.assumptions), self.rate)
        object.__setattr__(self, "_weighed", found)

    def values(self, group: Group, other: Mapping[str, Decimal] | None = None) -> Values:
        """The central values that hold for a group, or others by their assumption's key."""
        other = other or {}
        found = {
            name: other[key] if key in other else self.assumptions[key].central
            for name, key in group.keys.items()
        }
        return Values(**found)

    def npv(self, other: Mapping[str, Decimal] | None = None) -> Decimal:
        """The net present value, with some assumptions otherwise."""
        other = other or {}
        return self._weighed.npv([
            other.get(key, each.central)
            for key, each in sorted(self.assumptions.items())
        ])  # fmt: skip

    def drawn(self, chance: Callable[[], float], many: int) -> Iterator[Decimal]:
        """The net present value with every assumption drawn from its range, so many times.

        Args:
            chance: gives a number from 0 to 1 for each, in order of their keys.
        """
        ranges = [(x.low, x.central, x.high) for _, x in sorted(self.assumptions.items())]
        for _ in range(many):
            yield self._weighed.npv([triangular(*each, Decimal(chance())) for each in ranges])

    def appraisal(self, other: Mapping[str, Decimal] | None = None) -> Appraisal:
        """The pounds by year, with some assumptions otherwise."""
        parts = []
        for group in self.groups:
            values = self.values(group, other)
            parts.append(appraise(group.sums, partial(_priced, values), self.horizon))
        return together(parts, self.horizon)


def together(parts: Iterable[Appraisal], horizon: int) -> Appraisal:
    """Appraisals added up."""
    none = (ZERO,) * horizon
    total = Appraisal(none, none, none, none)
    for each in parts:
        total = Appraisal(
            *(
                tuple(a + b for a, b in zip(mine, theirs, strict=True))
                for mine, theirs in (
                    (total.cash, each.cash), (total.non_cash, each.non_cash),
                    (total.cost, each.cost), (total.platform, each.platform),
                )
            )
        )  # fmt: skip
    return total


def _priced(values: Values, kind: ClaimKind) -> Decimal:
    return worth(kind, values)


@dataclass(frozen=True, slots=True)
class Bar:
    """One bar of a tornado: the net present value with one assumption at its ends."""

    key: str
    at_low: Decimal
    at_high: Decimal

    @property
    def width(self) -> Decimal:
        """How far the two are apart."""
        return abs(self.at_high - self.at_low)


def tornado(case: Case) -> list[Bar]:
    """What each assumption alone does to the net present value, the widest bar first. One that does
    nothing has no bar: leaving, say, where nothing was left.
    """
    bars = [
        Bar(key, case.npv({key: each.low}), case.npv({key: each.high}))
        for key, each in case.assumptions.items()
    ]
    return sorted((bar for bar in bars if bar.width), key=lambda bar: (-bar.width, bar.key))


def switching_value(case: Case, key: str) -> Decimal | None:
    """At which value of one assumption the net present value is 0; None: at none."""
    here, central = case.npv(), case.assumptions[key].central
    slope = case.npv({key: central + 1}) - here
    return central - here / slope if slope else None


def triangular(low: Decimal, central: Decimal, high: Decimal, chance: Decimal) -> Decimal:
    """The value that a triangular distribution stays below with a chance, 0 to 1."""
    width = high - low
    if not width:
        return central
    rising, scaled = central - low, chance * width
    if scaled <= rising:
        return low + (scaled * rising).sqrt()
    return high - ((1 - chance) * width * (high - central)).sqrt()


def draws(case: Case, seed: int, many: int = DRAWS) -> list[Decimal]:
    """Net present values with every assumption drawn from its range, in order of size.

    The generator is Python's Mersenne Twister (`random.Random.random`, whose sequence for a seed
    is the same in every version); assumptions are drawn in order of their keys.
    """
    chance = random.Random(seed).random  # noqa: S311  a reproducible draw, no secret
    return sorted(case.drawn(chance, many))


def percentile(ordered: Sequence[Decimal], per_cent: int) -> Decimal:
    """The smallest value that at least so many per cent of all are not above (nearest rank)."""
    place = -(-per_cent * len(ordered) // 100)
    return ordered[max(0, place - 1)]


def users_to_break_even(
    assumptions: Mapping[str, Assumption], keys: Mapping[str, str], rate: Decimal, horizon: int
) -> int | None:  # fmt: skip
    """How many uses from the first to the last day it takes until a platform has paid for itself.

    Args:
        keys: the assumptions that hold for such a use, its platform's yearly cost among them.

    Returns:
        None where such a use costs more than it gains, so that no number of them is enough.
    """

    def worth_of(sums: Sums) -> Decimal:
        return Case([Group(sums, keys)], assumptions, rate, horizon).npv()

    gain = worth_of(add_up(quantities(Use(ZERO), horizon, View.WHOLE)))
    charge = -worth_of(add_up(platform([ONE] * horizon)))
    if charge <= 0:
        return 0
    if gain <= 0:
        return None
    return int((charge / gain).to_integral_value(ROUND_CEILING))
