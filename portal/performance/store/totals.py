"""Totals of organisations worked out by the database: `rules.totals.total` in SQL.

A slice at a time, so that millions of figures need no memory here, nor in the database where it
sorts in memory.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from functools import cache
from itertools import groupby
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
from portal.performance.store import figures
from portal.performance.words import Figure, Period, ValueState, ValueStatus

#: So many figures of an organisation are sorted at once.
_SORTED = 200_000
_SUMS = ("things", "top", "bottom", "largest", "same_things", "same_top", "same_bottom", "was_top",
         "was_bottom", "suppressed", "provisional")  # fmt: skip
COLUMNS = ("organisation_id", "period", "figure", "start", *_SUMS)
#: The names of totals with their period and the starts that there may be.
Names = list[tuple[Period, str, list[date]]]
#: A statement and its values.
Query = tuple[Select[Any], dict[str, Any]]


def rebuild(session: Session) -> int:
    """Count every total afresh; returns how many there are."""
    t: Any = FigureTotal.__table__
    figures.alone(session)
    session.execute(delete(t))
    if _postgresql(session):
        # What it knows of the figures is of before they were worked out afresh.
        session.execute(text("ANALYZE thing_figure"))
    names = names_of(session)
    for body, services in bodies(session):
        for query, values in slices(session, names, body, services):
            session.execute(_kept(query), values)
    session.execute(_kept(of_government()))
    return session.scalar(select(func.count()).select_from(t)) or 0


@cache
def _kept(query: Select[Any]) -> Any:
    table: Any = FigureTotal.__table__
    return insert(table).from_select(COLUMNS, query)


def _postgresql(session: Session) -> bool:
    return session.get_bind().dialect.name == "postgresql"


def bodies(session: Session) -> list[tuple[int, int]]:
    """The organisations that have services, and how many."""
    owner = Service.organisation_id
    query = select(func.coalesce(owner, figures.NOBODY), func.count()).group_by(owner)
    return [(body, many) for body, many in session.execute(query)]


def names_of(session: Session) -> Names:
    """Every total that follows from the figures that there are."""
    f = ThingFigure
    query = select(f.period, f.start, f.figure).where(f.kind == Kind.SERVICE).distinct()
    rows = sorted(session.execute(query.order_by(f.period, f.figure, f.start)).all())
    found: dict[tuple[Period, str], list[date]] = {}
    for (period, start), some in groupby(rows, lambda row: (row.period, row.start)):
        for name in totals.names(row.figure for row in some):
            found.setdefault((period, name), []).append(start)
    return [(*key, starts) for key, starts in found.items()]


def slices(session: Session, names: Names, body: int, services: int) -> Iterator[Query]:
    """The totals of an organisation with so many services, some at a time."""
    postgresql, nobody = _postgresql(session), body == figures.NOBODY
    for period, name, starts in names:
        query = _of_body(postgresql, nobody, period, name)
        for some in chunks(starts, max(1, _SORTED // services)):
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
    known = and_(*(_whole(each.c, len(parts)) for each in now))
    both = and_(known, *(_whole(each.c, len(parts)) for each in was))

    def top(sides: list[Any], where: Any) -> Any:
        return func.coalesce(func.sum(case((where, sides[0].c.number))), 0.0)

    def bottom(sides: list[Any], where: Any) -> Any:
        return func.sum(case((where, sides[1].c.number))) if len(parts) > 1 else null()

    largest = func.max(case((and_(known, now[0].c.number > 0), now[0].c.number)))
    open_ = and_(known, or_(*(each.c.status == ValueStatus.PROVISIONAL for each in now)))
    many, things, same, may_change = (
        func.sum(case((each, 1), else_=0)) for each in (told, known, both, open_)
    )
    query: Any = select(
        bindparam("body", type_=service.organisation_id.type), literal(period.value),
        literal(name), start, things, top(now, known), bottom(now, known),
        func.coalesce(largest, 0.0), same, top(now, both), bottom(now, both), top(was, both),
        bottom(was, both), many - things, may_change,
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


def _whole(c: Any, parts: int) -> Any:
    """Whether a figure counts: no indicator is worked out from one that is not all shown."""
    there = c.number.is_not(None)
    return there if parts == 1 else and_(there, c.state != ValueState.SUPPRESSED)


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


@cache
def of_government() -> Select[Any]:
    """The totals of all of government, from those of the organisations: each service is in one."""
    t = FigureTotal
    sums = [func.max(t.largest) if n == "largest" else func.sum(getattr(t, n)) for n in _SUMS]
    place = (t.period, t.figure, t.start)
    query = select(literal(figures.GOVERNMENT), *place, *sums)
    return query.where(t.organisation_id != figures.GOVERNMENT).group_by(*place)
