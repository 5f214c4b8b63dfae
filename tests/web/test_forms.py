from __future__ import annotations

import re
from datetime import date
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from werkzeug.datastructures import MultiDict

from portal.digits import digits_of
from portal.errors import Clash, Invalid
from portal.web.forms import cleaned, slug_typed
from tests.web.site import Everything, parse

GOOD = {
    "name": "A name",
    "purpose": "First\r\nsecond",
    "phase": "live",
    "audiences": "alpha",
    "kind": "live",
    "start-day": "29",
    "start-month": "2",
    "start-year": "2024",
}


@pytest.fixture
def token(client: FlaskClient) -> str:
    page = client.get("/edit")
    found = re.search(r'name="csrf_token"[^>]*value="([^"]+)"', page.text)
    assert found
    return found[1]


def send(client: FlaskClient, token: str, **changes: Any) -> Any:
    data = {**GOOD, "csrf_token": token, **changes}
    return client.post("/edit", data=data, headers={"Referer": "https://localhost/edit"})


def test_a_page_with_a_form(client: FlaskClient) -> None:
    answer = client.get("/edit")
    soup = parse(answer)
    assert answer.headers["Cache-Control"] == "private, no-store"
    assert "__Host-portal_session" in answer.headers["Set-Cookie"]
    for control in soup.select("input:not([type=hidden]), select, textarea"):
        assert soup.select(f'label[for="{control["id"]}"]'), control
    assert len(soup.select(".govuk-hint")) == 1, "a hint only where there is one"
    assert soup.select_one("#email")["type"] == "email"
    assert soup.select_one("#people")["inputmode"] == "numeric"


def test_a_good_form_is_taken(client: FlaskClient, token: str) -> None:
    assert parse(send(client, token)).p is not None
    assert ">saved<" in send(client, token).text


def test_each_error_links_to_an_input_and_what_was_typed_comes_back(
    client: FlaskClient, token: str
) -> None:
    typed = {
        "name": "<b>" + "x" * 30, "purpose": " ", "phase": "", "audiences": "nonsense",
        "address": "javascript:alert(1)", "people": "many",
    }  # fmt: skip
    answer = send(client, token, **typed, **{"start-month": "13"})
    soup = parse(answer, 422)
    assert soup.title.get_text().startswith("Error: Edit – ")
    links = soup.select(".govuk-error-summary a")
    assert {link.get_text(): link["href"] for link in links}.items() >= {
        "Name must be 20 characters or fewer": "#name",
        "Enter the purpose": "#purpose",
        "Select the phase": "#phase",
        "Start page must be a web address that starts with https:// or http://": "#address",
        "The start must be a real date": "#start-month",
    }.items()
    for link in links:
        target = soup.select_one(link["href"])
        assert target.name in ("input", "select", "textarea"), link
    wrong = [tag["id"] for tag in soup.select(".govuk-date-input .govuk-input--error")]
    assert wrong == ["start-month"], "only the part that is wrong is marked"
    assert soup.select_one("#name")["value"] == typed["name"]
    assert soup.select_one("#start-month")["value"] == "13"
    assert soup.select_one("#people")["value"] == "many"


def test_a_form_without_its_token_is_refused(client: FlaskClient) -> None:
    answer = client.post("/edit", data=GOOD, headers={"Referer": "https://localhost/edit"})
    assert answer.status_code == 400
    assert "This page has expired" in parse(answer, 400).h1.get_text()


@pytest.mark.parametrize(
    ("typed", "message", "first"),
    [
        (("", "", ""), "Enter the start", "start-day"),
        (("1", "", "2020"), "The start must include a month", "start-month"),
        (("", "", "2020"), "The start must include a day and month", "start-day"),
        (("31", "6", "2020"), "The start must be a real date", "start-day"),
        (("29", "2", "2023"), "The start must be a real date", "start-day"),
        (("1", "1", "20"), "Year must include 4 numbers", "start-year"),
        (("x", "1", "2020"), "The start must be a real date", "start-day"),
        (("1", "١", "2020"), "The start must be a real date", "start-month"),
        (("-1", "1", "2020"), "The start must be a real date", "start-day"),
    ],
)
def test_a_date_knows_which_part_is_wrong(
    site: Flask, typed: tuple[str, str, str], message: str, first: str
) -> None:
    parts = dict(zip(("start-day", "start-month", "start-year"), typed, strict=True))
    with site.test_request_context("/edit", method="POST"):
        form = Everything(MultiDict({**GOOD, **parts}), meta={"csrf": False})
        assert not form.validate()
        assert {"text": message, "href": f"#{first}"} in form.error_list()
        assert len(form.start.errors) == 1


