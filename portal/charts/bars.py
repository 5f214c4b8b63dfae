"""The layout of bars: upright by period, or across with long names."""

from __future__ import annotations

from math import ceil

from portal.charts import scales
from portal.charts.data import BarChart, Bars, Scale
from portal.charts.drawing import (
    AXIS,
    COLOURS,
    Box,
    Drawing,
    Path,
    Text,
    lines_of,
    put_text,
    width_of,
)
from portal.charts.frame import Frame, beside, close_frame, is_wide, key, open_frame

Stack = list[tuple[int, float, float]]
_BAR, _BETWEEN = 20, 14
#: Where there is no value: words would not fit below a bar.
_GAP = "–"


def bars(chart: BarChart, size: tuple[int, int]) -> Drawing:
    """Lay out bars in a drawing of a width, in pixels; those across take what height they need."""
    return _lying(chart, size[0]) if chart.across else _upright(chart, size)


def stacks(chart: BarChart) -> list[Stack | None]:
    """For each label, its parts as (number of the group, from, to); None where nothing is drawn."""
    found: list[Stack | None] = []
    for values in zip(*(group.values for group in chart.groups), strict=True):
        if chart.kind is Bars.GROUPED:
            found.append([(i, 0.0, v) for i, v in enumerate(values) if v is not None] or None)
            continue
        known = [value for value in values if value is not None]
        whole = sum(known) if chart.kind is Bars.SHARES else 1.0
        if len(known) < len(values) or not whole:
            found.append(None)
            continue
        stack, at = Stack(), 0.0
        for number, value in enumerate(known):
            stack.append((number, at, at + value / whole))
            at += value / whole
        found.append(stack)
    return found


def _top(chart: BarChart, found: list[Stack | None]) -> tuple[float, float, Scale]:
    if chart.kind is Bars.SHARES:
        return 1.0, 0.2, Scale.SHARE
    ends = [end for stack in found if stack for _, _, end in stack]
    return *scales.top_of(max(ends, default=1) or 1, chart.scale), chart.scale


def _upright(chart: BarChart, size: tuple[int, int]) -> Drawing:
    drawing = Drawing(chart.title, *size)
    found = stacks(chart)
    names = [group.name for group in chart.groups] if len(chart.groups) > 1 else []
    grouped = chart.kind is Bars.GROUPED
    frame = open_frame(drawing, names, _top(chart, found), over=grouped)
    slot = (frame.right - frame.left) / max(len(chart.labels), 1)
    for number, stack in enumerate(found):
        _one(drawing, frame, (frame.left + number * slot, slot), stack, chart)
    close_frame(drawing, frame)
    _below(drawing, chart, frame, slot)
    if names and not grouped and is_wide(drawing):
        beside(drawing, frame, _ends(chart, found, frame))
    return drawing


def _one(
    drawing: Drawing, frame: Frame, place: tuple[float, float], stack: Stack | None, chart: BarChart
) -> None:
    """Draw what stands above one label: `place` is where its room begins, and how wide it is."""
    left, slot = place
    many = len(chart.groups) if chart.kind is Bars.GROUPED else 1
    wide = min(slot * 0.75 / many, 48)
    start = left + (slot - wide * many) / 2
    for number, low, high in stack or ():
        x = start + number % many * wide
        top, bottom = frame.down(high), frame.down(low)
        drawing.add(Box((x, top), max(wide - 1, 1), bottom - top, COLOURS[number]))
    there = {number % many for number, _, _ in stack or ()}
    for number in set(range(many)) - there:
        x = start + (number + 0.5) * wide
        drawing.add(Text((x, frame.bottom - 4), _GAP, "middle", quiet=True))


def _below(drawing: Drawing, chart: BarChart, frame: Frame, slot: float) -> None:
    widest = max((width_of(label) for label in chart.labels), default=0) + 8
    every, free = max(1, ceil(widest / slot)), 0.0
    for number in range(0, len(chart.labels), every):
        label = chart.labels[number]
        middle = frame.left + (number + 0.5) * slot
        half = width_of(label) / 2
        x = min(max(middle, half), drawing.width - half)
        if x - half < free:  # pushed in from the edge, over the one before
            continue
        free = x + half + 8
        drawing.add(Text((x, frame.bottom + 22), label, "middle", quiet=True))


def _ends(chart: BarChart, found: list[Stack | None], frame: Frame) -> list[tuple[int, str, float]]:
    """The names beside the last bar, each at the middle of its part."""
    last = next((stack for stack in reversed(found) if stack), [])
    at = {number: frame.down((low + high) / 2) for number, low, high in last}
    return [(i, group.name, at.get(i, frame.bottom)) for i, group in enumerate(chart.groups)]


def _lying(chart: BarChart, width: int) -> Drawing:
    found = stacks(chart)
    most, _, scale = _top(chart, found)
    many = len(chart.groups) if chart.kind is Bars.GROUPED else 1
    wide = width >= 600
    room = min(max((width_of(label) for label in chart.labels), default=0) + 10,
               width * 0.42 if wide else width - 30)  # fmt: skip
    drawing = Drawing(chart.title, width, 0)
    down = key(drawing, [g.name for g in chart.groups], 10) + 10 if len(chart.groups) > 1 else 10.0
    left, right = (room if wide else 10.0), width - 75.0
    first = down
    for label, stack in zip(chart.labels, found, strict=True):
        lines = lines_of(label, room)
        tall = max(many * _BAR, len(lines) * 17 if wide else 0)
        if wide:
            put_text(drawing, (left - 8, down + tall / 2), lines, "end")
        else:
            put_text(drawing, (left, down + 8.5 * len(lines)), lines)
            down += 17 * len(lines) + 2
        _lie(drawing, (left, right, down + (tall - many * _BAR) / 2), stack, (most, scale), many)
        down += tall + _BETWEEN
    if wide:
        drawing.add(Path(((left, first), (left, down - _BETWEEN / 2)), AXIS, 1.5))
    drawing.height = max(down, 40)
    return drawing


def _lie(
    drawing: Drawing, place: tuple[float, float, float], stack: Stack | None,
    axis: tuple[float, Scale], many: int,
) -> None:  # fmt: skip
    left, right, down = place
    (most, scale), there = axis, set()
    for number, low, high in stack or ():
        at = left + low / most * (right - left)
        end = left + high / most * (right - left)
        there.add(number % many)
        top = down + number % many * _BAR
        drawing.add(Box((at, top), max(end - at, 0), _BAR - 2, COLOURS[number]))
        whole = scale is not Scale.SHARE and stack is not None and number == stack[-1][0]
        if many > 1 or whole:
            drawing.add(Text((end + 6, top + _BAR * 0.7), scales.short(high, scale)))
    for number in set(range(many)) - there:
        drawing.add(Text((left + 6, down + (number + 0.75) * _BAR), _GAP, quiet=True))
