"""All SQL that forgets who somebody was. Features above say what of theirs goes with it."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

from sqlalchemy import delete, update
from sqlalchemy.orm import Session

from portal import mail
from portal.accounts.models.people import OidcIdentity, Person, PersonProfession
from portal.accounts.models.roles import Invitation, JoinRequest
from portal.accounts.models.sign_in import PersonSession, SignInLink
from portal.accounts.rules.names import sort_key
from portal.accounts.store.people import THING
from portal.audit import Act, record

#: Takes the place of the address; no mail can reach it, and nobody can sign in with it.
NOWHERE = "erased-{}@erased.invalid"
#: Called with the session, the person's id and the moment.
Eraser = Callable[[Session, int, datetime], None]
_ERASERS: dict[str, Eraser] = {}


def register(name: str, eraser: Eraser) -> None:
    """Have `eraser` forget what a feature holds of a person; a second of a name takes its place."""
    _ERASERS[name] = eraser


def is_erased(person: Person) -> bool:
    """Whether somebody was erased already."""
    return person.email == NOWHERE.format(person.id)


def erase(session: Session, person: Person, name: str, act: Act) -> None:
    """Forget somebody's name, address and what they wrote of themselves. Their number stays in the
    history, and no longer leads to anybody.

    Args:
        session: one that writes.
        person: whose account is closed.
        name: what stands in place of theirs.
        act: who does it, and when.
    """
    mail.forget(session, person.email, act.at)
    for gone in (
        delete(SignInLink).where(SignInLink.email == person.email),
        delete(Invitation).where(Invitation.email == person.email),
        delete(PersonSession).where(PersonSession.person_id == person.id),
        delete(OidcIdentity).where(OidcIdentity.person_id == person.id),
        delete(PersonProfession).where(PersonProfession.person_id == person.id),
        update(JoinRequest).where(JoinRequest.person_id == person.id).values(why=None, answer=None),
    ):
        session.execute(gone)
    for eraser in _ERASERS.values():
        eraser(session, person.id, act.at)
    person.email, person.name, person.sort_name = NOWHERE.format(person.id), name, sort_key(name)
    person.version += 1
    session.flush()
    record(session, act, "person.erased", THING, person.id, {"erased": False}, {"erased": True})
