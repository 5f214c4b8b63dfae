"""A savings run: from the lines of its input to its claims and its result.

Every amount is worked out here and nowhere else, so that the same lines and the same assumptions
give the same bytes on every machine. Claims are rounded to the penny, half to even, and totals add
up what was rounded; net present values, ranges and draws are of what was not.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass, field
from decimal import Decimal
from typing import NamedTuple

from portal.catalogue.component_words import Standing
from portal.reports.rules.alike import Alike, Worths
from portal.reports.rules.assumptions import Terms
from portal.reports.rules.claim import Claim, Pence, Piece, Spell, to_pence
from portal.reports.rules.inputs import COUNTED, Used, uses
from portal.reports.rules.measured import measured
from portal.reports.rules.model import FACTORS, Brought, Quantity, Sums
from portal.reports.rules.places import Grouped, Heaps, Held, Keys, Live, Places, gather
from portal.reports.rules.ranges import Case, Group
from portal.reports.rules.years import ZERO
from portal.reports.words import Assumed, ClaimKind, Unused, View

#: Of what stands so nobody knows that it is in use.
NOT_USED = (Standing.PLANNED, Standing.DISPUTED)
#: What only one of the two views charges.
NOT_IN = {View.WHOLE: ClaimKind.PRICE, View.ORGANISATION: ClaimKind.PLATFORM}


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
        sums, live, volumes, silent: see rules/places.py; they follow from the places (`settle`).
        counts: how many uses there are of each standing.
        claiming: how many of them claim anything, by component and standing.
        unworthy: uses for which no assumption says what they are worth.
        undated: uses of which nobody knows when they began.
        elsewhere: uses that a part of the service claims.
        unused: uses of which something was measured that is in no figure, by why.
        pence: rounded amounts of each year by component, kind and standing. Totals are made from
            these, as a claim may be of more than one component.
    """

    places: Places = field(default_factory=dict)
    sums: Grouped = field(default_factory=dict)
    live: Live = field(default_factory=dict)
    volumes: dict[str, dict[str, dict[int, Decimal]]] = field(default_factory=dict)
    silent: set[tuple[str, int]] = field(default_factory=set)
    counts: dict[str, int] = field(default_factory=dict)
    claiming: Counter[tuple[str, str]] = field(default_factory=Counter)
    pence: dict[tuple[str, ClaimKind, str], list[int]] = field(default_factory=dict)
    unworthy: int = 0
    undated: int = 0
    elsewhere: int = 0
    unused: Counter[Unused] = field(default_factory=Counter)
    _of: dict[str, list[Held]] = field(default_factory=dict)
    _spelled: dict[tuple[str, str], dict[Spell, int]] = field(default_factory=dict)

    def spell(self, used: Used, every: Iterable[Piece]) -> None:
        """Count in what a use claims; `pence` follows later (`spread`)."""
        place = used.component, used.standing
        found = self._spelled.get(place)
        if found is None:
            found = self._spelled[place] = {}
        for piece in every:
            for spell, pence in piece.spells:
                found[spell] = found.get(spell, 0) + pence

    def spread(self, horizon: int) -> None:
        """Have `pence` follow from all that was counted in."""
        for (component, standing), found in self._spelled.items():
            for (kind, years), pence in found.items():
                totals = self.totals(component, kind, standing, horizon)
                for year in years:
                    totals[year] += pence
        self._spelled = {}

    def totals(self, component: str, kind: ClaimKind, standing: str, horizon: int) -> list[int]:
        """The totals of each year that a claim counts in."""
        return self.pence.setdefault((component, kind, standing), [0] * horizon)

    def settle(self, terms: Terms) -> Tally:
        """Have `sums` and what stands beside them follow from the places and these assumptions."""
        found = gather(self.places, terms.chosen, terms.horizon)
        self.sums, self.live, self.volumes, self.silent = found
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
    alike, heaps = Alike(terms), Heaps(terms.base_year)
    for some in services:
        mine = [each for each in some if (each.service, each.capability) not in claimed_below]
        tally.elsewhere += len(some) - len(mine)
        found: dict[tuple[str, ClaimKind], Claim] = {}
        for used, stretches in uses(mine):
            claims_ = used.standing in COUNTED
            tally.counts[used.standing] = tally.counts.get(used.standing, 0) + 1
            every = [alike.brought(counted, claims_) for counted in stretches]
            more = _measured(used, every, terms) if used.measured else ()
            heaps.put(used, every, more)
            worths = alike.worths(used.capability, used.component, used.band, used.days is not None)
            if not (worths.assumed or used.old is not None):
                tally.unworthy += claims_
            elif claims_:
                pieces = [
                    piece for brings in every
                    for piece in alike.pieces(brings, worths, used.standing)
                ]  # fmt: skip
                if more:
                    pieces += alike.measured(more, worths, used.standing)
                    tally.unused.update(_unused(more, worths))
                tally.claiming[used.component, used.standing] += bool(pieces)
                tally.spell(used, pieces)
                _claim(found, used, pieces)
        yield from (found[key] for key in sorted(found))
    tally.places = heaps.places(terms.horizon)
    tally.spread(terms.horizon)
    tally.settle(terms)


def _measured(used: Used, every: Iterable[Brought], terms: Terms) -> tuple[Quantity, ...]:
    return tuple(measured(used, [brings.span for brings in every], terms.base_year))


