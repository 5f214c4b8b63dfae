"""Give and end roles, invite, let people join, and take over from a leaver."""

from __future__ import annotations

from collections.abc import Collection
from contextlib import suppress
from dataclasses import dataclass
from datetime import date

from sqlalchemy.orm import Session

from portal import mail
from portal.access import Grant, Kind, Role, Thing
from portal.accounts.models.roles import JoinRequest, RoleGrant
from portal.accounts.rules.addresses import clean_email
from portal.accounts.store import grants, invitations, people, requests, sessions
from portal.accounts.words import RequestState
from portal.audit import Act
from portal.db import Database
from portal.errors import N_, Clash, Invalid


@dataclass(frozen=True, slots=True)
class Said:
    """What a mail says in the words of pages.

    Attributes:
        thing: what the thing is called.
        role: what the role is called; "" where the mail names none.
        link: where to go.
    """

    thing: str
    role: str
    link: str


def give(database: Database, person_id: int, grant: Grant, act: Act, until: date | None) -> None:
    """Give somebody a role from today on.

    Raises:
        Missing: there is no such person.
        Invalid: the role is not for such things, the end is not after today, or they hold it, or
            they can no longer sign in.
    """
    with database.writing() as session:
        person = people.get(session, person_id)
        if person.deactivated_at is not None:
            raise Invalid("role", N_("Their account is closed"))
        grants.add(session, person.id, grant, act, until=until)


def end(database: Database, grant_id: int, act: Act, until: date | None = None) -> bool:
    """End a role: today, or before a later day; False where it ends by then anyway."""
    with database.writing() as session:
        return grants.end(session, grants.get(session, grant_id), act, until)


def invite(database: Database, email: str, grant: Grant, act: Act, said: Said) -> None:
    """Invite an address to a role, and mail it.

    Raises:
        Invalid: it is no address, the role is not for such things, or it is invited already.
    """
    address = clean_email(email)
    with database.writing() as session:
        made = invitations.add(session, address, grant, act)
        values = {"thing": said.thing, "role": said.role, "link": said.link}
        values["days"] = str(invitations.DAYS)
        mail.queue(session, address, "invitation", values, f"invitation:{made.id}", act.at)


def withdraw(database: Database, invitation_id: int, act: Act) -> bool:
    """Take an invitation back; False where it ended already."""
    with database.writing() as session:
        return invitations.withdraw(session, invitations.get(session, invitation_id), act)


def ask(
    database: Database, person_id: int, thing: Thing, why: str | None, act: Act, said: Said
) -> None:
    """Ask to join, and tell those who can decide.

    Raises:
        Clash: they asked already, or are there already.
    """
    with database.writing() as session:
        held = grants.held(session, person_id, act.day)
        if any((grant.kind, grant.id) == (thing.kind, thing.id) for grant in held):
            raise Clash("why", N_("You are there already: see your account"))
        made = requests.add(session, person_id, thing, why, act)
        values = {"person": people.get(session, person_id).name, "thing": said.thing,
                  "link": said.link}  # fmt: skip
        for decider in deciders(session, thing, act.day):
            key = f"join_asked:{made.id}:{decider}"
            to = people.get(session, decider).email
            mail.queue(session, to, "join_asked", values, key, act.at)


def deciders(session: Session, thing: Thing, day: date) -> list[int]:
    """Who is asked about a thing: those nearest to it who may decide, portal administrators where
    there is nobody else.
    """
    kind, owner = Kind(thing.kind), None
    if kind is Kind.SERVICE:
        owner = Role.SERVICE_OWNER
    if kind is Kind.COMPONENT:
        owner = Role.COMPONENT_PROVIDER
    found: list[int] = []
    if owner is not None:
        found = grants.with_role(session, owner, kind, thing.id, day)
    bodies = {thing.id} if kind is Kind.ORGANISATION else thing.organisations
    for body in sorted(bodies) if not found else ():
        role = Role.ORGANISATION_ADMINISTRATOR
        found += grants.with_role(session, role, Kind.ORGANISATION, body, day)
    portal = (Role.PORTAL_ADMINISTRATOR, Kind.PORTAL, 0, day)
    return sorted(set(found)) or grants.with_role(session, *portal)


def decide(
    database: Database, request_id: int, role: Role | None, answer: str | None, act: Act, said: Said
) -> None:
    """Let somebody join as `role`, or refuse where it is None; either way they get a mail.

    Raises:
        Stale: somebody else has decided.
        Invalid: the role is not for such things, or they hold it.
    """
    with database.writing() as session:
        request = requests.get(session, request_id)
        if role is not None:
            grant = Grant(role, request.kind, request.thing_id)
            grants.add(session, request.person_id, grant, act)
        state = RequestState.ACCEPTED if role is not None else RequestState.REFUSED
        requests.decide(session, request, state, answer, act)
        _tell(session, request, answer, act, said)


def _tell(session: Session, request: JoinRequest, answer: str | None, act: Act, said: Said) -> None:
    kind = f"join_{request.state.value}"
    values = {"thing": said.thing, "answer": answer or "", "link": said.link}
    if request.state is RequestState.ACCEPTED:
        values["role"] = said.role
    mail.queue(session, request.person.email, kind, values, f"join:{request.id}", act.at)


def hand_over(
    database: Database,
    person_id: int,
    which: Collection[int],
    successor: str,
    act: Act,
    close: bool = False,
) -> int:
    """End a leaver's roles and give each to whoever takes over, all or nothing.

    Args:
        database: the portal's.
        person_id: the leaver.
        which: ids of the grants that whoever acts may end; others stay.
        successor: the address of who takes over; "" for nobody.
        act: who does it, and when.
        close: the leaver can no longer sign in.

    Returns:
        How many roles ended.

    Raises:
        Invalid: nobody here has the successor's address, or it is the leaver's own.
    """
    with database.writing() as session:
        heir = _successor(session, person_id, successor)
        leaving = [
            grant
            for grant in grants.of_person(session, person_id, act.day)
            if grant.id in which or close
        ]
        for grant in leaving:
            grants.end(session, grant, act)
            if heir is not None:
                _take_over(session, heir, grant, act)
        if close:
            leaver = people.get(session, person_id)
            people.deactivate(session, leaver, act)
            sessions.revoke(session, person_id, act.at)
            for invitation in invitations.open_to(session, leaver.email, act.at):
                invitations.withdraw(session, invitation, act)
        return len(leaving)


def _successor(session: Session, leaver_id: int, email: str) -> int | None:
    if not email:
        return None
    try:
        found = people.by_email(session, clean_email(email))
    except Invalid as problem:
        raise Invalid("successor", problem.marked) from None
    if found is None or found.deactivated_at is not None:
        raise Invalid("successor", N_("Nobody with this address can sign in. Invite them first"))
    if found.id == leaver_id:
        raise Invalid("successor", N_("Enter the address of somebody else"))
    return found.id


def _take_over(session: Session, heir: int, grant: RoleGrant, act: Act) -> None:
    with suppress(Clash):  # they hold it already
        grants.add(session, heir, Grant(grant.role, grant.kind, grant.thing_id), act)
