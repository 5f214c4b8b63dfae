"""Exemptions that are overdue: a condition is not met in time, or leave is over and nothing came
of it.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, case, exists, func, or_, select, tuple_
from sqlalchemy.orm import Session, aliased

from portal.catalogue.models.components import Component, ComponentExemption
from portal.catalogue.models.organisations import Organisation
from portal.catalogue.models.services import Service
from portal.catalogue.models.usage import Usage
from portal.catalogue.store.mandates import live_on
from portal.catalogue.store.usage import USING
from portal.catalogue.words import Phase
from portal.reports.rules.leadership import CONDITIONS, ENDED, Overdue

_E = ComponentExemption


def _late(day: date) -> ColumnElement[bool]:
    return and_(
        live_on(day), _E.conditions.is_not(None), _E.conditions_met_on.is_(None),
        _E.conditions_by < day,
    )  # fmt: skip


def _over(day: date) -> ColumnElement[bool]:
    """Leave ran out, no other holds, and the service still does without the component."""
    other, u = aliased(_E), Usage
    again = exists().where(
        other.service_id == _E.service_id, other.component_id == _E.component_id,
        other.granted_on > _E.granted_on,
    )  # fmt: skip
    uses = exists().where(
        u.service_id == _E.service_id, u.component_id == _E.component_id, u.status.in_(USING)
    )
    ended = or_(_E.ended_on.is_(None), _E.ended_on >= _E.expires_on)
    return and_(_E.expires_on <= day, ended, ~again, ~uses)


def _query(day: date, *columns: Any) -> Select[Any]:
    return (
        select(*columns)
        .select_from(_E)
        .join(Service, Service.id == _E.service_id)
        .join(Component, Component.id == _E.component_id)
        .outerjoin(Organisation, Organisation.id == Service.organisation_id)
        .where(Service.phase != Phase.RETIRED, or_(_late(day), _over(day)))
    )


def _listed(day: date, *more: Any) -> Select[Any]:
    s, o, c = Service, Organisation, Component
    query = _query(
        day, _due(day), _E.id, case((_late(day), CONDITIONS), else_=ENDED), _E.request_id, s.slug,
        s.name, o.slug, o.name, c.slug, c.name, _E.conditions, *more,
    )  # fmt: skip
    return query.order_by(_due(day), _E.id)


def _due(day: date) -> ColumnElement[date]:
    return case((_late(day), _E.conditions_by), else_=_E.expires_on)


def first(session: Session, day: date, many: int) -> tuple[int, list[Overdue]]:
    """How many exemptions are overdue on a day, and those that are so longest."""
    rows: Any = session.execute(_listed(day, func.count().over()).limit(many)).all()
    return rows[0][-1] if rows else 0, [Overdue._make(row[:-1]) for row in rows]


def listing(
    session: Session, day: date, after: tuple[date, int] | None = None, limit: int | None = None
) -> list[Overdue]:
    """Them, the longest overdue first."""
    query = _listed(day)
    if after is not None:
        query = query.where(tuple_(_due(day), _E.id) > tuple_(*after))
    rows: Any = session.execute(query.limit(limit))
    return [Overdue._make(row) for row in rows]


def every(session: Session, day: date) -> Iterator[Overdue]:
    """The same for a download, some at a time."""
    after = None
    while found := listing(session, day, after, 500):
        yield from found
        after = (found[-1].due, found[-1].id)
