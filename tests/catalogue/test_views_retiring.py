"""Retiring a service with what goes with it, and bringing it back."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select
from sqlalchemy.orm import Session
from werkzeug.test import TestResponse

from portal.access import Grant, Kind, Role
from portal.audit import HistoryEvent
from portal.catalogue.models.usage import Usage
from portal.catalogue.rules.retiring import brought_back, ended, is_retired, retired
from portal.catalogue.store import services, usage
from tests.support.accounts import add_person, other_browser, signed_in
from tests.support.data import add_organisation, add_service, service_document
from tests.support.pages import filled, soup_of
from tests.support.storefront import add_capability, add_component, add_usage

RETIRE, BACK = "/services/old/retire", "/services/old/bring-back"
DAY = {"on-day": "1", "on-month": "5", "on-year": "2026"}


class Cast:
    """A service that uses something, one that may replace it, and who may edit the first."""

    def __init__(self, app: Flask, session: Session) -> None:
        self.session, self.app = session, app
        add_organisation(session, "body")
        since = [{"phase": "live", "since": "2020-01-01", "until": None}]
        self.old = add_service(session, "old", owner="body", phases=since).id
        self.new = add_service(session, "new", owner="body").id
        add_capability(session, "needs")
        add_capability(session, "pay", "needs")
        add_component(session, "pay-it", "pay", provider="body")
        add_usage(session, "old", "pay", component="pay-it", since="2021-01-01")
        grant = Grant(Role.SERVICE_OWNER, Kind.SERVICE, self.old)
        self.owner = add_person(session, "owner@a.example", grant)
        session.commit()
        self.client: FlaskClient = other_browser(app)
        signed_in(self.client, session, self.owner)

    def send(self, **answers: Any) -> TestResponse:
        sent = filled(self.client.get(RETIRE)) | DAY | {"why": "Nobody needs it", "usages": "end"}
        return self.client.post(RETIRE, data=sent | answers)

    def retire(self, **answers: Any) -> TestResponse:
        asked = self.send(**answers)
        assert asked.status_code == 200, asked.text
        return self.client.post(RETIRE, data=filled(asked))

    def bring_back(self) -> TestResponse:
        sent = filled(self.client.get(BACK)) | {"why": "The wrong one"}
        return self.client.post(BACK, data=sent)

    def document(self, slug: str = "old") -> dict[str, Any]:
        self.session.expire_all()
        return services.document_of(services.by_slug(self.session, slug))

    def used(self) -> dict[str, Any]:
        self.session.expire_all()
        [row] = usage.load(self.session)
        return usage.document_of(row)


@pytest.fixture
def cast(app: Flask, session: Session) -> Cast:
    return Cast(app, session)


def test_it_asks_before_it_retires(cast: Cast) -> None:
    page = cast.client.get(RETIRE)
    assert [item.text for item in soup_of(page).select("main li")][-1].endswith("Pay it")
    asked = cast.send(successor="New")
    assert "Check before you retire the service" in asked.text
    assert "1 May 2026" in asked.text and "Nobody needs it" in asked.text
    assert not is_retired(cast.document())
    assert cast.client.post(RETIRE, data=filled(asked)).location == "/services/old"
    found = cast.document()
    assert found["phases"] == [
        {"phase": "live", "since": "2020-01-01", "until": "2026-05-01"},
        {"phase": "retired", "since": "2026-05-01", "until": None},
    ]
    assert (cast.used()["status"], cast.used()["until"]) == ("stopped", "2026-05-01")
    assert cast.document("new")["relations"] == [{"relation": "replaces", "service": "old"}]
    shown = cast.client.get("/services/old")
    assert "The service is retired." in shown.text
    [said] = soup_of(shown).select(".govuk-inset-text")
    assert " ".join(said.text.split()) == (
        "This service is retired since 1 May 2026. What replaces it: New."
    )
    history = other_browser(cast.app).get("/services/old/history")
    assert "Nobody needs it" in history.text
    assert cast.client.get(RETIRE).location == "/services/old"
    edit = cast.client.get("/services/old/edit")
    assert "Bring this service back" in edit.text and "/edit/phase" not in edit.text


def test_what_it_uses_may_stay(cast: Cast) -> None:
    before = cast.used()
    assert cast.retire(usages="stay").status_code == 303
    assert is_retired(cast.document()) and cast.used() == before


@pytest.mark.parametrize(
    ("answers", "message"),
    [
        ({"why": ""}, "Enter why the service is retired"),
        ({"on-year": "2019"}, "on or after the day the present phase began"),
        ({"on-year": "2999"}, "must be today or in the past"),
        ({"on-day": "31", "on-month": "2"}, "must be a real date"),
        ({"usages": ""}, "Select what should happen to what it uses"),
        ({"successor": "Zzyzx"}, "check the spelling"),
        ({"successor": "Old"}, "A service cannot replace itself"),
    ],
)
def test_what_is_wrong_is_said(cast: Cast, answers: dict[str, str], message: str) -> None:
    answer = cast.send(**answers)
    assert answer.status_code == 422 and message in answer.text
    assert not is_retired(cast.document())


def test_a_successor_that_may_be_two_is_asked(cast: Cast) -> None:
    add_service(cast.session, "new-two", name="New")
    answer = cast.send(successor="new")
    assert answer.status_code == 422 and "Select which one you mean" in answer.text
    asked = cast.client.post(RETIRE, data=filled(answer) | {"which": "new-two"})
    assert cast.client.post(RETIRE, data=filled(asked)).status_code == 303
    assert cast.document("new-two")["relations"] and not cast.document("new")["relations"]


def test_a_mistake_is_taken_back_with_all_of_it(cast: Cast) -> None:
    before = cast.document(), cast.used(), cast.document("new")
    cast.retire(successor="New")
    wrong = cast.client.post(BACK, data=filled(cast.client.get(BACK)))
    assert wrong.status_code == 422 and "Enter why it was retired by mistake" in wrong.text
    answer = cast.bring_back()
    assert answer.location == "/services/old"
    assert "and with it what ended" in cast.client.get(answer.location).text
    assert (cast.document(), cast.used(), cast.document("new")) == before
    query = select(HistoryEvent).where(HistoryEvent.tag == "service.brought_back")
    events = list(cast.session.scalars(query))
    assert {event.thing for event in events} == {"service", "usage"} and len(events) == 3
    assert {event.reason for event in events} == {"The wrong one"}
    assert cast.client.get(BACK).location == "/services/old"
    # And again: the second retirement is its own.
    assert cast.retire().status_code == 303 and is_retired(cast.document())


def test_what_was_changed_since_stays(cast: Cast) -> None:
    cast.retire(successor="New")
    row = cast.session.get(Usage, usage.load(cast.session)[0].id)
    assert row is not None
    row.until = row.since
    new = services.by_slug(cast.session, "new")
    services.save_relations(cast.session, new.id, [], {})
    cast.session.commit()
    answer = cast.bring_back()
    assert "changed since, and stays so" in cast.client.get(answer.location).text
    assert not is_retired(cast.document()) and cast.used()["status"] == "stopped"


def test_one_that_was_imported_as_retired_comes_back_too(cast: Cast) -> None:
    phases = [{"phase": "live", "since": None, "until": "2020-01-01"},
              {"phase": "retired", "since": "2020-01-01", "until": None}]  # fmt: skip
    gone = service_document("gone", phases=phases)
    assert brought_back(gone)["phases"] == [{"phase": "live", "since": None, "until": None}]
    bare = service_document("gone", phases=phases[1:])
    assert [row["phase"] for row in brought_back(bare)["phases"]] == ["unknown"]


def test_rules_of_days() -> None:
    service = service_document("s", phase="unknown")
    assert retired(service, date(2026, 5, 1))["phases"] == [
        {"phase": "retired", "since": "2026-05-01", "until": None}
    ]
    late = {"status": "live", "since": "2026-06-01", "until": None, "until_basis": None}
    assert ended(late, date(2026, 5, 1))["until"] == "2026-06-01"
    early = {"status": "stopping", "since": "2020-01-01", "until": "2024-01-01",
             "until_basis": "month"}  # fmt: skip
    assert ended(early, date(2026, 5, 1)) == {**early, "status": "stopped"}


def test_a_stranger_may_not(cast: Cast) -> None:
    stranger = other_browser(cast.app)
    signed_in(stranger, cast.session, add_person(cast.session, "stranger@a.example"))
    for page in (RETIRE, BACK):
        assert stranger.get(page).status_code == 403
        assert stranger.get(page.replace("old", "no-such")).status_code == 404
