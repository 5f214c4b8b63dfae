"""A booked assessment with people who could assess it, for tests."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from portal.access import Grant, Kind, Role
from portal.accounts.store import grants, people
from portal.accounts.words import Profession
from portal.assessments.actions import booking_steps, declaring
from portal.assessments.actions import panels as acts
from portal.assessments.booking_words import Move, Part, State
from portal.assessments.models.bookings import Booking, BookingSession
from portal.assessments.models.panels import Seat
from portal.assessments.rules.confidentiality import parts_of
from portal.assessments.store import bookings
from tests.support.accounts import act
from tests.support.bookings import ASSURANCE, REFERENCE, book, person, with_account
from tests.support.data import add_organisation, add_service
from tests.support.transactions import RolledBackDatabase

URL = "https://portal.example"
P = Profession
ALL = {
    "lead": (P.PRODUCT,),
    "research": (P.USER_RESEARCH,),
    "design": (P.DESIGN,),
    "technology": (P.TECHNOLOGY,),
    "performance": (P.PERFORMANCE,),
    "other": (P.DESIGN, P.TECHNOLOGY),
}


class World:
    """A booked assessment with people who could assess it."""

    def __init__(self, session: Session, database: RolledBackDatabase) -> None:
        self.session, self.database, self.reference = session, database, REFERENCE
        self.ministry = add_organisation(session, "ministry").id
        self.board = add_organisation(session, "board").id
        self.service = add_service(session, "boats", owner="ministry")
        self.booking = book(
            session, self.service.id, state=State.ACCEPTED, organisation_id=self.ministry
        )
        self.day = act().day
        self.who = {name: self.assessor(name, *of) for name, of in ALL.items()}
        session.commit()

    def assessor(self, name: str, *professions: Profession) -> int:
        made = person(self.session, f"Assessor {name}", *professions)
        grant = Grant(Role.ASSESSOR, Kind.PORTAL, 0)
        grants.add(self.session, made.id, grant, act())
        return made.id

    def sit(self, on: date) -> None:
        booking = self.now()
        booking.held_on = on
        self.session.add(
            BookingSession(booking_id=booking.id, held_on=on, starts="10:00", minutes=240)
        )
        self.session.commit()

    def now(self) -> Booking:
        self.session.expire_all()
        return bookings.by_reference(self.session, self.reference)

    def move(self, move: Move, as_: Any = ASSURANCE) -> State:
        version = self.now().version
        done = booking_steps.step(
            self.database, self.reference, version, move, as_, replace(act(), reason="Why"), URL
        )
        self.session.expire_all()
        return done

    def seats(self) -> dict[str, Seat]:
        self.session.expire_all()
        rows = self.session.scalars(select(Seat).order_by(Seat.id))
        return {str(row.profession or row.role): row for row in rows if row.state != "left"}

    def fill(self, profession: str, name: str) -> None:
        seat = self.seats()[profession]
        acts.fill(self.database, self.reference, seat.id, self.who[name], act(), URL)

    def declare(self, name: str, conflict: str | None = None) -> None:
        by = replace(act(), actor=people.actor(self.who[name]))
        declaring.declare(self.database, self.reference, self.who[name], conflict, by, URL)

    def parts(self, name: str) -> set[Part]:
        thing = bookings.thing_of(self.session, self.now())
        return set(parts_of(with_account(self.who[name]), thing))

    def whole(self) -> None:
        """A panel on which everybody has declared."""
        self.move(Move.FORM_PANEL)
        for profession, name in zip(
            ("product", "user_research", "design", "technology", "performance"), ALL, strict=False
        ):
            self.fill(profession, name)
            self.declare(name)
