"""Which values of a data set are not shown, by all versions that there ever were."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from datetime import date
from itertools import groupby
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from portal.db import chunks
from portal.performance.models.data_sets import DataMeasure, DataSet
from portal.performance.models.values import DataValue
from portal.performance.rules import disclosure
from portal.performance.rules.disclosure import Version
from portal.performance.store import data_sets

#: What is not shown, by the first day of the period.
Gone = dict[date, frozenset[Version]]


def hidden(session: Session, data_set: DataSet, starts: Collection[date] | None = None) -> Gone:
    """The versions that nobody but the team sees, of some periods or of all."""
    found: Gone = {}
    if not data_set.threshold or data_set.period is None:
        return found
    schema = data_sets.schema_of(data_set)
    for start, some in groupby(_rows(session, data_set.id, starts), lambda row: row[0]):
        every = [Version(*row[1:]) for row in some]
        if gone := disclosure.hidden_versions(schema, every, data_set.threshold):
            found[start] = gone
    return found


def hidden_now(
    session: Session, data_set: DataSet, starts: Collection[date] | None = None
) -> set[tuple[date, str, str]]:
    """The current values among them: start, cell and measure."""
    gone = hidden(session, data_set, starts)
    return {(start, v.cell, v.measure) for start, some in gone.items() for v in some if v.current}


def _rows(session: Session, data_set_id: int, starts: Collection[date] | None) -> Iterator[Any]:
    v, m = DataValue, DataMeasure
    query = (
        select(v.start, v.cell, m.key, v.revision, v.batch_id, v.current, v.number)
        .join(m, m.id == v.measure_id)
        .where(v.data_set_id == data_set_id)
        .order_by(v.start)
    )
    if starts is None:
        yield from session.execute(query)
        return
    for some in chunks(sorted(starts)):
        yield from session.execute(query.where(v.start.in_(some)))
