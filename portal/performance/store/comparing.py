"""A figure of services in two periods side by side: sums, and the services one by one."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from typing import Any, NamedTuple

from sqlalchemy import ColumnElement, and_, case, func, or_, select
from sqlalchemy.orm import Session

from portal.access import Kind
from portal.catalogue.models.organisations import Organisation
from portal.catalogue.models.services import Service
from portal.catalogue.rules.filters import Cursor
from portal.catalogue.store import paging
from portal.catalogue.store.hierarchy import family
from portal.performance.models.data_sets import DataSet
from portal.performance.models.figures import FigureTotal, ThingFigure
from portal.performance.rules.comparing import Compared, Group, Order, Which
from portal.performance.words import Figure, Period, ValueState, ValueStatus


@dataclass(frozen=True, slots=True)
class Asked:
    """A figure in two periods of the same length.

    Attributes:
        now, before: the starts of the periods.
        organisation_id: of whose services, with all below it on the day `on`; None for all.
        without: the id of a service that is left out.
        among: the ids that are looked among; None for any.
    """

    period: Period
    figure: Figure
    now: date
    before: date
    on: date
    organisation_id: int | None = None
    without: int | None = None
    among: tuple[int, ...] | None = None


class Row(NamedTuple):
    """A service with its figure now and before, and the data set that it is from; a number of too
    few is not there.
    """

    id: int
    slug: str
    name: str
    organisation_slug: str | None
    organisation: str | None
    now: float | None
    was: float | None
    state: ValueState | None
    status: ValueStatus | None
    hidden: int
    group: str
    type: str
    title: str
    sort_value: Any = None


def between(session: Session, asked: Asked) -> Compared:
    """The sums of a figure in two periods, like for like and over all who have it."""
    p = _pairs(asked).subquery()
    columns: list[ColumnElement[Any]] = []
    for where in (_is(p.c, Which.BOTH), _is(p.c, Which.STARTED), _is(p.c, Which.STOPPED)):
        columns.append(func.coalesce(func.sum(case((where, 1), else_=0)), 0))
        for value in (p.c.was, p.c.now):
            columns.append(func.coalesce(func.sum(case((where, value))), 0.0))
    hidden = func.coalesce(func.sum(case((p.c.hidden > 0, 1), else_=0)), 0)
    *found, few = session.execute(select(*columns, hidden)).one()
    both, started, stopped = (Group(*found[at : at + 3]) for at in (0, 3, 6))
    return Compared(both, started, stopped, few)


def listing(
    session: Session, asked: Asked, which: Which, order: Order, cursor: Cursor | None, size: int
) -> tuple[list[Row], bool, bool]:
    """A page of the services, and whether there are more before and after it."""
    statement, column, falling = _ordered(asked, which, order)
    found = paging.by_column(session, statement, column, Service.id, cursor, size, falling)
    return [Row(*row) for row in found[0]], found[1], found[2]


def every(session: Session, asked: Asked, which: Which, order: Order) -> Iterator[Row]:
    """All of the services."""
    statement, column, falling = _ordered(asked, which, order)
    ends = (column.desc(), Service.id.desc()) if falling else (column, Service.id)
    return (Row(*row) for row in session.execute(statement.order_by(*ends)).yield_per(500))


def _ordered(asked: Asked, which: Which, order: Order) -> tuple[Any, Any, bool]:
    p, o, d = _pairs(asked).subquery(), Organisation, DataSet
    statement = (
        select(
            Service.id, Service.slug, Service.name, o.slug, o.name,
            p.c.now, p.c.was, p.c.state, p.c.status, p.c.hidden, d.group, d.type, d.title,
        )
        .join(p, p.c.id == Service.id)
        .join(d, d.id == p.c.data_set_id)
        .outerjoin(o, o.id == Service.organisation_id)
        .where(_is(p.c, which))
    )  # fmt: skip
    shown = p.c.was if which is Which.STOPPED else p.c.now
    columns: dict[Order, tuple[Any, bool]] = {
        Order.LARGEST: (func.coalesce(shown, -1.0), True),
        Order.RISE: (p.c.now - p.c.was, True),
        Order.FALL: (p.c.now - p.c.was, False),
        Order.NAME: (Service.sort_name, False),
    }
    return statement, *columns[order]


def _is(p: Any, which: Which) -> ColumnElement[bool]:
    """Which services are meant: whoever has a number that is not shown is in none of the sums."""
    here, there = p.now.is_not(None), p.was.is_not(None)
    if which is Which.NOW:
        return or_(here, p.hidden_now > 0)
    if which is Which.BOTH:
        return and_(here, there)
    shown = p.hidden == 0
    if which is Which.STARTED:
        return and_(here, p.was.is_(None), shown)
    return and_(there, p.now.is_(None), shown)


def _pairs(asked: Asked) -> Any:
    """Each service with its numbers of the two periods, and what is said of the newer one."""
    f = ThingFigure
    now, was = f.start == asked.now, f.start == asked.before
    gone = f.state == ValueState.SUPPRESSED
    query = (
        select(
            f.of_id.label("id"),
            func.max(case((now, f.number))).label("now"),
            func.max(case((was, f.number))).label("was"),
            func.max(f.data_set_id).label("data_set_id"),
            func.max(case((now, f.state))).label("state"),
            func.max(case((now, f.status))).label("status"),
            func.max(case((gone, 1), else_=0)).label("hidden"),
            func.max(case((and_(now, gone), 1), else_=0)).label("hidden_now"),
        )
        .where(
            f.kind == Kind.SERVICE, f.period == asked.period, f.figure == asked.figure,
            f.start.in_((asked.now, asked.before)),
        )
        .group_by(f.of_id)
    )  # fmt: skip
    if asked.organisation_id is not None:
        bodies = family(asked.organisation_id, asked.on)
        query = query.join(Service, Service.id == f.of_id)
        query = query.where(Service.organisation_id.in_(bodies))
    if asked.without is not None:
        query = query.where(f.of_id != asked.without)
    return query if asked.among is None else query.where(f.of_id.in_(asked.among))


class Step(NamedTuple):
    """How many services have a figure for a period, and its changes since a year before."""

    start: date
    things: int
    top: float
    same_top: float
    was_top: float


def steps(
    session: Session, bodies: ColumnElement[bool], figure: Figure
) -> dict[Period, list[Step]]:
    """Every period that services of some organisations have a figure for, the oldest first."""
    t = FigureTotal
    sums = (func.sum(each) for each in (t.things + t.suppressed, t.top, t.same_top, t.was_top))
    query = (
        select(t.period, t.start, *sums)
        .where(bodies, t.figure == figure.value)
        .group_by(t.period, t.start)
        .order_by(t.period, t.start)
    )
    found: dict[Period, list[Step]] = {}
    for period, *step in session.execute(query):
        found.setdefault(period, []).append(Step(*step))
    return found


def figures(session: Session, bodies: ColumnElement[bool]) -> set[str]:
    """Which figures and indicators services of some organisations have at any time."""
    return set(session.scalars(select(FigureTotal.figure).where(bodies).distinct()))


def things_by_body(session: Session, asked: Asked) -> dict[int, int]:
    """How many services of each organisation have the figure now; below another if asked so."""
    t = FigureTotal
    many = (t.things + t.suppressed).label("many")
    query = select(t.organisation_id, many).where(
        t.period == asked.period, t.figure == asked.figure.value, t.start == asked.now,
        t.organisation_id > 0,
    )  # fmt: skip
    if asked.organisation_id is not None:
        query = query.where(t.organisation_id.in_(family(asked.organisation_id, asked.on)))
    return {row.organisation_id: row.many for row in session.execute(query)}
