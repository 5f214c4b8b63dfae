"""The model of savings: what follows, year by year, from a service using a shared component.

How much of what (`quantities`) is kept apart from what one of it is worth (`worth`): lines, totals,
ranges and draws all multiply the same two. The formulas are those of docs/savings.md.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from functools import reduce
from operator import mul
from typing import NamedTuple

from portal.reports.rules.years import ONE, ZERO, begins_in, ends_in, live_share
from portal.reports.words import Assumed, ClaimKind, Column, View

_GAINS = {
    Column.CASH: [ClaimKind.RUN_RELEASED],
    Column.NON_CASH: [
        ClaimKind.BUILD_AVOIDED, ClaimKind.RUN_AVOIDED, ClaimKind.VOLUME_AVOIDED,
        ClaimKind.RUN_REPLACED, ClaimKind.VOLUME_REPLACED,
    ],
}  # fmt: skip
#: The column that a kind of claim stands in; all that is no gain is a cost.
COLUMN_OF = dict.fromkeys(ClaimKind, Column.COST) | {
    kind: column for column, kinds in _GAINS.items() for kind in kinds
}


class Values(NamedTuple):
    """What the assumptions say for a use, in pounds of the price year.

    Attributes:
        build: what building it alone costs (B).
        run: what running it alone costs a year (M).
        own_run: what the service still spends itself a year (m).
        additionality: the share, 0 to 1, that would otherwise have been spent (a).
        relative_cost: what building it in costs, as a share of `build` (RCR).
        exit_cost: what leaving costs (X).
        optimism: the uplift on what is still to be developed, 0.1 for 10%.
        alternative_price: what one transaction costs elsewhere (p0).
        price: what one costs with the component (p1).
        platform: what the platform costs a year (K).
        day_rate: what a day of building it in costs, where days were measured.
    """

    build: Decimal = ZERO
    run: Decimal = ZERO
    own_run: Decimal = ZERO
    additionality: Decimal = ONE
    relative_cost: Decimal = ZERO
    exit_cost: Decimal = ZERO
    optimism: Decimal = ZERO
    alternative_price: Decimal = ZERO
    price: Decimal = ZERO
    platform: Decimal = ZERO
    day_rate: Decimal = ZERO


@dataclass(frozen=True, slots=True)
class Replaced:
    """What a use takes the place of.

    Attributes:
        yearly: pounds a year (P).
        stopped: from where on it is proven that the old spend stopped; None: it is not.
    """

    yearly: Decimal
    stopped: Decimal | None = None


@dataclass(frozen=True, slots=True)
class Use:
    """A component in use, between two places in time (rules/years.py).

    Attributes:
        end: where it stops; None where no end is known. An end at the horizon is not a stop.
        share: how much of the need it covers, 0 to 1.
        build_share: its share of building the component in, where that meets more than one need
            of a service: they add up to 1.
        avoided_share: how much of building one of its own it avoids.
        exit_share: its share of leaving it.
        part: what part of the service's use of the component it is.
        stops: whether it stops at its end, or goes on with another share or part.
        days: what building it in took, where that was measured.
        volumes: transactions measured in a year.
    """

    start: Decimal
    end: Decimal | None = None
    share: Decimal = ONE
    build_share: Decimal = ONE
    avoided_share: Decimal = ONE
    exit_share: Decimal = ONE
    part: Decimal = ONE
    stops: bool = True
    days: Decimal | None = None
    volumes: Mapping[int, Decimal] = field(default_factory=dict)
    replaced: Replaced | None = None


#: A kind and a year.
At = tuple[ClaimKind, int]


class Quantity(NamedTuple):
    """So much of something in a year; what one of it is worth, `worth` says."""

    kind: ClaimKind
    year: int
    amount: Decimal


def quantities(use: Use, horizon: int, view: View, claim_years: int = 3) -> Iterator[Quantity]:
    """What a use brings and costs, in years 0 up to, not including, the horizon.

    What would be without it is one thing only: the old arrangement that it replaced would go on,
    or else one would be built and run. So a use claims what it replaced or what it avoided.

    Args:
        claim_years: for so many years what was replaced counts as cash.
    """
    begun = begins_in(use.start)
    for year in range(max(0, begun), horizon):
        live = live_share(use.start, use.end, year) * use.share
        if not live:
            continue
        if year == begun:
            yield from _beginning(use, year)
        yield Quantity(ClaimKind.OWN_RUN, year, live)
        if use.replaced is None:
            yield Quantity(ClaimKind.RUN_AVOIDED, year, live)
        else:
            yield from _replaced(use, use.replaced, year, live, claim_years)
        yield from by_volume(use.volumes.get(year, ZERO), use.replaced is not None, year, view)
    if use.stops and use.end is not None and max(ZERO, use.start) < use.end < horizon:
        yield Quantity(ClaimKind.EXIT, ends_in(use.end), use.exit_share)


#: Years that have the same amount of something.
Years = tuple[int, ...]


class Span(NamedTuple):
    """When a use counts.

    Attributes:
        years: in which years.
        begins: in which of them it began; None where that was before them.
    """

    years: frozenset[int]
    begins: int | None


def span_of(use: Use, made: Iterable[Quantity]) -> Span:
    """When a use with these quantities counts."""
    years = frozenset(each.year for each in made if each.kind is ClaimKind.OWN_RUN)
    begun = begins_in(use.start)
    return Span(years, begun if begun in years else None)


@dataclass(frozen=True, slots=True, eq=False)
class Brought:
    """What a use brings, as all uses like it do; which is the same object for these.

    Attributes:
        live: for how much of a year it is live, times its part of the service's use of the
            component, and in which years.
        amounts: of which kind and in which years there is how much, in the order of `quantities`.
    """

    live: tuple[tuple[Years, Decimal], ...]
    amounts: tuple[tuple[tuple[ClaimKind, Years], Decimal], ...]
    span: Span


def brought(use: Use, horizon: int, made: Sequence[Quantity]) -> Brought:
    """What a use brings.

    Args:
        made: its quantities, none where it claims nothing.
    """
    live: dict[Decimal, list[int]] = {}
    for year in range(max(0, begins_in(use.start)), horizon):
        share = live_share(use.start, use.end, year)
        if not share:
            break
        live.setdefault(share * use.part, []).append(year)
    amounts: dict[tuple[ClaimKind, Decimal], list[int]] = {}
    for kind, year, amount in made:
        amounts.setdefault((kind, amount), []).append(year)
    return Brought(
        tuple((tuple(years), share) for share, years in live.items()),
        tuple(((kind, tuple(years)), amount) for (kind, amount), years in amounts.items()),
        span_of(use, made),
    )


def _beginning(use: Use, year: int) -> Iterator[Quantity]:
    if use.build_share and use.replaced is None and use.avoided_share:
        yield Quantity(ClaimKind.BUILD_AVOIDED, year, use.avoided_share)
    if use.days is not None:
        yield Quantity(ClaimKind.INTEGRATION_MEASURED, year, use.days)
    elif use.build_share:
        yield Quantity(ClaimKind.INTEGRATION, year, use.build_share)


def by_volume(volume: Decimal, replaced: bool, year: int, view: View) -> Iterator[Quantity]:
    """What the transactions of a year bring, and cost.

    Args:
        replaced: whether the use takes the place of an arrangement.
    """
    if not volume:
        return
    yield Quantity(
        ClaimKind.VOLUME_REPLACED if replaced else ClaimKind.VOLUME_AVOIDED, year, volume
    )
    if view is View.ORGANISATION:
        yield Quantity(ClaimKind.PRICE, year, volume)


def _replaced(
    use: Use, old: Replaced, year: int, live: Decimal, claim_years: int
) -> Iterator[Quantity]:
    cash = ZERO
    if old.stopped is not None:
        last = old.stopped + claim_years
        end = last if use.end is None else min(use.end, last)
        cash = live_share(max(use.start, old.stopped), end, year) * use.share
    for kind, amount in ((ClaimKind.RUN_RELEASED, cash), (ClaimKind.RUN_REPLACED, live - cash)):
        if amount:
            yield Quantity(kind, year, amount * old.yearly)


#: The assumptions that one of a kind is worth the product of, in this order; optimism is an uplift.
FACTORS: Mapping[ClaimKind, tuple[Assumed, ...]] = {
    ClaimKind.RUN_RELEASED: (),
    ClaimKind.RUN_REPLACED: (),
    ClaimKind.INTEGRATION_MEASURED: (Assumed.DAY_RATE,),
    ClaimKind.BUILD_AVOIDED: (Assumed.ADDITIONALITY, Assumed.BUILD),
    ClaimKind.RUN_AVOIDED: (Assumed.ADDITIONALITY, Assumed.RUN),
    ClaimKind.VOLUME_AVOIDED: (Assumed.ADDITIONALITY, Assumed.ALTERNATIVE_PRICE),
    ClaimKind.VOLUME_REPLACED: (Assumed.ALTERNATIVE_PRICE,),
    ClaimKind.INTEGRATION: (Assumed.RELATIVE_COST, Assumed.BUILD, Assumed.OPTIMISM),
    ClaimKind.OWN_RUN: (Assumed.OWN_RUN,),
    ClaimKind.EXIT: (Assumed.EXIT_COST, Assumed.OPTIMISM),
    ClaimKind.PRICE: (Assumed.PRICE,),
    ClaimKind.PLATFORM: (Assumed.PLATFORM,),
}


def worth(kind: ClaimKind, values: Values) -> Decimal:
    """What one of a kind is worth in pounds, before it is added to gains or taken off as a cost."""
    return product([
        getattr(values, each) + ONE if each is Assumed.OPTIMISM else getattr(values, each)
        for each in FACTORS[kind]
    ])  # fmt: skip


def product(factors: Sequence[Decimal]) -> Decimal:
    """All of them multiplied, from the first to the last; 1 of none."""
    return reduce(mul, factors) if factors else ONE


Sums = dict[At, Decimal]


def add_up(every: Iterable[Quantity]) -> Sums:
    """All quantities that are worth the same, by kind and year.

    Totals, ranges and draws then cost as much for one use as for a million.
    """
    sums: Sums = {}
    for kind, year, amount in every:
        sums[kind, year] = sums.get((kind, year), ZERO) + amount
    return sums


def platform(weights: Iterable[Decimal]) -> Iterator[Quantity]:
    """A platform's own cost, by year: the share of it that the counted uses answer for, 0 to 1."""
    for year, weight in enumerate(weights):
        if weight:
            yield Quantity(ClaimKind.PLATFORM, year, weight)
