"""What follows from what is known of components: prices on a day, who may use one, which to offer
first, and where each stands on a Wardley map.
"""

from __future__ import annotations

from collections.abc import Container, Iterable, Mapping
from dataclasses import dataclass
from math import log1p
from typing import Any

from portal.catalogue.component_words import EvolutionStage, Lifecycle, Sector
from portal.catalogue.words import OrganisationKind

Row = Mapping[str, Any]

#: Nothing in one of these is offered to anyone new.
ENDING = frozenset({Lifecycle.DEPRECATED, Lifecycle.CLOSING, Lifecycle.CLOSED})
_READINESS = {
    Lifecycle.LIVE: 0,
    Lifecycle.BETA: 1,
    Lifecycle.PRIVATE_BETA: 2,
    Lifecycle.ALPHA: 3,
    Lifecycle.DEPRECATED: 4,
    Lifecycle.CLOSING: 5,
    Lifecycle.CLOSED: 6,
}
_STAGES = list(EvolutionStage)
#: The kind of an organisation does not tell what is devolved from the rest.
_SECTORS = {
    OrganisationKind.DEPARTMENT: Sector.CENTRAL_GOVERNMENT,
    OrganisationKind.AGENCY: Sector.CENTRAL_GOVERNMENT,
    OrganisationKind.NDPB: Sector.CENTRAL_GOVERNMENT,
    OrganisationKind.LOCAL_AUTHORITY: Sector.LOCAL_GOVERNMENT,
    OrganisationKind.NHS: Sector.NHS,
    OrganisationKind.POLICE: Sector.POLICE,
    OrganisationKind.SCHOOL: Sector.SCHOOLS,
    OrganisationKind.SUPPLIER: Sector.ANYONE,
    OrganisationKind.OTHER: Sector.OTHER_PUBLIC_SECTOR,
}


def holds(row: Row, on: str) -> bool:
    """Whether a dated row holds on a day: from `since` on, up to the day before `until`.

    Args:
        row: with `since` and `until`, ISO dates or None for open.
        on: an ISO date.
    """
    since, until = row["since"], row["until"]
    return (since is None or since <= on) and (until is None or until > on)


def prices_on(prices: Iterable[Row], on: str) -> list[Row]:
    """The price of each item on a day (pence without VAT, or per cent), in the order given."""
    return [row for row in prices if holds(row, on)]


def unpriced_on(prices: Iterable[Row], on: str) -> list[str]:
    """The items that have a price on another day and none on this one, in the order given."""
    items: dict[str, bool] = {}
    for row in prices:
        items[row["item"]] = items.get(row["item"], False) or holds(row, on)
    return [item for item, priced in items.items() if not priced]


def latest(volumes: Iterable[Row]) -> list[Row]:
    """The newest figure of each measure, in the order in which the measures come.

    A total up to a day includes the periods before it; a period that ended later stands beside it.

    Args:
        volumes: with `measure`, `since` (None for a total) and `to`, ISO dates.
    """
    newest: dict[tuple[str, bool], Row] = {}
    for row in volumes:
        key = (row["measure"], row["since"] is None)
        if key not in newest or row["to"] >= newest[key]["to"]:
            newest[key] = row
    return [
        row
        for (measure, is_total), row in newest.items()
        if is_total or row["to"] > newest.get((measure, True), {"to": ""})["to"]
    ]


def may_use(sectors: Iterable[str], sector: str) -> bool | None:
    """Whether a sector may use a component; None where the component does not say who may."""
    allowed = set(sectors)
    if not allowed:
        return None
    return Sector.ANYONE in allowed or sector in allowed


def sector_of(kind: str) -> Sector:
    """The sector that an organisation of a kind belongs to, as eligibility names it."""
    return _SECTORS[OrganisationKind(kind)]


def is_wide(sectors: Iterable[str]) -> bool:
    """Whether a component that is open to these sectors is open to more than half of them all."""
    allowed = set(sectors)
    return Sector.ANYONE in allowed or len(allowed) > len(Sector) / 2


def typical_days(steps: Iterable[Row]) -> int | None:
    """The typical days from the first step to the last; None unless every step says its own."""
    days = [row["days"] for row in steps]
    return sum(days) if days and None not in days else None


@dataclass(frozen=True, slots=True)
class Offer:
    """A component as the storefront weighs it.

    Attributes:
        meets: the wanted capabilities that it offers, by slug.
        eligible: whether the asking sector may use it; None where that is not known.
        wide: whether more than half of the sectors may use it.
        users: live services that use it.
        alike: other organisations of the asker's kind that use it; 0 where nobody said who asks.
    """

    slug: str
    sort_name: str
    lifecycle: Lifecycle
    meets: tuple[str, ...]
    eligible: bool | None
    mandated: bool
    wide: bool
    users: int
    alike: int = 0


def rank(offers: Iterable[Offer]) -> list[Offer]:
    """Best first: who may use it, how ready it is, how many of the needs it meets, whether a
    policy asks for it, how many organisations like the asker's use it, whether it is open to most
    sectors, how many services use it.

    What is open to most comes before what more services use: a platform of one department may be
    in wide use there and still not be for the next. What is deprecated, closing or closed is left
    out: nothing recommends it.
    """
    return sorted(
        (o for o in offers if o.meets and o.lifecycle not in ENDING),
        key=lambda o: (
            {True: 0, None: 1, False: 2}[o.eligible],
            _READINESS[o.lifecycle],
            -len(o.meets),
            not o.mandated,
            -o.alike,
            not o.wide,
            -o.users,
            o.sort_name,
        ),
    )


@dataclass(frozen=True, slots=True)
class Place:
    """Where a component stands on the map: both from 0 to 1, from the left and from below."""

    slug: str
    evolution: float
    visibility: float


def wardley(
    stages: Mapping[str, EvolutionStage], users: Mapping[str, int], behind: Container[str] = ()
) -> list[Place]:
    """The places of components on a Wardley map (evolution by stage, visibility by dependants).

    A stage is a quarter of the width; components that share one spread over it by their users, and
    those with as many (or with none that is known) stand above each other: a step to the right
    would read as a rank. What people meet on pages of its own stands in the upper half, what works
    behind a service in the lower one. In its half, a component stands at log(1 + users) over that
    of the most used, so that one component with many users does not press the rest into a line.

    Args:
        stages: the stage of each component, by slug.
        users: live services that depend on each; none where it is missing.
        behind: the components without pages of their own: registers, APIs, code.
    """
    most = log1p(max((users.get(slug, 0) for slug in stages), default=0)) or 1.0
    places: list[Place] = []
    for position, stage in enumerate(_STAGES):
        mine = sorted(slug for slug in stages if stages[slug] is stage)
        levels = sorted({users.get(slug, 0) for slug in mine})
        for slug in mine:
            at = levels.index(users.get(slug, 0)) + 1
            across = (position + at / (len(levels) + 1)) / len(_STAGES)
            depended_on = log1p(users.get(slug, 0)) / most
            half = 0.0 if slug in behind else 0.5
            places.append(Place(slug, across, half + depended_on / 2))
    return places
