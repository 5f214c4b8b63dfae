"""What a data set with a schema says of records, in the words of JSON Schema, as their clients know
them; and what it says beyond that.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from operator import gt
from typing import Any

from portal.performance.rules import moments, periods
from portal.performance.rules.kinds import Dimension, Measure
from portal.performance.rules.records import ID, LONGEST, MOMENTS, TIMESTAMP, Asked, Said, Together
from portal.performance.words import SetKind, Unit, ValueStatus

PERIODS = ("hour", "day", "week", "month", "quarter", "year", "decade", "century")
#: What real clients send beside dimensions and measures, the same in each record of a data set.
CONSTANTS = ("period", "service", "dataType")
STATUS = "status"
STATUSES = (ValueStatus.PROVISIONAL.value, ValueStatus.PUBLISHED.value)
#: Above it a number of things is a slip: a double holds every whole number below.
LARGEST = 1e15
#: In a sort, the first measure is part of the second and never above it.
PART_OF = {
    SetKind.VOLUMES: ("digital", "transactions"),
    SetKind.COMPLETION: ("completed", "started"),
    SetKind.OUTCOMES: ("intended", "processed"),
}
#: What programs that counted for another portal call a value.
ALSO_KNOWN = {"channel": {"digital": "online"}}


def says(rows: Sequence[object], asked: Asked, together: Together | None = None) -> list[Said]:
    """Everything that the schema has to say of a batch; nothing where it is open.

    Args:
        rows: what was sent.
        asked: what the data set asks.
        together: the same rows, where they were looked at already.
    """
    if asked.open_schema or (together and has_nothing_to_say(together, asked)):
        return []
    return [
        Said(number, field, message)
        for number, row in enumerate(rows)
        if isinstance(row, dict)
        for field, message in of_record(row, asked)
    ]


def of_record(row: Mapping[str, Any], asked: Asked) -> Iterator[tuple[str, str]]:
    """What is wrong with one record of a data set with a closed schema: a field, and the message.

    A field that the data set does not have is named as it was sent.
    """
    yield from _base(row, asked)
    missing = [each.key for each in asked.dimensions if each.key not in row]
    if len(asked.measures) == 1 and asked.measures[0].key not in row:
        missing.append(asked.measures[0].key)
    yield from ((key, f"'{key}' is a required property") for key in missing)
    for dimension in asked.dimensions:
        if dimension.key in row:
            yield from _of(dimension.key, _dimension(row[dimension.key], dimension, asked))
    sent = [each for each in asked.measures if each.key in row]
    for measure in sent:
        yield from _of(measure.key, _measure(row[measure.key], measure, asked))
    if asked.measures and not sent and not missing:
        names = ", ".join(each.key for each in asked.measures)
        yield asked.measures[0].key, f"one of {names} is a required property"
    yield from _part(row, asked.kind)
    yield from _undeclared(row, asked)


def has_nothing_to_say(together: Together, asked: Asked) -> bool:
    """Whether a batch of records that all have the same fields is surely in order: each value that
    there is of a field is looked at once.
    """
    columns = together.columns
    if not together.flat or not together.alike or not columns:
        return False
    if any(of_record({key: column[0] for key, column in columns.items()}, asked)):
        return False  # a field is missing, or not declared
    declared: dict[str, Dimension | Measure] = {each.key: each for each in asked.dimensions}
    declared |= {each.key: each for each in asked.measures}
    for key, column in columns.items():
        # Where they are of more than one class, True is not 1, nor is 1.0 everywhere.
        values = set(column) if len(together.classes[key]) == 1 else column
        if any(said for value in values for said in _of_field(key, value, asked, declared)):
            return False
    part, whole = (columns.get(key, ()) for key in PART_OF.get(asked.kind, ("", "")))
    return not (part and whole and any(map(gt, part, whole)))


def _of_field(
    key: str, value: object, asked: Asked, declared: Mapping[str, Dimension | Measure]
) -> Iterator[str]:
    of = declared.get(key)
    if isinstance(of, Measure):
        return _measure(value, of, asked)
    return _plain(key, value, asked) if of is None else _dimension(value, of, asked)


def _of(field: str, messages: Iterator[str]) -> Iterator[tuple[str, str]]:
    return ((field, message) for message in messages)


def _base(row: Mapping[str, Any], asked: Asked) -> Iterator[tuple[str, str]]:
    if TIMESTAMP not in row:
        yield TIMESTAMP, f"'{TIMESTAMP}' is a required property"
    for key in (TIMESTAMP, "period", STATUS):
        if key in row:
            yield from _of(key, _plain(key, row[key], asked))


def _plain(key: str, value: object, asked: Asked) -> Iterator[str]:
    """What is wrong with a field that data sets have without saying so."""
    period = asked.period
    if key == TIMESTAMP:
        yield from _timestamp(value, asked)
    elif key == "period":
        allowed = PERIODS if period is None else (period.value,)
        yield from _one_of(key, value, allowed, asked)
    elif key == STATUS and period is not None:
        yield from _one_of(key, value, STATUSES, asked)


def _timestamp(value: object, asked: Asked) -> Iterator[str]:
    period = asked.period
    if not isinstance(value, str):
        yield _no(TIMESTAMP, "string", value, asked)
    elif not moments.is_full(value):
        said = f"{TIMESTAMP} must be a date and time, such as 2016-05-02T00:00:00Z"
        yield said if asked.means_values else f"{value[:LONGEST]!r} is not a 'date-time'"
    elif period is not None:
        day = moments.written_day(value)
        if periods.start_of(period, day) != day:
            yield f"{TIMESTAMP} must be the first day of a {period.value}"


def _one_of(key: str, value: object, allowed: Sequence[str], asked: Asked) -> Iterator[str]:
    if value not in allowed:
        said = f"{key} must be" if asked.means_values else f"{_short(value)} is not"
        yield f"{said} one of {list(allowed)}"


#: What a field must be, in words.
_TYPES = {"string": "a text", "integer": "a whole number", "number": "a number"}


def _no(key: str, type_: str, value: object, asked: Asked) -> str:
    """That a field is not of a type. Data sets that mean values name the field and repeat nothing;
    of others, clients know the words.
    """
    if asked.means_values:
        return f"{key} must be {_TYPES[type_]}"
    return f"{_short(value)} is not of type '{type_}'"


def _short(value: object) -> str:
    return repr(value[:LONGEST] if isinstance(value, str) else value)[: LONGEST + 2]


def _dimension(value: object, dimension: Dimension, asked: Asked) -> Iterator[str]:
    if not isinstance(value, str):
        yield _no(dimension.key, "string", value, asked)
    elif asked.means_values and len(value) <= LONGEST:
        known = ALSO_KNOWN.get(dimension.key, {})
        said = known.get(value, value)
        yield from _one_of(dimension.key, said, list(dimension.values), asked)


def _measure(value: object, measure: Measure, asked: Asked) -> Iterator[str]:
    whole = measure.unit is Unit.COUNT
    allowed = (int,) if whole else (int, float)
    if isinstance(value, bool) or not isinstance(value, allowed):
        yield _no(measure.key, "integer" if whole else "number", value, asked)
    elif value < 0:
        yield f"{measure.key} must be 0 or more"
    elif value >= LARGEST:
        yield f"{measure.key} must be less than 1,000,000,000,000,000"
    elif measure.unit is Unit.PERCENT and value > 100:
        yield f"{measure.key} must be 100 or less"


def _part(row: Mapping[str, Any], kind: SetKind) -> Iterator[tuple[str, str]]:
    part, whole = PART_OF.get(kind, ("", ""))
    some, every = row.get(part), row.get(whole)
    if isinstance(some, (int, float)) and isinstance(every, (int, float)) and some > every:
        yield part, f"{part} must not be more than {whole}"


def _undeclared(row: Mapping[str, Any], asked: Asked) -> Iterator[tuple[str, str]]:
    if not asked.dimensions and not asked.measures:
        return  # a sort that nobody knows: it says nothing of other fields
    declared = {ID, *MOMENTS, *CONSTANTS, *(each.key for each in asked.dimensions)}
    declared |= {each.key for each in asked.measures} | ({STATUS} if asked.means_values else set())
    # What is no key of any record is refused as such.
    for key in row:
        if key not in declared and not key.startswith("_") and key.isidentifier():
            yield key, f"{key[:LONGEST]} is not a field of this data set"
