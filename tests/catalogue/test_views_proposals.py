"""Proposing a change to a record of somebody else, and deciding about it."""

from __future__ import annotations

import csv
import io
from typing import Any
from urllib.parse import quote

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import func, select
from sqlalchemy.orm import Session
from werkzeug.test import TestResponse

from portal.access import Grant, Kind, Role
from portal.accounts import work
from portal.accounts.models.people import Person
from portal.accounts.store import grants
from portal.audit import HistoryEvent
from portal.catalogue.actions.proposals import PER_HOUR
from portal.catalogue.models.proposals import Proposal
from portal.catalogue.store import services
from tests.support.accounts import (
    act,
    add_person,
    administrator,
    letters,
    other_browser,
    signed_in,
    token_in,
)
from tests.support.data import add_organisation, add_service
from tests.support.pages import filled, soup_of

PROPOSE = "/services/pay-a-fine/propose"
EDIT = "/services/pay-a-fine/edit"


class Cast:
    """A service, its owner, and somebody who only signs in."""

    def __init__(self, app: Flask, session: Session) -> None:
        self.app, self.session = app, session
        body = add_organisation(session, "courts").id
        self.service = add_service(session, "pay-a-fine", owner="courts", purpose="Pay").id
        self.owner = self.add("owner", Grant(Role.SERVICE_OWNER, Kind.SERVICE, self.service))
        self.head = self.add(
            "head", Grant(Role.ORGANISATION_ADMINISTRATOR, Kind.ORGANISATION, body)
        )
        self.top = self.add("top", administrator())
        self.reader = self.add("reader")
        self.other = self.add("other")
        session.commit()

    def add(self, name: str, *roles: Grant) -> Person:
        return add_person(self.session, f"{name}@a.example", *roles, name=name.capitalize())

    def as_(self, person: Person) -> FlaskClient:
        client = other_browser(self.app)
        signed_in(client, self.session, person)
        return client

    def propose(self, question: str = "purpose", **answers: Any) -> TestResponse:
        client = self.as_(self.reader)
        answers = answers or {"purpose": "Settle a fine"}
        shown = filled(client.get(f"{PROPOSE}/{question}"))
        return client.post(f"{PROPOSE}/{question}", data=shown | {"why": "It says so"} | answers)

    def proposals(self) -> list[Proposal]:
        self.session.expire_all()
        return list(self.session.scalars(select(Proposal).order_by(Proposal.id)))

    def document(self) -> dict[str, Any]:
        self.session.expire_all()
        return services.document_of(services.by_slug(self.session, "pay-a-fine"))

    def decide(self, person: Person, **answers: Any) -> TestResponse:
        client = self.as_(person)
        number = self.proposals()[-1].id
        shown = filled(
            client.get(f"/proposals/{number}"), f"form[action='/proposals/{number}/decide']"
        )
        return client.post(f"/proposals/{number}/decide", data=shown | answers)

    def edit(self, **answers: Any) -> None:
        client = self.as_(self.owner)
        [question] = answers
        page = f"{EDIT}/{question.replace('_', '-')}"
        assert client.post(page, data=filled(client.get(page)) | answers).status_code == 303


@pytest.fixture
def cast(app: Flask, session: Session) -> Cast:
    return Cast(app, session)


def test_a_visitor_signs_in_first_and_comes_back(cast: Cast) -> None:
    visitor = other_browser(cast.app)
    shown = visitor.get("/services/pay-a-fine")
    [link] = soup_of(shown).select(f"a[href='{PROPOSE}']")
    assert link.text == "Sign in to propose a change"
    assert visitor.get(PROPOSE).location == f"/sign-in?next={quote(PROPOSE, safe='')}"
    reader = cast.as_(cast.reader)
    assert "Propose a change" in reader.get("/services/pay-a-fine").text
    links = [str(a["href"]) for a in soup_of(reader.get(PROPOSE)).select(".govuk-summary-list a")]
    assert len(links) == 12 and all(reader.get(link).status_code == 200 for link in links)
    assert reader.get(f"{PROPOSE}/nonsense").status_code == 404
    owner = cast.as_(cast.owner)
    assert owner.get(PROPOSE).location == EDIT


