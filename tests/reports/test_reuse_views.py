"""The pages of the reuse report: figures, what is behind them, and other days."""

from __future__ import annotations

from datetime import date, timedelta
from importlib import import_module

import pytest
from flask import Flask
from sqlalchemy import select
from sqlalchemy.orm import Session

from portal.catalogue.component_words import Lifecycle, NeedAnswer
from portal.catalogue.models.components import Capability, Component
from portal.catalogue.models.services import Service
from portal.catalogue.models.usage import CapabilityNeed
from portal.reports.store import reuse_counts
from tests.reports.test_reuse_counts import confirm
from tests.store.test_usage_counts import start
from tests.support.data import ACT, add_organisation, add_service
from tests.support.pages import PageClient, soup_of
from tests.support.storefront import add_usage

TODAY = reuse_counts.today()
WAYS = (
    "shared_confirmed", "shared_declared", "shared_planned", "shared_not_counted", "own_build",
    "bought_product", "by_hand", "gap", "not_said_how",
)  # fmt: skip


@pytest.fixture
def some(app: Flask, session: Session) -> Session:
    """Six services of three organisations, one of them below another."""
    start(session)
    add_organisation(session, "office", parent="agency", kind="agency")
    add_service(session, "small", owner="office", phase="alpha")
    add_usage(session, "s-0", "fees", component="purse")
    add_usage(session, "s-0", "mail", component="purse")
    add_usage(session, "s-1", "fees", component="purse", since="2025-06-01")
    add_usage(session, "s-2", "fees")
    add_usage(session, "s-3", "fees", component="door", status="planned", since=None)
    add_usage(session, "small", "fees", component="post")
    confirm(session, "s-0", TODAY - timedelta(days=5))
    session.commit()
    return session


def items(client: PageClient, address: str) -> dict[str, dict]:
    found = client.get(address).get_json()["items"]
    return {row["slug"] or row["name"]: row for row in found}


def test_what_nobody_says_how_it_is_met(some: Session, client: PageClient) -> None:
    add_usage(some, "s-5", "fees", status="planned", since=None)
    ids = {s.slug: s.id for s in some.scalars(select(Service))}
    fees = some.scalars(select(Capability.id).where(Capability.slug == "fees")).one()
    for service in ("s-4", "s-2"):  # s-2 says so, and has built it
        some.add(CapabilityNeed(service_id=ids[service], capability_id=fees, edited_at=ACT.at,
                                answer=NeedAnswer.NEEDED))  # fmt: skip
    reuse_counts.touch(some, ids.values())
    some.commit()
    for by in ("capability", "organisation", "sector", "phase"):
        found = client.get(f"/reports/reuse.json?by={by}").get_json()
        for row in (*found["items"], found["total"]):
            ways = sum(many for name, many in row.items() if name in WAYS)
            assert ways - row["met_in_a_further_way"] == row["needed"]
        assert found["total"]["not_said_how"] == 2
    row = items(client, "/reports/reuse.json")["fees"]
    assert (row["needed"], row["not_said_how"], row["met_in_a_further_way"]) == (7, 2, 0)
    page = soup_of(client.get("/reports/reuse?by=phase"))
    [link] = [a for a in page.select("td a") if a.text == "2: Live, not said how"]
    listed = client.get(str(link["href"]).replace("services?", "services.json?")).get_json()
    assert [row["service"] for row in listed["items"]] == ["s-4", "s-5"]
    earlier = client.get("/reports/reuse.json?on-day=1&on-month=2&on-year=2025").get_json()
    assert earlier["total"]["not_said_how"] == 1
    cells = client.get("/reports/reuse/heat-map.json").get_json()["items"]
    assert sum(cell["not_said_how"] for cell in cells) == 2
    heat = soup_of(client.get("/reports/reuse/heat-map"))
    [link, _other] = [a for a in heat.select("#heat td a") if a.text.startswith("1 not said")]
    assert len(soup_of(client.get(str(link["href"]))).select("#services tbody tr")) == 1


