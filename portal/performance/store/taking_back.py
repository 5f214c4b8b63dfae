"""What an import brought to data sets: which of it is still as it came, and taking that out."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from datetime import date
from typing import Any

from sqlalchemy import delete, exists, func, select, tuple_, update
from sqlalchemy.orm import Session, selectinload

from portal.audit import HistoryEvent
from portal.catalogue.models.services import Service
from portal.db import chunks
from portal.performance.models.data_sets import DataSet, DataToken
from portal.performance.models.notes import FigureNote, FigureTarget
from portal.performance.models.values import DataBatch, DataRecord, DataValue
from portal.performance.store.data_sets import THING


def written(session: Session, import_id: int) -> list[int]:
    """The ids of the data sets that an import wrote to."""
    query = select(DataBatch.data_set_id).where(DataBatch.import_id == import_id)
    return list(session.scalars(query.distinct().order_by(DataBatch.data_set_id)))


def load(session: Session, ids: Collection[int]) -> list[DataSet]:
    """Data sets with their schema."""
    lists = (selectinload(DataSet.dimensions), selectinload(DataSet.measures))
    return list(session.scalars(select(DataSet).where(DataSet.id.in_(ids)).options(*lists)))


def take_values(
    session: Session, import_id: int, set_ids: Collection[int]
) -> tuple[int, dict[int, set[date]]]:
    """Delete the values of an import that are current; the one before each counts again.

    Returns:
        How many there were, and of which periods, by data set.
    """
    v = DataValue
    query = (
        select(v.id, v.data_set_id, v.measure_id, v.start, v.cell, v.revision)
        .join(DataBatch, DataBatch.id == v.batch_id)
        .where(DataBatch.import_id == import_id, v.data_set_id.in_(set_ids), v.current)
    )
    rows = session.execute(query).all()
    for some in chunks([row.id for row in rows]):
        session.execute(delete(v).where(v.id.in_(some)))
    again: dict[tuple[Any, ...], int] = {}
    for part in chunks([tuple(row[1:5]) for row in rows if row.revision > 1]):
        key = (v.data_set_id, v.measure_id, v.start, v.cell)
        before = select(v.id, *key).where(tuple_(*key).in_(part)).order_by(v.revision)
        again |= {tuple(row[1:]): row.id for row in session.execute(before)}
    for some in chunks(list(again.values())):
        session.execute(update(v).where(v.id.in_(some)).values(current=True))
    starts: dict[int, set[date]] = {}
    for row in rows:
        starts.setdefault(row.data_set_id, set()).add(row.start)
    return len(rows), starts


def changed_since(session: Session, import_id: int) -> list[tuple[str, int]]:
    """The data sets, by address, where values of an import were changed after it; how many."""
    v = DataValue
    address = DataSet.group + "/" + DataSet.type
    query = (
        select(address, func.count())
        .select_from(v)
        .join(DataBatch, DataBatch.id == v.batch_id)
        .join(DataSet, DataSet.id == v.data_set_id)
        .where(DataBatch.import_id == import_id, v.current.is_(False))
        .group_by(address)
        .order_by(address)
    )
    return [(name, many) for name, many in session.execute(query)]


def drop_records(session: Session, starts: Mapping[int, Iterable[date]]) -> None:
    """Delete the records of periods of data sets."""
    r = DataRecord
    for some in chunks([(id_, start) for id_, each in starts.items() for start in each]):
        session.execute(delete(r).where(tuple_(r.data_set_id, r.day).in_(some)))


def spans(session: Session, set_ids: Collection[int]) -> dict[int, tuple[date, date]]:
    """The first and last period that data sets have values for."""
    v = DataValue
    query = (
        select(v.data_set_id, func.min(v.start), func.max(v.start))
        .where(v.data_set_id.in_(set_ids), v.current)
        .group_by(v.data_set_id)
    )
    return {id_: (first, last) for id_, first, last in session.execute(query)}


def unused(session: Session, import_id: int, set_ids: Collection[int]) -> set[int]:
    """Of data sets, those that an import made and that nobody uses: without values, records and
    tokens.
    """
    made = exists().where(
        HistoryEvent.thing == THING,
        HistoryEvent.thing_id == DataSet.id,
        HistoryEvent.batch_id == import_id,
        HistoryEvent.tag == "data_set.added",
    )
    used = (
        exists().where(model.data_set_id == DataSet.id)
        for model in (DataValue, DataRecord, DataToken)
    )
    query = select(DataSet.id).where(DataSet.id.in_(set_ids), made, *(~each for each in used))
    return set(session.scalars(query))


def remove(session: Session, set_ids: Collection[int]) -> None:
    """Delete data sets with all that is theirs."""
    session.execute(delete(DataSet).where(DataSet.id.in_(set_ids)))


def left_of(session: Session, service_ids: Collection[int]) -> list[str]:
    """What people keep with services, in words and with its page: data sets, notes and targets."""
    found: list[str] = []
    name, slug = Service.name, Service.slug
    for some in chunks(service_ids):
        sets = (
            select(DataSet.title, DataSet.group, DataSet.type, name)
            .join(Service, Service.id == DataSet.service_id)
            .where(DataSet.service_id.in_(some))
            .order_by(DataSet.id)
        )
        found += [
            f"data set “{title}” of {of} (/data-sets/{group}/{type_})"
            for title, group, type_, of in session.execute(sets)
        ]
        for what, model in (("note", FigureNote), ("target", FigureTarget)):
            rows = (
                select(name, slug, func.count())
                .select_from(model)
                .join(Service, Service.id == model.service_id)
                .where(model.service_id.in_(some))
                .group_by(name, slug)
                .order_by(slug)
            )
            found += [
                f"{many} {what}{'' if many == 1 else 's'} of {of}"
                f" (/services/{place}/performance/notes)"
                for of, place, many in session.execute(rows)
            ]
    return found
