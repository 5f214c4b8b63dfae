"""A savings run: from the lines of its input to its claims and its result.

Every amount is worked out here and nowhere else, so that the same lines and the same assumptions
give the same bytes on every machine. Claims are rounded to the penny, half to even, and totals add
up what was rounded; net present values, ranges and draws are of what was not.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from decimal import ROUND_HALF_EVEN, Decimal
from typing import Any, NamedTuple

import orjson

from portal.catalogue.component_words import Standing
from portal.reports.rules.assumptions import Chosen
from portal.reports.rules.inputs import COUNTED, Used, uses
from portal.reports.rules.model import COLUMN_OF, Quantity, Sums, Values, quantities, worth
from portal.reports.rules.places import Grouped, Keys, Live, Places, gather, put, worthy
from portal.reports.rules.ranges import Case, Group
from portal.reports.rules.years import ZERO
from portal.reports.words import Assumed, ClaimKind, View

PENNY = Decimal(1)
#: What only one of the two views charges.
NOT_IN = {View.WHOLE: ClaimKind.PRICE, View.ORGANISATION: ClaimKind.PLATFORM}


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


class Platform(NamedTuple):
    """A component as a run sees it.

    Attributes:
        published: how many services use it, as its provider says, by day (ISO), oldest first.
    """

    id: int
    slug: str
    published: tuple[tuple[str, int], ...] = ()

    def used_by(self, year: int) -> int:
        """What was published last by the end of a financial year, or else first after it; 0 where
        nothing is.
        """
        before = [n for day, n in self.published if day < f"{year + 1}-04-01"]
        return before[-1] if before else next((n for _, n in self.published), 0)


@dataclass(slots=True)
class Claim:
    """What a service claims for a need, of one kind: pence by year, by how the use stands.

    Attributes:
        key: the service, need and kind; or the platform and kind.
        ids: of service, need, platform, component (None where more than one has a part in it) and
            organisation.
        component: its slug, if one has all of it.
        usages: their ids.
        keys: the assumptions that it was worked out with.
    """

    key: tuple[str, str, ClaimKind]
    ids: tuple[int, int, int, int | None, int]
    component: str | None
    organisation: str | None
    years: dict[int, dict[str, int]] = field(default_factory=dict)
    usages: set[int] = field(default_factory=set)
    keys: set[str] = field(default_factory=set)

    @property
    def kind(self) -> ClaimKind:
        """What it is for."""
        return self.key[2]

    def rows(self) -> list[list[Any]]:
        """Year, column, and pence confirmed, declared and planned, in order of years."""
        column = COLUMN_OF[self.kind].value
        return [
            [year, column, *(by.get(each, 0) for each in COUNTED)]
            for year, by in sorted(self.years.items())
        ]

    def said(self) -> bytes:
        """The claim without ids: the same bytes on every database."""
        every = [*self.key, self.component, self.organisation, self.rows(), sorted(self.keys)]
        return orjson.dumps(every) + b"\n"


@dataclass(slots=True)
class Tally:
    """What a run gathers while it reads its lines.

    Attributes:
        places: quantities by what decides which assumptions hold.
        sums, live: see rules/places.py; they follow from the places (`settle`).
        counts: how many uses there are of each standing.
        unworthy: uses for which no assumption says what they are worth.
        undated: uses of which nobody knows when they began.
        elsewhere: uses that a part of the service claims.
        pence: rounded amounts by component, kind, year and standing. Totals are made from these,
            as a claim may be of more than one component.
    """

    places: Places = field(default_factory=dict)
    sums: Grouped = field(default_factory=dict)
    live: Live = field(default_factory=dict)
    counts: dict[str, int] = field(default_factory=dict)
    pence: dict[tuple[str, ClaimKind, int, str], int] = field(default_factory=dict)
    unworthy: int = 0
    undated: int = 0
    elsewhere: int = 0

    def settle(self, terms: Terms) -> Tally:
        """Have `sums` and `live` follow from the places and these assumptions."""
        self.sums, self.live = gather(self.places, terms.chosen, terms.horizon)
        return self


def claims(
    services: Iterable[list[Used]], claimed_below: set[tuple[str, str]], terms: Terms, tally: Tally
) -> Iterator[Claim]:
    """The claims of one service after the other; `tally` is filled on the way.

    Args:
        services: the uses of each, in order of services.
        claimed_below: see `inputs.leaves`.
    """
    for some in services:
        mine = [each for each in some if (each.service, each.capability) not in claimed_below]
        tally.elsewhere += len(some) - len(mine)
        found: dict[tuple[str, ClaimKind], Claim] = {}
        for used, use in uses(mine, terms.base_year):
            tally.counts[used.standing] = tally.counts.get(used.standing, 0) + 1
            keys = terms.chosen.keys(used.capability, used.component, used.band)
            made: list[Quantity] = []
            if used.standing in COUNTED:
                made += quantities(use, terms.horizon, View.ORGANISATION, terms.claim_years)
            put(tally.places, used, use, made, terms.horizon)
            if worthy(keys, used.old is not None):
                _claim(found, used, made, keys, terms, tally)
            else:
                tally.unworthy += used.standing in COUNTED
        yield from (found[key] for key in sorted(found))
    tally.settle(terms)


def _claim(
    found: dict[tuple[str, ClaimKind], Claim], used: Used, made: list[Quantity],
    keys: Mapping[str, str], terms: Terms, tally: Tally,
) -> None:  # fmt: skip
    values = values_of(terms.chosen, keys)
    mine: dict[ClaimKind, tuple[Claim, Decimal]] = {}
    for kind, year, amount in made:
        if kind not in mine:
            mine[kind] = _part(found, used, kind, keys), worth(kind, values)
        claim, one = mine[kind]
        pence = to_pence(amount * one)
        by = claim.years.setdefault(year, {})
        by[used.standing] = by.get(used.standing, 0) + pence
        _total(tally, used.component, kind, year, used.standing, pence)


def _part(
    found: dict[tuple[str, ClaimKind], Claim], used: Used, kind: ClaimKind, keys: Mapping[str, str]
) -> Claim:
    """The claim that a use has a part in."""
    claim = found.get((used.capability, kind))
    if claim is None:
        _usage, service, need, component, body = used.ids
        claim = found[used.capability, kind] = Claim(
            (used.service, used.capability, kind), (service, need, 0, component, body),
            used.component, used.organisation,
        )  # fmt: skip
    if claim.component != used.component:
        claim.component, claim.ids = None, (*claim.ids[:3], None, claim.ids[4])
    claim.usages.add(used.ids[0])
    claim.keys.update(keys[each] for each in USES[kind] if each in keys)
    return claim


def _total(
    tally: Tally, component: str, kind: ClaimKind, year: int, standing: str, pence: int
) -> None:
    key = component, kind, year, standing
    tally.pence[key] = tally.pence.get(key, 0) + pence


#: The assumptions that each kind of claim is worked out with.
USES: Mapping[ClaimKind, tuple[str, ...]] = {
    ClaimKind.RUN_RELEASED: (),
    ClaimKind.RUN_REPLACED: (),
    ClaimKind.INTEGRATION_MEASURED: (),
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


def values_of(chosen: Chosen, keys: Mapping[str, str]) -> Values:
    """The central values that hold; what nobody assumed is nothing, and additionality all."""
    return Values(**{name: chosen.rows[key].central for name, key in keys.items()})


def to_pence(pounds: Decimal) -> int:
    """Pounds in whole pence, half to even."""
    return int((pounds * 100).quantize(PENNY, ROUND_HALF_EVEN))


def charged(
    platforms: Iterable[Platform], standings: Iterable[str], terms: Terms, tally: Tally
) -> Iterator[tuple[Platform, list[Decimal], list[str]]]:
    """Each platform whose cost is known for every year that it is used in, by year: the share of it
    that uses of these standings answer for, which is their part of all that is known to use it, by
    the records or by its provider; and the key of the cost ("" where it has no use).
    """
    standings = set(standings)
    used: dict[str, list[tuple[str, list[Decimal]]]] = {}
    for (component, standing), years in tally.live.items():
        if standing != Standing.PLANNED:
            used.setdefault(component, []).append((standing, years))
    for platform in platforms:
        counted, known = [ZERO] * terms.horizon, [ZERO] * terms.horizon
        for standing, years in used.get(platform.slug, ()):
            for year, live in enumerate(years):
                known[year] += live
                counted[year] += live if standing in standings else ZERO
        weights = [
            mine / max(every, Decimal(platform.used_by(terms.base_year + year))) if mine else ZERO
            for year, (mine, every) in enumerate(zip(counted, known, strict=True))
        ]
        keys = [
            terms.chosen.platform(platform.slug, terms.base_year + year) if live else ""
            for year, live in enumerate(known)
        ]
        if any(keys) and None not in keys:
            yield platform, weights, [key or "" for key in keys]


def platform_claims(platforms: Iterable[Platform], terms: Terms, tally: Tally) -> Iterator[Claim]:
    """What the platforms cost, as claims of nobody: confirmed uses' part, and what the declared
    ones add to it.
    """
    both = Standing.CONFIRMED.value, Standing.DECLARED.value
    for (platform, some, keys), (_, every, _) in zip(
        charged(platforms, both[:1], terms, tally), charged(platforms, both, terms, tally),
        strict=True,
    ):  # fmt: skip
        claim = Claim(
            (platform.slug, "", ClaimKind.PLATFORM), (0, 0, platform.id, platform.id, 0),
            platform.slug, None,
        )  # fmt: skip
        for year, (mine, all_, key) in enumerate(zip(some, every, keys, strict=True)):
            if all_:
                cost = terms.chosen.rows[key].central
                pence, more = to_pence(mine * cost), to_pence(all_ * cost)
                claim.years[year] = {both[0]: pence, both[1]: more - pence}
                for standing, part in claim.years[year].items():
                    _total(tally, platform.slug, ClaimKind.PLATFORM, year, standing, part)
                claim.keys.add(key)
        if claim.years:
            yield claim


def case(
    view: View, standings: Iterable[str], platforms: Iterable[Platform], terms: Terms, tally: Tally,
    only: str | None = None,
) -> Case:  # fmt: skip
    """The case of the uses of these standings.

    For the whole of government without what uses platforms whose cost is not known: no figure is
    printed for those.

    Args:
        only: one component.
    """
    standings = set(standings)
    wanted = [each for each in platforms if only in (None, each.slug)]
    known = list(charged(wanted, standings, terms, tally))
    costed = {platform.slug for platform, _, _ in known}
    sums: dict[Keys, Sums] = {}
    for (component, keys, standing), found in tally.sums.items():
        if standing not in standings or only not in (None, component):
            continue
        if view is View.WHOLE and component not in costed:
            continue
        mine = sums.setdefault(_relevant(keys, view), {})
        for at, amount in found.items():
            if at[0] is not NOT_IN[view]:
                mine[at] = mine.get(at, ZERO) + amount
    if view is View.WHOLE:
        for _platform, weights, costs in known:
            for year, (weight, key) in enumerate(zip(weights, costs, strict=True)):
                if weight:
                    group = sums.setdefault(((Assumed.PLATFORM.value, key),), {})
                    group[ClaimKind.PLATFORM, year] = weight
    used = {key for keys in sums for _, key in keys}
    ranges = {k: v for k, v in terms.chosen.assumptions.items() if k in used}
    groups = [Group(found, dict(keys)) for keys, found in sorted(sums.items())]
    return Case(groups, ranges, terms.rate, terms.horizon)


def _relevant(keys: Keys, view: View) -> Keys:
    """Without what the view does not charge, so that components share their groups."""
    leave = {Assumed.PLATFORM.value} | ({Assumed.PRICE.value} if view is View.WHOLE else set())
    return tuple(pair for pair in keys if pair[0] not in leave)
