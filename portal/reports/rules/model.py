"""The model of savings: what follows, year by year, from a service using a shared component.

How much of what (`quantities`) is kept apart from what one of it is worth (`worth`): lines, totals,
ranges and draws all multiply the same two. The formulas are those of docs/savings.md.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from typing import NamedTuple

from portal.reports.rules.years import ONE, ZERO, begins_in, ends_in, live_share
from portal.reports.words import ClaimKind, Column, View

#: What counts as avoided; the share that would not have been spent anyway is `additionality`.
AVOIDED = (ClaimKind.BUILD_AVOIDED, ClaimKind.RUN_AVOIDED, ClaimKind.VOLUME_AVOIDED)
REPLACED = (ClaimKind.RUN_REPLACED, ClaimKind.VOLUME_REPLACED)
COSTS = (
    ClaimKind.INTEGRATION, ClaimKind.OWN_RUN, ClaimKind.EXIT, ClaimKind.PRICE, ClaimKind.PLATFORM,
)  # fmt: skip


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
        build_share: its share of the build, where a component meets more than one need of a
            service: they add up to 1.
        integration: what building it in cost, in pounds, where that was measured.
        volumes: transactions measured in a year.
    """

    start: Decimal
    end: Decimal | None = None
    share: Decimal = ONE
    build_share: Decimal = ONE
    integration: Decimal | None = None
    volumes: Mapping[int, Decimal] = field(default_factory=dict)
    replaced: Replaced | None = None


class Quantity(NamedTuple):
    """So much of something in a year; `measured` pounds are worth what they say."""

    kind: ClaimKind
    year: int
    amount: Decimal
    column: Column
    measured: bool = False


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
        yield Quantity(ClaimKind.OWN_RUN, year, live, Column.COST)
        if use.replaced is None:
            yield Quantity(ClaimKind.RUN_AVOIDED, year, live, Column.NON_CASH)
        else:
            yield from _replaced(use, use.replaced, year, live, claim_years)
        yield from _by_volume(use, year, view)
    if use.end is not None and use.end < horizon and use.end > max(ZERO, use.start):
        yield Quantity(ClaimKind.EXIT, ends_in(use.end), use.build_share, Column.COST)


def _beginning(use: Use, year: int) -> Iterator[Quantity]:
    if use.replaced is None:
        yield Quantity(ClaimKind.BUILD_AVOIDED, year, use.build_share, Column.NON_CASH)
    measured = use.integration is not None
    amount = use.integration if use.integration is not None else use.build_share
    yield Quantity(ClaimKind.INTEGRATION, year, amount, Column.COST, measured)


def _by_volume(use: Use, year: int, view: View) -> Iterator[Quantity]:
    volume = use.volumes.get(year, ZERO)
    if not volume:
        return
    kind = ClaimKind.VOLUME_AVOIDED if use.replaced is None else ClaimKind.VOLUME_REPLACED
    yield Quantity(kind, year, volume, Column.NON_CASH)
    if view is View.ORGANISATION:
        yield Quantity(ClaimKind.PRICE, year, volume, Column.COST)


def _replaced(
    use: Use, old: Replaced, year: int, live: Decimal, claim_years: int
) -> Iterator[Quantity]:
    cash = ZERO
    if old.stopped is not None:
        last = old.stopped + claim_years
        end = last if use.end is None else min(use.end, last)
        cash = live_share(max(use.start, old.stopped), end, year) * use.share
    for amount, column in ((cash, Column.CASH), (live - cash, Column.NON_CASH)):
        if amount:
            yield Quantity(ClaimKind.RUN_REPLACED, year, amount * old.yearly, column, True)


def worth(kind: ClaimKind, values: Values, measured: bool = False) -> Decimal:
    """What one of a kind is worth in pounds, before it is added to gains or taken off as a cost."""
    if measured:
        return ONE
    uplift = ONE + values.optimism
    match kind:
        case ClaimKind.BUILD_AVOIDED:
            return values.additionality * values.build
        case ClaimKind.RUN_AVOIDED:
            return values.additionality * values.run
        case ClaimKind.VOLUME_AVOIDED:
            return values.additionality * values.alternative_price
        case ClaimKind.VOLUME_REPLACED:
            return values.alternative_price
        case ClaimKind.INTEGRATION:
            return values.relative_cost * values.build * uplift
        case ClaimKind.EXIT:
            return values.exit_cost * uplift
        case ClaimKind.OWN_RUN:
            return values.own_run
        case ClaimKind.PRICE:
            return values.price
        case ClaimKind.PLATFORM:
            return values.platform
        case _:
            raise ValueError(kind)


Sums = dict[tuple[ClaimKind, int, Column, bool], Decimal]


def add_up(every: Iterable[Quantity]) -> Sums:
    """All quantities that are worth the same, by kind, year, column and whether they are measured.

    Totals, ranges and draws then cost as much for one use as for a million.
    """
    sums: Sums = {}
    for kind, year, amount, column, measured in every:
        key = kind, year, column, measured
        sums[key] = sums.get(key, ZERO) + amount
    return sums


def platform(weights: Iterable[Decimal]) -> Iterator[Quantity]:
    """A platform's own cost, by year: the share of it that the counted uses answer for, 0 to 1."""
    for year, weight in enumerate(weights):
        yield Quantity(ClaimKind.PLATFORM, year, weight, Column.COST)
