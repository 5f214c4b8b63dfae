from __future__ import annotations

import json
from pathlib import Path

import pytest
from flask.testing import FlaskClient
from jinja2 import UndefinedError

from portal.web.errors import TEXTS
from tests.web.site import RAISED, make_site, parse

STATUSES = [
    400, 401, 403, 404, 405, 406, 408, 409, 410, 411, 412, 413, 414, 415, 416, 417, 418, 421, 422,
    423, 424, 428, 429, 431, 451, 500, 501, 502, 503, 504, 505,
]  # fmt: skip


@pytest.mark.parametrize("status", STATUSES)
def test_each_status_is_a_page_and_a_problem(client: FlaskClient, status: int) -> None:
    answer = client.get(f"/raise/{status}")
    assert answer.status_code == status
    soup = parse(answer, status)
    assert soup.main.p.get_text()
    assert answer.headers["Cache-Control"] == "no-store"
    problem = client.get(f"/raise/{status}.json")
    assert problem.status_code == status
    assert problem.mimetype == "application/problem+json"
    body = json.loads(problem.data)
    assert body["status"] == status
    assert body["title"] == soup.h1.get_text()


@pytest.mark.parametrize(
    ("what", "status"),
    [("missing", 404), ("refused", 403), ("invalid", 422), ("clash", 422), ("stale", 409),
     ("database", 503)],
)  # fmt: skip
def test_each_problem_has_its_status(client: FlaskClient, what: str, status: int) -> None:
    answer = client.get(f"/raise/{what}")
    parse(answer, status)
    assert "secret" not in answer.text
    assert (answer.headers.get("Retry-After") == "30") is (what == "database")


def test_a_problem_names_its_field(client: FlaskClient) -> None:
    body = json.loads(client.get("/raise/clash.json").data)
    assert (body["field"], body["detail"]) == ("slug", "Another service has this slug")


def test_a_bug_shows_its_reference_and_nothing_else(client: FlaskClient) -> None:
    assert isinstance(RAISED["bug"], ZeroDivisionError)
    answer = client.get("/raise/bug", headers={"X-Request-ID": "abcdef-123456"})
    assert answer.status_code == 500
    soup = parse(answer, 500)
    assert soup.code.get_text() == "abcdef-123456"
    for told in ("inner secret", "Traceback", "ZeroDivision"):
        assert told not in answer.text


@pytest.mark.parametrize(
    ("accept", "json_wanted"),
    [
        ("*/*", False),
        ("text/html,application/xhtml+xml,*/*;q=0.8", False),
        ("application/json", True),
        ("application/problem+json", True),
        ("application/json;q=0.5,text/html", False),
        ("rubbish;;;", False),
    ],
)
def test_a_reader_that_prefers_json_gets_it(
    client: FlaskClient, accept: str, json_wanted: bool
) -> None:
    answer = client.get("/nowhere", headers={"Accept": accept})
    assert answer.status_code == 404
    assert (answer.mimetype == "application/problem+json") is json_wanted


def test_every_listed_status_reads_as_sentences() -> None:
    for title, sentence in TEXTS.values():
        assert not str(title).endswith(".")
        assert str(sentence).endswith(".")


def test_a_missing_name_in_our_templates_is_an_error(tmp_path: Path) -> None:
    app = make_site(tmp_path)
    app.testing = True
    with pytest.raises(UndefinedError, match="no_such_name"):
        app.test_client().get("/strict")
