"""What a service stands on: its needs in layers, and its own value chain on a Wardley map.

Lengths of the drawing are pixels; the page scrolls it.
"""

from __future__ import annotations

import textwrap
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum

from portal.catalogue.component_words import (
    Arrangement,
    ComponentKind,
    EvolutionStage,
    NeedAnswer,
)
from portal.catalogue.rules.component_map import COLUMN, GAP, LEFT, LETTER, LINE, RADIUS, TOP

#: Needs of the tree that have a layer of their own.
REGISTERS, HOSTING = "registers-and-reference-data", "hosting"
#: The group of needs that nobody who uses a service sees.
BEHIND = "running-a-service"
#: After Wardley: what one builds for oneself is custom built, what one buys or rents is a product.
_STAGES = {
    Arrangement.OWN_BUILD: EvolutionStage.CUSTOM,
    Arrangement.BOUGHT_PRODUCT: EvolutionStage.PRODUCT,
}
COLUMNS = list(EvolutionStage)


class LayerSort(StrEnum):
    """What a layer of the stack holds."""

    NEEDS = "needs"
    REGISTERS = "registers"
    BEHIND = "behind"
    HOSTING = "hosting"


@dataclass(frozen=True, slots=True)
class Block:
    """A need of the tree, and one way in which a service meets it, where it has one.

    Attributes:
        arrangement: how; None where it has named nothing.
        name: of the component or product.
        stage: that the component had reached; None where it has none, or is none.
        answer: what the service said of the need.
    """

    group: str
    group_slug: str
    need: str
    need_slug: str
    answer: NeedAnswer | None = None
    usage: int | None = None
    arrangement: Arrangement | None = None
    name: str | None = None
    component_slug: str | None = None
    kind: ComponentKind | None = None
    lifecycle: str | None = None
    stage: EvolutionStage | None = None
    status: str | None = None
    standing: str | None = None
    confirmed_on: date | None = None
    disputed_on: date | None = None

    @property
    def sort(self) -> LayerSort:
        """The sort of layer that it stands in."""
        if self.kind is ComponentKind.REGISTER or self.need_slug == REGISTERS:
            return LayerSort.REGISTERS
        if self.need_slug == HOSTING:
            return LayerSort.HOSTING
        return LayerSort.BEHIND if self.group_slug == BEHIND else LayerSort.NEEDS

    @property
    def needed(self) -> bool:
        """Whether the service has the need: it says so, or meets it."""
        return self.arrangement is not None or self.answer is NeedAnswer.NEEDED

    @property
    def evolved(self) -> EvolutionStage | None:
        """How common what meets the need is; None where nobody knows, or nothing does."""
        return self.stage or (_STAGES.get(self.arrangement) if self.arrangement else None)


@dataclass(slots=True)
class Layer:
    """A layer of the stack, from people down to hosting.

    Attributes:
        title: the name of the group of needs; empty where the sort says it.
        blocks: the needs that the service has.
        not_needed: names of those that it says it has not.
        unanswered: how many it says nothing of.
    """

    sort: LayerSort
    title: str
    blocks: list[Block] = field(default_factory=list)
    not_needed: list[str] = field(default_factory=list)
    unanswered: int = 0


def layers(blocks: Iterable[Block]) -> list[Layer]:
    """The stack: groups of needs in the order of the tree, then registers, what works behind the
    service, and hosting at the bottom.
    """
    found: dict[tuple[LayerSort, str], Layer] = {}
    for block in blocks:
        sort = block.sort
        title = block.group if sort in (LayerSort.NEEDS, LayerSort.BEHIND) else ""
        layer = found.setdefault((sort, title), Layer(sort, title))
        if block.needed:
            layer.blocks.append(block)
        elif block.answer is NeedAnswer.NOT_NEEDED:
            layer.not_needed.append(block.need)
        else:
            layer.unanswered += 1
    order = list(LayerSort)
    return sorted(found.values(), key=lambda layer: order.index(layer.sort))


@dataclass(frozen=True, slots=True)
class Link:
    """A link of the chain in the drawing: a dot at (x, y), and its name in lines beside it.

    `end` tells that the name ends at `text_x`; the line from the service ends at `from_x`, before
    such a name.
    """

    block: Block
    x: float
    y: float
    from_x: float
    text_x: float
    text_y: float
    end: bool
    lines: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Chain:
    """The map of one service's chain: its size, where the stages begin, its links downwards.

    `without` are the needs that have no place on it: nobody knows the stage of what meets them.
    """

    width: int
    height: int
    bottom: int
    columns: tuple[int, ...]
    links: tuple[Link, ...]
    without: tuple[Block, ...]


def chain(found: Iterable[Layer]) -> Chain:
    """Lay out the value chain of a service: each need a line from the service to what meets it.

    The order down is that of the layers, the place from left to right the middle of the stage:
    nothing says more of where in its stage something stands.
    """
    blocks = [block for layer in found for block in layer.blocks]
    edges = tuple(LEFT + COLUMN * at for at in range(len(COLUMNS) + 1))
    y, links = TOP + 2 * LINE, list[Link]()
    for block in blocks:
        if block.evolved is None:
            continue
        at = COLUMNS.index(block.evolved)
        x, end = edges[at] + COLUMN / 2, at >= len(COLUMNS) / 2
        beside = RADIUS + GAP
        room = (x - LEFT if end else edges[-1] - x) - 2 * beside
        said = f"{block.need}: {block.name}" if block.name else block.need
        lines = tuple(textwrap.wrap(said, int(room / LETTER))) or (said,)
        tall = LINE * len(lines) + GAP
        middle, text_x = y + tall / 2, x - beside if end else x + beside
        from_x = text_x - LETTER * max(map(len, lines)) if end else x
        first = middle - LINE * (len(lines) - 1) / 2 + LINE * 0.3
        links.append(Link(block, x, middle, from_x, text_x, first, end, lines))
        y += tall
    bottom = y + LINE
    return Chain(
        width=edges[-1] + TOP,
        height=bottom + 2 * LINE,
        bottom=bottom,
        columns=edges,
        links=tuple(links),
        without=tuple(block for block in blocks if block.evolved is None),
    )
