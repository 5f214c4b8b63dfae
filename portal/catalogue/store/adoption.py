"""All SQL about the figures of adoption that providers publish, a day each."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from functools import cache
from typing import Any

from sqlalchemy import and_, bindparam, delete, func, select
from sqlalchemy.orm import Session

from portal.audit import Act, Document, record_all
from portal.catalogue.models.components import Component
from portal.catalogue.models.rosters import AdoptionDay, AdoptionPoint
from portal.catalogue.store.organisations import day as day_of
from portal.db import chunks, insert_rows, new_ids

THING = "adoption_day"
#: (id, None where it is new; its document before; after).
Change = tuple[int | None, Document | None, Document]


@dataclass(frozen=True, slots=True)
class Figure:
    """The newest figure of a measure, the day that it is of and where it was published."""

    measure: str
    value: int | float
    day: date
    source: str | None


@dataclass(frozen=True, slots=True)
class Day:
    """What was published for a day: figures by measure, without those that were not."""

    day: date
    source: str | None
    figures: dict[str, int | float]


def plain(value: Decimal) -> int | float:
    """A figure as documents have it: whole where it is."""
    return int(value) if value == int(value) else float(value)


def documents(
    session: Session, component_id: int, days: Collection[str] | None = None
) -> dict[str, tuple[int, Document]]:
    """The days of a component as documents with their ids, by day; all of them without `days`."""
    d, slug = AdoptionDay, select(Component.slug).where(Component.id == component_id)
    query = select(d.id, d.day, d.source).where(d.component_id == component_id)
    if days is None:
        rows = session.execute(query).all()
    else:
        asked = [date.fromisoformat(each) for each in days]
        some = (session.execute(query.where(d.day.in_(each))) for each in chunks(asked))
        rows = [row for each in some for row in each]
    component = session.scalar(slug)
    figures = _figures(session, [row.id for row in rows])
    return {
        row.day.isoformat(): (
            row.id,
            {
                "component": component,
                "day": row.day.isoformat(),
                "source": row.source,
                "figures": figures.get(row.id, {}),
            },
        )
        for row in rows
    }


def by_ids(session: Session, ids: Collection[int]) -> dict[int, Document]:
    """Days as documents, by id."""
    d = AdoptionDay
    rows = session.execute(select(d.component_id, d.day).where(d.id.in_(ids))).all()
    found = {}
    for component_id in {row.component_id for row in rows}:
        days = [row.day.isoformat() for row in rows if row.component_id == component_id]
        found.update(dict(documents(session, component_id, days).values()))
    return found


def _figures(session: Session, ids: Iterable[int]) -> dict[int, dict[str, int | float]]:
    p = AdoptionPoint
    found: dict[int, dict[str, int | float]] = {}
    for some in chunks(list(ids)):
        query = select(p.day_id, p.measure, p.value).where(p.day_id.in_(some)).order_by(p.measure)
        for day_id, measure, value in session.execute(query):
            found.setdefault(day_id, {})[measure] = plain(value)
    return found


def save(
    session: Session, component_id: int, changed: Collection[Change], act: Act, tag: str
) -> None:
    """Write days of a component, each with its event."""
    new = iter(new_ids(session, AdoptionDay, sum(id_ is None for id_, _, _ in changed)))
    rows = [(next(new) if id_ is None else id_, before, after) for id_, before, after in changed]
    made = [
        {"id": id_, "component_id": component_id, "day": day_of(after["day"]),
         "source": after["source"]}
        for id_, before, after in rows
        if before is None
    ]  # fmt: skip
    insert_rows(session, AdoptionDay, made)
    for id_, before, after in rows:
        if before is not None and before["source"] != after["source"]:
            session.get_one(AdoptionDay, id_).source = after["source"]
    session.flush()
    for some in chunks([id_ for id_, before, _ in rows if before is not None]):
        session.execute(delete(AdoptionPoint).where(AdoptionPoint.day_id.in_(some)))
    points = [
        {"day_id": id_, "measure": measure, "value": Decimal(str(value))}
        for id_, _, after in rows
        for measure, value in after["figures"].items()
    ]
    insert_rows(session, AdoptionPoint, points)
    record_all(session, act, tag, THING, rows)


def restore(session: Session, changed: dict[int, Document], act: Act, tag: str) -> None:
    """Give days the fields back that they had."""
    components = dict[int, int]()
    for some in chunks(changed):
        query = select(AdoptionDay.id, AdoptionDay.component_id).where(AdoptionDay.id.in_(some))
        components.update((id_, component_id) for id_, component_id in session.execute(query))
    now = {id_: each for some in chunks(changed) for id_, each in by_ids(session, some).items()}
    for component_id in set(components.values()):
        mine = [id_ for id_ in changed if components[id_] == component_id]
        rows = [(id_, now[id_], {**now[id_], **changed[id_]}) for id_ in mine]
        save(session, component_id, rows, act, tag)


def remove(session: Session, ids: Collection[int], act: Act, tag: str) -> None:
    """Delete days; the history keeps what they said."""
    for some in chunks(ids):
        gone = [(id_, document, None) for id_, document in by_ids(session, some).items()]
        session.execute(delete(AdoptionPoint).where(AdoptionPoint.day_id.in_(some)))
        session.execute(delete(AdoptionDay).where(AdoptionDay.id.in_(some)))
        record_all(session, act, tag, THING, gone)


def latest(session: Session, component_id: int) -> list[Figure]:
    """The newest figure of each measure, by measure; none where nothing is published."""
    rows = session.connection().execute(_latest(), {"component": component_id})
    return [Figure(row.measure, plain(row.value), row.day, row.source) for row in rows]


@cache
def _latest() -> Any:
    d, p = AdoptionDay, AdoptionPoint
    mine = (
        select(
            p.measure, p.value, d.day, d.source,
            func.row_number().over(partition_by=p.measure, order_by=d.day.desc()).label("place"),
        )
        .join(d, d.id == p.day_id)
        .where(d.component_id == bindparam("component", type_=d.component_id.type))
        .subquery()
    )  # fmt: skip
    return select(mine).where(mine.c.place == 1).order_by(mine.c.measure)


def days(
    session: Session, component_id: int, before: date | None = None, limit: int | None = None
) -> list[Day]:
    """The days of a component, newest first, from below `before` on."""
    d = AdoptionDay
    query = select(d.id, d.day, d.source).where(d.component_id == component_id)
    if before is not None:
        query = query.where(d.day < before)
    rows = session.execute(query.order_by(d.day.desc()).limit(limit)).all()
    figures = _figures(session, [row.id for row in rows])
    return [Day(row.day, row.source, figures.get(row.id, {})) for row in rows]


def measures(session: Session, component_id: int) -> list[str]:
    """The measures that any day of a component has."""
    d, p = AdoptionDay, AdoptionPoint
    query = select(p.measure).join(d, d.id == p.day_id).where(d.component_id == component_id)
    return list(session.scalars(query.distinct().order_by(p.measure)))


def series(
    session: Session, component_id: int, measure: str
) -> list[tuple[date, int | float | None]]:
    """A measure on every day of a component, the oldest first; None where it is not published."""
    d, p = AdoptionDay, AdoptionPoint
    query = (
        select(d.day, p.value)
        .outerjoin(p, and_(p.day_id == d.id, p.measure == measure))
        .where(d.component_id == component_id)
        .order_by(d.day)
    )
    rows: Any = session.execute(query)
    return [(day, None if value is None else plain(value)) for day, value in rows]
