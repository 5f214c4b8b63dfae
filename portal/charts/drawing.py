"""Shapes of a drawing, in pixels from its upper left corner, and how wide texts are."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from textwrap import wrap

#: The Analysis Function's colours for categories, in the order in which they are used.
COLOURS = ("#12436D", "#28A197", "#801650", "#F46A25")
TEXT, GRID, AXIS, PAPER = "#0b0c0c", "#cecece", "#484949", "#ffffff"
SIZE = 15
#: Beside the title, and how much of the room strong letters leave.
_EDGE, _STRONG = 10, 0.9
At = tuple[float, float]


@dataclass(frozen=True, slots=True)
class Path:
    """A line through points."""

    points: tuple[At, ...]
    colour: str
    width: float = 3
    dashed: bool = False


@dataclass(frozen=True, slots=True)
class Box:
    """A filled rectangle from its upper left corner."""

    at: At
    width: float
    height: float
    colour: str


@dataclass(frozen=True, slots=True)
class Dot:
    """A disc, or a ring where it is `hollow`."""

    at: At
    colour: str
    radius: float = 4.5
    hollow: bool = False


@dataclass(frozen=True, slots=True)
class Text:
    """Black words; `anchor` is which end stands at the place: start, middle or end."""

    at: At
    text: str
    anchor: str = "start"
    strong: bool = False
    quiet: bool = False


Shape = Path | Box | Dot | Text


@dataclass(slots=True)
class Drawing:
    """Shapes in the order in which they cover each other."""

    title: str
    width: float
    height: float
    shapes: list[Shape] = field(default_factory=list)

    def add(self, *shapes: Shape) -> None:
        """Put shapes on top of those there."""
        self.shapes.extend(shapes)


def titled(drawing: Drawing, unit: str) -> Drawing:
    """The drawing below its title and what its figures count: for who sees nothing else of it."""
    room = (drawing.width - 2 * _EDGE) * _STRONG
    said = [(line, False) for line in lines_of(drawing.title, room, 3)]
    said += [(line, True) for line in lines_of(unit, room)] if unit else []
    down = len(said) * (SIZE + 4) + 8.0
    found = Drawing(drawing.title, drawing.width, drawing.height + down)
    for number, (line, quiet) in enumerate(said, 1):
        found.add(Text((_EDGE, number * (SIZE + 4.0)), line, strong=not quiet, quiet=quiet))
    found.add(*(_lower(shape, down) for shape in drawing.shapes))
    return found


def _lower(shape: Shape, by: float) -> Shape:
    if isinstance(shape, Path):
        return replace(shape, points=tuple((across, down + by) for across, down in shape.points))
    return replace(shape, at=(shape.at[0], shape.at[1] + by))


def width_of(text: str) -> float:
    """About how wide a text is, in pixels: the average of letters in Arial, and a little more."""
    narrow = sum(1 for each in text if each in " .,:;’'ijlftrI|()-")
    wide = sum(1 for each in text if each.isupper() or each in "mw%—")
    return SIZE * (0.3 * narrow + 0.75 * wide + 0.57 * (len(text) - narrow - wide))


def lines_of(text: str, room: float, most: int = 2) -> list[str]:
    """A text in lines that fit into a room, the last one cut where there are too many."""
    letters = max(4, int(room / (width_of(text) / max(len(text), 1)))) if text else 4
    found = wrap(text, letters, break_long_words=True) or [""]
    if len(found) > most:
        found = [*found[: most - 1], found[most - 1][: letters - 1].rstrip() + "…"]
    return found


def put_text(drawing: Drawing, at: At, lines: Sequence[str], anchor: str = "start") -> None:
    """Lines of text with their middle at a height."""
    step = SIZE + 2
    first = at[1] - step * (len(lines) - 1) / 2 + SIZE * 0.35
    for number, line in enumerate(lines):
        drawing.add(Text((at[0], first + number * step), line, anchor))
