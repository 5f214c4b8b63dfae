"""Drawings as SVG: text stays text, and all that is drawn is in attributes, for a page's content
security policy allows no styles.
"""

from __future__ import annotations

from markupsafe import escape

from portal.charts.drawing import AXIS, PAPER, SIZE, TEXT, Box, Dot, Drawing, Path, Shape, Text


def svg(drawing: Drawing) -> bytes:
    """The file. The same drawing gives the same bytes."""
    width, height = _number(drawing.width), _number(drawing.height)
    head = (
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{width}" height="{height}" '
        f'viewBox="0 0 {width} {height}" role="img" font-family="arial, sans-serif" '
        f'font-size="{SIZE}"><title>{escape(drawing.title)}</title>'
        f'<rect width="{width}" height="{height}" fill="{PAPER}"/>'
    )
    return (head + "".join(map(_shape, drawing.shapes)) + "</svg>\n").encode()


def _number(value: float) -> str:
    return f"{value:.1f}".removesuffix(".0")


def _shape(shape: Shape) -> str:
    if isinstance(shape, Text):
        return _text(shape)
    if isinstance(shape, Box):
        return (
            f'<rect x="{_number(shape.at[0])}" y="{_number(shape.at[1])}" '
            f'width="{_number(shape.width)}" height="{_number(shape.height)}" '
            f'fill="{shape.colour}"/>'
        )
    return _path(shape) if isinstance(shape, Path) else _dot(shape)


def _path(path: Path) -> str:
    through = "L".join(f"{_number(across)} {_number(down)}" for across, down in path.points)
    dashes = ' stroke-dasharray="6 4"' if path.dashed else ""
    return (
        f'<path d="M{through}" fill="none" stroke="{path.colour}" '
        f'stroke-width="{_number(path.width)}" stroke-linejoin="round"{dashes}/>'
    )


def _dot(dot: Dot) -> str:
    inner = PAPER if dot.hollow else dot.colour
    return (
        f'<circle cx="{_number(dot.at[0])}" cy="{_number(dot.at[1])}" r="{_number(dot.radius)}" '
        f'fill="{inner}" stroke="{dot.colour}" stroke-width="2"/>'
    )


def _text(text: Text) -> str:
    anchor = f' text-anchor="{text.anchor}"' if text.anchor != "start" else ""
    weight = ' font-weight="700"' if text.strong else ""
    colour = AXIS if text.quiet else TEXT
    return (
        f'<text x="{_number(text.at[0])}" y="{_number(text.at[1])}" fill="{colour}"'
        f"{anchor}{weight}>{escape(text.text)}</text>"
    )
