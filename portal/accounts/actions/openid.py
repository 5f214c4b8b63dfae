"""Sign in somebody whom an OpenID Connect issuer vouches for."""

from __future__ import annotations

from sqlalchemy.orm import Session

from portal.access import Kind
from portal.accounts.actions.signing_in import Entered, Lives, begin
from portal.accounts.models.people import Person
from portal.accounts.rules.openid import Arrival, NotSignedIn
from portal.accounts.rules.people import SignedIn
from portal.accounts.store import identities, people, things
from portal.accounts.words import Method, NotIn
from portal.audit import Act
from portal.db import Database
from portal.errors import Missing


def arrive(
    database: Database, arrived: Arrival, act: Act, lives: Lives, leaving: SignedIn | None = None
) -> Entered:
    """Begin the session of somebody who comes back from an issuer: known there by its subject, or
    here by the address, or new.

    Args:
        database: the portal's.
        arrived: what the issuer says, checked.
        act: the moment, and the request.
        lives: how long sessions last.
        leaving: who was signed in in this browser; that session ends.

    Raises:
        NotSignedIn: their account is closed, or the issuer names an organisation that is not here.
    """
    with database.writing() as session:
        body = _organisation(session, arrived.organisation)
        person = _person(session, arrived, act)
        if person.deactivated_at is not None:
            raise NotSignedIn(NotIn.CLOSED)
        identities.put(session, arrived.issuer, arrived.subject, person.id, body, act.at)
        return begin(session, person, Method.OPENID_CONNECT, act, lives, leaving)


def _person(session: Session, arrived: Arrival, act: Act) -> Person:
    known = identities.person_of(session, arrived.issuer, arrived.subject)
    if known is not None:
        return known
    return people.add(session, arrived.email, arrived.name, act, by_themselves=True)


def _organisation(session: Session, slug: str) -> int | None:
    if not slug:
        return None
    try:
        return things.by_slug(session, Kind.ORGANISATION, slug).id
    except Missing:
        raise NotSignedIn(NotIn.NO_ORGANISATION) from None
