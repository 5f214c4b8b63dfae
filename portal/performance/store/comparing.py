"""A figure of services in two periods side by side: sums, and the services one by one."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Any, NamedTuple

from sqlalchemy import ColumnElement, and_, case, func, literal, null, or_, select, true, union_all
from sqlalchemy.orm import Session

from portal.access import Kind
from portal.catalogue.models.organisations import Organisation
from portal.catalogue.models.services import Service
from portal.catalogue.rules.filters import Cursor
from portal.catalogue.store import paging
from portal.catalogue.store.hierarchy import family
from portal.performance.models.data_sets import DataSet
from portal.performance.models.figures import FigureTotal, ThingFigure
from portal.performance.rules import kpis
from portal.performance.rules.comparing import Compared, Group, Measure, Order, Which
from portal.performance.store.boards import Bodies, units
from portal.performance.words import Doubt, Figure, Kpi, Period, ValueState, ValueStatus


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
    figure: Measure
    now: date
    before: date
    on: date
    organisation_id: int | None = None
    without: int | None = None
    among: tuple[int, ...] | None = None


#: Lists of services that changed a sum; those that end in `rate` are by the part that changed.
MOVERS = ("stopped", "started", "fall", "rise", "fall-rate", "rise-rate")
#: A change from nothing stands last.
_LAST = 1e300


class Row(NamedTuple):
    """A service with its figure now and before, and the data set that it is from; a number of too
    few is not there. `below` is what an indicator divides by now. What is `hidden` (in either
    period) may be a part: the number is the sum of the others then.
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
    hidden_was: int
    below: float | None
    doubt: Doubt | None
    group: str
    type: str
    title: str
    sort_value: Any = None

    @property
    def partial(self) -> bool:
        """Whether parts of what it has now are not shown."""
        return self.now is not None and self.state is ValueState.SUPPRESSED

    @property
    def both(self) -> tuple[float, float] | None:
        """What it had and has, where both are all shown."""
        if self.now is None or self.was is None or self.hidden:
            return None
        return self.was, self.now


def between(session: Session, asked: Asked) -> Compared:
    """The sums of a figure in two periods, like for like and over all who have it."""
    p = _pairs(asked).subquery()
    return _compared(session.execute(select(*map(_or_nothing, _sums(p.c)))).one())


def _sums(p: Any) -> list[Any]:
    """What `_compared` makes of: of each group how many, before and now; how many are not shown."""
    sums: list[Any] = []
    once = and_(p.now.is_not(None), p.hidden_now == 0, p.hidden_was > 0)
    for where in (_is(p, Which.BOTH), _is(p, Which.STARTED), _is(p, Which.STOPPED), once):
        sums.append(func.sum(case((where, 1), else_=0)))
        values = (p.top_was, p.top_now, p.below_was, p.below_now)
        sums += [func.sum(case((where, value), else_=0.0)) for value in values]
    return [*sums, func.sum(case((p.hidden > 0, 1), else_=0))]


def _or_nothing(total: Any) -> Any:
    return func.coalesce(total, 0)


def _compared(sums: Sequence[Any]) -> Compared:
    both, started, stopped, once = (Group(*sums[at : at + 5]) for at in (0, 5, 10, 15))
    return Compared(both, started, stopped, sums[20], once)


def movers(session: Session, asked: Asked, some: int) -> tuple[Compared, dict[str, list[Row]]]:
    """The same sums, and the services that make most of the change: `some` of each list of
    `MOVERS`, the most first. A fall lists none that rose.
    """
    p, o, d = _pairs(asked).subquery(), Organisation, DataSet
    ranks = [
        case((where, func.row_number().over(order_by=(case((where, 0), else_=1), key, p.c.id))))
        for where, key in _moving(p.c)
    ]
    ranked = select(
        p,
        func.row_number().over(order_by=p.c.id).label("place"),
        *(rank.label(f"rank_{at}") for at, rank in enumerate(ranks)),
        *(each.over().label(f"sum_{at}") for at, each in enumerate(_sums(p.c))),
    ).subquery()
    places = [ranked.c[f"rank_{at}"] for at in range(len(MOVERS))]
    sums = [each for name, each in ranked.c.items() if name.startswith("sum_")]
    query = (
        select(*_row(ranked.c), *places, *sums)
        .join(ranked, ranked.c.id == Service.id)
        .join(d, d.id == ranked.c.data_set_id)
        .outerjoin(o, o.id == Service.organisation_id)
        # The first row tells the sums also where nothing moved.
        .where(or_(ranked.c.place == 1, *(place <= some for place in places)))
    )
    rows = session.execute(query).all()
    if not rows:
        return Compared(), {}
    wide, many = len(_row(ranked.c)), len(MOVERS)
    lists = {}
    for at, name in enumerate(MOVERS):
        mine = [row for row in rows if row[wide + at] and row[wide + at] <= some]
        mine.sort(key=lambda row: row[wide + at])
        lists[name] = [Row(*row[:wide]) for row in mine]
    return _compared(rows[0][wide + many :]), lists


