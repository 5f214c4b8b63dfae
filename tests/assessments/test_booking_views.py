"""Pages of a booking: whether one is needed, the task list, what the assurance team decides."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest
from flask import Flask
from sqlalchemy.orm import Session

from portal import clock
from portal.accounts.words import Profession
from portal.assessments.booking_words import PanelBy, State
from portal.assessments.models.bookings import Booking, BookingSession
from portal.assessments.rules import weeks
from portal.assessments.rules.booking_settings import HeldHow
from portal.assessments.store import bookings
from portal.audit import london_day
from portal.web.people import as_person
from tests.support.accounts import send
from tests.support.assessment_data import add_version
from tests.support.bookings import ASSURANCE, REFERENCE, book, person, seat, team_of, with_account
from tests.support.data import add_organisation, add_service
from tests.support.pages import PageClient, filled, soup_of
from tests.support.people import Somebody
from tests.support.storefront import add_capability, add_component

PAGE = f"/assessments/{REFERENCE}"
TODAY = london_day(clock.now())
WEEK = next(week for week in weeks.bookable(TODAY, HeldHow()) if week.days)


@pytest.fixture
def service(session: Session) -> int:
    add_organisation(session, "ministry")
    add_version(session, "service-standard", 3, "One", "Two")
    made = add_service(
        session, "hire-a-boat", owner="ministry", transactional=True, audiences=["internal"]
    )
    session.commit()
    return made.id


def date_parts(name: str, day: date | None) -> dict[str, Any]:
    parts = (day.day, day.month, day.year) if day else ("", "", "")
    return dict(zip((f"{name}-{p}" for p in ("day", "month", "year")), parts, strict=True))


ANSWERS: dict[str, dict[str, Any]] = {
    "assessed": {"stage": "beta", "kind": "assessment"},
    "about": {"name": "Llogi cwch", "purpose": "Ŵ " * 200},
    "users": {"told": "yes"},
    "project-code": {"known": "yes", "project_code": "ab 1"},
    "confidential": {"confidential": "no"},
    "dates": {
        **date_parts("discovery_on", date(2025, 1, 2)), "phase_end_known": "no",
        **date_parts("phase_start", date(2026, 2, 3)),
    },
    "weeks": {"weeks": [WEEK.value]},
    "people": {
        "senior_responsible_owner_name": "Owner One", "service_owner_name": "Owner Two",
        "delivery_manager_name": "Manager One", "delivery_manager_email": "m@a.example",
    },
    "artefacts": {},
    "access-needs": {"access_needs": "Captions"},
}  # fmt: skip
WRONG: list[tuple[str, dict[str, Any], str]] = [
    ("assessed", {"stage": "discovery", "kind": "assessment"}, "A discovery has a peer review"),
    ("assessed", {"stage": "beta", "kind": "amber_review"}, "Select the assessment"),
    ("about", {"name": "X", "purpose": "x" * 501}, "500 characters or fewer"),
    ("project-code", {"known": "yes"}, "Enter the project code"),
    ("weeks", {}, "Select at least one week"),
    ("weeks", {"weeks": ["2020-01-06"]}, "Select at least one week"),
    ("people", {"service_owner_name": "A", "service_owner_email": "nothing"},
     "Enter the name of the senior responsible owner"),
    ("dates", {**date_parts("discovery_on", TODAY + timedelta(1)), "phase_end_known": "no",
               **date_parts("phase_start", TODAY)}, "today or earlier"),
    ("dates", {**date_parts("discovery_on", TODAY), "phase_end_known": "no",
               **date_parts("phase_start", TODAY), **date_parts("phase_end", TODAY)},
     "Leave the day empty"),
    ("dates", {**date_parts("discovery_on", TODAY), "phase_end_known": "yes",
               **date_parts("phase_start", TODAY)}, "Enter the day on which the phase ends"),
]  # fmt: skip


def now(session: Session, reference: str) -> Booking:
    session.expire_all()
    return bookings.by_reference(session, reference)


def answer(client: PageClient, session: Session, here: str, task: str, data: dict[str, Any]) -> Any:
    page = f"{here}/booking/{task}"
    version = now(session, here.rpartition("/")[2]).version
    return send(client, page, {**data, "version": str(version)}, page=page)


def test_whether_it_is_needed(app: Flask, client: PageClient, service: int) -> None:
    page = "/services/hire-a-boat/assessment-needed"
    visitor = client.get(page).text
    assert "Yes, it needs an assessment" in visitor and "Sign in to book" in visitor
    assert "/services/hire-a-boat/propose/transactions" in visitor, "it is not known"
    with as_person(app, team_of(service)):
        assert "/services/hire-a-boat/edit/transactions" in client.get(page).text
        assert "/services/hire-a-boat/assessments/book" in client.get(page).text
    with as_person(app, Somebody()):
        assert "assessments/book" not in client.get(page).text
    assert page in client.get("/services/hire-a-boat").text
    assert client.get("/services/none/assessment-needed").status_code == 404


def test_a_components(app: Flask, client: PageClient, session: Session, service: int) -> None:
    add_capability(session, "payments")
    add_capability(session, "fees", "payments")
    add_component(session, "purse", "fees")
    session.commit()
    page = client.get("/components/purse/assessment-needed").text
    assert "Something runs behind it" in page
    assert "/components/purse/assessment-needed" in client.get("/components/purse").text
    with as_person(app, Somebody()):
        assert client.get("/components/purse/assessments/book").status_code == 403


def test_a_team_books(app: Flask, client: PageClient, session: Session, service: int) -> None:
    begin = "/services/hire-a-boat/assessments/book"
    with as_person(app, team_of(service)):
        here = send(client, begin, {}, page=begin).headers["Location"].removesuffix("/booking")
        reference = here.rpartition("/")[2]
        assert "Cannot start yet" in client.get(f"{here}/booking").text
        assert "Some questions are not answered" in client.get(f"{here}/booking/check").text
        for task, data, message in WRONG:
            refused = answer(client, session, here, task, data)
            assert refused.status_code == 422 and message in refused.text, (task, data)
        for task, data in ANSWERS.items():
            kept = answer(client, session, here, task, data)
            assert kept.status_code == 303, (task, soup_of(kept).select(".govuk-error-summary"))
        assert kept.headers["Location"] == f"{here}/booking/check"
        stale = send(client, f"{here}/booking/users", {"told": "no", "version": "1"},
                     page=f"{here}/booking/users")  # fmt: skip
        assert stale.status_code == 422 and "changed since you opened it" in stale.text
        answer(client, session, here, "assessed",
               {"stage": "beta", "kind": "reassessment", "again": "elsewhere"})  # fmt: skip
        check = client.get(f"{here}/booking/check")
        assert "that this portal does not know" in check.text
        said = soup_of(check).text
        for word in ("Llogi cwch", "Manager One, m@a.example", "AB 1", "across government",
                     "It held when discovery"):  # fmt: skip
            assert word in said, word
        assert client.get(begin).text.count(reference) > 0, "another booking is warned of"
        done = send(client, f"{here}/booking/check", filled(check), page=f"{here}/booking/check")
        assert done.headers["Location"] == here
        row = now(session, reference)
        assert row.state is State.SUBMITTED and row.panel_by is PanelBy.CROSS_GOVERNMENT
        assert client.get(f"{here}/booking/dates").status_code == 303, "it is submitted"
        assert client.get(f"{here}/booking/weeks").status_code == 200, "the day is not set"
        assert client.get(f"{here}/booking/access-needs").status_code == 200
        page = client.get(here).text
        assert "Captions" in page and "deleted 90 days" in page
        assert "Captions" not in client.get(f"{here}/history").text
        assert answer(client, session, here, "access-needs", {"access_needs": "A ramp"})
        told = soup_of(client.get(f"{here}/history")).text
        assert "Answered again" in told and "A ramp" not in told
        assert "It held when discovery" in told
        assert client.get(f"{here}/accept").status_code == 403


def test_what_is_retired_needs_none(client: PageClient, session: Session) -> None:
    add_service(session, "tax-disc", transactional=True, phase="retired")
    session.commit()
    page = client.get("/services/tax-disc/assessment-needed").text
    assert "it is retired or closed" in page and "Yes, it needs" not in page


def test_why_it_was_rejected_stands_on_its_page_and_revising_asks_afresh(
    app: Flask, client: PageClient, session: Session, service: int
) -> None:
    book(session, service, state=State.SUBMITTED, pinned_because="discovery")

    def move(name: str, **data: Any) -> Any:
        page = f"{PAGE}/moves/{name}"
        version = str(now(session, REFERENCE).version)
        return send(client, page, {**data, "version": version}, page=page)

    with as_person(app, ASSURANCE):
        assert move("reject", reason="Say who uses it").status_code == 303
    with as_person(app, team_of(service)):
        assert "Say who uses it" in client.get(PAGE).text
        assert move("revise").headers["Location"] == f"{PAGE}/booking"
        assert "Say who uses it" not in client.get(PAGE).text
    row = now(session, REFERENCE)
    assert (row.pinned_because, row.standard_version_id, row.scheme) == (None, None, None)


def test_links_for_the_panel(
    app: Flask, client: PageClient, session: Session, service: int
) -> None:
    book(session, service)
    links = f"{PAGE}/booking/links"

    def send_to(page: str, **data: Any) -> Any:
        version = str(now(session, REFERENCE).version)
        return send(client, page, {**data, "version": version}, page=page)

    with as_person(app, team_of(service)):
        wrong = send_to(f"{links}/new", address="nowhere", description="The prototype")
        assert wrong.status_code == 422
        good = {"address": "https://a.example/p", "description": "The prototype"}
        assert send_to(f"{links}/new", **good).status_code == 303
        assert "The prototype" in client.get(f"{PAGE}/booking/artefacts").text
        [row] = now(session, REFERENCE).artefacts
        past = date_parts("access_until", TODAY - timedelta(1))
        late = send_to(f"{links}/{row.id}", **good, **past)
        assert late.status_code == 422 and "must be today or in the future" in late.text
        row.access_until = TODAY - timedelta(1)
        session.commit()
        assert client.get(f"{links}/{row.id + 1}").status_code == 404
    somebody = person(session, "Assessor One", Profession.DESIGN)
    seat(session, now(session, REFERENCE), somebody.id)
    with as_person(app, with_account(somebody.id)):
        page = client.get(PAGE).text
        assert "The prototype" in page and "https://a.example/p" not in page
        assert client.get(f"{PAGE}/booking").status_code == 403
    with as_person(app, team_of(service)):
        assert "https://a.example/p" in client.get(PAGE).text
        assert send_to(f"{links}/{row.id}/remove").status_code == 303
        assert now(session, REFERENCE).artefacts == []


def test_the_assurance_team_accepts_and_sets_the_days(
    app: Flask, client: PageClient, session: Session, service: int
) -> None:
    book(session, service, state=State.SUBMITTED, weeks=[WEEK.value])

    def send_to(page: str, **data: Any) -> Any:
        version = str(now(session, REFERENCE).version)
        return send(client, f"{PAGE}/{page}", {**data, "version": version}, page=f"{PAGE}/{page}")

    first = {**date_parts("held_on", WEEK.days[0]), "starts": "9.30", "minutes": "240"}
    odd = {**first, **date_parts("held_on", WEEK.days[0] + timedelta(weeks=8))}
    with as_person(app, ASSURANCE):
        assert f"{PAGE}/accept" in client.get(PAGE).text, "the move has a page of its own"
        assert client.get(f"{PAGE}/sessions/new").status_code == 303, "not yet"
        assert send_to("accept", panel_by="nobody").status_code == 422
        assert send_to("accept", panel_by="cross_government").status_code == 303
        version = str(now(session, REFERENCE).standard_version_id or "")
        assert send_to("standard", chosen=version, reason=" ").status_code == 422
        add = client.get(f"{PAGE}/sessions/new").text
        assert "Welcome and introductions" in add and 'name="meant"' not in add
        assert send_to("sessions/new", **{**first, "starts": "25:00"}).status_code == 422
        assert send_to("sessions/new", **first).status_code == 303
        again = send_to("sessions/new", **first)
        assert again.status_code == 422 and "Another session" in again.text
        warned = send_to("sessions/new", **odd)
        assert warned.status_code == 422 and "did not ask for that week" in warned.text
        assert send_to("sessions/new", **odd, meant="y").status_code == 303
        row = now(session, REFERENCE)
        assert row.held_on == WEEK.days[0] and len(row.sessions) == 2
        later: BookingSession = row.sessions[1]
        assert "09:30" in client.get(PAGE).text
        assert send_to(f"sessions/{later.id}", **first).status_code == 422
        assert send_to(f"sessions/{later.id}/remove").status_code == 303
        assert len(now(session, REFERENCE).sessions) == 1
    with as_person(app, team_of(service)):
        page = client.get(f"{PAGE}/sessions").text
        assert "09:30" in page and "sessions/new" not in page
        assert client.get(f"{PAGE}/sessions/new").status_code == 403


def test_the_standard_is_chosen(
    app: Flask, client: PageClient, session: Session, service: int
) -> None:
    chosen = add_version(session, "our-standard", 1, "One").id
    book(session, service, state=State.SUBMITTED)
    page = f"{PAGE}/standard"
    with as_person(app, ASSURANCE):
        data = {"chosen": str(chosen), "reason": "It is ours", "version": "1"}
        assert send(client, page, {**data, "chosen": "77"}, page=page).status_code == 422
        assert send(client, page, data, page=page).headers["Location"] == PAGE
        said = soup_of(client.get(PAGE)).text
        assert "The assurance team chose it: It is ours" in said
        assert "It is ours" in client.get(f"{PAGE}/history").text


@pytest.fixture
def confidential(session: Session, service: int) -> Booking:
    return book(session, service, confidential=True, project_code="X", project_code_known=True)


def test_a_confidential_booking_is_not_hinted_at(
    app: Flask, client: PageClient, session: Session, confidential: Booking
) -> None:
    other = add_service(session, "hire-a-bike").id
    book(session, other, reference="TST-9999", project_code="X", project_code_known=True)
    session.commit()
    with as_person(app, team_of(other)):
        page = client.get("/assessments/TST-9999/booking")
        assert page.status_code == 200 and REFERENCE not in page.text
    with as_person(app, ASSURANCE):
        assert REFERENCE in client.get("/assessments/TST-9999/booking").text
