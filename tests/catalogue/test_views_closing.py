"""The pages about what depends on a component, and about components that need attention."""

from __future__ import annotations

import pytest
from flask import Flask
from sqlalchemy.orm import Session

from portal.audit import history_of
from portal.catalogue.store import blast
from tests.support.accounts import send
from tests.support.closing import PAGE, TODAY, Cast, ends
from tests.support.data import add_service
from tests.support.pages import PageClient, soup_of
from tests.support.storefront import add_usage
from tests.support.transactions import RolledBackDatabase


@pytest.fixture
def cast(app: Flask, session: Session, database: RolledBackDatabase) -> Cast:
    return Cast(app, session, database)


def test_what_is_hit_is_counted(cast: Cast, client: PageClient) -> None:
    hit = blast.of(cast.session, cast.component)
    assert hit == (4, 2, 1020, 2) and hit.uncounted == 2
    page = soup_of(client.get("/components/paas")).get_text(" ", strip=True)
    assert "4 services of 2 organisations, with 1,020 transactions a year" in page
    assert "(2 services have no figure)" in page
    told = client.get("/components/paas.json").get_json()
    assert (told["services_depending"], told["transactions_depending"]) == (4, 1020)
    assert "is not closing" in client.get(PAGE).text
    assert "No service is recorded" in client.get("/components/cloud/closing").text


def test_the_list_narrows_and_has_pages(cast: Cast, client: PageClient) -> None:
    cast.close(ends(6))
    for number in range(60):
        add_service(cast.session, f"s-{number:02}", owner="agency")
        add_usage(cast.session, f"s-{number:02}", "hosting", component="paas")
    cast.session.commit()
    page = soup_of(client.get(PAGE))
    following = client.get(str(page.select("a[rel=next]")[0]["href"]))
    assert len(soup_of(following).select("#dependents tbody tr")) == 15
    only = client.get(f"{PAGE}.json?organisation=ministry&state=not_started").get_json()
    assert (only["services"], only["states"]) == (64, {"moved": 1, "not_started": 64})
    assert [row["service_slug"] for row in only["items"]] == ["a", "b"]
    assert client.get(f"{PAGE}.csv").text.count("\n") == 66
    assert "No service is listed for this" in client.get(f"{PAGE}?state=chosen").text
    assert "state=lost" in client.get(f"{PAGE}?state=lost").text
    assert client.get(f"{PAGE}.csv?state=lost").status_code == 400
    assert client.get("/components/nothing/closing").status_code == 404


def test_names_are_for_those_who_may_see_them(cast: Cast, client: PageClient) -> None:
    assert "Answered for" not in client.get(PAGE).text
    theirs = soup_of(cast.as_(cast.owner).get(PAGE)).select("#dependents tbody tr")
    assert "owner" in theirs[0].get_text() and "third" not in theirs[2].get_text()


def test_components_that_need_attention(cast: Cast, client: PageClient) -> None:
    cast.close(ends(6))
    provider = cast.as_(cast.provider)
    care = {"team": "Platform team", "team_reachable": "yes", "security_tested_on-day": "1",
            "security_tested_on-month": "1", "security_tested_on-year": "2020"}  # fmt: skip
    assert send(provider, "/components/paas/edit/care", care).status_code == 303
    lines = f"{TODAY.isoformat()}: Apps do not start https://status.example/1"
    sent = {"incidents": lines}
    assert send(provider, "/components/paas/edit/incidents", sent).status_code == 303
    wrong = send(provider, "/components/paas/edit/unsupported", {"unsupported": "Old Linux"})
    assert wrong.status_code == 422 and "Line 1" in wrong.text
    found = client.get("/burning-platforms.json").get_json()["items"]
    assert [row["slug"] for row in found] == ["paas", "cloud"]
    assert found[0]["why"] == ["incident", "closing_in_use", "not_tested"]
    assert (found[0]["services"], found[0]["transactions"]) == (4, 1020)
    assert found[1]["why"] == ["not_published"]
    page = soup_of(client.get("/burning-platforms?reason=incident"))
    assert [a.get_text() for a in page.select("h2 a")] == ["Paas"]
    assert "Apps do not start" in page.get_text()
    both = client.get("/burning-platforms.json?organisation=agency&provider=ministry").get_json()
    assert [row["slug"] for row in both["items"]] == ["paas"]
    assert "No component needs" in client.get("/burning-platforms?organisation=nobody").text
    assert "reason=x" in client.get("/burning-platforms?reason=x").text
    assert "why" in client.get("/burning-platforms.csv").text.splitlines()[0]
    shown = soup_of(client.get("/components/paas")).get_text(" ", strip=True)
    assert "Accountable team Platform team" in shown and "open since" in shown
    assert "None known on" in shown and "1 January 2020" in shown
    bare = soup_of(client.get("/components/cloud")).get_text(" ", strip=True)
    assert "Accountable team Not published" in bare and "Incidents Not published" in bare
    history = client.get("/components/paas/history").text
    assert "Apps do not start" in history and "Accountable team" in history
    tags = [event.tag for event in history_of(cast.session, "component", cast.component)]
    assert tags.count("edited") == 3
