"""Versions of the assumptions are drafted, published and run on pages, by those who keep them."""

from __future__ import annotations

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select
from sqlalchemy.orm import Session

from portal.access import Grant, Kind, Role
from portal.accounts.store import grants
from portal.audit import HistoryEvent
from portal.catalogue.store import organisations
from portal.reports.store import assumption_sets
from tests.reports.test_books import content
from tests.reports.test_savings_pages import DEMO, said
from tests.support.accounts import act, add_person, administrator, signed_in, work
from tests.support.examples import ORGANISATION
from tests.support.pages import filled, soup_of
from tests.support.transactions import RolledBackDatabase

HERE = "/portal/savings/versions"
OWN = f"/organisations/{ORGANISATION}/savings/versions"


@pytest.fixture
def keeper(client: FlaskClient, session: Session) -> FlaskClient:
    """Somebody who runs the portal."""
    signed_in(client, session, add_person(session, "keeper@x.example", administrator()))
    return client


def sent(client: FlaskClient, address: str, **typed: object) -> str:
    """Fill in a form and send it, and the page that asks whether to go on; where that leads."""
    answer = client.post(address, data={**filled(client.get(address)), **typed})
    if answer.status_code == 200:
        answer = client.post(address, data=filled(answer))
    wrong = soup_of(answer).select(".govuk-error-summary") if answer.data else []
    assert answer.status_code == 303, wrong
    return answer.headers["Location"]


DATE = {"dated-day": "1", "dated-month": "5", "dated-year": "2026"}


@DEMO
def test_a_version_is_drafted_changed_published_and_run(
    keeper: FlaskClient, session: Session, database: RolledBackDatabase
) -> None:
    version = sent(keeper, f"{HERE}/draft")
    assert version == f"{HERE}/3"
    sent(keeper, f"{HERE}/draft")
    assert "There is a draft already" in keeper.get(HERE).text
    key = f"{version}/change?key=additionality"
    wrong = keeper.post(key, data={**filled(keeper.get(key)), "low": "0.9", "central": "lots"})
    assert wrong.status_code == 422
    assert "Enter a number that is 0 or more" in wrong.text
    assert filled(wrong)["central"] == ["lots"]
    over = keeper.post(key, data={**filled(keeper.get(key)), "high": "150%"})
    assert "Enter a share from 0 to 1" in over.text and filled(over)["high"] == ["150%"]
    pounds = f"{version}/change?key=own_run"
    shared = keeper.post(pounds, data={**filled(keeper.get(pounds)), "low": "80%"})
    assert "Enter pounds, and not a percentage" in shared.text and filled(shared)["low"] == ["80%"]
    none = keeper.post(key, data={**filled(keeper.get(key)), "evidence": "measured", "source": ""})
    assert "Enter where it was measured or published" in none.text
    assert sent(keeper, key, low="40%", central="0.6", high="80 %", **DATE) == version
    added = {"field": "run", "capability": "payments", "low": "1", "central": "2", "high": "3"}
    needs = [each["value"] for each in soup_of(keeper.get(f"{version}/add")).select(
        "select[name=capability] option")]  # fmt: skip
    added["capability"] = str(needs[-1])
    assert sent(keeper, f"{version}/add", **added, evidence="judgement", **DATE) == version
    twice = {**filled(keeper.get(f"{version}/add")), **added, "evidence": "judgement", **DATE}
    assert "has that one already" in keeper.post(f"{version}/add", data=twice).text
    sent(keeper, f"{version}/remove?key=run:{needs[-1]}")
    sent(keeper, f"{version}/frame", horizon="5", note="Fewer years")
    assert (
        keeper.post(
            f"{version}/frame", data={**filled(keeper.get(f"{version}/frame")), "horizon": "99"}
        ).status_code
        == 422
    )
    assert (
        "Enter who approved it"
        in keeper.post(f"{version}/publish", data=filled(keeper.get(f"{version}/publish"))).text
    )
    publish = f"{version}/publish"
    assert "Who can publish it" in keeper.get(publish).text
    asked = keeper.post(publish, data={**filled(keeper.get(publish)), "approver": "Me"})
    own = keeper.post(publish, data=filled(asked))
    assert own.status_code == 422 and "somebody else publishes it" in own.text
    assert filled(own)["approver"] == ["Me"]
    signed_in(keeper, session, add_person(session, "second@x.example", administrator()))
    assert "Who can publish it" not in keeper.get(publish).text
    assert sent(keeper, publish, approver="Chief Economist") == version
    assert "nobody else could" not in keeper.get(version).text
    told = keeper.get(f"{version}/history")
    assert "0.6, from 0.4 to 0.8" in told.text and "Additionality (a)" in told.text
    assert "Running it alone, a year (M): " in keeper.get(f"{version}/history.csv").text
    tags = [each["tag"] for each in said(keeper, f"{version}/history.json")["items"]]
    assert tags[0] == "assumption_set.published" and "assumption.removed" in tags
    assert "approved by: Chief Economist" in keeper.get(version).text
    assert "It was published or changed" not in keeper.get(version).text
    run = sent(keeper, f"{HERE}/run", version="3")
    assert sent(keeper, f"{HERE}/run", version="3") == run, "asked twice makes one"
    waits = keeper.get(run)
    assert "This run is not finished" in waits.text and "Look again" in waits.text
    work(database)
    assert "Likely between" in keeper.get(run).text
    for ending in ("", ".json", ".csv"):
        assert keeper.application.test_client().get(
            f"/savings/assumptions/3/history{ending}").status_code == 200  # fmt: skip
    assert keeper.get(f"{HERE}.csv").status_code == 200
    assert [each["state"] for each in said(keeper, f"{HERE}.json")["items"]] == ["published"] * 3
    tags = set(session.scalars(select(HistoryEvent.tag).where(
        HistoryEvent.thing == assumption_sets.SET)))  # fmt: skip
    assert {"assumption_set.added", "assumption_set.edited", "assumption_set.published"} <= tags


