"""Figures in a CSV file: how it is read, and what is wrong with it, by row and column."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime

from portal.errors import N_, Invalid
from portal.performance.rules import answers, due, kinds, periods, personal, schemas
from portal.performance.rules.entries import Entry
from portal.performance.rules.kinds import Dimension, Measure
from portal.performance.rules.schemas import Schema
from portal.performance.words import ValueState, ValueStatus

#: Larger files come in parts, or by a program.
MOST_BYTES = 400_000
START = "start"
_DELIMITERS = (",", ";", "\t")
#: A figure as people write one: the numbers of persons begin with a 0, or have spaces in them.
_FIGURE = re.compile(r"£?(?:0|[1-9][0-9]*(?:,[0-9]{3})*)(?:\.[0-9]+)?%?")
_UTF16 = (b"\xff\xfe", b"\xfe\xff")
#: What a cell says in place of a number.
STATES = {
    "not provided": ValueState.NOT_PROVIDED,
    "not applicable": ValueState.NOT_APPLICABLE,
    "not collected": ValueState.NOT_COLLECTED,
}


@dataclass(frozen=True, slots=True)
class Wrong:
    """What is wrong at a place of a file: its row (the header is 1), its column, and why."""

    row: int
    column: str
    problem: Invalid


def columns(schema: Schema) -> list[str]:
    """The columns of a file: the first day of the period, the dimensions and the measures."""
    return [START, *(d.key for d in schema.dimensions), *(m.key for m in schema.measures)]


def template(schema: Schema, start: date) -> list[list[str]]:
    """An empty file for a period: a row for each cell."""
    blank = [""] * len(schema.measures)
    values = [each.split(kinds.BETWEEN) if each else [] for each in schemas.cells(schema)]
    return [[start.isoformat(), *cell, *blank] for cell in values]


def decoded(raw: bytes) -> tuple[str, str]:
    """The text of a file and its encoding: `UTF-8` or, where it is not that, `Windows-1252`.

    Raises:
        Invalid: for the field `file`: it is empty, too large, or no such text.
    """
    if not raw.strip():
        raise Invalid("file", N_("The selected file is empty"))
    if len(raw) > MOST_BYTES:
        raise Invalid("file", N_("The selected file must be smaller than 400 KB"))
    if raw.startswith(_UTF16) or b"\0" in raw:
        raise Invalid("file", N_("The selected file must be a CSV file in UTF-8"))
    for name, codec in (("UTF-8", "utf-8-sig"), ("Windows-1252", "cp1252")):
        try:
            return raw.decode(codec), name
        except UnicodeDecodeError:
            continue
    raise Invalid("file", N_("The selected file must be a CSV file in UTF-8"))


def read(
    text: str, schema: Schema, status: ValueStatus, day: date
) -> tuple[dict[Entry, int], list[Wrong]]:
    """The values that a file says, each with its row, and what is wrong with it. An empty cell says
    nothing.

    Raises:
        Invalid: for the field `file`: the columns are not those of the data set.
    """
    delimiter = max(_DELIMITERS, key=text.partition("\n")[0].count)
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True)
    try:
        header = [cell.strip().casefold() for cell in next(reader, [])]
        rows = [(reader.line_num, cells) for cells in reader if any(c.strip() for c in cells)]
    except csv.Error as problem:
        raise Invalid("file", N_("The selected file is no CSV file that we can read")) from problem
    _check_personal(header, rows)
    _check_header(header, schema)
    if not rows:
        raise Invalid("file", N_("The selected file has no figures below its header"))
    entries: dict[tuple[date, str, str], tuple[Entry, int]] = {}
    wrong: list[Wrong] = []
    for number, cells in rows:
        if len(cells) != len(header):
            wrong.append(_wrong(number, "", N_("The row has more or fewer cells than the header")))
            continue
        _row(number, dict(zip(header, cells, strict=True)), schema, status, day, entries, wrong)
    if not entries and not wrong:
        raise Invalid("file", N_("The file has no figures: nothing stands in its columns"))
    return dict(entries.values()), wrong


def _check_personal(header: list[str], rows: list[tuple[int, list[str]]]) -> None:
    """Refuse the file as a whole: no page may repeat what stands there, or carry it along."""
    for name in header:
        if what := personal.name_looks_like(name):
            raise Invalid(
                "file", N_("The name of a column looks like %(what)s: take it out"), what=what
            )
    for number, cells in rows:
        for place, text in enumerate(cells):
            what = None if _FIGURE.fullmatch(text.strip()) else personal.looks_like(text)
            if what:
                column = header[place] if place < len(header) else str(place + 1)
                raise Invalid(
                    "file", N_("Row %(row)s, column “%(name)s” looks like %(what)s: take it out"),
                    row=number, name=column[:60], what=what,
                )  # fmt: skip


def _check_header(header: list[str], schema: Schema) -> None:
    known = columns(schema)
    needed = known[: 1 + len(schema.dimensions)]
    missing = [name for name in needed if name not in header]
    measures = known[len(needed) :]
    if not set(measures) & set(header):
        missing += measures[:1] if len(measures) == 1 else []
    strange = [name for name in header if name not in known]
    if missing:
        raise Invalid("file", N_("The file has no column “%(name)s”"), name=missing[0])
    if strange:
        raise Invalid("file", N_("The file has the column “%(name)s”, which this data set has not"),
                      name=strange[0][:60])  # fmt: skip
    if not set(measures) & set(header):
        raise Invalid("file", N_("The file has no column of figures: it needs one of %(names)s"),
                      names=", ".join(f"“{name}”" for name in measures)[:200])  # fmt: skip
    if len(set(header)) < len(header):
        raise Invalid("file", N_("The file has a column twice"))


def _wrong(row: int, column: str, message: str, **values: object) -> Wrong:
    return Wrong(row, column, Invalid(column, message, **values))


def _row(
    number: int, cells: Mapping[str, str], schema: Schema, status: ValueStatus, day: date,
    entries: dict[tuple[date, str, str], tuple[Entry, int]], wrong: list[Wrong],
) -> None:  # fmt: skip
    before = len(wrong)
    start = _start(number, cells[START], schema, status, day, wrong)
    values = [_value(number, cells[d.key], d, wrong) for d in schema.dimensions]
    if len(wrong) > before or start is None:
        return
    cell = kinds.cell(values)
    for measure in schema.measures:
        text = cells.get(measure.key, "").strip()
        if not text:
            continue
        try:
            entry = _entry(text, start, cell, measure, status)
        except Invalid as problem:
            wrong.append(Wrong(number, measure.key, problem))
            continue
        if entry.key in entries:
            wrong.append(_wrong(number, measure.key, N_("The file says this figure twice")))
        entries[entry.key] = entry, number


def _start(
    number: int, text: str, schema: Schema, status: ValueStatus, day: date, wrong: list[Wrong]
) -> date | None:
    start = read_day(text.strip())
    if start is None:
        wrong.append(_wrong(number, START, N_("This must be a date, like 2026-07-01")))
        return None
    if schema.period is None or not due.begins(schema.period, start):
        wrong.append(_wrong(number, START, N_("No period of this data set begins on this day")))
        return None
    try:
        answers.check_status(schema.period, start, status, day)
    except Invalid as problem:
        wrong.append(Wrong(number, START, problem))
        return None
    return start


def read_day(text: str) -> date | None:
    """The day that a cell says, as 2026-07-01 or 01/07/2026; None where it says none."""
    for form in ("%Y-%m-%d", "%d/%m/%Y"):
        try:
            return datetime.strptime(text, form).date()  # noqa: DTZ007  a day, no moment
        except ValueError:
            continue
    return None


def _value(number: int, text: str, dimension: Dimension, wrong: list[Wrong]) -> str:
    said = text.strip().casefold()
    for value, title in dimension.values.items():
        if said in (value.casefold(), title.casefold()):
            return value
    wrong.append(
        _wrong(number, dimension.key, N_("This must be one of: %(values)s"),
               values=", ".join(dimension.values)[:200])
    )  # fmt: skip
    return ""


def _entry(text: str, start: date, cell: str, measure: Measure, status: ValueStatus) -> Entry:
    state = STATES.get(text.casefold().replace("_", " "))
    if state is not None:
        return Entry(start, cell, measure.key, state, None, status)
    found = answers.number(text, measure, measure.key)
    return Entry(start, cell, measure.key, ValueState.NUMBER, found, status)


def last_ended(schema: Schema, day: date) -> date:
    """The first day of the newest period that is over."""
    period = schema.period
    if period is None:
        return day
    return periods.later(period, periods.start_of(period, day), -1)
