"""Points of different versions that ask for the same, beside each other.

Only what a person has said counts, pair by pair: nothing follows from two pairs that share a point.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import NamedTuple


class Point(NamedTuple):
    """A point with the number of its version."""

    id: int
    version: int
    number: int
    title: str

    @property
    def place(self) -> str:
        """How files name it within its standard."""
        return f"{self.version}/{self.number}"


class Line(NamedTuple):
    """A row of the crosswalk: the points by the number of their version; none is unmapped."""

    cells: Mapping[int, Sequence[Point]]


def counterparts(
    points: Iterable[Point], pairs: Iterable[tuple[int, int]]
) -> dict[int, list[Point]]:
    """What each point has in the other versions, in their order, by its id."""
    known = {point.id: point for point in points}
    found: dict[int, list[Point]] = {id_: [] for id_ in known}
    for one, other in pairs:
        if one in known and other in known:
            found[one].append(known[other])
            found[other].append(known[one])
    return {id_: sorted(row, key=lambda each: each[1:3]) for id_, row in found.items()}


def lines(points: Sequence[Point], pairs: Iterable[tuple[int, int]]) -> list[Line]:
    """The versions side by side: the points of the newest one first, then what older ones have
    beside that. Each point and each pair stands in at least one line.
    """
    related = counterparts(points, pairs)
    numbers = sorted({point.version for point in points}, reverse=True)
    found: list[Line] = []
    shown: set[int] = set()
    told: set[frozenset[int]] = set()
    for number in numbers:
        own = [each for each in points if each.version == number]
        for point in sorted(own, key=lambda each: each.number):
            others = [
                each for each in related[point.id] if frozenset({each.id, point.id}) not in told
            ]
            if point.id in shown and not others:
                continue
            line = [point, *others]
            told |= {frozenset({one.id, other.id}) for one in line for other in line}
            shown |= {each.id for each in line}
            cells = {n: [each for each in line if each.version == n] for n in numbers}
            found.append(Line(cells))
    return found
