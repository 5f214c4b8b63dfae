from __future__ import annotations

import json
import re
from pathlib import Path

import pytest
from bs4 import BeautifulSoup
from flask import Flask
from flask.testing import FlaskClient

from portal.web.assets import Assets, AssetsMissing
from portal.web.people import as_person
from tests.support.people import Somebody
from tests.web.site import make_site, parse

ROOT = Path(__file__).resolve().parents[2]


@pytest.mark.parametrize("address", ["/accessibility-statement", "/privacy", "/cookies"])
def test_the_pages_about_the_portal(client: FlaskClient, address: str) -> None:
    soup = parse(client.get(address))
    assert soup.select_one('main a[href="mailto:help@example.gov.uk"]')
    assert soup.select_one(f'footer a[href="{address}"]')
    assert "Set-Cookie" not in client.get(address).headers


def test_the_cookies_page_names_the_cookie(client: FlaskClient) -> None:
    set_cookie = client.get("/edit").headers["Set-Cookie"]
    name = set_cookie.split("=")[0]
    assert name in client.get("/cookies").text
    for part in ("HttpOnly", "Secure", "SameSite=Lax", "Path=/"):
        assert part in set_cookie
    assert "Expires" not in set_cookie
    assert "Domain" not in set_cookie


def test_files_for_robots(client: FlaskClient) -> None:
    text = client.get("/.well-known/security.txt")
    assert text.mimetype == "text/plain"
    assert "Contact: mailto:help@example.gov.uk\n" in text.text
    assert re.search(r"^Expires: \d{4}-\d\d-\d\dT00:00:00Z$", text.text, re.M)
    assert client.get("/security.txt").headers["Location"] == "/.well-known/security.txt"
    assert client.get("/robots.txt").text.startswith("User-agent: *")

    icon = client.get("/favicon.ico")
    assert icon.status_code == 302
    assert client.get(icon.headers["Location"]).mimetype == "image/svg+xml"


HOSTS = ("portal.example.gov.uk", ".internal.example")


@pytest.mark.parametrize(
    ("host", "status"),
    [
        ("portal.example.gov.uk", 200),
        ("portal.example.gov.uk:8000", 200),
        ("a.internal.example", 200),
        ("evil.example", 400),
        ("portal.example.gov.uk.evil.example", 400),
        ("", 400),
        ("a b", 400),
    ],
)
def test_only_its_own_hosts_are_answered(tmp_path: Path, host: str, status: int) -> None:
    client = make_site(tmp_path, trusted_hosts=HOSTS).test_client()
    headers = {"Host": host}
    answer = client.get("/.well-known/security.txt", headers=headers)
    assert answer.status_code == status
    if status == 400:
        parse(answer, 400)
        assert "evil" not in answer.text
        assert answer.headers["Cache-Control"] == "no-store"
    assert client.get("/things/", headers=headers).status_code == (308 if status == 200 else 400)
    assert client.get("/health", headers=headers).status_code == 200, "asked for by number"


def test_the_shell(client: FlaskClient) -> None:
    soup = parse(client.get("/things"))
    assert soup.select_one("body > a.govuk-skip-link")["href"] == "#main-content"
    assert soup.select_one("header .govuk-generic-header a").get_text() == "Test portal"
    assert not soup.select("[class*=crown], [class*=copyright]")
    texts = [link.get_text(strip=True) for link in soup.select("header nav a")]
    assert texts == ["Things", "Home"], "in their order"
    assert soup.select_one("header nav a[aria-current=page]")["href"] == "/things"
    inner = parse(client.get("/things/one"))
    here = [link["href"] for link in inner.select("header nav a[aria-current]")]
    assert here == ["/things"]
    crumbs = [a.get_text() for a in inner.select(".govuk-breadcrumbs a")]
    assert crumbs == ["Home", "Things"]


def test_every_file_that_a_page_names_is_served(client: FlaskClient) -> None:
    soup = parse(client.get("/things"))
    named = [tag["href"] for tag in soup.select("link[rel=stylesheet]")]
    script = soup.select_one("script[src]")
    named += [script["src"], script["data-govuk-frontend"]]
    assert len(named) == 5
    for address in named:
        answer = client.get(address)
        assert answer.status_code == 200, address
        assert "immutable" in answer.headers["Cache-Control"]
        assert answer.headers["X-Content-Type-Options"] == "nosniff"
    for missing in ("/assets/nothing.css", "/assets/../config.py"):
        assert client.get(missing).status_code == 404


def test_missing_assets_are_said_plainly(tmp_path: Path) -> None:
    with pytest.raises(AssetsMissing, match=r"scripts/assets\.py"):
        Assets(tmp_path)
    (tmp_path / "manifest.json").write_text("{}")
    with pytest.raises(AssetsMissing, match=r"portal\.css"):
        Assets(tmp_path).address("portal.css")


