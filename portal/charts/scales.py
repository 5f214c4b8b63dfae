"""Round figures beside an axis, years and months below it."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from math import ceil, floor, log10

from babel.dates import format_date

from portal.charts.data import Scale

#: Lines across the frame, at most.
STEPS = 5
_SHORT = ((1e12, "tn"), (1e9, "bn"), (1e6, "m"), (1e3, "k"))


def top_of(most: float, scale: Scale = Scale.COUNT) -> tuple[float, float]:
    """The round figure at the top of an axis from 0, and the step between its lines.

    Counts have no steps below 1; shares of up to a whole end at the whole.
    """
    if scale is Scale.SHARE and 0.5 < most <= 1:
        return 1.0, 0.2
    unit = 1.0 if scale is Scale.COUNT else 0.01
    while True:
        for step in (unit, 2 * unit, 5 * unit):
            if step * STEPS >= most:
                return max(1, ceil(round(most / step, 9))) * step, step
        unit *= 10


def powers(least: float, most: float) -> list[float]:
    """The powers of ten from the one below the least value to the one above the most."""
    low, high = floor(log10(least)), ceil(round(log10(most), 9))
    return [10.0**each for each in range(low, max(high, low + 1) + 1)]


def short(value: float, scale: Scale) -> str:
    """`1.5m`, `£20k`, `60%`: a figure beside an axis or a bar."""
    if scale is Scale.SHARE:
        return f"{_digits(round(value * 100, 1))}%"
    sign = "£" if scale is Scale.POUNDS else ""
    if sign and value < 0:
        return f"-{short(-value, scale)}"
    size = abs(value)
    for unit, name in _SHORT:
        if size >= unit:
            return f"{sign}{_digits(value / unit)}{name}"
    if scale is Scale.POUNDS and value != int(value):
        return f"{sign}{value:.2f}"
    return f"{sign}{_digits(value)}"


def _digits(value: float) -> str:
    return f"{value:.{2 if abs(value) < 10 else 1}f}".rstrip("0").rstrip(".")


def days(first: date, last: date, most: int, language: str) -> list[tuple[date, str]]:
    """Days to mark below an axis, at most so many: 1 January of years, or firsts of months."""
    if last.year - first.year >= 2 or (last - first).days > 600:
        years = list(range(first.year + (first > date(first.year, 1, 1)), last.year + 1))
        every = max(1, ceil(len(years) / max(most, 1)))
        return [(date(year, 1, 1), str(year)) for year in years[::every]]
    months = _months(first, last)
    every = max(1, ceil(len(months) / max(most, 1)))
    return [(day, format_date(day, "MMM y", locale=language)) for day in months[::every]]


def _months(first: date, last: date) -> list[date]:
    start, end = first.year * 12 + first.month - 1, last.year * 12 + last.month - 1
    found = [date(month // 12, month % 12 + 1, 1) for month in range(start, end + 1)]
    return [day for day in found if first <= day <= last] or [first]


def apart(wanted: Sequence[float], gap: float, low: float, high: float) -> list[float]:
    """Places near those wanted that are `gap` apart, between `low` and `high` as far as there is
    room, in the order of `wanted`.
    """
    order = sorted(range(len(wanted)), key=lambda i: wanted[i])
    placed = dict.fromkeys(order, 0.0)
    at = low - gap
    for i in order:
        at = placed[i] = max(wanted[i], at + gap)
    limit = high
    for i in reversed(order):
        placed[i] = min(placed[i], limit)
        limit = placed[i] - gap
    return [placed[i] for i in range(len(wanted))]
