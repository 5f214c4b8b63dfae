"""Rows of performance data with one member of a closed list each."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import Any

from sqlalchemy.orm import Session

from portal.db import Base
from portal.performance import words as w
from portal.performance.models import collecting as c
from portal.performance.models import data_sets as d
from portal.performance.models import figures as f
from portal.performance.models import notes as n
from portal.performance.models import values as v
from tests.support.data import ACT

#: An id that no sequence comes to.
ID = 10**6
ON = date(2026, 7, 1)


def data_set(**value: Any) -> d.DataSet:
    """A data set that says no more than it must."""
    plain = {
        "group": "x", "type": "x", "title": "X", "kind": w.SetKind.OWN, "period": w.Period.MONTH,
        "edited_at": ACT.at,
    }  # fmt: skip
    return d.DataSet(**{**plain, **value})


def seed(session: Session) -> None:
    """A data set with a measure and a batch, all with the id `ID`."""
    session.add(data_set(id=ID, type="y"))
    session.flush()
    session.add(_measure(id=ID))
    session.add(_batch(id=ID))
    session.flush()


def _measure(**value: Any) -> d.DataMeasure:
    plain = {
        "data_set_id": ID, "position": 0, "key": "count", "title": "X", "unit": w.Unit.COUNT,
        "summable": True,
    }  # fmt: skip
    return d.DataMeasure(**{**plain, **value})


def _batch(**value: Any) -> v.DataBatch:
    plain = {"data_set_id": ID, "way": w.Way.API, "actor": "x", "at": ACT.at, "digest": "x"}
    return v.DataBatch(counts={}, **{**plain, **value})


def _value(**value: Any) -> v.DataValue:
    plain = {
        "data_set_id": ID, "measure_id": ID, "start": ON, "cell": "", "revision": 1,
        "current": True, "state": w.ValueState.NUMBER, "status": w.ValueStatus.PUBLISHED,
        "definition": 1, "batch_id": ID,
    }  # fmt: skip
    row = {**plain, **value}
    number = 1.0 if row["state"] is w.ValueState.NUMBER else None
    return v.DataValue(number=number, **row)


def _figure(**value: Any) -> f.ThingFigure:
    plain = {
        "kind": "service", "of_id": ID, "period": w.Period.MONTH, "start": ON, "definition": 1,
        "figure": w.Figure.COST, "state": w.ValueState.NUMBER, "status": w.ValueStatus.PUBLISHED,
        "data_set_id": ID,
    }  # fmt: skip
    return f.ThingFigure(**{**plain, **value})


def _total(period: w.Period) -> f.FigureTotal:
    return f.FigureTotal(
        organisation_id=ID, period=period, figure="cost", start=ON, things=1, top=1.0,
        largest=1.0, same_things=0, same_top=0.0, was_top=0.0,
    )  # fmt: skip


def _collection(**value: Any) -> c.Collection:
    plain = {
        "data_set_id": ID, "url": "https://a.example/", "host": "a.example",
        "format": w.CollectedFormat.CSV, "every": w.Period.MONTH, "edited_at": ACT.at,
        "next_at": ACT.at,
    }  # fmt: skip
    return c.Collection(**{**plain, **value})


def _run(**value: Any) -> c.CollectionRun:
    plain = {
        "data_set_id": ID, "at": ACT.at, "host": "a.example", "format": w.CollectedFormat.CSV,
        "outcome": w.CollectedOutcome.FAILED,
    }  # fmt: skip
    return c.CollectionRun(**{**plain, **value})


#: As `ROWS` of tests/whole/test_enums.py.
ROWS: dict[str, Callable[[int, int, int, Any], Base]] = {
    "data_set.kind": lambda _a, _b, _c, x: data_set(kind=x),
    "data_set.period": lambda _a, _b, _c, x: data_set(period=x),
    "data_measure.unit": lambda _a, _b, _c, x: _measure(key="other", unit=x),
    "data_batch.way": lambda _a, _b, _c, x: _batch(way=x),
    "data_value.state": lambda _a, _b, _c, x: _value(state=x),
    "data_value.status": lambda _a, _b, _c, x: _value(status=x),
    "data_value.doubt": lambda _a, _b, _c, x: _value(doubt=x),
    "thing_figure.kind": lambda _a, _b, _c, x: _figure(kind=x),
    "thing_figure.period": lambda _a, _b, _c, x: _figure(period=x),
    "thing_figure.figure": lambda _a, _b, _c, x: _figure(figure=x),
    "thing_figure.state": lambda _a, _b, _c, x: _figure(state=x),
    "thing_figure.status": lambda _a, _b, _c, x: _figure(status=x),
    "thing_figure.doubt": lambda _a, _b, _c, x: _figure(doubt=x),
    "figure_total.period": lambda _a, _b, _c, x: _total(x),
    "figure_target.kpi": lambda a, _b, _c, x: n.FigureTarget(
        service_id=a, kpi=x, value=1.0, since=ON, edited_at=ACT.at
    ),
    "data_collection.format": lambda _a, _b, _c, x: _collection(format=x),
    "data_collection.every": lambda _a, _b, _c, x: _collection(every=x),
    "collection_run.format": lambda _a, _b, _c, x: _run(format=x),
    "collection_run.outcome": lambda _a, _b, _c, x: _run(outcome=x),
    "collection_run.trouble": lambda _a, _b, _c, x: _run(trouble=x),
    "figure_reminder.step": lambda _a, _b, _c, x: c.FigureReminder(
        data_set_id=ID, start=ON, step=x, at=ACT.at
    ),
}
