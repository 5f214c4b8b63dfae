"""Quantities by what decides which assumptions hold, so that others can be tried afterwards without
reading every use again: a run keeps them beside what it read.
"""

from __future__ import annotations

import zlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from functools import lru_cache
from typing import Any, NamedTuple

import orjson

from portal.reports.rules.assumptions import WORTH, Chosen, unclaimed
from portal.reports.rules.inputs import COUNTED, Used
from portal.reports.rules.measured import whole_years
from portal.reports.rules.model import Brought, Quantity, Sums, Years
from portal.reports.rules.years import ZERO
from portal.reports.words import ClaimKind, SizeBand

#: In use, and no assumption says what that is worth.
WITHOUT = "without"
#: Fields of `Values` and the keys of their assumptions.
Keys = tuple[tuple[str, str], ...]
#: A component, the assumptions that hold, and a standing.
Held = tuple[str, Keys, str]
#: The quantities of each.
Grouped = dict[Held, Sums]
#: How many services use each component in each year, by its slug and standing.
Live = dict[tuple[str, str], list[Decimal]]


class Place(NamedTuple):
    """What decides which assumptions hold for a use, whatever version they are of.

    Attributes:
        old: whether it takes the place of an arrangement whose cost is known.
        days: whether the days of building it in were measured.
    """

    capability: str
    component: str
    band: SizeBand
    old: bool
    standing: str
    days: bool = False


@dataclass(slots=True)
class Placed:
    """What the uses of one place bring and cost, and how many services that is, by year.

    Attributes:
        volumes: transactions in years that were over.
        silent: years in which a use was live without such a volume.
    """

    live: list[Decimal]
    sums: Sums = field(default_factory=dict)
    volumes: dict[int, Decimal] = field(default_factory=dict)
    silent: frozenset[int] = frozenset()


Places = dict[Place, Placed]


class Gathered(NamedTuple):
    """What follows from places and assumptions.

    Attributes:
        volumes: of each component, by standing: transactions in years that were over.
        silent: components and years for which not every use that counts has such a volume.
    """

    sums: Grouped
    live: Live
    volumes: dict[str, dict[str, dict[int, Decimal]]]
    silent: set[tuple[str, int]]


def worthy(keys: Mapping[str, str], old: bool) -> bool:
    """Whether anything says what a use is worth: what it replaced, or an assumption."""
    return old or any(each.value in keys for each in WORTH)


class Heaps:
    """Places while a run fills them: what many years have as much of is added up once for all of
    them.
    """

    def __init__(self, base_year: int) -> None:
        """Begin without any."""
        self._base_year = base_year
        self._volumes: dict[Place, dict[int, Decimal]] = {}
        self._loud: dict[Place, dict[Years, Decimal]] = {}
        self._live: dict[Place, dict[Years, Decimal]] = {}
        self._sums: dict[Place, dict[tuple[ClaimKind, Years], Decimal]] = {}

    def put(self, used: Used, every: Sequence[Brought], more: Sequence[Quantity]) -> None:
        """Count a use in where it belongs, with what it brings in each time that it has a share of
        its need, and what of it was measured.
        """
        place = Place(
            used.capability, used.component, used.band, used.old is not None, used.standing,
            used.days is not None,
        )  # fmt: skip
        live = self._live.get(place)
        if live is None:
            live, self._sums[place] = self._live.setdefault(place, {}), {}
        sums = self._sums[place]
        if used.volumes:
            self._put_loud(place, used, every, live)
        else:
            for found in every:
                for years, share in found.live:
                    live[years] = live.get(years, ZERO) + share
        for found in every:
            for at, amount in found.amounts:
                sums[at] = sums.get(at, ZERO) + amount
        for kind, year, amount in more:
            at = kind, (year,)
            sums[at] = sums.get(at, ZERO) + amount

    def _put_loud(
        self, place: Place, used: Used, every: Sequence[Brought], live: dict[Years, Decimal]
    ) -> None:
        """Count in what has a volume in some of its years."""
        known = whole_years(used, self._base_year)
        loud, volumes = self._loud.setdefault(place, {}), self._volumes.setdefault(place, {})
        with_volume = tuple(known)
        counted: set[int] = set()
        for found in every:
            for years, share in found.live:
                some, others = _apart(years, with_volume)
                if some:
                    loud[some] = loud.get(some, ZERO) + share
                    counted.update(some)
                if others:
                    live[others] = live.get(others, ZERO) + share
        for year in counted:
            volumes[year] = volumes.get(year, ZERO) + known[year]

    def places(self, horizon: int) -> Places:
        """What was put, by year."""
        return {place: self._placed(place, horizon) for place in self._live}

    def _placed(self, place: Place, horizon: int) -> Placed:
        silent = self._live[place]
        placed = Placed(
            [ZERO] * horizon, {}, self._volumes.get(place, {}),
            frozenset(year for years in silent for year in years),
        )  # fmt: skip
        for years, share in [*silent.items(), *self._loud.get(place, {}).items()]:
            for year in years:
                placed.live[year] += share
        for (kind, years), amount in self._sums[place].items():
            for year in years:
                placed.sums[kind, year] = placed.sums.get((kind, year), ZERO) + amount
        return placed


