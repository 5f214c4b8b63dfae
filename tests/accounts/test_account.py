"""My account."""

from __future__ import annotations

import pytest
from sqlalchemy.orm import Session

from portal.access import Grant, Kind, Role
from portal.accounts.models.people import Person
from portal.accounts.store import people
from portal.accounts.words import Profession
from tests.support.accounts import act, add_person, send, signed_in, who
from tests.support.data import add_organisation
from tests.support.pages import PageClient, soup_of


@pytest.fixture
def me(client: PageClient, session: Session) -> Person:
    body = add_organisation(session, "a-body")
    found = add_person(
        session, "me@a.example", Grant(Role.SERVICE_OWNER, Kind.ORGANISATION, body.id), name="Me"
    )
    signed_in(client, session, found)
    return found


def test_my_roles_and_what_they_mean(client: PageClient, session: Session, me: Person) -> None:
    page = soup_of(client.get("/account"))
    row = page.select("#roles tbody tr")[0].get_text(" ")
    assert "Service owner" in row and "A body" in row and "No end" in row
    assert page.select("#roles a[href='/organisations/a-body']")
    assert "Professions" not in page.get_text(), "assessors only"


def test_a_role_on_something_that_is_gone(client: PageClient, session: Session, me: Person) -> None:
    from portal.accounts.store import grants

    grants.add(session, me.id, Grant(Role.TEAM_MEMBER, Kind.SERVICE, 10**6), act())
    session.commit()
    assert "Team member" in soup_of(client.get("/account")).get_text()


def test_my_name(client: PageClient, session: Session, me: Person) -> None:
    assert send(client, "/account/name", {"name": ""}).status_code == 422
    answer = send(client, "/account/name", {"name": "x" * 201})
    assert soup_of(answer).select(".govuk-error-summary a[href='#name']")
    assert send(client, "/account/name", {"name": "Siân O’Brien"}).status_code == 303
    assert who(client) == "Siân O’Brien"


def test_my_professions(client: PageClient, session: Session, me: Person) -> None:
    chosen = {"professions": ["design", "technology"]}
    assert send(client, "/account/professions", chosen).status_code == 303
    session.expire_all()
    assert people.professions_of(session, me.id) == [Profession.DESIGN, Profession.TECHNOLOGY]
    checked = soup_of(client.get("/account/professions")).select("input[checked]")
    assert [box["value"] for box in checked] == ["design", "technology"]
    answer = send(client, "/account/professions", {"professions": ["planted"]})
    assert answer.status_code == 422
    assert send(client, "/account/professions", {}).status_code == 303
    session.expire_all()
    assert people.professions_of(session, me.id) == []
