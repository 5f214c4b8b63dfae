from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

from flask import Flask
from flask.testing import FlaskClient

from portal.access import Grant, Kind, Permission, Role, Visitor
from portal.web.guard import marker_of
from portal.web.people import as_person, signs_in
from tests.support.people import Somebody
from tests.web.site import make_site, parse


def test_a_view_without_a_marker_is_refused(client: FlaskClient) -> None:
    answer = client.get("/unmarked")
    assert answer.status_code == 403
    assert "nobody may see this" not in answer.text
    parse(answer, 403)


def test_an_unknown_address_is_not_found(client: FlaskClient) -> None:
    assert client.get("/no-such-page").status_code == 404
    assert client.get("/things/UPPER").status_code == 404
    assert client.get("/things/nul%00").status_code == 404


def test_a_permission_is_asked_of_the_policy(site: Flask, client: FlaskClient) -> None:
    owner = Grant(Role.ORGANISATION_ADMINISTRATOR, Kind.ORGANISATION, 1)
    with as_person(site, Somebody((owner,))):
        assert client.get("/secret/one").text == "a secret"
    for person in (Visitor(), Somebody(), Somebody((replace(owner, id=2),))):
        with as_person(site, person):
            assert client.get("/secret/one").status_code == 403
            assert client.get("/secret/none").status_code == 404, "missing comes before forbidden"


def test_a_visitor_is_led_to_where_people_sign_in(tmp_path: Path) -> None:
    site = make_site(tmp_path)
    signs_in(site, lambda _token: None, "/sign-in")
    client = site.test_client()
    answer = client.get("/secret/one?a=b+c&d=%C5%B5")
    assert answer.status_code == 302
    asked = parse_qs(urlsplit(answer.headers["Location"]).query)["next"]
    assert asked == ["/secret/one?a=b+c&d=%C5%B5"]
    assert client.get("/secret/none").status_code == 404, "missing comes first"
    with as_person(site, Somebody()):
        assert client.get("/secret/one").status_code == 403


def test_every_view_says_whom_it_is_for(site: Flask) -> None:
    markers = {name: marker_of(view) for name, view in site.view_functions.items()}
    assert markers.pop("things.unmarked") is None
    assert markers["things.secret"] is Permission.EDIT_ORGANISATION
    assert None not in markers.values(), markers
    assert markers["things.index"] == "public"


def test_control_characters_in_a_query_are_refused(client: FlaskClient) -> None:
    assert client.get("/things?q=a%00b").status_code == 400
    assert client.get("/things?a%1b=b").status_code == 400
    assert client.get("/things?q=%E2%82%AC%20%C5%B5").status_code == 200
    assert client.get("/things?q=%FF%FE").status_code == 200, "not UTF-8: shown as replaced"


def test_options_and_wrong_methods(client: FlaskClient) -> None:
    answer = client.post("/things")
    assert answer.status_code in (400, 405)
    answer = client.put("/edit")
    assert answer.status_code == 405
    assert "POST" in answer.headers["Allow"]