@lru_cache(maxsize=4_096)
def _apart(years: Years, known: Years) -> tuple[Years, Years]:
    """Those of the years that are known, and the others."""
    return (
        tuple(year for year in years if year in known),
        tuple(year for year in years if year not in known),
    )


def gather(places: Places, chosen: Chosen, horizon: int) -> Gathered:
    """The quantities by the assumptions that hold, and how many services use each component.

    Places are added up in their order: the same come to the same, digit by digit.
    """
    found = Gathered({}, {}, {}, set())
    for place, placed in sorted(places.items()):
        keys = chosen.keys(place.capability, place.component, place.band)
        counts = worthy(keys, place.old)
        standing = place.standing if counts else WITHOUT
        years = found.live.setdefault((place.component, standing), [ZERO] * horizon)
        for year, live in enumerate(placed.live):
            years[year] += live
        volumes = found.volumes.setdefault(place.component, {}).setdefault(standing, {})
        for year, many in placed.volumes.items():
            volumes[year] = volumes.get(year, ZERO) + many
        if standing in COUNTED[:2]:
            found.silent.update((place.component, year) for year in placed.silent)
        if standing in COUNTED:
            held = place.component, tuple(sorted(keys.items())), place.standing
            group, without = found.sums.setdefault(held, {}), unclaimed(chosen, keys, place.days)
            for at, amount in placed.sums.items():
                if at[0] not in without:
                    group[at] = group.get(at, ZERO) + amount
    return found


def packed(places: Places) -> bytes:
    """The places as a run keeps them, compressed."""
    rows = [
        [*place, list(map(str, placed.live)),
         [[kind, year, str(amount)] for (kind, year), amount in placed.sums.items()],
         [[year, str(many)] for year, many in placed.volumes.items()], sorted(placed.silent)]
        for place, placed in sorted(places.items())
    ]  # fmt: skip
    return zlib.compress(orjson.dumps(rows))


def unpacked(body: bytes) -> Places:
    """The places again, to the last digit; of runs from before volumes were read as well."""
    found: Places = {}
    for row in orjson.loads(zlib.decompress(body)):
        capability, component, band, old, standing = row[:5]
        days, live, sums, volumes, silent = row[5:] if len(row) == _LONG else _before(*row[5:])
        place = Place(capability, component, SizeBand(band), old, standing, days)
        amounts = {(ClaimKind(kind), year): Decimal(amount) for kind, year, amount in sums}
        found[place] = Placed(
            [Decimal(each) for each in live], amounts,
            {year: Decimal(many) for year, many in volumes}, frozenset(silent),
        )  # fmt: skip
    return found


#: So many members has the row of a place.
_LONG = 10


def _before(live: list[str], sums: list[Any]) -> tuple[bool, list[str], list[Any], Any, Any]:
    """The rest of a row from before anything was measured."""
    return False, live, sums, (), (year for year, each in enumerate(live) if Decimal(each))
