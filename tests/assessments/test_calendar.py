"""The calendar as a list, by months and as a feed; and how assessments are held."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any
from urllib.parse import urlsplit

import pytest
from flask import Flask
from flask.testing import FlaskClient
from icalendar import Calendar
from sqlalchemy.orm import Session

from portal import clock
from portal.access import Grant, Kind, Role
from portal.accounts.models.people import Person
from portal.assessments.booking_words import State
from portal.assessments.models.bookings import BookingSession
from portal.assessments.store import booking_settings
from portal.audit import london_day
from portal.catalogue.store import organisations
from portal.web.people import as_person
from tests.support.accounts import add_person, send
from tests.support.bookings import ASSURANCE, REFERENCE, book, team_of
from tests.support.data import add_organisation, add_service
from tests.support.pages import PageClient, filled, soup_of
from tests.support.people import Somebody

TODAY = london_day(clock.now())
DAY = TODAY + timedelta(days=40)
MONTH = f"/assessments/calendar/{DAY:%Y-%m}"
OTHER = "TST-9999"


def held(starts: str = "09:30", on: date = DAY, place: str = "Boat House") -> list[BookingSession]:
    return [BookingSession(held_on=on, starts=starts, minutes=120, place=place, agenda="Secretly")]


@pytest.fixture
def service(session: Session) -> int:
    add_organisation(session, "ministry")
    made = add_service(session, "hire-a-boat", owner="ministry").id
    bike = add_service(session, "hire-a-bike", owner="ministry").id
    state = {"state": State.ACCEPTED, "held_on": DAY}
    book(session, made, sessions=held(), **state)
    book(session, bike, reference=OTHER, name="Hire a bike", confidential=True,
         sessions=held("14:00", place="Bike House"), **state)  # fmt: skip
    book(session, made, reference="TST-8888", name="Row a boat", state=State.WITHDRAWN,
         sessions=held("16:00"))  # fmt: skip
    session.commit()
    return made


def test_everybody_sees_their_own_sessions(app: Flask, client: PageClient, service: int) -> None:
    assert client.get("/assessments/calendar").status_code == 302
    for somebody, boat, bike in (
        (team_of(service), True, False), (ASSURANCE, True, True), (Somebody(), False, False),
    ):  # fmt: skip
        with as_person(app, somebody):
            for page in ("/assessments/calendar", MONTH, "/assessments/calendar.csv",
                         "/assessments/calendar.json"):  # fmt: skip
                text = client.get(page).text
                assert ("Hire a boat" in text) == boat, page
                assert ("Hire a bike" in text) == bike, page
                assert "Row a boat" not in text, "it is withdrawn"
            one = client.get("/assessments/calendar.json").json["items"]
            assert len(one) == boat + bike


def test_addresses_of_the_calendar(app: Flask, client: PageClient, service: int) -> None:
    with as_person(app, ASSURANCE):
        assert client.get("/assessments/calendar/2026-13").status_code == 404
        assert "Christmas Day" in client.get("/assessments/calendar/2026-12").text
        page = client.get("/assessments/calendar?after=x&colour=red").text
        assert "after" in page and "colour" in page
        assert client.get("/assessments/calendar.json?colour=red").status_code == 400
        assert "/assessments/calendar" in client.get("/assessments").text


def address_in(answer: Any) -> str:
    [code] = soup_of(answer).select("code")
    return urlsplit(code.get_text()).path


def feed_of(client: FlaskClient, address: str) -> tuple[Any, str]:
    answer = client.get(address)
    return answer, answer.get_data(as_text=True) if answer.status_code == 200 else ""


def test_a_feed_is_its_keepers(
    app: Flask, client: PageClient, session: Session, service: int
) -> None:
    mine = Grant(Role.ASSURANCE_TEAM, Kind.PORTAL, 0)
    keeper: Person = add_person(session, "runs@a.example", mine)
    session.commit()
    page = "/assessments/calendar/address"
    with as_person(app, Somebody((mine,), id=keeper.id)):
        assert "You have no address yet" in client.get(page).text
        made = send(client, page, {"make": "y"}, page=page)
        address = address_in(made)
        assert address not in client.get(page).text, "it is shown once"
    program = app.test_client()  # without a cookie, as calendar programs are
    answer, text = feed_of(program, address)
    assert answer.headers["Cache-Control"] == "private, no-store"
    assert answer.mimetype == "text/calendar"
    events = {str(e["summary"]): e for e in Calendar.from_ical(text).walk("VEVENT")}
    assert set(events) == {f"{REFERENCE}: Hire a boat", OTHER}
    boat = events[f"{REFERENCE}: Hire a boat"]
    assert boat["dtstart"].dt.strftime("%Y-%m-%d %H:%M") == f"{DAY} 09:30"
    assert (boat["dtend"].dt - boat["dtstart"].dt) == timedelta(hours=2)
    assert str(boat["location"]) == "Boat House" and boat["status"] == "TENTATIVE"
    for word in ("bike", "Bike House", "Secretly"):
        assert word not in text, "no word of a confidential one, and no agenda"
    with as_person(app, Somebody((mine,), id=keeper.id)):
        again = send(client, page, {"make": "y"}, page=page)
        newer = address_in(again)
        assert feed_of(client, newer)[0].status_code == 200
    assert feed_of(client, address)[0].status_code == 404, "it was replaced"
    keeper.deactivated_at = clock.now()
    session.commit()
    assert feed_of(client, newer)[0].status_code == 404, "the account is closed"
    keeper.deactivated_at = None
    session.commit()
    with as_person(app, Somebody((mine,), id=keeper.id)):
        assert send(client, page, {"withdraw": "y"}, page=page).status_code == 303
    assert feed_of(client, newer)[0].status_code == 404


def test_settings_say_what_holds_and_from_where(
    app: Flask, client: PageClient, session: Session, service: int
) -> None:
    portal, own = "/assessment-settings", "/organisations/ministry/assessment-settings"
    with as_person(app, team_of(service)):
        assert client.get(portal).status_code == 403 == client.get(own).status_code
        assert "assessment-settings" not in client.get("/organisations/ministry").text
    with as_person(app, ASSURANCE):
        assert own in client.get("/organisations/ministry").text
        assert portal in client.get("/assessments").text
        page = client.get(portal)
        assert "What the portal assumes" in page.text
        data = filled(page) | {"report_days": "7", "weekdays": ["1", "2"]}
        assert send(client, portal, {**data, "report_days": "99"}, page=portal).status_code == 422
        assert send(client, portal, {**data, "lead_weeks": "20"}, page=portal).status_code == 422
        assert send(client, portal, data, page=portal).status_code == 303
        stale = send(client, portal, data | {"report_days": "8"}, page=portal)
        assert stale.status_code == 422 and "since you opened it" in stale.text
        page = client.get(own)
        assert "Said for the whole portal" in page.text and "Monday, Tuesday" in page.text
        data = filled(page) | {"nation": "scotland", "earlier_lead": "no"}
        assert send(client, own, data, page=own).status_code == 303
        assert "Said here" in client.get(own).text
    body = organisations.by_slug(session, "ministry").id
    held_now = booking_settings.held_by(session, body)
    assert (held_now.report_days, held_now.nation, held_now.earlier_lead) == (7, "scotland", False)
