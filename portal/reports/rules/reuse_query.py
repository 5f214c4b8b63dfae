"""What the reuse report is asked for, and its rows."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, field
from datetime import date

from portal.catalogue.component_words import Sector
from portal.catalogue.rules.mandates import KINDS
from portal.reports.rules.reuse import Place
from portal.reports.rules.reuse_rates import Numbers
from portal.reports.words import Basis, By

#: What a row is of: the id of a need, component or organisation, a kind of organisation or a phase.
Of = int | str


@dataclass(frozen=True, slots=True)
class Scope:
    """What counts, by ids and values; None is no limit.

    Attributes:
        bodies: organisations, with everything below them.
        needs: capabilities.
        kinds: of organisations.
        component: shared use is only that of this one, and nothing else counts.
    """

    bodies: frozenset[int] | None = None
    needs: frozenset[int] | None = None
    component: int | None = None
    kinds: frozenset[str] | None = None
    phase: str | None = None

    def has(self, place: Place) -> bool:
        """Whether a service at a place counts."""
        return (
            (self.bodies is None or place.organisation_id in self.bodies)
            and (self.kinds is None or place.kind in self.kinds)
            and self.phase in (None, place.phase)
        )


@dataclass(frozen=True, slots=True)
class Question:
    """What the rows are, and of which day; None is today."""

    by: By = By.CAPABILITY
    scope: Scope = Scope()
    on: date | None = None
    basis: Basis = Basis.AS_IT_WAS


@dataclass(slots=True)
class Answer:
    """The numbers of each row, and of all together; no need of a service is in the total twice."""

    rows: dict[Of, Numbers] = field(default_factory=dict)
    total: Numbers = field(default_factory=Numbers)

    def add(self, of: Of | None, counted: str, standing: str, many: int) -> None:
        """Add a count to a row and to the total; without a row, to the total alone."""
        self.total.add(counted, standing, many)
        if of is not None:
            self.rows.setdefault(of, Numbers()).add(counted, standing, many)


#: The kinds of organisations of each sector; what is in none is a row of its own.
SECTORS: dict[str, frozenset[str]] = {
    sector.value: frozenset(kind.value for kind in kinds)
    for sector, kinds in KINDS.items()
    if sector is not Sector.ANYONE
}
ELSEWHERE = "elsewhere"


def by_sector(rows: Mapping[Of, Numbers]) -> dict[Of, Numbers]:
    """Rows of kinds of organisations as rows of sectors."""
    found: dict[Of, Numbers] = {}
    for kind, numbers in rows.items():
        sector = next((name for name, kinds in SECTORS.items() if kind in kinds), ELSEWHERE)
        found.setdefault(sector, Numbers(asked=numbers.asked)).plus(numbers)
    return found


def with_children(
    rows: Mapping[Of, Numbers], lines: Callable[[int], Collection[int]]
) -> dict[Of, Numbers]:
    """Rows of organisations as rows of each with everything below it. What is in two of them
    is in the total, which is not the sum of these rows, once.

    Args:
        lines: gives an organisation and everything above it.
    """
    found: dict[Of, Numbers] = {}
    for body, numbers in rows.items():
        for above in lines(int(body)) or (body,):
            found.setdefault(above, Numbers(asked=numbers.asked)).plus(numbers)
    return found
