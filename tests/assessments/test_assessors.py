"""Assessors: when they are free, how much each does, and what they say of themselves."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest
from flask import Flask
from sqlalchemy import select
from sqlalchemy.orm import Session

from portal.accounts.models.people import Person
from portal.assessments.actions import assessors as assessor_acts
from portal.assessments.actions import panels as acts
from portal.assessments.booking_words import (
    Move,
    SeatRole,
    State,
    Training,
)
from portal.assessments.models.bookings import BookingSession
from portal.assessments.models.panels import Assessor
from portal.assessments.store import assessors, panels
from portal.audit import HistoryEvent
from portal.errors import Invalid, Missing, Stale
from tests.support.accounts import act
from tests.support.bookings import book
from tests.support.transactions import RolledBackDatabase
from tests.support.world import ALL, P, World


@pytest.fixture
def world(session: Session, database: RolledBackDatabase, app: Flask) -> World:
    return World(session, database)


def test_who_is_free_and_how_much_each_does(world: World, session: Session) -> None:
    day = world.day + timedelta(days=10)
    world.sit(day)
    world.move(Move.FORM_PANEL)
    world.fill("design", "design")
    world.declare("design")
    other = book(session, world.service.id, reference="TST-9999", state=State.PANEL_FORMING,
                 organisation_id=world.ministry)  # fmt: skip
    session.add(BookingSession(booking_id=other.id, held_on=day, starts="10:00", minutes=60))
    other.held_on = day
    wanted = panels.make(session, other.id, [acts.Place(SeatRole.ASSESSOR, P.DESIGN)], act())[0]
    away = world.who["other"]
    assessor_acts.away(world.database, away, day, day, act())
    session.commit()
    some = assessors.candidates(session, other, wanted, [day], world.day)
    found = {each.name: (each.away, each.elsewhere, each.ahead, each.month) for each in some}
    assert found == {
        "Assessor design": (False, True, 1, 1), "Assessor other": (True, False, 0, 0),
    }  # fmt: skip
    every = assessors.candidates(session, other, wanted, [], world.day, everybody=True)
    assert len(every) == len(ALL)
    world.move(Move.POSTPONE)
    some = assessors.candidates(session, other, wanted, [day], world.day)
    assert [each.elsewhere for each in some] == [False, False], "nobody sits there that day"
    world.move(Move.RESUME)
    query = assessors.AssessorQuery(available=day)
    free = {row.name for row in assessors.listing(session, query, world.day)}
    assert free == {f"Assessor {name}" for name in ALL} - {"Assessor design", "Assessor other"}
    rows = assessors.listing(session, assessors.AssessorQuery(profession=P.DESIGN), world.day)
    assert [(row.name, row.ahead, row.behind) for row in rows] == [
        ("Assessor design", 1, 0), ("Assessor other", 0, 0),
    ]  # fmt: skip
    [mine] = assessors.own(session, away, world.day).away
    away_id = mine.id
    assessor_acts.back(world.database, away, away_id, act())
    session.expire_all()
    assert assessors.own(session, away, world.day).away == []
    with pytest.raises(Missing):
        assessor_acts.back(world.database, away, away_id, act())


def test_an_assessor_says_who_they_are(world: World, session: Session) -> None:
    said = assessor_acts.Said(None, "Tide (UK) Limited", True, 2, "Boats")
    new = world.assessor("new", P.DESIGN)
    session.commit()
    assessor_acts.say(world.database, new, said, act())
    session.expire_all()
    row = session.get_one(Assessor, new)
    assert (row.supplier_key, row.organisation_id, row.most_a_month) == ("tide", None, 2)
    inside = replace(said, supplier=None, organisation="slug:board")
    assessor_acts.say(world.database, new, inside, act())
    session.expire_all()
    row = session.get_one(Assessor, new)
    assert (row.supplier_key, row.organisation_id) == (None, world.board)
    for wrong in (replace(said, supplier=None), replace(inside, organisation="slug:none"),
                  replace(said, most_a_month=99)):  # fmt: skip
        with pytest.raises(Invalid):
            assessor_acts.say(world.database, new, wrong, act())
    wanted = assessor_acts.Set(False, Training.SHADOWED, False)
    assessor_acts.set_(world.database, new, row.version, wanted, act())
    with pytest.raises(Stale):
        assessor_acts.set_(world.database, new, row.version, wanted, act())
    session.expire_all()
    row = session.get_one(Assessor, new)
    assert (row.can_lead, row.training, row.listed) == (False, Training.SHADOWED, False)
    told = session.scalars(
        select(HistoryEvent).where(HistoryEvent.thing == "assessor", HistoryEvent.thing_id == new)
    )
    words = " ".join(f"{each.before} {each.after}" for each in told)
    assert "Boats" not in words and "Tide" not in words
    assessors.erase(session, new, act().at)
    session.commit()
    assert session.get(Assessor, new) is None
    assert session.get(Person, new) is not None
