"""People for tests: made, invited, signed in as a browser would."""

from __future__ import annotations

from datetime import timedelta
from typing import Any
from urllib.parse import urlsplit

from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select
from sqlalchemy.orm import Session
from werkzeug.test import TestResponse

from portal import mail
from portal.access import Grant, Kind, Role
from portal.accounts.models.people import OrganisationDomain, Person
from portal.accounts.rules.sign_in import digest, new_token
from portal.accounts.store import grants, people, sessions
from portal.accounts.words import Method
from portal.audit import Act
from portal.clock import now
from portal.jobs import Worker
from portal.web.people import NAMED
from tests.support.pages import soup_of
from tests.support.provision import settings_for
from tests.support.transactions import RolledBackDatabase

ADDRESS = "sian.obrien@dvla.demo.example"


def act() -> Act:
    """A command does something, now."""
    return Act("command:test", now(), "test")


def add_person(session: Session, email: str = ADDRESS, *roles: Grant, name: str = "") -> Person:
    """Write a person with roles from today on."""
    person = people.add(session, email, name or email.split("@")[0], act())
    for role in roles:
        grants.add(session, person.id, role, act())
    session.flush()
    return person


def add_domain(session: Session, domain: str, organisation_id: int, publish: bool = False) -> None:
    """Say that addresses with a domain are of an organisation."""
    session.add(
        OrganisationDomain(domain=domain, organisation_id=organisation_id, may_publish=publish)
    )
    session.flush()


def administrator() -> Grant:
    """The role of a portal administrator."""
    return Grant(Role.PORTAL_ADMINISTRATOR, Kind.PORTAL, 0)


def signed_in(client: FlaskClient, session: Session, person: Person, hours: int = 12) -> str:
    """Give a browser a session of a person; its token."""
    token, at = new_token(), now()
    end = at + timedelta(hours=hours)
    sessions.start(session, person.id, digest(token), Method.LINK, at, end)
    session.commit()
    with client.session_transaction() as cookie:
        cookie[NAMED] = token
    return token


def token_in(answer: TestResponse) -> str:
    """What a form on a page must be sent with."""
    return str(soup_of(answer).select("input[name=csrf_token]")[0]["value"])


def send(client: FlaskClient, address: str, data: dict[str, Any], page: str = "") -> TestResponse:
    """Fill in the form of a page and send it to an address."""
    token = token_in(client.get(page or address))
    return client.post(address, data={"csrf_token": token, **data})


def work(database: RolledBackDatabase) -> None:
    """Do what waits for the worker."""
    Worker(database, settings_for(database)).until_idle()


def letters(session: Session) -> list[mail.Letter]:
    """The mails, oldest first, without the weekly ones: whether they are due the clock says."""
    session.expire_all()
    rows = [row for row in mail.newest(session, 100) if row.kind != "digest"]
    return [mail.letter(row, "Portal") for row in reversed(rows)]


def link_in(letter: mail.Letter) -> str:
    """The path of the link in a mail."""
    lines = [line for line in letter.body.splitlines() if line.startswith("http")]
    return urlsplit(lines[0]).path


def link_for(
    client: FlaskClient, database: RolledBackDatabase, session: Session, email: str
) -> str:
    """Ask for a link as a browser does, and read it in the mail."""
    assert send(client, "/sign-in", {"email": email}).status_code == 303
    work(database)
    return link_in(letters(session)[-1])


def who(client: FlaskClient) -> str | None:
    """The name in the header of a page; None for a visitor."""
    found = soup_of(client.get("/cookies")).select(".portal-header__person a[href='/account']")
    return found[0].get_text() if found else None


def other_browser(app: Flask) -> FlaskClient:
    """A browser of its own."""
    return app.test_client()


def person(session: Session, email: str) -> Person:
    """Somebody by address."""
    session.expire_all()
    return session.scalars(select(Person).where(Person.email == email)).one()
