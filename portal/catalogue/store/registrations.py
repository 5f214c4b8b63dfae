"""All SQL about services being registered."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, delete, or_, select
from sqlalchemy.orm import Session

from portal.access import REGISTRATION, Thing
from portal.audit import Act, Document, record
from portal.catalogue.models.organisations import Organisation
from portal.catalogue.models.registrations import Registration
from portal.catalogue.models.services import Service, ServiceSlug
from portal.catalogue.rules.cleaners import slugify
from portal.catalogue.words import RegistrationState
from portal.errors import Missing

THING = REGISTRATION


def get(session: Session, registration_id: int, lock: bool = False) -> Registration:
    """One registration; `lock` holds others back who would change it. Raises Missing."""
    query = select(Registration).where(Registration.id == registration_id)
    found = session.scalar(query.with_for_update() if lock else query)
    if found is None:
        raise Missing("There is no such registration")
    return found


def started(session: Session, started_by: str) -> int | None:
    """The registration that a press of the button started, if it did already."""
    return session.scalar(select(Registration.id).where(Registration.started_by == started_by))


def of_service(session: Session, service_id: int, lock: bool = False) -> Registration | None:
    """The registration that a service came from, if it was registered here."""
    query = select(Registration).where(Registration.service_id == service_id)
    return session.scalar(query.with_for_update() if lock else query)


def thing_of(registration: Registration) -> Thing:
    """A registration as the policy sees it: a draft is its author's alone."""
    draft = registration.state is RegistrationState.DRAFT
    body = None if draft else registration.organisation_id
    return Thing(
        THING,
        registration.id,
        frozenset() if body is None else frozenset({body}),
        frozenset({registration.person_id}),
    )


def tell(
    session: Session, registration: Registration, before: str | None, act: Act, tag: str
) -> None:
    """Leave a history event about a step of a registration. What a draft says is its author's
    own; the history of the service begins when it is published.
    """
    states = ({"state": before} if before else None), {"state": registration.state.value}
    record(session, act, tag, THING, registration.id, *states)


@dataclass(frozen=True, slots=True)
class Asked:
    """Which registrations are asked for.

    Attributes:
        person_id: their author.
        organisations: ids of the bodies for which the reader decides; None for all.
    """

    person_id: int
    organisations: frozenset[int] | None = frozenset()
    state: RegistrationState | None = None
    after: int | None = None


@dataclass(frozen=True, slots=True)
class Row:
    """A registration in a list."""

    id: int
    name: str
    state: RegistrationState
    organisation: str | None
    own: bool
    edited: str
    submitted: str | None
    service: str | None


def rows(session: Session, asked: Asked, size: int) -> list[Row]:
    """Registrations that the reader may see, newest first."""
    r = Registration
    query = (
        select(r, Organisation.name, Service.slug)
        .outerjoin(Organisation, Organisation.id == r.organisation_id)
        .outerjoin(Service, Service.id == r.service_id)
        .where(_seen(asked))
        .order_by(r.id.desc())
        .limit(size)
    )
    if asked.state is not None:
        query = query.where(r.state == asked.state)
    if asked.after is not None:
        query = query.where(r.id < asked.after)
    return [
        Row(
            each.id,
            each.name,
            each.state,
            body,
            each.person_id == asked.person_id,
            each.edited_at.isoformat(),
            each.submitted_at.isoformat() if each.submitted_at else None,
            slug,
        )
        for each, body, slug in session.execute(query)
    ]


def _seen(asked: Asked) -> ColumnElement[bool]:
    mine = Registration.person_id == asked.person_id
    submitted = Registration.state != RegistrationState.DRAFT
    if asked.organisations is None:
        return or_(mine, submitted)
    return or_(mine, submitted & Registration.organisation_id.in_(asked.organisations))


def drafts_of(session: Session, person_id: int, limit: int) -> list[Registration]:
    """Somebody's drafts, oldest first."""
    draft = Registration.state == RegistrationState.DRAFT
    query = select(Registration).where(Registration.person_id == person_id, draft)
    return list(session.scalars(query.order_by(Registration.id).limit(limit)))


def waiting_for(
    session: Session, organisations: Collection[int] | None, limit: int
) -> list[Registration]:
    """Those that wait for somebody who decides for these bodies (None: for all), oldest first."""
    query = select(Registration).where(Registration.state == RegistrationState.WAITING)
    if organisations is not None:
        query = query.where(Registration.organisation_id.in_(organisations))
    return list(session.scalars(query.order_by(Registration.id).limit(limit)))


def free_slug(session: Session, name: str) -> str:
    """An address for a service of this name that no service has or had."""
    plain = slugify(name)
    for number in range(1, 10_000):
        slug = plain if number == 1 else f"{plain}-{number}"
        now = session.scalar(select(Service.id).where(Service.slug == slug))
        once = session.scalar(select(ServiceSlug.service_id).where(ServiceSlug.slug == slug))
        if now is None and once is None:
            return slug
    raise RuntimeError(f"every address like {plain} is taken")


def document_for(registration: Registration, slug: str) -> Document:
    """The document of the service that a registration describes, not cleaned yet."""
    return {**registration.document, "slug": slug}


def slug_of(session: Session, registration_id: int) -> str | None:
    """The address of the service that a registration became, while it is there."""
    query = select(Service.slug).join(Registration, Registration.service_id == Service.id)
    return session.scalar(query.where(Registration.id == registration_id))


def forget(session: Session, person_id: int, _at: datetime) -> None:
    """Delete the drafts of somebody who is erased; what was published is the service's."""
    mine = (Registration.person_id == person_id, Registration.service_id.is_(None))
    session.execute(delete(Registration).where(*mine))
