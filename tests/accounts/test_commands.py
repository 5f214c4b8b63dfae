"""The commands that add people and hand over links."""

from __future__ import annotations

import json
from urllib.parse import urlsplit

from click.testing import Result
from flask import Flask
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from portal.access import Grant, Kind, Role
from portal.accounts.models.people import Person
from portal.accounts.models.sign_in import SignInLink
from portal.accounts.store import grants, people
from tests.support.accounts import act, add_person, letters, person, send, who, work
from tests.support.data import add_organisation, add_service
from tests.support.pages import PageClient
from tests.support.transactions import RolledBackDatabase


def run(app: Flask, *arguments: str) -> Result:
    return app.test_cli_runner().invoke(args=arguments)


def test_a_person_is_created_with_a_role_and_a_link(
    app: Flask, client: PageClient, session: Session
) -> None:
    body = add_organisation(session, "a-body")
    add_service(session, "a-service")
    session.commit()
    command = ("people", "create", "Sian.OBrien@a.example", "--role", "service_owner")
    made = run(app, *command, "--organisation", "a-body", "--json")
    assert made.exit_code == 0, made.output
    answer = json.loads(made.output)
    assert answer["created"] and answer["granted"]
    again = json.loads(run(app, *command, "--organisation", "a-body", "--json").output)
    assert (again["id"], again["created"], again["granted"]) == (answer["id"], False, False)
    assert run(app, *command, "--service", "a-service").exit_code == 0
    held = grants.held(session, answer["id"], act().day)
    assert held[0] == Grant(Role.SERVICE_OWNER, Kind.ORGANISATION, body.id) and len(held) == 2
    printed = run(app, "sign-in-link", "sian.obrien@a.example")
    assert printed.exit_code == 0 and printed.output.startswith("http")
    assert send(client, urlsplit(printed.output.strip()).path, {}).status_code == 303
    assert who(client) == "Sian obrien"


def test_what_cannot_be(app: Flask, session: Session) -> None:
    add_organisation(session, "a-body")
    session.commit()
    refused = (
        ("nonsense", "--role", "leadership"),
        ("a@b.example", "--role", "service-owner"),
        ("a@b.example", "--role", "service-owner", "--organisation", "nothing"),
        ("a@b.example", "--role", "portal-administrator", "--organisation", "a-body"),
        ("a@b.example", "--role", "team-member", "--organisation", "a", "--service", "b"),
    )
    for arguments in refused:
        answer = run(app, "people", "create", *arguments)
        assert answer.exit_code == 1 and "Refused" in answer.output, arguments
    assert run(app, "people", "create", "a@b.example", "--role", "planted").exit_code == 2
    assert run(app, "people", "create", "a@b.example").exit_code == 2
    unknown = run(app, "sign-in-link", "a@b.example")
    assert unknown.exit_code == 1 and "Refused" in unknown.output
    assert run(app, "people", "domain", "nonsense", "--organisation", "a-body").exit_code == 1
    for table in (Person, SignInLink):
        assert session.scalar(select(func.count()).select_from(table)) == 0


def test_a_closed_account_is_opened_again(app: Flask, session: Session) -> None:
    closed = add_person(session, "a@b.example", Grant(Role.LEADERSHIP, Kind.PORTAL, 0))
    people.deactivate(session, closed, act())
    session.commit()
    assert run(app, "sign-in-link", "a@b.example").exit_code == 1
    assert run(app, "people", "create", "a@b.example", "--role", "leadership").exit_code == 0
    assert person(session, "a@b.example").deactivated_at is None


def test_a_domain_lets_its_people_in(
    app: Flask, client: PageClient, database: RolledBackDatabase, session: Session
) -> None:
    body = add_organisation(session, "a-body")
    session.commit()
    command = ("people", "domain", "@A.Example", "--organisation", "a-body")
    assert run(app, *command).exit_code == 0
    assert run(app, *command, "--may-publish").exit_code == 0
    found = people.domain(session, "new@a.example")
    assert found is not None and (found.organisation_id, found.may_publish) == (body.id, True)
    assert people.domain(session, "new@sub.a.example") is None, "each is named"
    send(client, "/sign-in", {"email": "new@a.example"})
    work(database)
    assert letters(session)[-1].to_address == "new@a.example"
