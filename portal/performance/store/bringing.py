"""Data sets of many services at once, for imports: a few statements for all of them."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import date, datetime
from typing import Any, NamedTuple

from sqlalchemy import Row, delete, func, select, tuple_, update
from sqlalchemy.orm import Session, selectinload

from portal.audit import ImportBatch
from portal.catalogue.models.services import Service
from portal.db import chunks, insert_rows, new_ids
from portal.performance.models.data_sets import DataMeasure, DataSet
from portal.performance.models.values import DataBatch, DataRecord, DataValue
from portal.performance.rules.entries import Record
from portal.performance.words import SetKind, ValueState

Key = tuple[date, str, str]


class Word(NamedTuple):
    """What an import said of a value before."""

    state: ValueState
    number: float | None


def slugs(session: Session, service_ids: Collection[int]) -> dict[int, str]:
    """The address parts of services, by id."""
    query = select(Service.id, Service.slug).where(Service.id.in_(service_ids))
    return {row.id: row.slug for row in session.execute(query)}


def volumes_of(
    session: Session, service_ids: Collection[int], types: Collection[str]
) -> list[DataSet]:
    """The data sets of volumes that services have at addresses of these types, with their schema;
    the first one last, where a service has several.
    """
    query = (
        select(DataSet)
        .where(
            DataSet.service_id.in_(service_ids),
            DataSet.type.in_(types),
            DataSet.kind == SetKind.VOLUMES,
            DataSet.open_schema.is_(False),
        )
        .options(selectinload(DataSet.measures), selectinload(DataSet.dimensions))
        .order_by(DataSet.id.desc())
    )
    return list(session.scalars(query))


def add(session: Session, data_sets: list[DataSet]) -> None:
    """Add data sets with their measures. The ids of these are known before, so that a statement
    writes many; else each row is a statement on SQLite.
    """
    _number(session, [measure for each in data_sets for measure in each.measures])
    session.add_all(data_sets)
    session.flush()


def add_batches(session: Session, batches: list[DataBatch]) -> None:
    """The same of batches."""
    _number(session, batches)
    session.add_all(batches)
    session.flush()


def _number(session: Session, rows: Sequence[DataMeasure | DataBatch]) -> None:
    ids = new_ids(session, type(rows[0]), len(rows)) if rows else []
    for row, id_ in zip(rows, ids, strict=True):
        row.id = id_


def beside(
    session: Session, service_ids: Collection[int], without: Collection[int]
) -> list[DataSet]:
    """The data sets of services, with their schema, without some."""
    query = (
        select(DataSet)
        .where(DataSet.service_id.in_(service_ids), DataSet.id.not_in(without))
        .options(selectinload(DataSet.measures), selectinload(DataSet.dimensions))
        .order_by(DataSet.id)
    )
    return list(session.scalars(query))


def taken(session: Session, groups: Iterable[str], types: Collection[str]) -> set[tuple[str, str]]:
    """Which addresses there are already, of these groups and types."""
    query = select(DataSet.group, DataSet.type).where(
        DataSet.group.in_(set(groups)), DataSet.type.in_(types)
    )
    return {(row.group, row.type) for row in session.execute(query)}


def last_known(
    session: Session, set_ids: Collection[int], keys: Mapping[int, str]
) -> dict[int, dict[Key, Row[Any]]]:
    """The last word on the values of data sets, by what they are values of, each with the `kind` of
    import that it came by (None for another way); not `current` where it was withdrawn.

    Args:
        keys: of measures, by their ids.
    """
    v, found = DataValue, dict[int, dict[Key, Row[Any]]]()
    query = (
        select(v.id, v.data_set_id, v.measure_id, v.start, v.cell, v.revision, v.state, v.number,
               v.status, v.definition, v.doubt, v.note, v.current, ImportBatch.kind)
        .join(DataBatch, DataBatch.id == v.batch_id)
        .outerjoin(ImportBatch, ImportBatch.id == DataBatch.import_id)
        .where(v.data_set_id.in_(set_ids))
        .order_by(v.revision)
    )  # fmt: skip
    rows: Any = session.execute(query)
    for row in rows:
        found.setdefault(row.data_set_id, {})[row.start, row.cell, keys[row.measure_id]] = row
    return found


def last_words(
    session: Session, set_ids: Collection[int], kind: str, keys: Mapping[int, str]
) -> dict[tuple[int, Key], Word]:
    """What a kind of import last said of values that somebody changed since."""
    v = DataValue
    query = (
        select(v.data_set_id, v.measure_id, v.start, v.cell, v.state, v.number)
        .join(DataBatch, DataBatch.id == v.batch_id)
        .join(ImportBatch, ImportBatch.id == DataBatch.import_id)
        .where(v.data_set_id.in_(set_ids), v.current.is_(False), ImportBatch.kind == kind)
        .where(ImportBatch.undone_at.is_(None))
        .order_by(v.revision)
    )
    return {
        (row.data_set_id, (row.start, row.cell, keys[row.measure_id])): Word(row.state, row.number)
        for row in session.execute(query)
    }


def write(
    session: Session,
    over: Collection[int],
    rows: list[dict[str, Any]],
    records: Mapping[int, list[Record]],
    at: datetime,
) -> None:
    """Write values in the place of those that are `over`, and the records of data sets."""
    for some in chunks(over):
        session.execute(update(DataValue).where(DataValue.id.in_(some)).values(current=False))
    insert_rows(session, DataValue, rows)
    put_records(session, records, at)


def put_records(session: Session, records: Mapping[int, list[Record]], at: datetime) -> None:
    """Keep records of data sets, by their days, each in the place of the one for its period and
    cell.
    """
    r = DataRecord
    with_some = [
        id_
        for some in chunks(records)
        for id_ in session.scalars(select(r.data_set_id).where(r.data_set_id.in_(some)).distinct())
    ]
    there = [(id_, each.at.date(), each.cell) for id_ in with_some for each in records[id_]
          if each.at]  # fmt: skip
    for part in chunks(there):
        session.execute(delete(r).where(tuple_(r.data_set_id, r.day, r.cell).in_(part)))
    rows = [
        {
            "data_set_id": id_, "record_id": each.record_id, "at": each.at,
            "day": each.at.date(), "cell": each.cell, "body": dict(each.body),
            "seq": each.at.toordinal(), "updated_at": at,
        }
        for id_, some in records.items()
        for each in some
        if each.at
    ]  # fmt: skip
    insert_rows(session, r, rows)


def standing(session: Session, kind: str) -> dict[int, int]:
    """The imports of a kind with values that count still, and how many data sets have these."""
    v, b = DataValue, ImportBatch
    query = (
        select(b.id, func.count(v.data_set_id.distinct()))
        .join(DataBatch, DataBatch.import_id == b.id)
        .join(v, v.batch_id == DataBatch.id)
        .where(b.kind == kind, b.undone_at.is_(None), v.current)
        .group_by(b.id)
        .order_by(b.id)
    )
    rows: Any = session.execute(query)
    return dict(rows.all())
