"""Data sets and values for tests."""

from __future__ import annotations

from datetime import date

from sqlalchemy.orm import Session

from portal.performance.actions import keeping
from portal.performance.models.data_sets import DataDimension, DataMeasure, DataSet
from portal.performance.rules import kinds
from portal.performance.rules.entries import Entry, Sent
from portal.performance.store import data_sets
from portal.performance.words import Period, SetKind, ValueState, Way
from tests.support.data import ACT

FORM = Sent(Way.FORM)


def add_set(
    session: Session,
    kind: SetKind = SetKind.VOLUMES,
    period: Period = Period.MONTH,
    **fields: object,
) -> DataSet:
    """A data set of a sort, with the schema of that sort."""
    sort = kinds.SORTS[kind]
    known = {"group": "a-service", "type": sort.type, "title": sort.title}
    row = DataSet(**{**known, "kind": kind, "period": period, **fields})
    dimensions = [
        DataDimension(
            key=each.key,
            title=each.title,
            values=[{"value": value, "title": title} for value, title in each.values.items()],
        )
        for each in sort.dimensions
    ]
    measures = [
        DataMeasure(key=each.key, title=each.title, unit=each.unit, summable=each.summable)
        for each in sort.measures
    ]
    return data_sets.add(session, row, dimensions, measures, ACT)


def number(start: date, measure: str, value: float, cell: str = "") -> Entry:
    """A number for a period."""
    return Entry(start, cell, measure, ValueState.NUMBER, float(value))


def missing(start: date, measure: str, state: ValueState, cell: str = "") -> Entry:
    """Why there is no number for a period."""
    return Entry(start, cell, measure, state)


def send(session: Session, data_set: DataSet, *entries: Entry) -> dict[str, int]:
    """Keep values as a form does; returns the counts of the batch."""
    return dict(keeping.keep(session, data_set.id, entries, [], FORM, ACT).counts)