def _unused(more: Iterable[Quantity], worths: Worths) -> set[Unused]:
    """Why some of what was measured is in no figure."""
    reasons = (worths.unclaimed.get(kind) for kind, _year, _amount in more)
    return {reason for reason in reasons if reason is not None}


def _claim(found: dict[tuple[str, ClaimKind], Claim], used: Used, every: Iterable[Piece]) -> None:
    """Have a use take part in the claims of its service."""
    usage, service, need, component, body = used.ids
    for piece in every:
        key = used.capability, piece.kind
        claim = found.get(key)
        if claim is not None:
            claim.share(used.component, usage, piece)
            continue
        found[key] = Claim(
            (used.service, *key), (service, need, 0, component, body), used.component,
            used.organisation, [usage], piece.keys, piece=piece,
        )  # fmt: skip


def charged(
    platforms: Iterable[Platform], standings: Iterable[str], terms: Terms, tally: Tally
) -> Iterator[tuple[Platform, list[Decimal], list[str]]]:
    """Each platform whose cost is known for every year that it is used in, by year: the share of it
    that uses of these standings answer for (`_weight`); and the key of the cost ("" where it has no
    use).
    """
    standings = set(standings)
    platforms = list(platforms)
    used: dict[str, list[tuple[str, list[Decimal]]]] = {each.slug: [] for each in platforms}
    for (component, standing), years in tally.live.items():
        if component in used and standing not in NOT_USED:
            used[component].append((standing, years))
    for platform in platforms:
        counted, known = [ZERO] * terms.horizon, [ZERO] * terms.horizon
        for standing, years in used[platform.slug]:
            for year, live in enumerate(years):
                known[year] += live
                counted[year] += live if standing in standings else ZERO
        weights = [
            _weight(platform, year, standings, (mine, every), terms, tally) if mine else ZERO
            for year, (mine, every) in enumerate(zip(counted, known, strict=True))
        ]
        keys = [
            terms.chosen.platform(platform.slug, terms.base_year + year) if live else ""
            for year, live in enumerate(known)
        ]
        if any(keys) and None not in keys:
            yield platform, weights, [key or "" for key in keys]


def _weight(
    platform: Platform, year: int, standings: Collection[str], live: tuple[Decimal, Decimal],
    terms: Terms, tally: Tally,
) -> Decimal:  # fmt: skip
    """What part of all use of a platform uses of these standings are. Of what the records know,
    by volume where that can be said (`by_volume`), else by how many they are; and of the rest, of
    which a provider says how many more there are, so many.

    Args:
        live: uses of these standings, and all that are known.
    """
    mine, every = live
    all_of_it = max(every, Decimal(platform.used_by(terms.base_year + year)))
    if not by_volume(tally, platform.slug, year):
        return mine / all_of_it
    known = tally.volumes[platform.slug]
    some, total = (
        sum((years.get(year, ZERO) for at, years in known.items() if at in these), ZERO)
        for these in (standings, known.keys() - {*NOT_USED})
    )
    return some / total * every / all_of_it


def by_volume(tally: Tally, component: str, year: int) -> bool:
    """Whether the share of a platform that is counted follows from volumes: the year was over, and
    each confirmed or declared use that was live in it has one. The total is of all that are known
    to be in use and have one: the volumes that providers publish count other things over other
    times.
    """
    some = tally.volumes.get(component, {})
    return (component, year) not in tally.silent and any(
        years.get(year) for standing, years in some.items() if standing in COUNTED[:2]
    )


def platform_claims(platforms: Iterable[Platform], terms: Terms, tally: Tally) -> Iterator[Claim]:
    """What the platforms cost, as claims of nobody: confirmed uses' part, and what the declared
    ones add to it.
    """
    both = Standing.CONFIRMED.value, Standing.DECLARED.value
    for (platform, some, keys), (_, every, _) in zip(
        charged(platforms, both[:1], terms, tally), charged(platforms, both, terms, tally),
        strict=True,
    ):  # fmt: skip
        years: Pence = {}
        used: set[str] = set()
        for year, (mine, all_, key) in enumerate(zip(some, every, keys, strict=True)):
            if all_:
                cost = terms.chosen.rows[key].central
                pence, more = to_pence(mine * cost), to_pence(all_ * cost)
                years[year] = [pence, more - pence, 0]
                for standing, part in zip(both, years[year], strict=False):
                    total = tally.totals(platform.slug, ClaimKind.PLATFORM, standing, terms.horizon)
                    total[year] += part
                used.add(key)
        if years:
            yield Claim(
                (platform.slug, "", ClaimKind.PLATFORM), (0, 0, platform.id, platform.id, 0),
                platform.slug, None, keys=tuple(sorted(used)), pence=years,
            )  # fmt: skip


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
        mine = sums.setdefault(_relevant(keys, view, found), {})
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


#: What only what was measured is multiplied with.
_OF_MEASURED = {Assumed.ALTERNATIVE_PRICE, Assumed.PRICE, Assumed.DAY_RATE}


def _relevant(keys: Keys, view: View, found: Sums) -> Keys:
    """Without what the view does not charge, so that components share their groups; and without
    prices and day rates where nothing was measured that they could be of.
    """
    kinds = {kind for kind, _year in found if kind is not NOT_IN[view]}
    used = {field for kind in kinds for field in FACTORS[kind]}
    leave = {Assumed.PLATFORM, *(_OF_MEASURED - used)}
    return tuple(pair for pair in keys if pair[0] not in leave)
