"""Tables in files: encodings said aloud, sizes bounded, every complaint with its place."""

from __future__ import annotations

import csv
import io
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from portal.catalogue.rules.importing import Aside
from portal.errors import Invalid

if TYPE_CHECKING:
    import _csv

MAX_BYTES = 50 * 1024 * 1024
MAX_CELL = 100_000
csv.field_size_limit(MAX_CELL)


@dataclass(slots=True)
class Table:
    """A file read whole: its header and its rows as (line where the row ends, cells by column).

    Attributes:
        encoding: `UTF-8` or, where it was not that, `Windows-1252`.
        aside: rows whose number of cells does not fit the header.
    """

    name: str
    columns: list[str]
    rows: list[tuple[int, dict[str, str]]]
    encoding: str
    aside: list[Aside]


def read_table(path: Path, needed: Sequence[str], delimiter: str = ",") -> Table:
    """Read a CSV or TSV file with a header.

    Args:
        needed: columns that must be there; others may.
        delimiter: between cells. Tab-separated files have no quoting.

    Raises:
        Invalid: no such file, larger than 50 MB, empty, binary, cut off inside a quoted cell,
            a cell over 100,000 characters, or a column missing or there twice.
    """
    name = path.name
    text, encoding = _decoded(path)
    lines = io.StringIO(text, newline="")
    if delimiter == "\t":
        reader = csv.reader(lines, delimiter="\t", quoting=csv.QUOTE_NONE, strict=True)
    else:
        reader = csv.reader(lines, delimiter=delimiter, strict=True)
    try:
        header = next(reader, None)
        if header is None or not any(cell.strip() for cell in header):
            raise Invalid(name, f"{name} is empty")
        columns = [cell.strip() for cell in header]
        _check_columns(name, columns, needed)
        rows, aside = _rows(name, reader, columns)
        if encoding != "UTF-8":
            aside.insert(0, Aside(name, None, None, None, f"Read as {encoding}: it is not UTF-8"))
    except csv.Error as problem:
        raise Invalid(name, f"{name}, line {reader.line_num}: {_plain(problem)}") from problem
    return Table(name, columns, rows, encoding, aside)


def _decoded(path: Path) -> tuple[str, str]:
    name = path.name
    try:
        size = path.stat().st_size
        if size > MAX_BYTES:
            raise Invalid(name, f"{name} is larger than {MAX_BYTES // 2**20} MB")
        raw = path.read_bytes()
    except OSError as problem:
        reason = problem.strerror or "it cannot be opened"
        raise Invalid(name, f"{name} cannot be read: {reason}") from problem
    if b"\0" in raw:
        raise Invalid(name, f"{name} is not a text file")
    try:
        return raw.decode("utf-8-sig"), "UTF-8"
    except UnicodeDecodeError as problem:
        try:
            return raw.decode("cp1252"), "Windows-1252"
        except UnicodeDecodeError:
            line = raw[: problem.start].count(b"\n") + 1
            message = f"{name}, line {line}: neither UTF-8 nor Windows-1252 text"
            raise Invalid(name, message) from problem


def _check_columns(name: str, columns: list[str], needed: Sequence[str]) -> None:
    missing = [column for column in needed if column not in columns]
    if missing:
        raise Invalid(name, f"{name} has no column {' and no column '.join(map(repr, missing))}")
    twice = sorted({c for c in needed if columns.count(c) > 1})
    if twice:
        raise Invalid(name, f"{name} has the column {twice[0]!r} twice")


def _rows(
    name: str, reader: _csv.Reader, columns: list[str]
) -> tuple[list[tuple[int, dict[str, str]]], list[Aside]]:
    rows: list[tuple[int, dict[str, str]]] = []
    aside: list[Aside] = []
    for cells in reader:
        line = reader.line_num
        if not any(cell.strip() for cell in cells):
            continue
        if len(cells) != len(columns):
            reason = f"The row has {len(cells)} cells, the header {len(columns)}"
            aside.append(Aside(name, line, None, ", ".join(cells)[:300], reason))
            continue
        rows.append((line, dict(zip(columns, (c.strip() for c in cells), strict=True))))
    return rows, aside


def _plain(problem: csv.Error) -> str:
    text = str(problem)
    if "unexpected end of data" in text:
        return "the file ends inside a quoted cell; it may be cut off"
    if "field larger than" in text:
        return f"a cell is longer than {MAX_CELL:,} characters"
    return f"this is not a well-formed table ({text})"
