from __future__ import annotations

from pathlib import Path

import pytest
from flask.testing import FlaskClient

from portal.web import limits
from tests.web.site import make_site, parse

OTHER = {"REMOTE_ADDR": "192.0.2.8"}


@pytest.fixture
def limited(tmp_path: Path) -> FlaskClient:
    """A portal where one reader has just searched as often as is allowed."""
    client = make_site(tmp_path, searches_per_minute=3).test_client()
    for address in ("/things?q=a", "/things.json?q=b", "/things?q=a"):
        assert client.get(address).status_code == 200
    return client


def test_one_search_too_many_is_refused(limited: FlaskClient) -> None:
    answer = limited.get("/things?q=a")
    assert "You have made too many requests" in parse(answer, 429).h1.get_text()
    assert answer.headers["Retry-After"] == "60"
    assert answer.headers["Cache-Control"] == "no-store"
    problem = limited.get("/things.json?q=a")
    assert (problem.status_code, problem.mimetype) == (429, "application/problem+json")


def test_reading_and_other_readers_are_not_limited(limited: FlaskClient) -> None:
    for _ in range(5):
        assert limited.get("/things").status_code == 200
        assert limited.get("/things?q=+&phase=live").status_code == 200
    assert limited.get("/things?q=a", environ_base=OTHER).status_code == 200


def test_a_refusal_is_logged_without_the_reader(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    client = make_site(tmp_path, searches_per_minute=1).test_client()
    assert [client.get("/things?q=a").status_code for _ in range(2)] == [200, 429]
    said = capsys.readouterr().err
    assert '"status": 429' in said
    assert "127.0.0.1" not in said


def test_without_the_setting_there_is_no_limit(client: FlaskClient) -> None:
    for _ in range(200):
        assert client.head("/things.json?q=a").status_code == 200


def test_posts_are_counted_by_what_was_typed_and_by_network(tmp_path: Path) -> None:
    site = make_site(tmp_path)
    by = {limits.typed("name"): 2, limits.network: 4}
    limits.posts(site, "things.edit", by, "15 minutes")
    site.config["WTF_CSRF_ENABLED"] = False  # what comes without a form token is refused before
    client = site.test_client()

    def post(name: str, address: str = "192.0.2.1") -> int:
        return client.post("/edit", data={"name": name}, environ_base=at(address)).status_code

    assert [post(" A "), post("a"), post("a")] == [422, 422, 429]
    assert [post("b"), post("c"), post("d")] == [422, 422, 429], "four from one network"
    assert post("a", "192.0.2.2") == 429 and post("d", "192.0.2.2") == 422
    for _ in range(10):
        assert client.get("/edit", environ_base=at("192.0.2.1")).status_code == 200


def at(address: str) -> dict[str, str]:
    return {"REMOTE_ADDR": address}


@pytest.mark.parametrize(
    ("address", "expected"),
    [
        ("192.0.2.8", "192.0.2.8"),
        ("2001:db8:1:2:3:4:5:6", "2001:db8:1:2::/64"),
        ("2001:db8:1:2::1", "2001:db8:1:2::/64"),
        ("made up", "made up"),
    ],
)
def test_the_network_of_an_address(client: FlaskClient, address: str, expected: str) -> None:
    with client.application.test_request_context("/", environ_base=at(address)):
        assert limits.network() == expected
