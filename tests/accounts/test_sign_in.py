"""Signing in by a link, as a browser does it, and everything that tries to cheat."""

from __future__ import annotations

import dataclasses
import re
from datetime import timedelta

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import func, select, update
from sqlalchemy.orm import Session

from config import AccountSettings
from portal import create_app
from portal.access import Grant, Kind, Role
from portal.accounts.models.people import Person
from portal.accounts.models.sign_in import PersonSession, SignInLink
from portal.accounts.store import grants, invitations
from portal.audit import HistoryEvent
from portal.jobs import Job
from portal.mail import Mail
from tests.support.accounts import (
    ADDRESS,
    act,
    add_domain,
    add_person,
    letters,
    link_for,
    link_in,
    now,
    other_browser,
    person,
    send,
    who,
    work,
)
from tests.support.data import add_organisation
from tests.support.pages import PageClient, soup_of
from tests.support.provision import settings_for
from tests.support.queries import statements
from tests.support.transactions import RolledBackDatabase


@pytest.fixture
def known(session: Session) -> Person:
    found = add_person(session, ADDRESS, name="Siân O’Brien")
    session.commit()
    return found


def heading(answer: object) -> str:
    return soup_of(answer).select("h1")[0].get_text()  # type: ignore[arg-type]


def test_a_link_signs_in_and_the_button_signs_out(
    client: PageClient, database: RolledBackDatabase, session: Session, known: Person
) -> None:
    assert who(client) is None
    link = link_for(client, database, session, " SIAN.OBRIEN@dvla.demo.example ")
    opened = client.get(link)
    assert ADDRESS in soup_of(opened).get_text() and who(client) is None, "a GET signs nobody in"
    assert opened.headers["Referrer-Policy"] == "no-referrer"
    answer = send(client, link, {})
    assert answer.status_code == 303 and answer.headers["Location"] == "/"
    assert "HttpOnly" in answer.headers["Set-Cookie"]
    assert "SameSite=Lax" in answer.headers["Set-Cookie"]
    assert who(client) == "Siân O’Brien"
    page = client.get("/cookies")
    assert page.headers["Cache-Control"] == "private, no-store" and "ETag" not in page.headers
    assert client.get("/account").status_code == 200
    answer = send(client, "/sign-out", {}, page="/account")
    assert answer.headers["Location"] == "/signed-out"
    assert client.get("/signed-out").status_code == 200
    assert who(client) is None
    assert client.get("/account").headers["Location"] == "/sign-in?next=%2Faccount"
    assert session.scalar(select(func.count(PersonSession.id))) == 1
    said = session.scalars(select(HistoryEvent.tag).where(HistoryEvent.thing == "person")).all()
    assert said == ["person.created"], "signing in is in the sessions, not in the history"


def test_after_signing_in_one_is_where_one_wanted_to_be(
    client: PageClient, database: RolledBackDatabase, session: Session, known: Person
) -> None:
    page = "/sign-in?next=%2Faccount%2Fname%3Fa%3D1"
    hidden = soup_of(client.get(page)).select("input[name=next]")[0]["value"]
    send(client, "/sign-in", {"email": ADDRESS, "next": hidden}, page=page)
    work(database)
    answer = send(client, link_in(letters(session)[-1]), {})
    assert answer.headers["Location"] == "/account/name?a=1"


@pytest.mark.parametrize(
    "elsewhere", ["https://evil.example/", "//evil.example", "/\\evil.example", "/sign-out"]
)
@pytest.mark.parametrize("kind", ["sqlite"])
def test_nobody_is_led_elsewhere(
    client: PageClient,
    database: RolledBackDatabase,
    session: Session,
    known: Person,
    elsewhere: str,
) -> None:
    page = client.get("/sign-in", query_string={"next": elsewhere})
    assert not soup_of(page).select("input[name=next]")[0].get("value")
    send(client, "/sign-in", {"email": ADDRESS, "next": elsewhere})
    # Even one that stands in the table already goes nowhere.
    work(database)
    session.execute(update(SignInLink).values(next_path=elsewhere))
    session.commit()
    assert send(client, link_in(letters(session)[-1]), {}).headers["Location"] == "/"


