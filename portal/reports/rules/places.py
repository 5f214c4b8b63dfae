"""Quantities by what decides which assumptions hold, so that others can be tried afterwards without
reading every use again: a run keeps them beside what it read.
"""

from __future__ import annotations

import zlib
from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from typing import NamedTuple

import orjson

from portal.reports.rules.assumptions import WORTH, Chosen
from portal.reports.rules.inputs import COUNTED, Used
from portal.reports.rules.model import Brought, Sums, Years
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
    """

    capability: str
    component: str
    band: SizeBand
    old: bool
    standing: str


@dataclass(slots=True)
class Placed:
    """What the uses of one place bring and cost, and how many services that is, by year."""

    live: list[Decimal]
    sums: Sums = field(default_factory=dict)


Places = dict[Place, Placed]


def worthy(keys: Mapping[str, str], old: bool) -> bool:
    """Whether anything says what a use is worth: what it replaced, or an assumption."""
    return old or any(each.value in keys for each in WORTH)


class Heaps:
    """Places while a run fills them: what many years have as much of is added up once for all of
    them.
    """

    def __init__(self) -> None:
        """Begin without any."""
        self._live: dict[Place, dict[Years, Decimal]] = {}
        self._sums: dict[Place, dict[tuple[ClaimKind, Years], Decimal]] = {}

    def put(self, used: Used, found: Brought) -> None:
        """Count a use in where it belongs, with what it brings."""
        place = Place(
            used.capability, used.component, used.band, used.old is not None, used.standing
        )
        live = self._live.get(place)
        if live is None:
            live, self._sums[place] = self._live.setdefault(place, {}), {}
        sums = self._sums[place]
        for years, share in found.live:
            live[years] = live.get(years, ZERO) + share
        for at, amount in found.amounts:
            sums[at] = sums.get(at, ZERO) + amount

    def places(self, horizon: int) -> Places:
        """What was put, by year."""
        return {place: self._placed(place, horizon) for place in self._live}

    def _placed(self, place: Place, horizon: int) -> Placed:
        placed = Placed([ZERO] * horizon)
        for years, share in self._live[place].items():
            for year in years:
                placed.live[year] += share
        for (kind, years), amount in self._sums[place].items():
            for year in years:
                placed.sums[kind, year] = placed.sums.get((kind, year), ZERO) + amount
        return placed


def gather(places: Places, chosen: Chosen, horizon: int) -> tuple[Grouped, Live]:
    """The quantities by the assumptions that hold, and how many services use each component.

    Places are added up in their order: the same come to the same, digit by digit.
    """
    grouped: Grouped = {}
    known: Live = {}
    for place, placed in sorted(places.items()):
        keys = chosen.keys(place.capability, place.component, place.band)
        counts = worthy(keys, place.old)
        years = known.setdefault(
            (place.component, place.standing if counts else WITHOUT), [ZERO] * horizon
        )
        for year, live in enumerate(placed.live):
            years[year] += live
        if counts and place.standing in COUNTED:
            held = place.component, tuple(sorted(keys.items())), place.standing
            group = grouped.setdefault(held, {})
            for at, amount in placed.sums.items():
                group[at] = group.get(at, ZERO) + amount
    return grouped, known


def packed(places: Places) -> bytes:
    """The places as a run keeps them, compressed."""
    rows = [
        [*place, list(map(str, placed.live)),
         [[kind, year, str(amount)] for (kind, year), amount in placed.sums.items()]]
        for place, placed in sorted(places.items())
    ]  # fmt: skip
    return zlib.compress(orjson.dumps(rows))


def unpacked(body: bytes) -> Places:
    """The places again, to the last digit."""
    found: Places = {}
    for capability, component, band, old, standing, live, sums in orjson.loads(
        zlib.decompress(body)
    ):
        place = Place(capability, component, SizeBand(band), old, standing)
        amounts = {(ClaimKind(kind), year): Decimal(amount) for kind, year, amount in sums}
        found[place] = Placed([Decimal(each) for each in live], amounts)
    return found
