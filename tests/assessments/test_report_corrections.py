"""What a program read wrongly is corrected: names, organisations, links to others, the text."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from portal.assessments.models.assessments import Assessment, AssessmentOwner
from portal.assessments.models.counts import AssessmentCount
from portal.assessments.rules.report_texts import sections
from portal.audit import HistoryEvent
from portal.catalogue.models.organisations import OrganisationMatch
from portal.catalogue.words import MatchState
from portal.interchange.past_reports import parse
from tests.interchange.commands import counts
from tests.support.accounts import other_browser, signed_in
from tests.support.pages import filled, soup_of
from tests.support.reports import REPORTS, decider, fill, report, table, write
from tests.support.transactions import RolledBackDatabase

ROW, BOAT, AGAIN = (
    f"{name}-service-assessment" for name in ("row-home", "hire-a-boat", "hire-a-boat-again")
)


@pytest.fixture
def team(app: Flask, session: Session, database: RolledBackDatabase, tmp_path: Path) -> FlaskClient:
    fill(session, database)
    rows = [
        REPORTS[0],
        report("Row home", "Ministry - of Boats", "31/2/2015", result="Maybe", rated=table(26),
               text="They met Jane Bloggs, who rows.\n\n## Team\n\nIt has no designer."),
        report("Hire a boat again", date="1/9/2014", result="Pass"),
    ]  # fmt: skip
    counts(app, "reports", write(tmp_path, rows))
    session.expire_all()
    client = other_browser(app)
    signed_in(client, session, decider(session))
    return client


def sent(client: FlaskClient, slug: str, **said: Any) -> Any:
    address = f"/reports/{slug}/checks"
    return client.post(address, data={**filled_all(client, address), **said})


def filled_all(client: FlaskClient, address: str) -> dict[str, Any]:
    """The form as a browser would send it, its lists included."""
    page = client.get(address)
    chosen = {
        each["name"]: [o["value"] for o in each.select("option[selected]")]
        for each in soup_of(page).select("main form select")
    }
    return {**filled(page), **chosen}


def checks(client: FlaskClient, slug: str) -> dict[str, str]:
    said = client.get(f"/reports/{slug}.json").get_json()["to_check"]
    return {each["field"]: each["state"] for each in said}


def test_names_and_organisations(team: FlaskClient, session: Session) -> None:
    assert checks(team, ROW)["department"] == "open"
    wrong = sent(team, ROW, a1_name="", a1_owners="Ministry of Boats")
    assert wrong.status_code == 422
    assert "Enter the name that the report gives" in wrong.text
    assert soup_of(wrong).select_one("[name=a1_owners]").text.strip() == "Ministry of Boats"
    said = {"a1_name": "Row to your home", "a1_owners": "Ministry of Boats\nHouse of Oars"}
    assert sent(team, ROW, **said).status_code == 303
    session.expire_all()
    row = session.scalars(select(Assessment).where(Assessment.name == "Row to your home")).one()
    owners = session.execute(
        select(AssessmentOwner.published_name, AssessmentOwner.organisation_id.is_not(None))
        .where(AssessmentOwner.assessment_id == row.id)
        .order_by(AssessmentOwner.position)
    ).all()
    assert [tuple(each) for each in owners] == [
        ("Ministry of Boats", True), ("House of Oars", False),
    ]  # fmt: skip
    waits = session.scalars(
        select(OrganisationMatch.state).where(OrganisationMatch.published_name == "House of Oars")
    ).one()
    assert waits is MatchState.WAITING
    found = checks(team, ROW)
    assert found["department"] == "corrected"
    assert found["date"] == "open", "only the doubt about what was corrected is closed"
    history = team.get(f"/reports/{ROW}/history").text
    assert "Row to your home" in history
    assert "House of Oars" in history
    assert ROW in team.get("/reports?q=oars").text, "it is found by the name it has now"


def test_a_match_that_is_not_sure_any_more(team: FlaskClient, session: Session) -> None:
    row = session.scalars(select(Assessment).where(Assessment.name == "Hire a boat")).one()
    assert row.service_match == "sure"
    assert sent(team, BOAT, a1_name="Hire a ship").status_code == 303
    session.expire_all()
    assert (row.service_id, row.service_match) == (None, "waiting")
    assert BOAT in team.get("/report-services?state=waiting").text


def test_the_original(team: FlaskClient, session: Session) -> None:
    kind = {"a1_kind": "reassessment"}
    refused = sent(team, AGAIN, a1_again_of=f"/reports/{BOAT}")
    assert "Only a reassessment" in refused.text
    for wrong in ("zebra", "/reports/nothing", f"/reports/{AGAIN}"):
        answer = sent(team, AGAIN, **kind, a1_again_of=wrong)
        assert answer.status_code == 422, wrong
        assert soup_of(answer).select('.govuk-error-summary a[href="#a1_again_of"]'), wrong
    asked = soup_of(sent(team, AGAIN, **kind, a1_again_of="boat"))
    offered = [each["value"] for each in asked.select("[name=a1_which]")]
    assert f"{BOAT}.1" in offered
    assert not any(each.startswith(AGAIN) for each in offered), "never itself"
    said = {**kind, "a1_again_of": "boat", "a1_which": f"{BOAT}.1"}
    assert sent(team, AGAIN, **said).status_code == 303
    session.expire_all()
    first, second = session.scalars(
        select(Assessment).where(Assessment.name.like("Hire%")).order_by(Assessment.id)
    )
    assert second.again_of_id == first.id
    assert f"/reports/{BOAT}#assessment-1" in team.get(f"/reports/{AGAIN}/checks").text
    circle = sent(team, BOAT, **kind, a1_again_of=f"/reports/{AGAIN}")
    assert "cannot follow itself" in circle.text


def test_a_report_that_stands_twice(team: FlaskClient, session: Session) -> None:
    many = select(func.sum(AssessmentCount.many)).where(AssessmentCount.copy == 0)
    before = session.scalar(many)
    assert sent(team, AGAIN, same_as=f"/reports/{AGAIN}").status_code == 422, "not itself"
    assert sent(team, AGAIN, same_as=REPORTS[0]["title"]).status_code == 303
    session.expire_all()
    assert session.scalar(many) == (before or 0) - 1, "it counts once now"
    assert AGAIN not in team.get("/reports").text
    assert "repeats this one" in sent(team, BOAT, same_as=f"/reports/{ROW}").text
    assert sent(team, AGAIN, same_as="").status_code == 303
    session.expire_all()
    assert session.scalar(many) == before


def test_the_text(team: FlaskClient, session: Session) -> None:
    assert checks(team, ROW)["names"] == "open"
    said = filled_all(team, f"/reports/{ROW}/checks")
    [body] = said["body"]
    assert sent(team, ROW).status_code == 422, "nothing was changed by looking at it"
    assert sent(team, ROW, body=body.replace("who rows", "who sails")).status_code == 303
    shown = soup_of(team.get(f"/reports/{ROW}"))
    assert "who sails" in shown.get_text()
    assert [each.get_text(strip=True) for each in shown.select("h2, h3")].count("Team") == 1
    assert "Department" not in shown.select_one("#text, main").get_text().split("Team")[1]
    assert checks(team, ROW)["names"] == "corrected"
    event = session.scalars(select(HistoryEvent).where(HistoryEvent.tag == "report.checked")).one()
    assert "rows" not in str(event.before)
    assert "sails" not in str(event.after)
    assert "is not kept in the history" in team.get(f"/reports/{ROW}/history").text
    assert ROW in team.get("/reports?q=sails").text


def test_a_text_is_parted_as_it_was_read(app: Flask, tmp_path: Path) -> None:
    for desired in parse(Path(write(tmp_path))).desired:
        told = desired.fields
        assert sections(told["body"]) == told["verbatim"]["sections"]
