"""What a sheet can hold."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import TypeVar

Row = TypeVar("Row")
#: Rows of a table. A sheet can have 1,048,576; this many take a process most of a minute.
MOST_ROWS = 600_000
#: Characters of a cell.
MOST_TEXT = 32_767


class TooManyRows(ValueError):
    """A table has more rows than a sheet can hold."""


def counted(rows: Iterable[Row]) -> Iterator[tuple[int, Row]]:
    """The rows with their numbers from 0 on. Raises TooManyRows."""
    for at, row in enumerate(rows):
        if at >= MOST_ROWS:
            raise TooManyRows
        yield at, row
