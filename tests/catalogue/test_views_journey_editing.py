"""Editing a journey: its texts, its steps, a new one, and one that goes."""

from __future__ import annotations

from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select
from sqlalchemy.orm import Session
from werkzeug.test import TestResponse

from portal import search
from portal.access import Grant, Kind, Role
from portal.accounts.models.people import Person
from portal.audit import HistoryEvent
from portal.catalogue.store import journeys
from portal.errors import Missing
from tests.support.accounts import add_person, letters, other_browser, signed_in
from tests.support.data import add_journey, add_organisation, add_service
from tests.support.pages import filled, soup_of

EDIT = "/journeys/learn/edit"


class Cast:
    """A journey through two services, and who may edit one of them."""

    def __init__(self, app: Flask, session: Session) -> None:
        self.app, self.session = app, session
        add_organisation(session, "body")
        self.first = add_service(session, "first", owner="body").id
        self.second = add_service(session, "second", owner="body").id
        self.third = add_service(session, "third").id
        self.journey = add_journey(session, "learn", ["first", "second"]).id
        self.one = self.add("one", self.first)
        self.other = self.add("other", self.second)
        self.stranger = self.add("stranger", self.third)
        session.commit()

    def add(self, name: str, service: int) -> Person:
        grant = Grant(Role.SERVICE_OWNER, Kind.SERVICE, service)
        return add_person(self.session, f"{name}@a.example", grant)

    def as_(self, person: Person) -> FlaskClient:
        client = other_browser(self.app)
        signed_in(client, self.session, person)
        return client

    def steps(self) -> list[str]:
        self.session.expire_all()
        found = journeys.document_of(journeys.by_slug(self.session, "learn"))
        return [step["what_happens"] for step in found["steps"]]

    def change(self, client: FlaskClient, question: str, **answers: Any) -> TestResponse:
        sent = filled(client.get(f"{EDIT}/{question}")) | answers
        return client.post(f"{EDIT}/{question}", data=sent)

    def button(self, client: FlaskClient, name: str) -> dict[str, Any]:
        """What the button with this text sends."""
        [button] = [
            b for b in soup_of(client.get(EDIT)).select("main form button")
            if " ".join(b.get_text().split()) == name
        ]  # fmt: skip
        form = button.find_parent("form")
        assert form is not None and form["action"] == "/journeys/learn/move"
        sent = {str(i["name"]): str(i["value"]) for i in form.select("input")}  # type: ignore[union-attr]
        return sent | {"by": str(button["value"])}


@pytest.fixture
def cast(app: Flask, session: Session) -> Cast:
    return Cast(app, session)


def test_whoever_may_edit_one_of_its_services_edits_it(cast: Cast) -> None:
    for person in (cast.one, cast.other):
        client = cast.as_(person)
        assert "Edit this journey" in client.get("/journeys/learn").text
        links = [str(a["href"]) for a in soup_of(client.get(EDIT)).select("main a")]
        for question in ("name", "goal", "step-1", "step-2", "add-step"):
            assert f"{EDIT}/{question}" in links
            assert client.get(f"{EDIT}/{question}").status_code == 200
    stranger = cast.as_(cast.stranger)
    assert stranger.get(EDIT).status_code == 403
    assert "Propose a change" in stranger.get("/journeys/learn").text
    assert stranger.get("/journeys/no-such/edit").status_code == 404
    assert cast.as_(cast.one).get(f"{EDIT}/step-3").status_code == 404


def test_its_texts_change_with_history_and_search(cast: Cast) -> None:
    client = cast.as_(cast.one)
    assert cast.change(client, "name", name="Become a driver").location == EDIT
    assert cast.change(client, "goal", goal="Drive alone").status_code == 303
    assert cast.change(client, "goal", goal=" ").status_code == 422
    assert cast.journey in search.find(cast.session, "journey", "become a driver").ids
    query = select(HistoryEvent).where(HistoryEvent.thing == "journey").order_by(HistoryEvent.id)
    events = list(cast.session.scalars(query))
    assert [set(event.after) for event in events[1:]] == [{"name"}, {"goal"}]
    assert events[-1].actor == f"person:{cast.one.id}"


def test_steps_are_added_changed_moved_and_removed(cast: Cast) -> None:
    client = cast.as_(cast.one)
    answer = cast.change(client, "add-step", service="Third", what_happens="Drive", hand_off="Key")
    assert answer.status_code == 303 and cast.steps() == ["Use first", "Use second", "Drive"]
    wrong = cast.change(client, "add-step", service="Zzyzx", what_happens="x")
    assert wrong.status_code == 422 and "check the spelling" in wrong.text
    assert filled(client.get(f"{EDIT}/step-3"))["service"] == ["Third"]
    cast.change(client, "step-3", what_happens="Drive alone")
    for name, steps in (
        ("Move up step 3", ["Use first", "Drive alone", "Use second"]),
        ("Move down step 1", ["Drive alone", "Use first", "Use second"]),
    ):
        sent = cast.button(client, name)
        assert client.post("/journeys/learn/move", data=sent).location == EDIT
        assert cast.steps() == steps
    asked = client.get("/journeys/learn/remove/1")
    assert "Drive alone" in asked.text and len(cast.steps()) == 3
    assert client.post("/journeys/learn/remove/1", data=filled(asked)).location == EDIT
    assert cast.steps() == ["Use first", "Use second"]
    assert client.get("/journeys/learn/remove/3").status_code == 404


def test_a_move_that_is_none_moves_nothing(cast: Cast) -> None:
    client = cast.as_(cast.one)
    sent = cast.button(client, "Move down step 1")
    for wrong in ({"by": "sideways"}, {"at": "9" * 30}, {"at": "x"}, {"by": ""}):
        assert client.post("/journeys/learn/move", data=sent | wrong).status_code == 303
    assert cast.steps() == ["Use first", "Use second"]


