"""What records of a data set with values mean: a cell of its dimensions, a period, and a value of
each measure there.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import UTC, date, datetime, time
from functools import lru_cache

from portal.performance.rules import kinds, periods
from portal.performance.rules.entries import Entry, Record
from portal.performance.rules.records import (
    TIMESTAMP,
    Asked,
    Read,
    WrongRecords,
    as_record,
    said_of,
)
from portal.performance.rules.schema_checks import ALSO_KNOWN, STATUS
from portal.performance.words import ValueState, ValueStatus

#: Nothing is older.
FIRST = date(1900, 1, 1)
#: A cell of a period.
Place = tuple[date, str]


def place(read: Read, asked: Asked) -> Place:
    """The period and cell that a record is for."""
    sent = [(each.key, str(read.body[each.key])) for each in asked.dimensions]
    return read.day, kinds.cell(ALSO_KNOWN.get(key, {}).get(value, value) for key, value in sent)


def on_its_day(read: Read) -> Read:
    """The record with the day it is written with as its moment: midnight in summer time is of the
    day before in UTC.
    """
    at, text = _midnight(read.day)
    if read.body[TIMESTAMP] == text:
        return read
    return read._replace(at=at, body={**read.body, TIMESTAMP: text})


@lru_cache(4_000)  # thousands of records are of the same days
def _midnight(day: date) -> tuple[datetime, str]:
    at = datetime.combine(day, time(), UTC)
    return at, at.isoformat()


def records(reads: Sequence[Read], asked: Asked, there: Mapping[Place, str]) -> list[Record]:
    """The records of a batch, each for its cell; the last of an id counts.

    Args:
        reads: what was sent.
        asked: of a data set with values.
        there: the ids of the records that cells have.

    Raises:
        WrongRecords: a cell of a period would have two records.
    """
    ids, wrong, made = dict(there), [], []
    for number, read in enumerate(reads):
        at = place(read, asked)
        id_ = read.id or ids.get(at) or f"{at[0].isoformat()}.{at[1]}".rstrip(".")
        if ids.setdefault(at, id_) != id_:
            message = f"another _id has the values of {_named(at, asked)} already"
            wrong.append(said_of(number, len(reads), message))
        made.append(as_record(on_its_day(read), id_, at[1]))
    if wrong:
        raise WrongRecords(wrong)
    return made


def untimely(reads: Sequence[Read], day: date) -> list[str]:
    """What is wrong with records of periods that have not begun, or that no service can be of."""
    found = []
    for number, read in enumerate(reads):
        if read.day > day:
            found.append(said_of(number, len(reads), f"{TIMESTAMP} is of a day that is to come"))
        elif read.day < FIRST:
            found.append(said_of(number, len(reads), f"{TIMESTAMP} is before {FIRST.year}"))
    return found


def on_day(entry: Entry, asked: Asked, day: date) -> Entry:
    """A value as it is sent on a day: that of a period that goes on is provisional."""
    final = entry.status is ValueStatus.PUBLISHED
    if final and asked.period and _end_of(asked.period, entry.start) >= day:
        return replace(entry, status=ValueStatus.PROVISIONAL)
    return entry


_end_of = lru_cache(4_000)(periods.end_of)


def _named(at: Place, asked: Asked) -> str:
    values = at[1].split(kinds.BETWEEN) if asked.dimensions else []
    parts = [f"{each.key} {value}" for each, value in zip(asked.dimensions, values, strict=True)]
    return ", ".join([at[0].isoformat(), *parts])


def entries(record: Record, asked: Asked) -> list[Entry]:
    """The values that a record means: what it leaves out is not provided."""
    if record.at is None or record.cell is None:
        return []
    said = record.body.get(STATUS)
    status = ValueStatus.PUBLISHED if said is None else ValueStatus(said)
    start, found = record.at.date(), []
    for measure in asked.measures:
        number = record.body.get(measure.key)
        state = ValueState.NOT_PROVIDED if number is None else ValueState.NUMBER
        given = None if number is None else float(number)
        found.append(
            Entry(start, record.cell, measure.key, state, given, status)
        )  # fmt: skip
    return found


def emptied(
    places: Iterable[Place], empty: Collection[date], measures: Sequence[str]
) -> list[Entry]:
    """That nothing is known any more of cells, but for those of periods that are empty."""
    return [
        Entry(*at, measure, ValueState.NOT_PROVIDED)
        for at in places
        if at[0] not in empty
        for measure in measures
    ]
