"""What waits for whom between a booking that is submitted and a report that is written."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import Any

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from portal.access import Grant, Kind, Person, Role
from portal.accounts import work
from portal.accounts.rules.people import Known
from portal.accounts.work import Item
from portal.assessments.actions import assessors as assessor_acts
from portal.assessments.actions import declaring
from portal.assessments.actions.booking_steps import step
from portal.assessments.booking_words import ClockKind, Move, PanelBy, SeatState, State
from portal.assessments.models.bookings import BookingClock
from portal.assessments.models.drafting import Section
from portal.assessments.models.panels import Seat
from portal.assessments.store import open_seats
from portal.assessments.words import Rating
from tests.support.accounts import act
from tests.support.bookings import ASSURANCE, REFERENCE, book, seat, with_account
from tests.support.held import HELD_ON, Held, held
from tests.support.people import Somebody
from tests.support.queries import statements
from tests.support.transactions import RolledBackDatabase
from tests.support.world import World

pytestmark = pytest.mark.usefixtures("app")
URL = "https://portal.a.example"


@pytest.fixture
def world(session: Session, database: RolledBackDatabase) -> World:
    return World(session, database)


def waiting(session: Session, case: Held, who: Person) -> list[Item]:
    session.expire_all()
    mine = f"/assessments/{case.reference}"
    items = work.items(session, who, date(2026, 4, 1))
    return [item for item in items if item.href.startswith(mine)]


def test_a_submitted_booking_waits_for_whoever_runs_it(
    database: RolledBackDatabase, session: Session
) -> None:
    case = held(session, State.SUBMITTED, confidential=True)
    body = case.booking.organisation_id or 0
    own = Somebody((Grant(Role.ASSURANCE_TEAM, Kind.ORGANISATION, body),), id=998)
    others = (case.team, case.lead, case.assessor, own, Somebody(id=999))
    [item] = waiting(session, case, case.assurance)
    assert (item.task, item.mailed_as) == ("accept_booking", case.reference)
    assert item.href == f"/assessments/{case.reference}/accept"
    assert [waiting(session, case, who) for who in others] == [[]] * len(others)
    booking = case.booking
    booking.panel_by = PanelBy.ORGANISATION
    session.commit()
    assert [each.task for each in waiting(session, case, own)] == ["accept_booking"]
    step(
        database, case.reference, case.version, Move.REJECT, case.assurance,
        replace(act(), reason="Too early"), URL,
    )  # fmt: skip
    assert waiting(session, case, case.assurance) == waiting(session, case, own) == []


def test_a_section_waits_for_its_writer_until_it_is_written(session: Session) -> None:
    case = held(session, State.DRAFTING, confidential=True)
    due = date(2026, 3, 17)
    booking = case.booking
    booking.clocks.append(
        BookingClock(kind=ClockKind.REPORT, days=5, started_on=HELD_ON, due_on=due)
    )
    of = select(Section).where(Section.booking_id == case.id).order_by(Section.number)
    whole, first, second = session.scalars(of).all()[:3]

    def waits() -> set[str]:
        session.commit()
        every = {"lead": case.lead, "assessor": case.assessor, "team": case.team,
                 "assurance": case.assurance, "nobody": Somebody(id=999)}  # fmt: skip
        found = {name: waiting(session, case, who) for name, who in every.items()}
        for item in (item for items in found.values() for item in items):
            assert (item.task, item.due, item.mailed_as) == ("write_sections", due, case.reference)
            assert item.href == f"/assessments/{case.reference}/sections"
        return {name for name, items in found.items() if items}

    assert waits() == set(), "everything is written"
    first.owner_id, first.verbatim, first.rating = case.assessor.id, None, None
    assert waits() == {"assessor"}, "it has no rating"
    second.verbatim, second.rating, second.reason = "N/A", Rating.NOT_RATED, None
    second.owner_id = case.lead.id
    assert waits() == {"lead", "assessor"}, "nor a reason"
    seat = session.scalars(select(Seat).where(Seat.person_id == case.assessor.id)).one()
    seat.state = SeatState.LEFT
    assert waits() == {"lead"}, "who has left writes nothing; the lead does"
    seat.state = SeatState.FILLED
    first.verbatim, first.rating, second.reason = "Green", Rating.MET, "It has no forms"
    assert waits() == set()
    whole.done_well = whole.to_explore = ""
    assert waits() == {"lead"}, "nobody has said anything of the whole"
    booking.state = State.ASSURANCE_CHECK
    session.commit()
    assert waiting(session, case, case.lead) == []


def test_what_waits_goes_when_it_is_done(world: World, session: Session) -> None:
    def tasks(who: Any) -> set[str]:
        session.expire_all()
        return {item.task for item in work.items(session, who, world.day)}

    me = with_account(world.who["design"])
    world.sit(world.day)
    world.move(Move.FORM_PANEL)
    world.fill("design", "design")
    assert tasks(me) == {assessor_acts.DECLARE}
    world.declare("design")
    assert tasks(me) == {assessor_acts.NEXT}
    assert tasks(ASSURANCE) >= {assessor_acts.FILL}
    assert assessor_acts.JUDGE not in tasks(ASSURANCE)
    world.declare("design", "There is one")
    assert tasks(me) == set()
    assert assessor_acts.JUDGE in tasks(ASSURANCE)
    seat = world.seats()["design"]
    keys = frozenset({"declared"})
    declaring.judge(world.database, REFERENCE, seat.id, keys, "None", act(), URL)
    assert assessor_acts.JUDGE not in tasks(ASSURANCE)
    declaring.object_to(world.database, REFERENCE, seat.id, world.who["design"], "So", act(), URL)
    assert assessor_acts.JUDGE in tasks(ASSURANCE)
    own = Somebody((Grant(Role.ASSURANCE_TEAM, Kind.ORGANISATION, world.board),), id=77)
    assert tasks(own) & {assessor_acts.FILL, assessor_acts.JUDGE} == set(), "another's"


def test_conflicts_on_many_panels_are_looked_for_at_once(world: World) -> None:
    session, one = world.session, Known(0, ASSURANCE.grants)
    world.whole()
    counts = []
    for n in range(3):
        more = book(session, world.service.id, reference=f"TST-444{n}", state=State.PANEL_READY)
        made = seat(session, more, world.who["design"])
        made.objection = "She built it" if n else None
        session.commit()
        with statements(world.database) as sent:
            found = open_seats.to_judge(session, one, world.day, 50)
        counts.append(len(sent))
        assert [each.reference for each in found] == [f"TST-444{k}" for k in range(1, n + 1)]
    assert counts == [3, 3, 3]
