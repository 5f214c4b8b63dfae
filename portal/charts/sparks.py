"""Sparklines: the shape of a series beside its newest value, without axes."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

WIDTH, HEIGHT, _EDGE = 120, 30, 4


@dataclass(frozen=True, slots=True)
class Spark:
    """A path from 0 on with its gaps, and where the newest value stands, if there is one."""

    path: str
    end: tuple[float, float] | None
    width: int = WIDTH
    height: int = HEIGHT


def spark(values: Sequence[float | None]) -> Spark | None:
    """The sparkline of a series, the oldest first; None where fewer than two have a value."""
    known = [each for each in values if each is not None]
    if len(known) < 2:
        return None
    most, step = max(known) or 1.0, (WIDTH - 2 * _EDGE) / (len(values) - 1)
    places = [
        None
        if each is None
        else (
            round(_EDGE + i * step, 1),
            round(HEIGHT - _EDGE - max(each, 0) / most * (HEIGHT - 2 * _EDGE), 1),
        )
        for i, each in enumerate(values)
    ]
    path, before = "", False
    for place in places:
        if place is not None:
            path += f"{'L' if before else 'M'}{place[0]} {place[1]}"
        before = place is not None
    return Spark(path, places[-1])
