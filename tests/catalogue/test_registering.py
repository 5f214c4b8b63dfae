"""Registering a service: drafts, near-duplicates, consent, publication and its withdrawal."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select
from sqlalchemy.orm import Session
from werkzeug.test import TestResponse

from portal.access import Grant, Kind, Role
from portal.accounts.models.people import Person
from portal.accounts.store import grants
from portal.accounts.work import items
from portal.audit import HistoryEvent
from portal.catalogue.actions import registering
from portal.catalogue.models.registrations import Registration
from portal.catalogue.models.services import Service
from portal.catalogue.words import RegistrationState
from portal.db import Database
from portal.errors import Invalid, Stale
from portal.web.people import as_person
from tests.support.accounts import (
    act,
    add_person,
    letters,
    other_browser,
    send,
    token_in,
    work,
)
from tests.support.data import add_organisation, add_service
from tests.support.pages import soup_of
from tests.support.people import Somebody
from tests.support.registering import ANSWERS, Cast, publish
from tests.support.transactions import RolledBackDatabase


@pytest.fixture
def cast(app: Flask, session: Session) -> Cast:
    return Cast(app, session)


def test_a_team_registers_and_publishes_at_once(cast: Cast, session: Session) -> None:
    client = cast.browser(cast.team)
    at = cast.draft(client)
    page = client.get(f"{at}/check").text
    assert "Boat Office" in page and "Cofrestru’ch cwch hwylio" in page
    assert "O’Brien’s register" in page and "Publish the service" in page
    answer = publish(client, at)
    assert answer.headers["Location"] == "/services/cofrestruch-cwch"
    public = other_browser(cast.app).get("/services/cofrestruch-cwch")
    assert "Sail lawfully." in public.text and "Cofrestru’ch cwch hwylio" in public.text
    assert '<span lang="cy">' in public.text
    service = session.scalars(select(Service)).one()
    held = grants.held(session, cast.team.id, act().day)
    assert Grant(Role.SERVICE_OWNER, Kind.SERVICE, service.id) in held
    its = select(HistoryEvent).where(HistoryEvent.thing == "service").order_by(HistoryEvent.id)
    event, confirmed = session.scalars(its)
    assert confirmed.tag == "record.confirmed" and confirmed.actor == event.actor
    assert (event.tag, event.actor) == ("registered", f"person:{cast.team.id}")
    assert ">Team<" in _event(client.get("/services/cofrestruch-cwch/history"))
    by = _event(other_browser(cast.app).get("/services/cofrestruch-cwch/history"))
    assert "Person" in by and "Team" not in by, "names are for those who see the record's people"
    found = other_browser(cast.app).get("/services?q=boat+reg").text
    assert "/services/cofrestruch-cwch" in found, "search finds it by another name"


def _event(answer: TestResponse) -> str:
    return str(soup_of(answer).select(".portal-event p")[0])


def test_a_double_click_registers_once(cast: Cast, session: Session) -> None:
    client = cast.browser(cast.team)
    token = token_in(client.get("/register"))
    sent = {"csrf_token": token, "started_by": "the-same-button"}
    places = {client.post("/register", data=sent).headers["Location"] for _ in range(2)}
    assert len(places) == 1
    at = cast.draft(client)
    token = token_in(client.get(f"{at}/check"))
    seen = soup_of(client.get(f"{at}/check")).select("input[name=seen]")[0]["value"]
    for _ in range(2):
        sent = {"csrf_token": token, "seen": seen}
        assert client.post(f"{at}/check", data=sent).status_code == 303
    assert len(session.scalars(select(Service)).all()) == 1


def test_nobody_starts_from_the_button_of_another(cast: Cast) -> None:
    sent = {"started_by": "the-same-button"}
    assert send(cast.browser(cast.team), "/register", sent).status_code == 303
    assert send(cast.browser(cast.keen), "/register", sent).status_code == 422


def test_a_draft_goes_on_in_another_browser_and_is_nobody_elses(cast: Cast) -> None:
    first, second = cast.browser(cast.team), cast.browser(cast.team)
    at = str(send(first, "/register", {}).headers["Location"])
    send(first, f"{at}/name", ANSWERS["name"])
    assert "Cofrestru’ch cwch" in second.get("/register").text
    assert "Cofrestru’ch cwch" in second.get(f"{at}/name").text
    send(second, f"{at}/purpose", ANSWERS["purpose"])
    send(first, f"{at}/user-need", ANSWERS["user-need"])
    document = cast.row().document
    assert (document["purpose"], document["user_need"]) == (
        "Put a boat on the register.",
        "Sail lawfully.",
    )
    for stranger in (cast.keen, cast.admin):
        assert cast.browser(stranger).get(at).status_code == 403
    assert other_browser(cast.app).get(at).headers["Location"].startswith("/sign-in?")
    assert second.get("/registrations/999999").status_code == 404


def test_a_service_like_it_is_shown_with_why(cast: Cast, session: Session) -> None:
    add_service(session, "cofrestru-cwch", name="Cofrestru cwch", purpose="Boats.")
    session.commit()
    client = cast.browser(cast.team)
    live = client.get("/register/similar.json?name=Cofrestru+cwch").json
    assert live["items"][0]["href"] == "/services/cofrestru-cwch" and live["items"][0]["why"]
    at = str(send(client, "/register", {}).headers["Location"])
    answer = send(client, f"{at}/name", ANSWERS["name"])
    assert answer.headers["Location"] == f"{at}/similar"
    assert "Select which one it is, or none" in send(client, f"{at}/similar", {}).text
    it_is = send(client, f"{at}/similar", {"which": "cofrestru-cwch"}).headers["Location"]
    assert "/services/cofrestru-cwch/join" in client.get(it_is).text
    assert "may be in the catalogue already" in client.get(f"{at}/check").text
    none = send(client, f"{at}/similar", {"which": "none"})
    assert none.headers["Location"] == f"{at}/purpose"
    assert "may be in the catalogue already" not in client.get(f"{at}/check").text
    assert send(client, f"{at}/name", ANSWERS["name"]).headers["Location"] == f"{at}/purpose"


@pytest.mark.parametrize(
    ("question", "values", "message"),
    [
        ("name", {"name": ""}, "Enter the name of the service"),
        ("name", {"name": "x" * 301}, "must be 300 characters or fewer"),
        ("name", {"name": "a", "other_names": "x" * 301}, "300 characters or fewer"),
        ("purpose", {}, "Enter what the service does"),
        ("audiences", {"audiences": ["martians"]}, "Select who uses the service"),
        ("phase", {}, "Select which phase the service is in"),
        ("phase", {"phase": "live", "since-day": "31", "since-month": "2", "since-year": "2025"},
         "must be a real date"),
        ("phase", {"phase": "live", "since-day": "1", "since-month": "1", "since-year": "2999"},
         "must be today or in the past"),
        ("addresses", {"start_page": "javascript:alert(1)"}, "must be a web address"),
        ("phase", {"phase": "live", "since-day": "1", "since-month": "2", "since-year": "1066"},
         "must be in 1900 or later"),
        ("purpose", {"purpose": "x" * 5001}, "What the service does must be 5,000 characters"),
        ("apis", {"answer": "offers", "apis": "One"}, "must be a name and then a web address"),
        ("transactions", {"yearly_transactions": "many"}, "must be a whole number"),
        ("transactions", {"yearly_transactions": "1,000"}, "Enter the last day of the 12 months"),
        ("links", {"guidance": "the wiki"}, "must be a web address"),
        ("organisation", {"organisation": ""}, "Enter the organisation that is accountable"),
        ("organisation", {"organisation": "Xyzzy"}, "No organisation is called that"),
    ],
)  # fmt: skip
def test_what_is_wrong_is_said_beside_it_and_kept(
    cast: Cast, question: str, values: dict[str, Any], message: str
) -> None:
    client = cast.browser(cast.team)
    at = str(send(client, "/register", {}).headers["Location"])
    answer = send(client, f"{at}/{question}", values)
    assert answer.status_code == 422 and message in answer.text
    for typed in values.values():
        if isinstance(typed, str) and typed not in ("live", "offers"):
            assert typed in answer.text, "what was typed comes back"


def test_a_draft_keeps_the_last_organisation_alone(cast: Cast, session: Session) -> None:
    gone = {"kind": "merged", "successor": "portal:boat-office", "on": "2020-01-01", "source": None}
    ended = {"end_date": "2020-01-01", "successions": [gone]}
    add_organisation(session, "sail-board", name="Sail Board", **ended)
    session.commit()
    client = cast.browser(cast.team)
    at = cast.draft(client)
    day = {"since-day": "1", "since-month": "2", "since-year": "2024"}
    send(client, f"{at}/organisation", {"organisation": "River Trust", **day})
    closed = send(client, f"{at}/organisation", {"organisation": "Sail Board"})
    assert "Sail Board has closed" in closed.text and "Boat Office" in closed.text
    no_day = dict.fromkeys(day, "")
    send(client, f"{at}/organisation", {"organisation": "Boat Office", **no_day})
    publish(client, at)
    [owner] = client.get("/services/cofrestruch-cwch.json").json["owners"]
    assert (owner["organisation"], owner["since"], owner["until"]) == (
        "portal:boat-office", None, None,
    )  # fmt: skip


def test_what_changed_since_it_was_read_is_read_again(cast: Cast, session: Session) -> None:
    client = cast.browser(cast.team)
    at = cast.draft(client)
    old = soup_of(client.get(f"{at}/check")).select("input[name=seen]")[0]["value"]
    send(client, f"{at}/purpose", {"purpose": "Something else."})
    answer = send(client, f"{at}/check", {"seen": old})
    assert answer.headers["Location"] == f"{at}/check"
    assert "have changed since" in client.get(f"{at}/check").text
    assert session.scalars(select(Service)).all() == []


def test_an_organisation_is_chosen_from_those_with_such_a_name(cast: Cast) -> None:
    client = cast.browser(cast.team)
    at = str(send(client, "/register", {}).headers["Location"])
    unsure = send(client, f"{at}/organisation", {"organisation": "river"})
    assert unsure.status_code == 422
    choice = soup_of(unsure).select("input[name=which]")[0]["value"]
    sent = {"organisation": "river", "which": choice}
    assert send(client, f"{at}/organisation", sent).status_code == 303
    assert "River Trust" in client.get(f"{at}/check").text
    assert send(client, f"{at}/organisation", {"organisation": "x", "which": "no:where"})


def test_nothing_is_published_before_every_answer_is_there(cast: Cast, session: Session) -> None:
    client = cast.browser(cast.team)
    at = str(send(client, "/register", {}).headers["Location"])
    page = client.get(f"{at}/check").text
    assert "Answer these first" in page and "Publish the service" not in page
    token = token_in(client.get(f"{at}/name"))
    seen = cast.row().edited_at.isoformat()
    answer = client.post(f"{at}/check", data={"csrf_token": token, "seen": seen})
    assert answer.headers["Location"] == f"{at}/name", "to the first that is left"
    assert "Answer every question that is not optional first" in client.get(f"{at}/name").text
    assert session.scalars(select(Service)).all() == []
    assert "Cannot start yet" in client.get(at).text


def test_without_a_known_domain_somebody_else_says_yes(
    cast: Cast, session: Session, database: RolledBackDatabase
) -> None:
    keen, admin = cast.browser(cast.keen), cast.browser(cast.admin)
    at = cast.draft(keen)
    assert "Submit for approval" in keen.get(f"{at}/check").text
    publish(keen, at)
    assert "waits for somebody" in keen.get(at).text
    assert session.scalars(select(Service)).all() == []
    work(database)
    asked = letters(session)[-1]
    assert asked.to_address == "admin@rivers.example" and f"{at}/decide" in asked.body
    assert [i.href for i in _work(session, cast.admin)] == [f"{at}/decide"]
    assert keen.get(f"{at}/decide").status_code == 403
    assert keen.get(f"{at}/name").headers["Location"] == at, "what waits is not changed"
    assert send(admin, f"{at}/decide", {"decision": "send_back"}).status_code == 422
    back = {"decision": "send_back", "answer": "Say who it is for"}
    assert send(admin, f"{at}/decide", back).status_code == 303
    work(database)
    assert "Say who it is for" in letters(session)[-1].body
    assert "Say who it is for" in keen.get(at).text
    assert admin.get(at).status_code == 403, "a draft again: its author's own"
    publish(keen, at)
    assert send(admin, f"{at}/decide", {"decision": "publish"}).status_code == 303
    work(database)
    told = letters(session)[-1]
    assert told.to_address == "keen@rivers.example" and "/services/cofrestruch-cwch" in told.body
    assert other_browser(cast.app).get("/services/cofrestruch-cwch").status_code == 200
    assert admin.get(f"{at}/decide").status_code == 303, "decided"
    assert "Published" in keen.get("/registrations").text


def _work(session: Session, who: Person) -> list[Any]:
    session.expire_all()
    person = Somebody(grants.held(session, who.id, act().day), who.id)
    return items(session, person, act().day)


def test_what_waits_can_be_taken_back(cast: Cast) -> None:
    keen = cast.browser(cast.keen)
    at = cast.draft(keen)
    publish(keen, at)
    assert send(keen, f"{at}/take-back", {}).status_code == 303
    assert cast.row().state is RegistrationState.DRAFT
    assert [i.task for i in _work(cast.session, cast.keen)] == ["finish_registration"]


def test_a_draft_is_deleted_only_after_a_question(cast: Cast, session: Session) -> None:
    client = cast.browser(cast.team)
    at = str(send(client, "/register", {}).headers["Location"])
    assert "Delete this draft?" in client.get(f"{at}/delete").text
    assert session.scalars(select(Registration)).all()
    assert send(client, f"{at}/delete", {}).headers["Location"] == "/registrations"
    session.expire_all()
    assert session.scalars(select(Registration)).all() == []
    assert "not registered a service yet" in client.get("/registrations").text


def test_the_list_is_filtered_and_downloaded(cast: Cast) -> None:
    client = cast.browser(cast.keen)
    at = cast.draft(client)
    publish(client, at)
    assert "None is in this state" in client.get("/registrations?state=draft").text
    [row] = client.get("/registrations.json?state=waiting").json["items"]
    assert (row["name"], row["organisation"], row["own"]) == (
        "Cofrestru’ch cwch", "River Trust", True,
    )  # fmt: skip
    assert "Cofrestru’ch cwch" in client.get("/registrations.csv").text
    assert client.get("/registrations.json?state=gone").status_code == 400
    assert "state=gone" in client.get("/registrations?state=gone").text
    assert cast.browser(cast.team).get("/registrations.json").json["items"] == []


def test_a_mistake_is_withdrawn_at_once_and_traced(cast: Cast, session: Session) -> None:
    client = cast.browser(cast.team)
    at = cast.draft(client)
    publish(client, at)
    here = "/services/cofrestruch-cwch"
    assert cast.browser(cast.keen).get(f"{here}/withdraw").status_code == 403
    assert send(client, f"{here}/withdraw", {}).status_code == 422
    why = {"why": "Secret until March"}
    assert send(client, f"{here}/withdraw", why).headers["Location"] == at
    visitor = other_browser(cast.app)
    for address in (here, f"{here}/history", f"{here}.json", f"{here}/as-at/2026-11-21"):
        assert visitor.get(address).status_code == 404
    assert "cofrestruch-cwch" not in visitor.get("/services?q=boat").text
    events = session.scalars(select(HistoryEvent).where(HistoryEvent.tag == "withdrawn")).all()
    assert {event.thing for event in events} == {"service", "registration"}
    assert {event.reason for event in events} == {"Secret until March"}
    assert not [g for g in grants.held(session, cast.team.id, act().day) if g.kind is Kind.SERVICE]
    assert "Sail lawfully." in client.get(f"{at}/check").text, "a draft again"
    publish(client, at)
    assert visitor.get(here).status_code == 200, "published again, at the same address"


def test_what_has_long_been_public_is_not_withdrawn(cast: Cast, session: Session) -> None:
    client = cast.browser(cast.team)
    at = cast.draft(client)
    publish(client, at)
    row = cast.row()
    row.published_at -= timedelta(days=31)  # type: ignore[operator]
    session.commit()
    answer = send(client, "/services/cofrestruch-cwch/withdraw", {"why": "x"})
    assert answer.status_code == 422 and "in the last 30 days" in answer.text


def _started(database: Database, who: Person) -> int:
    return registering.start(database, who.id, "key", act())


def test_too_many_drafts_are_refused(
    cast: Cast, database: RolledBackDatabase, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(registering, "MOST_DRAFTS", 1)
    _started(database, cast.team)
    with pytest.raises(Invalid):
        registering.start(database, cast.team.id, "another", act())


@pytest.mark.parametrize(
    "change",
    [
        lambda database, id_: registering.throw_away(database, id_, act()),
        lambda database, id_: registering.none_of_these(database, id_, act()),
        lambda database, id_: registering.choose_needs(database, id_, [], False, act()),
    ],
)
def test_what_is_submitted_is_no_draft(
    cast: Cast, database: RolledBackDatabase, change: Callable[[Database, int], None]
) -> None:
    keen = cast.browser(cast.keen)
    at = cast.draft(keen)
    publish(keen, at)
    with pytest.raises(Stale):
        change(database, cast.row().id)


def test_a_need_that_is_none_is_refused(cast: Cast, database: RolledBackDatabase) -> None:
    made = _started(database, cast.team)
    with pytest.raises(Invalid):
        registering.choose_needs(database, made, ["nothing"], True, act())


def test_somebody_without_a_home_says_where(cast: Cast, session: Session) -> None:
    lost = add_person(session, "lost@nowhere.example", name="Lost")
    session.commit()
    client = cast.browser(lost)
    at = str(send(client, "/register", {}).headers["Location"])
    assert "Organisation" in client.get(f"{at}/check").text
    assert cast.row().document == {}
    with as_person(cast.app, Somebody(id=lost.id)):
        assert other_browser(cast.app).get(f"{at}/organisation").status_code == 200