def _moving(p: Any) -> list[tuple[ColumnElement[bool], Any]]:
    """Who is in each of `MOVERS`, and by what the first is found."""
    apart, both, rate = p.now - p.was, _is(p, Which.BOTH), _rate(p, 0.0)
    fell, rose = and_(both, p.now < p.was), and_(both, p.now > p.was, p.was > 0)
    return [
        (_is(p, Which.STOPPED), -p.was), (_is(p, Which.STARTED), -p.now),
        (fell, apart), (and_(both, p.now > p.was), -apart), (fell, rate), (rose, -rate),
    ]  # fmt: skip


def _rate(p: Any, nothing: float) -> Any:
    """The change as a part of what it was; from 0 there is none."""
    return case((p.was > 0, (p.now - p.was) / p.was), else_=nothing)


def without_largest(session: Session, asked: Asked) -> tuple[Row | None, Compared]:
    """The service that has the most now, and the sums of `between` over all others."""
    p, o, d = _pairs(asked).cte("pairs"), Organisation, DataSet
    most = func.coalesce(p.c.now, -1.0).desc()
    first = select(p.c.id).where(_is(p.c, Which.NOW)).order_by(most, p.c.id.desc()).limit(1)
    largest = first.scalar_subquery()
    others = select(*map(_or_nothing, _sums(p.c))).where(p.c.id != largest).subquery()
    query = (
        select(*_row(p.c), *others.c)
        .join(p, p.c.id == Service.id)
        .join(d, d.id == p.c.data_set_id)
        .outerjoin(o, o.id == Service.organisation_id)
        .join(others, true())
        .where(p.c.id == largest)
    )
    row = session.execute(query).one_or_none()
    if row is None:
        return None, between(session, asked)
    wide = len(_row(p.c))
    return Row(*row[:wide]), _compared(row[wide:])


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
        select(*_row(p.c))
        .join(p, p.c.id == Service.id)
        .join(d, d.id == p.c.data_set_id)
        .outerjoin(o, o.id == Service.organisation_id)
        .where(_is(p.c, which))
    )
    shown = p.c.was if which is Which.STOPPED else p.c.now
    columns: dict[Order, tuple[Any, bool]] = {
        Order.LARGEST: (func.coalesce(shown, -1.0), True),
        Order.RISE: (p.c.now - p.c.was, True),
        Order.FALL: (p.c.now - p.c.was, False),
        Order.RISE_RATE: (_rate(p.c, -_LAST), True),
        Order.FALL_RATE: (_rate(p.c, _LAST), False),
        Order.NAME: (Service.sort_name, False),
    }
    return statement, *columns[order]


def _row(p: Any) -> tuple[Any, ...]:
    """The columns of a `Row`."""
    o, d = Organisation, DataSet
    return (
        Service.id, Service.slug, Service.name, o.slug, o.name,
        p.now, p.was, p.state, p.status, p.hidden, p.hidden_was, p.below_now, p.doubt,
        d.group, d.type, d.title,
    )  # fmt: skip


def _is(p: Any, which: Which) -> ColumnElement[bool]:
    """Which services are meant: whoever has a number that is not shown is in none of the sums."""
    here, there, shown = p.now.is_not(None), p.was.is_not(None), p.hidden == 0
    if which is Which.NOW:
        return or_(here, p.hidden_now > 0)
    if which is Which.BOTH:
        return and_(here, there, shown)
    if which is Which.STARTED:
        return and_(here, p.was.is_(None), shown)
    return and_(there, p.now.is_(None), shown)


