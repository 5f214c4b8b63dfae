"""Needs that no shared component meets, and the voices of services that ask for one."""

from __future__ import annotations

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy.orm import Session

from portal.access import Grant, Kind, Role
from portal.audit import history_of
from portal.catalogue.actions import merging, voices
from portal.catalogue.actions.merging import Wanted
from portal.catalogue.store import capabilities, services, unmet
from portal.catalogue.words import RecordKind
from portal.db import Database
from portal.errors import Missing
from tests.support.accounts import act, add_person, other_browser, send, signed_in
from tests.support.data import add_organisation, add_service
from tests.support.pages import PageClient, soup_of
from tests.support.storefront import add_capability, add_component, add_usage

ASK = "/services/a-fine/voices/book"


@pytest.fixture
def alone(app: Flask, session: Session) -> Session:
    """Services that build, do by hand and lack what others share."""
    add_organisation(session, "ministry")
    add_capability(session, "needs")
    for need in ("book", "pay", "scan"):
        add_capability(session, need, "needs")
    add_component(session, "payments", "pay")
    for slug in ("a-fine", "b-tax", "c-fee"):
        add_service(session, slug, owner="ministry")
    add_usage(session, "a-fine", "book", reason="cost", reason_note="Too dear")
    add_usage(session, "b-tax", "book", arrangement="by_hand")
    add_usage(session, "b-tax", "book", reason="cost")
    add_usage(session, "c-fee", "book", status="stopped", since="2020-01-01", until="2021-01-01")
    add_usage(session, "a-fine", "pay", component="payments")
    add_usage(session, "c-fee", "scan", arrangement="gap", status="considering", since=None)
    session.commit()
    return session


@pytest.fixture
def team(app: Flask, alone: Session) -> FlaskClient:
    """The browser of somebody who owns the first service."""
    service = services.ids_by_slug(alone)["a-fine"]
    owner = Grant(Role.SERVICE_OWNER, Kind.SERVICE, service)
    client = other_browser(app)
    signed_in(client, alone, add_person(alone, "owner@a.example", owner))
    return client


def test_needs_by_how_many_meet_them_alone(client: PageClient, alone: Session) -> None:
    found = client.get("/unmet-needs.json").get_json()["items"]
    assert [(row["slug"], row["services"]) for row in found] == [("book", 2), ("scan", 1)]
    assert (found[0]["own_build"], found[0]["by_hand"], found[0]["reasons"]) == (2, 1, ["cost: 2"])
    page = soup_of(client.get("/unmet-needs"))
    assert "Cost (2)" in page.select("#unmet tbody tr")[0].get_text()
    assert page.select("a[href='/unmet-needs/book']")
    assert "services" in client.get("/unmet-needs.csv").text


def test_the_services_of_one_need(client: PageClient, alone: Session) -> None:
    page = soup_of(client.get("/unmet-needs/book"))
    rows = [row.th.get_text(" ", strip=True) for row in page.select("#alone tbody tr")]
    assert rows == ["A fine Ministry", "B tax Ministry", "B tax Ministry"]
    assert "Cost: Too dear" in page.get_text()
    found = client.get("/unmet-needs/book.json?arrangement=by_hand").get_json()["items"]
    assert [row["service_slug"] for row in found] == ["b-tax"]
    assert client.get("/unmet-needs/book.json?reason=cost").get_json()["count"] == 2
    assert "No service meets it so" in client.get("/unmet-needs/book?reason=security").text
    told = client.get("/unmet-needs/book?reason=x&arrangement=shared_component").text
    assert "reason=x" in told and "arrangement=shared_component" in told
    assert client.get("/unmet-needs/book.csv?reason=x").status_code == 400
    assert "No service has said" in client.get("/unmet-needs/pay").text
    for nothing in ("needs", "nothing"):
        assert client.get(f"/unmet-needs/{nothing}").status_code == 404


def test_a_long_list_has_more_pages(client: PageClient, alone: Session) -> None:
    for number in range(60):
        add_service(alone, f"s-{number:02}")
        add_usage(alone, f"s-{number:02}", "scan")
    page = soup_of(client.get("/unmet-needs/scan"))
    following = client.get(str(page.select("a[rel=next]")[0]["href"]))
    assert len(soup_of(following).select("#alone tbody tr")) == 11
    assert client.get("/unmet-needs/scan.json").get_json()["count"] == 61


def test_a_team_asks_says_it_better_and_takes_it_back(team: FlaskClient, alone: Session) -> None:
    assert "Ask for a shared component" in team.get("/services/a-fine/needs/book").text
    wrong = send(team, ASK, {"text": ""})
    assert wrong.status_code == 422 and "Enter what it would have to do" in wrong.text
    for text in ("Slots of ten minutes", "Slots of five minutes", "Slots of five minutes"):
        done = send(team, ASK, {"text": text})
        assert done.headers["Location"] == "/unmet-needs/book"
    page = team.get("/unmet-needs/book")
    assert "Slots of five minutes" in page.text and "ten minutes" not in page.text
    assert team.get("/unmet-needs.json").get_json()["items"][0]["voices"] == 1
    service = services.ids_by_slug(alone)["a-fine"]
    tags = [event.tag for event in history_of(alone, "service", service)]
    assert tags.count("voice.added") == 2, "the same again is no change"
    history = team.get("/services/a-fine/history").text
    assert "Asks for a shared component" in history and "Slots of ten minutes" in history
    assert "voices" not in team.get("/services/a-fine.json").get_json()
    asked = send(team, f"{ASK}/withdraw", {}, ASK)
    assert asked.status_code == 200 and unmet.by_need(alone)[0].voices == 1
    send(team, f"{ASK}/withdraw", {"confirm": "yes"}, ASK)
    alone.expire_all()
    assert unmet.by_need(alone)[0].voices == 0
    day = act().day.isoformat()
    assert team.get(f"/services/a-fine/as-at/{day}.json").status_code == 200


def test_only_the_team_asks(team: FlaskClient, app: Flask) -> None:
    assert team.get("/services/b-tax/voices/book").status_code == 403
    assert team.get("/services/a-fine/voices/needs").status_code == 404
    assert other_browser(app).get(ASK).headers["Location"].startswith("/sign-in")


def test_voices_of_services_that_become_one(alone: Session, database: Database) -> None:
    known = services.ids_by_slug(alone)
    for slug, need in (("a-fine", "book"), ("b-tax", "book"), ("b-tax", "scan")):
        assert voices.speak(database, known[slug], need, f"{slug} asks", act())
    with pytest.raises(Missing):
        voices.speak(database, known["a-fine"], "needs", "x", act())
    wanted = Wanted(RecordKind.SERVICE, known["a-fine"], known["b-tax"])
    merging.merge(database, wanted, act())
    alone.expire_all()
    ids = capabilities.ids_by_slug(alone)
    said = {need: [v.text for v in unmet.voices(alone, ids[need], 9)] for need in ("book", "scan")}
    assert said == {"book": ["a-fine asks"], "scan": ["b-tax asks"]}
