"""What the guard refuses whoever asks; and pairs, of which both records count."""

from __future__ import annotations

import pytest
from flask import Flask
from sqlalchemy.orm import Session

from portal import create_app
from portal.access import (
    BOOKING,
    PAIR,
    POLICY,
    PORTAL,
    Grant,
    Kind,
    Permission,
    Role,
    Thing,
    Visitor,
    may,
)
from portal.web.guard import public, requires
from portal.web.people import as_person
from tests.support.access_rows import EXPECTED
from tests.support.examples import addresses
from tests.support.pages import plain_client
from tests.support.people import (
    HEADER,
    Somebody,
    everywhere,
    header_for,
    person_of,
    reader_of,
)
from tests.support.provision import settings_for
from tests.support.summary import unnoticed
from tests.support.transactions import RolledBackDatabase
from tests.whole.test_access_matrix import DEMO, OTHER, OWNER, PEOPLE

B, S = Kind.ORGANISATION, Kind.SERVICE


def test_a_pair_is_for_who_may_decide_on_both() -> None:
    pair = Thing(
        PAIR, 1, parts=(Thing(S, 11, frozenset({OWNER})), Thing(S, 21, frozenset({OTHER})))
    )
    one = Grant(Role.ORGANISATION_ADMINISTRATOR, B, OWNER)
    other = Grant(Role.ORGANISATION_ADMINISTRATOR, B, OTHER)
    assert may(Somebody((one, other)), Permission.DECIDE_DUPLICATE, pair)
    assert not may(Somebody((one,)), Permission.DECIDE_DUPLICATE, pair)
    assert not may(everywhere(*Role), Permission.DECIDE_DUPLICATE, Thing(PAIR, 1)), "one is gone"


@pytest.fixture
def own_app(database: RolledBackDatabase) -> Flask:
    return create_app(settings_for(database), database)


@pytest.mark.parametrize("who", ["a visitor", "somebody without a role"])
def test_a_view_that_does_not_say_is_refused(own_app: Flask, who: str) -> None:
    own_app.add_url_rule("/planted", "planted", lambda: "nobody may see this")
    own_app.add_url_rule("/marked", "marked", public(lambda: "anyone may see this"))
    with as_person(own_app, PEOPLE[who](None)):
        client = own_app.test_client()
        answer = client.get("/planted")
        assert client.get("/marked").status_code == 200
    assert answer.status_code == 403
    assert "nobody may see this" not in answer.text


def test_what_is_missing_is_missing_for_everybody(own_app: Flask) -> None:
    view = requires(Permission.EDIT_SERVICE, of=lambda slug: None)(lambda slug: "never")
    own_app.add_url_rule("/planted/<slug>", "planted", view)
    for make in PEOPLE.values():
        with as_person(own_app, make(PORTAL)):
            assert own_app.test_client().get("/planted/x").status_code == 404


def test_a_page_that_is_not_public_finds_its_reader(
    own_app: Flask, monkeypatch: pytest.MonkeyPatch
) -> None:
    view = requires(Permission.MANAGE_PORTAL)(lambda: "not for visitors")
    own_app.add_url_rule("/planted", "planted", view)
    person = reader_of(own_app, "/planted")
    assert person == everywhere(Role.PORTAL_ADMINISTRATOR)
    assert header_for(person) == {HEADER: "portal_administrator"} and header_for(Visitor()) == {}
    assert person_of(header_for(person)[HEADER]) == person
    assert person_of(header_for(Somebody())[HEADER]) == Somebody()
    monkeypatch.setitem(POLICY, Permission.MANAGE_PORTAL, lambda who, thing: False)
    with pytest.raises(AssertionError, match="/planted"):
        reader_of(own_app, "/planted")


# Thousands of requests, so on one database: none of them comes as far as a statement.
@DEMO
@pytest.mark.parametrize("kind", ["sqlite"])
@pytest.mark.parametrize("method", ["POST", "PUT", "PATCH", "DELETE"])
def test_nothing_takes_a_write_without_a_token(app: Flask, session: Session, method: str) -> None:
    client = plain_client(app)
    administrator = everywhere(*Role)
    for person in (Visitor(), administrator):
        for endpoint, address in addresses(app, session).values():
            with unnoticed(), as_person(app, person):
                answer = client.open(address, method=method)
            # Nobody is everything to an assessment: whom a page is not for is told that first.
            rule = EXPECTED[endpoint]
            refused = person is administrator and isinstance(rule, tuple) and rule[1] == BOOKING
            # Programs have tokens of their own, and are told first that there is no such data set.
            unknown = endpoint.startswith("data_api.")
            more = [*([403] if refused else []), *([404] if unknown else [])]
            assert answer.status_code in (400, 401, 405, *more), address
