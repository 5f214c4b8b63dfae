"""Published values of which something is strange."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from dataclasses import dataclass
from datetime import date
from typing import Any, NamedTuple

from sqlalchemy import func, select, tuple_
from sqlalchemy.orm import Session

from portal.catalogue.models.components import Component
from portal.catalogue.models.organisations import Organisation
from portal.catalogue.models.services import Service
from portal.performance.models.data_sets import DataMeasure, DataSet
from portal.performance.models.values import DataValue
from portal.performance.store import data_sets, hiding
from portal.performance.words import Doubt, Period, Unit


class Row(NamedTuple):
    """A value, of what it is, and what is strange about it. `number` is None where it is not shown
    or there is none.
    """

    id: int
    data_set_id: int
    group: str
    type: str
    title: str
    period: Period
    service_slug: str | None
    service: str | None
    component_slug: str | None
    component: str | None
    organisation_slug: str | None
    organisation: str | None
    start: date
    cell: str
    measure: str
    named: str
    unit: Unit
    number: float | None
    doubt: Doubt


@dataclass(frozen=True, slots=True)
class DoubtQuery:
    """What the list is narrowed to, and the place after which the page begins."""

    service: str | None = None
    organisation: str | None = None
    doubt: Doubt | None = None
    period: Period | None = None
    after: tuple[date, int] | None = None


def listing(session: Session, query: DoubtQuery, limit: int) -> list[Row]:
    """A page of the list, the newest period first."""
    return _shown(session, session.execute(_select(query).limit(limit)).all())


def every(session: Session, query: DoubtQuery) -> Iterator[Row]:
    """All of the list."""
    for some in session.execute(_select(query)).partitions(500):
        yield from _shown(session, some)


def counts(session: Session, query: DoubtQuery) -> dict[str, dict[Any, int]]:
    """How many of the list have each doubt and period."""
    doubt, period = DataValue.doubt, DataSet.period
    found: dict[str, dict[Any, int]] = {"doubt": {}, "period": {}}
    asked = _joined(select(doubt, period, func.count())).where(*_where(query))
    for one, other, many in session.execute(asked.group_by(doubt, period)):
        for name, value in (("doubt", one), ("period", other)):
            found[name][value] = found[name].get(value, 0) + many
    return found


def _shown(session: Session, some: Collection[Any]) -> list[Row]:
    """Rows without the numbers that nobody but the team sees."""
    rows = [Row(*row[:-1]) for row in some]
    starts: dict[int, set[date]] = {}
    for row, threshold in zip(rows, (row[-1] for row in some), strict=True):
        if threshold:
            starts.setdefault(row.data_set_id, set()).add(row.start)
    gone = {
        (id_, *place)
        for id_, mine in starts.items()
        for place in hiding.hidden_now(session, data_sets.get(session, id_), mine)
    }
    return [
        row._replace(number=None)
        if (row.data_set_id, row.start, row.cell, row.measure) in gone else row
        for row in rows
    ]  # fmt: skip


def _select(query: DoubtQuery) -> Any:
    v, d, m = DataValue, DataSet, DataMeasure
    found = _joined(
        select(
            v.id, d.id, d.group, d.type, d.title, d.period, Service.slug, Service.name,
            Component.slug, Component.name, Organisation.slug, Organisation.name, v.start, v.cell,
            m.key, m.title, m.unit, v.number, v.doubt, d.threshold,
        )
    )  # fmt: skip
    found = found.where(*_where(query)).order_by(v.start.desc(), v.id.desc())
    return found if query.after is None else found.where(tuple_(v.start, v.id) < query.after)


def _where(query: DoubtQuery) -> list[Any]:
    where: list[Any] = [
        DataValue.doubt.is_not(None), DataValue.current, DataSet.published.is_(True)
    ]  # fmt: skip
    for column, value in (
        (Service.slug, query.service), (Organisation.slug, query.organisation),
        (DataValue.doubt, query.doubt), (DataSet.period, query.period),
    ):  # fmt: skip
        if value is not None:
            where.append(column == value)
    return where


def _joined(query: Any) -> Any:
    whose = func.coalesce(Service.organisation_id, Component.provider_id)
    return (
        query.select_from(DataValue)
        .join(DataSet, DataSet.id == DataValue.data_set_id)
        .join(DataMeasure, DataMeasure.id == DataValue.measure_id)
        .outerjoin(Service, Service.id == DataSet.service_id)
        .outerjoin(Component, Component.id == DataSet.component_id)
        .outerjoin(Organisation, Organisation.id == whose)
    )
