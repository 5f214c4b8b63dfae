"""Totals of organisations worked out by the database: `rules.totals.total` in SQL.

A slice at a time, so that millions of figures need no memory here, nor in the database where it
sorts in memory.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from functools import cache
from typing import Any

from sqlalchemy import (
    Date,
    Select,
    and_,
    bindparam,
    case,
    cast,
    delete,
    func,
    insert,
    literal,
    null,
    or_,
    select,
    text,
)
from sqlalchemy.orm import Session

from portal.access import Kind
from portal.catalogue.models.services import Service
from portal.db import chunks
from portal.performance.models.figures import FigureTotal, ThingFigure
from portal.performance.rules import totals
from portal.performance.words import Figure, Period, ValueState, ValueStatus

#: The organisation of services that have none, and the one that stands for all of government.
NOBODY, GOVERNMENT = 0, -1
#: So many figures of an organisation are sorted at once.
_SORTED = 200_000
#: So few starts are named one by one; of more, those between them are counted afresh as well.
_FEW = 50
_SUMS = ("things", "top", "bottom", "largest", "same_things", "same_top", "same_bottom", "was_top",
         "was_bottom", "suppressed", "provisional", "partial")  # fmt: skip
_COLUMNS = ("organisation_id", "period", "figure", "start", *_SUMS)
#: The names of totals with their period and the starts that there may be, in order.
Names = list[tuple[Period, str, list[date]]]
#: A statement and its values.
Query = tuple[Select[Any], dict[str, Any]]


def recount(session: Session, names: Names, body: int, services: int) -> None:
    """Count totals of an organisation with so many services afresh, with those between them."""
    t = FigureTotal
    mine = t.organisation_id == body
    for period, name, starts in names:
        between = t.start.between(starts[0], starts[-1])
        session.execute(delete(t).where(mine, t.period == period, t.figure == name, between))
    for query, values in slices(session, names, body, services):
        session.execute(kept(query), values)


def recount_government(session: Session, names: Names) -> None:
    """Count totals of all of government afresh; those of the organisations are."""
    t = FigureTotal
    mine = t.organisation_id == GOVERNMENT
    for period, name, starts in names:
        few = len(starts) <= _FEW
        when = t.start.in_(starts) if few else t.start.between(starts[0], starts[-1])
        at = (t.period == period, t.figure == name, when)
        session.execute(delete(t).where(mine, *at))
        session.execute(kept(of_government().where(*at)))


def kept(query: Select[Any]) -> Any:
    """The statement that keeps totals as a query works them out."""
    table: Any = FigureTotal.__table__
    return insert(table).from_select(_COLUMNS, query)


def slices(session: Session, names: Names, body: int, services: int) -> Iterator[Query]:
    """The totals of an organisation with so many services, some at a time."""
    postgresql, nobody = session.get_bind().dialect.name == "postgresql", body == NOBODY
    for period, name, starts in names:
        query = _of_body(postgresql, nobody, period, name)
        for some in chunks(starts, max(1, _SORTED // max(1, services))):
            yield query, {"body": body, "first": some[0], "last": some[-1]}


@cache
def _of_body(postgresql: bool, nobody: bool, period: Period, name: str) -> Select[Any]:
    """One figure or indicator of an organisation, from one start to another."""
    f, parts, service = ThingFigure.__table__, totals.parts_of(name), Service.__table__.c
    now = [f.alias(f"now_{part.value}") for part in parts]
    was = [f.alias(f"was_{part.value}") for part in parts]
    start = now[0].c.start
    told = and_(
        *(or_(each.c.number.is_not(None), each.c.state == ValueState.SUPPRESSED) for each in now)
    )
    known = and_(
        *(_whole(each.c) if len(parts) > 1 else each.c.number.is_not(None) for each in now)
    )
    partial = and_(known, or_(*(each.c.state == ValueState.SUPPRESSED for each in now)))
    both = and_(*(_whole(each.c) for each in (*now, *was)))

    def top(sides: list[Any], where: Any) -> Any:
        return func.coalesce(func.sum(case((where, sides[0].c.number))), 0.0)

    def bottom(sides: list[Any], where: Any) -> Any:
        return func.sum(case((where, sides[1].c.number))) if len(parts) > 1 else null()

    largest = func.max(case((and_(known, now[0].c.number > 0), now[0].c.number)))
    open_ = and_(known, or_(*(each.c.status == ValueStatus.PROVISIONAL for each in now)))
    many, things, same, may_change, parted = (
        func.sum(case((each, 1), else_=0)) for each in (told, known, both, open_, partial)
    )
    query: Any = select(
        bindparam("body", type_=service.organisation_id.type), literal(period.value),
        literal(name), start, things, top(now, known), bottom(now, known),
        func.coalesce(largest, 0.0), same, top(now, both), bottom(now, both), top(was, both),
        bottom(was, both), many - things, may_change, parted,
    )  # fmt: skip
    # Outer joins, so that SQLite reads an organisation's services first, and then their figures.
    joined: Any = Service.__table__
    for each, part in zip(now, parts, strict=True):
        at = each.c.start.between(bindparam("first"), bindparam("last"))
        same_start = at if each is now[0] else each.c.start == start
        joined = joined.outerjoin(each, _figure(each.c, period, part) & same_start)
    before = _year_before(postgresql, period, start)
    for each, part in zip(was, parts, strict=True):
        joined = joined.outerjoin(each, _figure(each.c, period, part) & (each.c.start == before))
    owner = service.organisation_id
    mine = owner.is_(None) if nobody else owner == bindparam("body")
    made: Select[Any] = query.select_from(joined).where(mine).group_by(start).having(many > 0)
    return made


def _whole(c: Any) -> Any:
    """Whether a figure is all shown: no indicator and no change is worked out from another."""
    return and_(c.number.is_not(None), c.state != ValueState.SUPPRESSED)


def _figure(c: Any, period: Period, part: Figure) -> Any:
    service = Service.__table__.c
    return and_(
        c.kind == Kind.SERVICE, c.of_id == service.id, c.period == period, c.figure == part
    )  # fmt: skip


def _year_before(postgresql: bool, period: Period, start: Any) -> Any:
    """The start to compare with: `rules.periods.year_before` in SQL."""
    if period is Period.WEEK:
        return cast(start - 364, Date) if postgresql else func.date(start, "-364 days")
    if postgresql:
        return cast(start - text("interval '12 months'"), Date)
    leap = func.strftime("%m-%d", start) == "02-29"
    return func.date(start, case((leap, "-366 days"), else_="-12 months"))


def of_government() -> Select[Any]:
    """The totals of all of government, from those of the organisations: each service is in one."""
    t = FigureTotal
    sums = [func.max(t.largest) if n == "largest" else func.sum(getattr(t, n)) for n in _SUMS]
    place = (t.period, t.figure, t.start)
    query = select(literal(GOVERNMENT), *place, *sums)
    return query.where(t.organisation_id != GOVERNMENT).group_by(*place)
