"""What stands at a web address, as the records that the write API takes."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import orjson

from portal.performance.rules.figure_files import START, read_day
from portal.performance.rules.records import MOST, TIMESTAMP, Asked
from portal.performance.words import CollectedFormat, CollectedTrouble, Fault

_WHOLE = re.compile(r"-?[0-9]{1,17}")
_NUMBER = re.compile(r"-?[0-9]{1,17}(?:\.[0-9]{1,17})?")
#: The place of a fault, the name of its field, and which it is.
Found = tuple[int, str, Fault]


class Unreadable(Exception):
    """A body cannot be read; `faults` say where, as far as that can be said."""

    def __init__(self, trouble: CollectedTrouble, faults: Sequence[Found] = ()) -> None:
        """Keep both."""
        super().__init__(trouble.value)
        self.trouble, self.faults = trouble, list(faults)


@dataclass(frozen=True, slots=True)
class Rows:
    """Records, each with its place: its number in a list of JSON, its line in a CSV file."""

    records: list[Any]
    places: list[int]


def rows_of(body: bytes, form: CollectedFormat, asked: Asked) -> Rows:
    """The records in a body.

    Args:
        body: as it was read.
        form: what it should be.
        asked: what the data set asks of records: it says which cells of a CSV file are numbers.

    Raises:
        Unreadable: it is not that, or holds too many records.
    """
    found = _of_json(body) if form is CollectedFormat.JSON else _of_csv(body, asked)
    if len(found.records) > MOST:
        raise Unreadable(CollectedTrouble.TOO_MANY)
    return found


def _of_json(body: bytes) -> Rows:
    try:
        found = orjson.loads(body.removeprefix(b"\xef\xbb\xbf"))
    except orjson.JSONDecodeError:
        raise Unreadable(CollectedTrouble.NO_JSON) from None
    records = found if isinstance(found, list) else [found]
    return Rows(records, list(range(1, len(records) + 1)))


def _of_csv(body: bytes, asked: Asked) -> Rows:
    reader = csv.reader(io.StringIO(_text(body), newline=""), strict=True)
    try:
        header = [cell.strip().lower() for cell in next(reader, [])]
        lines = [(reader.line_num, cells) for cells in reader if any(c.strip() for c in cells)]
    except csv.Error:
        raise Unreadable(CollectedTrouble.NO_CSV) from None
    if len(set(header)) < len(header):
        raise Unreadable(CollectedTrouble.NO_CSV)
    if START in header and TIMESTAMP not in header:
        header[header.index(START)] = TIMESTAMP
    if TIMESTAMP not in header:
        raise Unreadable(CollectedTrouble.NO_CSV)
    uneven: list[Found] = [
        (place, "", Fault.CELLS) for place, cells in lines if len(cells) != len(header)
    ]
    if uneven:
        raise Unreadable(CollectedTrouble.RECORDS, uneven)
    measures = {each.key for each in asked.measures}
    records = [_record(zip(header, cells, strict=True), measures, asked) for _, cells in lines]
    return Rows(records, [place for place, _ in lines])


def _text(body: bytes) -> str:
    for codec in ("utf-8-sig", "cp1252"):
        try:
            text = body.decode(codec)
        except UnicodeDecodeError:
            continue
        if "\0" not in text:
            return text
    raise Unreadable(CollectedTrouble.NO_CSV)


def _record(cells: Any, measures: set[str], asked: Asked) -> dict[str, Any]:
    record: dict[str, Any] = {}
    for key, cell in cells:
        text = cell.strip()
        if not text:
            continue  # nothing is said of it
        if key == TIMESTAMP:
            record[key] = _moment(text)
        elif key in measures or (asked.open_schema and not key.startswith("_")):
            record[key] = _number(text)
        else:
            record[key] = text
    return record


def _moment(text: str) -> str:
    """A day stands for the moment that it begins."""
    day = read_day(text)
    return f"{day.isoformat()}T00:00:00+00:00" if day else text


def _number(text: str) -> Any:
    if _WHOLE.fullmatch(text):
        return int(text)
    return float(text) if _NUMBER.fullmatch(text) else text
