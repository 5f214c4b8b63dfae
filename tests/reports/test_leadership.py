"""The page for leadership: its figures, what is behind each, and what it says of nothing."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator
from datetime import date, timedelta
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from portal.catalogue.models.components import Component, ComponentExemption
from portal.catalogue.models.services import Service
from portal.reports.models.runs import SavingsRun
from portal.reports.rules import leadership as rules
from portal.reports.rules.leadership import Addressable, Ending, Offered
from portal.reports.rules.reuse_rates import Numbers
from portal.reports.store import claims, leadership, overdue, reuse_counts
from portal.reports.store.claims import ClaimQuery
from tests.support.data import add_organisation, add_service
from tests.support.pages import PageClient, soup_of
from tests.support.queries import statements
from tests.support.storefront import add_capability, add_component, add_usage
from tests.support.transactions import RolledBackDatabase

TODAY = reuse_counts.today()
DEMO = pytest.mark.parametrize("demo", [True])
#: Lists that have a row for each of what a figure counts.
LISTS = ("/services", "/components", "/reports/reuse/services", "/reports/duplication/services")


def figures(client: PageClient) -> list[dict[str, Any]]:
    found = client.get("/leadership.json").get_json()["items"]
    assert isinstance(found, list)
    return found


def behind(address: str, ending: str) -> str:
    path, mark, query = address.partition("?")
    return f"{path}.{ending}{mark}{query}"


def test_what_comes_first() -> None:
    def need(name: str, many: int) -> Addressable:
        return Addressable(name, name, many, 0, 1, None)

    found = rules.first_addressable([need("b", 2), need("a", 2), need("c", 0), need("d", 9)])
    assert [each.slug for each in found] == ["d", "a", "b"]
    endings = [
        Ending("gone", "G", "closed", None, 0, 9), Ending("here", "H", "closing", None, 1, 0),
        Ending("never", "N", "closed", None, 0, 0),
    ]  # fmt: skip
    assert [each.slug for each in rules.first_endings(endings)] == ["here", "gone"]
    offered = [Offered("x", "X", "p", "P", None, 0, 3), Offered("y", "Y", "p", "P", None, 3, 0),
               Offered("z", "Z", "p", "P", None, 0, 0)]  # fmt: skip
    assert [each.slug for each in rules.most_used(offered)] == ["y", "x"]
    assert [each.slug for each in rules.to_ask(offered)] == ["x"]


def test_organisations_count_with_everything_below_them() -> None:
    rows = {1: Numbers(services=1), 2: Numbers(services=2, needed=3), 3: Numbers(services=1)}
    lines = {1: {1}, 2: {1, 2}, 3: {3}}
    names = {1: ("top", "Top"), 2: ("below", "Below"), 3: ("other", "Other")}
    found = rules.most_unanswered(rows, names, lines.__getitem__, 2)
    assert [tuple(each) for each in found] == [("top", "Top", 3, 3), ("other", "Other", 1, 2)]


def test_nothing_is_recorded(app: Flask, client: PageClient) -> None:
    page = client.get("/leadership").text
    assert "Nothing is confirmed yet, and no service declares" in page
    assert "Nothing is worked out yet" in page
    assert "No exemption is overdue." in page
    assert "No exemption is overdue." in client.get("/reports/overdue-exemptions").text
    assert "nonsense" in client.get("/leadership?nonsense=1").text
    assert client.get("/leadership.csv?nonsense=1").status_code == 400


@pytest.fixture
def some(app: Flask, session: Session) -> Session:
    """Two services that declare a purse, one that pays alone, one that has leave to."""
    for body in ("ministry", "agency"):
        add_organisation(session, body, **({"parent": "ministry"} if body == "agency" else {}))
    add_capability(session, "needs")
    add_capability(session, "fees", "needs")
    add_component(session, "purse", "fees", team="The purse team")
    for name in ("parking", "bins", "pool", "permit"):
        add_service(session, name, owner="agency")
    add_usage(session, "parking", "fees", component="purse")
    add_usage(session, "bins", "fees", component="purse")
    add_usage(session, "pool", "fees")
    ids = {slug: session.scalars(select(model.id).where(model.slug == slug)).one()
           for model, slug in ((Component, "purse"), (Service, "permit"), (Service, "pool"),
                               (Service, "bins"))}  # fmt: skip
    for service, days in (("permit", {"conditions": "Plan it", "conditions_by": -3}),
                          ("pool", {"expires_on": -2}), ("bins", {"expires_on": -1})):  # fmt: skip
        ends = {k: TODAY + timedelta(v) if isinstance(v, int) else v for k, v in days.items()}
        session.add(
            ComponentExemption(
                component_id=ids["purse"], service_id=ids[service], reason="Cash only",
                granted_by="Board", granted_on=TODAY - timedelta(90), **ends,
            )
        )  # fmt: skip
    session.commit()
    return session


def test_nothing_is_confirmed_so_it_says_whom_to_ask(some: Session, client: PageClient) -> None:
    page = client.get("/leadership")
    assert "Nothing is confirmed yet. What services declare is the second line" in page.text
    found = {(row["part"], row["row"], row["figure"]): row["value"] for row in figures(client)}
    assert found["reuse", "Shared component, confirmed", "share"] == 0
    assert found["reuse", "Shared component, with declared", "needs"] == 2
    assert found["to-confirm", "Purse", "declared"] == 2
    assert "The purse team" in page.text
    assert found["duplicates", "Fees", "addressable"] == 1
    assert found["unanswered", "Ministry", "services"] == 4


def test_exemptions_that_are_overdue(some: Session) -> None:
    """Those of a service that uses the component by now are not; retired services neither."""
    found = overdue.listing(some, TODAY)
    assert [(each.service_slug, each.why) for each in found] == [
        ("permit", "conditions"), ("pool", "ended"),
    ]  # fmt: skip
    assert overdue.first(some, TODAY, 1) == (2, found[:1])
    after = overdue.listing(some, TODAY, (found[0].due, found[0].id))
    assert [each.service_slug for each in after] == ["pool"]
    assert len(list(overdue.every(some, TODAY))) == 2
    assert overdue.first(some, TODAY - timedelta(3), 1) == (0, [])


def test_the_list_of_overdue_exemptions(some: Session, client: PageClient) -> None:
    page = soup_of(client.get("/reports/overdue-exemptions"))
    assert "Plan it" in page.select("tbody tr")[0].text
    assert client.get("/reports/overdue-exemptions.csv").text.count("\n") == 3
    assert len(client.get("/reports/overdue-exemptions.json").get_json()["items"]) == 2
    assert client.get("/reports/overdue-exemptions.json?after=x").status_code == 400
    assert [row["row"] for row in figures(client) if row["part"] == "overdue-exemptions"] == [
        "Permit", "Pool",
    ]  # fmt: skip


def test_the_facts_are_kept_until_a_record_changes(some: Session) -> None:
    before = leadership.read(some, TODAY)
    assert (before.phases, before.numbers.services) == ({"live": 4}, 4)
    add_usage(some, "permit", "fees", component="purse")
    some.commit()
    assert [each.declared for each in leadership.read(some, TODAY).offered] == [3]


@DEMO
def test_every_figure_is_a_link_to_as_many_rows(
    client: PageClient, database: RolledBackDatabase
) -> None:
    database.kept.clear()
    with statements(database) as sent:
        page = soup_of(client.get("/leadership"))
    assert len(sent) <= 8
    links = {str(a["href"]) for a in page.select("td a")}
    found = [row for row in figures(client) if row["unit"] in ("count", "pounds", "share")]
    assert len(found) > 80
    assert {row["address"] for row in found} <= links
    for cell in page.select("td.govuk-table__cell--numeric"):
        assert cell.find("a") or not cell.text.strip(), cell
    for row in found:
        if row["unit"] == "count" and row["address"].partition("?")[0] in LISTS:
            rows = client.get(behind(row["address"], "json")).get_json()["items"]
            if row["part"] in ("most-used", "to-confirm"):  # one service has two needs of it
                rows = {each["service"] for each in rows}
            assert len(rows) == row["value"], row


@DEMO
def test_claims_of_a_year(session: Session) -> None:
    run = session.scalars(select(func.max(SavingsRun.id))).one()
    every = list(claims.listing(session, ClaimQuery(run)))
    for year in range(12):
        mine = {each.place: [y for y in each.years if y[0] == year] for each in every}
        found = claims.listing(session, ClaimQuery(run, year=year))
        assert {each.place: each.years for each in found} == {k: v for k, v in mine.items() if v}
    left = claims.listing(session, ClaimQuery(run, without=("govuk-pay",)))
    assert "govuk-pay" not in {each.component for each in left}


def claimed(client: PageClient, address: str) -> Iterator[tuple[str, float, float]]:
    for line in csv.DictReader(io.StringIO(client.get(behind(address, "csv")).text)):
        yield line["column"], float(line["confirmed"]), float(line["declared"])


@DEMO
def test_the_claims_behind_a_year_add_up_to_its_figures(client: PageClient) -> None:
    found = [row for row in figures(client) if row["part"] == "years"]
    assert {row["figure"] for row in found} == {"cash", "non_cash", "cost", "platform", "net"}
    for row in found:
        lines = list(claimed(client, row["address"]))
        sign = {"net": -1}.get(row["figure"], 1)
        total = sum(sign * c if column == "cost" else c for column, c, _ in lines)
        assert round(total, 2) == row["value"], row
    shown = soup_of(client.get(found[1]["address"]))
    assert "Whole government" in shown.text


@DEMO
def test_three_clicks_from_the_headline_to_the_evidence(client: PageClient) -> None:
    page = soup_of(client.get("/leadership"))
    headline = page.select_one(".govuk-body-l a")
    assert headline is not None
    assert "Likely between £159,000 and £388,000" in headline.text
    assert "With declared use as well it would be a loss." in page.text
    assert "2 benchmarks are over two years old" in page.text
    run = soup_of(client.get(str(headline["href"])))
    claims = next(a for a in run.select("a") if str(a["href"]).endswith("/claims"))
    rows = soup_of(client.get(str(claims["href"])))
    usage = next(a for a in rows.select("td a") if str(a["href"]).startswith("/usages/"))
    assumption = next(a for a in rows.select("td a") if "/assumptions/" in str(a["href"]))
    assert client.get(str(usage["href"])).status_code == 200
    where, _, key = str(assumption["href"]).partition("#")
    assert soup_of(client.get(where)).find(id=key) is not None


@DEMO
def test_the_demo_tells_its_story(client: PageClient) -> None:
    found = {(row["part"], row["row"], row["figure"]): row["value"] for row in figures(client)}
    for name in ("GOV.UK Pay", "GOV.UK Notify"):
        assert found["most-used", name, "confirmed"] + found["most-used", name, "declared"] > 0
    for name in ("GOV.UK Verify", "GOV.UK Platform as a Service (PaaS)"):
        assert found["ending", name, "left"] == 0
        assert found["ending", name, "stopped"] > 0
        assert date.fromisoformat(found["ending", name, "ends_on"]).year == 2023
    assert found["platforms", "GOV.UK Notify", "confirmed"] > 0
    assert found["platforms", "GOV.UK Pay", "with_declared"] > 0
    assert found["platforms", "GOV.UK One Login", "with_declared"] < 0
    page = client.get("/leadership").text
    assert ("With declared use: costs more than it saves, as its users gain less than their share "
            "of what it costs") in page  # fmt: skip
    assert "Most users lose" not in page, "which is said of none"
    ended = {row["row"]: row["n"] for row in client.get("/reports/pipeline.json").json["items"]}
    assert ended["all confirmed"] and ended["all declared"] and ended["all none"] > 1
