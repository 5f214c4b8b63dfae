"""All SQL about sessions: who is signed in where."""

from __future__ import annotations

from datetime import datetime, timedelta

from sqlalchemy import delete, select, update
from sqlalchemy.orm import Session

from portal.access import Grant
from portal.accounts.models.people import Person
from portal.accounts.models.roles import RoleGrant
from portal.accounts.models.sign_in import PersonSession
from portal.accounts.rules.people import SignedIn
from portal.accounts.rules.sign_in import SESSIONS_KEPT, session_end
from portal.accounts.store.grants import holds_on
from portal.accounts.words import Method
from portal.audit import london_day


def start(
    session: Session, person_id: int, token_hash: str, method: Method, at: datetime, end: datetime
) -> int:
    """Begin a session; its id."""
    made = PersonSession(
        token_hash=token_hash, person_id=person_id, method=method, started_at=at, expires_at=end
    )
    session.add(made)
    session.flush()
    return made.id


def person_of(
    session: Session, token_hash: str, at: datetime, administrator: timedelta
) -> SignedIn | None:
    """Who is signed in with a token and which roles they hold today, in one statement.

    Args:
        session: where to look.
        token_hash: the digest of the token in the cookie.
        at: the moment.
        administrator: how long a session of a portal administrator lasts, who may have become one
            after it began.

    Returns:
        None where the session is over or revoked, or its person was deactivated.
    """
    query = (
        select(
            Person.id, Person.name, Person.email, PersonSession.id, PersonSession.started_at,
            PersonSession.expires_at, RoleGrant.role, RoleGrant.kind, RoleGrant.thing_id,
        )
        .join(Person, Person.id == PersonSession.person_id)
        .join(
            RoleGrant, (RoleGrant.person_id == Person.id) & holds_on(london_day(at)), isouter=True
        )
        .where(
            PersonSession.token_hash == token_hash,
            PersonSession.revoked_at.is_(None),
            PersonSession.expires_at > at,
            Person.deactivated_at.is_(None),
        )
        .order_by(RoleGrant.id)
    )  # fmt: skip
    rows = session.execute(query).all()
    if not rows:
        return None
    id_, name, email, session_id, started, expires = rows[0][:6]
    grants = tuple(Grant(*row[6:]) for row in rows if row.role is not None)
    usual = expires - started
    end = session_end(started, (grant.role for grant in grants), usual, administrator)
    return SignedIn(id_, session_id, name, email, end, grants) if end > at else None


def began_since(session: Session, person_id: int, at: datetime) -> bool:
    """Whether somebody has signed in since a moment."""
    query = select(PersonSession.id).where(
        PersonSession.person_id == person_id, PersonSession.started_at >= at
    )
    return session.scalar(query.limit(1)) is not None


def open_ones(session: Session, person_id: int, at: datetime) -> list[PersonSession]:
    """Where somebody is signed in, newest first."""
    query = select(PersonSession).where(*_open(person_id, at))
    return list(session.scalars(query.order_by(PersonSession.id.desc())))


def revoke(session: Session, person_id: int, at: datetime, only: int | None = None) -> int:
    """End somebody's sessions, or only one of them; how many were open."""
    which = [*_open(person_id, at)]
    if only is not None:
        which.append(PersonSession.id == only)
    statement = update(PersonSession).where(*which).values(revoked_at=at)
    return len(session.scalars(statement.returning(PersonSession.id)).all())


def forget(session: Session, at: datetime) -> int:
    """Delete sessions that ended a month ago; how many."""
    old = delete(PersonSession).where(PersonSession.expires_at < at - SESSIONS_KEPT)
    return len(session.scalars(old.returning(PersonSession.id)).all())


def _open(person_id: int, at: datetime):  # type: ignore[no-untyped-def]
    return (
        PersonSession.person_id == person_id,
        PersonSession.revoked_at.is_(None),
        PersonSession.expires_at > at,
    )
