"""The list of bookings, one booking, its moves and its history: who is shown what."""

from __future__ import annotations

import pytest
from flask import Flask
from sqlalchemy.orm import Session

from portal.accounts.words import Profession
from portal.assessments.booking_words import Declaration, SeatRole, State
from portal.assessments.models.bookings import Booking
from portal.assessments.store import bookings
from portal.web.people import as_person
from tests.support.accounts import send
from tests.support.bookings import (
    ASSURANCE,
    REFERENCE,
    book,
    person,
    seat,
    team_of,
    with_account,
)
from tests.support.data import add_service
from tests.support.pages import PageClient, soup_of
from tests.support.people import Somebody

PAGE = f"/assessments/{REFERENCE}"


@pytest.fixture
def booked(session: Session) -> Booking:
    return book(session, add_service(session, "hire-a-boat").id, state=State.SUBMITTED)


def test_whoever_is_nothing_to_a_booking_is_told_that_there_is_none(
    app: Flask, client: PageClient, session: Session, booked: Booking
) -> None:
    there, not_there = client.get(PAGE), client.get("/assessments/ZZZ-9999")
    assert there.headers["Location"].startswith("/sign-in?")
    assert not_there.headers["Location"].startswith("/sign-in?")
    with as_person(app, Somebody()):
        for page in (PAGE, f"{PAGE}.json", f"{PAGE}/history", f"{PAGE}/moves/withdraw"):
            assert client.get(page).status_code == 404
        assert REFERENCE not in client.get("/assessments").text
        assert client.get("/assessments.json").json["items"] == []
    for known in (ASSURANCE, team_of(booked.service_id or 0)):
        with as_person(app, known):
            assert client.get(PAGE).status_code == 200
            assert REFERENCE in client.get("/assessments").text
            assert REFERENCE in client.get("/assessments.csv").text


@pytest.mark.parametrize("declaration", list(Declaration))
def test_the_panel_sees_it_unless_a_conflict_stands(
    app: Flask, client: PageClient, session: Session, booked: Booking, declaration: Declaration
) -> None:
    somebody = person(session, "Assessor One", Profession.DESIGN)
    seat(session, booked, somebody.id, SeatRole.LEAD, declaration=declaration)
    with as_person(app, with_account(somebody.id)):
        seen = client.get(PAGE).status_code == 200
        assert seen == (declaration is not Declaration.CONFLICT)
        assert (REFERENCE in client.get("/assessments").text) == seen


def test_a_move_is_asked_for_with_its_reason_and_told(
    app: Flask, client: PageClient, session: Session, booked: Booking
) -> None:
    page = f"{PAGE}/moves/reject"
    with as_person(app, team_of(booked.service_id or 0)):
        assert client.get(page).status_code == 403
    with as_person(app, ASSURANCE):
        shown = soup_of(client.get(PAGE)).select_one("main")
        [main] = shown.select(".govuk-button-group a[role=button]")
        assert (main["href"], main["class"]) == (f"{PAGE}/accept", ["govuk-button"])
        quiet = {each["href"]: each.text for each in shown.select("ul a.govuk-link")}
        assert quiet[page] == "Reject the booking" and f"{PAGE}/moves/withdraw" in quiet
        answer = send(client, page, {"reason": " ", "version": "1"}, page=page)
        assert answer.status_code == 422 and "Enter a reason" in answer.text
        stale = send(client, page, {"reason": "Too early", "version": "0"}, page=page)
        assert stale.status_code == 422 and "changed since you opened it" in stale.text
        answer = send(client, page, {"reason": "Too early", "version": "1"}, page=page)
        assert answer.headers["Location"] == PAGE
        session.expire_all()
        assert bookings.row_of(session, REFERENCE).state is State.REJECTED
        assert client.get(page).status_code == 404, "it cannot be done twice"
        said = soup_of(client.get(f"{PAGE}/history")).text
        assert "Too early" in said and "Rejected" in said
        assert "Too early" in client.get(f"{PAGE}/history.csv").text


def test_the_list_is_filtered_by_its_address(
    app: Flask, client: PageClient, session: Session, booked: Booking
) -> None:
    with as_person(app, ASSURANCE):
        assert REFERENCE in client.get("/assessments?state=submitted&stage=beta").text
        page = client.get("/assessments?state=draft&colour=red&stage=x").text
        assert "No assessment matches" in page and "colour" in page
        assert client.get("/assessments.json?colour=red").status_code == 400
        row = client.get("/assessments.json?service=hire-a-boat").json["items"][0]
        assert row["reference"] == REFERENCE and row["state"] == "submitted"


def test_an_invited_person_and_an_observer_read_no_history(
    app: Flask, client: PageClient, session: Session, booked: Booking
) -> None:
    somebody = person(session, "Assessor One", Profession.DESIGN)
    seat(session, booked, somebody.id, declaration=Declaration.WAITING)
    with as_person(app, with_account(somebody.id)):
        page = client.get(PAGE)
        assert page.status_code == 200 and "/history" not in page.text
        assert client.get(f"{PAGE}/history").status_code == 403
        assert client.get(f"{PAGE}/history.csv").status_code == 403


def test_a_booking_and_its_history_as_files(
    app: Flask, client: PageClient, session: Session, booked: Booking
) -> None:
    with as_person(app, ASSURANCE):
        said = client.get(f"{PAGE}.json").json
        assert said["reference"] == REFERENCE and said["service"] == "hire-a-boat"
        assert REFERENCE in client.get(f"{PAGE}.csv").text
        events = client.get(f"{PAGE}/history.json").json["items"]
        assert {"field": "State", "after": "Submitted"}.items() <= next(
            row for row in events if row["field"] == "State"
        ).items()
