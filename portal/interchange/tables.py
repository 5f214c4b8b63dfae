"""Tables in files: encodings said aloud, sizes bounded, every complaint with its place."""

from __future__ import annotations

import csv
import io
import json
import os
import re
import stat
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from portal.catalogue.rules.importing import Aside
from portal.errors import Invalid

if TYPE_CHECKING:
    import _csv

MAX_BYTES = 50 * 1024 * 1024
MAX_CELL = 100_000
UTF16 = (b"\xff\xfe", b"\xfe\xff")
#: A character of UTF-8 beyond ASCII: hardly ever there in text of another encoding.
MULTIBYTE = re.compile(
    rb"[\xc2-\xdf][\x80-\xbf]|[\xe0-\xef][\x80-\xbf]{2}|[\xf0-\xf4][\x80-\xbf]{3}"
)
CODECS = {"UTF-8": "utf-8-sig", "Windows-1252": "cp1252"}
SEPARATORS = {",": "commas", ";": "semicolons", "\t": "tabs", "|": "bars"}
csv.field_size_limit(MAX_CELL)


@dataclass(slots=True)
class Table:
    """A file's header, and its rows as they are asked for.

    Attributes:
        encoding: `UTF-8` or, where it was not that, `Windows-1252`.
        aside: notes on the file, and rows that do not fit the header.
        read: how many rows were read so far, those set aside among them.
        unfinished: the last line, where the file does not end with a line break: its last cell may
            be half of what it was.
    """

    name: str
    columns: list[str]
    encoding: str
    aside: list[Aside]
    unfinished: int | None
    reader: _csv.Reader
    read: int = 0

    def need(self, columns: Iterable[str]) -> None:
        """Raises Invalid where one of these columns is missing, or is there twice."""
        columns = list(columns)
        missing = [column for column in columns if column not in self.columns]
        if missing:
            lacks = " and no column ".join(map(repr, missing))
            raise Invalid(self.name, f"{self.name} has no column {lacks}; {self.has()}")
        self.once(columns)

    def once(self, columns: Iterable[str]) -> None:
        """Raises Invalid where one of these columns is there twice: which one counts?"""
        for column in columns:
            if self.columns.count(column) > 1:
                raise Invalid(self.name, f"{self.name} has the column {column!r} twice")

    def has(self) -> str:
        """The columns in words, for a complaint about them."""
        if len(self.columns) == 1:
            for separator, word in SEPARATORS.items():
                if separator in self.columns[0]:
                    return f"its cells seem to be separated by {word}"
        listed = ", ".join(repr(c[:60]) for c in self.columns[:12] if c)
        more = f" and {len(self.columns) - 12} more" if len(self.columns) > 12 else ""
        return f"it has {listed}{more}"

    def rows(self) -> Iterator[tuple[int, dict[str, str]]]:
        """Each row that fits the header, once: (the line where it ends, its cells by column). Of
        columns with one name, the first counts.

        Raises:
            Invalid: as `listed` does.
        """
        backwards = self.columns[::-1]
        for line, cells in self.listed():
            yield line, dict(zip(backwards, cells[::-1], strict=True))

    def listed(self) -> Iterator[tuple[int, list[str]]]:
        """Each row that fits the header, once: (the line where it ends, its cells in order).

        Raises:
            Invalid: the file is cut off inside a quoted cell, has a cell over 100,000 characters,
                or has no rows at all.
        """
        try:
            for cells in self.reader:
                if not any(cell.strip() for cell in cells):
                    continue
                self.read += 1
                line = self.reader.line_num
                column, reason = self._misfit(cells)
                if reason:
                    whole = ", ".join(cells)[:300]
                    self.aside.append(Aside(self.name, line, column, whole, reason))
                else:
                    yield line, [cell.strip() for cell in cells]
        except csv.Error as problem:
            raise _malformed(self.name, self.reader, problem) from problem
        if not self.read:
            raise Invalid(self.name, f"{self.name} has a header and no rows below it")

    def _misfit(self, cells: list[str]) -> tuple[str | None, str | None]:
        if len(cells) != len(self.columns):
            return None, f"The row has {len(cells)} cells, the header {len(self.columns)}"
        if self.reader.dialect.quoting == csv.QUOTE_NONE:
            for column, cell in zip(self.columns, cells, strict=True):
                if len(cell) > 1 and cell[0] == cell[-1] == '"':
                    return column, (
                        "This cell is in quote marks, as spreadsheets write them; "
                        "cells between tabs stand without them"
                    )
        return None, None


def read_table(path: Path, needed: Iterable[str] = (), delimiter: str = ",") -> Table:
    """Open a CSV or TSV file with a header.

    Args:
        needed: columns that must be there; others may.
        delimiter: between cells. Tab-separated files have no quoting.

    Raises:
        Invalid: no such file, no regular one, larger than 50 MB, empty, binary, in an encoding that
            is not known, or a needed column is missing or there twice.
    """
    table = table_in(*contents(path), delimiter)
    table.need(needed)
    return table