def test_by_need(some: Session, client: PageClient) -> None:
    rows = items(client, "/reports/reuse.json")
    fees = rows["fees"]
    assert (fees["services"], fees["needed"], fees["not_answered"]) == (7, 5, 2)
    assert (fees["shared_confirmed"], fees["shared_declared"], fees["own_build"]) == (1, 2, 1)
    assert (fees["shared_planned"], fees["reuse_rate_confirmed"]) == (1, 0.25)
    assert fees["reuse_rate_with_declared"] == 0.75
    assert rows["mail"]["reuse_rate_confirmed"] == 1
    page = soup_of(client.get("/reports/reuse"))
    assert page.main is not None
    assert "Of 0 needs that they have nobody has said how" in page.main.text
    assert "40% of needs" in page.main.text and "80% (4 of 5)" in page.main.text
    assert client.get("/reports/reuse.csv").text.count("\n") == 3
    assert list(items(client, "/reports/reuse.json?capability=needs")) == ["fees", "mail"]
    alone = client.get("/reports/reuse.json?organisation=agency&phase=alpha").get_json()
    assert alone["total"]["services"] == 1


def test_other_rows(some: Session, client: PageClient) -> None:
    purse = items(client, "/reports/reuse.json?by=component")["purse"]
    assert (purse["shared_confirmed"], purse["shared_declared"]) == (1, 1)
    bodies = items(client, "/reports/reuse.json?by=organisation")
    assert bodies["agency"]["services"] == 3 and bodies["office"]["services"] == 1
    total = client.get("/reports/reuse.json?by=organisation").get_json()["total"]
    assert total["services"] == 7 < sum(row["services"] for row in bodies.values())
    sectors = items(client, "/reports/reuse.json?by=sector")
    assert {name: row["services"] for name, row in sectors.items()} == {
        "central_government": 5, "local_government": 2,
    }  # fmt: skip
    phases = items(client, "/reports/reuse.json?by=phase")
    assert (phases["live"]["services"], phases["alpha"]["services"]) == (6, 1)
    for by in ("component", "organisation", "sector", "phase"):
        assert client.get(f"/reports/reuse?by={by}").status_code == 200


def test_a_figure_opens_to_its_evidence_in_two_steps(some: Session, client: PageClient) -> None:
    page = soup_of(client.get("/reports/reuse"))
    [link] = [a for a in page.select("td a") if a.text == "1: Fees, shared, confirmed"]
    behind = soup_of(client.get(str(link["href"])))
    [row] = behind.select("tbody tr")
    assert "S 0" in row.text and "Confirmed" in row.text
    usage = row.select("td:last-child a")[0]
    assert "Purse" in usage.text
    assert client.get(str(usage["href"])).status_code == 200
    listed = client.get(str(link["href"]).replace("services?", "services.json?")).get_json()
    assert [row["service"] for row in listed["items"]] == ["s-0"]


def test_every_figure_is_as_long_as_its_list(some: Session, client: PageClient) -> None:
    for by in ("", "&by=organisation", "&by=sector", "&by=phase", "&by=component"):
        for day in ("", "&on-day=1&on-month=1&on-year=2026"):
            page = soup_of(client.get(f"/reports/reuse?basis=restated{by}{day}"))
            for link in page.select("td a")[:8]:
                number = link.text.split(":")[0]
                if number.isdigit():
                    listed = str(link["href"]).replace("services?", "services.csv?")
                    lines = client.get(listed).text.count("\n") - 1
                    assert lines == int(number), link["href"]
                    if not day:
                        shown = soup_of(client.get(str(link["href"])))
                        assert shown.select("#total")[0].text.split()[0] == number, link["href"]
    nobody = client.get("/reports/reuse/services.json?way=unanswered&capability=mail").get_json()
    assert len(nobody["items"]) == 6


def test_other_days(some: Session, client: PageClient) -> None:
    then = "on-day=1&on-month=2&on-year=2025"
    found = client.get(f"/reports/reuse.json?{then}").get_json()
    assert (found["as_at"], found["basis"]) == ("2025-02-01", "as_it_was")
    fees = {row["slug"]: row for row in found["items"]}["fees"]
    assert (fees["shared_confirmed"], fees["shared_declared"], fees["shared_planned"]) == (0, 2, 0)
    told = "those of today stand"
    assert told in client.get(f"/reports/reuse?{then}").text
    assert told not in client.get("/reports/reuse").text
    restated = items(client, f"/reports/reuse.json?by=organisation&basis=restated&{then}")
    assert restated["agency"]["services"] == 3
    shown = client.get(f"/reports/reuse/services?way=shared&{then}")
    assert len(soup_of(shown).select("tbody tr")) == 3
    wrong = client.get("/reports/reuse?on-day=99&on-month=1&on-year=2025")
    assert "There is a problem" in wrong.text
    assert client.get("/reports/reuse.json?on-day=1&on-month=1&on-year=2999").status_code == 400


