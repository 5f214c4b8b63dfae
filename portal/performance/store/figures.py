"""Figures by service and component, and their totals by organisation.

A write says what it touches; totals are counted afresh from the figures just before the
transaction ends, so that many writes to one organisation cost as much as one.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from datetime import date

from sqlalchemy import ColumnElement, delete, event, func, or_, select, text, tuple_
from sqlalchemy.orm import Session

from portal.access import Kind
from portal.catalogue.models.services import Service
from portal.db import chunks, insert_rows
from portal.performance.models.figures import FigureTotal, ThingFigure
from portal.performance.rules import periods, totals
from portal.performance.rules.entries import Known
from portal.performance.rules.totals import Total
from portal.performance.store import total_queries
from portal.performance.words import Figure, Period, ValueState, ValueStatus

NOBODY, GOVERNMENT = total_queries.NOBODY, total_queries.GOVERNMENT
#: From so many figures on that may count, SQLite counts sooner than we do. PostgreSQL, which knows
#: nothing of rows that have just come, has no good way for them: it took half a minute for 2,000.
_MANY = 500
_WAITING, _WHOLE = "figure_totals", "figure_totals_whole"
#: Held to the end of the transaction by whoever counts.
_TURN = text("SELECT pg_advisory_xact_lock(20161003)")
_body: ColumnElement[int] = func.coalesce(Service.organisation_id, NOBODY)
#: An organisation, and a name of a total with the period and its start.
Place = tuple[Period, str, date]


def put(
    session: Session,
    kind: Kind,
    id_: int,
    period: Period,
    data_set_id: int,
    figures: Mapping[tuple[date, Figure], Known],
) -> None:
    """Keep the figures of a service or component for some periods, in the place of those there.

    A figure that an older data set of the thing has for a period stays as that one says.
    """
    put_many(session, kind, period, {(id_, data_set_id): figures})


def put_many(
    session: Session,
    kind: Kind,
    period: Period,
    sets: Mapping[tuple[int, int], Mapping[tuple[date, Figure], Known]],
) -> None:
    """The same for many, by their ids and those of their data sets."""
    f = ThingFigure
    known = {
        id_
        for some in chunks({id_ for id_, _ in sets})
        for id_ in session.scalars(
            select(f.of_id).where(f.kind == kind, f.of_id.in_(some)).distinct()
        )
    }
    pairs = [(*key, start) for key, figures in sets.items() if key[0] in known
             for start in {s for s, _ in figures}]  # fmt: skip
    others: dict[tuple[int, date, Figure], int] = {}
    for some in chunks(sorted(pairs)):
        of_things = (f.kind == kind, f.period == period, f.of_id.in_({id_ for id_, _, _ in some}))
        mine = tuple_(f.data_set_id, f.start).in_([(set_id, start) for _, set_id, start in some])
        session.execute(delete(f).where(*of_things, mine))
        there = f.start.in_({start for *_, start in some})
        query = select(f.of_id, f.start, f.figure, f.data_set_id).where(*of_things, there)
        others |= {(id_, start, figure): of for id_, start, figure, of in session.execute(query)}
    rows = [
        {
            "kind": kind, "of_id": id_, "period": period, "figure": figure, "start": start,
            "state": each.state, "number": each.number, "status": each.status,
            "definition": each.definition, "doubt": each.doubt, "data_set_id": set_id,
        }
        for (id_, set_id), figures in sets.items()
        for (start, figure), each in figures.items()
        if others.get((id_, start, figure), set_id) >= set_id
    ]  # fmt: skip
    newer = [
        (row["of_id"], row["figure"], row["start"])
        for row in rows
        if (row["of_id"], row["start"], row["figure"]) in others
    ]
    for part in chunks(newer):
        in_place = tuple_(f.of_id, f.figure, f.start).in_(part)
        session.execute(delete(f).where(f.kind == kind, f.period == period, in_place))
    insert_rows(session, f, rows)
    if kind is Kind.SERVICE:
        touch_many(session, period, {id_: figures for (id_, _), figures in sets.items()})


def drop(session: Session, starts: Mapping[int, Collection[date]]) -> None:
    """Delete the figures that follow from data sets, for some periods of each."""
    f = ThingFigure
    for some in chunks([(id_, start) for id_, each in starts.items() for start in each]):
        mine = tuple_(f.data_set_id, f.start).in_(some)
        query = select(f.of_id, f.period, f.start, f.figure).where(mine, f.kind == Kind.SERVICE)
        was = session.execute(query).all()
        session.execute(delete(f).where(mine))
        of: dict[Period, dict[int, set[tuple[date, Figure]]]] = {}
        for row in was:
            of.setdefault(row.period, {}).setdefault(row.of_id, set()).add((row.start, row.figure))
        for period, services in of.items():
            touch_many(session, period, services)


def forget(session: Session, kind: Kind, id_: int, period: Period, data_set_id: int) -> set[date]:
    """Drop the figures that a data set gave; the periods that had one."""
    f = ThingFigure
    mine = (f.kind == kind, f.of_id == id_, f.period == period, f.data_set_id == data_set_id)
    gone = [
        (start, figure) for start, figure in session.execute(select(f.start, f.figure).where(*mine))
    ]
    session.execute(delete(f).where(*mine))
    if kind is Kind.SERVICE:
        touch(session, id_, period, gone)
    return {start for start, _figure in gone}


def touch(
    session: Session, service_id: int, period: Period, figures: Iterable[tuple[date, Figure]]
) -> None:
    """Say that totals that a service counts in may have changed."""
    touch_many(session, period, {service_id: figures})


def touch_many(
    session: Session, period: Period, services: Mapping[int, Iterable[tuple[date, Figure]]]
) -> None:
    """The same of many services."""
    waiting = session.info.setdefault(_WAITING, {})
    for some in chunks(list(services)):
        bodies = dict(session.execute(select(Service.id, _body).where(Service.id.in_(some))).all())
        for id_ in some:
            places = waiting.setdefault(bodies.get(id_, NOBODY), set())
            of: dict[date, set[Figure]] = {}
            for start, figure in services[id_]:
                of.setdefault(start, set()).add(figure)
            for start, given in of.items():
                at = [start, *periods.years_after(period, start)]
                for name in totals.names(given):
                    places |= {(period, name, each) for each in at}


def touch_whole(session: Session, bodies: Iterable[int | None]) -> None:
    """Say that services came to these organisations, or left; None is for no organisation."""
    session.info.setdefault(_WHOLE, set()).update(each or NOBODY for each in bodies)


def settle(session: Session) -> None:
    """Count what was touched. The end of a transaction does so by itself."""
    waiting: dict[int, set[Place]] = session.info.pop(_WAITING, {})
    whole: set[int] = session.info.pop(_WHOLE, set())
    if not waiting and not whole:
        return
    session.flush()
    if session.get_bind().dialect.name == "postgresql":
        session.execute(_TURN)
    for body in whole:
        waiting.setdefault(body, set()).update(places_of(session, body))
    for body, places in sorted(waiting.items()):
        _count(session, body, places)
    total_queries.recount_government(session, _by_name(set().union(*waiting.values())))


def alone(session: Session) -> None:
    """Let nobody else count to the end of the transaction, and forget what was touched: whoever
    asks counts everything.
    """
    _forget(session)
    if session.get_bind().dialect.name == "postgresql":
        session.execute(_TURN)


def services_of(body: int) -> ColumnElement[bool]:
    """The services of an organisation: said so that an index finds them."""
    mine = Service.organisation_id
    return mine.is_(None) if body == NOBODY else mine == body


def places_of(session: Session, body: int) -> set[Place]:
    """Every total that an organisation has, or may have."""
    t, f = FigureTotal, ThingFigure
    kept = select(t.period, t.figure, t.start).where(t.organisation_id == body)
    places: set[Place] = {(row.period, row.figure, row.start) for row in session.execute(kept)}
    query = (
        select(f.period, f.start, f.figure)
        .join(Service, Service.id == f.of_id)
        .where(services_of(body), f.kind == Kind.SERVICE)
        .distinct()
    )
    of: dict[tuple[Period, date], set[Figure]] = {}
    for period, start, figure in session.execute(query):
        of.setdefault((period, start), set()).add(figure)
    for (period, start), given in of.items():
        places |= {(period, name, start) for name in totals.names(given)}
    return places


@event.listens_for(Session, "before_commit")
def _at_the_end(session: Session) -> None:
    settle(session)


@event.listens_for(Session, "after_rollback")
def _forget(session: Session) -> None:
    session.info.pop(_WAITING, None)
    session.info.pop(_WHOLE, None)


def _count(session: Session, body: int, places: Collection[Place]) -> None:
    services = session.scalar(select(func.count(Service.id)).where(services_of(body))) or 0
    sqlite = session.get_bind().dialect.name == "sqlite"
    if sqlite and services * len(places) >= _MANY:
        total_queries.recount(session, _by_name(places), body, services)
        return
    t, made = FigureTotal, counted(session, body, places)
    for period, name, starts in _by_name(places):
        mine = (t.organisation_id == body, t.period == period, t.figure == name)
        for some in chunks(starts):
            session.execute(delete(t).where(*mine, t.start.in_(some)))
    insert_rows(session, t, [_row(body, *at, each) for at, each in made.items() if each.many])


def _by_name(places: Iterable[Place]) -> total_queries.Names:
    of: dict[tuple[Period, str], list[date]] = {}
    for period, name, start in sorted(places):
        of.setdefault((period, name), []).append(start)
    return [(*at, starts) for at, starts in of.items()]


def _row(body: int, period: Period, name: str, start: date, each: Total) -> dict[str, object]:
    return {
        "organisation_id": body, "period": period, "figure": name, "start": start,
        "things": each.things, "top": each.top, "bottom": each.bottom, "largest": each.largest,
        "same_things": each.same_things, "same_top": each.same_top,
        "same_bottom": each.same_bottom, "was_top": each.was_top, "was_bottom": each.was_bottom,
        "suppressed": each.suppressed, "provisional": each.provisional,
        "partial": each.partial,
    }  # fmt: skip


def counted(session: Session, body: int, places: Iterable[Place]) -> dict[Place, Total]:
    """Totals of an organisation, from the figures of its services."""
    of: dict[Period, set[tuple[str, date]]] = {}
    for period, name, start in places:
        of.setdefault(period, set()).add((name, start))
    made = {}
    for period, wanted in of.items():
        starts = {start for _, start in wanted}
        starts |= {periods.year_before(period, start) for start in starts}
        known, provisional = known_of(session, body, period, starts)
        for name, start in wanted:
            before = periods.year_before(period, start)
            made[period, name, start] = totals.total(name, known, start, before, provisional)
    return made


def known_of(
    session: Session, body: int, period: Period, starts: Iterable[date]
) -> tuple[dict[int, dict[date, dict[Figure, float | None]]], set[totals.Place]]:
    """What services of an organisation have for some periods: numbers, and what is not shown; and
    which of them may still change.
    """
    f, provisional = ThingFigure, set[totals.Place]()
    known: dict[int, dict[date, dict[Figure, float | None]]] = {}
    told = or_(f.number.is_not(None), f.state == ValueState.SUPPRESSED)
    for some in chunks(sorted(set(starts))):
        query = (
            select(f.of_id, f.start, f.figure, f.number, f.state, f.status)
            .join(Service, Service.id == f.of_id)
            .where(services_of(body), f.kind == Kind.SERVICE, f.period == period, f.start.in_(some))
            .where(told)
            .order_by(f.of_id, f.start)
        )  # fmt: skip
        for id_, start, figure, number, state, status in session.execute(query):
            found = known.setdefault(id_, {}).setdefault(start, {})
            found[figure] = totals.known(number, state)
            if status is ValueStatus.PROVISIONAL:
                provisional.add((id_, start, figure))
    return known, provisional


def total_in(row: FigureTotal) -> Total:
    """A total as it is kept."""
    return Total(
        row.things, row.top, row.bottom, row.largest, row.same_things, row.same_top,
        row.same_bottom, row.was_top, row.was_bottom, row.suppressed, row.provisional,
        row.partial,
    )  # fmt: skip
