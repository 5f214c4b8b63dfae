"""Where services stand by their assessments, and what their pages say of it."""

from __future__ import annotations

from datetime import date, timedelta
from pathlib import Path
from typing import NamedTuple

import pytest
from flask import Flask
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy.orm import Session

from portal.assessments.actions.report_services import About, decide
from portal.assessments.rules.timelines import current, failed_components, standing
from portal.assessments.words import AssessmentKind, Rating, Stage
from tests.interchange.commands import counts
from tests.support.accounts import act
from tests.support.data import add_service
from tests.support.pages import PageClient, soup_of
from tests.support.reports import fill, report, table, write
from tests.support.storefront import add_usage
from tests.support.transactions import RolledBackDatabase


class Held(NamedTuple):
    id: int
    stage: str
    kind: str
    held_on: date | None
    result: str
    component_slug: str | None = None


START = date(2014, 1, 1)
ROWS = st.lists(
    st.builds(
        Held,
        st.integers(1, 10**6),
        st.sampled_from([each.value for each in Stage]),
        st.sampled_from([each.value for each in AssessmentKind]),
        st.one_of(st.none(), st.integers(0, 900).map(lambda n: START + timedelta(days=n))),
        st.sampled_from([each.value for each in Rating]),
    ),
    unique_by=lambda row: row.id,
)


@given(ROWS)
def test_the_latest_rated_assessment_of_each_stage_says_it(rows: list[Held]) -> None:
    found = standing(rows)
    for stage, row in found.items():
        rated = [r for r in rows if r.stage == stage and r.result != "not_rated"]
        assert row.result != "not_rated"
        assert row.kind not in ("mock", "peer_review")
        later = [r for r in rated if (r.held_on or date.min) > (row.held_on or date.min)]
        assert {r.kind for r in later} <= {"mock", "peer_review"}
    now = current(rows)
    assert (now is None) == (not set(found) - {"unknown"})


def test_a_service_that_was_assessed_again_stands_by_the_last() -> None:
    first = Held(1, "beta", "assessment", START, "not_met")
    again = Held(2, "beta", "reassessment", START + timedelta(60), "met")
    mock = Held(3, "live", "mock", START + timedelta(90), "met")
    assert standing([again, mock, first]) == {"beta": again}
    assert current([first]) == first
    assert current([mock]) is None
    red = [Held(4, "live", "assessment", START, "not_met", "purse"), again._replace(
        component_slug="other")]  # fmt: skip
    assert failed_components(red) == red[:1]


@pytest.fixture
def there(app: Flask, session: Session, database: RolledBackDatabase, tmp_path: Path) -> None:
    fill(session, database)
    add_service(session, "quiet", owner="ministry")
    add_usage(session, "hire-a-boat", "fees", component="purse")
    session.commit()
    rows = [
        report("Hire a boat", date="5/6/2014", result="Not passed", rated=table(26, failed=(10,))),
        report("Hire a boat", date="5/9/2014", address="hire-a-boat-2", rated=table(26)),
        report("Purse", "MoB", "7/8/2015", "Live", "Not passed", rated=table(18, failed=(3,))),
    ]  # fmt: skip
    counts(app, "reports", write(tmp_path, rows))
    session.expire_all()


@pytest.mark.usefixtures("there")
def test_the_page_of_a_service_leads_to_its_timeline(
    client: PageClient, database: RolledBackDatabase
) -> None:
    page = soup_of(client.get("/services/hire-a-boat"))
    link = page.select_one('a[href="/services/hire-a-boat/assessments"]')
    assert link is not None
    assert link.text == "2 assessments that reports tell of"
    assert "Beta: reassessment" in link.parent.text
    assert "Passed" in link.parent.text
    assert "Assessments" not in client.get("/services/quiet").text
    timeline = soup_of(client.get("/services/hire-a-boat/assessments"))
    assert len(timeline.select("#timeline tbody tr")) == 2
    assert len(timeline.select("#standing tbody tr")) == 1
    assert len(timeline.select("#used tbody tr")) == 1
    assert "Purse, which it uses, did not pass" in timeline.text
    items = client.get("/services/hire-a-boat/assessments.json").get_json()["items"]
    assert [(i["result"], i["component"], i["points_not_met"]) for i in items] == [
        ("not_met", None, True), ("met", None, False), ("not_met", "purse", True),
    ]  # fmt: skip
    assert client.get("/services/hire-a-boat/assessments.csv").text.count("\n") == 4
    assert "No published report" in client.get("/services/quiet/assessments").text
    assert client.get("/services/nowhere/assessments").status_code == 404
    component = client.get("/components/purse")
    assert "1 assessment that reports tell of" in component.text
    own = soup_of(client.get("/components/purse/assessments"))
    assert len(own.select("#timeline tbody tr")) == 1
    assert client.get("/components/nowhere/assessments").status_code == 404
    # A decision moves it to another service at once.
    decide(database, "hire-a-boat-service-assessment", About(service="quiet"), act())
    assert "1 assessment that" in client.get("/services/quiet").text
    assert "1 assessment that" in client.get("/services/hire-a-boat").text
