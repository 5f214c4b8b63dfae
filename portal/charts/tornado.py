"""The layout of a tornado: bars across, to both sides of the figure as it is."""

from __future__ import annotations

from collections.abc import Callable

from portal.charts import scales
from portal.charts.data import Tornado
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
from portal.charts.frame import key

_TALL, _BETWEEN, _WIDE = 22, 12, 600


def tornado(chart: Tornado, width: int) -> Drawing:
    """Lay out a tornado of a width, in pixels; it takes what height it needs. On narrow drawings
    the names stand above their bars.
    """
    wide = width >= _WIDE
    drawing = Drawing(chart.title, width, 0)
    names = min(max((width_of(each) for each in chart.labels), default=0) + 10, width * 0.38)
    left, right = (names if wide else 0.0) + 62, width - 66.0
    down = first = key(drawing, [group.name for group in chart.groups], 0) + SIZE + 14
    low, high = _ends(chart)

    def across(value: float) -> float:
        return left + (value - low) / (high - low) * (right - left)

    under = len(drawing.shapes)
    for number, label in enumerate(chart.labels):
        lines = lines_of(label, names - 10 if wide else width - 10.0)
        tall = max(_TALL, len(lines) * (SIZE + 2)) if wide else _TALL
        if wide:
            put_text(drawing, (names - 8, down + tall / 2), lines, "end")
        else:
            put_text(drawing, (0, down + (SIZE + 2) * len(lines) / 2), lines)
            down += (SIZE + 2) * len(lines) + 4
        _bar(drawing, chart, number, down + (tall - _TALL) / 2, across)
        down += tall + _BETWEEN
    at = across(chart.middle)
    words = f"{chart.middle_text}: {scales.short(chart.middle, chart.scale)}"
    half = width_of(words) / 2
    place = min(max(at, half), width - half)
    drawing.add(Path(((at, first - 6), (at, down - _BETWEEN / 2)), AXIS, 1.5))
    drawing.add(Text((place, first - 12), words, "middle", strong=True))
    if low <= 0 <= high and abs(across(0) - at) > 1:
        nothing = across(0)
        drawing.shapes.insert(under, Path(((nothing, first - 6), (nothing, down)), GRID, 1.5))
        drawing.add(
            Text((nothing, down + SIZE), scales.short(0, chart.scale), "middle", quiet=True)
        )
        down += SIZE + 6
    drawing.height = max(down + 4, 40)
    return drawing


def _ends(chart: Tornado) -> tuple[float, float]:
    known = [v for group in chart.groups for v in group.values if v is not None]
    low, high = min([*known, chart.middle]), max([*known, chart.middle])
    return (low, high) if high > low else (low - 1, high + 1)


def _bar(
    drawing: Drawing, chart: Tornado, number: int, down: float, across: Callable[[float], float]
) -> None:
    middle = across(chart.middle)
    for colour, group in zip(COLOURS, chart.groups, strict=False):
        value = group.values[number]
        if value is None:
            continue
        end = across(value)
        if abs(end - middle) >= 0.5:
            drawing.add(Box((min(middle, end), down), abs(end - middle), _TALL, colour))
        words = scales.short(value, chart.scale)
        outward = value > chart.middle
        if value != chart.middle:
            place = (end + 6, "start") if outward else (end - 6, "end")
            drawing.add(Text((place[0], down + _TALL * 0.7), words, place[1]))
