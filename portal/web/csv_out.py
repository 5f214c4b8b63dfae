"""CSV that spreadsheets read as data: no cell is a formula, and the first byte leaves at once."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date

#: A spreadsheet takes a cell that begins so for a formula (OWASP, "CSV injection").
DANGEROUS = frozenset("=+-@\t\r\n\uff1d\uff0b\uff0d\uff20")
CHUNK = 32_768
#: From here on a float may stand for several whole numbers, and is written as it is.
_EXACT = 2.0**53


def cell(value: object, whole: bool = True) -> str | int | float:
    """One value as a cell: text made safe, lists joined with `; `, and numbers that are `whole`
    without a fraction.
    """
    if type(value) is str:  # nearly all of them are, so they come first
        return "'" + value if value[:1] in DANGEROUS else value
    if value is None:
        return ""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, float):
        exact = whole and value.is_integer() and abs(value) < _EXACT
        return int(value) if exact else value
    if isinstance(value, int):
        return value
    if isinstance(value, date):
        return value.isoformat()
    text = plain(value)
    return "'" + text if text[:1] in DANGEROUS else text


def plain(value: object) -> str:
    """Nested values as text: items of a list by `; `, fields of a record by `, `."""
    if isinstance(value, str):
        return value
    if isinstance(value, list):
        try:
            return "; ".join(value)
        except TypeError:
            pass  # not a list of texts
    if isinstance(value, Mapping):
        return ", ".join(plain(part) for part in value.values() if part is not None)
    if isinstance(value, (list, tuple, set, frozenset)):
        return "; ".join(plain(part) for part in value)
    return str(value)


def stream(
    header: Sequence[str], rows: Iterable[Sequence[object]], whole: bool = True
) -> Iterator[bytes]:
    """The file in pieces: the header first, then the rows as they come. `whole` is as in `cell`."""
    buffer = io.StringIO()
    writer = csv.writer(buffer, lineterminator="\r\n")
    writer.writerow([cell(name) for name in header])
    yield _take(buffer)
    for row in rows:
        writer.writerow([cell(value, whole) for value in row])
        if buffer.tell() >= CHUNK:
            yield _take(buffer)
    if buffer.tell():
        yield _take(buffer)


def _take(buffer: io.StringIO) -> bytes:
    data = buffer.getvalue().encode("utf-8", "replace")
    buffer.seek(0)
    buffer.truncate()
    return data
