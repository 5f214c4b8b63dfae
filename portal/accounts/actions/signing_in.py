"""Sign in and out: ask for a link, use it, begin and end sessions."""

from __future__ import annotations

from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Protocol

from sqlalchemy.orm import Session

from portal import jobs, mail
from portal.access import Grant
from portal.accounts.models.people import Person
from portal.accounts.models.sign_in import SignInLink
from portal.accounts.rules.names import clean_name
from portal.accounts.rules.people import SignedIn
from portal.accounts.rules.sign_in import LINK_MINUTES, digest, new_token, session_end, state_of
from portal.accounts.store import grants, invitations, links, people, sessions
from portal.accounts.words import LinkState, Method
from portal.audit import Act
from portal.db import Database
from portal.errors import Clash, Invalid, Problem, Refused

LINK_JOB = "accounts.sign_in_link"
MAIL = "sign_in_link"


class NotReady(Problem):
    """A link that signs nobody in; `state` says why."""

    def __init__(self, state: LinkState) -> None:
        """Keep the state, for the page that says what to do."""
        super().__init__()
        self.state = state


class Lives(Protocol):
    """How long sessions last: a part of the settings."""

    @property
    def session(self) -> timedelta:
        """Of most people."""

    @property
    def administrator_session(self) -> timedelta:
        """Of portal administrators."""


@dataclass(frozen=True, slots=True)
class Opened:
    """What a link says when it is opened.

    Attributes:
        state: what it is good for.
        email: whom it signs in; empty where nobody.
        new: they have no name here yet.
    """

    state: LinkState
    email: str = ""
    new: bool = False


@dataclass(frozen=True, slots=True)
class Entered:
    """A session that has just begun: the token for the cookie, and where to go."""

    token: str
    person_id: int
    next_path: str | None


def ask(database: Database, email: str, next_path: str | None, at: datetime) -> None:
    """Note that somebody asked for a link. The worker finds out whether they get one: here the
    same is done for everybody, so that nobody learns who is known.

    Args:
        database: the portal's.
        email: normalised.
        next_path: a local path to go to afterwards.
        at: the moment.
    """
    with database.writing() as session:
        link_id = links.add(session, email, next_path, at)
        key = f"{LINK_JOB}:{link_id}"
        jobs.add(session, LINK_JOB, {"link": link_id}, at, key, priority=jobs.URGENT)


@jobs.handler(LINK_JOB)
def send(run: jobs.Run) -> None:
    """Mail a link to whoever asked for it, if they may sign in. Done twice, it mails once."""
    at = run.clock()
    with run.database.writing() as session:
        link = links.find(session, run.payload["link"])
        if link is None or link.token_hash is not None or link.expires_at <= at:
            return
        if may_sign_in(session, link.email, at):
            token = new_token()
            link.token_hash = digest(token)
            values = {"link": address(run.settings.public_url, token), "minutes": LINK_MINUTES}
            key = f"{MAIL}:{link.id}"
            mail.queue(session, link.email, MAIL, values, key, at, priority=jobs.URGENT)


@jobs.handler("accounts.forget", every=timedelta(hours=6))
def forget(run: jobs.Run) -> None:
    """Delete what is over: links with the addresses of people who may be unknown, sessions,
    invitations.
    """
    at = run.clock()
    for store in (links, sessions, invitations):
        with run.database.writing() as session:
            store.forget(session, at)


def issue(database: Database, email: str, at: datetime, public_url: str) -> str:
    """A link for an address, handed over instead of mailed: for support and development.

    Raises:
        Refused: the address may not sign in.
    """
    with database.writing() as session:
        if not may_sign_in(session, email, at):
            raise Refused("This address cannot sign in: flask people create adds a person")
        token = new_token()
        link = links.find(session, links.add(session, email, None, at))
        if link is not None:
            link.token_hash = digest(token)
    return address(public_url, token)


def address(public_url: str, token: str) -> str:
    """Where a link leads; never made from what a request calls us."""
    return f"{public_url}/sign-in/link/{token}"


def may_sign_in(session: Session, email: str, at: datetime) -> bool:
    """Whether an address may sign in: that of somebody active, of somebody invited, or one at an
    organisation's domain.
    """
    person = people.by_email(session, email)
    if person is not None:
        return person.deactivated_at is None
    if people.domain(session, email) is not None:
        return True
    return bool(invitations.open_to(session, email, at))


def opened(session: Session, token: str, at: datetime) -> Opened:
    """What a link is good for; nothing is used up."""
    link, state = _find(session, token, at)
    if link is None or state is not LinkState.READY:
        return Opened(state)
    return Opened(state, link.email, new=people.by_email(session, link.email) is None)


def _find(session: Session, token: str, at: datetime) -> tuple[SignInLink | None, LinkState]:
    link = links.by_token(session, digest(token))
    active = link is not None and may_sign_in(session, link.email, at)
    return link, state_of(link, active, at)


def enter(
    database: Database,
    token: str,
    name: str | None,
    act: Act,
    lives: Lives,
    leaving: SignedIn | None = None,
) -> Entered:
    """Use a link up and begin a session.

    Args:
        database: the portal's.
        token: from the link's address.
        name: of somebody who signs in for the first time.
        act: the moment, and the request; who acts is known at the end only.
        lives: how long sessions last.
        leaving: who was signed in in this browser; that session ends.

    Raises:
        NotReady: the link is unknown, used or too old, or the person may not sign in any more.
        Invalid: somebody new gave no name; the link is still good.
    """
    with database.writing() as session:
        link, state = _find(session, token, act.at)
        if link is None or state is not LinkState.READY:
            raise NotReady(state)
        person = people.by_email(session, link.email)
        if person is None:
            person = people.add(session, link.email, clean_name(name), act, by_themselves=True)
        if not links.use(session, link, act.at):
            raise NotReady(LinkState.USED)
        entered = begin(session, person, Method.LINK, act, lives, leaving)
        return replace(entered, next_path=link.next_path)


def begin(
    session: Session,
    person: Person,
    method: Method,
    act: Act,
    lives: Lives,
    leaving: SignedIn | None = None,
) -> Entered:
    """Begin somebody's session, with the roles that they were invited to."""
    act = replace(act, actor=people.actor(person.id))
    people.reached(session, person, act)
    for invitation in invitations.open_to(session, person.email, act.at):
        role = Grant(invitation.role, invitation.kind, invitation.thing_id)
        with suppress(Clash, Invalid):  # they hold it already
            grants.add(session, person.id, role, replace(act, actor=invitation.invited_by))
        invitations.accept(session, invitation, act)
    if leaving is not None:
        sessions.revoke(session, leaving.id, act.at, only=leaving.session_id)
    token = new_token()
    roles = [grant.role for grant in grants.held(session, person.id, act.day)]
    end = session_end(act.at, roles, lives.session, lives.administrator_session)
    sessions.start(session, person.id, digest(token), method, act.at, end)
    return Entered(token, person.id, None)


def leave(database: Database, person_id: int, at: datetime, only: int | None = None) -> int:
    """Sign somebody out of one session, or everywhere; how many sessions that were."""
    with database.writing() as session:
        return sessions.revoke(session, person_id, at, only)
