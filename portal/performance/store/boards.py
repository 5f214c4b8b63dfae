"""What dashboards read: figures of services and components, and totals; no values."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import cache, partial
from heapq import nsmallest
from typing import Any, NamedTuple

from sqlalchemy import ColumnElement, Date, bindparam, case, func, literal, or_, select, union_all
from sqlalchemy.orm import Session

from portal.access import Kind
from portal.catalogue.models.counts import ServiceCount
from portal.catalogue.models.organisations import Organisation
from portal.catalogue.store.hierarchy import family
from portal.catalogue.store.service_counts import ORGANISATION
from portal.db import chunks
from portal.fixed import Fixed
from portal.performance.models.data_sets import DataMeasure, DataSet
from portal.performance.models.figures import FigureTotal, ThingFigure
from portal.performance.models.values import DataValue
from portal.performance.rules import schemas
from portal.performance.rules.board_choices import Span, Spans
from portal.performance.rules.boards import Cell, Channel, Key, Row
from portal.performance.rules.disclosure import Version
from portal.performance.rules.totals import Total
from portal.performance.store import hiding
from portal.performance.store.figures import GOVERNMENT
from portal.performance.words import Period, SetKind, ValueState

#: So many organisations of a ranking are shown.
RANKS = 20


class Ranked(NamedTuple):
    """An organisation with its total of a measure."""

    slug: str
    name: str
    total: Total


class Ranking(NamedTuple):
    """The organisations with the most of a measure for a period.

    Attributes:
        first: as many as are shown, the most first.
        whole: the sum over all that have it.
        hidden: how many services have a number that is not shown, and so in no sum here.
    """

    first: Sequence[Ranked] = ()
    whole: float = 0.0
    hidden: int = 0


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


@dataclass(frozen=True, slots=True)
class Bodies:
    """Whose totals are meant: an organisation's with all below it, by their ids, or those of all of
    government.
    """

    ids: Any = None

    @property
    def counted(self) -> ColumnElement[bool]:
        """The totals that add up to theirs."""
        t = FigureTotal.organisation_id
        return t == GOVERNMENT if self.ids is None else t.in_(self.ids)


def bodies_of(organisation_id: int | None, day: date) -> Bodies:
    """An organisation and all below it on a day; None is for all of government."""
    return Bodies(None if organisation_id is None else family(organisation_id, day))


@dataclass(frozen=True, slots=True)
class Held:
    """What there is of totals.

    Attributes:
        spans: which periods, each with the most services that one has.
        many: how many services have the measure that most of them have, by period and start.
        units: how many services there are that are not retired.
    """

    spans: Spans
    many: Mapping[Period, Mapping[date, int]]
    units: int


def held(session: Session, bodies: Bodies, measures: Collection[str]) -> Held:
    """What there is of totals of some measures."""
    spans: dict[Period, Span] = {}
    many: dict[Period, dict[date, int]] = {}
    there = 0
    rows: Any
    if bodies.ids is None:
        rows = _held_by_all(tuple(measures)).rows(session)
    else:
        rows = session.execute(_held(bodies, measures))
    for period, start, most, mine, all_of_them in rows:
        there = all_of_them or 0
        known = spans.get(period, Span(start, start, most))
        spans[period] = Span(min(start, known.first), max(start, known.last), max(most, known.many))
        if mine:
            many.setdefault(period, {})[start] = mine
    return Held(spans, many, there)


@cache
def _held_by_all(measures: tuple[str, ...]) -> Fixed:
    return Fixed(_held(Bodies(), measures))


def _held(bodies: Bodies, measures: Collection[str]) -> Any:
    t = FigureTotal
    things = func.sum(t.things).label("things")
    inner = select(t.period, t.start, t.figure, things).where(bodies.counted)
    each = inner.group_by(t.period, t.start, t.figure).subquery("each").c
    wanted = func.max(case((each.figure.in_(measures), each.things), else_=0))
    query: Any = select(each.period, each.start, func.max(each.things), wanted, units(bodies))
    return query.group_by(each.period, each.start)


def units(bodies: Bodies) -> Any:
    """How many services there are that are not retired, as a part of a statement."""
    c = ServiceCount
    if bodies.ids is None:
        everything = (c.within == "") & (c.facet == "")
        gone = (c.within == "") & (c.facet == "phase") & (c.value == "retired")
        many = func.sum(case((everything, c.many), (gone, -c.many), else_=0))
        return select(many).where(everything | gone).scalar_subquery()
    retired = (c.within == "phase") & (c.within_value == "retired")
    many = func.sum(case((c.within == "", c.many), (retired, -c.many), else_=0))
    query = select(many).where(c.facet == ORGANISATION, c.organisation_id.in_(bodies.ids))
    return query.scalar_subquery()


def totals_of(
    session: Session, bodies: Bodies, period: Period, first: date, last: date,
    measures: Collection[str], ranked: tuple[str, date],
) -> tuple[dict[Key, Cell], Ranking]:  # fmt: skip
    """Totals by measure and start, over all the organisations; and those that have one measure for
    one period, each with its own services' total.
    """
    cells: dict[Key, Cell] = {}
    bodies_with: list[Any] = []
    values = {"period": period, "first": first, "last": last, "of": ranked[0], "on": ranked[1]}
    rows: Any
    if bodies.ids is None:
        rows = _totals_of_all(tuple(measures)).rows(session, **values)
    else:
        rows = session.execute(_totals(bodies, measures), values)
    for row in rows:
        if row[_SLUG]:
            bodies_with.append(row)
        else:
            cells[row[_FIGURE], row[_START]] = _cell(Total(*row[_OWN:]))
    return cells, _ranking(bodies_with)


def _cell(total: Total) -> Cell:
    gone = ValueState.SUPPRESSED if total.suppressed and not total.things else None
    return Cell(total, gone, total.provisional > 0)


#: Where the columns of `_totals` are; those of a `Total` come last.
_ID, _SLUG, _NAME, _FIGURE, _START, _OWN = range(6)
_TOP, _SUPPRESSED, _PARTIAL = _OWN + 1, -3, -1


def _ranking(rows: Sequence[Any]) -> Ranking:
    """Only those that are shown are made into records: there are hundreds."""
    there = [row for row in rows if row[_OWN]]
    first = nsmallest(RANKS, there, key=lambda row: (-row[_TOP], row[_ID]))
    shown = [Ranked(row[_SLUG], row[_NAME], Total(*row[_OWN:])) for row in first]
    hidden = sum(row[_SUPPRESSED] + row[_PARTIAL] for row in rows)
    return Ranking(shown, sum(row[_TOP] for row in there), hidden)


@cache
def _totals_of_all(measures: tuple[str, ...]) -> Fixed:
    return Fixed(_totals(Bodies(), measures))


def _totals(bodies: Bodies, measures: Collection[str]) -> Any:
    t, o, day = FigureTotal, Organisation, partial(bindparam, type_=Date())
    of_period = t.period == bindparam("period", type_=t.period.type)
    own = (t.things, t.top, t.bottom, t.largest, t.same_things, t.same_top, t.same_bottom,
           t.was_top, t.was_bottom, t.suppressed, t.provisional, t.partial)  # fmt: skip
    sums = [func.max(c) if c is t.largest else func.sum(c) for c in own]
    together: Any = (
        select(literal(0), literal(""), literal(""), t.figure, t.start, *sums)
        .where(bodies.counted, of_period, t.figure.in_(measures))
        .where(t.start.between(day("first"), day("last")))
        .group_by(t.figure, t.start)
    )
    apart: Any = (
        select(o.id, o.slug, o.name, t.figure, t.start, *own)
        .join(o, o.id == t.organisation_id)
        .where(of_period, t.figure == bindparam("of", type_=t.figure.type), t.start == day("on"))
    )
    if bodies.ids is not None:
        apart = apart.where(bodies.counted)
    return union_all(together, apart)


@dataclass(frozen=True, slots=True)
class Channels:
    """Transactions of a service by channel, and the data set that they are from."""

    title: str
    address: str
    rows: list[Channel]


def channels(
    session: Session, service_id: int, period: Period, first: date, last: date
) -> Channels | None:
    """Transactions of a service by channel and period, from the first data set that has them."""
    v, m, d = DataValue, DataMeasure, DataSet
    query = (
        select(
            d.id, d.title, d.threshold, v.start, v.cell, m.key, v.revision, v.batch_id, v.current,
            v.number, v.state, d.group, d.type,
        )
        .join(m, m.id == v.measure_id)
        .join(d, d.id == v.data_set_id)
        .where(
            d.service_id == service_id, d.kind == SetKind.TRANSACTIONS, d.period == period,
            d.published, or_(v.current, d.threshold > 0), v.start.between(first, last),
        )
        .order_by(d.id, v.start, v.cell)
    )  # fmt: skip
    rows = session.execute(query).all()
    if not rows:
        return None
    mine = [row for row in rows if row.id == rows[0].id]
    every = ((start, Version(*rest)) for _id, _title, _few, start, *rest, _, _, _ in mine)
    schema = schemas.of_sort(SetKind.TRANSACTIONS, period)
    gone = hiding.current(hiding.among(schema, mine[0].threshold, every))
    return Channels(
        mine[0].title,
        f"/data-sets/{mine[0].group}/{mine[0].type}",
        [
            Channel(row.cell, row.start, ValueState.SUPPRESSED, None)
            if (row.start, row.cell, row.key) in gone
            else Channel(row.cell, row.start, row.state, row.number)
            for row in mine
            if row.current
        ],
    )