@pytest.mark.parametrize("month", ["June", "jun", "JUN.", "06", "Mehefin", "meh", "mehefin"])
def test_a_month_may_be_a_name(site: Flask, month: str) -> None:
    parts = {"start-day": "27", "start-month": month, "start-year": "2023"}
    with site.test_request_context("/edit", method="POST"):
        form = Everything(MultiDict({**GOOD, **parts}), meta={"csrf": False})
        assert form.validate(), form.errors
        assert form.start.data == date(2023, 6, 27)
        assert form.start.typed["month"] == month


@pytest.mark.parametrize("month", ["Juno", "j", ".", "12th", "June June"])
def test_a_month_that_is_no_name_is_refused(site: Flask, month: str) -> None:
    parts = {"start-day": "27", "start-month": month, "start-year": "2023"}
    with site.test_request_context("/edit", method="POST"):
        form = Everything(MultiDict({**GOOD, **parts}), meta={"csrf": False})
        assert not form.validate()
        wrong = {"text": "The start must be a real date", "href": "#start-month"}
        assert wrong in form.error_list()


def test_a_date_is_shown_and_read(site: Flask) -> None:
    with site.test_request_context("/edit"):
        form = Everything(MultiDict(), start=date(2020, 6, 1), meta={"csrf": False})
        assert form.start.typed == {"day": "1", "month": "6", "year": "2020"}
    with site.test_request_context("/edit", method="POST"):
        form = Everything(MultiDict(GOOD), meta={"csrf": False})
        assert form.validate(), form.errors
        assert form.start.data == date(2024, 2, 29)
        assert form.purpose.data == "First\nsecond"


def test_a_rule_can_refuse_a_field(site: Flask) -> None:
    with site.test_request_context("/edit", method="POST"):
        form = Everything(MultiDict(GOOD), meta={"csrf": False})
        form.refuse(Clash("name", "%(what)s has this name", what="Another service"))
        form.refuse(Invalid("no such field", "The record is locked"))
        assert form.error_list() == [
            {"text": "Another service has this name", "href": "#name"},
            {"text": "The record is locked", "href": ""},
        ]
        assert form.errors


def test_text_is_cleaned(site: Flask) -> None:
    with site.test_request_context():
        assert cleaned("  cafe\u0301 ") == "caf\u00e9"
        assert cleaned("a\r\nb", multiline=True) == "a\nb"
        assert cleaned(None) is None
        for bad in ("a\x00b", "a\x1bb", "a\nb", "a\ud800b"):
            with pytest.raises(ValueError, match="cannot be shown"):
                cleaned(bad)


def test_a_control_character_comes_back_as_a_message(client: FlaskClient, token: str) -> None:
    soup = parse(send(client, token, name="a\x07b"), 422)
    assert "cannot be shown" in soup.select_one("#name-error").get_text()


@pytest.mark.parametrize(
    ("typed", "slug"),
    [
        ("tax-a-boat", "tax-a-boat"), ("/services/tax-a-boat", "tax-a-boat"),
        (" http://localhost/services/tax-a-boat/?page=2#x ", "tax-a-boat"),
        ("https://a.example/services/tax-a-boat", None), ("/components/tax-a-boat", None),
        ("", None), (None, None), ("Tax a boat", None),
    ],
)  # fmt: skip
def test_a_record_is_named_by_its_address(typed: str | None, slug: str | None) -> None:
    with Flask("test").test_request_context("/", base_url="http://localhost"):
        assert slug_typed(typed, "services") == slug


@pytest.mark.parametrize(
    ("typed", "digits"),
    [
        ("25,000", "25000"), (" 1 000 000 ", "1000000"), ("1000", "1000"), ("1,5", None),
        ("1,20000", None), ("1,000 000", None), ("", None), ("-1", None), ("\u0661", None),
    ],
)  # fmt: skip
def test_a_comma_is_a_sign_between_thousands_only(typed: str, digits: str | None) -> None:
    assert digits_of(typed) == digits
