from __future__ import annotations

import csv
import io
import re
from pathlib import Path

import pytest
from flask import Flask, url_for
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from portal.web import caching, csv_out
from portal.web.formats import same_address
from portal.web.pages import query_url
from portal.web.people import as_person
from tests.support.people import Somebody
from tests.web.site import Version, make_site, parse


def test_the_three_formats_of_a_list(client: FlaskClient) -> None:
    soup = parse(client.get("/things?phase=live&after=5"))
    links = [tag["href"] for tag in soup.select(".portal-downloads a")]
    assert links == ["/things.csv?phase=live", "/things.json?phase=live"]
    body = client.get("/things.json").json
    assert list(body) == ["items", "count"]
    assert (body["count"], body["items"][1]["visits"]) == (2, 1234)
    answer = client.get("/things.csv")
    assert answer.headers["Content-Disposition"] == "attachment; filename=things.csv"
    rows = list(csv.reader(io.StringIO(answer.text)))
    assert rows[0] == ["name", "visits", "tags", "web page"]
    assert rows[1] == ["'=cmd|' /C calc'!A0", "-5", "a; b", "/one"]
    assert rows[2][0] == "Trwydded bysgota ŵ"


def test_the_three_formats_of_a_record(client: FlaskClient) -> None:
    assert parse(client.get("/things/one")).title.get_text() == "one – Things – Test portal"
    assert client.get("/things/two.json").json["slug"] == "two"
    assert client.get("/things/two.csv").text.splitlines() == ["name", "Trwydded bysgota ŵ"]
    assert client.get("/things/three.json").status_code == 404
    assert client.get("/things/three.json").mimetype == "application/problem+json"


def test_a_failing_query_is_an_error_page_and_not_half_a_file(client: FlaskClient) -> None:
    for address in ("/things.csv?broken=1", "/things.json?broken=1"):
        answer = client.get(address)
        assert answer.status_code == 503
        assert answer.headers["Retry-After"] == "30"
        assert "secret" not in answer.text


def test_an_address_without_a_format_is_the_page(site: Flask) -> None:
    with site.test_request_context("/things.json?a=1&a=2&before=3"):
        assert url_for("things.index") == "/things"
        assert url_for("things.record", slug="one") == "/things/one"
        assert url_for("things.record", slug="one", fmt="csv") == "/things/one.csv"
        assert same_address("csv") == "/things.csv?a=1&a=2"


def test_query_addresses(site: Flask) -> None:
    with site.test_request_context("/things?phase=live&phase=beta&after=9&q=a%20%20%20b%26"):
        assert query_url() == "/things?phase=live&phase=beta&q=a+++b%26"
        assert query_url(phase=None, q="x") == "/things?q=x"
        assert query_url(phase=["beta"], after=7) == "/things?phase=beta&q=a+++b%26&after=7"


@pytest.mark.parametrize(
    ("value", "shown"),
    [
        ("=1+1", "'=1+1"),
        ("+44", "'+44"),
        ("-5", "'-5"),
        (-5, -5),
        (1.5, 1.5),
        ("@x", "'@x"),
        ("\tx", "'\tx"),
        ("\rx", "'\rx"),
        ("＝1", "'＝1"),
        ("a=b", "a=b"),
        (None, ""),
        (3685000.0, 3685000),
        (0.5, 0.5),
        (1e300, 1e300),
        (True, "true"),
        (["=x", "y"], "'=x; y"),
        ([{"a": 1, "b": None}, {"a": "z"}], "1; z"),
    ],
)
def test_no_cell_is_a_formula(value: object, shown: object) -> None:
    assert csv_out.cell(value) == shown


def test_the_first_byte_leaves_before_the_second_row_is_read() -> None:
    read: list[int] = []

    def rows() -> object:
        for number in range(100_000):
            read.append(number)
            yield [number]

    pieces = csv_out.stream(["n"], rows())
    assert next(pieces) == b"n\r\n"
    assert not read
    next(pieces)
    assert len(read) < 10_000


def test_what_has_not_changed_is_not_built_again(client: FlaskClient) -> None:
    first = client.get("/things?q=1")
    etag = first.headers["ETag"]
    assert first.headers["Cache-Control"] == "public, max-age=60"
    assert "Cookie" in first.headers["Vary"]
    runs = Version.runs
    same = client.get("/things?q=1", headers={"If-None-Match": etag})
    assert (same.status_code, same.data, Version.runs) == (304, b"", runs)
    assert same.headers["ETag"] == etag
    assert "Content-Security-Policy" not in same.headers, "it would stop the kept page's scripts"
    assert client.get("/things?q=2", headers={"If-None-Match": etag}).status_code == 200
    assert client.get("/things.csv?q=1", headers={"If-None-Match": etag}).status_code == 200
    Version.number += 1
    assert client.get("/things?q=1", headers={"If-None-Match": etag}).status_code == 200


def test_head_has_no_body(client: FlaskClient) -> None:
    answer = client.head("/things.csv")
    assert (answer.status_code, answer.data) == (200, b"")