def test_a_proposal_reaches_those_who_decide(cast: Cast) -> None:
    answer = cast.propose()
    [made] = cast.proposals()
    assert answer.location == f"/proposals/{made.id}"
    assert (made.before, made.patch) == ({"purpose": "Pay"}, {"purpose": "Settle a fine"})
    assert cast.document()["purpose"] == "Pay"
    [mail] = letters(cast.session)
    assert mail.to_address == cast.owner.email and f"/proposals/{made.id}" in mail.body
    day = act().day

    def waits(person: Person) -> list[str]:
        who = type("Who", (), {"id": person.id, "is_authenticated": True,
                               "grants": grants.held(cast.session, person.id, day)})  # fmt: skip
        found = work.items(cast.session, who(), day)
        return [item.href for item in found if item.task == "decide_proposal"]

    assert waits(cast.owner) == waits(cast.head) == [f"/proposals/{made.id}"]
    assert waits(cast.reader) == waits(cast.top) == [], "somebody nearer is there"
    assert cast.as_(cast.other).get(f"/proposals/{made.id}").status_code == 403
    page = cast.as_(cast.reader).get(f"/proposals/{made.id}")
    assert "What do you want to do?" not in page.text and "Withdraw" in page.text
    assert cast.as_(cast.reader).get("/proposals/999999").status_code == 404


def test_what_is_wrong_is_said(cast: Cast) -> None:
    answer = cast.propose(purpose="Settle", why="")
    assert answer.status_code == 422 and "Enter why it should change" in answer.text
    assert "Settle" in answer.text
    answer = cast.propose(purpose="Pay", why="x")
    assert answer.status_code == 422 and "This is what it says already" in answer.text
    assert cast.proposals() == []


def test_a_double_click_makes_one(cast: Cast) -> None:
    assert cast.propose().location == cast.propose().location
    assert len(cast.proposals()) == len(letters(cast.session)) == 1


def test_somebody_who_proposes_too_much_waits(cast: Cast) -> None:
    for number in range(PER_HOUR):
        assert cast.propose(purpose=f"Text {number}").status_code == 303
    answer = cast.propose(purpose="One more")
    assert answer.status_code == 422 and "Try again in an hour" in answer.text
    assert "One more" in answer.text


def test_it_is_accepted_as_the_deciders_act(cast: Cast) -> None:
    cast.propose()
    page = cast.as_(cast.owner).get(f"/proposals/{cast.proposals()[0].id}")
    sides = [" ".join(side.text.split()) for side in soup_of(page).select(".portal-sides > div")]
    assert sides == ["What it says now Pay", "What is proposed Settle a fine"]
    answer = cast.decide(cast.owner, decision="accept", answer="Thank you")
    assert answer.location == "/services/pay-a-fine"
    assert cast.document()["purpose"] == "Settle a fine"
    [made] = cast.proposals()
    assert (made.state, made.decided_by) == ("accepted", f"person:{cast.owner.id}")
    query = select(HistoryEvent).where(HistoryEvent.tag == "proposal.accepted")
    record, proposal = cast.session.scalars(query.order_by(HistoryEvent.thing.desc()))
    assert (record.thing, record.actor) == ("service", f"person:{cast.owner.id}")
    assert record.reason == f"Proposed change {made.id}"
    assert proposal.after == {"state": "accepted"}
    assert made.saved is None
    mail = letters(cast.session)[-1]
    assert mail.to_address == cast.reader.email and "They say: Thank you" in mail.body
    assert mail.subject.endswith("is accepted")
    assert "Proposed change" in other_browser(cast.app).get("/services/pay-a-fine/history").text
    # Once is enough.
    again = cast.as_(cast.owner).get(f"/proposals/{made.id}")
    assert "Accepted" in again.text and "What do you want to do?" not in again.text


