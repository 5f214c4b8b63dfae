"""A claim of a savings run, and what of it counts where not all components that share it do."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass, field
from typing import Any

import orjson

from portal.reports.rules.model import COLUMN_OF
from portal.reports.words import ClaimKind

_COLUMN = {kind: column.value for kind, column in COLUMN_OF.items()}
#: Pence by year, by how the use stands, in the order of inputs.COUNTED.
Pence = dict[int, list[int]]


@dataclass(slots=True)
class Part:
    """What one of several components has of a claim, and the ids of its usages."""

    years: Pence = field(default_factory=dict)
    usages: list[int] = field(default_factory=list)


@dataclass(slots=True)
class Claim:
    """What a service claims for a need, of one kind: pence by year, by how the use stands.

    Attributes:
        key: the service, need and kind; or the platform and kind.
        ids: of service, need, platform, component (None where more than one has a part in it) and
            organisation.
        component: its slug, if one has all of it.
        years: the pence of all components.
        usages: their ids.
        keys: the assumptions that it was worked out with, in order.
        parts: what each component has of it, by slug; empty where one has all of it.
    """

    key: tuple[str, str, ClaimKind]
    ids: tuple[int, int, int, int | None, int]
    component: str | None
    organisation: str | None
    years: Pence = field(default_factory=dict)
    usages: list[int] = field(default_factory=list)
    keys: tuple[str, ...] = ()
    parts: dict[str, Part] = field(default_factory=dict)
    _amounts: bytes = b""

    @property
    def kind(self) -> ClaimKind:
        """What it is for."""
        return self.key[2]

    def share(self, component: str, usage: int, keys: tuple[str, ...]) -> None:
        """Have another usage take part in it, worked out with these assumptions."""
        if self.component is not None and self.component != component:
            before = {year: pence[:] for year, pence in self.years.items()}
            self.parts[self.component] = Part(before, self.usages[:])
            self.component, self.ids = None, (*self.ids[:3], None, self.ids[4])
        if self.component is None:
            self.parts.setdefault(component, Part()).usages.append(usage)
        self.usages.append(usage)
        if self.keys != keys:
            self.keys = tuple(sorted({*self.keys, *keys}))

    def sums(self, component: str) -> tuple[Pence, ...]:
        """Where the amounts of a component that takes part in it are added."""
        shared = self.parts.get(component)
        return (self.years,) if shared is None else (self.years, shared.years)

    def rows(self) -> list[list[Any]]:
        """Year, column, and pence confirmed, declared and planned, in order of years."""
        column = _COLUMN[self.kind]
        return [[year, column, *by] for year, by in sorted(self.years.items())]

    def part_rows(self) -> list[list[Any]]:
        """Component, year, pence confirmed, declared and planned, and the ids of usages."""
        return [
            [component, year, *by, sorted(part.usages)]
            for component, part in sorted(self.parts.items())
            for year, by in sorted(part.years.items())
        ]

    def amounts(self) -> bytes:
        """The rows as JSON, made once: nothing is added to the claim any more."""
        if not self._amounts:
            self._amounts = orjson.dumps(self.rows())
        return self._amounts

    def said(self) -> bytes:
        """The claim without ids: the same bytes on every database."""
        rows = orjson.Fragment(self.amounts())
        every: list[Any] = [*self.key, self.component, self.organisation, rows, self.keys]
        if self.parts:
            every.append([row[:-1] for row in self.part_rows()])
        return orjson.dumps(every) + b"\n"


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
