"""Drawings as PNG, by matplotlib's figures without its pyplot."""

from __future__ import annotations

from io import BytesIO
from typing import Any

from portal.charts.drawing import AXIS, PAPER, SIZE, TEXT, Box, Dot, Drawing, Path, Shape, Text

#: Pixels of the file for one of the drawing, so that it is sharp on paper and on slides.
SHARP = 2
_DPI = 100
#: matplotlib's own font is wider than the one that the layout is made for.
_FONT, _NARROWER = "DejaVu Sans", 0.88
_ANCHORS = {"start": "left", "middle": "center", "end": "right"}


def png(drawing: Drawing) -> bytes:
    """The file."""
    # Loading it takes a second or two, which only who asks for a PNG should wait for.
    from matplotlib.backends.backend_agg import FigureCanvasAgg
    from matplotlib.figure import Figure

    figure = Figure((drawing.width / _DPI, drawing.height / _DPI), facecolor=PAPER)
    FigureCanvasAgg(figure)
    for shape in drawing.shapes:
        figure.add_artist(_artist(shape, drawing))
    file = BytesIO()
    metadata = {"Title": drawing.title, "Software": None}
    figure.savefig(file, format="png", dpi=_DPI * SHARP, metadata=metadata)
    return file.getvalue()


def _artist(shape: Shape, drawing: Drawing) -> Any:
    from matplotlib.lines import Line2D
    from matplotlib.patches import Ellipse, Rectangle
    from matplotlib.text import Text as Words

    width, height, points = drawing.width, drawing.height, 72 / _DPI
    if isinstance(shape, Path):
        across, down = zip(*shape.points, strict=True)
        return Line2D(
            [x / width for x in across], [1 - y / height for y in down], color=shape.colour,
            linewidth=shape.width * points, linestyle=(0, (3, 2)) if shape.dashed else "-",
            solid_joinstyle="round", solid_capstyle="butt",
        )  # fmt: skip
    x, y = shape.at[0] / width, 1 - shape.at[1] / height
    if isinstance(shape, Box):
        part = shape.height / height
        return Rectangle((x, y - part), shape.width / width, part, color=shape.colour, linewidth=0)
    if isinstance(shape, Dot):
        size = 2 * shape.radius / width, 2 * shape.radius / height
        inner = PAPER if shape.hollow else shape.colour
        return Ellipse((x, y), *size, facecolor=inner, edgecolor=shape.colour,
                       linewidth=2 * points)  # fmt: skip
    return _words(Words, x, y, shape)


def _words(words: Any, x: float, y: float, text: Text) -> Any:
    return words(
        x, y, text.text, color=AXIS if text.quiet else TEXT, fontfamily=_FONT,
        fontsize=SIZE * 72 / _DPI * _NARROWER, ha=_ANCHORS[text.anchor], va="baseline",
        fontweight="bold" if text.strong else "normal", parse_math=False,
    )  # fmt: skip
