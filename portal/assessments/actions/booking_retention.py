"""What is personal about a booking is deleted some time after it has ended, every day."""

from __future__ import annotations

from datetime import datetime, timedelta

from portal import jobs
from portal.assessments.rules.retention import KEPT
from portal.assessments.store import booking_retention, bookings
from portal.audit import Act
from portal.db import Database, one_at_a_time
from portal.jobs import Run

TAG = "booking.personal_deleted"


@jobs.handler("assessments.retention", every=timedelta(days=1))
def tidy(run: Run) -> None:
    """Delete what is due."""
    delete(run.database, run.clock())


def delete(database: Database, at: datetime) -> int:
    """Delete the contacts and access needs of bookings that ended long enough before a moment;
    of how many.
    """
    act, many = Act("command:worker", at, "assessments.retention"), 0
    with database.reading(fresh=True) as session:
        due = booking_retention.due(session, at - KEPT)
    for reference in due:
        with database.writing() as session:
            one_at_a_time(session)
            booking = bookings.by_reference(session, reference)
            if reference not in booking_retention.due(session, at - KEPT, booking.id):
                continue  # it was taken up again meanwhile
            before = bookings.document_of(booking)
            booking.contacts.clear()
            booking.access_needs, booking.access_needs_answered = None, False
            bookings.save(session, booking, before, act, TAG)
            many += 1
    return many
