"""Records and values as stored: current ones, and every revision."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

import orjson
from sqlalchemy import Row, TextClause, func, select, text
from sqlalchemy.orm import Session

from portal.audit import Act
from portal.db import chunks, insert_rows
from portal.performance.models.data_sets import DataSet
from portal.performance.models.values import DataBatch, DataValue
from portal.performance.rules.entries import Entry, Sent
from portal.performance.words import ValueState, ValueStatus


@dataclass(frozen=True, slots=True)
class Kept:
    """How many values were new, revised, or said again; and the periods that changed."""

    new: int
    revised: int
    same: int
    starts: frozenset[date]


def add_batch(
    session: Session, data_set: DataSet, sent: Sent, salt: str, digest: str, act: Act
) -> DataBatch:
    """Keep how a batch came in. Its counts are written when they are known."""
    batch = DataBatch(
        data_set_id=data_set.id, token_id=sent.token_id, import_id=sent.import_id, way=sent.way,
        actor=act.actor, at=act.at, source=sent.source, digest=digest, salt=salt,
        reason=act.reason, counts={},
    )  # fmt: skip
    session.add(batch)
    session.flush()
    return batch


def current(session: Session, data_set_id: int, starts: Collection[date]) -> list[Row[Any]]:
    """The current values of periods: id, measure_id, start, cell, revision, state, number, status,
    definition, doubt, note; by start, measure and cell.
    """
    v = DataValue
    found: list[Row[Any]] = []
    for some in chunks(sorted(starts)):
        query = (
            select(v.id, v.measure_id, v.start, v.cell, v.revision, v.state, v.number, v.status,
                   v.definition, v.doubt, v.note)
            .where(v.data_set_id == data_set_id, v.current, v.start.in_(some))
            .order_by(v.start, v.measure_id, v.cell)
        )  # fmt: skip
        found.extend(session.execute(query))
    return found


def put_values(
    session: Session, data_set: DataSet, entries: Iterable[Entry], batch_id: int
) -> Kept:
    """Keep values. One that says what is known already changes nothing; else the one before it
    stays as an earlier revision.
    """
    last = {entry.key: entry for entry in entries}
    measures = {measure.key: measure.id for measure in data_set.measures}
    by_id = {id_: key for key, id_ in measures.items()}
    known = {
        (row.start, row.cell, by_id[row.measure_id]): row
        for row in current(session, data_set.id, {start for start, _, _ in last})
    }
    new = {key for key in last if key not in known}
    earlier = _withdrawn(session, data_set.id, by_id, new) if new else {}
    rows, over, same, starts = [], [], 0, set()
    for key, entry in last.items():
        before = known.get(key)
        if before is not None and _says(before, entry, data_set.definition):
            same += 1
            continue
        if before is not None:
            over.append(before.id)
        starts.add(entry.start)
        was = before or earlier.get(key)
        rows.append(revision(data_set, measures[entry.measure], entry, was, batch_id))
    _put(session, over, rows)
    return Kept(len(rows) - len(over), len(over), same, frozenset(starts))


def _put(session: Session, over: Collection[int], rows: list[dict[str, Any]]) -> None:
    if over:
        session.execute(_not_current(session), {"ids": orjson.dumps(list(over)).decode()})
    insert_rows(session, DataValue, rows)


def _not_current(session: Session) -> TextClause:
    """Thousands of ids are one parameter: as many take longer to be put into a statement."""
    ids = (
        "(SELECT CAST(value AS bigint) FROM json_array_elements_text(CAST(:ids AS json)))"
        if session.get_bind().dialect.name == "postgresql"
        else "(SELECT value FROM json_each(:ids))"
    )
    return text(f"UPDATE data_value SET current = false WHERE id IN {ids}")  # noqa: S608 - no values


def _withdrawn(
    session: Session, data_set_id: int, measures: Mapping[int, str],
    keys: Collection[tuple[date, str, str]],
) -> dict[tuple[date, str, str], Any]:  # fmt: skip
    """The newest revision of each value that was withdrawn, of those that may have been."""
    v, found = DataValue, dict[tuple[date, str, str], Any]()
    for some in chunks(sorted({start for start, _, _ in keys})):
        query = (
            select(v.measure_id, v.start, v.cell, v.revision, v.status)
            .where(v.data_set_id == data_set_id, v.measure_id.in_(list(measures)))
            .where(v.start.in_(some), v.current.is_(False))
            .order_by(v.revision)
        )
        for row in session.execute(query):
            found[row.start, row.cell, measures[row.measure_id]] = row
    return {key: row for key, row in found.items() if key in keys}


def withdraw(session: Session, data_set: DataSet, starts: Collection[date], batch_id: int) -> int:
    """Let some periods have no values any more; how many there were. A last revision, that is not
    current either, says that nothing is provided, and by which batch.
    """
    rows = current(session, data_set.id, starts)
    gone = [
        {
            **revision(data_set, row.measure_id, _nothing(row), row, batch_id),
            "current": False,
        }
        for row in rows
    ]
    _put(session, [row.id for row in rows], gone)
    return len(gone)


def _nothing(row: Row[Any]) -> Entry:
    return Entry(row.start, row.cell, "", ValueState.NOT_PROVIDED, None, row.status)


def span(session: Session, data_set_id: int) -> tuple[date | None, date | None]:
    """The first and the last period that a data set has values for."""
    v = DataValue
    query = select(func.min(v.start), func.max(v.start))
    first, last = session.execute(query.where(v.data_set_id == data_set_id, v.current)).one()
    return first, last


def _says(row: Row[Any], entry: Entry, definition: int) -> bool:
    published = row.status in (entry.status, ValueStatus.REVISED)
    return published and (row.state, row.number, row.doubt, row.note, row.definition) == (
        entry.state, entry.number, entry.doubt, entry.note, definition,
    )  # fmt: skip


def revision(
    data_set: DataSet, measure_id: int, entry: Entry, before: Row[Any] | None, batch_id: int
) -> dict[str, Any]:
    """The columns of a new value, after the one `before` it (its revision and status)."""
    status = entry.status
    was_public = before is not None and before.status is not ValueStatus.PROVISIONAL
    if was_public and status is ValueStatus.PUBLISHED:
        status = ValueStatus.REVISED
    return {
        "data_set_id": data_set.id,
        "measure_id": measure_id,
        "start": entry.start,
        "cell": entry.cell,
        "revision": 1 if before is None else before.revision + 1,
        "current": True,
        "state": entry.state,
        "number": entry.number,
        "status": status,
        "definition": data_set.definition,
        "doubt": entry.doubt,
        "batch_id": batch_id,
        "note": entry.note,
    }


def revisions(session: Session, data_set_id: int, start: date, cell: str) -> list[Row[Any]]:
    """Every value that a cell of a period had, newest first: the columns of the value, with how
    and when it came in.
    """
    v, b = DataValue, DataBatch
    query = (
        select(v.measure_id, v.revision, v.current, v.state, v.number, v.status, v.definition,
               v.doubt, v.note, b.way, b.actor, b.at, b.source)
        .join(b, b.id == v.batch_id)
        .where(v.data_set_id == data_set_id, v.start == start, v.cell == cell)
        .order_by(v.measure_id, v.revision.desc())
    )  # fmt: skip
    return list(session.execute(query))


def by_place(session: Session, data_set: DataSet, start: date) -> dict[tuple[str, str], Row[Any]]:
    """The current values of a period, by cell and measure."""
    keys = {measure.id: measure.key for measure in data_set.measures}
    return {(row.cell, keys[row.measure_id]): row for row in current(session, data_set.id, [start])}


def given(session: Session, data_set_id: int, first: date) -> dict[date, ValueStatus]:
    """The periods from one on that have values, each with how far the least of them is."""
    v = DataValue
    query = select(v.start, v.status).where(
        v.data_set_id == data_set_id, v.current, v.start >= first
    )
    found: dict[date, ValueStatus] = {}
    for start, status in session.execute(query.distinct()):
        if found.get(start) is not ValueStatus.PROVISIONAL:
            found[start] = status
    return found
