"""The figures that follow from the values of a data set."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date

from sqlalchemy.orm import Session

from portal.performance.models.data_sets import DataSet
from portal.performance.rules import kinds
from portal.performance.rules.entries import Entry, fold
from portal.performance.store import data_sets, figures, values


def refold(session: Session, data_set: DataSet, starts: Iterable[date]) -> None:
    """Work out the figures of some periods afresh from the current values of a data set."""
    thing, period = data_sets.thing_of(data_set), data_set.period
    some = set(starts)
    if thing is None or period is None or not some:
        return
    keys = {measure.id: measure.key for measure in data_set.measures}
    parts = [
        (figure, weight, Entry(row.start, row.cell, key, row.state, row.number, row.status,
                               row.doubt), row.definition)
        for row in values.current(session, data_set.id, some)
        for key in [keys[row.measure_id]]
        for figure, weight in kinds.figures_of(data_set.kind, row.cell, key)
    ]  # fmt: skip
    figures.put(session, *thing, period, data_set.id, fold(parts))
