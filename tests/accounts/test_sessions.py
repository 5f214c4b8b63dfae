"""Sessions: new at each sign-in, ended here or everywhere, shorter for administrators."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import func, select, update
from sqlalchemy.orm import Session

from portal.access import Grant, Kind, Role
from portal.accounts.actions import signing_in
from portal.accounts.models.people import Person
from portal.accounts.models.sign_in import PersonSession, SignInLink
from portal.accounts.store import grants
from portal.web.people import NAMED
from tests.support.accounts import (
    ADDRESS,
    act,
    add_person,
    administrator,
    link_for,
    now,
    other_browser,
    send,
    signed_in,
    who,
)
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
