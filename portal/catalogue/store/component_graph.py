"""What is around a component: who uses it, what for, what else there is, what goes with it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any, NamedTuple

from sqlalchemy import and_, func, select
from sqlalchemy.orm import Session, aliased

from portal.catalogue.models.components import Capability, Component, ComponentCapability
from portal.catalogue.models.organisations import Organisation
from portal.catalogue.models.services import Service
from portal.catalogue.models.usage import Usage
from portal.catalogue.store.usage import USING


class Using(NamedTuple):
    """An organisation whose services use the component; None where it is not known."""

    slug: str | None
    name: str | None
    services: int


class Beside(NamedTuple):
    """Another component: one that meets the need `need` as well, that came before or after, or
    that `services` of the same services use.
    """

    slug: str
    name: str
    lifecycle: str
    closes_on: date | None
    need: str | None = None
    services: int | None = None


@dataclass(frozen=True, slots=True)
class Around:
    """The graph around a component.

    Attributes:
        organisations: who uses it, most services first.
        needs: what it meets, as address and name.
        others: what else meets them, a row for each need.
        before: what it took over from.
        after: what takes over from it.
        together: what the same services use, most services first.
    """

    organisations: list[Using]
    needs: list[tuple[str, str]]
    others: list[Beside]
    before: list[Beside]
    after: list[Beside]
    together: list[Beside]


_SHOWN = (Component.slug, Component.name, Component.lifecycle, Component.closes_on)


def around(session: Session, component_id: int, limit: int | None = None) -> Around:
    """The graph around a component today, with at most `limit` components used together with it."""
    mine, its = ComponentCapability, aliased(ComponentCapability)
    needs: Any = session.execute(
        select(Capability.slug, Capability.name)
        .join(mine, mine.capability_id == Capability.id)
        .where(mine.component_id == component_id)
        .order_by(Capability.name)
    )
    others: Any = session.execute(
        select(*_SHOWN, Capability.slug)
        .join(its, its.component_id == Component.id)
        .join(mine, and_(mine.capability_id == its.capability_id,
                         mine.component_id == component_id))
        .join(Capability, Capability.id == its.capability_id)
        .where(Component.id != component_id)
        .order_by(Component.sort_name, Component.id, Capability.name)
    )  # fmt: skip
    after, before = _kin(session, component_id)
    return Around(
        _organisations(session, component_id),
        [tuple(row) for row in needs],
        [Beside(*row) for row in others],
        before,
        after,
        _together(session, component_id, limit),
    )


def _kin(session: Session, component_id: int) -> tuple[list[Beside], list[Beside]]:
    """What takes over from a component, and what it took over from."""
    this = select(Component.successor_id).where(Component.id == component_id).scalar_subquery()
    rows: Any = session.execute(
        select(*_SHOWN, (Component.successor_id == component_id).label("before"))
        .where((Component.id == this) | (Component.successor_id == component_id))
        .order_by(Component.sort_name, Component.id)
    )
    after, before = list[Beside](), list[Beside]()
    for *shown, was in rows:
        (before if was else after).append(Beside(*shown))
    return after, before


def _organisations(session: Session, component_id: int) -> list[Using]:
    many = func.count(Usage.service_id.distinct()).label("many")
    rows: Any = session.execute(
        select(Organisation.slug, Organisation.name, many)
        .select_from(Usage)
        .join(Service, Service.id == Usage.service_id)
        .outerjoin(Organisation, Organisation.id == Service.organisation_id)
        .where(Usage.component_id == component_id, Usage.status.in_(USING))
        .group_by(Organisation.id, Organisation.slug, Organisation.name, Organisation.sort_name)
        .order_by(many.desc(), Organisation.sort_name, Organisation.id)
    )
    return [Using(*row) for row in rows]


def _together(session: Session, component_id: int, limit: int | None) -> list[Beside]:
    also, many = aliased(Usage), func.count(Usage.service_id.distinct()).label("many")
    counted = (
        select(also.component_id.label("id"), many)
        .select_from(Usage)
        .join(also, also.service_id == Usage.service_id)
        .where(
            Usage.component_id == component_id,
            Usage.status.in_(USING),
            also.component_id != component_id,
            also.status.in_(USING),
        )
        .group_by(also.component_id)
        .subquery()
    )
    rows: Any = session.execute(
        select(*_SHOWN, counted.c.many)
        .join(counted, counted.c.id == Component.id)
        .order_by(counted.c.many.desc(), Component.sort_name, Component.id)
        .limit(limit)
    )
    return [
        Beside(row.slug, row.name, row.lifecycle, row.closes_on, services=row.many) for row in rows
    ]
