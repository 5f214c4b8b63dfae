"""What a chart shows. All of it is hashable, so that a drawing can be kept by its data."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

#: More categories than these are small multiples, or a table.
MOST = 4


class Scale(StrEnum):
    """What the axis counts in."""

    COUNT = "count"
    POUNDS = "pounds"
    SHARE = "share"


@dataclass(frozen=True, slots=True)
class Point:
    """A value at a day; None is a gap, and `note` says why or what is special about it. No line
    leads to one that stands `alone`. `said` is it in words where it is no exact number.
    """

    at: date
    value: float | None
    provisional: bool = False
    note: str = ""
    alone: bool = False
    said: str = ""


@dataclass(frozen=True, slots=True)
class Series:
    """A line: its name and its points, the oldest first. A period without a value is a point
    without one, or the line would lead over it.
    """

    name: str
    points: tuple[Point, ...]


@dataclass(frozen=True, slots=True)
class Mark:
    """A word in the drawing: beside a line across at a day, or at a value where `value` says so."""

    at: date
    text: str
    value: float | None = None


@dataclass(frozen=True, slots=True)
class Lines:
    """Lines over time, from 0 on or by powers of ten.

    Attributes:
        title: what the file is called; the page shows it above the drawing.
        target: a line across, and `target_text` beside it.
        top: the end of the axis, for drawings on a shared scale; else it follows the values.
        log: each line across is ten times the one below; what is not above 0 has no place.
        least: a value above 0 that such an axis begins at or below, for drawings on a shared scale.
    """

    title: str
    series: tuple[Series, ...]
    scale: Scale = Scale.COUNT
    marks: tuple[Mark, ...] = ()
    target: float | None = None
    target_text: str = ""
    top: float | None = None
    language: str = "en"
    log: bool = False
    least: float | None = None

    def __post_init__(self) -> None:
        """Raises ValueError for more lines than can be told apart."""
        _few(self.series)


@dataclass(frozen=True, slots=True)
class Group:
    """A category of bars: its name, and a value for each label; None is a gap, and `notes` say why
    where that is known, or what a value leaves out: one for each label, or none at all.
    """

    name: str
    values: tuple[float | None, ...]
    notes: tuple[str, ...] = ()

    def note(self, number: int) -> str:
        """What is said of a value, or why there is none; empty where nobody said."""
        return self.notes[number] if self.notes else ""


class Bars(StrEnum):
    """How bars of several groups stand."""

    GROUPED = "grouped"
    STACKED = "stacked"
    #: Each bar is a whole, and the parts are shares of it.
    SHARES = "shares"


@dataclass(frozen=True, slots=True)
class BarChart:
    """Bars from 0 on: upright by period, or `across` with names as long as they are.

    A stack of which a part is missing is not drawn: it would be too small.
    """

    title: str
    labels: tuple[str, ...]
    groups: tuple[Group, ...]
    kind: Bars = Bars.GROUPED
    scale: Scale = Scale.COUNT
    across: bool = False
    language: str = "en"

    def __post_init__(self) -> None:
        """Raises ValueError for more groups than can be told apart, or a value or note too few."""
        _few(self.groups)
        many = len(self.labels)
        if any(len(g.values) != many or len(g.notes) not in (0, many) for g in self.groups):
            raise ValueError("each group needs a value for each label, and notes for all or none")


@dataclass(frozen=True, slots=True)
class HeatMap:
    """A table whose cells are darker the more they say: rows with a name each, and columns.

    A cell without a value stays empty; each that has one says it.
    """

    title: str
    labels: tuple[str, ...]
    groups: tuple[Group, ...]
    scale: Scale = Scale.SHARE
    language: str = "en"

    def __post_init__(self) -> None:
        """Raises ValueError for a value too few."""
        if any(len(group.values) != len(self.labels) for group in self.groups):
            raise ValueError("each column needs a value for each row")


@dataclass(frozen=True, slots=True)
class Tornado:
    """What each of several things alone does to a figure: bars across, from the figure as it is to
    where it would be with that thing at one end and at the other.

    Attributes:
        labels: the things, that which does most first.
        groups: the ends, two: what they are called, and the figure at them.
        middle: the figure as it is, and `middle_text` beside it.
    """

    title: str
    labels: tuple[str, ...]
    groups: tuple[Group, Group]
    middle: float
    middle_text: str
    scale: Scale = Scale.POUNDS
    language: str = "en"

    def __post_init__(self) -> None:
        """Raises ValueError for a value too few."""
        if any(len(group.values) != len(self.labels) for group in self.groups):
            raise ValueError("each end needs a value for each label")


Chart = Lines | BarChart | HeatMap | Tornado


def _few(parts: tuple[object, ...]) -> None:
    if len(parts) > MOST:
        raise ValueError(f"at most {MOST} can be told apart: make small multiples")


def digest(chart: Chart) -> str:
    """What the drawing depends on, as a short text."""
    return hashlib.sha256(repr(chart).encode()).hexdigest()[:24]
