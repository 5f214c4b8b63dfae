"""Signing in by a link, as a browser does it, and everything that tries to cheat."""

from __future__ import annotations

import re
from datetime import timedelta
from pathlib import Path

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import func, select, update
from sqlalchemy.orm import Session

from portal.access import Grant, Kind, Role
from portal.accounts.actions import signing_in
from portal.accounts.models.people import Person
from portal.accounts.models.sign_in import PersonSession, SignInLink
from portal.accounts.store import grants, invitations
from portal.audit import HistoryEvent
from portal.jobs import Job
from portal.mail import Mail
from portal.web.people import NAMED
from tests.support.accounts import (
    ADDRESS,
    act,
    add_domain,
    add_person,
    administrator,
    letters,
    link_for,
    link_in,
    now,
    other_browser,
    person,
    send,
    signed_in,
    who,
    work,
)
from tests.support.data import add_organisation
from tests.support.pages import PageClient, soup_of
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


def test_the_session_is_new_at_each_sign_in(
    app: Flask, client: PageClient, database: RolledBackDatabase, session: Session, known: Person
) -> None:
    """Fixation: a cookie that somebody else planted is worth nothing after signing in."""
    link = link_for(client, database, session, ADDRESS)
    planted = client.get_cookie("portal_session")
    assert planted is not None
    with client.session_transaction() as before:
        old = dict(before)
    assert send(client, link, {}).status_code == 303
    with client.session_transaction() as after:
        assert after["_user_id"] and after.get("csrf_token") != old["csrf_token"]
        assert "sign_in_email" not in after
    thief = other_browser(app)
    thief.set_cookie("portal_session", planted.value)
    assert who(thief) is None
    # A second sign-in in this browser ends its first session.
    mine = client.get_cookie("portal_session")
    assert mine is not None
    link = link_for(client, database, session, ADDRESS)
    assert send(client, link, {}).status_code == 303
    thief.set_cookie("portal_session", mine.value)
    assert who(thief) is None and who(client) == "Siân O’Brien"


@pytest.mark.parametrize("kind", ["sqlite"])
def test_a_made_up_session_is_nobodys(client: PageClient, session: Session, known: Person) -> None:
    for token in ("x", "", str(known.id), "'", "x" * 5000):
        with client.session_transaction() as cookie:
            cookie[NAMED] = token
        assert who(client) is None
        assert client.get("/account").status_code == 302
    client.set_cookie("portal_session", "eyJfdXNlcl9pZCI6IjEifQ.forged.signature")
    assert who(client) is None


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


def test_somebody_deactivated_is_signed_out_and_stays_out(
    client: PageClient, database: RolledBackDatabase, session: Session, known: Person
) -> None:
    link = link_for(client, database, session, ADDRESS)
    signed_in(client, session, known)
    assert who(client) == "Siân O’Brien"
    session.execute(update(Person).values(deactivated_at=now()))
    session.commit()
    assert who(client) is None
    assert heading(client.get(link)) == "You cannot sign in"
    assert client.get("/account").status_code == 302


def test_sign_out_everywhere(
    app: Flask, client: PageClient, session: Session, known: Person
) -> None:
    browsers = [client, other_browser(app), other_browser(app)]
    for browser in browsers:
        signed_in(browser, session, known)
    stranger = other_browser(app)
    signed_in(stranger, session, add_person(session, "other@dvla.demo.example"))
    page = soup_of(client.get("/account"))
    assert len(page.select("#sessions tbody tr")) == 3
    # One of the others first.
    ends = [str(form["action"]) for form in page.select("#sessions form")]
    assert len(ends) == 2
    assert send(client, ends[0], {}, page="/account").status_code == 303
    assert [who(browser) is None for browser in browsers] in ([0, 0, 1], [0, 1, 0])
    answer = send(client, "/account/sign-out-everywhere", {}, page="/account")
    assert answer.headers["Location"] == "/signed-out"
    assert [who(browser) for browser in browsers] == [None, None, None]
    assert who(stranger) == "other"


