"""A service becomes two, with everything that was chosen."""

from __future__ import annotations

from datetime import date

import pytest
from flask import Flask
from sqlalchemy.orm import Session

from portal.access import Grant, Kind, Role
from portal.audit import history_of
from portal.catalogue.rules.splitting import Taken, split
from portal.catalogue.store import duplicates, service_counts
from portal.catalogue.words import RecordKind, ServiceRelation
from portal.errors import Invalid
from tests.support.accounts import (
    act,
    add_person,
    administrator,
    other_browser,
    send,
    signed_in,
    token_in,
)
from tests.support.data import add_organisation, add_service, service_document
from tests.support.pages import soup_of
from tests.support.storefront import add_capability, add_component, add_usage

DAY = date(2026, 3, 1)
NAMES = [{"name": name, "kind": "synonym", "language": "en", "until": None} for name in "pq"]
PHASES = [
    {"phase": "alpha", "since": "2010-01-01", "until": "2012-01-01"},
    {"phase": "live", "since": "2012-01-01", "until": None},
]
PART = ServiceRelation.PART_OF


def test_what_is_chosen_goes_and_the_rest_stays() -> None:
    old = service_document("boats", names=NAMES, phases=PHASES, category="Tax")
    rest, new = split(old, Taken("Moorings", "Rent", PART, [1], [0]), "moorings", DAY)
    assert (new["name"], new["category"], new["purpose"]) == ("Moorings", "Tax", "Rent")
    assert [n["name"] for n in new["names"]] == ["q"] and [n["name"] for n in rest["names"]] == [
        "p"
    ]
    assert new["phases"] == PHASES and rest["phases"] == PHASES[1:]
    assert new["relations"] == [{"relation": "part_of", "service": "boats"}]


def test_one_that_takes_no_phase_begins_when_they_part() -> None:
    old = service_document("boats", phases=PHASES)
    rest, new = split(old, Taken("Moorings", None, PART), "moorings", DAY)
    assert new["phases"] == [{"phase": "live", "since": "2026-03-01", "until": None}]
    assert rest == old
    with pytest.raises(Invalid):
        split(old, Taken("BOATS", None, PART), "x", DAY)


def test_split_a_service(app: Flask, session: Session) -> None:
    add_organisation(session, "waters")
    add_organisation(session, "ministry")
    add_capability(session, "needs")
    for need in ("pay", "send"):
        add_capability(session, need, "needs")
        add_component(session, f"{need}ments", need)
    boats = add_service(session, "boats", owner="waters", names=NAMES, phases=PHASES).id
    add_usage(session, "boats", "pay", component="payments")
    add_usage(session, "boats", "send", component="sendments")
    waters = duplicates.id_at(session, RecordKind.ORGANISATION, "waters")
    owner = add_person(session, "owner@a.example", Grant(Role.SERVICE_OWNER, Kind.SERVICE, boats))
    role = Grant(Role.ORGANISATION_ADMINISTRATOR, Kind.ORGANISATION, waters)
    admin = add_person(session, "admin@a.example", role)
    client, other = other_browser(app), other_browser(app)
    signed_in(client, session, admin)
    signed_in(other, session, owner)
    assert other.get("/services/boats/split").status_code == 403
    assert "/services/boats/split" in client.get("/services/boats/edit").text
    page = soup_of(client.get("/services/boats/split"))
    boxes = {
        str(page.find(id=label["for"])["name"]) + ":" + label.get_text().strip():
        page.find(id=label["for"])["value"] for label in page.select(".govuk-checkboxes__label")
    }  # fmt: skip
    wrong = send(client, "/services/boats/split", {})
    assert wrong.status_code == 422
    data = {
        "name": "Moorings", "relation": "part_of", "reason": "Two things",
        "names": boxes["names:q, Also called"],
        "usages": boxes["usages:Send: Sendments (In use)"], "version": "1",
        "phases": next(value for name, value in boxes.items() if name.startswith("phases")),
    }  # fmt: skip
    assert send(client, "/services/boats/split", data | {"name": "Boats"}).status_code == 422
    check = send(client, "/services/boats/split", data)
    assert (
        "Check before you split" in check.text
        and client.get("/services/moorings").status_code == 404
    )
    late = {**data, "confirm": "yes", "version": "9", "csrf_token": token_in(check)}
    assert client.post("/services/boats/split", data=late).status_code == 409
    sent = {box["name"]: box["value"] for box in soup_of(check).select("main input[type=hidden]")}
    done = client.post("/services/boats/split", data=sent)
    assert done.headers["Location"] == "/services/moorings"
    new = client.get("/services/moorings.json").get_json()
    assert new["relations"] == [{"relation": "part_of", "service": "boats"}]
    assert [n["name"] for n in new["names"]] == ["q"]
    assert "Sendments" in client.get("/services/moorings").text
    assert "Sendments" not in client.get("/services/boats").text
    event = history_of(session, "service", boats)[0]
    assert event.after["split_into"] == [{"name": "Moorings", "slug": "moorings"}]
    assert event.reason == "Two things"
    assert "Split from" in client.get("/services/moorings/history").text
    day = act().day.isoformat()
    assert "Split" not in client.get(f"/services/boats/as-at/{day}").text
    assert service_counts.kept(session) == service_counts.counted(session)
    assert other.get("/services/moorings/edit").status_code == 200, "roles are on both"
    top = other_browser(app)
    signed_in(top, session, add_person(session, "top@a.example", administrator()))
    assert top.get("/services/boats/split").status_code == 200
