"""What is wrong with records that were collected, by place and field. The write API tells a program
what it sent; here nothing is repeated of what stands at somebody's address, but for the names of
fields.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from portal.performance.rules import personal_records, schema_checks
from portal.performance.rules import records as rules
from portal.performance.rules.collected_bodies import Found, Rows
from portal.performance.rules.personal import looks_like
from portal.performance.rules.records import ID, LONGEST_KEY, Asked
from portal.performance.words import Fault


def without_ids(rows: Rows, asked: Asked) -> list[Found]:
    """Which records would be kept again each time they are collected: in an open schema nothing
    but its id tells a record from another.
    """
    if not asked.open_schema or asked.auto_ids:
        return []
    return [
        (place, ID, Fault.MISSING)
        for row, place in zip(rows.records, rows.places, strict=True)
        if isinstance(row, dict) and ID not in row
    ]


def faults(rows: Rows, asked: Asked) -> list[Found]:
    """What is wrong with records that were refused; a batch that is wrong only as a whole has two
    records for the same.
    """
    found = [
        (place, field, fault)
        for row, place in zip(rows.records, rows.places, strict=True)
        for field, fault in dict.fromkeys(_of_row(row, asked))
    ]
    return found or [(0, "", Fault.TWICE)]


def _of_row(row: Any, asked: Asked) -> Iterator[tuple[str, Fault]]:
    if not isinstance(row, dict):
        yield "", Fault.NO_RECORD
        return
    for key, value in row.items():
        if personal_records.wrong([{key: value}]):
            yield _named(key), Fault.PERSONAL
        elif rules.has_wrong(key, value):
            yield _named(key), Fault.NOT_TAKEN
    if not asked.open_schema:
        known = _fields(asked)
        for key, _message in schema_checks.of_record(row, asked):
            yield _named(key), _which(key, row, known)
    for key in (rules.TIMESTAMP, *asked.auto_ids):
        if key not in row:
            yield key, Fault.MISSING


def _fields(asked: Asked) -> set[str]:
    declared = {each.key for each in asked.dimensions} | {each.key for each in asked.measures}
    return declared | {rules.TIMESTAMP, "period", schema_checks.STATUS}


def _which(key: str, row: dict[str, Any], known: set[str]) -> Fault:
    if key not in row:
        return Fault.MISSING
    return Fault.NOT_TAKEN if key in known else Fault.UNKNOWN


def _named(key: str) -> str:
    """The name of a field, where it is one: any text could stand in its place."""
    plain = key.isascii() and key.isidentifier() and len(key) <= LONGEST_KEY
    return key if plain and not looks_like(key) else ""
