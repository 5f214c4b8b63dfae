"""A savings run: from the lines of its input to its claims and its result.

Every amount is worked out here and nowhere else, so that the same lines and the same assumptions
give the same bytes on every machine. Claims are rounded to the penny, half to even, and totals add
up what was rounded; net present values, ranges and draws are of what was not.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from functools import lru_cache
from typing import NamedTuple

from portal.catalogue.component_words import Standing
from portal.reports.rules.assumptions import Chosen
from portal.reports.rules.claim import Claim
from portal.reports.rules.inputs import COUNTED, Counted, Used, uses
from portal.reports.rules.model import (
    FACTORS,
    Brought,
    Sums,
    Values,
    brought,
    quantities,
    worth,
)
from portal.reports.rules.places import Grouped, Held, Keys, Live, Places, gather, put, worthy
from portal.reports.rules.ranges import Case, Group
from portal.reports.rules.years import ZERO
from portal.reports.words import Assumed, ClaimKind, SizeBand, View

#: So many different uses are remembered, some kilobytes each.
ALIKE = 16_384
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
class Tally:
    """What a run gathers while it reads its lines.

    Attributes:
        places: quantities by what decides which assumptions hold.
        sums, live: see rules/places.py; they follow from the places (`settle`).
        counts: how many uses there are of each standing.
        unworthy: uses for which no assumption says what they are worth.
        undated: uses of which nobody knows when they began.
        elsewhere: uses that a part of the service claims.
        pence: rounded amounts of each year by component, kind and standing. Totals are made from
            these, as a claim may be of more than one component.
    """

    places: Places = field(default_factory=dict)
    sums: Grouped = field(default_factory=dict)
    live: Live = field(default_factory=dict)
    counts: dict[str, int] = field(default_factory=dict)
    pence: dict[tuple[str, ClaimKind, str], list[int]] = field(default_factory=dict)
    unworthy: int = 0
    undated: int = 0
    elsewhere: int = 0
    _of: dict[str, list[Held]] = field(default_factory=dict)

    def settle(self, terms: Terms) -> Tally:
        """Have `sums` and `live` follow from the places and these assumptions."""
        self.sums, self.live = gather(self.places, terms.chosen, terms.horizon)
        self._of = {}
        for held in self.sums:
            self._of.setdefault(held[0], []).append(held)
        return self

    def sums_of(self, component: str | None) -> Iterable[tuple[Held, Sums]]:
        """The sums of a component, or all of them, in the same order."""
        if component is None:
            return self.sums.items()
        return ((held, self.sums[held]) for held in self._of.get(component, ()))


def claims(
    services: Iterable[list[Used]], claimed_below: set[tuple[str, str]], terms: Terms, tally: Tally
) -> Iterator[Claim]:
    """The claims of one service after the other; `tally` is filled on the way.

    Args:
        services: the uses of each, in order of services.
        claimed_below: see `inputs.leaves`.
    """
    alike = _Alike(terms)
    for some in services:
        mine = [each for each in some if (each.service, each.capability) not in claimed_below]
        tally.elsewhere += len(some) - len(mine)
        found: dict[tuple[str, ClaimKind], Claim] = {}
        for used, counted in uses(mine):
            claims_ = used.standing in COUNTED
            tally.counts[used.standing] = tally.counts.get(used.standing, 0) + 1
            brings = alike.brought(counted, claims_)
            put(tally.places, used, brings, terms.horizon)
            keys, worths = alike.worths(used.capability, used.component, used.band)
            if worthy(keys, used.old is not None):
                _claim(found, used, brings, worths, tally, terms.horizon)
            else:
                tally.unworthy += claims_
        yield from (found[key] for key in sorted(found))
    tally.settle(terms)


#: What one of each kind is worth, and the assumptions behind that.
Worths = dict[ClaimKind, tuple[Decimal, tuple[str, ...]]]


class _Alike:
    """What a run works out once for all uses that are alike."""

    def __init__(self, terms: Terms) -> None:
        """Keep so much of it that memory stays flat."""
        self._terms = terms
        self.brought = lru_cache(maxsize=ALIKE)(self._brought)
        self.worths = lru_cache(maxsize=ALIKE)(self._worths)

    def _brought(self, counted: Counted, claims_: bool) -> Brought:
        terms = self._terms
        use = counted.use(terms.base_year)
        made = quantities(use, terms.horizon, View.ORGANISATION, terms.claim_years)
        return brought(use, terms.horizon, made if claims_ else ())

    def _worths(
        self, capability: str, component: str, band: SizeBand
    ) -> tuple[Mapping[str, str], Worths]:
        keys = self._terms.chosen.keys(capability, component, band)
        values = values_of(self._terms.chosen, keys)
        return keys, {
            kind: (worth(kind, values), tuple(sorted({keys[x] for x in fields if x in keys})))
            for kind, fields in FACTORS.items()
        }


def _claim(
    found: dict[tuple[str, ClaimKind], Claim], used: Used, brings: Brought, worths: Worths,
    tally: Tally, horizon: int,
) -> None:  # fmt: skip
    at = COUNTED.index(used.standing) if brings.by_kind else 0
    for kind, spells in brings.by_kind:
        one, keys = worths[kind]
        every = _part(found, used, kind, keys).sums(used.component)
        totals = _totals(tally, used.component, kind, used.standing, horizon)
        for amount, spell in spells:
            pence = to_pence(amount * one)
            for year in spell:
                totals[year] += pence
                for years in every:
                    if year not in years:
                        years[year] = [0, 0, 0]
                    years[year][at] += pence


def _part(
    found: dict[tuple[str, ClaimKind], Claim], used: Used, kind: ClaimKind, keys: tuple[str, ...]
) -> Claim:
    """The claim that a use has a part in."""
    claim = found.get((used.capability, kind))
    if claim is None:
        usage, service, need, component, body = used.ids
        claim = found[used.capability, kind] = Claim(
            (used.service, used.capability, kind), (service, need, 0, component, body),
            used.component, used.organisation, {}, [usage], keys,
        )  # fmt: skip
    else:
        claim.share(used.component, used.ids[0], keys)
    return claim


def _totals(
    tally: Tally, component: str, kind: ClaimKind, standing: str, horizon: int
) -> list[int]:
    """The totals of each year that a claim counts in."""
    key = component, kind, standing
    found = tally.pence.get(key)
    if found is None:
        found = tally.pence[key] = [0] * horizon
    return found


def values_of(chosen: Chosen, keys: Mapping[str, str]) -> Values:
    """The central values that hold; what nobody assumed is nothing, and additionality all."""
    return Values(**{name: chosen.rows[key].central for name, key in keys.items()})


def to_pence(pounds: Decimal) -> int:
    """Pounds in whole pence, half to even."""
    return round(pounds * 100)


def charged(
    platforms: Iterable[Platform], standings: Iterable[str], terms: Terms, tally: Tally
) -> Iterator[tuple[Platform, list[Decimal], list[str]]]:
    """Each platform whose cost is known for every year that it is used in, by year: the share of it
    that uses of these standings answer for, which is their part of all that is known to use it, by
    the records or by its provider; and the key of the cost ("" where it has no use).
    """
    standings = set(standings)
    platforms = list(platforms)
    used: dict[str, list[tuple[str, list[Decimal]]]] = {each.slug: [] for each in platforms}
    for (component, standing), years in tally.live.items():
        if component in used and standing != Standing.PLANNED:
            used[component].append((standing, years))
    for platform in platforms:
        counted, known = [ZERO] * terms.horizon, [ZERO] * terms.horizon
        for standing, years in used[platform.slug]:
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
                claim.years[year] = [pence, more - pence, 0]
                for standing, part in zip(both, claim.years[year], strict=False):
                    _totals(tally, *claim.key[::2], standing, terms.horizon)[year] += part
                claim.keys = tuple(sorted({*claim.keys, key}))
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
    for (component, keys, standing), found in tally.sums_of(only):
        if standing not in standings:
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
