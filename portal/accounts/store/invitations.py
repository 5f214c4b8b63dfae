"""All SQL about invitations."""

from __future__ import annotations

from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, delete, select
from sqlalchemy.orm import Session

from portal.access import GRANTED_ON, Grant, Kind
from portal.accounts.models.roles import Invitation
from portal.audit import Act, Document, record
from portal.db import one_at_a_time
from portal.errors import N_, Clash, Invalid, Missing

THING = "invitation"
DAYS = 7
KEPT = timedelta(days=30)


def is_open(at: datetime) -> ColumnElement[bool]:
    """The condition that an invitation can still be accepted."""
    return (
        Invitation.accepted_at.is_(None)
        & Invitation.withdrawn_at.is_(None)
        & (Invitation.expires_at > at)
    )


def get(session: Session, invitation_id: int) -> Invitation:
    """One invitation. Raises Missing."""
    found = session.get(Invitation, invitation_id)
    if found is None:
        raise Missing("There is no such invitation")
    return found


def open_to(session: Session, email: str, at: datetime) -> list[Invitation]:
    """What an address is invited to, oldest first."""
    query = select(Invitation).where(Invitation.email == email, is_open(at))
    return list(session.scalars(query.order_by(Invitation.id)))


def open_on(session: Session, kind: Kind, thing_id: int, at: datetime) -> list[Invitation]:
    """Who is invited to a thing, by address."""
    on = (Invitation.kind == kind, Invitation.thing_id == thing_id)
    query = select(Invitation).where(*on, is_open(at))
    return list(session.scalars(query.order_by(Invitation.email, Invitation.id)))


def _document(invitation: Invitation) -> Document:
    return {
        "role": invitation.role.value,
        "kind": invitation.kind.value,
        "thing": invitation.thing_id,
        "expires": invitation.expires_at.date().isoformat(),
        "accepted": invitation.accepted_at is not None,
        "withdrawn": invitation.withdrawn_at is not None,
    }


def add(session: Session, email: str, grant: Grant, act: Act) -> Invitation:
    """Invite an address to a role.

    Raises:
        Invalid: the role is not for things of this kind.
        Clash: it is invited already, and that invitation is still open.
    """
    if grant.kind not in GRANTED_ON[grant.role]:
        raise Invalid("role", N_("This role cannot be given here"))
    one_at_a_time(session)
    for old in _unended(session, email, grant):
        if old.expires_at > act.at:
            raise Clash("email", N_("This address has been invited already"))
        withdraw(session, old, act)  # it ran out: the new one takes its place
    made = Invitation(
        email=email,
        role=grant.role,
        kind=grant.kind,
        thing_id=grant.id,
        invited_by=act.actor,
        invited_at=act.at,
        expires_at=act.at + timedelta(days=DAYS),
    )
    session.add(made)
    session.flush()
    record(session, act, "invitation.sent", THING, made.id, None, _document(made))
    return made


def _unended(session: Session, email: str, grant: Grant) -> list[Invitation]:
    query = select(Invitation).where(
        Invitation.email == email,
        Invitation.role == grant.role,
        Invitation.kind == grant.kind,
        Invitation.thing_id == grant.id,
        Invitation.accepted_at.is_(None),
        Invitation.withdrawn_at.is_(None),
    )
    return list(session.scalars(query.order_by(Invitation.id)))


def accept(session: Session, invitation: Invitation, act: Act) -> None:
    """Note that the address signed in; the role is given beside it."""
    before = _document(invitation)
    invitation.accepted_at = act.at
    session.flush()
    record(session, act, "invitation.accepted", THING, invitation.id, before, _document(invitation))


def withdraw(session: Session, invitation: Invitation, act: Act) -> bool:
    """Take an invitation back; False where it was accepted or withdrawn already."""
    if invitation.accepted_at is not None or invitation.withdrawn_at is not None:
        return False
    before = _document(invitation)
    invitation.withdrawn_at = act.at
    session.flush()
    record(
        session, act, "invitation.withdrawn", THING, invitation.id, before, _document(invitation)
    )
    return True


def forget(session: Session, at: datetime) -> int:
    """Delete invitations that ended a month ago, and with them the addresses; how many."""
    old = delete(Invitation).where(Invitation.expires_at < at - KEPT)
    return len(session.scalars(old.returning(Invitation.id)).all())
