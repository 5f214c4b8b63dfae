from __future__ import annotations

import csv
import io

import pytest
from flask import Flask, url_for
from flask.testing import FlaskClient

from portal.web import csv_out
from portal.web.formats import same_address
from portal.web.pages import query_text, query_url
from tests.web.site import Version, parse


def test_the_three_formats_of_a_list(client: FlaskClient) -> None:
    soup = parse(client.get("/things?phase=live&after=5"))
    links = [tag["href"] for tag in soup.select(".portal-downloads a")]
    assert links == ["/things.csv?phase=live", "/things.json?phase=live"]
    body = client.get("/things.json").json
    assert list(body) == ["items", "count", "next"]
    assert (body["count"], body["next"], body["items"][1]["visits"]) == (2, None, 1234)
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
        assert query_text("q") == "a b&"
        assert query_text("q", limit=2) == "a"
        assert query_text("none") == ""


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
