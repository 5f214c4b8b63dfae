"""The assurance team sets the days of an assessment, one session after another."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy.orm import Session

from portal.assessments.actions import booking_mail
from portal.assessments.actions.booking import Sent
from portal.assessments.actions.booking_submitting import EVERYBODY, opened
from portal.assessments.models.bookings import Booking, BookingSession
from portal.assessments.rules import sessions as rules
from portal.assessments.rules.sessions import Odd, Sitting
from portal.assessments.store import booking_settings, bookings
from portal.audit import Document
from portal.db import Database
from portal.errors import N_, Invalid, Missing, Problem, Refused


class Unusual(Problem):
    """A day can be set like this, once somebody says that it is meant.

    Attributes:
        odd: what is unusual about it.
    """

    def __init__(self, odd: list[Odd]) -> None:
        """Keep what to ask about."""
        super().__init__()
        self.odd = odd


@dataclass(frozen=True, slots=True)
class Planned:
    """A session as somebody entered it; `meant` where an unusual day is wanted all the same."""

    sitting: Sitting
    place: str | None
    agenda: str | None
    meant: bool = False


def put(database: Database, sent: Sent, session_id: int | None, planned: Planned, url: str) -> bool:
    """Set a session, or change the one with an id; False where nothing changes.

    Raises:
        Missing, Stale, Refused: as a move does.
        Invalid: it cannot be then.
        Unusual: it can be then, if that is meant.
    """
    with database.writing() as session:
        booking, before = _opened(session, sent)
        row = one(booking, session_id) if session_id is not None else None
        others = [sitting_of(each) for each in booking.sessions if each is not row]
        _check(session, booking, planned, others, sent)
        quiet = row.agenda if row is not None else None
        if row is None:
            row = BookingSession()
            booking.sessions.append(row)
        it = planned.sitting
        row.held_on, row.starts, row.minutes = it.held_on, it.starts, it.minutes
        row.place, row.agenda = planned.place, planned.agenda
        return _keep(session, booking, before, sent, url, quiet != planned.agenda)


def _check(
    session: Session, booking: Booking, planned: Planned, others: list[Sitting], sent: Sent
) -> None:
    held = booking_settings.held_by(session, booking.organisation_id)
    it = planned.sitting
    if not rules.LEAST <= it.minutes <= rules.MOST:
        raise Invalid(
            "minutes", N_("Enter a number between %(least)s and %(most)s"),
            least=rules.LEAST, most=rules.MOST,
        )  # fmt: skip
    for problem in rules.wrong(it, others, held, sent.act.day):
        raise problem
    odd = rules.odd(it.held_on, booking.weeks, held)
    if odd and not planned.meant:
        raise Unusual(odd)


def remove(database: Database, sent: Sent, session_id: int, url: str) -> bool:
    """Take a session away. Raises Missing, Stale, Refused."""
    with database.writing() as session:
        booking, before = _opened(session, sent)
        booking.sessions.remove(one(booking, session_id))
        return _keep(session, booking, before, sent, url, False)


def _opened(session: Session, sent: Sent) -> tuple[Booking, Document]:
    booking, _parts = opened(session, sent)
    if booking.state not in rules.OPEN_TO:
        raise Refused(N_("The days of the assessment can be set once it is accepted"))
    return booking, bookings.document_of(booking)


def _keep(
    session: Session, booking: Booking, before: Document, sent: Sent, url: str, quietly: bool
) -> bool:
    """The first session is the day of the assessment; everybody hears of a change of days."""
    booking.held_on = min((each.held_on for each in booking.sessions), default=None)
    if bookings.save(session, booking, before, sent.act, "booking.sessions"):
        news = N_("The days of the assessment changed.")
        booking_mail.tell(session, booking, EVERYBODY, news, sent.act, url)
        return True
    if quietly:  # the agenda is not in the history
        bookings.moved(session, booking, before, sent.act, "booking.agenda")
    return quietly


def one(booking: Booking, session_id: int) -> BookingSession:
    """One of the sessions of a booking. Raises Missing."""
    for each in booking.sessions:
        if each.id == session_id:
            return each
    raise Missing("There is no such session")


def sitting_of(row: BookingSession) -> Sitting:
    """A session as the rules see it."""
    return Sitting(row.held_on, row.starts, row.minutes)