@pytest.mark.parametrize("typed", ["", "nobody", "a@b@c", "x" * 300 + "@a.uk", "a\x07@b.uk"])
@pytest.mark.parametrize("kind", ["sqlite"])
def test_what_is_no_address_comes_back(client: PageClient, session: Session, typed: str) -> None:
    answer = send(client, "/sign-in", {"email": typed})
    assert answer.status_code == 422
    page = soup_of(answer)
    assert page.select(".govuk-error-summary a[href='#email']")
    assert page.select("#email")[0].get("value", "") == typed.replace("\x07", "\ufffd")
    assert session.scalar(select(func.count(SignInLink.id))) == 0


def asked_for(
    client: FlaskClient, database: RolledBackDatabase, email: str
) -> tuple[int, str, str, list[str]]:
    """Everything that can be seen from outside when somebody asks for a link."""
    with statements(database) as sent:
        answer = send(client, "/sign-in", {"email": email})
    page = client.get(answer.headers["Location"]).get_data(as_text=True)
    return answer.status_code, answer.headers["Location"], page.replace(email, "ADDRESS"), sent


def bare(page: str) -> str:
    """A page without what differs each time: nonces and form tokens."""
    return re.sub(r'(nonce|value)="[^"]*"', "", page)


def test_nobody_learns_who_is_known(
    app: Flask, database: RolledBackDatabase, session: Session, known: Person
) -> None:
    body = add_organisation(session, "dvla")
    add_domain(session, "dvla.example", body.id)
    left = add_person(session, "left@dvla.example")
    left.deactivated_at = now()
    role = Grant(Role.TEAM_MEMBER, Kind.ORGANISATION, body.id)
    invitations.add(session, "invited@elsewhere.example", role, act())
    session.commit()
    seen = {}
    for email in (ADDRESS, "unknown@elsewhere.example", "new@dvla.example", "left@dvla.example",
                  "invited@elsewhere.example"):  # fmt: skip
        status, location, page, sent = asked_for(other_browser(app), database, email)
        seen[email] = (status, location, bare(page), sent)
    first = seen[ADDRESS]
    assert all(other == first for other in seen.values())
    assert [statement.split()[:3] for statement in first[3]] == [
        ["INSERT", "INTO", "sign_in_link"],
        ["INSERT", "INTO", "job"],
    ], "one row and one job, and no question about people"
    work(database)
    mailed = {letter.to_address for letter in letters(session)}
    assert mailed == {ADDRESS, "new@dvla.example", "invited@elsewhere.example"}


def test_a_link_is_in_one_place_only(
    client: PageClient, database: RolledBackDatabase, session: Session, known: Person
) -> None:
    token = link_for(client, database, session, ADDRESS).rsplit("/")[-1]
    row = session.scalars(select(SignInLink)).one()
    assert row.token_hash is not None and token not in row.token_hash
    assert row.expires_at - row.created_at == timedelta(minutes=15)
    for payload in session.scalars(select(Job.payload)):
        assert token not in str(payload) and ADDRESS not in str(payload)
    work(database)
    assert session.scalar(select(func.count(Mail.id))) == 1


def test_a_job_done_twice_mails_once(
    client: PageClient, database: RolledBackDatabase, session: Session, known: Person
) -> None:
    link = link_for(client, database, session, ADDRESS)
    session.execute(update(Job).values(finished_at=None))
    session.commit()
    work(database)
    assert len(letters(session)) == 1
    assert send(client, link, {}).status_code == 303


