"""Totals of organisations worked out afresh by the database."""

from __future__ import annotations

from datetime import date
from itertools import groupby
from typing import Any

from sqlalchemy import delete, func, select, text
from sqlalchemy.orm import Session

from portal.access import Kind
from portal.catalogue.models.services import Service
from portal.performance.models.figures import FigureTotal, ThingFigure
from portal.performance.rules import totals
from portal.performance.store import figures, total_queries
from portal.performance.store.total_queries import Names
from portal.performance.words import Period


def rebuild(session: Session) -> int:
    """Count every total afresh; returns how many there are."""
    t: Any = FigureTotal.__table__
    figures.alone(session)
    session.execute(delete(t))
    if session.get_bind().dialect.name == "postgresql":
        # What it knows of the figures is of before they were worked out afresh.
        session.execute(text("ANALYZE thing_figure"))
    names = names_of(session)
    for body, services in bodies(session):
        for query, values in total_queries.slices(session, names, body, services):
            session.execute(total_queries.kept(query), values)
    session.execute(total_queries.kept(total_queries.of_government()))
    return session.scalar(select(func.count()).select_from(t)) or 0


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
