"""Figures of two periods side by side: all of them, and those of services that have both."""

from __future__ import annotations

from datetime import date

from sqlalchemy import and_, case, func, select
from sqlalchemy.orm import Session, aliased

from portal.access import Kind
from portal.catalogue.models.services import Service
from portal.performance.models.figures import ThingFigure
from portal.performance.rules.totals import Total
from portal.performance.words import Figure, Period


def between(
    session: Session, period: Period, figure: Figure, start: date, before: date,
    organisation_id: int | None = None,
) -> Total:  # fmt: skip
    """The sum of a figure over services, and like for like with any other period of the same
    length: `figure_total` has it for a year before only.

    Args:
        organisation_id: of whose services; None for all of government.

    Returns:
        `top` over the services that have it; `same_top` now and `was_top` before, over those that
        have it in both periods.
    """
    now, was = aliased(ThingFigure), aliased(ThingFigure)
    both = and_(
        was.kind == now.kind, was.of_id == now.of_id, was.period == now.period,
        was.figure == now.figure, was.start == before, was.number.is_not(None),
    )  # fmt: skip
    kept = case((was.number.is_not(None), now.number), else_=0)
    query = (
        select(
            func.count(now.number), func.coalesce(func.sum(now.number), 0),
            func.coalesce(func.max(now.number), 0), func.count(was.number),
            func.coalesce(func.sum(kept), 0), func.coalesce(func.sum(was.number), 0),
        )
        .select_from(now)
        .outerjoin(was, both)
        .where(now.kind == Kind.SERVICE, now.period == period, now.figure == figure)
        .where(now.start == start, now.number.is_not(None))
    )  # fmt: skip
    if organisation_id is not None:
        query = query.join(Service, Service.id == now.of_id).where(
            Service.organisation_id == organisation_id
        )
    things, top, largest, same, same_top, was_top = session.execute(query).one()
    return Total(
        things, float(top), None, float(largest), same, float(same_top), None, float(was_top)
    )
