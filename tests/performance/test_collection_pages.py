"""Collections on pages: what a team registers and sees, and what administrators allow."""

from __future__ import annotations

import csv
import io
from dataclasses import replace

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select
from sqlalchemy.orm import Session

from portal.jobs import Job
from portal.performance.models.collecting import Collection, CollectionRun
from portal.performance.models.data_sets import DataSet
from portal.performance.rules.entries import Entry
from portal.performance.store import collecting
from portal.performance.words import (
    CollectedFormat,
    CollectedOutcome,
    CollectedTrouble,
    Fault,
    Way,
)
from tests.performance.places import Place, text, text_of
from tests.support.accounts import act, add_person, administrator, now, other_browser, signed_in
from tests.support.pages import PageClient, filled
from tests.support.performance import number

SET = "/data-sets/a-fine/volumes"
ADDRESS = f"{SET}/collection"
HOST = "figures.example.gov.uk"
URL = f"https://{HOST}/monthly.json?of=path"
TYPED = {"url": URL, "format": "json", "every": "week"}


@pytest.fixture
def place(app: Flask, session: Session, monkeypatch: pytest.MonkeyPatch) -> Place:
    portal = app.extensions["portal"]
    monkeypatch.setattr(portal, "settings", replace(portal.settings, collecting=True))
    made = Place(app, session)
    made.add()
    return made


@pytest.fixture
def administers(app: Flask, place: Place) -> FlaskClient:
    browser = other_browser(app)
    signed_in(browser, place.session, add_person(place.session, "a@b.example", administrator()))
    return browser


def register(place: Place, **typed: str) -> str:
    form = filled(place.team.get(f"{ADDRESS}/edit"))
    answer = place.team.post(f"{ADDRESS}/edit", data={**form, **TYPED, **typed})
    return text_of(answer) if answer.status_code != 303 else text(place.team, ADDRESS)


def press(place: Place, where: str, **more: str) -> str:
    """What is said after a button of the page, which carries the version it was made from."""
    form = filled(place.team.get(f"{ADDRESS}/edit"))
    data = {"csrf_token": form["csrf_token"], "base": form["base"], **more}
    answer = place.team.post(f"{ADDRESS}/{where}", data=data)
    return text(place.team, ADDRESS) if answer.status_code == 303 else text_of(answer)


def kept(place: Place) -> Collection | None:
    place.session.expire_all()
    return place.session.scalars(select(Collection)).first()


def allow(browser: FlaskClient, reason: str = "Ours", host: str = HOST) -> str:
    at = f"/collected-hosts/allow?host={host}"
    answer = browser.post(at, data={**filled(browser.get(at)), "reason": reason})
    return text(browser, "/collected-hosts") if answer.status_code == 303 else text_of(answer)


def test_an_address_is_registered_and_waits_for_its_host(
    client: PageClient, place: Place, administers: FlaskClient
) -> None:
    assert "No address is registered" in text(place.team, ADDRESS)
    for wrong, why in (
        ("http://a.example/", "must begin with https://"), ("https://10.0.0.1/", "not a number"),
        (f"{URL}&token=abc", "no key or password in it, as “token”"),
        ("", "Enter the web address"),
    ):  # fmt: skip
        said = register(place, url=wrong)
        assert why in said and kept(place) is None
    assert f"Waiting for an administrator of the portal to allow {HOST}" in register(place)
    page = text(place.team, ADDRESS)
    assert URL in page and "Every week" in page and "Collect now" not in page
    assert "Waiting for an administrator" in press(place, "now")
    assert allow(administers, "").count("Enter why we may collect from it")
    assert HOST in allow(administers) and "Figures are collected" in text(place.team, ADDRESS)
    assert "Look here again soon" in press(place, "now")
    assert place.session.scalars(select(Job.kind)).all() == ["collections.collect"]
    told = text(client, f"{SET}/history")
    assert HOST in told and "monthly.json" not in told
    assert client.get(ADDRESS).status_code == 302


def test_it_is_changed_paused_resumed_and_removed(place: Place, administers: FlaskClient) -> None:
    register(place)
    allow(administers)
    assert "Your change is saved" in register(place, every="day")
    stale = filled(place.team.get(f"{ADDRESS}/edit"))
    assert "It is paused" in press(place, "pause")
    late = place.team.post(f"{ADDRESS}/edit", data={**stale, "every": "month"})
    assert "Somebody changed this meanwhile" in text_of(late)
    assert "Somebody changed this meanwhile" in press(place, "pause", base="1")
    assert "Figures are collected again" in press(place, "resume")
    assert "Collect no more from this address" in press(place, "remove")
    assert "Nothing is collected any more" in press(place, "remove", confirm="yes")
    assert kept(place) is None
    form = filled(place.team.get(f"{ADDRESS}/edit"))
    gone = place.team.post(f"{ADDRESS}/remove", data={**form, "confirm": "yes"})
    assert gone.status_code == 404