def test_it_is_refused_with_an_answer(cast: Cast) -> None:
    cast.propose()
    answer = cast.decide(cast.head, decision="refuse")
    assert answer.status_code == 422 and "Enter why you refuse it" in answer.text
    assert cast.decide(cast.head).status_code == 422
    assert cast.decide(cast.head, decision="refuse", answer="It is right").status_code == 303
    assert cast.document()["purpose"] == "Pay"
    assert cast.proposals()[0].state == "refused"
    assert "They say: It is right" in letters(cast.session)[-1].body


def test_it_is_accepted_with_changes(cast: Cast) -> None:
    cast.propose("apis", answer="offers", apis="Fines https://a.example/docs")
    answer = cast.decide(cast.owner, decision="change")
    client = cast.as_(cast.owner)
    page = client.get(answer.location)
    shown = filled(page)
    assert shown["apis"] == ["Fines https://a.example/docs"]
    wrong = client.post(answer.location, data=shown | {"apis": "Fines"})
    assert wrong.status_code == 422
    sent = shown | {"apis": "Fines API https://a.example/docs", "reply": "Named in full"}
    assert client.post(answer.location, data=sent).status_code == 303
    assert cast.document()["apis"][0]["name"] == "Fines API"
    [made] = cast.proposals()
    assert (made.state, made.answer) == ("accepted", "Named in full")
    assert client.get(answer.location).location == f"/proposals/{made.id}"
    assert client.post(answer.location, data=sent).location == f"/proposals/{made.id}"
    page = cast.as_(cast.reader).get(f"/proposals/{made.id}")
    assert "Accepted with changes" in page.text
    saved = soup_of(page).select(".portal-sides > div")[-1].get_text(" ", strip=True)
    assert saved.startswith("What was saved") and "Fines API" in saved
    mail = letters(cast.session)[-1]
    assert mail.subject.endswith("is accepted with changes") and "what was saved" in mail.body


def test_a_record_that_changed_since_says_so_and_may_still_take_it(cast: Cast) -> None:
    cast.propose()
    cast.edit(purpose="What the owner says")
    page = cast.as_(cast.owner).get(f"/proposals/{cast.proposals()[0].id}")
    assert "The record has changed since this was proposed" in page.text
    assert len(soup_of(page).select(".portal-sides > div")) == 3
    assert cast.decide(cast.owner, decision="accept").status_code == 303
    assert cast.document()["purpose"] == "Settle a fine"


@pytest.mark.parametrize("way", ["accept", "change"])
def test_a_record_that_changes_while_it_is_decided_is_shown_again(cast: Cast, way: str) -> None:
    cast.propose()
    client, number = cast.as_(cast.owner), cast.proposals()[0].id
    form = f"form[action='/proposals/{number}/decide']" if way == "accept" else "main form"
    page = f"/proposals/{number}" + ("" if way == "accept" else "/change")
    shown = filled(client.get(page), form)
    cast.edit(purpose="Meanwhile")
    to = f"/proposals/{number}/{'decide' if way == 'accept' else 'change'}"
    answer = client.post(to, data=shown | {"decision": "accept"})
    assert answer.status_code == 409 and "Meanwhile" in answer.text
    assert cast.document()["purpose"] == "Meanwhile"
    assert cast.proposals()[0].state == "waiting"
    assert client.post(to, data=filled(answer, form)).status_code == 303
    assert cast.document()["purpose"] == "Settle a fine"


def test_two_who_decide_at_once(cast: Cast) -> None:
    cast.propose()
    client, number = cast.as_(cast.owner), cast.proposals()[0].id
    form = f"form[action='/proposals/{number}/decide']"
    shown = filled(client.get(f"/proposals/{number}"), form)
    cast.decide(cast.head, decision="refuse", answer="No")
    for decision in ("accept", "refuse"):
        sent = shown | {"decision": decision, "answer": "Yes"}
        assert client.post(f"/proposals/{number}/decide", data=sent).status_code == 303
        assert "Somebody has decided this already" in client.get(f"/proposals/{number}").text
    assert cast.proposals()[0].answer == "No" and cast.document()["purpose"] == "Pay"


