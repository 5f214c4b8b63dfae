"""Records as stored, each in the place where its id first came."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from datetime import date, datetime
from itertools import repeat
from typing import Any

import orjson
from sqlalchemy import ARRAY, ColumnElement, String, cast, delete, func, select
from sqlalchemy.orm import Session

from portal.db import chunks, insert_columns
from portal.performance.models.data_sets import DataSet
from portal.performance.models.values import DataRecord
from portal.performance.rules.entries import Record
from portal.performance.rules.meanings import Place
from portal.performance.rules.records import Asked, Body
from portal.performance.store import data_sets


def asked_of(data_set: DataSet) -> Asked:
    """What a data set asks of records, from its declared schema."""
    schema = data_sets.schema_of(data_set)
    return Asked(
        data_set.open_schema, data_set.kind, data_set.period, tuple(data_set.auto_ids),
        schema.dimensions, schema.measures,
    )  # fmt: skip


def put(session: Session, data_set_id: int, records: Iterable[Record], at: datetime) -> int:
    """Keep records, each in the place of one with its id; the last of an id counts. No other record
    has the cell of one (`rules.meanings.records` sees to that).

    Returns:
        How many there are of them.
    """
    last = {each.record_id: each for each in records}
    if not last:
        return 0
    newest = _newest(session, data_set_id)
    over = newest is not None and session.get_bind().dialect.name == "sqlite"
    order = {} if newest is None or over else _taken_away(session, data_set_id, last)
    first = 0 if newest is None else newest + 1
    new = iter(range(first, first + len(last)))
    ids, ats, cells, bodies = zip(*last.values(), strict=True)
    days = {each: each and each.date() for each in set(ats)}
    columns: dict[str, Iterable[Any]] = {
        "data_set_id": repeat(data_set_id, len(last)),
        "record_id": ids,
        "seq": [order[id_] if id_ in order else next(new) for id_ in ids] if order else new,
        "updated_at": repeat(at, len(last)),
        "at": ats,
        "day": map(days.__getitem__, ats),
        "body": bodies,
    }
    # A column that says nothing takes a tenth of the time; "" is the cell without dimensions.
    if any(each is not None for each in cells):
        columns["cell"] = cells
    insert_columns(session, DataRecord, columns, ["seq"] if over else None)
    return len(last)


def _newest(session: Session, data_set_id: int) -> int | None:
    query = select(func.max(DataRecord.seq)).where(DataRecord.data_set_id == data_set_id)
    found: int | None = session.scalar(query)
    return found


def _taken_away(session: Session, data_set_id: int, ids: Collection[str]) -> dict[str, int]:
    if not ids:
        return {}
    query = (
        delete(DataRecord)
        .where(DataRecord.data_set_id == data_set_id, _named(session, ids))
        .returning(DataRecord.record_id, DataRecord.seq)
    )
    rows: Any = session.connection().execute(query).all()
    return dict(rows)


def _named(session: Session, ids: Collection[str]) -> ColumnElement[bool]:
    """Whether a record has one of many ids, which are one parameter: thousands take longer to be
    put into a statement than to be found.
    """
    if session.get_bind().dialect.name == "postgresql":
        return DataRecord.record_id == func.any(cast(list(ids), ARRAY(String)))
    each = func.json_each(orjson.dumps(list(ids)).decode()).table_valued("value")
    return DataRecord.record_id.in_(select(each.c.value))


def remove(session: Session, data_set_id: int, ids: Collection[str]) -> int:
    """Delete records by their ids; how many there were."""
    return len(_taken_away(session, data_set_id, ids))


def ids_of(session: Session, data_set_id: int) -> list[str]:
    """The ids of all records, in their order."""
    r = DataRecord
    return list(
        session.scalars(select(r.record_id).where(r.data_set_id == data_set_id).order_by(r.seq))
    )


def get(session: Session, data_set_id: int, record_id: str) -> Record | None:
    """One record, if there is one."""
    r = DataRecord
    query = select(r.record_id, r.at, r.cell, r.body).where(
        r.data_set_id == data_set_id, r.record_id == record_id
    )
    row = session.execute(query).one_or_none()
    return None if row is None else Record(row.record_id, row.at, row.cell, row.body)


def ids_at(session: Session, data_set_id: int, days: Iterable[date]) -> dict[Place, str]:
    """The ids of the records of some periods, by the first day and the cell."""
    r = DataRecord
    found: dict[Place, str] = {}
    for some in chunks(sorted(set(days))):
        query = select(r.day, r.cell, r.record_id).where(
            r.data_set_id == data_set_id, r.day.in_(some)
        )
        for day, cell, id_ in session.execute(query):
            if day is not None and cell is not None:
                found[day, cell] = id_
    return found


def places_of(session: Session, data_set_id: int, ids: Collection[str]) -> dict[str, Place]:
    """The period and cell that each of some records is for; of those that mean values only."""
    r = DataRecord
    found: dict[str, Place] = {}
    query = select(r.record_id, r.day, r.cell).where(
        r.data_set_id == data_set_id, _named(session, ids)
    )
    for id_, day, cell in session.execute(query):
        if day is not None and cell is not None:
            found[id_] = day, cell
    return found


def bodies_at(
    session: Session, data_set_id: int, starts: Collection[date]
) -> dict[tuple[date, str], tuple[str, Body]]:
    """The ids and bodies of the records of some periods, by period and cell."""
    r = DataRecord
    found: dict[tuple[date, str], tuple[str, Body]] = {}
    for some in chunks(sorted(starts)):
        query = select(r.day, r.cell, r.record_id, r.body).where(
            r.data_set_id == data_set_id, r.day.in_(some), r.cell.is_not(None)
        )
        found |= {(day, cell): (id_, body) for day, cell, id_, body in session.execute(query)}
    return found


def without_any(session: Session, data_set_id: int, starts: Collection[date]) -> set[date]:
    """Of some periods, those of which there is no record."""
    r, left = DataRecord, set(starts)
    for some in chunks(sorted(starts)):
        query = select(r.day).where(r.data_set_id == data_set_id, r.day.in_(some)).distinct()
        left -= set(session.scalars(query))
    return left


def last_put(session: Session, data_set_id: int) -> datetime | None:
    """When the newest of the records that there are came; None where there is none."""
    r = DataRecord
    found: datetime | None = session.scalar(
        select(func.max(r.updated_at)).where(r.data_set_id == data_set_id)
    )
    return found
