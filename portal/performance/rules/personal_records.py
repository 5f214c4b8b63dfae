"""Records of which a field looks like somebody's: no data set keeps them."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any, cast

from portal.performance.rules import personal
from portal.performance.rules.records import ID, Body, Together, said_of


def wrong(rows: Sequence[object], together: Together | None = None) -> list[str]:
    """Which fields hold what looks like somebody's. The messages never say what stands there."""
    if not (together or Together(rows)).may_be_personal():
        return []
    known: dict[Any, Any] = {}
    return [
        said_of(number, len(rows), message)
        for number, row in enumerate(rows)
        if isinstance(row, dict)
        for message in of_record(row, known)
    ]


def of_record(row: Body, known: dict[Any, Any]) -> Iterator[str]:
    """The same of one record. `known` keeps what was found out already."""
    for key, value in row.items():
        if key not in known:
            known[key] = personal.name_looks_like(key)
        if known[key]:
            yield f"the name of a field looks like {known[key]}: data sets hold no personal data"
            continue
        what = _looks_like(key, value, known)
        if what:
            yield f"{key} looks like {what}: data sets hold no personal data"


def _looks_like(key: str, value: object, known: dict[Any, Any]) -> str | None:
    if key == ID and isinstance(value, str):
        return personal.id_looks_like(value)
    if isinstance(value, str):
        # What repeats, as values of dimensions do, is looked at once.
        if (0, value) not in known:
            known[0, value] = personal.looks_like(value)
        return cast("str | None", known[0, value])
    if isinstance(value, int):
        return personal.number_looks_like(key, value)
    # Refused in any case; and no message may repeat it.
    inner = [*value, *value.values()] if isinstance(value, dict) else value
    if not isinstance(inner, list):
        return None
    return next((found for each in inner if (found := _looks_like(key, each, known))), None)
