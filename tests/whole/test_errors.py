"""Every HTTP error is a page in the portal's shell, and problem+json for a program."""

from __future__ import annotations

import pytest
from flask import abort
from werkzeug.exceptions import HTTPException, default_exceptions

from portal import create_app
from portal.web.guard import public
from tests.support.pages import PageClient, soup_of
from tests.support.provision import Provision, settings_for


class Teapot(HTTPException):
    code = 418


@pytest.fixture(scope="module")
def client(provision: Provision) -> PageClient:
    with provision.database("sqlite") as database:
        app = create_app(settings_for(database), database)

    def fail(status: int) -> str:
        if status == 500:
            raise ZeroDivisionError("the inner secret")
        if status == 418:
            raise Teapot
        abort(status)

    for ending in ("", ".json"):
        app.add_url_rule(f"/fail/<int:status>{ending}", f"fail{ending[1:]}", public(fail))
    app.test_client_class = PageClient
    client = app.test_client()
    assert isinstance(client, PageClient)
    return client


@pytest.mark.parametrize("status", sorted(default_exceptions))
def test_each_status_has_its_page(client: PageClient, status: int) -> None:
    answer = client.get(f"/fail/{status}")
    assert answer.status_code == status
    assert answer.mimetype == "text/html"
    soup = soup_of(answer)
    assert soup.select_one("main h1 + p.govuk-body")
    assert soup.select_one("main a[href^='mailto:']")
    assert "inner secret" not in answer.text and "Traceback" not in answer.text
    assert answer.headers["Cache-Control"] == "no-store"
    assert "Content-Security-Policy" in answer.headers


@pytest.mark.parametrize("status", sorted(default_exceptions))
def test_each_status_has_its_json(client: PageClient, status: int) -> None:
    answer = client.get(f"/fail/{status}.json")
    assert answer.status_code == status
    assert answer.mimetype == "application/problem+json"
    body = answer.get_json()
    assert body["status"] == status
    assert body["title"] and body["detail"]
    assert "inner secret" not in answer.text


@pytest.mark.parametrize(
    "address",
    ["/nothing", "/services/nothing", "/organisations/nothing", "/journeys/nothing",
     "/imports/999999", "/services/UPPER", "/services/a%20b", "/services/nothing/history"],
)  # fmt: skip
def test_what_is_not_there_is_404(client: PageClient, address: str) -> None:
    for ending in ("", ".json", ".csv"):
        assert client.get(address + ending).status_code == 404
