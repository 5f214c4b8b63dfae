"""Panels from the rule to the day: formed, filled, declared, judged, left and taken over."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select
from sqlalchemy.orm import Session

from portal.access import Grant, Kind, Role
from portal.accounts import work
from portal.accounts.store import grants, people
from portal.assessments.actions import assessors as assessor_acts
from portal.assessments.actions import declaring
from portal.assessments.actions import panels as acts
from portal.assessments.actions.panels import Leaving
from portal.assessments.booking_words import (
    Declaration,
    Move,
    Part,
    SeatRole,
    SeatState,
    State,
    Training,
)
from portal.assessments.models.bookings import Booking, BookingSession
from portal.assessments.models.drafting import Section
from portal.assessments.models.panels import Assessor
from portal.assessments.rules import panels as rules
from portal.assessments.rules.confidentiality import parts_of
from portal.assessments.store import assessors, booking_parts, bookings, open_seats, panels
from portal.assessments.store.open_seats import OpenQuery
from portal.audit import HistoryEvent
from portal.catalogue.models.components import Component
from portal.errors import Invalid, Missing, Refused, Stale
from tests.support.accounts import act, letters
from tests.support.bookings import ASSURANCE, REFERENCE, book, person, with_account
from tests.support.people import Somebody
from tests.support.storefront import add_capability, add_component, add_usage
from tests.support.transactions import RolledBackDatabase
from tests.support.world import ALL, URL, P, World


@pytest.fixture
def world(session: Session, database: RolledBackDatabase, app: Flask) -> World:
    return World(session, database)


def refused(world: World, move: Move, text: str) -> None:
    with pytest.raises(Refused, match=text):
        world.move(move)


def test_a_panel_from_the_rule_to_the_day(world: World) -> None:
    world.move(Move.FORM_PANEL)
    seats = world.seats()
    assert set(seats) == {"product", "user_research", "design", "technology", "performance"}
    assert seats["product"].role is SeatRole.LEAD
    refused(world, Move.CONFIRM_PANEL, "no lead")
    world.fill("product", "lead")
    assert world.parts("lead") == {Part.INVITED}
    world.declare("lead")
    assert world.parts("lead") == {Part.LEAD}
    refused(world, Move.CONFIRM_PANEL, "lacks somebody of a profession")
    world.fill("user_research", "research")
    for name in ("design", "technology", "performance"):
        world.fill(name, name)
    refused(world, Move.CONFIRM_PANEL, "has not said")
    for name in list(ALL)[1:5]:
        world.declare(name)
    refused(world, Move.CONFIRM_PANEL, "No session is set")
    world.sit(world.day + timedelta(days=1))
    assert world.move(Move.CONFIRM_PANEL) is State.PANEL_READY
    refused(world, Move.HOLD, "has not come")
    booking = world.now()
    booking.held_on = booking.sessions[0].held_on = world.day
    later = BookingSession(held_on=world.day + timedelta(days=2), starts="10:00", minutes=60)
    booking.sessions.append(later)
    world.session.commit()
    refused(world, Move.HOLD, "last session has not come")
    world.now().sessions.pop()
    world.session.commit()
    assert world.move(Move.HOLD, with_account(world.who["lead"])) is State.ASSESSED
    for state in (State.PANEL_READY, State.ASSESSED):  # it was a mistake, and then is held
        assert world.move(Move.NOT_HELD if state is State.PANEL_READY else Move.HOLD) is state
    [first, again] = world.now().clocks
    assert first.ended_on and not again.ended_on
    subjects = {letter.subject for letter in letters(world.session)}
    assert all("boat" not in each.lower() and "Assessor" not in each for each in subjects)
    bodies = " ".join(letter.body for letter in letters(world.session))
    assert "boat" not in bodies.lower() and "Assessor design" not in bodies


def test_who_cannot_take_a_seat(world: World) -> None:
    world.move(Move.FORM_PANEL)
    with pytest.raises(Invalid, match="profession"):
        world.fill("design", "technology")
    world.fill("design", "other")
    with pytest.raises(Invalid, match="already"):
        world.fill("technology", "other")
    with pytest.raises(Stale):
        acts.fill(world.database, REFERENCE, world.seats()["design"].id, world.who["design"],
                  act(), URL)  # fmt: skip
    row = world.session.get_one(Assessor, world.who["lead"])
    row.can_lead = False
    world.session.commit()
    with pytest.raises(Invalid, match="can lead"):
        world.fill("product", "lead")
    nobody = person(world.session, "Nobody")
    world.session.commit()
    seat = world.seats()["technology"]
    with pytest.raises(Invalid, match="is an assessor"):
        acts.fill(world.database, REFERENCE, seat.id, nobody.id, act(), URL)
    assert world.seats()["technology"].state is SeatState.OPEN


def test_a_conflict_takes_access_at_once_until_it_is_judged(world: World) -> None:
    world.sit(world.day)
    world.whole()
    world.declare("design", "My sister works there")
    assert world.parts("design") == set()
    refused(world, Move.CONFIRM_PANEL, "conflict of interest that stands")
    seat = world.seats()["design"]
    with pytest.raises(Stale):
        declaring.judge(world.database, REFERENCE, seat.id, frozenset(), "No", act(), URL)
    keys = frozenset({"declared"})
    declaring.judge(world.database, REFERENCE, seat.id, keys, "She has left", act(), URL)
    assert world.parts("design") == {Part.ASSESSOR}
    assert world.move(Move.CONFIRM_PANEL) is State.PANEL_READY
    world.declare("design", "She came back")
    assert world.parts("design") == set(), "another one is judged afresh"
    told = world.session.scalars(select(HistoryEvent).where(HistoryEvent.thing == "seat"))
    said = " ".join(f"{each.before} {each.after} {each.reason}" for each in told)
    assert "sister" not in said and "came back" not in said and "Assessor" not in said


def test_the_team_objects_and_the_assurance_team_decides(world: World) -> None:
    world.sit(world.day)
    world.whole()
    seat = world.seats()["technology"]
    who = world.who["technology"]
    declaring.object_to(world.database, REFERENCE, seat.id, who, "Wrote our code", act(), URL)
    assert world.parts("technology") == {Part.ASSESSOR}, "nobody else takes somebody's access"
    refused(world, Move.CONFIRM_PANEL, "conflict")
    keys = frozenset({"objection"})
    declaring.judge(world.database, REFERENCE, seat.id, keys, "Years ago", act(), URL)
    assert world.move(Move.CONFIRM_PANEL) is State.PANEL_READY
    with pytest.raises(Stale):
        declaring.object_to(world.database, REFERENCE, seat.id, 999, "Other", act(), URL)
    with pytest.raises(Invalid):
        declaring.object_to(world.database, REFERENCE, seat.id, who, " ", act(), URL)


def test_conflicts_found_late_stop_the_day(world: World) -> None:
    world.sit(world.day)
    world.whole()
    assert world.move(Move.CONFIRM_PANEL) is State.PANEL_READY
    for name, column in (("design", "organisation_id"), ("technology", "supplier_key")):
        row = world.session.get_one(Assessor, world.who[name])
        if column == "organisation_id":
            row.organisation_id = world.board
        else:
            row.supplier, row.supplier_key = "Tide Ltd", "tide"
    world.session.commit()
    session = world.session
    panel = acts.panel_of(session, world.now(), act())
    assert panel.around.organisations == {world.ministry}
    assert to_judge(world) == []
    # The service moves, its suppliers change, and somebody joins its team.
    world.service.organisation_id = world.board
    add_capability(session, "needs")
    add_capability(session, "pay", "needs")
    add_usage(session, "boats", "pay", arrangement="bought_product", product="Till",
              supplier="Tide (UK) Limited")  # fmt: skip
    owner = Grant(Role.SERVICE_OWNER, Kind.SERVICE, world.service.id)
    grants.add(session, world.who["research"], owner, act())
    session.commit()
    panel = acts.panel_of(session, world.now(), act())
    from portal.assessments.rules.panels import standing

    found = {row.name: [c.kind.value for c in standing(row, panel.around)] for row in panel.seats}
    assert {name: each for name, each in found.items() if each} == {
        "Assessor design": ["organisation"], "Assessor technology": ["supplier"],
        "Assessor research": ["team"],
    }  # fmt: skip
    refused(world, Move.HOLD, "conflict of interest that stands")
    # Nobody has said so: the records alone give the assurance team its work.
    assert to_judge(world) == [(REFERENCE, f"/assessments/{REFERENCE}/panel", "3")]
    own = Somebody((Grant(Role.ASSURANCE_TEAM, Kind.ORGANISATION, world.board),), id=77)
    assert to_judge(world, own) == [], "a panel from across government is not theirs"
    for left, row in enumerate([row for row in panel.seats if found[row.name]][::-1]):
        keys = frozenset(each.key for each in standing(row, panel.around))
        assert to_judge(world)[0][2] == str(3 - left)
        declaring.judge(world.database, REFERENCE, row.id, keys, "It is none", act(), URL)
    assert to_judge(world) == []


def to_judge(world: World, who: Any = ASSURANCE) -> list[tuple[str, str, str]]:
    world.session.expire_all()
    items = work.items(world.session, who, world.day)
    return [(i.name, i.href, i.detail) for i in items if i.task == assessor_acts.JUDGE]


def test_who_answers_for_it_judges_it_only_where_that_was_judged_to_be_no_conflict(
    world: World,
) -> None:
    session = world.session
    world.sit(world.day)
    world.whole()
    world.move(Move.CONFIRM_PANEL)
    owner = Grant(Role.SERVICE_OWNER, Kind.SERVICE, world.service.id)
    grants.add(session, world.who["other"], owner, act())
    admin = Grant(Role.ORGANISATION_ADMINISTRATOR, Kind.ORGANISATION, world.ministry)
    for name in ("research", "lead"):
        grants.add(session, world.who[name], admin, act())
    elsewhere = Grant(Role.ORGANISATION_ADMINISTRATOR, Kind.ORGANISATION, world.board)
    grants.add(session, world.who["design"], elsewhere, act())
    session.commit()
    panel = acts.panel_of(session, world.now(), act())
    found = {row.name for row in panel.seats if rules.standing(row, panel.around)}
    assert found == {"Assessor research", "Assessor lead"}, "also where it has a team of its own"
    refused(world, Move.HOLD, "conflict of interest that stands")

    def both(name: str, grant: Grant) -> tuple[set[Part], set[Part]]:
        """What somebody is, to the policy and in lists."""
        who = Somebody((grant,), id=world.who[name])
        booking = world.now()
        one = set(parts_of(who, bookings.thing_of(session, booking)))
        listed = {
            part for part in Part if session.scalars(
                select(Booking.id).where(booking_parts.any_of(who, [part]))
            ).first()
        }  # fmt: skip
        return one, listed

    assert both("research", admin) == ({Part.TEAM}, {Part.TEAM})
    assert both("lead", admin) == ({Part.TEAM}, {Part.TEAM})
    assert both("design", elsewhere) == ({Part.ASSESSOR}, {Part.ASSESSOR})
    seat = world.seats()["user_research"]
    stands = frozenset({"team"})
    declaring.judge(world.database, REFERENCE, seat.id, stands, "No part in it", act(), URL)
    assert both("research", admin) == ({Part.TEAM, Part.ASSESSOR},) * 2


def test_who_supplies_a_component_and_works_nobody_knows_where(world: World) -> None:
    session = world.session
    for slug, above in (("needs", None), ("pay", "needs")):
        add_capability(session, slug, above)
    add_component(session, "purse", "pay", name="Purse")
    purse = session.scalars(select(Component)).one()
    add_usage(session, "boats", "pay", component="purse", supplier="Tide (UK) Limited")
    booking = world.now()
    booking.service_id, booking.component_id = None, purse.id
    session.commit()
    around = acts.panel_of(session, world.now(), act()).around
    assert (around.suppliers, around.cross_government) == ({"tide"}, True)
    seated = panels.SeatRow(*(None,) * 20)._replace(person_id=1)
    assert rules.unknown(seated, SeatRole.ASSESSOR, around)
    assert not rules.unknown(seated, SeatRole.OBSERVER, around)
    assert not rules.unknown(seated._replace(organisation_id=9), SeatRole.LEAD, around)
    assert not rules.unknown(seated._replace(supplier_key="x"), SeatRole.LEAD, around)


def test_a_substitute_at_a_days_notice(world: World) -> None:
    world.sit(world.day)
    world.whole()
    world.move(Move.CONFIRM_PANEL)
    design, other = world.who["design"], world.who["other"]
    section = Section(
        booking_id=world.booking.id, number=3, owner_id=design, profession=P.DESIGN,
        done_well="Mine", edited_at=act().at, edited_by=people.actor(design),
    )  # fmt: skip
    world.session.add(section)
    world.session.commit()
    seat = world.seats()["design"]
    with pytest.raises(Invalid, match="reason"):
        acts.leave(world.database, REFERENCE, seat.id, Leaving(design, " "), act(), URL)
    leaving = Leaving(design, "Ill", instead=other)
    made = acts.leave(world.database, REFERENCE, seat.id, leaving, act(), URL)
    assert world.parts("design") == set(), "access ends at once"
    assert world.parts("other") == {Part.INVITED}
    new = world.seats()["design"]
    assert (new.id, new.replaces_id, new.person_id) == (made, seat.id, other)
    row = world.session.get_one(Section, section.id)
    assert (row.owner_id, row.edited_by, row.done_well) == (other, people.actor(design), "Mine")
    refused(world, Move.HOLD, "has not said")
    world.declare("other")
    assert world.move(Move.HOLD) is State.ASSESSED
    with pytest.raises(Stale):
        acts.leave(world.database, REFERENCE, seat.id, leaving, act(), URL)


def test_whoever_leaves_by_themselves_leaves_an_open_seat(world: World) -> None:
    world.whole()
    lead = world.who["lead"]
    by = replace(act(), actor=people.actor(lead))
    acts.leave(
        world.database, REFERENCE, world.seats()["product"].id, Leaving(lead, "Ill"), by, URL
    )
    assert world.parts("lead") == set()
    assert world.seats()["product"].state is SeatState.OPEN
    gone = Leaving(None, "Not needed", again=False)
    id_ = acts.add_seat(world.database, REFERENCE, SeatRole.ASSESSOR, P.ACCESSIBILITY, act())
    assert acts.leave(world.database, REFERENCE, id_, gone, act(), URL) is None
    assert "accessibility" not in world.seats()
    with pytest.raises(Invalid):
        acts.add_seat(world.database, REFERENCE, SeatRole.ASSESSOR, None, act())
    world.move(Move.WITHDRAW)
    with pytest.raises(Refused, match="no longer"):
        acts.add_seat(world.database, REFERENCE, SeatRole.OBSERVER, None, act())


def test_observers_see_little_and_learn(world: World) -> None:
    world.sit(world.day)
    world.whole()
    row = world.session.get_one(Assessor, world.who["other"])
    row.training = Training.NOT_BEGUN
    world.session.commit()
    acts.add_seat(world.database, REFERENCE, SeatRole.OBSERVER, None, act())
    world.fill("observer", "other")
    refused(world, Move.CONFIRM_PANEL, "has not said")
    world.declare("other")
    assert world.parts("other") == {Part.OBSERVER}
    world.move(Move.CONFIRM_PANEL)
    world.move(Move.HOLD)
    row = world.session.get_one(Assessor, world.who["other"])
    assert row.training is Training.OBSERVED
    assert assessors.training_seats(world.session, world.who["other"]) == (1, 0)
    assert assessors.training_seats(world.session, world.who["lead"]) == (0, 1)


def test_volunteers_and_what_they_are_told(world: World) -> None:
    world.move(Move.FORM_PANEL)
    session, other = world.session, world.who["other"]
    session.get_one(Assessor, other).can_lead = False
    session.commit()

    def offers(name: str = "other", **more: Any) -> list[Any]:
        return open_seats.listing(session, world.who[name], OpenQuery(**more))

    assert [each.profession for each in offers()] == [P.DESIGN, P.TECHNOLOGY]
    assert [each.role for each in offers("lead")] == [SeatRole.LEAD]
    first = offers()[0]
    assert (first.name, first.week) == ("Hire a boat", date(2026, 9, 7))
    assert offers(profession=P.TECHNOLOGY)[0].profession is P.TECHNOLOGY
    assert assessor_acts.volunteer(world.database, other, first.id, act())
    assert not assessor_acts.volunteer(world.database, other, first.id, act()), "once"
    assert offers()[0].volunteered
    with pytest.raises(Missing):
        assessor_acts.volunteer(world.database, world.who["research"], first.id, act())
    for confidential in (True, None):
        world.now().confidential = confidential
        session.commit()
        told = offers()[0]
        assert (told.name, told.stage, told.organisation) == (None, None, None)
        assert told.profession is P.DESIGN and told.week == date(2026, 9, 7)
    waiting = {item.task: item for item in work.items(session, ASSURANCE, world.day)}
    assert waiting[assessor_acts.FILL].detail == "5"
    assert waiting[assessor_acts.FILL].name == REFERENCE
    seats = panels.seats(session, world.booking.id)
    assert [each.volunteers for each in seats if each.profession is P.DESIGN] == [1]
    assert assessor_acts.withdraw(world.database, other, first.id, act())
    assert not assessor_acts.withdraw(world.database, other, first.id, act())
    world.fill("design", "other")
    assert offers() == [], "they sit on it"
    row = session.get_one(Assessor, world.who["technology"])
    row.cross_government = False
    session.commit()
    assert offers("technology") == [], "another pool"


def test_what_is_assessed_again_says_who_sits(world: World, session: Session) -> None:
    from portal.assessments.words import AssessmentKind, Rating

    old = book(session, world.service.id, reference="TST-3333")
    for number, of, rating in ((1, P.DESIGN, Rating.NOT_MET), (2, P.TECHNOLOGY, Rating.MET),
                               (3, None, Rating.NOT_MET)):  # fmt: skip
        session.add(Section(booking_id=old.id, number=number, profession=of, rating=rating,
                            verbatim="x", edited_at=act().at, edited_by="x"))  # fmt: skip
    booking = world.now()
    booking.kind, booking.after_id = AssessmentKind.REASSESSMENT, old.id
    session.commit()
    world.move(Move.FORM_PANEL)
    assert set(world.seats()) == {"product", "design"}
    assert world.seats()["design"].declaration is Declaration.WAITING
