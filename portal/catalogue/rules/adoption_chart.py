"""The drawing of adoption over time: lines in a frame, with round figures beside them.

All lengths are pixels of the drawing; the page scales or scrolls it.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from math import ceil

WIDTH, HEIGHT = 720, 340
LEFT, TOP, RIGHT, BOTTOM = 70, 20, 20, 40
#: Lines across the frame, at most.
STEPS = 5
#: Years between marks below, so that their names have room.
MARKS = 8
Figure = int | float
#: The figures of one measure by day, the oldest first; None for a day without one.
Series = Sequence[tuple[date, Figure | None]]


@dataclass(frozen=True, slots=True)
class Line:
    """A measure as a path; `dots` are days without a neighbour, which a line cannot show."""

    measure: str
    path: str
    dots: list[tuple[float, float]]
    first: tuple[date, Figure]
    last: tuple[date, Figure]


@dataclass(frozen=True, slots=True)
class Chart:
    """The drawing: its lines, and where which figure and year stand."""

    lines: list[Line]
    figures: list[tuple[float, int]]
    years: list[tuple[float, int]]
    width: int = WIDTH
    height: int = HEIGHT
    left: int = LEFT
    right: int = WIDTH - RIGHT
    top: int = TOP
    bottom: int = HEIGHT - BOTTOM


def top_of(most: Figure) -> tuple[int, int]:
    """The round figure at the top of the frame, and the step between lines across it."""
    unit = 1
    while True:
        for step in (unit, 2 * unit, 5 * unit):
            if step * STEPS >= most:
                return max(1, ceil(most / step)) * step, step
        unit *= 10


def draw(series: Mapping[str, Series]) -> Chart | None:
    """Draw measures in one frame from 0 on; None where no day has a figure of any."""
    said = {
        measure: [(day, value) for day, value in rows if value is not None]
        for measure, rows in series.items()
    }
    known = [row for rows in said.values() for row in rows]
    if not known:
        return None
    first, last = min(day for day, _ in known), max(day for day, _ in known)
    top, step = top_of(max(value for _, value in known))
    days = max((last - first).days, 1)

    def x(day: date) -> float:
        part = (day - first).days / days if last > first else 0.5
        return round(LEFT + part * (WIDTH - LEFT - RIGHT), 1)

    def y(value: Figure) -> float:
        return round(HEIGHT - BOTTOM - value / top * (HEIGHT - TOP - BOTTOM), 1)

    lines = []
    for measure, rows in series.items():
        if said[measure]:
            runs = _runs([(x(day), None if value is None else y(value)) for day, value in rows])
            path = "".join(
                "M" + "L".join(f"{across} {down}" for across, down in run)
                for run in runs
                if len(run) > 1
            )
            dots = [run[0] for run in runs if len(run) == 1]
            lines.append(Line(measure, path, dots, said[measure][0], said[measure][-1]))
    every = -(-(last.year - first.year + 1) // MARKS)
    years = [
        (x(date(year, 1, 1)), year)
        for year in range(first.year + 1, last.year + 1)
        if (year - first.year - 1) % every == 0
    ]
    return Chart(lines, [(y(value), value) for value in range(0, top + 1, step)], years)


def _runs(points: list[tuple[float, float | None]]) -> list[list[tuple[float, float]]]:
    """Points that follow each other without a gap."""
    runs: list[list[tuple[float, float]]] = [[]]
    for across, down in points:
        if down is not None:
            runs[-1].append((across, down))
        elif runs[-1]:
            runs.append([])
    return [run for run in runs if run]
