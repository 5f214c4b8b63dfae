"""The layout of lines over time."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date

from portal.charts import scales
from portal.charts.data import Lines, Mark, Point, Series
from portal.charts.drawing import (
    AXIS,
    COLOURS,
    SIZE,
    TEXT,
    At,
    Dot,
    Drawing,
    Path,
    Text,
    width_of,
)
from portal.charts.frame import Frame, beside, close_frame, is_wide, open_frame

Across = Callable[[date], float]
_ROW = SIZE + 5


def lines(chart: Lines, size: tuple[int, int]) -> Drawing:
    """Lay out lines in a drawing of a size, in pixels; without any value, an empty frame."""
    drawing = Drawing(chart.title, *size)
    numbers = [p.value for each in chart.series for p in each.points if p.value is not None]
    axis = *scales.top_of(_most(chart, numbers), chart.scale), chart.scale
    flags = [mark for mark in chart.marks if mark.value is None]
    names = [each.name for each in chart.series] if len(chart.series) > 1 else []
    frame = open_frame(
        drawing, names, axis, above=_rows(flags) * _ROW, powers=_powers(chart, numbers)
    )
    across = _across(chart, frame)
    _days(drawing, chart, frame, across)
    _flags(drawing, flags, frame, across)
    if chart.target is not None:
        _target(drawing, chart, frame)
    ends = []
    for number, series in enumerate(chart.series):
        last = _line(drawing, series, COLOURS[number], frame, across)
        if last is not None:
            ends.append((number, series.name, last))
    close_frame(drawing, frame)
    if names and is_wide(drawing):
        beside(drawing, frame, ends)
    _milestones(drawing, chart.marks, frame, across)
    return drawing


def _most(chart: Lines, numbers: list[float]) -> float:
    return chart.top or max([*numbers, chart.target or 0]) or 1


def _powers(chart: Lines, numbers: list[float]) -> list[float]:
    there = [each for each in [*numbers, chart.least or 0] if each > 0]
    return scales.powers(min(there), _most(chart, there)) if chart.log and there else []


def _across(chart: Lines, frame: Frame) -> Across:
    days = [point.at for each in chart.series for point in each.points]
    first, last = min(days, default=date.min), max(days, default=date.max)
    left, right = frame.left + 8, frame.right - 8

    def across(day: date) -> float:
        if last == first:
            return (left + right) / 2
        return left + (day - first).days / (last - first).days * (right - left)

    return across


def _days(drawing: Drawing, chart: Lines, frame: Frame, across: Across) -> None:
    days = sorted({point.at for each in chart.series for point in each.points})
    if not days:
        return
    most = int((frame.right - frame.left) / 85)
    for day, text in scales.days(days[0], days[-1], most, chart.language):
        x, half = across(day), width_of(text) / 2
        drawing.add(Path(((x, frame.bottom), (x, frame.bottom + 5)), AXIS, 1))
        x = min(max(x, half), drawing.width - half)
        drawing.add(Text((x, frame.bottom + 22), text, "middle", quiet=True))


def _line(
    drawing: Drawing, series: Series, colour: str, frame: Frame, across: Across
) -> float | None:
    """Draw a line with its gaps; returns the height of its last value."""
    places = [(point, _place(point, frame, across)) for point in series.points]
    runs: list[list[At]] = [[]]
    for point, place in places:
        if place is not None and point.alone:
            runs += [[place], []]
        elif place is not None:
            runs[-1].append(place)
        elif runs[-1]:
            runs.append([])
    for run in runs:
        if len(run) > 1:
            drawing.add(Path(tuple(run), colour))
        elif run:
            drawing.add(Dot(run[0], colour))
    for point, place in places:
        if place is not None and point.provisional:
            drawing.add(Dot(place, colour, hollow=True))
    drawn = [(place, point) for point, place in places if place is not None]
    if drawn and not drawn[-1][1].provisional:
        drawing.add(Dot(drawn[-1][0], colour))
    return drawn[-1][0][1] if drawn else None


def _place(point: Point, frame: Frame, across: Across) -> At | None:
    if frame.low and not point.value:
        return None
    return None if point.value is None else (across(point.at), frame.down(point.value))


def _rows(flags: list[Mark]) -> int:
    """Rows of words above the frame: two, so that words of neighbours can stand apart."""
    return min(len(flags), 2)


def _flags(drawing: Drawing, flags: list[Mark], frame: Frame, across: Across) -> None:
    rows, ends = _rows(flags), [float("-inf")] * 2
    for mark in sorted(flags, key=lambda each: each.at):
        x, half = across(mark.at), width_of(mark.text) / 2
        if not frame.left <= x <= frame.right:
            continue
        drawing.add(Path(((x, frame.top), (x, frame.bottom)), AXIS, 1, dashed=True))
        place = min(max(x, frame.left + half), drawing.width - half - 4)
        row = next((row for row in range(rows) if ends[row] < place - half), None)
        if row is not None:
            ends[row] = place + half + 4
            words = (place, frame.top - 6 - row * _ROW)
            drawing.add(Text(words, mark.text, "middle", strong=True))


def _target(drawing: Drawing, chart: Lines, frame: Frame) -> None:
    height = frame.down(chart.target or 0)
    drawing.add(Path(((frame.left, height), (frame.right, height)), TEXT, 1.5, dashed=True))
    drawing.add(Text((frame.left + 4, height - 6), chart.target_text, strong=True))


def _milestones(drawing: Drawing, marks: tuple[Mark, ...], frame: Frame, across: Across) -> None:
    """Dots on the line with words at their upper left, where the line has not been yet."""
    for mark in marks:
        if mark.value is not None:
            x, y = across(mark.at), frame.down(mark.value)
            drawing.add(Dot((x, y), TEXT, 5))
            room = x - frame.left > width_of(mark.text) + 12
            at = (x - 10, y - 6) if room else (x + 10, y + SIZE + 2)
            drawing.add(Text(at, mark.text, "end" if room else "start", strong=True))
