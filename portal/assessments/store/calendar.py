"""All SQL about the calendar: the sessions that somebody may know of."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any, NamedTuple

from sqlalchemy import ColumnElement, and_, select, tuple_
from sqlalchemy.orm import Session

from portal.access import Person
from portal.assessments.booking_words import State
from portal.assessments.models.bookings import Booking, BookingSession
from portal.assessments.store import bookings

#: A session of one that is not going to be, or not yet, is in no calendar.
_NOT_SHOWN = (
    State.DRAFT, State.SUBMITTED, State.REJECTED, State.POSTPONED, State.WITHDRAWN, State.STOPPED,
)  # fmt: skip


class Row(NamedTuple):
    """A session with what a calendar says of its booking."""

    id: int
    held_on: date
    starts: str
    minutes: int
    place: str | None
    reference: str
    name: str
    stage: Any
    kind: Any
    state: State
    confidential: bool | None
    version: int
    edited_at: datetime


def between(session: Session, person: Person, since: date, until: date | None = None) -> list[Row]:
    """The sessions from a day on (and up to another one, both included), the earliest first."""
    return _read(session, person, _days(since, until))


def _days(since: date, until: date | None) -> ColumnElement[bool]:
    x = BookingSession
    return x.held_on >= since if until is None else x.held_on.between(since, until)


def page(
    session: Session,
    person: Person,
    since: date,
    after: tuple[date, str, int] | None,
    many: int | None,
) -> list[Row]:
    """The sessions from a day on, and after a place in the list."""
    x, where = BookingSession, _days(since, None)
    if after is not None:
        where = and_(where, tuple_(x.held_on, x.starts, x.id) > after)
    return _read(session, person, where, many)


def _read(
    session: Session, person: Person, where: ColumnElement[bool], many: int | None = None
) -> list[Row]:
    x, b = BookingSession, Booking
    query = (
        select(
            x.id, x.held_on, x.starts, x.minutes, x.place, b.reference, b.name, b.stage, b.kind,
            b.state, b.confidential, b.version, b.edited_at,
        )
        .join(b, b.id == x.booking_id)
        .where(where, b.state.not_in(_NOT_SHOWN), bookings.seen_by(person))
        .order_by(x.held_on, x.starts, x.id)
        .limit(many)
    )  # fmt: skip
    return [Row._make(row) for row in session.execute(query)]
