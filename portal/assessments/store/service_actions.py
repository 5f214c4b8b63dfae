"""Actions of assessments of one service that are not closed."""

from __future__ import annotations

from sqlalchemy import select
from sqlalchemy.orm import Session

from portal.access import Person
from portal.assessments.booking_words import ActionState
from portal.assessments.models.bookings import Booking
from portal.assessments.models.publishing import FollowUp
from portal.assessments.store import booking_parts
from portal.assessments.store.follow_ups import READERS

_OPEN = (ActionState.OPEN, ActionState.EVIDENCED, ActionState.ESCALATED)
_MOST = 3


def of_service(session: Session, person: Person, service_id: int) -> list[tuple[str, int, str]]:
    """The actions of a service's assessments that hold and wait, for somebody who may see them, as
    (reference of the booking, id, text), the earliest due first; at most three.
    """
    f, b = FollowUp, Booking
    query = (
        select(b.reference, f.id, f.text)
        .join(b, b.id == f.booking_id)
        .where(
            b.service_id == service_id, f.due_on.is_not(None), f.state.in_(_OPEN),
            booking_parts.any_of(person, READERS),
        )
        .order_by(f.due_on, f.id)
        .limit(_MOST)
    )  # fmt: skip
    return [(reference, id_, text) for reference, id_, text in session.execute(query)]
