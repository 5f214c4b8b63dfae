"""The blast radius of components: what is hit when one ends, from the index of its usages."""

from __future__ import annotations

from collections.abc import Collection
from functools import cache
from typing import Any, NamedTuple

from sqlalchemy import ColumnElement, bindparam, func, select
from sqlalchemy.orm import Session

from portal.catalogue.models.services import Service
from portal.catalogue.models.usage import Usage
from portal.catalogue.rules.closing import DEPENDING


class Blast(NamedTuple):
    """What depends on a component: usages that are live, stopping or being connected.

    Attributes:
        services: how many services.
        organisations: how many are accountable for these.
        transactions: their yearly transactions, of those services that have a figure.
        counted: how many services have one.
    """

    services: int = 0
    organisations: int = 0
    transactions: int = 0
    counted: int = 0

    @property
    def uncounted(self) -> int:
        """How many services have no figure."""
        return self.services - self.counted


def of(session: Session, component_id: int) -> Blast:
    """The blast radius of one component, in one statement."""
    return of_each(session, [component_id]).get(component_id, Blast())


def names(session: Session, component_id: int, most: int) -> list[str]:
    """What the services that depend on a component are called, the first ones by name."""
    u, s = Usage, Service
    hit = select(u.service_id).where(u.component_id == component_id, u.status.in_(DEPENDING))
    query = select(s.name).where(s.id.in_(hit)).order_by(s.sort_name, s.id)
    return list(session.scalars(query.limit(most)))


def services_each(session: Session) -> dict[int, int]:
    """How many services depend on each component, from the index alone."""
    u = Usage
    rows = session.execute(
        select(u.component_id, func.count(u.service_id.distinct()))
        .where(u.status.in_(DEPENDING), u.component_id.is_not(None))
        .group_by(u.component_id)
    )
    return {row[0]: row[1] for row in rows if row[0] is not None}


def of_each(session: Session, ids: Collection[int]) -> dict[int, Blast]:
    """The same for several; one on which nothing depends is left out."""
    rows = session.connection().execute(_hit(), {"ids": list(ids)})
    return {row[0]: Blast(row[1], row[2], int(row[3] or 0), row[4]) for row in rows}


def sums(mine: ColumnElement[bool]) -> Any:
    """The blast radius of one component, for a statement that asks for more; a row also where
    nothing depends on it.
    """
    u, s = Usage, Service
    hit = select(u.service_id).where(mine, u.status.in_(DEPENDING)).distinct().subquery()
    return (
        select(
            func.count().label("services"),
            func.count(s.organisation_id.distinct()).label("organisations"),
            func.sum(s.yearly_transactions).label("transactions"),
            func.count(s.yearly_transactions).label("counted"),
        )
        .select_from(hit)
        .join(s, s.id == hit.c.service_id)
    )


@cache
def _hit() -> Any:
    u, s = Usage, Service
    hit = (
        select(u.component_id, u.service_id)
        .where(u.component_id.in_(bindparam("ids", expanding=True)), u.status.in_(DEPENDING))
        .distinct()
        .subquery()
    )
    return (
        select(
            hit.c.component_id, func.count(), func.count(s.organisation_id.distinct()),
            func.sum(s.yearly_transactions), func.count(s.yearly_transactions),
        )
        .select_from(hit)
        .join(s, s.id == hit.c.service_id)
        .group_by(hit.c.component_id)
    )  # fmt: skip
