"""Held assessments for tests: a booking with a panel, a report in sections, and how far it is."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from portal.access import Person
from portal.accounts.words import Profession
from portal.assessments import words
from portal.assessments.booking_words import ClockKind, ContactRole, SeatRole, State
from portal.assessments.models.bookings import Booking, BookingClock, BookingContact
from portal.assessments.models.drafting import Section
from portal.assessments.models.standards import StandardPoint, StandardVersion
from portal.assessments.store import bookings
from portal.catalogue.models.services import Service
from tests.support.assessment_data import add_version
from tests.support.bookings import ASSURANCE, book, person, seat, team_of, with_account
from tests.support.data import ACT, add_organisation, add_service

HELD_ON = date(2026, 3, 10)
TITLES = ("Understand users", "Solve a whole problem", "Make it simple")
WORDS = {
    "met": "Green", "met_with_conditions": "Amber", "not_met": "Red", "not_rated": "N/A",
}  # fmt: skip
RATINGS = {1: "met", 2: "met_with_conditions", 3: "not_met"}


class Held:
    """A held assessment with everyone in it."""

    def __init__(self, session: Session, booking: Booking, service: Service) -> None:
        """Seat a lead and an assessor."""
        self.session, self.id, self.reference = session, booking.id, booking.reference
        self.service, self.service_id = service.slug, service.id
        lead = person(session, f"Petra Lead {booking.id}", Profession.USER_RESEARCH)
        other = person(session, f"Owen Designer {booking.id}", Profession.DESIGN)
        seat(session, booking, lead.id, SeatRole.LEAD, Profession.USER_RESEARCH)
        seat(session, booking, other.id)
        self.lead: Person = with_account(lead.id)
        self.assessor: Person = with_account(other.id)
        self.team: Person = team_of(service.id)
        self.assurance: Person = ASSURANCE

    @property
    def booking(self) -> Booking:
        """As it is now."""
        return bookings.by_reference(self.session, self.reference)

    @property
    def version(self) -> int:
        """The one that a person who looks now has read."""
        return self.booking.version


def standard(session: Session) -> StandardVersion:
    """A published version with three points."""
    return add_version(session, "test-standard", 1, *TITLES)


def held(
    session: Session, state: State = State.ASSURANCE_CHECK,
    ratings: Mapping[int, str] | None = None, texts: Mapping[int, str] | None = None,
    version: StandardVersion | None = None, service: Service | None = None, **changes: Any,
) -> Held:  # fmt: skip
    """An assessment whose report is written.

    Args:
        ratings: of points, by number; those of `RATINGS` without it.
        texts: what the team has to explore, by number.
        changes: further columns of the booking.
    """
    version = version or standard(session)
    if service is None:
        add_organisation(session, "boats-agency")
        service = add_service(session, "hire-a-boat", owner="boats-agency")
    plain = {
        "state": state, "standard_version_id": version.id, "held_on": HELD_ON,
        "organisation_id": service.organisation_id, "result": words.Rating.MET_WITH_CONDITIONS,
        "result_verbatim": "Amber", "result_reason": "It is enough.",
        "discovery_on": date(2025, 1, 1),
    }  # fmt: skip
    booking = book(session, service.id, **{**plain, **changes})
    booking = bookings.by_reference(session, booking.reference)
    booking.contacts.append(
        BookingContact(role=ContactRole.SERVICE_OWNER, name="Gwen Rivers", email="g@a.example")
    )
    if state is State.TEAM_REVIEW:
        booking.clocks.append(
            BookingClock(kind=ClockKind.ANSWER, days=10, started_on=date(2026, 3, 17),
                         due_on=date(2026, 3, 31))
        )  # fmt: skip
    _sections(session, booking, version, ratings or RATINGS, texts or {})
    case = Held(session, booking, service)
    session.commit()
    return case


def _sections(
    session: Session, booking: Booking, version: StandardVersion, ratings: Mapping[int, str],
    texts: Mapping[int, str],
) -> None:  # fmt: skip
    of = select(StandardPoint).where(StandardPoint.version_id == version.id)
    ids = {point.number: (point.id, point.profession) for point in session.scalars(of)}
    for number in (0, *sorted(ids)):
        rating = ratings.get(number)
        session.add(
            Section(
                booking_id=booking.id, number=number, edited_at=ACT.at, edited_by="command:test",
                point_id=ids[number][0] if number else None,
                verbatim=WORDS[rating] if rating else None,
                rating=words.Rating(rating) if rating else None,
                reason="It has no forms." if rating == "not_rated" else None,
                done_well=f"Part {number} is well done.",
                to_explore=texts.get(number, f"Look into part {number}.\n\nThen test it."),
            )
        )  # fmt: skip
