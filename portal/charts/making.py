"""The files of a chart, kept in memory by its data: a chart that did not change is drawn once."""

from __future__ import annotations

from functools import lru_cache
from typing import Literal

from portal.charts.bars import bars
from portal.charts.data import Chart, HeatMap, Lines, Tornado
from portal.charts.drawing import Drawing, titled
from portal.charts.frame import NARROW, WIDE
from portal.charts.heat import heat
from portal.charts.lines import lines
from portal.charts.png import png
from portal.charts.svg import svg
from portal.charts.tornado import tornado

#: At most so many files of some 10 to 60 KB.
_KEPT = 128


def layout(chart: Chart, narrow: bool = False) -> Drawing:
    """The drawing of a chart, for wide screens or narrow ones."""
    size = NARROW if narrow else WIDE
    if isinstance(chart, HeatMap):
        return heat(chart, size[0])
    if isinstance(chart, Tornado):
        return tornado(chart, size[0])
    return lines(chart, size) if isinstance(chart, Lines) else bars(chart, size)


@lru_cache(maxsize=_KEPT)
def picture(chart: Chart, unit: str, narrow: bool = False) -> Drawing:
    """The drawing with its title, and what it counts: so that a file says alone what it shows. It
    is not to be changed.
    """
    return titled(layout(chart, narrow), unit)


@lru_cache(maxsize=_KEPT)
def sizes(chart: Chart, unit: str) -> tuple[tuple[int, int], tuple[int, int]]:
    """Width and height of its drawing for wide screens, and of that for narrow ones, in pixels."""
    wide, small = picture(chart, unit), picture(chart, unit, narrow=True)
    return (int(wide.width), int(wide.height)), (int(small.width), int(small.height))


@lru_cache(maxsize=_KEPT)
def made(chart: Chart, kind: Literal["svg", "png"], narrow: bool = False, unit: str = "") -> bytes:
    """The file of a chart; the same data gives the same bytes."""
    drawing = picture(chart, unit, narrow)
    return png(drawing) if kind == "png" else svg(drawing)
