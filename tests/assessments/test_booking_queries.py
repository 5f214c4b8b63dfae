"""How often the pages of a booking ask the database; as often for many rows as for few."""

from __future__ import annotations

from datetime import date, timedelta

from flask import Flask
from sqlalchemy import select
from sqlalchemy.orm import Session

from portal.access import Person
from portal.assessments.booking_words import ActionState, SeatRole, State
from portal.assessments.models.bookings import BookingArtefact, BookingSession
from portal.assessments.models.drafting import Section, SectionText
from portal.assessments.models.panels import Seat, SeatVolunteer
from portal.assessments.models.publishing import FollowUp
from portal.assessments.store import bookings
from portal.assessments.words import AssessmentKind
from portal.web.people import as_person
from tests.support.bookings import book, person, seat
from tests.support.data import ACT
from tests.support.held import HELD_ON, Held, held
from tests.support.pages import PageClient
from tests.support.queries import statements
from tests.support.transactions import RolledBackDatabase
from tests.support.world import P

RECORD = 8
#: What a page is asked for, by how far the booking is and by whom.
PAGES: dict[State, dict[str, tuple[str, ...]]] = {
    State.DRAFT: {
        "team": ("", "/booking", "/booking/assessed", "/booking/weeks", "/booking/check"),
        "assurance": ("",),
    },
    State.SUBMITTED: {"assurance": ("", "/accept", "/standard", "/moves/reject")},
    State.PANEL_FORMING: {
        "assurance": ("", "/panel", "/seats/OPEN/fill", "/seats/SEAT/leave", "/seats/SEAT/judge",
                      "/seats/add", "/sessions", "/sessions/new", "/beforehand", "/history"),
        "team": ("", "/seats/SEAT/object", "/beforehand"),
        "lead": ("", "/declare", "/leave"),
    },
    State.DRAFTING: {
        "lead": ("", "/sections", "/sections/0", "/sections/3", "/sections/3/texts", "/decision",
                 "/sections/3/owner", "/sections/3/actions/new"),
        "assurance": ("", "/sections"),
    },
    State.ASSURANCE_CHECK: {"assurance": ("", "/check")},
    State.TEAM_REVIEW: {"team": ("", "/review"), "lead": ("",), "assurance": ("", ".json")},
    State.PUBLISHED: {
        "team": ("", "/actions", "/actions/ACTION"), "lead": ("",),
        "assurance": ("", "/actions/ACTION", "/correct", "/unpublish"),
    },
}  # fmt: skip


def more_of(session: Session, case: Held, first: int, last: int) -> None:
    """Everything that a booking can have many of, from number `first` on."""
    booking = bookings.by_reference(session, case.reference)
    sections = list(session.scalars(select(Section).where(Section.booking_id == case.id)))
    free = session.scalar(select(Seat).where(Seat.booking_id == case.id, Seat.person_id.is_(None)))
    for n in range(first, last):
        address = f"https://a.example/{n}"
        booking.artefacts.append(BookingArtefact(address=address, description=f"Link {n}"))
        day = HELD_ON + timedelta(days=n)
        booking.sessions.append(BookingSession(held_on=day, starts="10:00", minutes=60))
        somebody = person(session, f"Somebody {n}", P.DESIGN)
        seat(session, booking, somebody.id, SeatRole.OBSERVER if n % 2 else SeatRole.ASSESSOR)
        if free is not None:
            session.add(SeatVolunteer(seat_id=free.id, person_id=somebody.id, at=ACT.at))
        for row in sections:
            plain = {"section_id": row.id, "done_well": "x", "to_explore": "", "at": ACT.at}
            actor = f"person:{somebody.id}"
            session.add(SectionText(base=n, version=n + 2, actor=actor, **plain))
            session.add(SectionText(base=n, actor=actor, **plain))
            if row.number:
                due = date(2026, 9, 1)
                session.add(
                    FollowUp(booking_id=case.id, section_id=row.id, text=f"Do {n}", due_on=due,
                             state=ActionState.OPEN, edited_at=ACT.at)
                )  # fmt: skip
    session.commit()


def asked(
    app: Flask, client: PageClient, database: RolledBackDatabase, session: Session, case: Held
) -> dict[str, int]:
    """How many statements each page sends."""
    who: dict[str, Person] = {
        "team": case.team, "assurance": case.assurance, "lead": case.lead,
    }  # fmt: skip
    ids = {
        "OPEN": select(Seat.id).where(Seat.person_id.is_(None)),
        "SEAT": select(Seat.id).where(Seat.person_id.is_not(None)).order_by(Seat.id).limit(1),
        "ACTION": select(FollowUp.id).order_by(FollowUp.id).limit(1),
    }
    known = {word: str(session.scalar(query)) for word, query in ids.items()}
    found = {}
    for state, readers in PAGES.items():
        bookings.row_of(session, case.reference).state = state
        session.commit()
        for name, pages in readers.items():
            for page in pages:
                address = f"/assessments/{case.reference}{page}"
                for word, id_ in known.items():
                    address = address.replace(word, id_)
                with as_person(app, who[name]), statements(database) as sent:
                    assert client.get(address).status_code == 200, (state, name, page)
                found[f"{state} {name} {page}"] = len(sent)
    return found


def test_pages_of_a_booking_ask_few_statements(
    app: Flask, client: PageClient, database: RolledBackDatabase, session: Session
) -> None:
    case = held(session, service=None)
    # It looks again at what another one found, which takes one statement more on some pages.
    booking = bookings.by_reference(session, case.reference)
    before = book(session, case.service_id, reference="TST-2346", state=State.PUBLISHED)
    booking.kind, booking.after_id = AssessmentKind.REASSESSMENT, before.id
    booking.pinned_because = "original"
    seat(session, booking, None)
    counts = []
    for first, last in ((0, 2), (2, 12)):
        more_of(session, case, first, last)
        counts.append(asked(app, client, database, session, case))
    few, many = counts
    assert {page: many for page, many in few.items() if many > RECORD} == {}
    assert {page: (few[page], many[page]) for page in few if many[page] > few[page]} == {}
