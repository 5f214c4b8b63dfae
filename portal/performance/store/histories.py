"""What is stored of the use of components over time: published days, data sets, dated facts."""

from __future__ import annotations

from datetime import date
from typing import Any

from sqlalchemy import Double, String, cast, literal, null, select, union_all
from sqlalchemy.orm import Session

from portal.access import Kind
from portal.catalogue.models.components import Component
from portal.catalogue.models.rosters import AdoptionDay, AdoptionPoint
from portal.performance.models.data_sets import DataSet
from portal.performance.models.figures import ThingFigure
from portal.performance.rules import periods, totals
from portal.performance.rules.histories import Published
from portal.performance.rules.joined import Told, joined
from portal.performance.words import Figure, Period, ValueState, ValueStatus

_SUMMED = (Figure.VOLUME, Figure.POUNDS)
_Days = dict[int, dict[date, tuple[str | None, dict[str, float]]]]
_Volumes = dict[tuple[int, str], dict[Period, list[Told]]]
_Periods = dict[int, dict[str, list[Told]]]


def published(session: Session, day: date, component_id: int | None = None) -> list[Published]:
    """What is known on a day of one component or all of them, by name; those of which nothing is
    known too.

    Figures of data sets that are not public, and numbers below their threshold, are not known here.
    """
    c = Component
    query = select(c.id, c.slug, c.name, c.volumes).order_by(c.name, c.id)
    if component_id is not None:
        query = query.where(c.id == component_id)
    days, summed = _measured(session, day, component_id)
    return [
        Published(
            row.slug,
            row.name,
            row.volumes,
            [(at, *days[row.id][at]) for at in sorted(days.get(row.id, {}))],
            summed.get(row.id, {}),
        )
        for row in session.execute(query)
    ]


def _measured(session: Session, today: date, component_id: int | None) -> tuple[_Days, _Periods]:
    """The days on which totals were published, and the volumes of data sets."""
    d, p, f, s = AdoptionDay, AdoptionPoint, ThingFigure, DataSet
    of_day: Any = select(
        d.component_id, null().label("period"), p.measure, d.day, cast(p.value, Double), d.source,
        literal(""), literal(""), null(), null(),
    ).join(p, p.day_id == d.id)  # fmt: skip
    of_period: Any = (
        select(f.of_id, cast(f.period, String), cast(f.figure, String), f.start, f.number, null(),
               s.group, s.type, cast(f.status, String), cast(f.state, String))
        .join(s, s.id == f.data_set_id)
        .where(f.kind == Kind.COMPONENT, f.figure.in_(_SUMMED), s.published)
    )  # fmt: skip
    if component_id is not None:
        of_day = of_day.where(d.component_id == component_id)
        of_period = of_period.where(f.of_id == component_id)
    days: _Days = {}
    volumes: _Volumes = {}
    for id_, length, measure, day, number, source, group, type_, status, state in session.execute(
        union_all(of_day, of_period)
    ):
        if length is None:
            known = days.setdefault(id_, {}).setdefault(day, (source, {}))
            known[1][measure] = float(number)
        else:
            period, address = Period(length), f"/data-sets/{group}/{type_}"
            # A period that goes on is told up to now.
            last = min(periods.end_of(period, day), max(day, today))
            shown = totals.known(number, ValueState(state))
            told = Told(day, last, shown, address, status == ValueStatus.PROVISIONAL)
            volumes.setdefault((id_, measure), {}).setdefault(period, []).append(told)
    summed: _Periods = {}
    for (id_, measure), by_period in volumes.items():
        summed.setdefault(id_, {})[measure] = joined(by_period)
    return days, summed
