"""All SQL about which clocks run out."""

from __future__ import annotations

from datetime import date, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from portal.assessments.models.bookings import Booking, BookingClock

#: Two working days are never further away: a weekend, and four bank holidays beside it.
_NEAR = timedelta(days=8)


def running(session: Session, day: date) -> list[str]:
    """The references of the bookings with a clock that is due soon, or was."""
    c, b = BookingClock, Booking
    query = (
        select(b.reference)
        .join(c, c.booking_id == b.id)
        .where(c.ended_on.is_(None), c.due_on <= day + _NEAR)
        .order_by(b.reference)
        .distinct()
    )
    return list(session.scalars(query))
