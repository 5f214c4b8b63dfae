"""How a published service meets its needs, as its team records it on its pages."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select
from sqlalchemy.orm import Session
from werkzeug.test import TestResponse

from portal.access import Grant, Kind, Role
from portal.audit import HistoryEvent
from portal.catalogue.component_words import EvidenceKind
from portal.catalogue.models.components import Capability
from portal.catalogue.models.services import Service
from portal.catalogue.models.usage import CapabilityNeed, Usage
from portal.catalogue.store import evidence, usage
from portal.catalogue.store.evidence import Said
from tests.support.accounts import act, add_person, other_browser, send, signed_in
from tests.support.data import ACT, add_organisation, add_service
from tests.support.pages import filled, soup_of
from tests.support.storefront import add_capability, add_component

TODAY = act().day
NEEDS = "/services/pay-a-fine/needs"
LIVE = {"status": "live", "since-day": "", "since-month": "3", "since-year": "2024"}
Answers = dict[str, Any]


@pytest.fixture
def service(session: Session) -> Service:
    add_organisation(session, "ministry")
    add_organisation(session, "courts")
    add_capability(session, "messages")
    add_capability(session, "letters", "messages", question="How do you send letters?")
    add_capability(session, "texts", "messages")
    add_capability(session, "money")
    add_capability(session, "payments", "money", question="How do you take payments?")
    add_component(session, "notify", "letters", "texts")
    add_component(session, "old-post", "letters", lifecycle="closed", closes_on="2025-01-01")
    add_component(session, "pay", "payments")
    return add_service(session, "pay-a-fine", owner="courts")


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


def answers(session: Session) -> dict[str, str]:
    session.expire_all()
    query = select(Capability.slug, CapabilityNeed.answer).join(
        Capability, Capability.id == CapabilityNeed.capability_id
    )
    return {slug: answer.value for slug, answer in session.execute(query)}


def usages(session: Session, need: str = "letters") -> list[Usage]:
    session.expire_all()
    return [row for row in usage.load(session) if row.capability.slug == need]


def main(answer: TestResponse) -> str:
    return " ".join(soup_of(answer).select("main")[0].get_text(" ").split())


def again(client: FlaskClient, address: str, **changes: Any) -> TestResponse:
    """Open a page and send its form with other answers."""
    return client.post(address, data=filled(client.get(address)) | changes)


def test_the_whole_picture_in_one_go(
    editor: Callable[[], FlaskClient], session: Session, service: Service
) -> None:
    client = editor()
    assert main(client.get(NEEDS)).count("Not answered") == 3
    answer = send(client, NEEDS, {"needs": ["letters", "payments"], "rest": "leave"})
    assert answer.location == f"{NEEDS}/letters?go=on"
    assert answers(session) == {"letters": "needed", "payments": "needed"}
    assert main(client.get(NEEDS)).count("Not answered") == 1
    first = client.get(answer.location)
    assert [h.get_text(strip=True) for h in soup_of(first).select("h1")] == [
        "How do you send letters?"
    ]
    answer = send(client, answer.location, {"how": "component:notify", **LIVE})
    assert answer.location == f"{NEEDS}/payments?go=on", "one after the other"
    bought = {"how": "bought_product", "product": "Till", "supplier": "Till Ltd", **LIVE}
    assert send(client, answer.location, bought).location == NEEDS
    [row] = usages(session)
    assert (str(row.since), row.since_basis, row.declared_by[:7]) == (
        "2024-03-01",
        "month",
        "person:",
    )
    send(client, NEEDS, {"needs": ["letters", "payments"], "rest": "not_needed"})
    assert answers(session)["texts"] == "not_needed"
    page = main(client.get(NEEDS))
    assert "Not needed" in page and "Not answered" not in page
    said = select(HistoryEvent).where(HistoryEvent.tag == "needs answered")
    assert [sorted(event.after["needs"]) for event in session.scalars(said)] == [
        ["letters", "payments"],
        ["texts"],
    ], "one event each, of what changed"
    send(client, NEEDS, {"needs": ["letters", "payments"], "rest": "leave"})
    assert "Nothing was changed" in main(client.get(NEEDS))
    send(client, f"{NEEDS}/texts", {"how": "unknown"})
    assert answers(session)["texts"] == "unknown"
    assert "Not known whether" in main(client.get(NEEDS))


def test_what_is_met_cannot_be_unsaid(editor: Callable[[], FlaskClient], session: Session) -> None:
    client = editor()
    send(client, f"{NEEDS}/letters", {"how": "by_hand"})
    assert answers(session) == {"letters": "needed"}, "what is met is needed"
    assert "My service does not need this" not in client.get(f"{NEEDS}/letters").text
    answer = send(client, NEEDS, {"needs": [], "rest": "not_needed"})
    assert answer.status_code == 422 and "What is recorded as met is needed" in answer.text
    [link] = soup_of(answer).select(".govuk-error-summary a")
    assert link["href"] == "#needs"
    assert answers(session) == {"letters": "needed"}
    assert send(client, f"{NEEDS}/letters", {"how": "not_needed"}).status_code == 422
    assert send(client, NEEDS, {"needs": ["letters", "x"], "rest": "leave"}).status_code == 422


@pytest.mark.parametrize(
    ("values", "field", "message"),
    [
        ({}, "how", "Select how you meet this need"),
        ({"how": "component:pay", **LIVE}, "how", "Select how you meet this need"),
        ({"how": "bought_product", **LIVE}, "product", "Enter the name of the product"),
        ({"how": "own_build"}, "status", "Select whether it is in use"),
        ({"how": "own_build", "status": "live"}, "since-day", "Enter when it went into use"),
        ({"how": "own_build", "status": "stopped"}, "until-day", "Enter when it stopped"),
        ({"how": "own_build", **LIVE, "status": "planned"}, "since-day", "not in use yet"),
        ({"how": "own_build", **LIVE, "share": "120%"}, "share", "up to 100"),
        ({"how": "own_build", **LIVE, "yearly_cost": "much"}, "yearly_cost", "whole number"),
        ({"how": "own_build", **LIVE, "source": "there"}, "source", "web address"),
        ({"how": "own_build", **LIVE, "since-year": "2999"}, "since-day", "in the past"),
    ],
)
def test_what_is_wrong_is_said_beside_its_field(
    editor: Callable[[], FlaskClient], session: Session, values: Answers, field: str, message: str
) -> None:
    answer = send(editor(), f"{NEEDS}/letters", {**values, "note": "Kept as typed"})
    assert answer.status_code == 422 and message in answer.text
    assert f"#{field}" in [a["href"] for a in soup_of(answer).select(".govuk-error-summary a")]
    assert "Kept as typed" in answer.text and usages(session) == []


def test_another_arrangement_and_what_it_replaces(
    editor: Callable[[], FlaskClient], session: Session
) -> None:
    client = editor()
    old = {"how": "own_build", "product": "Postie", "status": "stopped", "until-day": "1",
           "until-month": "2", "until-year": "2025"}  # fmt: skip
    send(client, f"{NEEDS}/letters", old)
    [first] = usages(session)
    page = client.get(f"{NEEDS}/letters")
    assert "What else meets this need" in page.text and "Not open to new services" in page.text
    new = {"how": "component:notify", **LIVE, "replaces": str(first.id)}
    assert send(client, f"{NEEDS}/letters", new).status_code == 303
    second = usages(session)[1]
    assert second.replaces_id == first.id
    told = main(client.get(f"/usages/{second.id}/history"))
    assert "What it replaces Postie" in told
    answer = send(client, f"{NEEDS}/letters", {**new, "how": "by_hand"})
    assert "Something else has replaced this already" in answer.text
    answer = send(client, f"{NEEDS}/letters", {**new, "replaces": ""})
    assert "This is recorded already" in answer.text
    answer = send(client, f"{NEEDS}/letters", {**new, "how": "by_hand", "replaces": "x"})
    assert "from the list" in answer.text
    answer = again(client, f"{NEEDS}/letters/{first.id}", replaces=str(second.id))
    assert "itself replaced" in answer.text
    assert "Replaced by Notify" in main(client.get("/services/pay-a-fine"))


def test_an_arrangement_is_described_again(
    editor: Callable[[], FlaskClient], session: Session
) -> None:
    client = editor()
    full = {
        "how": "bought_product", "product": "Till", "supplier": "Till Ltd", **LIVE,
        "reason": "cost", "reason_note": "Cheap", "share": "12.5", "contract_end-day": "1",
        "contract_end-month": "4", "contract_end-year": "2030", "yearly_cost": "25,000",
        "source": "https://a.example/", "note": "Much",
    }  # fmt: skip
    send(client, f"{NEEDS}/letters", full)
    [row] = usages(session)
    at, before = f"{NEEDS}/letters/{row.id}", usage.document_of(row)
    assert (before["share"], before["yearly_cost"]) == ("12.5", 25000)
    assert again(client, at).status_code == 303
    assert "Nothing was changed." in main(client.get(NEEDS))
    [row] = usages(session)
    assert usage.document_of(row) == before and row.version == 1, "what it shows says the same"
    ends = {"status": "stopped", "until-day": "3", "until-month": "May", "until-year": "2025"}
    assert again(client, at, **ends).status_code == 303
    [row] = usages(session)
    assert usage.document_of(row) == {**before, "status": "stopped", "until": "2025-05-03"}
    told = main(client.get(f"/usages/{row.id}/history"))
    assert "In use until" in told and "3 May 2025" in told
    assert "What it used before" in client.get("/services/pay-a-fine").text


def test_two_at_once_lose_nothing(editor: Callable[[], FlaskClient], session: Session) -> None:
    one, other = editor(), editor()
    send(one, f"{NEEDS}/letters", {"how": "component:notify", **LIVE})
    [row] = usages(session)
    at = f"{NEEDS}/letters/{row.id}"
    shown = filled(other.get(at))
    assert again(one, at, note="Said first").status_code == 303
    answer = other.post(at, data=shown | {"note": "Said late"})
    assert answer.status_code == 409
    text = main(answer)
    assert "changed since you opened it" in text
    assert "Said first" in text and "Said late" in text
    assert usages(session)[0].note == "Said first"
    kept = filled(answer)
    assert kept["note"] == ["Said late"]
    assert other.post(at, data=kept | {"note": "Said both"}).status_code == 303
    assert usages(session)[0].note == "Said both"
    assert other.post(at, data=shown | {"note": "Said both"}).status_code == 303, "it says so"


def test_evidence_speaks_of_what_it_was_about(
    editor: Callable[[], FlaskClient], session: Session
) -> None:
    client = editor()
    send(client, f"{NEEDS}/letters", {"how": "component:notify", **LIVE})
    [row] = usages(session)
    evidence.add(session, row.id, Said(EvidenceKind.PROVIDER_CONFIRMED, ACT.day), ACT)
    session.commit()
    at = f"{NEEDS}/letters/{row.id}"
    answer = again(client, at, how="own_build")
    assert answer.status_code == 422 and "There is evidence of this" in answer.text
    assert "Confirmed" in main(client.get(NEEDS))
    assert again(client, at, note="The same").status_code == 303
    assert send(client, f"{at}/remove", {"why": "Wrong"}).status_code == 303
    assert usages(session) == []


def test_a_mistake_is_removed_and_traced(
    editor: Callable[[], FlaskClient], session: Session
) -> None:
    client = editor()
    send(client, f"{NEEDS}/letters", {"how": "own_build", "not_known": "y", "status": "live"})
    [first] = usages(session)
    send(client, f"{NEEDS}/letters", {"how": "by_hand", "replaces": str(first.id)})
    at, id_ = f"{NEEDS}/letters/{first.id}/remove", first.id
    assert "Enter why it was a mistake" in send(client, at, {}).text
    assert len(usages(session)) == 2
    assert send(client, at, {"why": "Another service"}).location == NEEDS
    [left] = usages(session)
    assert left.arrangement == "by_hand" and left.replaces_id is None
    events = select(HistoryEvent).where(HistoryEvent.thing == "usage")
    last = session.scalars(events.order_by(HistoryEvent.id.desc())).first()
    assert last is not None
    assert (last.thing_id, last.tag, last.reason) == (id_, "usage.removed", "Another service")
    assert last.before["arrangement"] == "own_build"
    assert client.get(at).status_code == 404 and send(client, at, {"why": "x"}).status_code == 404


def test_lists_and_counts_follow(
    editor: Callable[[], FlaskClient], session: Session, service: Service
) -> None:
    client = editor()
    assert client.get("/services.json?component=notify").get_json()["items"] == []
    send(client, f"{NEEDS}/letters", {"how": "component:notify", **LIVE})
    reader = other_browser(client.application)
    found = reader.get("/services.json?component=notify").get_json()["items"]
    assert [item["slug"] for item in found] == ["pay-a-fine"]
    assert "Pay a fine" in main(reader.get("/components/notify"))
    assert "Notify" in main(reader.get("/services/pay-a-fine"))
    [row] = usages(session)
    send(client, f"{NEEDS}/letters/{row.id}/remove", {"why": "Wrong"})
    assert reader.get("/services.json?component=notify").get_json()["items"] == []


def test_who_may_not_edit_sees_the_public_section_only(
    app: Flask, editor: Callable[[], FlaskClient], session: Session
) -> None:
    client = editor()
    page, edit = "/services/pay-a-fine", "/services/pay-a-fine/edit"
    assert f'href="{NEEDS}"' in client.get(page).text and NEEDS in client.get(edit).text
    send(client, f"{NEEDS}/letters", {"how": "by_hand"})
    [row] = usages(session)
    stranger = other_browser(app)
    assert NEEDS not in stranger.get(page).text
    signed_in(stranger, session, add_person(session, "else@a.example"))
    assert NEEDS not in stranger.get(page).text
    one = f"{NEEDS}/letters/{row.id}"
    for address in (NEEDS, f"{NEEDS}/letters", one, f"{one}/remove"):
        assert stranger.get(address).status_code == 403
        assert "no-store" in client.get(address).headers["Cache-Control"]
    for address in (f"{NEEDS}/no-such", f"{NEEDS}/messages", f"{NEEDS}/texts/{row.id}",
                    f"{NEEDS}/letters/{row.id + 99}", "/services/no-such/needs"):  # fmt: skip
        assert client.get(address).status_code == 404, address
        assert stranger.get(address).status_code == 404, address


def test_all_needs_are_answered_on_one_page(
    session: Session, editor: Callable[[], FlaskClient]
) -> None:
    client, page = editor(), f"{NEEDS}/together"
    assert client.get(page).headers["Location"] == NEEDS, "no need is said yet"
    chosen = {"needs": ["letters", "texts", "payments"], "rest": "leave"}
    assert send(client, NEEDS, chosen).status_code == 303
    assert page in client.get(NEEDS).text
    text = main(client.get(page))
    assert "How do you send letters?" in text and "How do you take payments?" in text
    offered = soup_of(client.get(page)).select("[name='letters--how'] option")
    assert [str(o["value"]) for o in offered][:2] == ["", "component:notify"], "old-post is closed"
    ahead = str(TODAY.year + 1)
    wrong = send(client, page, {
        "letters--how": "bought_product", "letters--status": "live",
        "texts--how": "own_build", "payments--how": "component:pay", "payments--status": "planned",
        "payments--since-month": "3", "payments--since-year": "2024",
    })  # fmt: skip
    assert wrong.status_code == 422 and usages(session) == [], "all of it or nothing"
    listed = [each.get_text() for each in soup_of(wrong).select(".govuk-error-summary__list a")]
    assert listed == [
        "Letters: Enter the name of the product", "Texts: Select whether it is in use",
        "Payments: Leave the date empty: it is not in use yet",
    ]  # fmt: skip
    since = {"letters--since-month": "3", "letters--since-year": ahead}
    shared = {"letters--how": "component:notify", "letters--status": "live"}
    late = send(client, page, {**shared, **since})
    assert late.status_code == 422
    since["letters--since-year"] = "2024"
    done = send(client, page, {**shared, **since, "texts--how": "not_needed"})
    assert done.headers["Location"] == NEEDS and "2 answers are saved" in client.get(NEEDS).text
    [row] = usages(session)
    assert (row.status.value, str(row.since), str(row.since_basis)) == (
        "live",
        "2024-03-01",
        "month",
    )
    assert answers(session) == {"letters": "needed", "texts": "not_needed", "payments": "needed"}
    assert send(client, page, {}).status_code == 303, "nothing said is nothing changed"
    hand = {"payments--how": "by_hand"}
    assert send(client, page, hand).status_code == 303
    [row] = usages(session, "payments")
    assert (row.arrangement.value, row.since_basis and row.since_basis.value) == ("by_hand", "seen")
    assert client.get(page).status_code == 303, "all is said"
