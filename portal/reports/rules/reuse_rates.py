"""The figures of the reuse and duplication reports, from counts."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field

from portal.catalogue.component_words import Standing
from portal.reports.rules.reuse import COMPARED, IN_USE, MET
from portal.reports.words import Counted


@dataclass(slots=True)
class Numbers:
    """How needs of services are met, in numbers of needs.

    Attributes:
        ways: how often a need is met in a way that stands so, by (way, standing).
        services: how many services count.
        needed: needs that services have, by what they say or use.
        not_needed: needs that services say they do not have.
        unsaid: needs that services have, of which nobody says how they are met.
        asked: needs of which each service is asked.
    """

    ways: dict[tuple[str, str], int] = field(default_factory=dict)
    services: int = 0
    needed: int = 0
    not_needed: int = 0
    unsaid: int = 0
    asked: int = 1

    def add(self, counted: str, standing: str, many: int) -> None:
        """Add a count."""
        if counted == Counted.SERVICES:
            self.services += many
        elif counted == Counted.NEEDED:
            self.needed += many
        elif counted == Counted.NOT_NEEDED:
            self.not_needed += many
        elif counted == Counted.UNSAID:
            self.unsaid += many
        else:
            key = str(counted), str(standing)
            self.ways[key] = self.ways.get(key, 0) + many

    def plus(self, other: Numbers) -> None:
        """Add the counts of something else."""
        for (counted, standing), many in other.ways.items():
            self.add(counted, standing, many)
        self.services += other.services
        self.needed += other.needed
        self.not_needed += other.not_needed
        self.unsaid += other.unsaid

    def standing(self, way: str, *standings: str) -> int:
        """How often a need is met in a way, as far as that stands in one of these standings."""
        return sum(self.ways.get((str(way), str(each)), 0) for each in standings)

    def in_use(self, way: str) -> int:
        """The same in use: confirmed or declared."""
        return self.standing(way, *IN_USE)

    @property
    def confirmed(self) -> int:
        """Needs met by a shared component, confirmed."""
        return self.standing(Counted.SHARED, Standing.CONFIRMED)

    @property
    def declared(self) -> int:
        """The same as far as it is only declared."""
        return self.standing(Counted.SHARED, Standing.DECLARED)

    @property
    def planned(self) -> int:
        """Needs that a shared component is planned for: in no sum."""
        return self.standing(Counted.SHARED, Standing.PLANNED)

    @property
    def out(self) -> int:
        """Needs met by a shared component as far as that lapsed or is disputed: in no sum."""
        return self.standing(Counted.SHARED, Standing.LAPSED, Standing.DISPUTED)

    @property
    def again(self) -> int:
        """How often a need is met in one more way than the first: by so many do the columns of a
        row add up to more than the needs that services have.
        """
        shared = self.confirmed + self.declared + self.planned + self.out
        ways = shared + sum(self.in_use(way) for way in MET[1:])
        return ways + self.unsaid - self.needed if self.needed else 0

    @property
    def compared(self) -> int:
        """Arrangements that the reuse rate is over: shared, own and bought, in use."""
        return sum(self.in_use(way) for way in COMPARED)

    @property
    def rate(self) -> float | None:
        """The reuse rate on confirmed use; None where nothing is compared."""
        return reuse_rate(self.confirmed, self.compared)

    @property
    def rate_declared(self) -> float | None:
        """The same with declared use."""
        return reuse_rate(self.in_use(Counted.SHARED), self.compared)

    @property
    def unanswered(self) -> int:
        """Needs of which services have not said whether they have them."""
        return max(self.services * self.asked - self.needed - self.not_needed, 0)

    @property
    def unanswered_share(self) -> float | None:
        """The same as a share of what was asked."""
        whole = self.services * self.asked
        return self.unanswered / whole if whole else None


def reuse_rate(shared: int, compared: int) -> float | None:
    """Needs met by shared components as a share of those met by shared components, own builds and
    bought products; None for no needs.

    What is only declared counts below the line in every rate: own builds and products are hardly
    ever confirmed, and without them the rate on confirmed use would always be near 1.

    Args:
        shared: as far as it counts for this rate.
        compared: all of them in use, confirmed or declared.
    """
    return shared / compared if compared else None


def effective_ways(uses: Iterable[int]) -> float | None:
    """The effective number of ways in which a need is met: 1 / sum(share squared), the inverse of
    the Herfindahl index. It is 1 where all do the same, and the number of ways where each is used
    as often; None where there is no use.

    Args:
        uses: how often each way is used.
    """
    known = [each for each in uses if each > 0]
    return ways_of(sum(known), sum(each * each for each in known))


def ways_of(uses: int, squares: int) -> float | None:
    """The same from how often ways are used in all, and the sum of the squares of that of each."""
    return uses * uses / squares if uses else None
