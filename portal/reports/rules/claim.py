"""A claim of a savings run, and what of it counts where not all components that share it do."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

import orjson

from portal.reports.rules.model import COLUMN_OF, Years
from portal.reports.words import ClaimKind

_COLUMN = {kind: column.value for kind, column in COLUMN_OF.items()}
#: Pence by year, by how the use stands, in the order of inputs.COUNTED.
Pence = dict[int, list[int]]
#: How many that are (a list of pence has no other length).
STANDINGS = 3
#: A kind, and years that have as much of it.
Spell = tuple[ClaimKind, Years]


def _row(column: str, at: int) -> str:
    """A year and the pence of a standing, as orjson writes them."""
    pence = ["%d" if each == at else "0" for each in range(STANDINGS)]
    return f'[%d,"{column}",{",".join(pence)}]'


_ROW = {(column, at): _row(column, at) for column in _COLUMN.values() for at in range(STANDINGS)}


@dataclass(slots=True)
class Part:
    """What one of several components has of a claim, and the ids of its usages."""

    years: Pence = field(default_factory=dict)
    usages: list[int] = field(default_factory=list)


@dataclass(frozen=True, slots=True, eq=False)
class Piece:
    """What a use claims of one kind, as all uses like it do; which is the same object for these.

    Attributes:
        at: how the use stands, as a place in inputs.COUNTED.
        keys: the assumptions that it was worked out with, in order.
        spells: the kind, years that have as much, and how many pence that is in each.
        many: how many years those are.
        amounts: the pence as `Claim.amounts` has them.
    """

    kind: ClaimKind
    at: int
    keys: tuple[str, ...]
    spells: tuple[tuple[Spell, int], ...]
    many: int
    amounts: str

    @classmethod
    def of(
        cls, kind: ClaimKind, at: int, keys: tuple[str, ...], spells: tuple[tuple[Spell, int], ...]
    ) -> Piece:
        """The piece with these pence."""
        rows = [(year, pence) for (_, years), pence in spells for year in years]
        rows.sort()
        row = _ROW[_COLUMN[kind], at]
        said = ",".join([row % each for each in rows])
        return cls(kind, at, keys, spells, len(rows), f"[{said}]")

    def by_year(self) -> Pence:
        """The pence by year, by how the use stands."""
        return {
            year: [pence if each == self.at else 0 for each in range(STANDINGS)]
            for (_, years), pence in self.spells
            for year in years
        }


@dataclass(slots=True)
class Claim:
    """What a service claims for a need, of one kind: pence by year, by how the use stands.

    Attributes:
        key: the service, need and kind; or the platform and kind.
        ids: of service, need, platform, component (None where more than one has a part in it) and
            organisation.
        component: its slug, if one has all of it.
        usages: their ids.
        keys: the assumptions that it was worked out with, in order.
        parts: what each component has of it, by slug; empty where one has all of it.
        piece: what it consists of, where that is a single use.
        pence: the pence of all components, where it is not.
    """

    key: tuple[str, str, ClaimKind]
    ids: tuple[int, int, int, int | None, int]
    component: str | None
    organisation: str | None
    usages: list[int] = field(default_factory=list)
    keys: tuple[str, ...] = ()
    parts: dict[str, Part] = field(default_factory=dict)
    piece: Piece | None = None
    pence: Pence = field(default_factory=dict)
    _amounts: str = ""

    @property
    def kind(self) -> ClaimKind:
        """What it is for."""
        return self.key[2]

    @property
    def years(self) -> Pence:
        """The pence of all components."""
        return self.pence if self.piece is None else self.piece.by_year()

    def many(self) -> int:
        """In how many years there is anything in it."""
        return len(self.pence) if self.piece is None else self.piece.many

    def share(self, component: str, usage: int, piece: Piece) -> None:
        """Have another usage take part in it, or the same one for another time."""
        if self.component is not None and self.component != component:
            self.parts[self.component] = Part(self.years, self.usages[:])
            self.component, self.ids = None, (*self.ids[:3], None, self.ids[4])
        if self.component is None:
            part = self.parts.setdefault(component, Part())
            if usage not in part.usages:
                part.usages.append(usage)
            part.years = together(part.years, piece.by_year())
        self.pence, self._amounts, self.piece = together(self.years, piece.by_year()), "", None
        if usage not in self.usages:
            self.usages.append(usage)
        if self.keys != piece.keys:
            self.keys = tuple(sorted({*self.keys, *piece.keys}))

    def part_rows(self) -> list[list[Any]]:
        """Component, year, pence confirmed, declared and planned, and the ids of usages."""
        return [
            [component, year, *by, sorted(part.usages)]
            for component, part in sorted(self.parts.items())
            for year, by in sorted(part.years.items())
        ]

    def amounts(self) -> str:
        """Year, column, and pence confirmed, declared and planned, in order of years, as JSON. Made
        once: nothing is added to the claim any more.
        """
        if self.piece is not None:
            return self.piece.amounts
        if not self._amounts:
            column = _COLUMN[self.kind]
            rows = [[year, column, *by] for year, by in sorted(self.pence.items())]
            self._amounts = orjson.dumps(rows).decode()
        return self._amounts

    def said(self) -> bytes:
        """The claim without ids: the same bytes on every database."""
        rows = orjson.Fragment(self.amounts())
        every: list[Any] = [*self.key, self.component, self.organisation, rows, self.keys]
        if self.parts:
            every.append([row[:-1] for row in self.part_rows()])
        return orjson.dumps(every) + b"\n"


def to_pence(pounds: Decimal) -> int:
    """Pounds in whole pence, half to even."""
    return round(pounds * 100)


def together(one: Pence, other: Pence) -> Pence:
    """Both added up."""
    found = {**one, **other}
    for year in one.keys() & other.keys():
        found[year] = [a + b for a, b in zip(one[year], other[year], strict=True)]
    return found


def of_components(
    rows: list[list[Any]], parts: Iterable[list[Any]], only: str | None, without: Collection[str]
) -> tuple[list[list[Any]], list[int], set[str]]:
    """What some of the components that share a claim have of it: rows as `Claim.rows` has them,
    the ids of their usages, and which components that are.

    Args:
        parts: as `Claim.part_rows` has them.
        only: one component; None for all but `without`.
    """
    column = rows[0][1]
    counted = [each for each in parts if each[0] not in without and only in (None, each[0])]
    years: Pence = {}
    for _, year, *pence, _ in counted:
        before = years.get(year, [0] * len(pence))
        years[year] = [one + other for one, other in zip(before, pence, strict=True)]
    found = [[year, column, *pence] for year, pence in sorted(years.items())]
    usages = sorted({usage for each in counted for usage in each[-1]})
    return found, usages, {each[0] for each in counted}
