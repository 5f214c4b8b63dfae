"""All SQL about which bookings still hold what is personal though they ended long ago."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import exists, func, or_, select
from sqlalchemy.orm import Session

from portal.assessments.models.bookings import Booking, BookingContact
from portal.assessments.rules.retention import ENDS
from portal.assessments.rules.workflow import ENDED
from portal.assessments.store.bookings import THING
from portal.audit import HistoryEvent


def due(session: Session, before: datetime, booking_id: int | None = None) -> list[str]:
    """The references of bookings that ended before a moment, and whose contacts or access needs
    are still there.
    """
    b, e = Booking, HistoryEvent
    ended = (
        select(func.max(e.at))
        .where(e.thing == THING, e.thing_id == b.id, e.tag.in_([f"booking.{m}" for m in ENDS]))
        .scalar_subquery()
    )
    query = select(b.reference).where(
        b.state.in_(ENDED),
        or_(exists().where(BookingContact.booking_id == b.id), b.access_needs.is_not(None)),
        ended < before,
    )
    if booking_id is not None:
        query = query.where(b.id == booking_id)
    return list(session.scalars(query.order_by(b.id)))
