"""Editing organisations and components: the same pages, with questions of their own."""

from __future__ import annotations

from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy.orm import Session
from werkzeug.test import TestResponse

from portal import clock, search
from portal.access import Grant, Kind, Role
from portal.accounts.models.people import Person
from portal.accounts.store import erasing
from portal.audit import Act
from portal.catalogue.actions import merging
from portal.catalogue.models.proposals import Proposal
from portal.catalogue.store import components, movers, organisations, proposals_elsewhere
from portal.catalogue.store.movers import Merge
from portal.catalogue.words import RecordKind
from tests.support.accounts import add_person, other_browser, signed_in
from tests.support.data import add_organisation, add_service
from tests.support.pages import filled, soup_of
from tests.support.storefront import add_capability, add_component

ACT = Act("command:test", clock.now(), "test")
BODY, PART = "/organisations/courts", "/components/pay-it"


class Cast:
    """An organisation with a component and a service, and who may edit them."""

    def __init__(self, app: Flask, session: Session) -> None:
        self.app, self.session = app, session
        self.body = add_organisation(session, "courts", name="Courts").id
        self.service = add_service(session, "pay-a-fine", owner="courts").id
        add_capability(session, "needs")
        add_capability(session, "pay", "needs")
        for slug in ("pay-it", "pay-more"):
            add_component(session, slug, "pay", provider="courts")
        self.part = components.by_slug(session, "pay-it").id
        self.admin = self.add(
            "admin", Grant(Role.ORGANISATION_ADMINISTRATOR, Kind.ORGANISATION, self.body)
        )
        self.provider = self.add(
            "provider", Grant(Role.COMPONENT_PROVIDER, Kind.COMPONENT, self.part)
        )
        self.reader = self.add("reader")
        session.commit()

    def add(self, name: str, *roles: Grant) -> Person:
        return add_person(self.session, f"{name}@a.example", *roles)

    def as_(self, person: Person) -> FlaskClient:
        client = other_browser(self.app)
        signed_in(client, self.session, person)
        return client

    def change(self, person: Person, page: str, **answers: Any) -> TestResponse:
        client = self.as_(person)
        return client.post(page, data=filled(client.get(page)) | answers)

    def organisation(self) -> dict[str, Any]:
        self.session.expire_all()
        return organisations.document_of(organisations.by_slug(self.session, "courts"))

    def component(self) -> dict[str, Any]:
        self.session.expire_all()
        return components.document_of(components.by_slug(self.session, "pay-it"))


@pytest.fixture
def cast(app: Flask, session: Session) -> Cast:
    return Cast(app, session)


def test_each_has_its_page_for_those_who_may(cast: Cast) -> None:
    for person, page, many, link in (
        (cast.admin, BODY, 4, "Edit this organisation"),
        (cast.provider, PART, 11, "Edit this component"),
    ):
        client = cast.as_(person)
        assert link in client.get(page).text
        links = [str(a["href"]) for a in soup_of(client.get(f"{page}/edit")).select("dl a")]
        assert len(links) == many
        for each in links:
            shown = client.get(each)
            answer = client.post(each, data=filled(shown))
            if answer.status_code == 303:
                assert "Nothing was changed." in client.get(f"{page}/edit").text, each
        reader = cast.as_(cast.reader)
        assert reader.get(f"{page}/edit").status_code == 403
        assert "Propose a change" in reader.get(page).text
        propose = soup_of(reader.get(f"{page}/propose")).select("dl a")
        assert [reader.get(str(a["href"])).status_code for a in propose] == [200] * many
        assert "Sign in to propose a change" in other_browser(cast.app).get(page).text
    assert cast.as_(cast.provider).get(f"{BODY}/edit").status_code == 403


def test_a_body_is_renamed_and_its_services_are_found_by_it(cast: Cast) -> None:
    days = {"since-day": "1", "since-month": "4", "since-year": "2026"}
    answer = cast.change(cast.admin, f"{BODY}/edit/name", name="Tribunals", welsh_name="Llysoedd",
                         **days)  # fmt: skip
    assert answer.status_code == 303
    found = cast.organisation()
    assert found["name"] == "Tribunals"
    assert [(n["name"], n["language"], n["since"], n["until"]) for n in found["names"]] == [
        ("Courts", "en", None, "2026-04-01"),
        ("Tribunals", "en", "2026-04-01", None),
        ("Llysoedd", "cy", None, None),
    ]
    assert cast.service in search.find(cast.session, "service", "tribunals").ids
    early = days | {"since-year": "2025"}
    wrong = cast.change(cast.admin, f"{BODY}/edit/name", name="Benches", **early)
    assert wrong.status_code == 422 and "on or after the day" in wrong.text
    # A slip of the pen on the same day leaves no name behind.
    cast.change(cast.admin, f"{BODY}/edit/name", name="Tribunal Service", **days)
    names = [n["name"] for n in cast.organisation()["names"]]
    assert names == ["Courts", "Llysoedd", "Tribunal Service"]


def test_plain_details_of_a_body(cast: Cast) -> None:
    cast.change(cast.admin, f"{BODY}/edit/abbreviation", abbreviation="CTS")
    cast.change(cast.admin, f"{BODY}/edit/website", website="https://courts.example")
    cast.change(cast.admin, f"{BODY}/edit/aliases", aliases="The Courts\r\nCourt Service")
    found = cast.organisation()
    assert (found["abbreviation"], found["website"]) == ("CTS", "https://courts.example")
    assert [row["alias"] for row in found["aliases"]] == ["Court Service", "The Courts"]
    assert cast.change(cast.admin, f"{BODY}/edit/website", website="x").status_code == 422
    long = "y" * 301
    assert cast.change(cast.admin, f"{BODY}/edit/aliases", aliases=long).status_code == 422


