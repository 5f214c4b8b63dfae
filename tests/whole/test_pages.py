"""Every route once, as a reader comes to it: pages are checked by the client; nothing that a page
links to is missing."""

from __future__ import annotations

import csv
import html
import io
import re
from collections import Counter
from urllib.parse import urlsplit

import pytest
from flask import Flask
from sqlalchemy import select
from sqlalchemy.orm import Session

from portal.catalogue.models.organisations import Organisation, OrganisationSlug
from portal.web.forms import PARTS
from tests.support.data import demo as documents
from tests.support.examples import addresses
from tests.support.pages import PageClient, plain_client, soup_of

DEMO = pytest.mark.parametrize("demo", [True])
RECORDS = ("services", "organisations", "journeys", "components", "capabilities")
#: Pages of one sort that the search for broken links reads, and how many of them it checks too.
READ_WHOLE, CHECKED = 10, 2
LINK = re.compile(r'<(?:a|link|script)\b[^>]*?\s(?:href|src)="([^"]*)"')
SQLITE = pytest.mark.parametrize("kind", ["sqlite"])


@DEMO
@pytest.mark.parametrize("name", RECORDS)
def test_each_demo_record_has_its_page(client: PageClient, name: str) -> None:
    for document in documents(name):
        answer = client.get(f"/{name}/{document['slug']}")
        assert answer.status_code == 200
        assert document["name"] in soup_of(answer).get_text(" ")
        assert client.get(f"/{name}/{document['slug']}/history").status_code == 200


@DEMO
@pytest.mark.parametrize("name", RECORDS)
def test_each_list_says_the_same_in_three_formats(client: PageClient, name: str) -> None:
    slugs = {document["slug"] for document in documents(name)}
    items = client.get(f"/{name}.json").get_json()["items"]
    assert {item["slug"] for item in items} == slugs
    rows = list(csv.DictReader(io.StringIO(client.get(f"/{name}.csv").text.lstrip("\ufeff"))))
    assert {row["slug"] for row in rows} == slugs
    links = soup_of(client.get(f"/{name}")).select(f"main a[href^='/{name}/']")
    assert slugs == {str(link["href"]).split("/")[2] for link in links}


@DEMO
@pytest.mark.parametrize("name", RECORDS)
def test_each_record_says_the_same_in_three_formats(client: PageClient, name: str) -> None:
    document = documents(name)[0]
    address = f"/{name}/{document['slug']}"
    assert client.get(f"{address}.json").get_json()["name"] == document["name"]
    rows = list(csv.DictReader(io.StringIO(client.get(f"{address}.csv").text.lstrip("\ufeff"))))
    assert [row["name"] for row in rows] == [document["name"]]
    assert client.get(f"{address}/history.json").get_json()["items"]
    assert client.get(f"{address}/history.csv").text.count("\n") > 1


@DEMO
def test_imports_in_three_formats(client: PageClient, app: Flask, session: Session) -> None:
    for rule, (endpoint, address) in addresses(app, session).items():
        if endpoint.startswith("imports.") or endpoint == "names.index":
            answer = client.get(address)
            assert answer.status_code == 200, rule
            expected = {".json": "application/json", ".csv": "text/csv"}
            ending = next((e for e in expected if address.endswith(e)), "")
            assert answer.mimetype == expected.get(ending, "text/html")


def test_an_empty_portal_has_all_its_lists(client: PageClient) -> None:
    for address in ("/", "/services", "/organisations", "/journeys", "/imports", "/components",
                    "/capabilities"):  # fmt: skip
        assert client.get(address).status_code == 200
    for name in (*RECORDS, "imports", "organisation-names"):
        assert client.get(f"/{name}.json").get_json()["items"] == []
        assert client.get(f"/{name}.csv").text.count("\n") == 1


@SQLITE
def test_the_pages_about_the_portal(client: PageClient) -> None:
    robots = ("/robots.txt", "/favicon.ico", "/security.txt", "/.well-known/security.txt")
    for address in ("/accessibility-statement", "/privacy", "/cookies", "/health", *robots):
        assert client.get(address).status_code < 400
    ready = client.get("/health/ready")
    assert ready.status_code == 200
    assert ready.get_json()["status"] == "ok"


