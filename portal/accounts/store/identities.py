"""All SQL about people as OpenID Connect issuers know them, and about where people work."""

from __future__ import annotations

from datetime import datetime
from typing import NamedTuple

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from portal.accounts.models.people import OidcIdentity, Person
from portal.accounts.store import people
from portal.db import insert_new


class Home(NamedTuple):
    """The organisation that somebody works for.

    Attributes:
        organisation_id: the organisation.
        may_publish: what they register for it is public at once.
    """

    organisation_id: int
    may_publish: bool


def person_of(session: Session, issuer: str, subject: str) -> Person | None:
    """Whom an issuer means."""
    query = select(Person).join(OidcIdentity, OidcIdentity.person_id == Person.id)
    return session.scalar(
        query.where(OidcIdentity.issuer == issuer, OidcIdentity.subject == subject)
    )


def put(
    session: Session, issuer: str, subject: str, person_id: int, body: int | None, at: datetime
) -> None:
    """Remember whom an issuer means, and the organisation that it says now."""
    row = {"issuer": issuer, "subject": subject, "person_id": person_id, "organisation_id": body}
    if insert_new(session, OidcIdentity, {**row, "created_at": at}) is None:
        known = (OidcIdentity.issuer == issuer, OidcIdentity.subject == subject)
        session.execute(update(OidcIdentity).where(*known).values(organisation_id=body))


def home_of(session: Session, person_id: int) -> Home | None:
    """Where somebody works: what the domain of their address says, else the newest issuer that
    said it; None where nobody did.
    """
    domain = people.domain(session, people.get(session, person_id).email)
    if domain is not None:
        return Home(domain.organisation_id, domain.may_publish)
    query = select(OidcIdentity.organisation_id).where(
        OidcIdentity.person_id == person_id, OidcIdentity.organisation_id.is_not(None)
    )
    found = session.scalar(query.order_by(OidcIdentity.id.desc()).limit(1))
    return Home(found, True) if found is not None else None
