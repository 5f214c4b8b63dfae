"""The services that use a component now, and those that did or may, by organisation."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from functools import cache
from typing import Any

from sqlalchemy import Integer, bindparam, case, func, select
from sqlalchemy.orm import Session

from portal.catalogue.component_words import Standing
from portal.catalogue.models.components import Capability
from portal.catalogue.models.counts import UsageCount
from portal.catalogue.models.organisations import Organisation
from portal.catalogue.models.rosters import Roster
from portal.catalogue.models.services import Service
from portal.catalogue.models.usage import Usage
from portal.catalogue.rules.starting import Measured
from portal.catalogue.store import blast, starting
from portal.catalogue.store.blast import Blast
from portal.catalogue.store.claims import days_of, reviewed, standing_asked
from portal.catalogue.store.usage import USING

_ASKED = bindparam("component", type_=Usage.component_id.type)
_MINE = Usage.component_id == _ASKED


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

    Attributes:
        hit: what is hit when the component ends.
        measured: how long services took to start with it.
        listed: whether its provider published who uses it.
    """

    now: list[User]
    others: list[User]
    services: int
    organisations: int
    other_services: int
    confirmed: int
    hit: Blast
    measured: Measured | None
    listed: bool


def users(session: Session, component_id: int, day: date, limit: int | None = None) -> Users:
    """Who uses a component now and who did or may, at most `limit` rows of each; how each stands on
    a day.
    """
    connection, asked = session.connection(), {"component": component_id, **days_of(day)}
    found = connection.execute(_counts(), asked).one()
    services, organisations, others, sure, days, listed, *hit = found
    return Users(
        now=_rows(session, True, limit, asked) if services else [],
        others=_rows(session, False, limit, asked) if others else [],
        services=services,
        organisations=organisations,
        other_services=others,
        confirmed=sure,
        hit=Blast(hit[0], hit[1], int(hit[2] or 0), hit[3]),
        measured=starting.of_text(days),
        listed=bool(listed),
    )


def _rows(session: Session, now: bool, limit: int | None, asked: dict[str, Any]) -> list[User]:
    values = asked if limit is None else {**asked, "most": limit}
    rows: Any = session.connection().execute(_listed(now, limit is not None), values)
    return [User(*row) for row in rows]


# Both are made once: making them takes longer than running them.
@cache
def _counts() -> Any:
    """All figures; those of today's use come from the table kept with the writes."""
    kept = UsageCount.component_id == _ASKED
    using, services = Usage.status.in_(USING), func.count(Usage.service_id.distinct())
    sure = reviewed(select(services)).where(
        _MINE, using, Usage.confirmed_on.is_not(None),
        standing_asked() == Standing.CONFIRMED.value,
    )  # fmt: skip
    figures = (
        select(func.coalesce(func.sum(UsageCount.services), 0)).where(kept),
        select(func.count()).where(kept, UsageCount.organisation_id != 0),
        select(services).where(_MINE, ~using),
        sure,
        starting.days_text(_MINE),
        select(func.count()).select_from(Roster).where(Roster.component_id == _ASKED),
    )
    hit = blast.sums(_MINE).subquery()
    return select(*(each.scalar_subquery() for each in figures), *hit.c).select_from(hit)


@cache
def _listed(now: bool, limited: bool) -> Any:
    using = Usage.status.in_(USING)
    statement = (
        reviewed(
            select(
                Usage.id, Service.name, Service.slug, Service.phase, Organisation.name,
                Organisation.slug, Capability.name, Capability.slug, Usage.status,
                Usage.planned_live, Usage.since, Usage.since_basis, Usage.until, Usage.until_basis,
                Usage.source, standing_asked(), Usage.confirmed_on, Usage.disputed_on,
            )
            .select_from(Usage)
            .join(Service, Service.id == Usage.service_id)
            .join(Capability, Capability.id == Usage.capability_id)
            .outerjoin(Organisation, Organisation.id == Service.organisation_id)
        )
        .where(_MINE, using if now else ~using)
        .order_by(
            case((Organisation.id.is_(None), 1), else_=0), Organisation.sort_name, Organisation.id,
            Service.sort_name, Service.id, Capability.name, Usage.id,
        )
    )  # fmt: skip
    return statement.limit(bindparam("most", type_=Integer)) if limited else statement
