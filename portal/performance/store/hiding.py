"""Which values of a data set are not shown, by all versions that there ever were."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator
from datetime import date
from itertools import groupby

from sqlalchemy import select
from sqlalchemy.orm import Session

from portal.db import chunks
from portal.performance.models.data_sets import DataMeasure, DataSet
from portal.performance.models.values import DataValue
from portal.performance.rules import disclosure
from portal.performance.rules.disclosure import Version
from portal.performance.rules.schemas import Schema
from portal.performance.store import data_sets

#: What is not shown, by the first day of the period.
Gone = dict[date, frozenset[Version]]
#: A version, and the first day of its period.
Dated = tuple[date, Version]


def hidden(session: Session, data_set: DataSet, starts: Collection[date] | None = None) -> Gone:
    """The versions that nobody but the team sees, of some periods or of all."""
    if not data_set.threshold or data_set.period is None:
        return {}
    every = _versions(session, data_set.id, starts)
    return among(data_sets.schema_of(data_set), data_set.threshold, every)


def among(schema: Schema, threshold: int, every: Iterable[Dated]) -> Gone:
    """The same of versions that are there already: all of each period, by period."""
    found: Gone = {}
    for start, some in groupby(every, lambda each: each[0]):
        versions = [version for _start, version in some]
        if gone := disclosure.hidden_versions(schema, versions, threshold):
            found[start] = gone
    return found


def hidden_now(
    session: Session, data_set: DataSet, starts: Collection[date] | None = None
) -> set[tuple[date, str, str]]:
    """The current values among them: start, cell and measure."""
    return current(hidden(session, data_set, starts))


def current(gone: Gone) -> set[tuple[date, str, str]]:
    """What of all that is not shown is current: start, cell and measure."""
    return {(start, v.cell, v.measure) for start, some in gone.items() for v in some if v.current}


def _versions(
    session: Session, data_set_id: int, starts: Collection[date] | None
) -> Iterator[Dated]:
    v, m = DataValue, DataMeasure
    query = (
        select(v.start, v.cell, m.key, v.revision, v.batch_id, v.current, v.number)
        .join(m, m.id == v.measure_id)
        .where(v.data_set_id == data_set_id)
        .order_by(v.start)
    )
    parts = [None] if starts is None else chunks(sorted(starts))
    for some in parts:
        rows = session.execute(query if some is None else query.where(v.start.in_(some)))
        yield from ((row.start, Version(*row[1:])) for row in rows)