@DEMO
def test_a_draft_is_deleted_and_what_is_published_stays(keeper: FlaskClient) -> None:
    version = sent(keeper, f"{HERE}/draft")
    sent(keeper, f"{version}/delete")
    assert keeper.get(version).status_code == 404
    sent(keeper, f"{HERE}/1/delete")
    assert "it stays" in keeper.get(HERE).text
    assert keeper.get(f"{HERE}/1/change?key=none").status_code == 404


@DEMO
def test_an_organisation_keeps_its_own_and_nobody_else_sees_them(
    client: FlaskClient, app: Flask, session: Session, database: RolledBackDatabase
) -> None:
    body = organisations.by_slug(session, ORGANISATION).id
    role = Grant(Role.ORGANISATION_ADMINISTRATOR, Kind.ORGANISATION, body)
    for grant in grants.holders(session, Kind.ORGANISATION, body, act().day):
        grants.end(session, grant, act())
    signed_in(client, session, add_person(session, "own@x.example", role))
    assert client.get(HERE).status_code == 403
    assert "There is no version yet" in client.get(OWN).text
    assert client.get(f"{OWN}/run").status_code == 303, "a version is published first"
    version = sent(client, f"{OWN}/draft")
    assert version == f"{OWN}/1"
    forms = ("add", "change?key=additionality", "delete", "frame", "remove?key=additionality")
    for below in forms:
        assert client.get(f"{version}/{below}").status_code == 200, below
    sent(client, f"{version}/publish", approver="Finance director")
    [own] = said(client, f"{OWN}.json")["items"]
    assert (own["state"], own["self_approved"]) == ("published", True), "nobody else keeps it"
    assert "nobody else could" in client.get(version).text
    for ending in ("", ".json", ".csv"):
        assert client.get(f"{version}/history{ending}").status_code == 200, ending
    assert client.get(f"{OWN}.csv").text.count("\n") == 2
    run = sent(client, f"{OWN}/run", version="1")
    work(database)
    mine = client.get(run)
    assert "Likely between" in mine.text
    assert version in mine.text, "its assumptions are below the organisation"
    lines = client.get(f"{run}/claims").text
    assert f"{version}#own_run" in lines and 'id="own_run"' in client.get(version).text
    assert "/savings/assumptions/" not in lines, "which are everybody's"
    assert version in content(client, f"{run}/claims.ods"), "its cover says so too"
    assert "only those who administer the organisation see it" in mine.text
    assert "Freeze this report" not in client.get("/savings").text, "they may not"
    stranger = app.test_client()
    for address in (run, f"{run}.json", f"{run}/claims.csv",
                    f"{run}/claims.xlsx", f"{run}/uses", f"{run}/charts/tornado.svg",
                    f"{run}/against{run.removeprefix('/savings/runs')}",
                    f"/savings/what-if?run={run.rpartition('/')[2]}"):  # fmt: skip
        assert client.get(address).status_code == 200, address
        assert stranger.get(address).status_code == 404, address
    assert "/sign-in" in stranger.get(version).headers["Location"]
    assert "/sign-in" in stranger.get(f"{version}/history").headers["Location"]
    other = app.test_client()
    signed_in(other, session, add_person(session, "other@x.example"))
    for below in ("", "/history", "/history.json", "/history.csv"):
        assert other.get(version + below).status_code == 403, below
    assert other.get(run).status_code == 404
    assert len(said(other, "/savings/runs.json")["items"]) == 2
