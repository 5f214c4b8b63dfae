"""The layout of a heat map: a row for each name, a column for each group."""

from __future__ import annotations

from portal.charts import scales
from portal.charts.data import HeatMap
from portal.charts.drawing import SIZE, Box, Drawing, Text, lines_of, put_text

#: From little to much; black words can be read on each.
SHADES = ("#f3f2f1", "#d2e2f1", "#a9cbe6", "#82b2d9", "#5b9acb")
_TALL, _HEAD, _LEAST = 30, 3, 58


def shade(value: float, most: float) -> str:
    """The colour of a value between 0 and the most there is."""
    part = value / most if most else 0.0
    return SHADES[min(int(part * len(SHADES)), len(SHADES) - 1)]


def heat(chart: HeatMap, width: int) -> Drawing:
    """Lay out a heat map, at least so wide, in pixels, and as high as it has rows."""
    names = 210.0 if width >= 600 else 110.0
    many = max(len(chart.groups), 1)
    step = max((width - names - 10) / many, _LEAST)
    top = _HEAD * (SIZE + 2) + 8.0
    drawing = Drawing(chart.title, names + step * many + 10, top + _TALL * len(chart.labels) + 10)
    known = [v for group in chart.groups for v in group.values if v is not None]
    most = max(known, default=0.0)
    for column, group in enumerate(chart.groups):
        middle = names + (column + 0.5) * step
        put_text(drawing, (middle, top / 2), lines_of(group.name, step - 4, _HEAD), "middle")
    for row, label in enumerate(chart.labels):
        down = top + row * _TALL
        put_text(drawing, (names - 8, down + _TALL / 2), lines_of(label, names - 12, 1), "end")
        for column, group in enumerate(chart.groups):
            value, left = group.values[row], names + column * step
            if value is not None:
                fill = shade(value, most)
                drawing.add(Box((left, down), step - 2, _TALL - 2, fill))
                text = scales.short(value, chart.scale)
                at = left + step / 2 - 1, down + _TALL / 2 + SIZE * 0.3
                drawing.add(Text(at, text, "middle"))
    return drawing
