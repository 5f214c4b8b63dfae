"""The drawing of what is around a component: four columns of boxes and the lines between them.

All lengths are pixels of the drawing; the page scrolls it.
"""

from __future__ import annotations

import textwrap
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import NamedTuple

from portal.catalogue.rules.component_map import LETTER, LINE

#: Four columns of boxes are as wide as a page.
WIDTH, BETWEEN, PAD, APART, EDGE = 196, 50, 10, 12, 10
_LETTERS = int((WIDTH - 2 * PAD) / LETTER)


class Node(NamedTuple):
    """A thing in the graph: a key of its own, and what stands in its box."""

    key: str
    text: str


@dataclass(frozen=True, slots=True)
class Box:
    """A thing in the drawing: its left and top, its height and its text in lines."""

    key: str
    x: int
    y: int
    height: int
    lines: tuple[str, ...]

    @property
    def middle(self) -> float:
        """Where lines reach it, from above."""
        return self.y + self.height / 2


@dataclass(frozen=True, slots=True)
class Drawn:
    """The whole drawing; each line leads from a box to one in the next column."""

    width: int
    height: int
    box_width: int
    boxes: tuple[Box, ...]
    lines: tuple[tuple[float, float, float, float], ...]


def draw(columns: Sequence[Sequence[Node]], edges: Iterable[tuple[str, str]]) -> Drawn:
    """Lay columns of things out beside each other, each in the middle of the height.

    Args:
        columns: from the left; an empty one takes no room.
        edges: keys of two things in neighbouring columns that are not empty, the left one first.
    """
    made = [[_lines(node.text) for node in column] for column in columns if column]
    tall = [sum(map(_height, column)) + APART * (len(column) - 1) for column in made]
    height = max(tall, default=0) + 2 * EDGE
    boxes: dict[str, Box] = {}
    for at, column in enumerate([column for column in columns if column]):
        y = (height - tall[at]) // 2
        for node, lines in zip(column, made[at], strict=True):
            boxes[node.key] = Box(node.key, EDGE + at * (WIDTH + BETWEEN), y, _height(lines), lines)
            y += _height(lines) + APART
    width = max((box.x + WIDTH for box in boxes.values()), default=0) + EDGE
    return Drawn(width, height, WIDTH, tuple(boxes.values()), tuple(_between(boxes, edges)))


def _between(
    boxes: Mapping[str, Box], edges: Iterable[tuple[str, str]]
) -> Iterable[tuple[float, float, float, float]]:
    for left, right in edges:
        a, b = boxes[left], boxes[right]
        yield a.x + WIDTH, a.middle, b.x, b.middle


def _lines(text: str) -> tuple[str, ...]:
    return tuple(textwrap.wrap(text, _LETTERS)) or (text,)


def _height(lines: tuple[str, ...]) -> int:
    return LINE * len(lines) + PAD