def test_it_can_be_withdrawn_and_is_asked_first(cast: Cast) -> None:
    cast.propose()
    client, number = cast.as_(cast.reader), cast.proposals()[0].id
    form = f"form[action='/proposals/{number}/withdraw']"
    asked = client.post(
        f"/proposals/{number}/withdraw", data=filled(client.get(f"/proposals/{number}"), form)
    )
    assert asked.status_code == 200 and cast.proposals()[0].state == "waiting"
    for _time in range(2):
        assert client.post(f"/proposals/{number}/withdraw", data=filled(asked)).status_code == 303
    assert cast.proposals()[0].state == "withdrawn"
    assert cast.as_(cast.owner).get(f"/proposals/{number}").status_code == 200


def test_the_list_is_ones_own_and_what_one_decides(cast: Cast) -> None:
    cast.propose()
    cast.propose("user-need", user_need="Pay soon")
    cast.decide(cast.owner, decision="refuse", answer="No")
    first, second = (each.id for each in cast.proposals())

    def listed(person: Person, query: str = "") -> list[int]:
        found = cast.as_(person).get(f"/proposals.json{query}").json
        return [item["id"] for item in found["items"]]

    assert listed(cast.reader) == listed(cast.owner) == listed(cast.top) == [second, first]
    assert listed(cast.other) == [] == listed(cast.owner, "?whose=mine")
    assert listed(cast.owner, "?whose=to-decide&state=waiting&kind=service") == [first]
    assert listed(cast.owner, "?kind=journey") == []
    assert listed(cast.owner, "?about=service:pay-a-fine") == [second, first]
    for about in ("service:no-such", "planet:mars", "x"):
        assert about in cast.as_(cast.owner).get(f"/proposals?about={about}").text
    assert listed(cast.reader, f"?after={second}") == [first]
    assert cast.as_(cast.reader).get("/proposals.json?state=x").status_code == 400
    assert "state=x" in cast.as_(cast.reader).get("/proposals?state=x").text
    page = cast.as_(cast.reader).get("/proposals?state=waiting")
    assert "by you" in page.text and "Clear all filters" in page.text
    assert "You have proposed no change" in cast.as_(cast.other).get("/proposals").text
    assert "No proposed change matches" in cast.as_(cast.other).get("/proposals?kind=service").text
    rows = list(csv.DictReader(io.StringIO(cast.as_(cast.owner).get("/proposals.csv").text)))
    assert [row["name"] for row in rows] == ["Pay a fine"] * 2
    assert other_browser(cast.app).get("/proposals").location.startswith("/sign-in?")


def test_nothing_about_people_is_in_the_history(cast: Cast) -> None:
    cast.propose(purpose="Settle", why="Ask Siân on 01632 960 001")
    cast.decide(cast.owner, decision="refuse", answer="Siân left")
    query = select(HistoryEvent).where(HistoryEvent.thing == "proposal")
    for event in cast.session.scalars(query):
        assert "Siân" not in f"{event.before}{event.after}{event.reason}"


def test_a_service_that_was_removed_leaves_its_proposal_readable(cast: Cast) -> None:
    cast.propose()
    services.remove(cast.session, [cast.service], act(), "removed")
    cast.session.commit()
    number = cast.proposals()[0].id
    assert "removed" in cast.as_(cast.reader).get(f"/proposals/{number}").text
    assert cast.as_(cast.reader).get("/proposals").status_code == 200
    top = cast.as_(cast.top)
    shown = top.get(f"/proposals/{number}")
    assert "What do you want to do?" not in shown.text
    sent = {"csrf_token": token_in(shown), "decision": "accept"}
    assert top.post(f"/proposals/{number}/decide", data=sent).status_code == 303
    assert "The record was removed." in top.get(f"/proposals/{number}").text
    assert cast.session.scalar(select(func.count()).select_from(Proposal)) == 1