def test_security_headers(client: FlaskClient) -> None:
    first, second = client.get("/things"), client.get("/things")
    headers = first.headers
    policy = headers["Content-Security-Policy"]
    nonce = re.search(r"'nonce-([^']+)'", policy)
    assert nonce
    assert nonce[1] not in second.headers["Content-Security-Policy"], "new each time"
    soup = parse(first)
    assert all(tag["nonce"] == nonce[1] for tag in soup.select("script"))
    for part in ("default-src 'self'", "frame-ancestors 'none'", "base-uri 'none'",
                 "object-src 'none'", "form-action 'self'", "style-src 'self'"):  # fmt: skip
        assert part in policy
    assert "unsafe" not in policy
    assert headers["Strict-Transport-Security"].startswith("max-age=31536000")
    assert headers["X-Content-Type-Options"] == "nosniff"
    assert headers["Cross-Origin-Opener-Policy"] == "same-origin"
    assert headers["Cross-Origin-Resource-Policy"] == "same-origin"
    assert "camera=()" in headers["Permissions-Policy"]
    assert headers["Referrer-Policy"]


def test_no_hsts_in_development(tmp_path: Path) -> None:
    client = make_site(tmp_path, environment="development").test_client()
    assert "Strict-Transport-Security" not in client.get("/things").headers
    assert "Secure" not in client.get("/edit").headers["Set-Cookie"]


def test_a_signed_in_page_is_kept_by_nobody(site: Flask, client: FlaskClient) -> None:
    with as_person(site, Somebody()):
        headers = client.get("/things").headers
    assert headers["Cache-Control"] == "private, no-store"
    assert "ETag" not in headers


def test_the_request_id(client: FlaskClient) -> None:
    assert client.get("/", headers={"X-Request-ID": "abc-12345"}).headers["X-Request-ID"] == (
        "abc-12345"
    )
    for bad in ("short", "x" * 65, "has space in it", "<script>alert"):
        answer = client.get("/", headers={"X-Request-ID": bad})
        assert re.fullmatch(r"[0-9a-f]{32}", answer.headers["X-Request-ID"])


def test_one_log_line_a_request_without_what_was_searched(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    client = make_site(tmp_path).test_client()
    capsys.readouterr()
    client.get("/things?q=Jane+Smith", headers={"X-Forwarded-For": "192.0.2.7"})
    lines = capsys.readouterr().err.splitlines()
    assert len(lines) == 1
    line = json.loads(lines[0])
    assert (line["event"], line["method"], line["status"]) == ("request", "GET", 200)
    assert line["endpoint"] == "things.index"
    assert line["ms"] >= 0
    assert not re.search(r"Jane|192\.0|127\.0", lines[0])
    client.get("/raise/bug")
    lines = capsys.readouterr().err.splitlines()
    assert [json.loads(line)["event"] for line in lines][-1] == "request"
    assert "ZeroDivisionError" in json.loads(lines[0])["exception"]
    assert json.loads(lines[0])["request_id"] == json.loads(lines[1])["request_id"]


def test_health_without_a_migrated_database(client: FlaskClient) -> None:
    answer = client.get("/health")
    assert (answer.json, answer.headers["Cache-Control"]) == ({"status": "ok"}, "no-store")
    ready = client.get("/health/ready")
    expected = (ROOT / "migrations" / "HEAD").read_text().strip()
    assert ready.status_code == 503
    assert ready.json == {"status": "migration needed", "revision": None, "expected": expected}


def test_health_when_ready_and_when_the_database_is_away(tmp_path: Path) -> None:
    app = make_site(tmp_path)
    expected = (ROOT / "migrations" / "HEAD").read_text().strip()
    import sqlite3

    with sqlite3.connect(tmp_path / "test.sqlite") as connection:
        connection.execute("CREATE TABLE alembic_version (version_num VARCHAR(32))")
        connection.execute("INSERT INTO alembic_version VALUES (?)", (expected,))
    ready = app.test_client().get("/health/ready")
    assert (ready.status_code, ready.json["status"]) == (200, "ok")
    away = make_site(tmp_path, database_url="postgresql+psycopg://127.0.0.1:1/none").test_client()
    answer = away.get("/health/ready")
    assert answer.status_code == 503
    assert answer.json["status"] == "database unavailable"


OFFICIAL = """{% extends "govuk_frontend_jinja/template.html" %}
{% block pageTitle %}x{% endblock %}{% block headIcons %}{% endblock %}
{% block govukHeader %}x{% endblock %}{% block govukFooter %}x{% endblock %}"""
SKELETON = """html, head > meta, body, body > script:not([type]), body > a, body > header,
body > div, body > div > main, body > footer"""


def test_the_shell_is_that_of_gov_uk_frontend(site: Flask, client: FlaskClient) -> None:
    """Ours is written out by hand; each element that holds the page is as in theirs."""
    with site.test_request_context("/cookies"):
        theirs = site.jinja_env.from_string(OFFICIAL).render(htmlLang="en")

    def skeleton(html: str) -> list[tuple[object, ...]]:
        found = BeautifulSoup(html, "html5lib").select(SKELETON)
        kept = ({name: value for name, value in e.attrs.items() if name != "nonce"} for e in found)
        texts = (e.get_text().strip() if e.name in ("script", "a") else "" for e in found)
        return [(e.name, attrs, text) for e, attrs, text in zip(found, kept, texts, strict=True)]

    ours = client.get("/cookies").text
    assert ours.startswith("<!DOCTYPE html>")
    assert len(skeleton(theirs)) == 11
    assert skeleton(ours) == skeleton(theirs)
