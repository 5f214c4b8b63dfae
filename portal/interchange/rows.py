"""The cells of one row, read strictly: what every format needs.

A reader takes (column, cell) and gives the value, or raises Invalid. `Row.get` lets that through,
for cells without which the row cannot stand; `Row.put` sets only the cell aside.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from portal.catalogue.rules.cleaners import NAME_LIMIT, Document, plain_text, web_address
from portal.catalogue.rules.importing import Aside
from portal.errors import Invalid
from portal.interchange.tables import Table

Reader = Callable[[str, str], Any]
#: What published files write where they have nothing to say.
NOTHING = ("", "-", "n/a", "[not provided]", "not provided")
NUMBER = re.compile(r"\d{1,3}(,\d{3})*|\d+", re.ASCII)
LIMIT = 10**15


@dataclass(slots=True)
class Row:
    """One row being read; complaints go to its table with their place.

    Attributes:
        fields: what the row says of its record so far.
    """

    table: Table
    line: int
    cells: dict[str, str]
    fields: Document = field(default_factory=dict)

    def get(self, column: str, reader: Reader) -> Any:
        """A cell's value, None where it says nothing or there is no such column.

        Raises:
            Invalid: the cell is not valid.
        """
        return reader(column, self.cells.get(column, ""))

    def need(self, column: str, reader: Reader) -> Any:
        """A cell's value; raises Invalid for a cell that is not valid or says nothing."""
        value = self.get(column, reader)
        if value is None:
            raise Invalid(column, "This is needed")
        return value

    def put(self, name: str, column: str, reader: Reader) -> None:
        """Let a column speak of a field. Where the table lacks it or the cell is not valid, the
        row says nothing of the field, so that what the record says stays.
        """
        if column not in self.cells:
            return
        try:
            self.fields[name] = self.get(column, reader)
        except Invalid as problem:
            self.aside(column, problem.message)

    def aside(self, column: str, reason: str) -> None:
        """Keep a cell that is not accepted."""
        value = self.cells.get(column, "")[:300]
        self.table.aside.append(Aside(self.table.name, self.line, column[:300], value, reason))

    def half(self, column: str) -> bool:
        """Whether the file ends in this cell, which may therefore be cut off."""
        return self.line == self.table.unfinished and column == self.table.columns[-1]


def text(limit: int = 20_000) -> Reader:
    """Reads text on one line, None where it says nothing."""

    def read(column: str, cell: str) -> str | None:
        value = " ".join(cell.split())
        return None if value.lower() in NOTHING else plain_text(column, value, limit)

    return read


def called(column: str, cell: str) -> str | None:
    """Reads a name. Characters that nobody sees would make two of one name; a soft hyphen says only
    where a line may break, and is dropped.
    """
    value: str | None = text(NAME_LIMIT)(column, cell.replace("\N{SOFT HYPHEN}", ""))
    if value and not value.isprintable() and any(unicodedata.category(c) == "Cf" for c in value):
        raise Invalid(column, "This must not include invisible characters")
    return value


def address(column: str, cell: str) -> str | None:
    """Reads a web address."""
    return web_address(column, text()(column, cell))


def number(column: str, cell: str) -> int | None:
    """Reads a whole number, with or without commas between thousands."""
    if cell.lower() in NOTHING:
        return None
    if not NUMBER.fullmatch(cell):
        raise Invalid(column, "This is not a whole number")
    digits = cell.replace(",", "").lstrip("0") or "0"
    if len(digits) > 15:
        raise Invalid(column, f"This must be less than {LIMIT:,}")
    return int(digits)


def owner(role: str, name: str | None) -> Document:
    """An owner of a service by the name published; the import finds the organisation."""
    return {
        "role": role, "organisation": None, "published_name": name, "since": None, "until": None,
        "source": None,
    }  # fmt: skip
