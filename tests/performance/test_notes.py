"""Notes beside charts, and targets: added, changed, ended and removed, each with its history."""

from __future__ import annotations

from datetime import date

import pytest
from flask import Flask
from sqlalchemy import select
from sqlalchemy.orm import Session

from portal.access import Grant, Kind, Role
from portal.audit import HistoryEvent
from portal.errors import Invalid, Stale
from portal.performance.actions import notes as acts
from portal.performance.models.notes import FigureTarget
from portal.performance.store import notes
from portal.performance.words import Kpi, SetKind
from portal.web.people import as_person
from tests.support.accounts import act
from tests.support.accounts import send as post
from tests.support.data import ACT, add_service
from tests.support.pages import PageClient, soup_of
from tests.support.people import Somebody
from tests.support.performance import add_set, number, send
from tests.support.transactions import RolledBackDatabase

DAY, LATER = date(2026, 5, 3), date(2026, 6, 1)
RATE = Kpi.COMPLETION_RATE


def tags(session: Session, thing: str) -> list[str]:
    query = select(HistoryEvent.tag).where(HistoryEvent.thing == thing)
    return list(session.scalars(query.order_by(HistoryEvent.id)))


def test_a_note_is_added_changed_and_removed(
    database: RolledBackDatabase, session: Session
) -> None:
    id_ = add_service(session, "one").id
    on = Kind.SERVICE, id_
    made = acts.add_note(database, *on, DAY, "Moved", act())
    assert not acts.change_note(database, *on, made, 1, DAY, "Moved", ACT)
    assert acts.change_note(database, *on, made, 1, DAY, "Moved to a new host", ACT)
    with pytest.raises(Stale):
        acts.remove_note(database, *on, made, 1, ACT)
    acts.remove_note(database, *on, made, 2, ACT)
    assert notes.of_thing(session, *on) == []
    events = [f"figure_note.{each}" for each in ("added", "changed", "removed")]
    assert tags(session, notes.NOTE) == events


def test_a_new_target_ends_the_one_before(database: RolledBackDatabase, session: Session) -> None:
    id_ = add_service(session, "one").id
    first = acts.set_target(database, id_, RATE, 0.8, DAY, ACT)
    with pytest.raises(Invalid):
        acts.set_target(database, id_, RATE, 0.9, DAY, ACT)
    with pytest.raises(Invalid):
        acts.set_target(database, id_, RATE, 1.9, LATER, ACT)
    second = acts.set_target(database, id_, RATE, 0.9, LATER, ACT)
    assert acts.change_target(database, id_, second, 1, 0.95, ACT)
    with pytest.raises(Invalid):
        acts.end_target(database, id_, second, 2, DAY, ACT)
    assert acts.end_target(database, id_, second, 2, date(2026, 7, 1), ACT)
    session.expire_all()
    held = {t.id: (t.value, t.since, t.until) for t in session.scalars(select(FigureTarget))}
    assert held == {
        first: (0.8, DAY, LATER),
        second: (0.95, LATER, date(2026, 7, 1)),
    }
    events = ("added", "ended", "added", "changed", "ended")
    assert tags(session, notes.TARGET) == [f"figure_target.{each}" for each in events]


def when(name: str, day: date) -> dict[str, str]:
    return {f"{name}-day": str(day.day), f"{name}-month": str(day.month),
            f"{name}-year": str(day.year)}  # fmt: skip


def test_the_team_says_what_happened(app: Flask, client: PageClient, session: Session) -> None:
    service = add_service(session, "one")
    completion = add_set(session, SetKind.COMPLETION, service_id=service.id)
    for at, done in ((DAY.replace(day=1), 80), (LATER, 90)):
        send(session, completion, number(at, "started", 100), number(at, "completed", done))
    here = "/services/one/performance"
    owner = Somebody((Grant(Role.SERVICE_OWNER, Kind.SERVICE, service.id),))
    with as_person(app, owner):
        page = soup_of(post(client, f"{here}/notes/add", {"note": "x" * 501}))
        errors = [link.get_text() for link in page.select(".govuk-error-summary a")]
        assert len(errors) == 2
        assert "x" * 501 in page.get_text(), "what was typed stays"
        named = {"note": "Jane (07700 900123) moved it", **when("day", DAY)}
        answer = post(client, f"{here}/notes/add", named)
        (link,) = soup_of(answer).select(".govuk-error-summary a")
        assert link.get_text().startswith("Take out what looks like a phone number")
        assert (answer.status_code, link["href"]) == (422, "#note")
        assert post(client,
            f"{here}/notes/add", {"note": "A new form", **when("day", DAY)}
        ).status_code == 303  # fmt: skip
        for year, why in ((9998, "must be today or in the past"), (1066, "1900 or later")):
            far = {"note": "Far", **when("day", DAY.replace(year=year))}
            assert why in soup_of(post(client, f"{here}/notes/add", far)).get_text()
        far = {"kpi": RATE.value, "value": "9", **when("since", DAY.replace(year=9998))}
        assert "at most 10 years" in soup_of(post(client, f"{here}/targets/add", far)).get_text()
        row = notes.of_thing(session, Kind.SERVICE, service.id)[0]
        assert "A new form" in soup_of(client.get(f"{here}/notes/{row.id}")).get_text()
        stale = {"note": "Newer", "base": "7", **when("day", DAY)}
        post(client, f"{here}/notes/{row.id}", stale)
        assert "Somebody changed this" in soup_of(client.get(f"{here}/notes")).get_text()
        page = soup_of(post(client, f"{here}/targets/add", {"kpi": RATE.value, "value": "x"}))
        assert "The target must be a number" in page.get_text()
        data = {"kpi": RATE.value, "value": "95%", **when("since", DAY)}
        assert post(client, f"{here}/targets/add", data).status_code == 303
        target = notes.of_services(session, [service.id])[0]
        for path in ("", "/end"):
            assert client.get(f"{here}/targets/{target.id}{path}").status_code == 200
    said = " ".join(soup_of(client.get(here)).get_text(" ").split())
    assert "3 May 2026: A new form" in said
    assert "Target: 95%. Not met" in said
    listed = client.get(f"{here}/notes.json").get_json()["items"]
    assert [each["sort"] for each in listed] == ["note", "target"]
    with as_person(app, owner):
        asked = soup_of(client.get(f"{here}/notes/{row.id}/remove"))
        assert "Do you want to remove this note?" in asked.get_text()
        post(client, f"{here}/notes/{row.id}/remove", {"base": "1"})
    assert "There are no notes yet" in soup_of(client.get(f"{here}/notes")).get_text()
    assert client.get(f"{here}/notes/{row.id}").status_code in (302, 303)