def test_a_tag_does_not_outlive_its_release(
    site: Flask, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def tag(app: Flask) -> str:
        client = app.test_client()
        return str(client.get("/things?q=1", base_url="https://localhost").headers["ETag"])

    old = tag(site)
    assert tag(make_site(tmp_path)) == old, "the same code and settings give the same tag"
    assert tag(make_site(tmp_path, portal_name="Another name")) != old
    monkeypatch.setattr(caching, "_code", lambda root: "another release")
    assert tag(make_site(tmp_path)) != old


def test_the_digest_of_the_code_sees_a_template(tmp_path: Path) -> None:
    for name in ("portal", "templates"):
        (tmp_path / name).mkdir()
    for name in ("requirements.txt", "portal/a.py", "templates/a.html"):
        (tmp_path / name).write_text("one")
    digests = {caching._code.__wrapped__(tmp_path)}
    for name in ("requirements.txt", "portal/a.py", "templates/a.html"):
        (tmp_path / name).write_text("two")
        digests.add(caching._code.__wrapped__(tmp_path))
    assert len(digests) == 4


def test_any_copy_is_no_copy_of_what_is_not_there(client: FlaskClient) -> None:
    anything = {"If-None-Match": "*"}
    assert client.get("/things?missing=1", headers=anything).status_code == 404
    assert client.get("/things", headers=anything).status_code == 304


@pytest.mark.parametrize("name", ["endpoint", "_external", "_scheme", "_anchor", "_method", "fmt"])
def test_an_argument_may_have_any_name(client: FlaskClient, name: str) -> None:
    soup = parse(client.get(f"/things?{name}=1&{name}=2&slug=x"))
    links = [tag["href"] for tag in soup.select(".portal-downloads a")]
    query = f"{name}=1&{name}=2&slug=x"
    assert links == [f"/things.csv?{query}", f"/things.json?{query}"]


@pytest.mark.parametrize(
    ("asked", "led_to"),
    [
        ("/things/", "/things"),
        ("/things/?q=a%20b&q=c&_external=1", "/things?q=a+b&q=c&_external=1"),
        ("/things.csv/", "/things.csv"),
        ("/things/one//", "/things/one"),
        ("//things/one/", "/things/one"),
    ],
)
def test_a_slash_too_many_leads_on(client: FlaskClient, asked: str, led_to: str) -> None:
    path, _, query = asked.partition("?")
    answer = client.get("/", query_string=query, environ_overrides={"PATH_INFO": path})
    assert (answer.status_code, answer.headers["Location"]) == (308, led_to)


@pytest.mark.parametrize("address", ["/nothing/", "//evil.example/", "/things/UPPER/", "/a b/"])
def test_a_slash_on_an_unknown_address_is_not_found(client: FlaskClient, address: str) -> None:
    assert client.get("/", environ_overrides={"PATH_INFO": address}).status_code == 404


def nonces(answer: TestResponse) -> tuple[set[str], str]:
    """The nonces in a page's scripts, and the one that its policy allows."""
    policy = re.search(r"'nonce-([^']+)'", answer.headers["Content-Security-Policy"])
    assert policy
    return set(re.findall(r'nonce="([^"]+)"', answer.text)), policy[1]


def test_a_page_is_built_once_for_all_readers(client: FlaskClient) -> None:
    Version.number += 1
    runs = Version.runs
    first, second = client.get("/things?q=1"), client.get("/things?q=1")
    assert Version.runs == runs + 1
    for answer in (first, second):
        there, allowed = nonces(answer)
        assert there == {allowed}
    assert nonces(first) != nonces(second)
    assert second.text.replace(nonces(second)[1], nonces(first)[1]) == first.text
    for name in ("Content-Type", "ETag", "Cache-Control", "Vary", "X-Frame-Options"):
        assert second.headers.get(name) == first.headers.get(name)
    client.get("/things?q=2")
    assert Version.runs == runs + 2
    Version.number += 1
    client.get("/things?q=1")
    assert Version.runs == runs + 3


@pytest.mark.parametrize("path", ["/things.csv", "/things.json", "/things?missing=1"])
def test_neither_downloads_nor_errors_are_kept(client: FlaskClient, path: str) -> None:
    runs = Version.runs
    assert client.get(path).data == client.get(path).data or "missing" in path
    assert Version.runs == runs + 2


def test_what_is_for_one_person_is_never_kept(site: Flask, client: FlaskClient) -> None:
    Version.number += 1
    runs = Version.runs
    signed_in = Somebody()
    with as_person(site, signed_in):
        assert client.get("/things?q=1").headers["Cache-Control"] == "private, no-store"
    client.get("/things?q=1")
    with as_person(site, signed_in):
        client.get("/things?q=1")
    assert Version.runs == runs + 3


def test_nothing_is_kept_where_nothing_may_be(tmp_path: Path) -> None:
    app = make_site(tmp_path, kept_pages_mb=0)
    runs = Version.runs
    for _ in range(2):
        app.test_client().get("/things?q=1", base_url="https://localhost")
    assert Version.runs == runs + 2