def test_a_link_works_once(
    app: Flask, client: PageClient, database: RolledBackDatabase, session: Session, known: Person
) -> None:
    link = link_for(client, database, session, ADDRESS)
    later = other_browser(app)
    token = soup_of(later.get(link)).select("input[name=csrf_token]")[0]["value"]
    assert send(client, link, {}).status_code == 303
    # Opened before it was used, and sent afterwards.
    answer = later.post(link, data={"csrf_token": token})
    assert answer.status_code == 410 and heading(answer) == "This link has been used"
    assert later.get(link).status_code == 410
    assert who(later) is None
    assert session.scalar(select(func.count(PersonSession.id))) == 1


def test_a_request_sent_again_does_nothing(
    app: Flask, client: PageClient, database: RolledBackDatabase, session: Session, known: Person
) -> None:
    link = link_for(client, database, session, ADDRESS)
    token = soup_of(client.get(link)).select("input[name=csrf_token]")[0]["value"]
    cookie = client.get_cookie("portal_session")
    assert cookie is not None
    assert client.post(link, data={"csrf_token": token}).status_code == 303
    # Somebody recorded the request, cookie, token and all.
    thief = other_browser(app)
    thief.set_cookie("portal_session", cookie.value)
    answer = thief.post(link, data={"csrf_token": token})
    assert answer.status_code == 410
    assert who(thief) is None


def test_using_one_link_ends_the_others(
    client: PageClient, database: RolledBackDatabase, session: Session, known: Person
) -> None:
    first = link_for(client, database, session, ADDRESS)
    second = link_for(client, database, session, ADDRESS)
    assert first != second
    assert send(client, second, {}).status_code == 303
    assert heading(client.get(first)) == "This link has been used"


def test_a_link_runs_out(
    client: PageClient, database: RolledBackDatabase, session: Session, known: Person
) -> None:
    link = link_for(client, database, session, ADDRESS)
    token = soup_of(client.get(link)).select("input[name=csrf_token]")[0]["value"]
    old = {"created_at": now() - timedelta(minutes=16), "expires_at": now()}
    session.execute(update(SignInLink).values(**old))
    session.commit()
    assert heading(client.get(link)) == "This link has expired"
    answer = client.post(link, data={"csrf_token": token})
    assert answer.status_code == 410 and heading(answer) == "This link has expired"
    assert soup_of(answer).select("a[href='/sign-in']")
    assert who(client) is None


@pytest.mark.parametrize(
    "change",
    [
        lambda link: link[:-1] + ("A" if link[-1] != "A" else "B"),
        lambda link: link[:-1],
        lambda link: link + "x",
        lambda link: link[:-43] + link[-43:].swapcase(),
        lambda link: "/sign-in/link/" + "%ff%00"[:3],
        lambda link: "/sign-in/link/" + "x" * 3000,
        lambda link: "/sign-in/link/" + "'%20OR%201=1--",
    ],
)
def test_a_link_that_was_changed_does_not_work(
    client: PageClient,
    database: RolledBackDatabase,
    session: Session,
    known: Person,
    change: object,
) -> None:
    link = link_for(client, database, session, ADDRESS)
    token = soup_of(client.get(link)).select("input[name=csrf_token]")[0]["value"]
    for answer in (client.get(change(link)), client.post(change(link), data={"csrf_token": token})):  # type: ignore[operator]
        assert answer.status_code == 404 and heading(answer) == "This link does not work"
    assert who(client) is None
    assert send(client, link, {}).status_code == 303, "the real one still does"


def test_a_link_is_not_used_up_by_a_forged_form(
    client: PageClient, database: RolledBackDatabase, session: Session, known: Person
) -> None:
    link = link_for(client, database, session, ADDRESS)
    assert client.post(link).status_code == 400
    for method in ("GET", "HEAD", "GET"):
        assert client.open(link, method=method).status_code == 200, "mail scanners open links"
    assert send(client, link, {}).status_code == 303