def test_the_last_step_stays(cast: Cast) -> None:
    client = cast.as_(cast.one)
    client.post("/journeys/learn/remove/2", data=filled(client.get("/journeys/learn/remove/2")))
    answer = client.post(
        "/journeys/learn/remove/1", data=filled(client.get("/journeys/learn/remove/1"))
    )
    assert answer.status_code == 303 and cast.steps() == ["Use first"]
    assert "A journey needs at least one step." in client.get(EDIT).text


def test_two_at_the_steps(cast: Cast) -> None:
    one, other = cast.as_(cast.other), cast.as_(cast.other)
    shown, button = filled(one.get(f"{EDIT}/step-2")), cast.button(one, "Move up step 2")
    # A step before it moves it: it is changed where it is now.
    other.post("/journeys/learn/remove/1", data=filled(other.get("/journeys/learn/remove/1")))
    sent = shown | {"what_happens": "Mine"}
    assert one.post(f"{EDIT}/step-2", data=sent).status_code == 303
    assert cast.steps() == ["Mine"]
    # It is another now: what was typed is shown beside it, and a move says so.
    again = one.post(f"{EDIT}/step-2", data=shown | {"what_happens": "Mine again"})
    assert again.status_code == 409 and "Mine again" in again.text
    [form] = soup_of(again).select("main form")
    assert form["action"] == f"{EDIT}/step-1"
    one.post("/journeys/learn/move", data=button)
    assert "Somebody has changed the steps" in one.get(EDIT).text
    assert one.post(str(form["action"]), data=filled(again)).status_code == 303
    assert cast.steps() == ["Mine again"]


def test_a_step_that_was_removed_can_come_back(cast: Cast) -> None:
    one, other = cast.as_(cast.one), cast.as_(cast.one)
    shown = filled(one.get(f"{EDIT}/step-2"))
    other.post("/journeys/learn/remove/2", data=filled(other.get("/journeys/learn/remove/2")))
    answer = one.post(f"{EDIT}/step-2", data=shown | {"what_happens": "Mine"})
    assert answer.status_code == 409 and "Mine" in answer.text
    [form] = soup_of(answer).select("main form")
    assert form["action"] == f"{EDIT}/add-step"
    assert one.post(str(form["action"]), data=filled(answer)).status_code == 303
    assert cast.steps() == ["Use first", "Mine"]


def test_a_new_journey_begins_at_a_service_that_one_may_edit(cast: Cast) -> None:
    client = cast.as_(cast.one)
    assert "Add a journey" in client.get("/journeys").text
    sent = filled(client.get("/journeys/new")) | {
        "name": "New", "goal": "Get going", "service": "Third", "what_happens": "Begin",
    }  # fmt: skip
    wrong = client.post("/journeys/new", data=sent)
    assert wrong.status_code == 422 and "Begin with a service that you may edit" in wrong.text
    assert client.post("/journeys/new", data=sent | {"name": ""}).status_code == 422
    answer = client.post("/journeys/new", data=sent | {"service": "first"})
    assert answer.location == "/journeys/new-2/edit", "the address of this page is taken"
    assert "Add its other steps" in client.get(answer.location).text
    assert client.get("/journeys.json?q=get going").json["items"][0]["slug"] == "new-2"
    answer = client.post("/journeys/new", data=sent | {"service": "first", "name": "Learn"})
    assert answer.location == "/journeys/learn-2/edit"
    nobody = cast.as_(add_person(cast.session, "nobody@a.example"))
    assert nobody.get("/journeys/new").status_code == 403
    assert "Add a journey" not in nobody.get("/journeys").text


def test_one_that_is_deleted_is_asked_about_and_kept_in_the_history(cast: Cast) -> None:
    client = cast.as_(cast.one)
    asked = filled(client.get("/journeys/learn/delete"))
    assert client.post("/journeys/learn/delete", data=asked).status_code == 422
    sent = asked | {"why": "It was twice there"}
    assert client.post("/journeys/learn/delete", data=sent).location == "/journeys"
    assert "The journey is deleted." in client.get("/journeys").text
    assert client.get("/journeys/learn").status_code == 404
    assert search.find(cast.session, "journey", "learn").ids == []
    with pytest.raises(Missing):
        journeys.by_slug(cast.session, "learn")
    query = select(HistoryEvent).where(HistoryEvent.tag == "deleted")
    [event] = cast.session.scalars(query)
    assert event.reason == "It was twice there" and event.before["name"] == "Learn"


def test_a_step_is_proposed_and_accepted_where_it_is_by_then(cast: Cast) -> None:
    stranger, one = cast.as_(cast.stranger), cast.as_(cast.one)
    page = "/journeys/learn/propose/step-2"
    assert "Move up" not in stranger.get("/journeys/learn/propose").text
    sent = filled(stranger.get(page)) | {"what_happens": "Better", "why": "It is so"}
    number = stranger.post(page, data=sent).location.rpartition("/")[2]
    to = {letter.to_address for letter in letters(cast.session)}
    assert to == {cast.one.email, cast.other.email}
    cast.change(one, "add-step", service="third", what_happens="Drive")
    up = cast.button(one, "Move up step 3")
    one.post("/journeys/learn/move", data=up)
    form = f"form[action='/proposals/{number}/decide']"
    shown = filled(one.get(f"/proposals/{number}"), form)
    answer = one.post(f"/proposals/{number}/decide", data=shown | {"decision": "accept"})
    assert answer.location == "/journeys/learn"
    assert cast.steps() == ["Use first", "Drive", "Better"]
