"""All SQL about what says whether a service or component needs an assessment."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, func, select
from sqlalchemy.orm import Session

from portal.assessments.rules import timelines
from portal.assessments.rules.assessment_needed import (
    Answer,
    FormsComponent,
    ServiceFacts,
    of_component,
    of_service,
)
from portal.assessments.store import booking_settings, report_timelines
from portal.catalogue.component_words import Lifecycle, UsageStatus
from portal.catalogue.models.components import Capability, Component
from portal.catalogue.models.organisations import Organisation
from portal.catalogue.models.services import Service, ServiceOwner
from portal.catalogue.models.usage import Usage
from portal.catalogue.words import Audience, Phase
from portal.errors import Missing

#: The need that components for building forms meet.
FORMS = "build-forms"
#: A service that only considers a component does not make its forms on it.
_MADE_ON = (
    UsageStatus.PLANNED, UsageStatus.INTEGRATING, UsageStatus.LIVE, UsageStatus.STOPPING,
)  # fmt: skip
_USED = (UsageStatus.INTEGRATING, UsageStatus.LIVE, UsageStatus.STOPPING)


@dataclass(frozen=True, slots=True)
class About:
    """What is asked about, and the answer.

    Attributes:
        organisation_id: of the organisation that answers for it.
        organisation: its name.
        most: transactions a year above which the panel is from across government.
    """

    id: int
    name: str
    organisation_id: int | None
    organisation: str | None
    most: int
    answer: Answer


def about_service(session: Session, slug: str) -> About:
    """The answer for the service at an address. Raises Missing."""
    return _about_service(session, Service.slug == slug)


def about_service_id(session: Session, service_id: int, told: bool | None) -> About:
    """The same by its id, with what its team said of users of more than one organisation."""
    return _about_service(session, Service.id == service_id, told)


def _about_service(session: Session, which: ColumnElement[bool], told: bool | None = None) -> About:
    s, o = Service, Organisation
    query = select(
        s.id, s.name, s.organisation_id, o.name, s.transactional, s.yearly_transactions,
        s.audience_set, s.phase, _bodies(),
        booking_settings.column_of("cross_transactions", s.organisation_id),
    ).outerjoin(o, o.id == s.organisation_id).where(which)  # fmt: skip
    row = session.execute(query).first()
    if row is None:
        raise Missing("There is no such service")
    most = row[9]
    audiences = row[6].split(",") if row[6] else None
    facts = ServiceFacts(
        transactional=row[4],
        forms=_forms(session, row[0]),
        transactions=row[5],
        for_staff=None if audiences is None else Audience.INTERNAL in audiences,
        bodies=row[8],
        told=told,
        ended=row[7] is Phase.RETIRED,
    )
    return About(row[0], row[1], row[2], row[3], most, of_service(facts, most))


def _forms(session: Session, service_id: int) -> tuple[FormsComponent, ...]:
    """The components on which a service makes its forms; none where some are made otherwise."""
    query = (
        select(Usage.component_id, Component.slug, Component.name, Usage.share, Usage.disputed_on)
        .select_from(Usage)
        .join(Capability, Capability.id == Usage.capability_id)
        .outerjoin(Component, Component.id == Usage.component_id)
        .where(Usage.service_id == service_id, Capability.slug == FORMS, Usage.status.in_(_MADE_ON))
        .order_by(Component.name)
    )
    rows = session.execute(query).all()
    ids = [row[0] for row in rows if row[0] and not row[4] and (row[3] is None or row[3] == 100)]
    if not rows or len(ids) < len(rows):
        return ()
    assessed = report_timelines.of_components(session, ids)
    failed = {each.component_slug for each in timelines.failed_components(assessed)}
    return tuple(FormsComponent(row[1], row[2], row[1] in failed) for row in rows)


def _bodies() -> Any:
    """How many organisations run a service now, as a column."""
    o = ServiceOwner
    query = select(func.count(o.organisation_id.distinct())).where(
        o.service_id == Service.id, o.until.is_(None)
    )
    return query.scalar_subquery()


def about_component(session: Session, slug: str) -> About:
    """The answer for the component at an address. Raises Missing."""
    return _about_component(session, Component.slug == slug)


def about_component_id(session: Session, component_id: int) -> About:
    """The same by its id."""
    return _about_component(session, Component.id == component_id)


def _about_component(session: Session, which: ColumnElement[bool]) -> About:
    c, o, u, s = Component, Organisation, Usage, Service
    users = (
        select(func.count(s.organisation_id.distinct()))
        .select_from(u)
        .join(s, s.id == u.service_id)
        .where(u.component_id == c.id, u.status.in_(_USED))
        .scalar_subquery()
    )
    query = select(
        c.id, c.name, c.provider_id, o.name, c.kind, c.lifecycle, users,
        booking_settings.column_of("cross_transactions", c.provider_id),
    ).join(o, o.id == c.provider_id)  # fmt: skip
    row = session.execute(query.where(which)).first()
    if row is None:
        raise Missing("There is no such component")
    answer = of_component(row[4], row[6], row[5] is Lifecycle.CLOSED)
    return About(row[0], row[1], row[2], row[3], row[7], answer)
