"""Rows of files that come as CSV or as JSON: the published list of objects, with or without
`{"items": [...]}` around it. Columns are found by their names, however these are written.
"""

from __future__ import annotations

import csv
import json
import re
from collections.abc import Iterator
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

from portal.catalogue.rules.importing import Aside
from portal.errors import Invalid
from portal.interchange.rows import LIMIT, NOTHING
from portal.interchange.tables import MAX_CELL, Table, contents, read_table

ISO = re.compile(r"(\d{4}-\d\d-\d\d)(?:[T ][0-9:.]+(?:Z|[+-]\d\d:?\d\d)?)?", re.ASCII)
FIGURE = re.compile(r"£?((?:\d{1,3}(?:,\d{3})+|\d+)(?:\.\d{1,4})?)", re.ASCII)
ITEMS = "items"


def read(path: Path) -> tuple[Table, Iterator[tuple[int, dict[str, str]]]]:
    """A file's table, and its rows as they are asked for: (line or entry, cells by column).

    Raises:
        Invalid: the file cannot be read as a table, or as JSON with a list of objects.
    """
    _, raw = contents(path)
    if raw.removeprefix(b"\xef\xbb\xbf").lstrip()[:1] in (b"[", b"{"):
        return _json(path)
    table = read_table(path, (), "\t" if path.suffix.lower() == ".tsv" else ",")
    table.columns = [_plain(column) for column in table.columns]
    table.once(column for column in table.columns if column)
    return table, table.rows()


def _plain(column: str) -> str:
    """A column's name as it is compared and kept: `Live services` is `live_services`."""
    return re.sub(r"[\s-]+", "_", column.strip().lower())


def _json(path: Path) -> tuple[Table, Iterator[tuple[int, dict[str, str]]]]:
    name, raw = contents(path)
    try:
        found = json.loads(raw.decode("utf-8-sig"), parse_float=Decimal)
    except UnicodeDecodeError as problem:
        raise Invalid(name, f"{name} is not UTF-8 text, as JSON must be") from problem
    except json.JSONDecodeError as problem:
        where = f"line {problem.lineno}, column {problem.colno}"
        raise Invalid(name, f"{name} is not JSON: {problem.msg} at {where}") from problem
    except (RecursionError, ValueError) as problem:  # nested too deep, a number too long
        raise Invalid(name, f"{name} is not a list of objects") from problem
    if isinstance(found, dict):
        found = found.get(ITEMS)
    if not isinstance(found, list):
        raise Invalid(name, f'{name} must be a JSON list of objects, or have one as "items"')
    if not found:
        raise Invalid(name, f"{name} has no entries")
    rows = [row for row in found if isinstance(row, dict)]
    columns = list(dict.fromkeys(_plain(column) for row in rows for column in row))
    table = Table(name, columns, "UTF-8", [], None, csv.reader(()))
    return table, _entries(table, found)


def _entries(table: Table, found: list[Any]) -> Iterator[tuple[int, dict[str, str]]]:
    nested = set[str]()
    for place, row in enumerate(found, start=1):
        table.read += 1
        reason = None
        if not isinstance(row, dict):
            reason = "This entry is not an object"
        elif len({_plain(column) for column in row}) < len(row):
            reason = "The entry has two keys of one name"
        elif any(len(str(value)) > MAX_CELL for value in row.values()):
            reason = f"A value is longer than {MAX_CELL:,} characters"
        if reason:
            table.aside.append(Aside(table.name, place, None, str(row)[:300], reason))
            continue
        cells = {_plain(column): value for column, value in row.items()}
        for column, value in cells.items():
            if isinstance(value, dict | list | bool):
                cells[column] = None
                if column not in nested:  # once for all entries that have it
                    nested.add(column)
                    why = "Values must be text, numbers or nothing, so it is not kept"
                    table.aside.append(Aside(table.name, place, column, str(value)[:300], why))
        yield place, {column: _cell(cells.get(column)) for column in table.columns}


def _cell(value: object) -> str:
    if isinstance(value, Decimal) and value.is_finite() and value == value.to_integral_value():
        value = f"{value:.0f}"
    return "" if value is None else str(value).strip()


def day(column: str, cell: str) -> str | None:
    """Reads a day, with or without a time after it, as an ISO date; None where it says nothing."""
    if cell.lower() in NOTHING:
        return None
    found = ISO.fullmatch(cell)
    try:
        return date.fromisoformat(found[1] if found else "").isoformat()
    except ValueError:
        raise Invalid(column, "Use a date as year-month-day, like 2026-05-03") from None


def figure(column: str, cell: str) -> int | float | None:
    """Reads a figure of 0 or more, with or without commas and a pound sign; None for nothing."""
    if cell.lower() in NOTHING:
        return None
    found = FIGURE.fullmatch(cell)
    if found is None:
        raise Invalid(column, "This is not a number of 0 or more")
    value = Decimal(found[1].replace(",", ""))
    if value >= LIMIT:
        raise Invalid(column, f"This must be less than {LIMIT:,}")
    return int(value) if value == value.to_integral_value() else float(value)


def is_figure(cell: str) -> bool:
    """Whether a cell holds a number."""
    return FIGURE.fullmatch(cell.removeprefix("-")) is not None


def not_after(today: date, column: str, value: str) -> str:
    """A day that has come; raises Invalid for one that has not."""
    if value > today.isoformat():
        raise Invalid(column, "This day has not come yet")
    return value


def same(table: Table, line: int) -> str:
    """Where in the file something stood before."""
    return f"{'entry' if table.unfinished is None and not table.reader.line_num else 'line'} {line}"
