"""The figures that follow from the values of a data set."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from datetime import date

from sqlalchemy.orm import Session

from portal.performance.models.data_sets import DataSet
from portal.performance.rules import kinds, small_figures
from portal.performance.rules.entries import Entry, Known
from portal.performance.store import data_sets, figures, hiding, values
from portal.performance.words import Figure


def refold(session: Session, data_set: DataSet, starts: Iterable[date]) -> None:
    """Work out the figures of some periods afresh from the current values of a data set. One that
    is not published has none: they would be read in totals. Numbers of too few to be shown are in
    no figure, for the same reason.
    """
    thing, period = data_sets.thing_of(data_set), data_set.period
    some = set(starts)
    if thing is None or period is None or not some or not data_set.published:
        return
    figures.put(session, *thing, period, data_set.id, folded(session, data_set, some))


def folded(
    session: Session, data_set: DataSet, starts: Collection[date]
) -> dict[tuple[date, Figure], Known]:
    """What follows from the current values of some periods."""
    keys = {measure.id: measure.key for measure in data_set.measures}
    parts = [
        (figure, weight, Entry(row.start, row.cell, key, row.state, row.number, row.status,
                               row.doubt), row.definition)
        for row in values.current(session, data_set.id, starts)
        for key in [keys[row.measure_id]]
        for figure, weight in kinds.figures_of(data_set.kind, row.cell, key)
    ]  # fmt: skip
    gone = hiding.hidden_now(session, data_set, starts)
    return small_figures.fold(parts, data_set.threshold, gone)


def withdraw(session: Session, data_set: DataSet) -> None:
    """Take the figures of a data set back. Those that another one of its thing has count then."""
    thing = data_sets.thing_of(data_set)
    if thing is None or data_set.period is None:
        return
    _instead(session, data_set, figures.forget(session, *thing, data_set.period, data_set.id))


def unfold(session: Session, data_set: DataSet, starts: Collection[date]) -> None:
    """The same for some periods, of which the data set has no values any more."""
    figures.drop(session, {data_set.id: starts})
    _instead(session, data_set, starts)


def _instead(session: Session, data_set: DataSet, starts: Iterable[date]) -> None:
    thing = data_sets.thing_of(data_set)
    for other in data_sets.of_thing(session, *thing) if thing else ():
        if other.period is data_set.period and other.id != data_set.id:
            refold(session, other, starts)
