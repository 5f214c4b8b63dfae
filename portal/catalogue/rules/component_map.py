"""The drawing of a Wardley map: where each dot and name goes, so that no two names overlap.

All lengths are pixels of the drawing; the page scales or scrolls it.
"""

from __future__ import annotations

import textwrap
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from portal.catalogue.rules.components import Place

COLUMNS = 4
COLUMN = 225
LEFT, TOP, RIGHT, BOTTOM = 40, 10, 10, 50
LEAST_HEIGHT = 420
LINE = 18
#: A letter of the drawing's type is at most about this wide on average; capitals are wider.
LETTER = 8.4
RADIUS = 7
GAP = 6


@dataclass(frozen=True, slots=True)
class Spot:
    """A component in the drawing: its dot, and its name in lines.

    `text_y` is the baseline of the first line; `end` tells that the name ends at `text_x`.
    """

    slug: str
    x: float
    y: float
    text_x: float
    text_y: float
    end: bool
    lines: tuple[str, ...]

    @property
    def box(self) -> tuple[float, float, float, float]:
        """Left, top, right and bottom of dot and name."""
        wide = LETTER * max(len(line) for line in self.lines)
        left, right = (self.text_x - wide, self.x) if self.end else (self.x, self.text_x + wide)
        half = _height(self.lines) / 2
        return left, self.y - half, right, self.y + half


@dataclass(frozen=True, slots=True)
class Drawing:
    """The whole map: its size, the lines between the stages, and the spots from the top down."""

    width: int
    height: int
    bottom: float
    columns: tuple[float, ...]
    spots: tuple[Spot, ...]


def draw(places: Iterable[Place], names: Mapping[str, str]) -> Drawing:
    """Lay a map out. A dot moves up or down a little where its name would meet another's.

    Args:
        places: where each component stands, as `components.wardley` says.
        names: their names, by slug.
    """
    columns: list[list[tuple[Place, tuple[str, ...]]]] = [[] for _ in range(COLUMNS)]
    for place in sorted(places, key=lambda p: (-p.visibility, p.slug)):
        at = min(int(place.evolution * COLUMNS), COLUMNS - 1)
        columns[at].append((place, _lines(names[place.slug], place.evolution * COLUMNS - at)))
    tallest = max(sum(_height(lines) for _, lines in column) for column in columns)
    inside = max(LEAST_HEIGHT, tallest)
    spots = [spot for column in columns for spot in _spots(column, inside)]
    return Drawing(
        width=LEFT + COLUMNS * COLUMN + RIGHT,
        height=int(TOP + inside + BOTTOM),
        bottom=TOP + inside,
        columns=tuple(float(LEFT + at * COLUMN) for at in range(COLUMNS + 1)),
        spots=tuple(sorted(spots, key=lambda s: (s.y, s.x))),
    )


def _lines(name: str, across: float) -> tuple[str, ...]:
    """A name in as many lines as the wider side of its dot asks for."""
    room = max(across, 1 - across) * COLUMN - RADIUS - 2 * GAP
    return tuple(textwrap.wrap(name, int(room / LETTER))) or (name,)


def _height(lines: tuple[str, ...]) -> float:
    return LINE * len(lines) + GAP


def _spots(column: list[tuple[Place, tuple[str, ...]]], inside: float) -> list[Spot]:
    """The spots of one stage: as high as they are visible, none over another's name."""
    heights = [_height(lines) for _, lines in column]
    tops: list[float] = []
    free = 0.0
    for (place, _), height in zip(column, heights, strict=True):
        tops.append(max(free, (1 - place.visibility) * (inside - height)))
        free = tops[-1] + height
    limit = inside
    for at in reversed(range(len(column))):
        tops[at] = min(tops[at], limit - heights[at])
        limit = tops[at]
    return [
        _spot(place, lines, TOP + top + height / 2)
        for (place, lines), top, height in zip(column, tops, heights, strict=True)
    ]


def _spot(place: Place, lines: tuple[str, ...], y: float) -> Spot:
    at = place.evolution * COLUMNS
    end = at - int(min(at, COLUMNS - 1)) > 0.5
    x = LEFT + at * COLUMN
    beside = RADIUS + GAP
    # A baseline stands about a third of a line below the middle of its letters.
    first = y - LINE * (len(lines) - 1) / 2 + LINE * 0.3
    return Spot(place.slug, round(x, 1), round(y, 1), round(x + (-beside if end else beside), 1),
                round(first, 1), end, lines)  # fmt: skip
