"""Fragmentation, overlap and duplication of how a need is met, after GAO-15-49SP.

A way is a shared component, a bought product (by its name, whoever buys it) or one own build. What
services have of their own may have its reasons: those and exemptions are shown, not called waste.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import NamedTuple

from portal.catalogue.component_words import Lifecycle
from portal.catalogue.rules.advice import Option
from portal.catalogue.rules.components import may_use, sector_of
from portal.catalogue.words import OrganisationKind
from portal.reports.rules.reuse_rates import ways_of


@dataclass(slots=True)
class Duplication:
    """How one need is met, in numbers of arrangements in use.

    Attributes:
        components: how many shared components are used for it, `shared` how often: a service that
            uses two has two.
        products: how many products are bought, by their names in small letters; `bought` how often.
        own: own builds, each a way.
        squares: the sum of the squares of how often each way is used.
        bodies: organisations that meet it on their own.
        overlap: arrangements of one's own beside another for the same audience and size.
        offering: live components that offer it.
        addressable: own builds and products where a live component is there that the organisation
            may use, and no exemption is.
        reasoned: those of them with a recorded reason.
        exempt: own builds and products of services with an exemption.
        next_end: the first end of a contract among the addressable ones that is still to come.
    """

    components: int = 0
    shared: int = 0
    products: int = 0
    bought: int = 0
    own: int = 0
    squares: int = 0
    bodies: int = 0
    overlap: int = 0
    offering: int = 0
    addressable: int = 0
    reasoned: int = 0
    exempt: int = 0
    next_end: date | None = None

    @property
    def separate_ways(self) -> int:
        """In how many ways the need is met."""
        return self.components + self.products + self.own

    @property
    def effective(self) -> float | None:
        """The effective number of ways; None where it is met in none."""
        return ways_of(self.shared + self.bought + self.own, self.squares)

    @property
    def fragmented(self) -> bool:
        """Whether two or more organisations meet it on their own."""
        return self.bodies >= 2


class Offered(NamedTuple):
    """How many live components meet a need, and the kinds of organisations that may use one."""

    many: int
    kinds: frozenset[str]


def offer(sectors: Iterable[Collection[str]]) -> Offered:
    """What live components offer, by the sectors that may use each."""
    known = list(sectors)
    kinds = (
        kind.value
        for kind in OrganisationKind
        if any(may_use(each, sector_of(kind.value)) for each in known)
    )
    return Offered(len(known), frozenset(kinds))


def eligible(options: Mapping[int, Iterable[Option]]) -> dict[int, frozenset[str]]:
    """The kinds of organisations that may use a live component, by the need that it meets."""
    return {
        need: offer(each.sectors for each in live_ones(some)).kinds
        for need, some in options.items()
    }


def live_ones(options: Iterable[Option]) -> list[Option]:
    """Live components that meet a need; an agreement to buy under does not."""
    return [o for o in options if o.lifecycle is Lifecycle.LIVE and not o.framework]
