"""The queues about reports: searched by words, counted by report, one decision after the other."""

from __future__ import annotations

from pathlib import Path

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select
from sqlalchemy.orm import Session

from portal.accounts import work
from portal.accounts.store import grants
from portal.catalogue.models.organisations import OrganisationMatch
from tests.interchange.commands import counts
from tests.support.accounts import act, other_browser, send, signed_in
from tests.support.pages import filled, soup_of
from tests.support.people import Somebody
from tests.support.queries import statements
from tests.support.reports import decider, fill, report, write
from tests.support.transactions import RolledBackDatabase

NAMES = ("Row home", "Row away", "Sink a boat")


@pytest.fixture
def team(app: Flask, session: Session, database: RolledBackDatabase, tmp_path: Path) -> FlaskClient:
    fill(session, database)
    rows = [
        report(name, f"House of {n}", "31/2/2015", stage="Gamma", result="Maybe")
        for n, name in enumerate(NAMES)
    ]
    counts(app, "reports", write(tmp_path, rows))
    session.expire_all()
    client = other_browser(app)
    signed_in(client, session, decider(session))
    return client


def after(client: FlaskClient, where: str) -> tuple[str, str]:
    """What the next page offers: (words, address)."""
    [link] = soup_of(client.get(where)).select(".govuk-notification-banner__link")
    return link.get_text(), str(link["href"])


def titles(client: FlaskClient, address: str) -> list[str]:
    return [
        str(th.get_text()).split(" - ")[0] for th in soup_of(client.get(address)).select("tbody th")
    ]


def test_reports_are_counted_not_doubts(team: FlaskClient) -> None:
    page = soup_of(team.get("/report-checks"))
    assert [row.select("li") != [] for row in page.select("#checks tbody tr")] == [True] * 3
    state = page.find("a", string=lambda text: text and "To be checked" in text)
    assert "(3)" in state.parent.get_text(), "three reports, of which each has several doubts"
    found = team.get("/report-checks.json?field=stage").get_json()
    assert found["count"] == 3
    assert [each["field"] for each in found["items"][0]["checks"]] == ["stage"]
    assert "stage: " in team.get("/report-checks.csv?q=sink").text
    assert titles(team, "/report-checks?q=ROW") == ["Row home", "Row away"]
    assert soup_of(team.get("/report-checks?q=ROW")).select_one("#q")["value"] == "ROW"
    assert "Nothing fits these filters" in team.get("/report-checks?q=zebra").text


def test_checks_one_after_the_other(team: FlaskClient) -> None:
    def check(address: str) -> str:
        page = team.get(address)
        boxes = [box["value"] for box in soup_of(page).select("[name=checks]")]
        chosen = {
            each["name"]: [o["value"] for o in each.select("option[selected]")]
            for each in soup_of(page).select("main form select")
        }
        answer = team.post(address, data={**filled(page), **chosen, "checks": boxes})
        assert answer.status_code == 303
        return str(answer.location)

    start = soup_of(team.get("/report-checks?state=open&q=row")).select("#checks a[href*=checks]")
    address = str(start[0]["href"])
    assert address.endswith("/checks?q=row&state=open")
    text, address = after(team, check(address))
    assert text == "Next: Row away - Service Assessment"
    text, address = after(team, check(address))
    assert (text, address) == ("Nothing else waits in this list", "/report-checks")


def test_services_one_after_the_other(team: FlaskClient) -> None:
    queue = "/report-services?state=waiting&q=row"
    assert titles(team, queue) == ["Row home", "Row away"]
    assert team.get("/report-services.json?q=row").get_json()["count"] == 2
    address = str(
        soup_of(team.get(queue)).select("#reports a[href*='/report-services/']")[1]["href"]
    )
    answer = team.post(address, data={**filled(team.get(address)), "about": "none"})
    text, address = after(team, str(answer.location))
    assert text == "Next: Row home - Service Assessment", "round to the first"
    answer = team.post(address, data={**filled(team.get(address)), "about": "none"})
    assert after(team, str(answer.location))[0] == "Nothing else waits in this list"


def test_names_one_after_the_other(team: FlaskClient, session: Session) -> None:
    assert titles(team, "/organisation-names?q=house")[0].startswith("House of 0")
    assert team.get("/organisation-names.json?q=house+2").get_json()["count"] == 1
    ids = list(session.scalars(select(OrganisationMatch.id).order_by(OrganisationMatch.id)))
    address = f"/organisation-names/{ids[0]}?q=house&state=waiting"
    answer = send(team, address, {"means": "none", "reason": "Nobody"})
    assert answer.headers["Location"] == "/organisation-names?q=house&state=waiting"
    text, address = after(team, answer.headers["Location"])
    assert text == "Next: House of 1"
    assert address == f"/organisation-names/{ids[1]}?q=house&state=waiting"


def test_what_waits_is_on_the_work_list(team: FlaskClient, session: Session) -> None:
    person = signed_in_person(session)
    found = {item.task: (item.href, item.detail) for item in work.items(session, person, act().day)}
    assert found["decide_report_service"] == ("/report-services?state=waiting", "3")
    assert found["check_report"] == ("/report-checks?state=open", "3")
    assert found["decide_name"] == ("/organisation-names?state=waiting", "3")
    nobody = Somebody((), id=person.id)
    tasks = {item.task for item in work.items(session, nobody, act().day)}
    assert not tasks & set(found)
    shown = soup_of(team.get("/work")).get_text(" ", strip=True)
    assert "Names of organisations" in shown


def signed_in_person(session: Session) -> Somebody:
    from portal.accounts.models.people import Person

    person = session.scalars(select(Person).where(Person.email == "decides@a.example")).one()
    return Somebody(tuple(grants.held(session, person.id, act().day)), id=person.id)


def test_queues_ask_little(team: FlaskClient, database: RolledBackDatabase) -> None:
    for address in ("/report-checks?q=row", "/report-services?q=row", "/organisation-names?q=a"):
        database.kept.clear()
        with statements(database) as sent:
            assert team.get(address).status_code == 200
        # Two of them say who is signed in.
        assert len(sent) <= 8, (address, sent)
