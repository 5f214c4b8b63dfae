"""Who may change a draft report, and when: asked in the transaction of each change."""

from __future__ import annotations

from sqlalchemy.orm import Session

from portal.access import Person
from portal.assessments.booking_words import Part
from portal.assessments.models.bookings import Booking
from portal.assessments.rules.confidentiality import parts_of
from portal.assessments.rules.workflow import WRITING, locked
from portal.assessments.store import bookings
from portal.errors import N_, Missing, Refused

PANEL = frozenset({Part.LEAD, Part.ASSESSOR})
LEAD = frozenset({Part.LEAD})
LOCKED = N_("The report is locked now: the panel cannot change it")
DECIDED = N_("The overall result is recorded: the lead assessor can open the report again")


def changed_by(
    session: Session, reference: str, person: Person, by: frozenset[Part] = PANEL
) -> Booking:
    """The booking whose draft somebody wants to change, in the transaction that holds its turn.

    Raises:
        Missing: there is none, as far as they may know.
        Refused: they are not one of those who may.
    """
    booking = bookings.row_of(session, reference)
    parts = parts_of(person, bookings.thing_of(session, booking))
    if not parts:
        raise Missing("There is no such assessment")
    if not parts & by:
        raise Refused(N_("You cannot do this"))
    return booking


def with_panel(booking: Booking) -> None:
    """Raises Refused where the report is with others."""
    if booking.state not in WRITING:
        raise Refused(LOCKED)


def unlocked(booking: Booking) -> None:
    """Raises Refused where the report is with others, or its result is recorded."""
    with_panel(booking)
    if locked(booking.state, booking.decided_at):
        raise Refused(DECIDED)
