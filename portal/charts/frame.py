"""The frame that lines and upright bars share: figures beside it, names at the right or above."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from math import log

from portal.charts import scales
from portal.charts.data import Scale
from portal.charts.drawing import (
    AXIS,
    COLOURS,
    GRID,
    SIZE,
    Box,
    Drawing,
    Path,
    Text,
    lines_of,
    put_text,
    width_of,
)

#: A drawing for wide screens, and one for narrow ones with the same size of letters.
WIDE, NARROW = (720, 380), (340, 320)
_LINE = SIZE + 4
_KEY = 14


@dataclass(frozen=True, slots=True)
class Frame:
    """Where the values stand: a value of 0 at `bottom`, one of `most` at `top`; by powers of ten
    from `low` on, where that is above 0.
    """

    left: float
    right: float
    top: float
    bottom: float
    most: float
    low: float = 0

    def down(self, value: float) -> float:
        """The height at which a value stands; what is above the frame stands at its top."""
        part = value / self.most
        if self.low:
            part = log(max(value, self.low) / self.low) / log(self.most / self.low)
        part = min(max(part, 0), 1)
        return self.bottom - part * (self.bottom - self.top)


def open_frame(
    drawing: Drawing, names: Sequence[str], axis: tuple[float, float, Scale], *,
    above: float = 0, over: bool = False, powers: Sequence[float] = (),
) -> Frame:  # fmt: skip
    """Draw the lines across with their figures, and make room for names.

    Args:
        drawing: to draw in.
        names: what will stand beside the ends at the right; what is written above the frame on
            narrow drawings, or on all where they go `over` it.
        axis: the value at the top, the step between lines, and what they count in.
        above: pixels to leave for marks.
        over: see `names`.
        powers: the figures of an axis of powers of ten, in the place of steps.
    """
    most, step, scale = axis
    figures = [number * step for number in range(round(most / step) + 1)]
    if powers:
        figures, most = [*powers], powers[-1]
    left = max(width_of(scales.short(each, scale)) for each in figures) + 12
    right, top = drawing.width - 20.0, 16.0 + above
    if names and not over and is_wide(drawing):
        right = drawing.width - min(180, max(width_of(name) for name in names) + 36)
    elif names:
        top += key(drawing, names, 10)
    frame = Frame(left, right, top, drawing.height - 34, most, powers[0] if powers else 0)
    for each in figures:
        height = frame.down(each)
        drawing.add(Path(((left, height), (right, height)), GRID, 1))
        words = Text((left - 8, height + SIZE * 0.35), scales.short(each, scale), "end", quiet=True)
        drawing.add(words)
    return frame


def close_frame(drawing: Drawing, frame: Frame) -> None:
    """Draw the line at 0, over what stands on it."""
    drawing.add(Path(((frame.left, frame.bottom), (frame.right, frame.bottom)), AXIS, 1.5))


def is_wide(drawing: Drawing) -> bool:
    """Whether names have room beside the frame."""
    return drawing.width >= WIDE[0]


def key(drawing: Drawing, names: Sequence[str], left: float) -> float:
    """Write names with their colours above the frame; returns how much room they took."""
    across, down = left, 8.0
    for number, name in enumerate(names):
        text = lines_of(name, drawing.width - left - 40, 1)[0]
        wide = width_of(text) + _KEY + 26
        if across > left and across + wide > drawing.width:
            across, down = left, down + _LINE
        drawing.add(Box((across, down), _KEY, _KEY, COLOURS[number]))
        drawing.add(Text((across + _KEY + 6, down + _KEY - 2), text))
        across += wide
    return down + _LINE


def beside(drawing: Drawing, frame: Frame, ends: Sequence[tuple[int, str, float]]) -> None:
    """Write names at the right, each with its colour, at the height where it ends.

    Args:
        drawing: to draw in.
        frame: the frame they stand beside.
        ends: the number of each colour, the name, and its height.
    """
    texts = [lines_of(name, drawing.width - frame.right - 26) for _, name, _ in ends]
    most = max((len(text) for text in texts), default=1)
    gap = most * (SIZE + 2) + 4
    heights = scales.apart([height for _, _, height in ends], gap, frame.top, frame.bottom)
    for (number, _, _), text, height in zip(ends, texts, heights, strict=True):
        drawing.add(Box((frame.right + 8, height - 6), 12, 12, COLOURS[number]))
        put_text(drawing, (frame.right + 25, height), text)
