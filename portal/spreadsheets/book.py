"""What a spreadsheet file has in it, whatever its format; pages show the same tables."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from typing import NamedTuple

Value = str | int | float | date | None


class Kind(StrEnum):
    """What the cells of a column are."""

    TEXT = "text"
    COUNT = "count"
    POUNDS = "pounds"
    SHARE = "share"
    DAY = "day"


class Column(NamedTuple):
    """A column: the name that files of figures have for it, its header, and what is in it."""

    key: str
    title: str
    kind: Kind = Kind.TEXT


class Cell(NamedTuple):
    """A value, and the address that says where it comes from, empty where that is the row's."""

    value: Value
    href: str = ""


@dataclass(frozen=True, slots=True)
class Table:
    """A table; the first column names its rows.

    Attributes:
        key: names it in files of figures.
        rows: may come one by one, from a session of their own.
        note: what a reader has to know of it.
        empty: what a page says where there are no rows.
    """

    key: str
    title: str
    columns: Sequence[Column]
    rows: Iterable[Sequence[Cell]]
    note: str = ""
    empty: str = ""


@dataclass(frozen=True, slots=True)
class Book:
    """A file: a cover, notes, sources, and a sheet for each table.

    Attributes:
        about: what the cover says of it, such as the day and the run: (name, text).
        notes: what a reader has to know, a paragraph each.
        sources: what it rests on: (name, address).
        made: what it says of when it was made, so that the same content is the same bytes.
        many: it has so many rows that they are written one by one and never held.
    """

    title: str
    about: Sequence[tuple[str, str]]
    tables: Sequence[Table]
    notes: Sequence[str]
    sources: Sequence[tuple[str, str]]
    made: datetime
    many: bool = False