def _pairs(asked: Asked) -> Any:
    """Each service with its numbers of the two periods, and what is said of the newer one."""
    f, kpi = ThingFigure, asked.figure if isinstance(asked.figure, Kpi) else None
    now, was = f.start == asked.now, f.start == asked.before
    gone = f.state == ValueState.SUPPRESSED
    if kpi:
        figures: tuple[Figure, ...] = (kpis.INDICATORS[kpi].top, kpis.INDICATORS[kpi].bottom)
        (now_, top_now, below_now), (was_, top_was, below_was) = (
            _indicator(kpi, f, at) for at in (now, was)
        )
    else:
        figures = (Figure(asked.figure),)
        now_, was_ = (func.max(case((at, f.number))) for at in (now, was))
        top_now, top_was, below_now, below_was = now_, was_, literal(0.0), literal(0.0)
    first = f.figure == figures[0]
    why = and_(now, f.state != ValueState.NUMBER)
    query = (
        select(
            f.of_id.label("id"), now_.label("now"), was_.label("was"),
            top_now.label("top_now"), top_was.label("top_was"),
            below_now.label("below_now"), below_was.label("below_was"),
            func.coalesce(
                func.max(case((first, f.data_set_id))), func.max(f.data_set_id)
            ).label("data_set_id"),
            func.coalesce(func.max(case((why, f.state))), func.max(case((now, f.state))))
            .label("state"),
            func.min(case((now, f.status))).label("status"),
            func.max(case((now, f.doubt))).label("doubt"),
            func.max(case((gone, 1), else_=0)).label("hidden"),
            func.max(case((and_(now, gone), 1), else_=0)).label("hidden_now"),
            func.max(case((and_(was, gone), 1), else_=0)).label("hidden_was"),
        )
        .where(
            f.kind == Kind.SERVICE, f.period == asked.period, f.figure.in_(figures),
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


def _indicator(kpi: Kpi, f: Any, at: ColumnElement[bool]) -> tuple[Any, Any, Any]:
    """An indicator at a time, and what it divides; nothing where a part of either is not known or
    not shown, as `kpis.value` has it.
    """
    of = kpis.INDICATORS[kpi]
    top, below = (
        func.max(case((and_(at, f.figure == part, f.state == ValueState.NUMBER), f.number)))
        for part in (of.top, of.bottom)
    )
    both = and_(top.is_not(None), below > 0)
    found = top / below
    if kpi is Kpi.USER_SATISFACTION:
        found = (found - 1) / 4
    elif kpi is Kpi.COMPLETION_RATE:
        found = case((found > 1, 1.0), else_=found)
    return case((both, found)), case((both, top)), case((both, below))


#: What rows of one statement are; no figure is called so.
_STEP, _UNITS = "-step", "-units"


class Step(NamedTuple):
    """How many services have a figure for a period, and its changes since a year before. `partial`
    is how many of them have a sum of which parts are not shown.
    """

    start: date
    things: int
    top: float
    same_top: float
    was_top: float
    partial: int


@dataclass(frozen=True, slots=True)
class Held:
    """What there is of services of some organisations.

    Attributes:
        steps: every period that they have the figure for, by length, the oldest first.
        figures: which figures and indicators they have at any time.
        units: how many services there are that are not retired.
    """

    steps: dict[Period, list[Step]]
    figures: set[str]
    units: int


def held(session: Session, bodies: Bodies, figure: Measure) -> Held:
    """What there is of a figure, and which other figures there are, in one statement."""
    t, nothing = FigureTotal, (null(),) * 4
    kept = (t.things + t.suppressed, t.top, t.same_top, t.was_top, t.partial)
    sums = (func.sum(each) for each in kept)
    of_it: Any = select(literal(_STEP), t.period, t.start, *sums).where(bodies.counted)
    of_it = of_it.where(t.figure == figure.value).group_by(t.period, t.start)
    every: Any = select(t.figure, null(), null(), null(), *nothing).where(bodies.counted)
    every = every.group_by(t.figure)
    many: Any = select(literal(_UNITS), null(), null(), units(bodies), *nothing)
    found = Held({}, set(), 0)
    for what, period, *step in session.execute(union_all(of_it, every, many)):
        if what == _STEP:
            found.steps.setdefault(period, []).append(Step(*step))
        elif what == _UNITS:
            found = replace(found, units=step[1] or 0)
        else:
            found.figures.add(what)
    for each in found.steps.values():
        each.sort()
    return found


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
