"""Every endpoint as every role. The rule of each endpoint is written here by hand, not read from
the code: a new endpoint without a line fails, and so does one whose marker changed."""

from __future__ import annotations

import pytest
from flask import Flask
from sqlalchemy.orm import Session

from portal import create_app
from portal.access import POLICY, Permission, Role, Somebody, Visitor
from portal.web.guard import public, requires
from portal.web.people import as_person
from tests.support.examples import addresses
from tests.support.people import HEADER, header_for, reader_of
from tests.support.provision import settings_for
from tests.support.summary import unnoticed
from tests.support.transactions import RolledBackDatabase

PUBLIC = "public"
EXPECTED: dict[str, str | Permission] = {
    "capabilities.history": PUBLIC,
    "capabilities.index": PUBLIC,
    "capabilities.show": PUBLIC,
    "component_map.index": PUBLIC,
    "components.history": PUBLIC,
    "components.index": PUBLIC,
    "components.show": PUBLIC,
    "health": PUBLIC,
    "home.index": PUBLIC,
    "imports.index": PUBLIC,
    "imports.show": PUBLIC,
    "journeys.history": PUBLIC,
    "journeys.index": PUBLIC,
    "journeys.show": PUBLIC,
    "names.index": PUBLIC,
    "organisations.history": PUBLIC,
    "organisations.index": PUBLIC,
    "organisations.show": PUBLIC,
    "ready": PUBLIC,
    "services.history": PUBLIC,
    "services.index": PUBLIC,
    "services.show": PUBLIC,
    "storefront.index": PUBLIC,
    "toolkit.index": PUBLIC,
    "toolkit.show": PUBLIC,
    "usages.history": PUBLIC,
    "web.accessibility": PUBLIC,
    "web.cookies": PUBLIC,
    "web.favicon": PUBLIC,
    "web.old_security_txt": PUBLIC,
    "web.privacy": PUBLIC,
    "web.robots": PUBLIC,
    "web.security_txt": PUBLIC,
}
#: Who holds each permission.
HELD: dict[Permission, set[Role]] = {Permission.READ_PUBLIC: {Role.PUBLIC}}
PEOPLE = {
    "a visitor": Visitor(),
    "somebody without a role": Somebody(frozenset()),
    **{role.value: Somebody(frozenset({role})) for role in Role},
}
pytestmark = pytest.mark.parametrize("demo", [True])


def test_every_endpoint_has_its_line(app: Flask) -> None:
    assert set(app.view_functions) == set(EXPECTED)
    assert set(HELD) == set(Permission)


@pytest.mark.parametrize("who", PEOPLE)
def test_who_may_see_what(app: Flask, session: Session, who: str) -> None:
    person = PEOPLE[who]
    client = Flask.test_client(app)
    wrong = []
    with unnoticed(), as_person(app, person):
        for endpoint, address in addresses(app, session).values():
            rule = EXPECTED.get(endpoint)
            allowed = rule == PUBLIC or bool(HELD.get(rule, set()) & person.roles)  # type: ignore[arg-type]
            status = client.get(address).status_code
            if (status < 400) != allowed or (not allowed and status != 403):
                wrong.append(f"{address}: {status}, allowed: {allowed}")
    assert not wrong


@pytest.fixture
def own_app(database: RolledBackDatabase) -> Flask:
    return create_app(settings_for(database), database)


@pytest.mark.parametrize("who", PEOPLE)
def test_a_view_that_does_not_say_is_refused(own_app: Flask, who: str) -> None:
    own_app.add_url_rule("/planted", "planted", lambda: "nobody may see this")
    own_app.add_url_rule("/marked", "marked", public(lambda: "anyone may see this"))
    with as_person(own_app, PEOPLE[who]):
        client = own_app.test_client()
        answer = client.get("/planted")
        assert client.get("/marked").status_code == 200
    assert answer.status_code == 403
    assert "nobody may see this" not in answer.text


def test_a_page_that_is_not_public_finds_its_reader(
    own_app: Flask, monkeypatch: pytest.MonkeyPatch
) -> None:
    view = requires(Permission.READ_PUBLIC)(lambda: "not for visitors")
    own_app.add_url_rule("/planted", "planted", view)
    assert isinstance(reader_of(own_app, "/planted"), Visitor)
    monkeypatch.setitem(POLICY, Permission.READ_PUBLIC, lambda who, thing: type(who) is Somebody)
    person = reader_of(own_app, "/planted")
    assert person == Somebody(frozenset({Role.PUBLIC}))
    assert header_for(person) == {HEADER: "public"} and header_for(Visitor()) == {}
    monkeypatch.setitem(POLICY, Permission.READ_PUBLIC, lambda who, thing: False)
    with pytest.raises(AssertionError, match="/planted"):
        reader_of(own_app, "/planted")


@pytest.mark.parametrize("method", ["POST", "PUT", "PATCH", "DELETE"])
def test_nothing_takes_a_write(app: Flask, session: Session, method: str) -> None:
    client = Flask.test_client(app)
    for _endpoint, address in addresses(app, session).values():
        answer = client.open(address, method=method)
        assert answer.status_code in (400, 405), address  # 400: without a form token
