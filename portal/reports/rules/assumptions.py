"""Assumptions: what each may be of, its key, and which one holds for a use."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from functools import cached_property

from portal.catalogue.rules.reviews import add_months
from portal.errors import N_, Invalid
from portal.reports.rules.ranges import Assumption
from portal.reports.words import Assumed, ClaimKind, EvidenceClass, SizeBand, Unused

#: What a component alone has.
OF_COMPONENT = frozenset({Assumed.PLATFORM, Assumed.PRICE})
#: What differs by how large a service is.
BY_SIZE = frozenset({Assumed.BUILD, Assumed.RUN, Assumed.OWN_RUN, Assumed.EXIT_COST})
#: What is a share and no pounds, with the most that it can be.
SHARES = {
    Assumed.ADDITIONALITY: Decimal(1),
    Assumed.RELATIVE_COST: Decimal(2),
    Assumed.OPTIMISM: Decimal(2),
}
#: Without one of these there is nothing to gain: what has neither claims nothing.
WORTH = (Assumed.BUILD, Assumed.RUN)
OLD_AFTER_MONTHS = 24


@dataclass(frozen=True, slots=True)
class Row:
    """One assumption as a set holds it; what it is of by slug.

    Attributes:
        apart: of a price elsewhere: neither what running alone costs (M) nor what replaced
            arrangements cost (P) has it in it.
        price_item, price_since: of a component's price: the row of its price list that it is from.
    """

    field: Assumed
    low: Decimal
    central: Decimal
    high: Decimal
    evidence: EvidenceClass
    dated: date
    capability: str | None = None
    component: str | None = None
    band: SizeBand | None = None
    source: str | None = None
    note: str | None = None
    year: int | None = None
    apart: bool = False
    price_item: str | None = None
    price_since: date | None = None

    @property
    def key(self) -> str:
        """Says what it is of; the same in every version."""
        year = None if self.year is None else str(self.year)
        of = [self.capability, self.component, self.band and self.band.value, year]
        return ":".join([self.field.value, *(each for each in of if each)])


def check(row: Row) -> Row:
    """The row, where it can stand.

    Raises:
        Invalid: what is wrong, on its field.
    """
    if row.field in OF_COMPONENT and row.component is None:
        raise Invalid("component", N_("Select the component that this is of"))
    if row.field not in OF_COMPONENT and row.component is not None:
        raise Invalid(
            "component", N_("Only what a platform costs, and its price, is of a component")
        )
    if row.capability is not None and row.field in OF_COMPONENT:
        raise Invalid("capability", N_("Select no need: this is of a component"))
    if row.year is not None and row.field is not Assumed.PLATFORM:
        raise Invalid("year", N_("Only what a platform costs is of one year"))
    if row.band is not None and row.field not in BY_SIZE:
        raise Invalid("band", N_("Only building, running, own costs and leaving differ by size"))
    most = SHARES.get(row.field)
    for name, number in (("low", row.low), ("central", row.central), ("high", row.high)):
        if number < 0:
            raise Invalid(name, N_("Enter 0 or more"))
        if most is not None and number > most:
            raise Invalid(name, N_("Enter a share from 0 to %(most)s"), most=most)
    if row.central < row.low:
        raise Invalid("central", N_("The central value must not be below the low one"))
    if row.high < row.central:
        raise Invalid("high", N_("The high value must not be below the central one"))
    if row.evidence is not EvidenceClass.JUDGEMENT and not row.source:
        raise Invalid("source", N_("Enter where it was measured or published"))
    if row.apart and row.field is not Assumed.ALTERNATIVE_PRICE:
        raise Invalid("apart", N_("Only a price elsewhere comes beside other costs"))
    if row.price_item is not None and row.field is not Assumed.PRICE:
        raise Invalid("price_row", N_("Only the price of a component is in its price list"))
    return row


class Chosen:
    """Finds the assumptions that hold for a use: the one that says most of what it is of."""

    def __init__(self, rows: Iterable[Row]) -> None:
        """Keep them by what they are of."""
        self.rows = {row.key: row for row in rows}
        self._found: dict[tuple[str, str, SizeBand], dict[str, str]] = {}

    @cached_property
    def assumptions(self) -> dict[str, Assumption]:
        """The ranges, by key."""
        return {
            key: Assumption(row.field.value, row.low, row.central, row.high)
            for key, row in self.rows.items()
        }

    def keys(self, capability: str, component: str, band: SizeBand) -> Mapping[str, str]:
        """The key for each field that is known: of the need and size, the need, the size, all."""
        place = capability, component, band
        if place not in self._found:
            self._found[place] = self._choose(*place)
        return self._found[place]

    def platform(self, component: str, year: int) -> str | None:
        """The key of what a platform costs in a financial year: of that year, or of every one."""
        every = f"{Assumed.PLATFORM.value}:{component}"
        return next((key for key in (f"{every}:{year}", every) if key in self.rows), None)

    def _choose(self, capability: str, component: str, band: SizeBand) -> dict[str, str]:
        found: dict[str, str] = {}
        for field in Assumed:
            if field in OF_COMPONENT:
                keys = [f"{field.value}:{component}"]
            else:
                of = [f"{capability}:{band.value}", capability, band.value]
                keys = [*(f"{field.value}:{each}" for each in of), field.value]
            known = next((key for key in keys if key in self.rows), None)
            if known is not None:
                found[field.value] = known
        return found


def unclaimed(
    chosen: Chosen, keys: Mapping[str, str], days: bool
) -> Mapping[ClaimKind, Unused | None]:
    """The kinds that are not claimed with these assumptions, and why; None where another is.

    A price elsewhere is claimed beside what the component costs, and not where it may be in what
    running alone (M) or the replaced arrangement (P) costs: nobody pays twice. Days of building in
    take the place of an estimate where a day rate is known, and else the other way round.

    Args:
        keys: the assumptions that hold (Chosen.keys).
        days: whether the days of building in were measured.
    """
    found: dict[ClaimKind, Unused | None] = {}
    elsewhere = keys.get(Assumed.ALTERNATIVE_PRICE)
    if Assumed.PRICE not in keys:
        found[ClaimKind.PRICE] = Unused.WITHOUT_PRICE
    if elsewhere is None or Assumed.PRICE not in keys:
        found |= dict.fromkeys(_VOLUMES, Unused.WITHOUT_PRICE)
    elif not chosen.rows[elsewhere].apart:
        within = _VOLUMES if Assumed.RUN in keys else _VOLUMES[1:]
        found |= dict.fromkeys(within, Unused.WITHIN_RUN)
    if Assumed.DAY_RATE not in keys:
        found[ClaimKind.INTEGRATION_MEASURED] = Unused.WITHOUT_DAY_RATE
    elif days:
        found[ClaimKind.INTEGRATION] = None
    return found


_VOLUMES = (ClaimKind.VOLUME_AVOIDED, ClaimKind.VOLUME_REPLACED)


@dataclass(frozen=True, slots=True)
class Terms:
    """How a run works things out.

    Attributes:
        base_year: the calendar year in which year 0 begins, on 1 April.
        horizon: how many years.
        rate: the yearly discount, 0.035 for 3.5%.
        claim_years: for so many years what was replaced counts as cash.
        chosen: the assumptions.
    """

    base_year: int
    horizon: int
    rate: Decimal
    claim_years: int
    chosen: Chosen


def is_old(dated: date, day: date) -> bool:
    """Whether an assumption should be looked at again: it is over two years old."""
    return add_months(dated, OLD_AFTER_MONTHS) < day


def old_benchmarks(rows: Iterable[Row], day: date) -> list[Row]:
    """Those that are."""
    return [
        row for row in rows if row.evidence is EvidenceClass.BENCHMARK and is_old(row.dated, day)
    ]