@DEMO
def test_an_unknown_organisation_is_said_and_left_out(client: PageClient) -> None:
    page = soup_of(client.get("/services?organisation=nope&phase=live"))
    assert "organisation=nope" in page.select(".govuk-inset-text")[0].get_text()
    chosen = [chip.get_text() for chip in page.select(".portal-chosen__link")]
    assert len(chosen) == 1 and "Live" in chosen[0]
    assert page.select(".portal-result")
    for ending in (".json", ".csv"):
        answer = client.get(f"/services{ending}?organisation=nope")
        assert answer.status_code == 400
    answer = client.get("/services.json?organisation=nope")
    assert answer.mimetype == "application/problem+json"
    assert "organisation=nope" in answer.get_json()["detail"]


@DEMO
def test_a_former_slug_of_an_organisation_leads_on(client: PageClient, session: Session) -> None:
    session.add(OrganisationSlug(slug="old-office", organisation_id=_id(session, "cabinet-office")))
    session.flush()
    for ending in ("", ".json", ".csv"):
        answer = client.get(f"/services{ending}?phase=live&organisation=old-office&_external=1")
        assert answer.status_code == 301
        expected = f"/services{ending}?phase=live&organisation=cabinet-office&_external=1"
        assert answer.headers["Location"] == expected


def _id(session: Session, slug: str) -> int:
    return session.scalars(select(Organisation.id).where(Organisation.slug == slug)).one()


@DEMO
@SQLITE
@pytest.mark.parametrize(
    ("typed", "message"),
    [
        (("", "", ""), "Enter a date"),
        (("1", "", "2016"), "Date must include a month"),
        (("31", "2", "x"), "Date must be a real date"),
    ],
)
def test_a_day_that_is_none_is_asked_for_again(
    client: PageClient, typed: tuple[str, str, str], message: str
) -> None:
    query = "&".join(f"on-{p}={v}" for p, v in zip(PARTS, typed, strict=True))
    answer = client.get(f"/organisations/cabinet-office?{query}")
    page = soup_of(answer)
    assert page.select_one(".govuk-error-summary a").get_text() == message  # type: ignore[union-attr]
    shown = [str(page.select(f"#on-{part}")[0].get("value", "")) for part in PARTS]
    assert shown == list(typed), "what was typed stays"
    assert client.get(f"/organisations/cabinet-office.json?{query}").status_code == 400


@DEMO
@SQLITE
def test_what_providers_say_as_files(client: PageClient) -> None:
    for page in ("users", "rosters", "reconciliation", "closing", "graph"):
        for ending, kind in ((".csv", "text/csv"), (".json", "application/json")):
            answer = client.get(f"/components/govuk-pay/{page}{ending}")
            assert (answer.status_code, answer.mimetype) == (200, kind), page


@DEMO
@SQLITE
def test_no_link_leads_nowhere(app: Flask, client: PageClient) -> None:
    plain, waiting, seen, broken = plain_client(app), ["/"], {"/"}, []
    tried: dict[str, int] = {}
    read: Counter[str] = Counter()
    while waiting:
        address = waiting.pop()
        folder, *below = urlsplit(address).path.strip("/").split("/")
        sort = "/".join((folder, *("*" for _ in below[:1]), *below[1:]))
        read[sort] += 1
        # Of the pages of one sort some are read whole for their links, and each is asked for.
        method = "GET" if read[sort] <= READ_WHOLE else "HEAD"
        asks = client if read[sort] <= CHECKED else plain
        answer = asks.open(address, method=method)
        if answer.status_code >= 400:
            broken.append(f"{address}: {answer.status_code}")
        if answer.mimetype != "text/html":
            answer.close()  # a large download keeps its place until then
            continue
        for target in map(html.unescape, LINK.findall(answer.get_data(as_text=True))):
            parts = urlsplit(target)
            if parts.scheme or parts.netloc or not parts.path or target in seen:
                continue
            # Filters combine without end: a few of each address are enough.
            stem = re.sub(r"=[^&]*", "", target) if parts.query else target
            tried[stem] = tried.get(stem, 0) + 1
            if tried[stem] <= 4 and target.count("&") < 2:
                seen.add(target)
                waiting.append(target)
    assert not broken
    assert len(seen) > 200
