"""The services that use a component now, and those that did or may, by organisation."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import and_, case, func, select
from sqlalchemy.orm import Session

from portal.catalogue.component_words import Standing
from portal.catalogue.models.components import Capability
from portal.catalogue.models.organisations import Organisation
from portal.catalogue.models.services import Service
from portal.catalogue.models.usage import Usage
from portal.catalogue.store.claims import reviewed, standing_of
from portal.catalogue.store.usage import USING


@dataclass(frozen=True, slots=True)
class User:
    """A service as the page of a component it uses shows it; `usage` is the usage's id."""

    usage: int
    service: str
    service_slug: str
    phase: str
    organisation: str | None
    organisation_slug: str | None
    capability: str
    capability_slug: str
    status: str
    planned_live: date | None
    since: date | None
    since_basis: str | None
    until: date | None
    until_basis: str | None
    source: str | None
    standing: str
    confirmed_on: date | None
    disputed_on: date | None


@dataclass(frozen=True, slots=True)
class Users:
    """Who uses a component, with how many services and organisations that are in all.

    A service stands there once for each need that it meets with the component.
    """

    now: list[User]
    others: list[User]
    services: int
    organisations: int
    other_services: int
    confirmed: int


def users(session: Session, component_id: int, day: date, limit: int | None = None) -> Users:
    """Who uses a component now and who did or may, at most `limit` rows of each; how each stands on
    a day.
    """
    stands = standing_of(day)
    using = Usage.status.in_(USING)
    now = case((using, Usage.service_id))
    confirmed = case((and_(using, stands == Standing.CONFIRMED.value), Usage.service_id))
    statement = reviewed(
        select(
            func.count(now.distinct()),
            func.count(case((using, Service.organisation_id)).distinct()),
            func.count(case((~using, Usage.service_id)).distinct()),
            func.count(confirmed.distinct()),
        )
        .select_from(Usage)
        .join(Service, Service.id == Usage.service_id)
    ).where(Usage.component_id == component_id)
    services, organisations, others, sure = session.execute(statement).one()
    return Users(
        now=_rows(session, component_id, using, stands, limit) if services else [],
        others=_rows(session, component_id, ~using, stands, limit) if others else [],
        services=services,
        organisations=organisations,
        other_services=others,
        confirmed=sure,
    )


def _rows(
    session: Session, component_id: int, which: Any, stands: Any, limit: int | None
) -> list[User]:  # fmt: skip
    statement = reviewed(
        select(
            Usage.id,
            Service.name,
            Service.slug,
            Service.phase,
            Organisation.name,
            Organisation.slug,
            Capability.name,
            Capability.slug,
            Usage.status,
            Usage.planned_live,
            Usage.since,
            Usage.since_basis,
            Usage.until,
            Usage.until_basis,
            Usage.source,
            stands,
            Usage.confirmed_on,
            Usage.disputed_on,
        )
        .select_from(Usage)
        .join(Service, Service.id == Usage.service_id)
        .join(Capability, Capability.id == Usage.capability_id)
        .outerjoin(Organisation, Organisation.id == Service.organisation_id)
    )
    rows: Any = session.execute(
        statement.where(Usage.component_id == component_id, which)
        .order_by(
            case((Organisation.id.is_(None), 1), else_=0), Organisation.sort_name, Organisation.id,
            Service.sort_name, Service.id, Capability.name, Usage.id,
        )
        .limit(limit)
    )  # fmt: skip
    return [User(*row) for row in rows]