def test_what_stands_beside_it(some: Session, client: PageClient) -> None:
    heat = soup_of(client.get("/reports/reuse/heat-map"))
    assert [th.text for th in heat.select("#heat thead th")] == ["Organisation", "Fees", "Mail"]
    cells = client.get("/reports/reuse/heat-map.json").get_json()["items"]
    assert len(cells) == 5
    assert cells[0]["organisation"] == "ministry"
    for kind in ("svg", "png", "csv"):
        for name in ("heat-map", "adoption"):
            assert client.get(f"/reports/reuse/{name}/chart.{kind}").status_code == 200
    months = client.get("/reports/reuse/adoption.json").get_json()["items"]
    assert months[0] == {"month": "2024-01-01", "needs_met": 3, "of_which_confirmed_now": 2}
    assert months[-1]["needs_met"] == 4
    assert client.get("/reports/reuse/adoption").status_code == 200
    changes = client.get("/reports/reuse/changes.json?on-day=1&on-month=1&on-year=2025").get_json()
    assert [(row["changed"], row["service_slug"]) for row in changes["items"]] == [
        ("confirmed", "s-0"), ("confirmed", "s-0"), ("began", "s-1"),
    ]  # fmt: skip
    page = soup_of(client.get("/reports/reuse/changes?changed=confirmed"))
    assert len(page.select("#changes tbody tr")) == 2
    assert "No service is recorded as using" in client.get("/reports/reuse/closing").text
    assert client.get("/reports-on-government").status_code == 200


def test_components_that_end(some: Session, client: PageClient) -> None:
    purse = some.scalars(select(Component).where(Component.slug == "purse")).one()
    purse.lifecycle, purse.closes_on = Lifecycle.CLOSING, date(2030, 1, 1)
    some.commit()
    rows = client.get("/reports/reuse/closing.json").get_json()["items"]
    assert [(row["component_slug"], row["service_slug"]) for row in rows] == [
        ("purse", "s-0"), ("purse", "s-0"), ("purse", "s-1"),
    ]  # fmt: skip
    assert client.get("/reports/reuse/closing?phase=live").status_code == 200
    assert client.get("/reports/reuse/closing.csv").status_code == 200


def test_paging_and_what_nobody_knows(
    some: Session, client: PageClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    for module in ("reuse", "reuse_services", "reuse_changes", "reuse_charts"):
        views = import_module(f"portal.reports.views.{module}")
        monkeypatch.setattr(views, "PAGE_SIZE", 2)
    for address in ("/reports/reuse?by=organisation", "/reports/reuse/services?way=services",
                    "/reports/reuse/changes?on-day=1&on-month=1&on-year=2020",
                    "/reports/reuse/heat-map"):  # fmt: skip
        seen: list[str] = []
        while address:
            page = soup_of(client.get(address))
            seen += [row.text for row in page.select("tbody tr")][:3]
            following = page.select("a[rel=next]")
            address = str(following[0]["href"]) if following else ""
        assert len(seen) >= 4
    ignored = client.get("/reports/reuse?capability=x&organisation=x&component=x&nonsense=1")
    assert "capability=x" in ignored.text and "nonsense" in ignored.text
    assert client.get("/reports/reuse.json?capability=x").status_code == 400
    assert client.get("/reports/reuse/services.json?way=x").status_code == 400
    assert client.get("/reports/reuse/services?standing=x&after=x").status_code == 200


def test_nothing_is_recorded(app: Flask, client: PageClient) -> None:
    for page in ("", "/services", "/heat-map", "/adoption", "/changes", "/closing"):
        assert client.get(f"/reports/reuse{page}").status_code == 200
    assert "No service has said" in client.get("/reports/reuse").text
