"""Snapshots of reports: what is kept, for whom, that it stays, and what changed in between."""

from __future__ import annotations

import csv
import hashlib
import io
from dataclasses import replace
from datetime import UTC, date, datetime
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import delete, select, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from portal.access import Grant, Kind, Role
from portal.audit import Act, HistoryEvent
from portal.errors import Invalid
from portal.jobs import Worker
from portal.reports.actions import freezing
from portal.reports.models.snapshots import Snapshot
from portal.reports.views import freezable
from tests.store.test_usage_counts import start
from tests.support.accounts import add_person, send, signed_in
from tests.support.data import add_service
from tests.support.pages import PageClient, soup_of
from tests.support.provision import settings_for
from tests.support.storefront import add_usage
from tests.support.transactions import RolledBackDatabase

HERE = "/reports/snapshots"
#: The digest of a duplication report, whatever the database and the day. What the report says, or
#: how a snapshot is written, has changed where it is another.
DIGEST = "40a6572af722f6b552922facd710e691643def8752fe11deaad1f6a35b1ac7bb"
ACT = Act("person:1", datetime(2026, 12, 31, 23, 30, tzinfo=UTC), "test", reason="For the hearing")


@pytest.fixture
def some(app: Flask, session: Session) -> Session:
    start(session)
    add_usage(session, "s-0", "fees", component="purse")
    add_usage(session, "s-1", "fees")
    session.commit()
    return session


def frozen(app: Flask, database: RolledBackDatabase, query: str = "", act: Act = ACT) -> int:
    return freezing.freeze(database, freezable.what_it_says(app, "reuse", query), act)


def test_anybody_can_check_the_digest(
    some: Session, app: Flask, client: PageClient, database: RolledBackDatabase
) -> None:
    made = frozen(app, database, "?phase=live&by=capability&after=50")
    answer = client.get(f"{HERE}/{made}.json")
    said = answer.get_json()
    page = client.get(f"{HERE}/{made}").text
    assert hashlib.sha256(answer.data).hexdigest() in page and answer.data.endswith(b"}\n")
    assert "The stored document gives this digest" in page and "For the hearing" in page
    report = client.get("/reports/reuse.json?phase=live").get_json()
    assert said["items"] == report["items"] and said["said"]["total"] == report["total"]
    assert said["filters"] == [["by", "capability"], ["phase", "live"]]
    assert said["as_at"] == report["as_at"] and len(said["code"]) == 64
    rows = list(csv.DictReader(io.StringIO(client.get(f"{HERE}/{made}.csv").text)))
    assert [row["slug"] for row in rows] == [row["slug"] for row in report["items"]]


def test_the_same_records_give_the_same_document(
    some: Session, app: Flask, database: RolledBackDatabase
) -> None:
    """On either database: nothing in it is of one alone."""
    first, second = (freezable.what_it_says(app, "duplication") for _ in range(2))
    said = freezing.said(first, date(2026, 1, 1))
    assert said == freezing.said(second, date(2026, 1, 1))
    known = said.replace(freezing.code().encode(), b"-")
    assert hashlib.sha256(known).hexdigest() == DIGEST


def test_it_never_changes(some: Session, app: Flask, database: RolledBackDatabase) -> None:
    made = frozen(app, database)
    for statement in (update(Snapshot).values(reason="Other"), delete(Snapshot)):
        with pytest.raises(IntegrityError), some.begin_nested():
            some.execute(statement)
    [told] = some.scalars(select(HistoryEvent).where(HistoryEvent.thing == "report_snapshot"))
    assert (told.thing_id, told.actor, told.reason) == (made, "person:1", "For the hearing")
    assert told.after["digest"] == some.scalars(select(Snapshot.digest)).one()


def test_a_document_that_is_not_what_was_frozen_is_said_so(
    some: Session, app: Flask, client: PageClient, database: RolledBackDatabase
) -> None:
    made = some.get_one(Snapshot, frozen(app, database))
    names = {each.name for each in Snapshot.__table__.columns} - {"id"}
    other = {name: getattr(made, name) for name in names} | {"digest": "0" * 64}
    some.add(Snapshot(**other))
    some.commit()
    assert "does not give this digest" in client.get(f"{HERE}/{made.id + 1}").text


def test_what_changed_in_between(
    some: Session, app: Flask, client: PageClient, database: RolledBackDatabase
) -> None:
    first = frozen(app, database)
    assert "There is no other snapshot" in client.get(f"{HERE}/{first}").text
    assert "There is no other snapshot" in client.get(f"{HERE}/{first}/compare").text
    same = frozen(app, database)
    assert "Nothing is different" in client.get(f"{HERE}/{same}/compare").text
    add_usage(some, "s-2", "fees")
    some.commit()
    second = frozen(app, database)
    found = client.get(f"{HERE}/{first}/compare.json?with={second}").get_json()
    assert (found["earlier"], found["later"]) == (first, second)
    fees = {row["column"]: row for row in found["items"] if row["row"] == "fees / Fees"}
    assert (fees["own_build"]["before"], fees["own_build"]["after"]) == (1, 2)
    assert fees["own_build"]["by"] == 1 and {row["change"] for row in found["items"]} == {"changed"}
    page = soup_of(client.get(f"{HERE}/{second}/compare"))
    assert "own build" in page.text and "+1" in page.text
    assert "change,row,column" in client.get(f"{HERE}/{second}/compare.csv?change=appeared").text
    by_phase = frozen(app, database, "by=phase")
    assert "Reuse of shared components (by: phase)" in client.get(f"{HERE}/{by_phase}").text
    assert "Their filters differ" in client.get(f"{HERE}/{by_phase}/compare").text
    strange = "with=x&change=x&colour=red"
    assert "colour" in client.get(f"{HERE}/{first}/compare?{strange}").text
    assert client.get(f"{HERE}/{first}/compare.json?{strange}").status_code == 400


