"""What dashboards read: figures of services and components, and totals; no values."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import ColumnElement, Select, case, func, select
from sqlalchemy.orm import Session

from portal.access import Kind
from portal.catalogue.models.counts import ServiceCount
from portal.catalogue.models.organisations import Organisation
from portal.catalogue.store.hierarchy import family
from portal.catalogue.store.service_counts import ORGANISATION
from portal.db import chunks
from portal.performance.models.data_sets import DataMeasure, DataSet
from portal.performance.models.figures import FigureTotal, ThingFigure
from portal.performance.models.values import DataValue
from portal.performance.rules import disclosure, schemas
from portal.performance.rules.board_choices import Span, Spans
from portal.performance.rules.boards import Cell, Key, Row
from portal.performance.rules.totals import Total
from portal.performance.store.figures import GOVERNMENT
from portal.performance.words import Period, SetKind, ValueState

#: The measure of transactions by channel.
_COUNT = "count"


@dataclass(frozen=True, slots=True)
class Ranked:
    """An organisation with its total of a measure."""

    slug: str
    name: str
    total: Total


def spans_of(session: Session, kind: Kind, ids: Collection[int]) -> Spans:
    """Which periods services or components have figures for."""
    f = ThingFigure
    found: dict[Period, Span] = {}
    for some in chunks(ids):
        query = select(f.period, func.min(f.start), func.max(f.start), func.count()).where(
            f.kind == kind, f.of_id.in_(some)
        )
        rows: Any = session.execute(query.group_by(f.period))
        for period, *span in rows:
            found[period] = Span(*span).with_(found.get(period))
    return found


def rows_of(
    session: Session, kind: Kind, ids: Collection[int], period: Period, first: date, last: date
) -> list[Row]:
    """The figures of services or components for the periods that start from one day to another."""
    f = ThingFigure
    found: list[Row] = []
    for some in chunks(ids):
        query = select(f.of_id, f.figure, f.start, f.state, f.number, f.status, f.doubt).where(
            f.kind == kind, f.of_id.in_(some), f.period == period, f.start.between(first, last)
        )
        found.extend(Row(*row) for row in session.execute(query))
    return found


def bodies_of(organisation_id: int | None, day: date) -> ColumnElement[bool]:
    """Which totals count: those of an organisation and all below it, or of all of government."""
    if organisation_id is None:
        return FigureTotal.organisation_id == GOVERNMENT
    return FigureTotal.organisation_id.in_(family(organisation_id, day))


def total_spans(session: Session, bodies: ColumnElement[bool]) -> Spans:
    """Which periods there are totals for, each with the most services that one has."""
    t = FigureTotal
    columns = t.period, func.min(t.start), func.max(t.start), func.max(t.things)
    query = select(*columns).where(bodies).group_by(t.period)
    rows: Any = session.execute(query)
    return {period: Span(*span) for period, *span in rows}


def totals_of(
    session: Session, bodies: ColumnElement[bool], period: Period, first: date, last: date,
    measures: Collection[str],
) -> dict[Key, Cell]:  # fmt: skip
    """Totals by measure and start, over all the organisations."""
    t = FigureTotal
    query: Select[Any] = (
        select(t.figure, t.start, *_sums())
        .where(bodies, t.period == period, t.figure.in_(measures), t.start.between(first, last))
        .group_by(t.figure, t.start)
    )
    return {(figure, start): Cell(Total(*sums)) for figure, start, *sums in session.execute(query)}


def _sums() -> tuple[ColumnElement[Any], ...]:
    """The columns of a `Total`, in its order."""
    t = FigureTotal
    return (
        func.sum(t.things), func.sum(t.top), func.sum(t.bottom), func.max(t.largest),
        func.sum(t.same_things), func.sum(t.same_top), func.sum(t.same_bottom),
        func.sum(t.was_top), func.sum(t.was_bottom), func.sum(t.suppressed),
    )  # fmt: skip


def ranking(
    session: Session, organisation_id: int | None, day: date, period: Period, measure: str,
    start: date,
) -> list[Ranked]:  # fmt: skip
    """The organisations that have a measure for a period, each with its own services' total."""
    t, o = FigureTotal, Organisation
    query: Any = (
        select(o.slug, o.name, t.things, t.top, t.bottom, t.largest, t.same_things, t.same_top,
               t.same_bottom, t.was_top, t.was_bottom, t.suppressed)
        .join(o, o.id == t.organisation_id)
        .where(t.period == period, t.figure == measure, t.start == start)
        .order_by(t.top.desc(), o.id)
    )  # fmt: skip
    if organisation_id is not None:
        query = query.where(bodies_of(organisation_id, day))
    return [Ranked(slug, name, Total(*sums)) for slug, name, *sums in session.execute(query)]


def services_of(session: Session, organisation_id: int | None, day: date) -> int:
    """How many services an organisation and all below it have, or all of government: those that
    are not retired.
    """
    c = ServiceCount
    retired = (c.within == "phase") & (c.within_value == "retired")
    many = func.sum(case((c.within == "", c.many), (retired, -c.many), else_=0))
    query = select(many).where(c.facet == ORGANISATION)
    if organisation_id is None:
        everything = (c.within == "") & (c.facet == "")
        gone = (c.within == "") & (c.facet == "phase") & (c.value == "retired")
        many = func.sum(case((everything, c.many), (gone, -c.many), else_=0))
        query = select(many).where(everything | gone)
    else:
        query = query.where(c.organisation_id.in_(family(organisation_id, day)))
    return session.scalar(query) or 0


def channels(
    session: Session, service_id: int, period: Period, first: date, last: date
) -> list[tuple[str, date, float | None]]:
    """Transactions of a service by channel and period, from the first data set that has them; None
    where there is no number, or one of too few. Channels that it does not have are left out.
    """
    v, m, d = DataValue, DataMeasure, DataSet
    query = (
        select(d.id, d.threshold, v.cell, v.start, v.number)
        .join(m, m.id == v.measure_id)
        .join(d, d.id == v.data_set_id)
        .where(
            d.service_id == service_id, d.kind == SetKind.TRANSACTIONS, d.period == period,
            d.published, v.current, v.start.between(first, last),
            v.state != ValueState.NOT_APPLICABLE,
        )
        .order_by(d.id, v.start, v.cell)
    )  # fmt: skip
    rows = session.execute(query).all()
    mine = [row for row in rows if row.id == rows[0].id]
    schema, numbers = schemas.of_sort(SetKind.TRANSACTIONS, period), dict[date, dict[Any, float]]()
    for row in mine:
        if row.number is not None:
            numbers.setdefault(row.start, {})[row.cell, _COUNT] = row.number
    gone = {
        (start, cell)
        for start, known in numbers.items()
        for cell, _measure in disclosure.hidden(schema, known, mine[0].threshold)
    }
    return [
        (row.cell, row.start, None if (row.start, row.cell) in gone else row.number) for row in mine
    ]
