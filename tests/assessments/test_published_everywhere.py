"""What the portal publishes itself stands in all lists and figures beside what was imported."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select
from sqlalchemy.orm import Session

from portal.assessments.actions.booking_steps import step
from portal.assessments.booking_words import Move, State
from portal.assessments.models.assessments import Assessment
from portal.assessments.models.standards import Standard, StandardVersion
from portal.assessments.store import counts as kept_counts
from portal.catalogue.models.services import Service
from tests.interchange.commands import counts
from tests.support.accounts import act
from tests.support.held import held
from tests.support.pages import PageClient, soup_of
from tests.support.reports import fill, report, table, write
from tests.support.transactions import RolledBackDatabase

VERSION = "service-standard-3"
FIGURES = "/reports/statistics"
FIRST, AGAIN = "hire-a-boat-beta-assessment-2026-03-10", "hire-a-boat-beta-reassessment-2026-05-12"
IMPORTED = "row-home-service-assessment"
RATED = dict.fromkeys(range(1, 15), "met")


@pytest.fixture
def there(app: Flask, session: Session, database: RolledBackDatabase, tmp_path: Path) -> None:
    """One imported report against the 14 points, one held here that did not pass, and one after."""
    fill(session, database)
    rows = [report("Row home", date="5/6/2020", rated=table(14, failed=(3,)),
                   text="The Purse service takes the fees.")]  # fmt: skip
    file = write(tmp_path, rows)
    counts(app, "documents", file, "--reports")
    counts(app, "reports", file)
    session.expire_all()
    version = session.scalars(
        select(StandardVersion).join(Standard, Standard.id == StandardVersion.standard_id)
        .where(Standard.slug == "service-standard", StandardVersion.number == 3)
    ).one()  # fmt: skip
    service = session.scalars(select(Service).where(Service.slug == "hire-a-boat")).one()

    def publish(**said: Any) -> None:
        case = held(session, State.READY_TO_PUBLISH, version=version, service=service, **said)
        url = "https://portal.a.example"
        step(database, case.reference, case.version, Move.PUBLISH, case.assurance, act(), url)
        session.expire_all()

    publish(
        ratings={**RATED, 3: "not_met", 5: "met_with_conditions"}, result="not_met",
        result_verbatim="Red", texts={1: "The Purse service should take the fees."},
    )  # fmt: skip
    first = session.scalars(select(Assessment).where(Assessment.name == "Hire a boat")).one()
    publish(
        ratings=RATED, result="met", result_verbatim="Green", kind="reassessment",
        again_of_id=first.id, reference="TST-6789", held_on=date(2026, 5, 12),
    )  # fmt: skip


@pytest.mark.usefixtures("there")
def test_each_facet_feed_and_file_has_it(client: PageClient) -> None:
    for query, wanted in (
        ("", {FIRST, AGAIN, IMPORTED}),
        ("?organisation=ministry", {FIRST, AGAIN, IMPORTED}),
        ("?stage=beta", {FIRST, AGAIN, IMPORTED}),
        ("?stage=alpha", set[str]()),
        ("?result=not_met", {FIRST}),
        ("?kind=reassessment", {AGAIN}),
        ("?year=2026", {FIRST, AGAIN}),
        (f"?standard={VERSION}", {FIRST, AGAIN, IMPORTED}),
        (f"?point={VERSION}.3&rating=not_met", {FIRST, IMPORTED}),
        (f"?point={VERSION}.5&rating=met_with_conditions", {FIRST}),
        ("?component=purse", {FIRST, IMPORTED}),
        ("?component=purse&year=2026&result=not_met", {FIRST}),
        ("?q=hire", {FIRST, AGAIN}),
    ):
        page = client.get(f"/reports{query}")
        found = {a["href"].split("/")[-1] for a in soup_of(page).select(".portal-result h3 a")}
        assert found == wanted, query
        assert f">{len(wanted)} assessment" in page.text or not wanted, query
        items = client.get(f"/reports.json{query}").get_json()["items"]
        assert {item["report"] for item in items} == wanted, query
        for ending in (".csv", ".atom"):
            text = client.get(f"/reports{ending}{query}").text
            assert {slug for slug in (FIRST, AGAIN, IMPORTED) if slug in text} == wanted, query
    page = soup_of(client.get("/reports"))
    facets = " ".join(page.select_one("#filter").parent.text.split())
    for said in ("Beta (3)", "Not passed (1)", "Reassessment (1)", "2026 (2)"):
        assert said in facets, facets
    [item] = client.get("/reports.json?kind=reassessment").get_json()["items"]
    assert (item["service"], item["standard"], item["held_on"], item["organisations"]) == (
        "hire-a-boat", VERSION, "2026-05-12", ["ministry"],
    )  # fmt: skip


@pytest.mark.usefixtures("there")
def test_each_figure_has_it_with_its_denominator(client: PageClient, session: Session) -> None:
    assert kept_counts.kept(session) == kept_counts.counted(session) != {}

    def of(sub: str = "") -> list[dict[str, Any]]:
        found = client.get(f"{FIGURES}{sub}.json?standard={VERSION}").get_json()["items"]
        assert isinstance(found, list)
        return found

    [beta] = of()
    assert (beta["stage"], beta["rated"], beta["met"], beta["not_met"]) == ("beta", 3, 2, 1)
    text = soup_of(client.get(f"{FIGURES}?standard={VERSION}")).get_text(" ", strip=True)
    assert "2 of 3" in text
    assert {(y["year"], y["rated"]) for y in of("/years")} == {(2020, 1), (2026, 2)}
    points = {p["number"]: p for p in of("/points")}
    assert (points[3]["rated"], points[3]["not_met"]) == (3, 2)
    assert points[5]["met_with_conditions"] == 1
    [body] = of("/organisations")
    assert (body["organisation_slug"], body["rated"]) == ("ministry", 3)
    first, again = of("/reassessments")
    assert (first["not_passed_first"], first["assessed_again"], first["passed_then"]) == (1, 1, 1)
    assert (first["rated"], first["met"]) == (2, 1), "first time"
    assert (again["held"], again["rated"], again["met"]) == ("again", 1, 1)
