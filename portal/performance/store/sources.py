"""The data sets that the figures of a dashboard come from."""

from __future__ import annotations

from collections.abc import Collection
from datetime import date
from typing import Any, NamedTuple

from sqlalchemy import select
from sqlalchemy.orm import Session

from portal.access import Kind
from portal.catalogue.models.services import Service
from portal.performance.models.data_sets import DataSet
from portal.performance.models.figures import ThingFigure
from portal.performance.rules.board_choices import Choice
from portal.performance.store.boards import Bodies
from portal.performance.words import Figure


class Source(NamedTuple):
    """A data set that a figure comes from."""

    figure: Figure
    title: str
    group: str
    type: str


def of_units(session: Session, kind: Kind, ids: Collection[int], choice: Choice) -> list[Source]:
    """The data sets of a few services or components in some periods."""
    return _read(session, kind, ids, choice)


def of_total(
    session: Session, bodies: Bodies, choice: Choice, figure: Figure, start: date
) -> list[Source]:
    """The data sets of the services that a total is over; for totals over a few."""
    f = ThingFigure
    ids: Any = select(f.of_id).where(
        f.kind == Kind.SERVICE, f.period == choice.period, f.figure == figure, f.start == start
    )
    if bodies.ids is not None:
        ids = ids.join(Service, Service.id == f.of_id)
        ids = ids.where(Service.organisation_id.in_(bodies.ids))
    return _read(session, Kind.SERVICE, ids, choice)


def _read(session: Session, kind: Kind, ids: Any, choice: Choice) -> list[Source]:
    f, d = ThingFigure, DataSet
    query = (
        select(f.figure, d.title, d.group, d.type)
        .join(d, d.id == f.data_set_id)
        .where(f.kind == kind, f.of_id.in_(ids), f.period == choice.period,
               f.start.between(choice.first, choice.last))
        .group_by(f.figure, d.id, d.title, d.group, d.type)
        .order_by(d.id)
    )  # fmt: skip
    return [Source(*row) for row in session.execute(query)]