def test_a_person_from_a_known_domain_says_their_name(
    client: PageClient, database: RolledBackDatabase, session: Session
) -> None:
    add_domain(session, "dvla.demo.example", add_organisation(session, "dvla").id)
    session.commit()
    link = link_for(client, database, session, ADDRESS)
    answer = send(client, link, {"name": "  "})
    assert answer.status_code == 422
    assert soup_of(answer).select(".govuk-error-summary a[href='#name']")
    assert session.scalar(select(func.count(Person.id))) == 0, "and the link is still good"
    assert send(client, link, {"name": "x" * 201}).status_code == 422
    assert send(client, link, {"name": " Siân  O’Brien"}).status_code == 303
    made = person(session, ADDRESS)
    assert (made.name, made.version) == ("Siân O’Brien", 1)
    event = session.scalars(select(HistoryEvent).where(HistoryEvent.thing == "person")).one()
    assert event.actor == f"person:{made.id}"
    told = str([event.before, event.after, event.actor, event.reason, event.origin])
    assert "Siân" not in told and "sian" not in told
    assert who(client) == "Siân O’Brien"


def test_an_invitation_is_accepted_at_sign_in(
    client: PageClient, database: RolledBackDatabase, session: Session
) -> None:
    body = add_organisation(session, "dvla")
    role = Grant(Role.SERVICE_OWNER, Kind.ORGANISATION, body.id)
    invitations.add(session, ADDRESS, role, act())
    withdrawn = invitations.add(session, "other@a.example", role, act())
    invitations.withdraw(session, withdrawn, act())
    session.commit()
    assert send(client, "/sign-in", {"email": "other@a.example"}).status_code == 303
    link = link_for(client, database, session, ADDRESS)
    assert {letter.to_address for letter in letters(session)} == {ADDRESS}
    assert send(client, link, {"name": "Siân O’Brien"}).status_code == 303
    made = person(session, ADDRESS)
    assert grants.held(session, made.id, act().day) == (role,)
    assert invitations.open_to(session, ADDRESS, now()) == []
    assert "Service owner" in client.get("/account").get_data(as_text=True)


def test_an_invitation_withdrawn_after_the_link_was_sent(
    client: PageClient, database: RolledBackDatabase, session: Session
) -> None:
    role = Grant(Role.LEADERSHIP, Kind.PORTAL, 0)
    invitation = invitations.add(session, ADDRESS, role, act())
    session.commit()
    link = link_for(client, database, session, ADDRESS)
    assert invitations.withdraw(session, invitation, act())
    session.commit()
    answer = client.get(link)
    assert answer.status_code == 403 and heading(answer) == "You cannot sign in"


def test_links_are_limited_by_address_and_by_network(
    database: RolledBackDatabase, session: Session, known: Person
) -> None:
    accounts = AccountSettings(links_per_address=2, links_per_network=4)
    app = create_app(dataclasses.replace(settings_for(database), accounts=accounts), database)
    app.test_client_class = PageClient

    def ask(email: str, network: str = "192.0.2.1") -> int:
        browser = other_browser(app)
        browser.environ_base["REMOTE_ADDR"] = network
        return send(browser, "/sign-in", {"email": email}).status_code

    assert [ask(f" {ADDRESS.upper()}"), ask(ADDRESS)] == [303, 303]
    assert ask(ADDRESS, "192.0.2.2") == 429, "from wherever it is asked for"
    unknown = "unknown@elsewhere.example"
    assert [ask(unknown), ask(unknown), ask(unknown, "192.0.2.3")] == [303, 303, 429], "the same"
    assert ask("other@elsewhere.example") == 429, "four from one network"
    assert ask("other@elsewhere.example", "2001:db8::1") == 303
    browser = other_browser(app)
    browser.environ_base["REMOTE_ADDR"] = "192.0.2.1"
    assert browser.get("/sign-in").status_code == 200, "reading is not limited"
    assert session.scalar(select(func.count(SignInLink.id))) == 5