def test_how_collections_went(client: PageClient, place: Place, administers: FlaskClient) -> None:
    register(place)
    allow(administers)
    row = kept(place)
    assert row is not None
    row.failures = 3
    for outcome, more in (
        (CollectedOutcome.KEPT, {"records": 12}),
        (CollectedOutcome.UNCHANGED, {}),
        (CollectedOutcome.FAILED, {"trouble": CollectedTrouble.STATUS, "status": 503}),
        (CollectedOutcome.FAILED, {
            "trouble": CollectedTrouble.RECORDS, "wrong": 30,
            "faults": [[3, "transactions", Fault.NOT_TAKEN.value], [0, "", Fault.TWICE.value]],
        }),
    ):  # fmt: skip
        plain = {"data_set_id": row.data_set_id, "at": now(), "host": HOST, "faults": [],
                 "format": CollectedFormat.CSV}  # fmt: skip
        collecting.add_run(place.session, CollectionRun(**{**plain, **more}, outcome=outcome))
    place.session.commit()
    page = text(place.team, ADDRESS)
    assert "The last 3 collections failed" in page and "instead of figures (503)" in page
    assert "Line 3, transactions: this value cannot be taken" in page and "and 28 more" in page
    rows = list(csv.DictReader(io.StringIO(place.team.get(f"{ADDRESS}.csv").get_data(True))))
    assert [each["outcome"] for each in rows] == ["failed", "failed", "unchanged", "kept"]
    assert rows[0]["faults"].startswith("Line 3, transactions")
    items = place.team.get(f"{ADDRESS}.json?outcome=kept").get_json()["items"]
    assert [each["records"] for each in items] == [12]
    assert "Nothing new" in text(place.team, f"{ADDRESS}?outcome=unchanged&strange=1")
    assert place.team.get(f"{ADDRESS}.json?outcome=other").status_code == 400
    assert "Put right the collection of figures" in text(place.team, "/work")


def test_administrators_see_what_waits_first_and_stop_hosts(
    client: PageClient, place: Place, administers: FlaskClient
) -> None:
    assert "No team has registered an address yet" in text(administers, "/collected-hosts")
    allow(administers, host="a.example.gov.uk")
    register(place)
    assert HOST in text(administers, "/work") and HOST not in text(place.team, "/work")
    found = administers.get("/collected-hosts.json").get_json()["items"]
    assert [(each["host"], each["state"], each["data_sets"]) for each in found] == [
        (HOST, "waiting", 1), ("a.example.gov.uk", "allowed", 0),
    ]  # fmt: skip
    assert "A fine" in text(administers, f"/collected-hosts/allow?host={HOST}")
    stop = f"/collected-hosts/{HOST}/stop"
    assert "Enter why" in text_of(administers.post(stop, data=filled(administers.get(stop))))
    form = {**filled(administers.get(stop)), "reason": "Nobody knows them"}
    assert administers.post(stop, data=form).status_code == 303
    assert "do not allow figures.example.gov.uk: Nobody knows them" in text(place.team, ADDRESS)
    assert "was not allowed before" in text_of(
        administers.post(stop, data=form, follow_redirects=True)
    )
    allow(administers)
    rows = list(csv.DictReader(io.StringIO(
        administers.get("/collected-hosts.csv?state=allowed").get_data(True))))  # fmt: skip
    assert [each["host"] for each in rows] == ["a.example.gov.uk", HOST]
    assert "No host matches" in text(administers, "/collected-hosts?state=waiting&strange=1")
    assert administers.get("/collected-hosts.csv?after=x").status_code == 400
    page = administers.get("/collected-hosts").get_data(as_text=True)
    number_ = page.partition("/collected-hosts/")[2].split("/history")[0].rpartition("/")[2]
    assert "Ours" in text(administers, f"/collected-hosts/{number_}/history")
    for ending in (".json", ".csv"):
        file = administers.get(f"/collected-hosts/{number_}/history{ending}")
        assert "Ours" in file.get_data(as_text=True)
    assert administers.get("/collected-hosts/b.example.gov.uk/stop").status_code == 404
    assert administers.get("/collected-hosts/999999/history").status_code == 404
    for browser in (client, place.team):
        assert browser.get("/collected-hosts").status_code in (302, 403)


def test_a_portal_that_does_not_collect_says_so(
    app: Flask, place: Place, administers: FlaskClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    portal = app.extensions["portal"]
    monkeypatch.setattr(portal, "settings", replace(portal.settings, collecting=False))
    assert "This portal does not collect figures" in register(place)
    assert "PORTAL_COLLECT" in text(administers, "/collected-hosts")
    assert "This portal does not collect figures" in press(place, "now")


def test_nothing_is_registered_for_a_closed_data_set(place: Place) -> None:
    row = place.session.scalars(select(DataSet)).one()
    row.closed_on = act().day
    place.session.commit()
    assert place.team.get(f"{ADDRESS}/edit").status_code == 303
    assert "The data set is closed" in text(place.team, ADDRESS)


def test_values_say_which_host_they_are_from(client: PageClient, place: Place) -> None:
    row = place.session.scalars(select(DataSet)).one()
    entry: Entry = number(act().day.replace(day=1), "transactions", 7)
    place.keep(row, entry, way=Way.COLLECTED, source=HOST)
    assert f"Collected from a web address ({HOST})" in text(client, SET)
    assert client.get(f"{SET}.json").get_json()["items"][0]["source"] == HOST
