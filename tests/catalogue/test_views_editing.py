"""Editing a service: question by question, alone, with others, and under a new name."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select
from sqlalchemy.orm import Session
from werkzeug.test import TestResponse

from portal import search
from portal.access import Grant, Kind, Role
from portal.audit import HistoryEvent
from portal.catalogue.models.services import Service
from portal.catalogue.store import services
from tests.support.accounts import add_person, other_browser, signed_in
from tests.support.data import add_organisation, add_service
from tests.support.pages import filled, soup_of

EDIT = "/services/pay-a-fine/edit"
Answers = dict[str, Any]


@pytest.fixture
def service(session: Session) -> Service:
    add_organisation(session, "courts")
    add_organisation(session, "prisons")
    return add_service(session, "pay-a-fine", owner="courts", purpose="Pay", audiences=["public"])


@pytest.fixture
def editor(app: Flask, session: Session, service: Service) -> Callable[[], FlaskClient]:
    numbers = iter(range(9))

    def browser() -> FlaskClient:
        grant = Grant(Role.TEAM_MEMBER, Kind.SERVICE, service.id)
        person = add_person(session, f"editor{next(numbers)}@a.example", grant)
        client = other_browser(app)
        signed_in(client, session, person)
        return client

    return browser


def change(client: FlaskClient, question: str, **answers: Any) -> TestResponse:
    """Open the page of a question and send it with other answers."""
    shown = filled(client.get(f"{EDIT}/{question}"))
    return client.post(f"{EDIT}/{question}", data=shown | answers)


def document(session: Session, slug: str = "pay-a-fine") -> dict[str, Any]:
    session.expire_all()
    return services.document_of(services.by_slug(session, slug))


def events(session: Session, service: Service) -> list[HistoryEvent]:
    mine = (HistoryEvent.thing == "service", HistoryEvent.thing_id == service.id)
    return list(session.scalars(select(HistoryEvent).where(*mine).order_by(HistoryEvent.id)))


def test_every_question_has_its_row_and_its_page(
    editor: Callable[[], FlaskClient], session: Session, service: Service
) -> None:
    client = editor()
    shown = soup_of(client.get(EDIT))
    assert shown.h1 and shown.h1.text == "Edit Pay a fine"
    links = [str(link["href"]) for link in shown.select(".govuk-summary-list__actions a")]
    assert len(links) == 12
    before = document(session)
    for link in links:
        answer = client.get(link)
        assert answer.status_code == 200, link
        sent = client.post(link, data=filled(answer))
        if sent.status_code == 303:
            assert "Nothing was changed." in client.get(EDIT).text, link
    assert document(session) == before and len(events(session, service)) == 1
    assert client.get(f"{EDIT}/nonsense").status_code == 404
    assert client.get("/services/no-such/edit").status_code == 404


def test_a_change_is_saved_with_its_history_and_found(
    editor: Callable[[], FlaskClient], session: Session, service: Service
) -> None:
    client = editor()
    answer = change(client, "purpose", purpose="  Settle a penalty notice.\r\nOnline. ")
    assert answer.status_code == 303
    assert "Your change is saved." in client.get(answer.location).text
    assert document(session)["purpose"] == "Settle a penalty notice.\nOnline."
    last = events(session, service)[-1]
    assert (last.tag, last.actor.split(":")[0]) == ("edited", "person")
    assert last.after == {"purpose": "Settle a penalty notice.\nOnline."}
    assert service.id in search.find(session, "service", "penalty notice").ids
    assert "Edit this service" in client.get("/services/pay-a-fine").text
    assert "Edit this service" not in other_browser(client.application).get(
        "/services/pay-a-fine"
    ).text  # fmt: skip


def test_what_is_wrong_is_said_beside_its_field(editor: Callable[[], FlaskClient]) -> None:
    client = editor()
    answer = change(client, "purpose", purpose=" ")
    assert answer.status_code == 422 and "Enter what the service does" in answer.text
    answer = change(client, "links", guidance="not an address")
    assert answer.status_code == 422
    [link] = soup_of(answer).select(".govuk-error-summary a")
    assert link["href"] == "#guidance" and "not an address" in answer.text


def test_two_at_two_questions_do_not_meet(
    editor: Callable[[], FlaskClient], session: Session, service: Service
) -> None:
    one, other = editor(), editor()
    shown = filled(one.get(f"{EDIT}/purpose"))
    assert change(other, "user-need", user_need="Pay quickly").status_code == 303
    shown["purpose"] = "Settle a fine"
    assert one.post(f"{EDIT}/purpose", data=shown).status_code == 303
    found = document(session)
    assert (found["purpose"], found["user_need"]) == ("Settle a fine", "Pay quickly")
    assert [set(e.after) for e in events(session, service)[1:]] == [{"user_need"}, {"purpose"}]


def test_two_at_one_question_see_each_other(
    editor: Callable[[], FlaskClient], session: Session, service: Service
) -> None:
    one, other = editor(), editor()
    shown = filled(one.get(f"{EDIT}/purpose"))
    change(other, "purpose", purpose="What the colleague says")
    answer = one.post(f"{EDIT}/purpose", data=shown | {"purpose": "What I say"})
    assert answer.status_code == 409
    assert document(session)["purpose"] == "What the colleague says"
    sides = [" ".join(side.text.split()) for side in soup_of(answer).select(".portal-sides > div")]
    assert sides == [
        "What you entered What I say",
        "What it says now What the colleague says",
        "What it said when you opened the page Pay",
    ]
    assert "by a colleague" in answer.text and "editor1" not in answer.text
    again = filled(answer)
    assert again["purpose"] == ["What I say"]
    assert soup_of(answer).select(f"a[href='{EDIT}']"), "it can be left as it is"
    # A mix, while a third answer comes in between: asked once more, then saved.
    change(other, "purpose", purpose="A third text")
    mix = again | {"purpose": "What I say and what the colleague says"}
    answer = one.post(f"{EDIT}/purpose", data=mix)
    assert answer.status_code == 409 and "A third text" in answer.text
    final = filled(answer)
    assert one.post(f"{EDIT}/purpose", data=final).status_code == 303
    assert document(session)["purpose"] == "What I say and what the colleague says"
    assert len(events(session, service)) == 4


def test_a_late_name_is_a_conflict_before_its_address_is_asked(
    editor: Callable[[], FlaskClient], session: Session, service: Service
) -> None:
    one = editor()
    shown = filled(one.get(f"{EDIT}/name"))
    change(one, "purpose", purpose="Something else")
    asked = one.post(f"{EDIT}/name", data=shown | {"name": "Settle it"})
    assert asked.status_code == 200 and "Change the address" in asked.text
    other = filled(change(one, "name", name="Settle a fine")) | {"move": "no"}
    assert one.post(f"{EDIT}/name", data=other).status_code == 303
    late = one.post(f"{EDIT}/name", data=shown | {"name": "Settle it"})
    assert late.status_code == 409 and "by you" in late.text and "Settle it" in late.text


def test_the_same_answer_twice_is_one_change(
    editor: Callable[[], FlaskClient], session: Session, service: Service
) -> None:
    client = editor()
    shown = filled(client.get(f"{EDIT}/purpose")) | {"purpose": "Settle"}
    for _time in range(2):
        assert client.post(f"{EDIT}/purpose", data=shown).status_code == 303
    assert len(events(session, service)) == 2


def test_an_old_form_without_changes_undoes_nothing(
    editor: Callable[[], FlaskClient], session: Session
) -> None:
    one, other = editor(), editor()
    shown = filled(one.get(f"{EDIT}/purpose"))
    change(other, "purpose", purpose="New")
    assert one.post(f"{EDIT}/purpose", data=shown).status_code == 303
    assert document(session)["purpose"] == "New"


@pytest.mark.parametrize("base", ["", "-1", "9" * 30, "x", "\u0665"])
def test_a_base_that_is_none_is_the_oldest(
    editor: Callable[[], FlaskClient], session: Session, base: str
) -> None:
    assert change(editor(), "purpose", purpose="New", base=base).status_code == 303


def test_a_renamed_service_keeps_its_address_or_leads_on(
    editor: Callable[[], FlaskClient], session: Session, service: Service
) -> None:
    client = editor()
    answer = change(client, "name", name="Pay a court fine")
    assert answer.status_code == 200
    assert "/services/pay-a-court-fine" in answer.text
    asked = filled(answer)
    refused = client.post(f"{EDIT}/name", data=asked)
    assert refused.status_code == 422
    assert "Select whether to change the address of the page" in refused.text
    answer = client.post(f"{EDIT}/name", data=asked | {"move": "no"})
    assert answer.location == EDIT
    found = document(session)
    assert found["name"] == "Pay a court fine"
    assert [(n["name"], n["kind"]) for n in found["names"]] == [("Pay a fine", "former")]
    assert service.id in search.find(session, "service", "pay a fine").ids
    asked = filled(change(client, "name", name="Settle a fine"))
    answer = client.post(f"{EDIT}/name", data=asked | {"move": "yes"})
    assert answer.location == "/services/settle-a-fine/edit"
    assert client.get("/services/pay-a-fine").location == "/services/settle-a-fine"
    # Whoever had the old page open loses nothing.
    late = client.get(f"{EDIT}/purpose")
    assert late.status_code == 200
    assert client.post(f"{EDIT}/purpose", data=filled(late) | {"purpose": "x"}).status_code == 303
    assert document(session, "settle-a-fine")["purpose"] == "x"


def test_an_address_that_another_has_or_had_is_not_taken(
    editor: Callable[[], FlaskClient], session: Session
) -> None:
    add_service(session, "settle-a-fine")
    client = editor()
    asked = filled(change(client, "name", name="Settle a fine"))
    answer = client.post(f"{EDIT}/name", data=asked | {"move": "yes"})
    assert answer.location == "/services/settle-a-fine-2/edit"


def test_another_organisation_is_named_in_words(
    editor: Callable[[], FlaskClient], session: Session
) -> None:
    client = editor()
    assert filled(client.get(f"{EDIT}/organisation"))["organisation"] == ["Courts"]
    answer = change(client, "organisation", organisation="")
    assert answer.status_code == 422 and "Enter the organisation" in answer.text
    answer = change(client, "organisation", organisation="Zzyzx")
    assert answer.status_code == 422 and "check the spelling" in answer.text
    assert change(client, "organisation", organisation="prisons").status_code == 303
    owners = document(session)["owners"]
    assert [(o["organisation"], bool(o["until"])) for o in owners] == [
        ("portal:courts", True), ("portal:prisons", False),
    ]  # fmt: skip


def test_a_name_that_may_mean_two_is_asked(
    editor: Callable[[], FlaskClient], session: Session
) -> None:
    add_organisation(session, "prison-service-a", name="Prison Service")
    add_organisation(session, "prison-service-b", name="Prison Service")
    client = editor()
    answer = change(client, "organisation", organisation="Prison Service")
    assert answer.status_code == 422 and "Select which one you mean" in answer.text
    [link] = soup_of(answer).select(".govuk-error-summary a")
    assert link["href"] == "#which"
    sent = filled(answer) | {"which": "portal:prison-service-b"}
    assert client.post(f"{EDIT}/organisation", data=sent).status_code == 303
    assert document(session)["owners"][-1]["organisation"] == "portal:prison-service-b"


def test_who_gives_a_service_away_lands_on_its_page(
    app: Flask, session: Session, service: Service
) -> None:
    role = Grant(Role.ORGANISATION_ADMINISTRATOR, Kind.ORGANISATION, service.organisation_id or 0)
    client = other_browser(app)
    signed_in(client, session, add_person(session, "admin@a.example", role))
    answer = change(client, "organisation", organisation="Prisons")
    assert answer.location == "/services/pay-a-fine"
    assert "Your change is saved." in client.get(answer.location).text
