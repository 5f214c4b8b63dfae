"""All SQL about the assessments that are coming up, as far as somebody may know of them."""

from __future__ import annotations

from datetime import date
from typing import Any, NamedTuple

from sqlalchemy import and_, func, select
from sqlalchemy.orm import Session

from portal.access import Person
from portal.assessments.booking_words import State
from portal.assessments.models.bookings import Booking, BookingSession
from portal.assessments.store.bookings import seen_by
from portal.assessments.words import AssessmentKind, Stage
from portal.catalogue.models.organisations import Organisation

#: Asked for, and not yet held.
AHEAD = (State.SUBMITTED, State.ACCEPTED, State.PANEL_FORMING, State.PANEL_READY)


class Ahead(NamedTuple):
    """A booking that is not yet held; `day` is that of its next session, None without one."""

    id: int
    reference: str
    name: str
    organisation_id: int | None
    organisation: str | None
    organisation_name: str | None
    stage: Stage | None
    kind: AssessmentKind | None
    state: State
    day: date | None


def ahead(session: Session, person: Person, day: date) -> list[Ahead]:
    """What is coming up from a day on, the next first and those without a day last."""
    b, x, o = Booking, BookingSession, Organisation
    on = func.min(x.held_on)
    query: Any = (
        select(b.id, b.reference, b.name, o.id, o.slug, o.name, b.stage, b.kind, b.state, on)
        .outerjoin(o, o.id == b.organisation_id)
        .outerjoin(x, and_(x.booking_id == b.id, x.held_on >= day))
        .where(b.state.in_(AHEAD), seen_by(person))
        .group_by(b.id, o.id)
    )
    found = [Ahead(*row) for row in session.execute(query)]
    return sorted(found, key=lambda row: (row.day or date.max, row.id))
