"""Data sets as stored."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date

from sqlalchemy import inspect, select
from sqlalchemy.orm import Session, joinedload, selectinload
from sqlalchemy.orm.util import identity_key

from portal.access import Kind
from portal.audit import Act, Document, london_day, record
from portal.errors import N_, Missing
from portal.performance.models.data_sets import DataDimension, DataMeasure, DataSet
from portal.performance.rules import due
from portal.performance.rules.kinds import Dimension, Measure
from portal.performance.rules.schemas import Schema

THING = "data_set"
_LISTS = (selectinload(DataSet.dimensions), selectinload(DataSet.measures))
#: What the history tells of a data set, beside its dimensions and measures.
_PLAIN = (
    "group", "type", "title", "kind", "period", "open_schema", "published", "raw_queries",
    "realtime", "queryable", "auto_ids", "max_age_days", "due_days", "threshold", "definition",
    "source", "service_id", "component_id", "closed_on",
)  # fmt: skip


def find(session: Session, group: str, type_: str) -> DataSet | None:
    """A data set by its address, with its schema."""
    lists = selectinload(DataSet.dimensions), joinedload(DataSet.measures)
    query = select(DataSet).where(DataSet.group == group, DataSet.type == type_).options(*lists)
    return session.scalars(query).unique().one_or_none()


def get(session: Session, id_: int) -> DataSet:
    """A data set by its id, with its schema. Raises Missing."""
    found = session.scalars(select(DataSet).where(DataSet.id == id_).options(*_LISTS)).first()
    if found is None:
        raise Missing(N_("There is no such data set"))
    return found


def locked(session: Session, id_: int) -> DataSet:
    """The same, for a transaction that writes to it: others that do wait until it ends."""
    query = select(DataSet.id).where(DataSet.id == id_).with_for_update()
    session.execute(query)
    held = session.identity_map.get(identity_key(DataSet, id_))
    if held is not None and not inspect(held).unloaded & {"dimensions", "measures"}:
        return held
    return get(session, id_)


def at_address(session: Session, group: str, type_: str) -> tuple[int, date | None] | None:
    """The id of a data set, and the day on which it was closed, if it was."""
    query = select(DataSet.id, DataSet.closed_on)
    row = session.execute(query.where(DataSet.group == group, DataSet.type == type_)).first()
    return None if row is None else (row.id, row.closed_on)


def overdue(session: Session, day: date) -> list[DataSet]:
    """The data sets that everybody may read and that are overdue on a day, by address: those that
    the page of what is overdue names, and those that are of nothing in the catalogue.
    """
    query = select(DataSet).where(DataSet.published, DataSet.queryable, DataSet.due_on < day)
    return list(session.scalars(query.order_by(DataSet.group, DataSet.type)))


def of_thing(session: Session, kind: Kind, id_: int) -> list[DataSet]:
    """The data sets of a service or component, by address."""
    column = DataSet.service_id if kind is Kind.SERVICE else DataSet.component_id
    query = select(DataSet).where(column == id_).options(*_LISTS)
    return list(session.scalars(query.order_by(DataSet.group, DataSet.type)))


def thing_of(data_set: DataSet) -> tuple[Kind, int] | None:
    """What a data set is of; None for records that are of nothing in the catalogue."""
    if data_set.service_id is not None:
        return Kind.SERVICE, data_set.service_id
    if data_set.component_id is not None:
        return Kind.COMPONENT, data_set.component_id
    return None


def document(data_set: DataSet) -> Document:
    """What the history keeps of a data set."""
    made = {name: _value(getattr(data_set, name)) for name in _PLAIN}
    made["dimensions"] = [
        {"key": each.key, "title": each.title, "values": each.values}
        for each in data_set.dimensions
    ]
    made["measures"] = [
        {"key": each.key, "title": each.title, "unit": each.unit.value, "summable": each.summable}
        for each in data_set.measures
    ]
    return made


def _value(value: object) -> object:
    return value.isoformat() if isinstance(value, date) else getattr(value, "value", value)


def schema_of(data_set: DataSet) -> Schema:
    """What a data set may hold, as the rules see it."""
    return Schema(
        data_set.kind,
        data_set.period,
        tuple(
            Dimension(each.key, each.title, {v["value"]: v["title"] for v in each.values})
            for each in data_set.dimensions
        ),
        tuple(Measure(m.key, m.title, m.unit, m.summable) for m in data_set.measures),
    )


def set_due(data_set: DataSet, day: date) -> None:
    """Say when the next values are due, after anything that it depends on changed."""
    if data_set.closed_on is not None:
        data_set.due_on = None
        return
    received = data_set.received_at
    known = due.Known(
        data_set.period, data_set.last_start, data_set.due_days, data_set.max_age_days,
        london_day(received) if received else None, data_set.added_on or day,
    )  # fmt: skip
    data_set.due_on = due.due_on(known)


def add(
    session: Session,
    data_set: DataSet,
    dimensions: Iterable[DataDimension],
    measures: Iterable[DataMeasure],
    act: Act,
) -> DataSet:
    """Keep a new data set with its schema, in the order given, and its history.

    Raises:
        IntegrityError: another one has the address.
    """
    data_set.edited_at, data_set.added_on = act.at, act.day
    data_set.dimensions = list(dimensions)
    data_set.measures = list(measures)
    in_order(data_set)
    set_due(data_set, act.day)
    session.add(data_set)
    session.flush()
    record(session, act, "data_set.added", THING, data_set.id, None, document(data_set))
    return data_set


def in_order(data_set: DataSet) -> None:
    """Number the dimensions and measures as they stand."""
    for position, dimension in enumerate(data_set.dimensions):
        dimension.position = position
    for position, measure in enumerate(data_set.measures):
        measure.position = position