@pytest.mark.parametrize("kind", ["sqlite"])
def test_nobody_ends_anothers_session(
    app: Flask, client: PageClient, session: Session, known: Person
) -> None:
    other = other_browser(app)
    signed_in(other, session, add_person(session, "other@dvla.demo.example"))
    theirs = session.scalars(select(func.max(PersonSession.id))).one()
    signed_in(client, session, known)
    send(client, f"/account/sessions/{theirs}/end", {}, page="/account")
    assert who(other) == "other"


def test_administrators_are_signed_out_sooner(
    client: PageClient, database: RolledBackDatabase, session: Session, known: Person
) -> None:
    send(client, link_for(client, database, session, ADDRESS), {})
    row = session.scalars(select(PersonSession)).one()
    assert row.expires_at - row.started_at == timedelta(hours=12)
    # Whoever becomes one meanwhile is bound from then on.
    started = {"started_at": now() - timedelta(minutes=61)}
    session.execute(update(PersonSession).values(**started))
    session.commit()
    assert who(client) == "Siân O’Brien"
    grants.add(session, known.id, administrator(), act())
    session.commit()
    assert who(client) is None
    send(client, link_for(client, database, session, ADDRESS), {})
    newest = session.scalars(select(PersonSession).order_by(PersonSession.id.desc())).first()
    assert newest is not None
    assert newest.expires_at - newest.started_at == timedelta(hours=1)
    assert who(client) == "Siân O’Brien"


def test_a_session_ends_by_itself(client: PageClient, session: Session, known: Person) -> None:
    signed_in(client, session, known)
    assert who(client) == "Siân O’Brien"
    session.execute(update(PersonSession).values(expires_at=now()))
    session.commit()
    assert who(client) is None
    with client.session_transaction() as cookie:
        assert NAMED not in cookie, "the next request need not ask"


def test_who_is_signed_in_is_asked_once(
    client: PageClient, database: RolledBackDatabase, session: Session, known: Person
) -> None:
    with statements(database) as sent:
        client.get("/cookies")
    assert sent == [], "nothing is read for a visitor"
    signed_in(client, session, known)
    for role in (Role.TEAM_MEMBER, Role.SERVICE_OWNER, Role.LEADERSHIP):
        grants.add(session, known.id, Grant(role, Kind.ORGANISATION, 1), act())
    session.commit()
    with statements(database) as sent:
        client.get("/cookies")
    assert len(sent) == 1, sent


@pytest.mark.parametrize("kind", ["sqlite"])
def test_what_is_over_is_forgotten(
    client: PageClient, database: RolledBackDatabase, session: Session, known: Person
) -> None:
    from config import Settings
    from portal.jobs import Run
    from tests.support.provision import settings_for

    send(client, "/sign-in", {"email": "unknown@elsewhere.example"})
    send(client, link_for(client, database, session, ADDRESS), {})
    settings: Settings = settings_for(database)
    for days, left in ((0, 2), (0.9, 2), (2, 0)):
        at = now() + timedelta(days=days)
        signing_in.forget(Run(database, settings, {}, 1, lambda at=at: at))  # type: ignore[misc]
        session.expire_all()
        assert session.scalar(select(func.count(SignInLink.id))) == left
    assert session.scalar(select(func.count(PersonSession.id))) == 1
    at = now() + timedelta(days=32)
    signing_in.forget(Run(database, settings, {}, 1, lambda: at))
    assert session.scalar(select(func.count(PersonSession.id))) == 0


def test_the_secure_cookie(tmp_path: Path) -> None:
    from tests.web.site import make_site

    client = make_site(tmp_path).test_client()
    client.environ_base["wsgi.url_scheme"] = "https"
    said = client.get("/edit").headers["Set-Cookie"]
    assert said.startswith("__Host-") and "Secure" in said and "HttpOnly" in said
