"""The pages of the pipeline report: figures, the assessments behind them, and what is kept back."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select
from sqlalchemy.orm import Session

from portal.access import Grant, Kind, Role
from portal.assessments.booking_words import ActionState, PanelBy, State
from portal.assessments.models.assessments import Report
from portal.assessments.models.bookings import BookingSession
from portal.assessments.models.drafting import Section
from portal.assessments.models.publishing import FollowUp
from portal.catalogue.models.organisations import Organisation
from portal.catalogue.models.services import Service
from portal.catalogue.views.base import today
from tests.reports.test_reuse_counts import confirm
from tests.store.test_usage_counts import start
from tests.support.accounts import add_person, signed_in
from tests.support.assessment_data import add_report, add_version
from tests.support.bookings import book
from tests.support.data import ACT, add_organisation
from tests.support.pages import PageClient, soup_of
from tests.support.queries import statements
from tests.support.storefront import add_usage
from tests.support.transactions import RolledBackDatabase

HERE, LIST, AHEAD = (f"/reports/pipeline{end}" for end in ("", "/assessments", "/coming-up"))
HELD = date(2025, 3, 3)


@pytest.fixture
def some(app: Flask, session: Session) -> Session:
    """Six assessments: one service has confirmed use, one declares some, and of one report nobody
    knows the service. One was published here, with open actions.
    """
    start(session)
    add_organisation(session, "office", parent="agency", kind="agency")
    version = add_version(session, "standard", 1, "Users", "Team")
    bodies = {o.slug: o.id for o in session.scalars(select(Organisation))}
    services = {s.slug: s.id for s in session.scalars(select(Service))}
    add_usage(session, "s-0", "fees", component="purse", since="2024-06-01")
    add_usage(session, "s-1", "fees", component="purse", since="2024-06-01")
    add_usage(session, "s-2", "fees", component="purse", since="2025-06-01")
    confirm(session, "s-0", date(2024, 8, 1))
    for number, (service, stage, result, body) in enumerate((
        ("s-0", "alpha", "met", "office"), ("s-0", "beta", "met", "office"),
        ("s-1", "alpha", "not_met", "agency"), ("s-2", "alpha", "met", "agency"),
        (None, "alpha", "met", "agency"), ("s-2", "beta", "not_rated", "agency"),
    )):  # fmt: skip
        ratings = {1: "met", 2: "not_met" if result == "not_met" else "met"}
        add_report(
            session, f"Report {number}", version, stage, result, ratings, owner=body, on=HELD,
            organisation_id=bodies[body], service_id=services[service] if service else None,
        )  # fmt: skip
    session.query(Report).update({"published_on": None})
    first = session.scalars(select(Report).where(Report.slug == "report-0")).one()
    first.published_on = date(2025, 3, 17)
    _open(session, first.id, services["s-0"])
    session.commit()
    return session


def _open(session: Session, report_id: int, service_id: int) -> None:
    """Two actions that are open, one of a draft that is not published."""
    for state, of in ((State.PUBLISHED, report_id), (State.TEAM_REVIEW, None)):
        booking = book(session, service_id, reference=f"TST-{state[:4]}", state=state, report_id=of)
        section = Section(booking_id=booking.id, number=2, verbatim="Amber",
                          rating="met_with_conditions", edited_at=ACT.at,
                          edited_by="command:test")  # fmt: skip
        session.add(section)
        session.flush()
        session.add(FollowUp(
            booking_id=booking.id, section_id=section.id, text="Do it", edited_at=ACT.at,
            due_on=today() - timedelta(days=40), state=ActionState.OPEN,
        ))  # fmt: skip


def rows(client: PageClient, address: str) -> dict[tuple[str, str], dict[str, Any]]:
    found = client.get(address).get_json()["items"]
    return {(row["table"], row["row"]): row for row in found}


def test_the_figures(some: Session, client: PageClient) -> None:
    found = rows(client, f"{HERE}.json")
    time = found["time", "2025-q1"]
    assert (time["n"], time["median_working_days"], time["p90_working_days"]) == (1, 10, 10)
    assert found["points", "standard-1.2"]["not_met"] == 1
    assert found["points", "standard-1.2"]["n"] == 5
    assert found["open_actions", "overdue_month"]["met_with_conditions"] == 1
    assert sum(row["n"] for (table, _row), row in found.items() if table == "open_actions") == 1
    reuses = found["reuse", "all confirmed"]
    assert (reuses["n"], reuses["share_passed"]) == (2, 1.0)
    assert 0.34 < reuses["interval_low"] < 0.35
    assert (found["reuse", "alpha first declared"]["n"], found["reuse", "all none"]["n"]) == (1, 1)
    said = client.get(f"{HERE}.json").get_json()
    assert (said["assessments"], said["not_compared"], said["standard"]) == (6, 1, "standard-1")
    assert (said["without_time"], said["answer"]) == (5, "few")
    assert client.get(f"{HERE}.csv").text.startswith("table,row,name,n,met")


def test_filters_narrow_every_figure(some: Session, client: PageClient) -> None:
    for query, many, rated in (
        ("organisation=agency", 6, 5), ("organisation=office", 2, 2), ("stage=beta", 2, 1),
        ("kind=mock", 0, 0), ("period=2025-q1", 6, 5), ("period=2025", 6, 5), ("period=2024", 0, 0),
        ("organisation=office&period=2025-q1&stage=alpha&kind=assessment", 1, 1),
    ):  # fmt: skip
        found = client.get(f"{HERE}.json?{query}").get_json()
        assert found["assessments"] == many, query
        points = [row["n"] for row in found["items"] if row["row"] == "standard-1.1"]
        assert points == ([rated] if rated else []), query
    assert "No published assessment fits" in client.get(f"{HERE}?kind=mock").text
    strange = "?period=x&stage=y&organisation=z&standard=q&colour=red"
    assert "period=x" in client.get(f"{HERE}{strange}").text
    assert client.get(f"{HERE}.json{strange}").status_code == 400


def test_every_figure_opens_to_as_many_assessments(some: Session, client: PageClient) -> None:
    page = soup_of(client.get(f"{HERE}?period=2025"))
    links = [a for a in page.select("main a") if str(a["href"]).startswith(LIST)]
    for wanted in ("published=known", "published=unknown", "use=unknown", "ended=passed", "open="):
        assert any(wanted in str(link["href"]) for link in links), wanted
    for link in links:
        shown = int(next(iter(link.stripped_strings)).split()[0])
        address = str(link["href"]).replace(LIST, f"{LIST}.json", 1)
        found = client.get(address).get_json()
        many = [row["open_actions"] for row in found["items"]]
        assert (sum(many) if "open=" in address else found["count"]) == shown, address
    for cell in page.select("#time-table td:nth-of-type(1), #reuse-table td:nth-of-type(-n+2)"):
        assert cell.find("a") or cell.text == "0", cell
    listed = client.get(f"{LIST}?use=confirmed&stage=alpha")
    assert "Shared on the day: Confirmed use of a shared component" in listed.text
    assert client.get(f"{LIST}.csv?published=2025-q1").text.count("\n") == 2


def test_the_list_leads_on_and_tells_what_it_does_not_know(
    some: Session, client: PageClient
) -> None:
    version = add_version(some, "standard", 2, "Users")
    for n in range(55):
        add_report(some, f"More {n}", version, on=HELD - timedelta(days=n))
    some.commit()
    page = soup_of(client.get(LIST))
    onward = page.select_one("a[rel=next]")
    assert onward is not None
    names = [a.text for a in page.select("tbody th a")]
    more = [a.text for a in soup_of(client.get(str(onward["href"]))).select("tbody th a")]
    assert len(names) == 50 and len(more) == 11 and not set(names) & set(more)
    strange = "published=x&point=x&after=x&held=x&use=x&open=x&rating=x&result=x&ended=x"
    assert "published=x" in client.get(f"{LIST}?{strange}").text
    assert client.get(f"{LIST}.json?{strange}").status_code == 400
    known = soup_of(client.get(f"{LIST}?published=unknown&use=unknown&ended=passed&point=x-9.1"))
    chosen = "".join(a.text for a in known.select(".portal-chosen a, main a"))
    assert "it is not known how long it took" in chosen and "x-9, point 1" in chosen
    both = "held=first&point=standard-1.2&open=overdue_month&rating=met_with_conditions&result=met"
    assert "No published assessment fits" in client.get(f"{LIST}?{both}").text


def test_the_first_reader_asks_few_questions(
    some: Session, client: PageClient, database: RolledBackDatabase
) -> None:
    for address in (HERE, f"{HERE}?organisation=agency&period=2025-q1", f"{LIST}?use=confirmed"):
        database.kept.clear()
        with statements(database) as sent:
            assert client.get(address).status_code == 200
        assert len(sent) <= 8, (address, sent)


def test_nothing_is_published_yet(client: PageClient) -> None:
    assert "No report of an assessment is published yet" in client.get(HERE).text
    assert "No report of an assessment is published yet" in client.get(LIST).text
    assert rows(client, f"{HERE}.json").keys() == {
        ("open_actions", age) for age in ("not_due", "overdue", "overdue_month", "overdue_quarter")
    }


def test_what_is_booked_is_for_those_who_run_it(
    some: Session, app: Flask, client: PageClient
) -> None:
    before = client.get(f"{HERE}.json").get_json()
    soon = today() + timedelta(days=9)
    of = {o.slug: o.id for o in some.scalars(select(Organisation))}
    service = some.scalars(select(Service.id).where(Service.slug == "s-1")).one()
    for n, (state, day) in enumerate(
        ((State.PANEL_READY, soon), (State.SUBMITTED, None), (State.DRAFT, soon))
    ):
        booking = book(some, service, reference=f"NEW-{n}", name=f"Secret {n}", state=state,
                       organisation_id=of["agency"], panel_by=PanelBy.ORGANISATION)  # fmt: skip
        if day:
            some.add(BookingSession(booking_id=booking.id, held_on=day, starts="10:00",
                                    minutes=60))  # fmt: skip
    some.commit()
    assert client.get(f"{HERE}.json").get_json() == before
    assert client.get(AHEAD).status_code == 302
    signed_in(client, some, add_person(some))
    assert client.get(AHEAD).status_code == 403
    mine = Grant(Role.ASSURANCE_TEAM, Kind.ORGANISATION, of["agency"])
    signed_in(client, some, add_person(some, "ann@a.example", mine))
    page = client.get(AHEAD).text
    assert "Secret 0" in page and "Secret 1" in page and "Secret 2" not in page
    assert [row["reference"] for row in client.get(f"{AHEAD}.json").get_json()["items"]] == [
        "NEW-0", "NEW-1",
    ]  # fmt: skip
    assert client.get(f"{AHEAD}.csv?month={soon:%Y-%m}&organisation=agency").text.count("\n") == 2
    monday = soon - timedelta(days=soon.weekday())
    assert "Secret 1" not in client.get(f"{AHEAD}?week={monday}").text
    assert "Secret 0" not in client.get(f"{AHEAD}?month=none&stage=beta").text
    assert "Nothing fits" in client.get(f"{AHEAD}?kind=mock").text
    assert client.get(f"{AHEAD}.json?week=2020-01-06&period=2025").status_code == 400