def test_the_list(
    some: Session, app: Flask, client: PageClient, database: RolledBackDatabase
) -> None:
    assert "No report is frozen yet" in client.get(HERE).text
    assert client.get(f"{HERE}/1").status_code == client.get(f"{HERE}/1/compare").status_code == 404
    for _ in range(52):
        last = frozen(app, database, "by=phase")
    page = soup_of(client.get(f"{HERE}?report=reuse&monthly=no"))
    onward = page.select_one("a[rel=next]")
    assert onward is not None and len(page.select("tbody tr")) == 50
    assert len(soup_of(client.get(str(onward["href"]))).select("tbody tr")) == 2
    listed = client.get(f"{HERE}.json").get_json()["items"]
    assert len(listed) == 52 and listed[0]["snapshot"] == last
    assert listed[0]["filters"] == "by=phase"
    assert client.get(f"{HERE}.csv?monthly=yes").text.count("\n") == 1
    assert "Nothing fits" in client.get(f"{HERE}?monthly=yes").text
    assert "report=x" in client.get(f"{HERE}?report=x&monthly=x").text
    assert client.get(f"{HERE}.json?report=x").status_code == 400


def test_who_freezes_by_hand_says_why(
    some: Session, app: Flask, client: PageClient, database: RolledBackDatabase
) -> None:
    new = f"{HERE}/new"
    assert client.get(new).status_code == 302
    assert "Freeze this report" not in client.get("/reports/reuse?by=phase").text
    signed_in(client, some, add_person(some))
    assert client.get(new).status_code == 403
    leads = Grant(Role.LEADERSHIP, Kind.PORTAL, 0)
    signed_in(client, some, add_person(some, "lead@a.example", leads))
    assert "Freeze a report" in client.get(HERE).text
    link = soup_of(client.get("/reports/reuse?by=phase")).find("a", string="Freeze this report")
    assert link is not None
    field = soup_of(client.get(str(link["href"]))).select_one("input[name=query]")
    assert field is not None and field["value"] == "by=phase"
    typed = {"report": "reuse", "query": "by=phase", "reason": "For the hearing of May"}
    for wrong, said in (
        ({"reason": ""}, "Enter why you freeze the report"), ({"report": ""}, "Select a report"),
        ({"query": "colour=red"}, "The report does not know these filters"),
        ({"query": "organisation=nobody"}, "The report does not know these filters"),
        ({"report": "savings", "query": ""}, "The report has no rows with these filters"),
    ):  # fmt: skip
        answer = send(client, new, typed | wrong)
        assert answer.status_code == 422 and said in answer.text
        assert wrong.get("query", "by=phase") in answer.text
    answer = send(client, new, typed)
    assert answer.status_code == 303
    page = client.get(answer.location).text
    assert "The report is frozen." in page and "For the hearing of May" in page


def test_nobody_freezes_without_a_reason(
    some: Session, app: Flask, database: RolledBackDatabase
) -> None:
    with pytest.raises(Invalid):
        frozen(app, database, act=replace(ACT, reason=None))


def test_the_worker_freezes_each_report_once_a_month(
    some: Session, app: Flask, client: PageClient, database: RolledBackDatabase
) -> None:
    work(app, database, ACT.at)
    made = listed(client)
    assert {row["month"] for row in made} == {"2026-12"}
    assert [row["report"] for row in made] == [
        "leadership", "pipeline", "duplication", "reuse",
    ]  # fmt: skip
    add_service(some, "new", owner="agency")
    some.commit()
    work(app, database, ACT.at)
    assert listed(client) == made
    work(app, database, datetime(2027, 1, 1, 0, 1, tzinfo=UTC))
    assert [row["month"] for row in listed(client)] == ["2027-01"] * 4 + ["2026-12"] * 4
    page = client.get(f"{HERE}/{listed(client)[0]['snapshot']}").text
    assert "By schedule, for January 2027" in page


def work(app: Flask, database: RolledBackDatabase, at: datetime) -> None:
    with app.app_context():
        freezable.freeze_all(app, database, Act("command:worker", at, "reports.snapshots"))


def listed(client: PageClient) -> list[dict[str, Any]]:
    items: list[dict[str, Any]] = client.get(f"{HERE}.json").get_json()["items"]
    return items


def test_without_the_portal_about_it_a_worker_freezes_nothing(
    some: Session, app: Flask, client: PageClient, database: RolledBackDatabase
) -> None:
    Worker(database, settings_for(database)).until_idle()
    assert not listed(client)
