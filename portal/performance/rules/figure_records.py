"""The records that reads give back of what came in without a program."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import UTC, date, datetime, time
from typing import Any

from portal.performance.rules import kinds
from portal.performance.rules.entries import Entry, Record
from portal.performance.rules.schema_checks import STATUS
from portal.performance.rules.schemas import Schema
from portal.performance.words import ValueStatus


def records(
    schema: Schema,
    entries: Iterable[Entry],
    before: Mapping[tuple[date, str], tuple[str, Mapping[str, Any]]],
) -> list[Record]:
    """One record for each period and cell: what it said of other measures stays.

    Args:
        schema: with a period.
        entries: the values.
        before: the ids and bodies of the records that there are, by period and cell.
    """
    of: dict[tuple[date, str], dict[str, Any]] = {}
    for entry in entries:
        said = of.setdefault((entry.start, entry.cell), {})
        said[entry.measure] = _plain(entry.number)
        if entry.status is ValueStatus.PROVISIONAL:
            said[STATUS] = entry.status.value
    return [_record(schema, *place, before.get(place), said) for place, said in of.items()]


def _record(
    schema: Schema, start: date, cell: str, before: tuple[str, Mapping[str, Any]] | None,
    said: Mapping[str, Any],
) -> Record:  # fmt: skip
    at = datetime.combine(start, time(), UTC)
    id_, known = before or (f"{start.isoformat()}.{cell}".rstrip("."), {})
    values = cell.split(kinds.BETWEEN) if schema.dimensions else []
    body = {
        **{key: value for key, value in known.items() if key != STATUS},
        "_timestamp": at.isoformat(),
        "period": schema.period.value if schema.period else None,
        **{d.key: value for d, value in zip(schema.dimensions, values, strict=False)},
        **said,
    }
    return Record(id_, at, cell, body)


def _plain(number: float | None) -> float | int | None:
    return int(number) if number is not None and number == int(number) else number
