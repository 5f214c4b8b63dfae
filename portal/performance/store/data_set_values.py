"""The values of a data set as its pages and files show them: with where each is from."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, datetime
from typing import Any, NamedTuple

from sqlalchemy import ColumnElement, Select, case, select
from sqlalchemy.orm import Session

from portal.performance.models.data_sets import DataMeasure
from portal.performance.models.values import DataBatch, DataValue
from portal.performance.words import Doubt, Unit, ValueState, ValueStatus, Way


class Value(NamedTuple):
    """A value with its measure and how it came in. `reason` is why it was revised; `note` is for
    those who answer for it.
    """

    start: date
    cell: str
    measure: str
    title: str
    unit: Unit
    revision: int
    current: bool
    state: ValueState
    number: float | None
    status: ValueStatus
    definition: int
    doubt: Doubt | None
    way: Way
    source: str | None
    actor: str
    at: datetime
    reason: str | None
    note: str | None


def starts(session: Session, data_set_id: int, many: int) -> list[date]:
    """The first days of the newest periods with values."""
    return list(session.scalars(_starts(data_set_id, many, None)))


def newest(
    session: Session, data_set_id: int, many: int, before: date | None = None
) -> list[Value]:
    """The current values of the newest periods with values, before one where that is given: newest
    first, in the order of the schema.
    """
    v = DataValue
    some = v.start.in_(_starts(data_set_id, many, before))
    return list(_values(session, data_set_id, some, v.current.is_(True)))


def _starts(data_set_id: int, many: int, before: date | None) -> Select[Any]:
    v = DataValue
    query = select(v.start).where(v.data_set_id == data_set_id, v.current)
    if before is not None:
        query = query.where(v.start < before)
    return query.distinct().order_by(v.start.desc()).limit(many)


def every(session: Session, data_set_id: int) -> Iterator[Value]:
    """All current values, newest first."""
    return _values(session, data_set_id, DataValue.current.is_(True))


def revisions(session: Session, data_set_id: int, start: date) -> list[Value]:
    """Every value that a period ever had, the newest of each first."""
    return list(_values(session, data_set_id, DataValue.start == start))


def _values(session: Session, data_set_id: int, *which: ColumnElement[bool]) -> Iterator[Value]:
    query = _query().where(DataValue.data_set_id == data_set_id, *which)
    return (Value(*row) for row in session.execute(query).yield_per(1_000))


def _query() -> Any:
    v, m, b = DataValue, DataMeasure, DataBatch
    # What is new in a batch has no reason: others in it were revised.
    why = case((v.status == ValueStatus.REVISED, b.reason))
    return (
        select(
            v.start, v.cell, m.key, m.title, m.unit, v.revision, v.current, v.state, v.number,
            v.status, v.definition, v.doubt, b.way, b.source, b.actor, b.at, why, v.note,
        )
        .join(m, m.id == v.measure_id)
        .join(b, b.id == v.batch_id)
        .order_by(v.start.desc(), v.cell, m.position, v.revision.desc())
    )  # fmt: skip