def test_plain_details_of_a_component(cast: Cast) -> None:
    edit = f"{PART}/edit"
    cast.change(cast.provider, f"{edit}/summary", summary="Takes payments.")
    cast.change(cast.provider, f"{edit}/who", sectors=["nhs", "police"], eligibility_note="Ask")
    cast.change(cast.provider, f"{edit}/start", steps="Sign in\nTry it",
                how_to_start="https://pay.example")  # fmt: skip
    cast.change(cast.provider, f"{edit}/support", support_hours="Office hours")
    found = cast.component()
    assert found["summary"] == "Takes payments." and found["sectors"] == ["nhs", "police"]
    assert [row["text"] for row in found["steps"]] == ["Sign in", "Try it"]
    assert (found["how_to_start"], found["support_hours"]) == (
        "https://pay.example",
        "Office hours",
    )
    assert cast.part in search.find(cast.session, "component", "takes payments").ids


def test_a_component_closes_and_names_what_takes_over(cast: Cast) -> None:
    page = f"{PART}/edit/lifecycle"
    wrong = cast.change(cast.provider, page, lifecycle="closing", successor="Pay more")
    assert wrong.status_code == 422 and "Enter the day it closes" in wrong.text
    days = {"closes_on-day": "1", "closes_on-month": "1", "closes_on-year": "2030"}
    sent = {"lifecycle": "closing", **days}
    itself = cast.change(cast.provider, page, successor="Pay it", **sent)
    assert itself.status_code == 422 and "cannot succeed itself" in itself.text
    assert cast.change(cast.provider, page, successor="pay more", **sent).status_code == 303
    found = cast.component()
    assert (found["lifecycle"], found["closes_on"]) == ("closing", "2030-01-01")
    assert found["successor"] == "pay-more" and found["lifecycle_since"]
    shown = filled(cast.as_(cast.provider).get(page))
    assert shown["successor"] == ["Pay more"]


def test_a_price_begins_on_a_day_and_ends_the_one_before(cast: Cast) -> None:
    page = f"{PART}/edit/price"
    first = {"item": "Payment", "unit": "payment", "pence": "12.50",
             "since-day": "1", "since-month": "4", "since-year": "2025"}  # fmt: skip
    assert cast.change(cast.provider, page, **first).status_code == 303
    assert cast.change(cast.provider, page, **first, per_cent="2").status_code == 422
    assert (
        cast.change(cast.provider, page, pence="lots", **{"since-year": "2026"}).status_code == 422
    )
    later = {"pence": "13", "since-year": "2026"}
    assert cast.change(cast.provider, page, **later).status_code == 303
    rows = cast.component()["prices"]
    assert [(r["pence"], r["since"], r["until"]) for r in rows] == [
        ("12.5", "2025-04-01", "2026-04-01"), ("13", "2026-04-01", None),
    ]  # fmt: skip
    shown = cast.as_(cast.provider).get(f"{PART}/edit").text
    assert "13p per payment" in shown and "12.5" not in shown, "those that hold"
    early = cast.change(cast.provider, page, pence="1", **{"since-year": "2024"})
    assert early.status_code == 422 and "after the day the present price began" in early.text
    cast.change(cast.provider, page, pence="14")
    assert [r["pence"] for r in cast.component()["prices"]] == ["12.5", "14"], "put right"


@pytest.mark.parametrize("which", ["organisation", "component"])
def test_they_are_proposed_and_accepted_too(cast: Cast, which: str) -> None:
    page, person, answers = {
        "organisation": (f"{BODY}/propose/name", cast.admin, {"name": "Tribunals"}),
        "component": (f"{PART}/propose/price", cast.provider, {
            "item": "Payment", "unit": "payment", "pence": "3",
            "since-day": "1", "since-month": "4", "since-year": "2025"}),
    }[which]  # fmt: skip
    to = cast.change(cast.reader, page, why="It is published", **answers).location
    client = cast.as_(person)
    shown = filled(client.get(to), f"form[action='{to}/decide']")
    assert client.post(f"{to}/decide", data=shown | {"decision": "accept"}).status_code == 303
    if which == "organisation":
        assert cast.organisation()["name"] == "Tribunals"
    else:
        assert cast.component()["prices"][0]["pence"] == "3"


def test_proposals_move_with_a_merge_and_are_emptied_with_their_author(cast: Cast) -> None:
    cast.change(cast.reader, f"{BODY}/propose/name", name="Tribunals", why="Ask me at home")
    other = add_organisation(cast.session, "benches").id
    merge = Merge(RecordKind.ORGANISATION, other, cast.body, "portal:benches", "portal:courts", ACT)
    assert merging.TAGS and ("Proposed changes", 1) in movers.counts(cast.session, merge)
    proposals_elsewhere._move(cast.session, merge)
    cast.session.expire_all()
    [made] = cast.session.query(Proposal)
    assert made.thing_id == other
    proposals_elsewhere.forget(cast.session, cast.reader.id, ACT.at)
    cast.session.expire_all()
    assert "proposals" in erasing._ERASERS and made.why == ""
