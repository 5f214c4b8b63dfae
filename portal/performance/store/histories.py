"""What is stored of the use of components over time: published days, data sets, dated facts."""

from __future__ import annotations

from datetime import date
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from portal.access import Kind
from portal.catalogue.models.components import Component
from portal.catalogue.models.rosters import AdoptionDay, AdoptionPoint
from portal.performance.models.data_sets import DataSet
from portal.performance.models.figures import ThingFigure
from portal.performance.rules import periods
from portal.performance.rules.histories import Published
from portal.performance.words import Figure, Period

_SUMMED = (Figure.VOLUME, Figure.POUNDS)
_Days = dict[int, dict[date, tuple[str | None, dict[str, float]]]]
_Periods = dict[int, dict[str, tuple[date, list[tuple[date, float | None, str | None]]]]]


def published(session: Session, component_id: int | None = None) -> list[Published]:
    """What is known of one component or all of them, by name; those of which nothing is known too.

    Figures of data sets that are not public, and numbers below their threshold, are not known here.
    """
    c = Component
    query = select(c.id, c.slug, c.name, c.volumes).order_by(c.name, c.id)
    if component_id is not None:
        query = query.where(c.id == component_id)
    days, summed = _days(session, component_id), _periods(session, component_id)
    return [
        Published(
            row.slug,
            row.name,
            row.volumes,
            [(day, *days[row.id][day]) for day in sorted(days.get(row.id, {}))],
            summed.get(row.id, {}),
        )
        for row in session.execute(query)
    ]


def _days(session: Session, component_id: int | None) -> _Days:
    d, p = AdoptionDay, AdoptionPoint
    query = select(d.component_id, d.day, d.source, p.measure, p.value).join(p, p.day_id == d.id)
    if component_id is not None:
        query = query.where(d.component_id == component_id)
    found: _Days = {}
    for id_, day, source, measure, value in session.execute(query):
        known = found.setdefault(id_, {}).setdefault(day, (source, {}))
        known[1][measure] = float(value)
    return found


def _periods(session: Session, component_id: int | None) -> _Periods:
    """The volumes of data sets: of several periods, the shortest one counts."""
    f, d = ThingFigure, DataSet
    query = (
        select(f.of_id, f.period, f.figure, f.start, f.number, d.group, d.type)
        .join(d, d.id == f.data_set_id)
        .where(f.kind == Kind.COMPONENT, f.figure.in_(_SUMMED), d.published)
        .order_by(f.of_id, f.start)
    )
    if component_id is not None:
        query = query.where(f.of_id == component_id)
    of: dict[tuple[int, str], dict[Period, dict[date, tuple[float | None, str]]]] = {}
    rows: Any = session.execute(query)
    for id_, period, figure, start, number, group, type_ in rows:
        known = (number, f"/data-sets/{group}/{type_}")
        of.setdefault((id_, figure.value), {}).setdefault(period, {})[start] = known
    found: _Periods = {}
    for (id_, measure), by_period in of.items():
        period = next(each for each in Period if each in by_period)
        some = by_period[period]
        first, last = min(some), max(some)
        made = [
            (periods.end_of(period, start), *some.get(start, (None, None)))
            for start in periods.between(period, first, last)
        ]
        found.setdefault(id_, {})[measure] = (first, made)
    return found