def table_in(name: str, raw: bytes, delimiter: str = ",") -> Table:
    """The same for a file whose name and bytes are known, so that it can be read again as it was.

    Raises:
        Invalid: empty, binary, or in an encoding that is not known.
    """
    encoding = _encoding(raw, name)
    aside = []
    if encoding != "UTF-8":
        aside.append(Aside(name, None, None, None, f"Read as {encoding}: it is not UTF-8"))
    # Line by line: the whole text at once would take four times the file's size.
    lines = io.TextIOWrapper(io.BytesIO(raw), CODECS[encoding], newline="")
    if delimiter == "\t":
        reader = csv.reader(lines, delimiter="\t", quoting=csv.QUOTE_NONE, strict=True)
    else:
        reader = csv.reader(lines, delimiter=delimiter, strict=True)
    try:
        header = next(reader, None)
    except csv.Error as problem:
        raise _malformed(name, reader, problem) from problem
    if header is None or not any(cell.strip() for cell in header):
        raise Invalid(name, f"{name} is empty")
    unfinished = None
    if not raw.endswith((b"\n", b"\r")):
        unfinished = raw.count(b"\n") + raw.count(b"\r") - raw.count(b"\r\n") + 1
        note = "The file does not end with a line break: its last row may be cut off"
        aside.append(Aside(name, unfinished, None, None, note))
    columns = [cell.strip() for cell in header]
    return Table(name, columns, encoding, aside, unfinished, reader)


def json_list(path: Path, of: str, objects: str) -> tuple[str, list[Any]]:
    """The name of a JSON file and the list in it.

    Args:
        path: the file.
        of: what it is a list of, for messages.
        objects: what the objects in it have, for messages.

    Raises:
        Invalid: the file cannot be read, or is no JSON list.
    """
    name, raw = contents(path)
    try:
        rows = json.loads(raw.decode("utf-8-sig"))
    except UnicodeDecodeError as problem:
        raise Invalid(name, f"{name} is not UTF-8 text, as JSON must be") from problem
    except json.JSONDecodeError as problem:
        where = f"line {problem.lineno}, column {problem.colno}"
        raise Invalid(name, f"{name} is not JSON: {problem.msg} at {where}") from problem
    except (RecursionError, ValueError) as problem:  # nested too deep, a number too long
        raise Invalid(name, f"{name} is not a list of {of}") from problem
    if not isinstance(rows, list):
        raise Invalid(name, f"{name} must be a JSON list of objects{objects}")
    return name, rows


def contents(path: Path, most: int = MAX_BYTES) -> tuple[str, bytes]:
    """The name of a file as it can be kept and printed, and what is in it.

    Args:
        path: the file.
        most: how many bytes it may have.

    Raises:
        Invalid: no such file, no regular one, or larger than `most`.
    """
    # A name that is not UTF-8 could be neither kept nor printed.
    name = os.fsencode(path.name).decode(errors="replace")

    def opener(path: str, flags: int) -> int:
        # Opening a named pipe would wait for somebody to write into it.
        return os.open(path, flags | os.O_NONBLOCK)

    try:
        with open(path, "rb", opener=opener) as file:
            found = os.fstat(file.fileno())
            if not stat.S_ISREG(found.st_mode):
                raise Invalid(name, f"{name} cannot be read: it is not a regular file")
            # The size is only what the file system says of it now.
            raw = file.read(most + 1) if found.st_size <= most else b""
    except OSError as problem:
        reason = problem.strerror or "it cannot be opened"
        raise Invalid(name, f"{name} cannot be read: {reason}") from problem
    if found.st_size > most or len(raw) > most:
        raise Invalid(name, f"{name} is larger than {most // 2**20} MB")
    return name, raw


def _encoding(raw: bytes, name: str) -> str:
    if raw.startswith(UTF16) or raw[:4].count(b"\0") == 2:
        raise Invalid(name, f"{name} is UTF-16 text; save it as UTF-8")
    if b"\0" in raw:
        raise Invalid(name, f"{name} is not a text file")
    try:
        _decode(raw)
        return "UTF-8"
    except UnicodeDecodeError as problem:
        line = raw[: problem.start].count(b"\n") + 1
        if MULTIBYTE.search(raw):
            # Reading all of it as Windows-1252 would spoil every character that is fine.
            message = f"{name}, line {line}: a character is not UTF-8, although others are"
            raise Invalid(name, message) from problem
        try:
            raw.decode("cp1252")
            return "Windows-1252"
        except UnicodeDecodeError:
            message = f"{name}, line {line}: neither UTF-8 nor Windows-1252 text"
            raise Invalid(name, message) from problem


def _decode(raw: bytes) -> None:
    """Raises UnicodeDecodeError where it is not UTF-8. All of it at once as text would need up to
    four times its size.
    """
    first, some = 0, 2**20
    while first < len(raw):
        after = min(first + some, len(raw))
        while after < len(raw) and raw[after] & 0xC0 == 0x80 and after - first < some + 4:
            after += 1  # not within a character
        try:
            raw[first:after].decode("utf-8")
        except UnicodeDecodeError as problem:
            at = first + problem.start, first + problem.end
            raise UnicodeDecodeError("utf-8", raw, *at, problem.reason) from None
        first = after


def _malformed(name: str, reader: _csv.Reader, problem: csv.Error) -> Invalid:
    text = str(problem)
    if "unexpected end of data" in text:
        why = "the file ends inside a quoted cell; it may be cut off"
    elif "field larger than" in text:
        why = f"a cell is longer than {MAX_CELL:,} characters"
    else:
        why = f"this is not a well-formed table ({text})"
    return Invalid(name, f"{name}, line {reader.line_num}: {why}")
