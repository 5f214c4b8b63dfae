"""The drawing of a Wardley map: where each dot and name goes, so that no two names overlap.

All lengths are pixels of the drawing; the page scales or scrolls it.
"""

from __future__ import annotations

import textwrap
from collections.abc import Container, Iterable, Mapping
from dataclasses import dataclass
from itertools import accumulate

from portal.catalogue.rules.components import Place

COLUMNS = 4
COLUMN = 225
#: A stage that no component has reached: wide enough for its name.
EMPTY_COLUMN = 110
LEFT, TOP, RIGHT, BOTTOM = 40, 10, 10, 50
#: Of the upper half and of the lower one.
LEAST_HEIGHTS = (260, 150)
LINE = 18
#: Space left at the top and the bottom of the map.
PAD = 12
#: A letter of the drawing's type is at most about this wide on average; capitals are wider.
LETTER = 8.4
RADIUS = 7
GAP = 6
_Named = tuple[Place, tuple[str, ...]]


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
    """The whole map: its size, the lines between the stages, and the spots from the top down.

    `middle` is the line between what people meet and what works behind a service.
    """

    width: int
    height: int
    middle: float
    bottom: float
    columns: tuple[float, ...]
    spots: tuple[Spot, ...]


def draw(places: Iterable[Place], names: Mapping[str, str], behind: Container[str]) -> Drawing:
    """Lay a map out. A dot moves up or down a little where its name would meet another's, but
    never over the middle.

    Args:
        places: where each component stands, as `components.wardley` says.
        names: their names, by slug.
        behind: those that stand in the lower half.
    """
    halves: tuple[list[list[_Named]], ...] = tuple([[] for _ in range(COLUMNS)] for _ in range(2))
    for place in sorted(places, key=lambda p: (-p.visibility, p.slug)):
        at = min(int(place.evolution * COLUMNS), COLUMNS - 1)
        lines = _lines(names[place.slug], place.evolution * COLUMNS - at)
        halves[place.slug in behind][at].append((place, lines))
    edges = _edges([bool(halves[0][at] or halves[1][at]) for at in range(COLUMNS)])
    tall = [
        max(least, *(sum(_height(lines) for _, lines in column) + 2 * PAD for column in half))
        for half, least in zip(halves, LEAST_HEIGHTS, strict=True)
    ]
    middle, bottom = TOP + tall[0], TOP + sum(tall)
    spots = [spot for column in halves[0] for spot in _spots(column, edges, TOP, middle, 0.5)]
    spots += [spot for column in halves[1] for spot in _spots(column, edges, middle, bottom, 0)]
    return Drawing(
        width=edges[-1] + RIGHT,
        height=int(bottom + BOTTOM),
        middle=middle,
        bottom=bottom,
        columns=tuple(map(float, edges)),
        spots=tuple(sorted(spots, key=lambda s: (s.y, s.x))),
    )


def _edges(used: Iterable[bool]) -> list[int]:
    """Where each stage begins, from the left, and where the last ends: narrow where empty."""
    widths = [COLUMN if some else EMPTY_COLUMN for some in used]
    return list(accumulate(widths, initial=LEFT))


def _lines(name: str, across: float) -> tuple[str, ...]:
    """A name in as many lines as the wider side of its dot asks for."""
    room = max(across, 1 - across) * COLUMN - RADIUS - 2 * GAP
    return tuple(textwrap.wrap(name, int(room / LETTER))) or (name,)


def _height(lines: tuple[str, ...]) -> float:
    return LINE * len(lines) + GAP


def _spots(
    column: list[_Named], edges: list[int], top: float, bottom: float, lowest: float
) -> list[Spot]:
    """The spots of one stage in one half: as high as they are visible, none over another's name.

    Args:
        column: the components with their names, the most visible first.
        edges: where each stage begins.
        top: where the half begins, from above.
        bottom: where it ends.
        lowest: the visibility at its lower end; it spans a half.
    """
    heights = [_height(lines) for _, lines in column]
    room = bottom - top - 2 * PAD
    free, limit = top + PAD, bottom - PAD
    tops: list[float] = []
    for (place, _), height in zip(column, heights, strict=True):
        down = 1 - (place.visibility - lowest) * 2
        tops.append(max(free, top + PAD + down * (room - height)))
        free = tops[-1] + height
    for at in reversed(range(len(column))):
        tops[at] = min(tops[at], limit - heights[at])
        limit = tops[at]
    return [
        _spot(place, lines, edges, y + height / 2)
        for (place, lines), y, height in zip(column, tops, heights, strict=True)
    ]


def _spot(place: Place, lines: tuple[str, ...], edges: list[int], y: float) -> Spot:
    at = min(int(place.evolution * COLUMNS), COLUMNS - 1)
    across = place.evolution * COLUMNS - at
    end = across > 0.5
    x = edges[at] + across * COLUMN
    beside = RADIUS + GAP
    # A baseline stands about a third of a line below the middle of its letters.
    first = y - LINE * (len(lines) - 1) / 2 + LINE * 0.3
    return Spot(place.slug, round(x, 1), round(y, 1), round(x + (-beside if end else beside), 1),
                round(first, 1), end, lines)  # fmt: skip
