"""Make up panels: seats from the rule, people on them, and others in the place of those who leave.

Whoever leaves loses their access in the same transaction: what somebody is to a booking is read
from the seats that are filled.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from sqlalchemy.orm import Session

from portal.accounts.store import people
from portal.accounts.words import Profession
from portal.assessments.actions import booking_mail
from portal.assessments.actions.booking_steps import Step, effect, guard
from portal.assessments.booking_words import Declaration, Move, Part, SeatRole, SeatState
from portal.assessments.models.bookings import Booking
from portal.assessments.models.panels import Seat
from portal.assessments.rules import panels as rules
from portal.assessments.rules.assessors import Asked, WhyNot, after_watching, days_of, ranked
from portal.assessments.rules.panels import SEATED, Place
from portal.assessments.store import assessors, booking_settings, bookings, panels
from portal.assessments.store.panels import Panel
from portal.audit import Act
from portal.db import Database, one_at_a_time
from portal.errors import N_, Invalid, Refused

_SAT = (Part.LEAD, Part.ASSESSOR, Part.OBSERVER)


@dataclass(frozen=True, slots=True)
class Leaving:
    """Somebody leaves a seat.

    Attributes:
        person_id: who, as was seen; None for a seat that nobody has taken, and that goes.
        reason: why, in few words.
        instead: who takes their place at once, if somebody does.
        again: whether there is a seat in its place at all.
    """

    person_id: int | None
    reason: str
    instead: int | None = None
    again: bool = True


def panel_of(session: Session, booking: Booking, act: Act) -> Panel:
    """The panel of a booking with what speaks against those on it."""
    held = booking_settings.held_by(session, booking.organisation_id)
    return panels.of_booking(session, booking, held, act.day)


def days_set(booking: Booking) -> list[date]:
    """The days of an assessment, as far as they are set."""
    return days_of(booking.held_on, [each.held_on for each in booking.sessions])


@effect(Move.FORM_PANEL)
def form(made: Step) -> None:
    """Make the seats that the panel needs and does not have."""
    needed = panels.needed(made.session, made.booking)
    there = panels.seats(made.session, made.booking.id)
    there = [each for each in there if each.state is not SeatState.LEFT]
    panels.make(made.session, made.booking.id, rules.missing(needed, there), made.act)


@guard(Move.CONFIRM_PANEL, Move.HOLD)
def complete(made: Step) -> None:
    """A panel is complete, and nothing stands against anybody on it: also on the day itself, since
    services move and their suppliers change.
    """
    panel = panels.of_booking(made.session, made.booking, made.held, made.act.day)
    set_ = bool(days_set(made.booking))
    for lack in rules.lacks(panel.needed, panel.seats, panel.around, set_):
        raise lack


@guard(Move.HOLD)
def the_day_has_come(made: Step) -> None:
    """Nothing is assessed before its last day: sessions that will not be are removed first."""
    days = days_set(made.booking)
    if not days or days[0] > made.act.day:
        raise Refused(N_("The day of the assessment has not come yet"))
    if days[-1] > made.act.day:
        raise Refused(
            N_("The last session has not come yet: the assurance team can remove those to come")
        )


@effect(Move.CONFIRM_PANEL)
def tell_all(made: Step) -> None:
    """Everybody knows that the panel is complete, and where to read what it reads."""
    news = N_("The panel is complete. You can read what it looks at beforehand.")
    parts = (*_SAT, Part.TEAM)
    booking_mail.tell(made.session, made.booking, parts, news, made.act, made.url, "/beforehand")


@effect(Move.HOLD)
def count_training(made: Step) -> None:
    """Whoever watched has watched one more panel, however often it is said to be held."""
    if bookings.was(made.session, made.booking.id, f"booking.{Move.NOT_HELD}"):
        return
    for seat in panels.seats(made.session, made.booking.id):
        if seat.state is not SeatState.FILLED or seat.role is not SeatRole.OBSERVER:
            continue
        if seat.person_id is None or seat.declaration is Declaration.WAITING:
            continue
        row = assessors.recorded(made.session, seat.person_id)
        if row is not None:
            before = assessors.document_of(row)
            row.training = after_watching(row.training, watched=True)
            assessors.save(made.session, row, before, made.act, "assessor.watched")


def opened(session: Session, reference: str) -> Booking:
    """A booking whose seats somebody changes, in their turn. Raises Missing, Refused."""
    one_at_a_time(session)
    booking = bookings.by_reference(session, reference)
    if booking.state not in SEATED:
        raise Refused(N_("The panel of this assessment can no longer be changed"))
    return booking


def add_seat(
    database: Database, reference: str, role: SeatRole, profession: Profession | None, act: Act
) -> int:
    """Add an open seat to a panel beyond what it needs, such as an observer's; its id.

    Raises:
        Missing: there is no such booking.
        Refused: its panel can no longer be changed.
        Invalid: a seat other than an observer's has no profession.
    """
    if role is SeatRole.ASSESSOR and profession is None:
        raise Invalid("profession", N_("Select a profession"))
    with database.writing() as session:
        booking = opened(session, reference)
        place = Place(role, profession if role is SeatRole.ASSESSOR else None)
        return panels.make(session, booking.id, [place], act)[0].id


def fill(
    database: Database, reference: str, seat_id: int, person_id: int, act: Act, url: str
) -> None:
    """Let somebody sit on an open seat. They see little until they have declared.

    Raises:
        Missing: there is no such booking or seat.
        Stale: somebody has taken the seat meanwhile.
        Refused: the panel can no longer be changed.
        Invalid: they are no assessor, sit there already, cannot lead, or are of another profession.
    """
    with database.writing() as session:
        booking = opened(session, reference)
        seat = panels.seat_now(session, booking.id, seat_id, SeatState.OPEN)
        seat_somebody(session, booking, seat, person_id, act, url)


def seat_somebody(
    session: Session, booking: Booking, seat: Seat, person_id: int, act: Act, url: str
) -> None:
    """The same in the caller's transaction. Raises Invalid."""
    _fits(session, booking, seat, person_id, act)
    before = panels.document_of(seat)
    seat.state, seat.person_id, seat.filled_at = SeatState.FILLED, person_id, act.at
    seat.declaration, seat.declared_at = Declaration.WAITING, None
    panels.save(session, seat, before, act, "seat.filled")
    panels.without_volunteers(session, seat.id)
    if seat.replaces_id is not None:
        left = panels.seat_at(session, booking.id, seat.replaces_id)
        if left.person_id is not None:
            panels.hand_over(session, booking.id, left.person_id, person_id, act)
    news = N_("You are asked to sit on a panel. Say whether you have a conflict of interest.")
    only = {person_id}
    booking_mail.tell(session, booking, [Part.INVITED], news, act, url, "/declare", only)


def _fits(session: Session, booking: Booking, seat: Seat, person_id: int, act: Act) -> None:
    days = days_set(booking)
    every = assessors.candidates(session, booking, seat, days, act.day, everybody=True)
    asked = rules_asked(seat, booking, rules.Around())
    for each in ranked((c for c in every if c.person_id == person_id), asked):
        for why, text in _WHY.items():
            if why in each.why_not:
                raise Invalid("person", text)
        return
    raise Invalid("person", N_("Select somebody who is an assessor"))


_WHY = {
    WhyNot.ALREADY: N_("They sit on this panel already"),
    WhyNot.CANNOT_LEAD: N_("Select somebody who can lead a panel"),
    WhyNot.PROFESSION: N_("Select somebody of the profession of this seat"),
}


def rules_asked(seat: Seat, booking: Booking, around: rules.Around) -> Asked:
    """A seat as the ranking sees it."""
    return Asked(seat.role, seat.profession, booking.panel_by, booking.organisation_id, around)


def leave(
    database: Database, reference: str, seat_id: int, leaving: Leaving, act: Act, url: str
) -> int | None:
    """Let somebody leave a seat, and another take it; the id of the seat in its place, if any.

    Their access ends at once. What they wrote stays, with them as its author; the sections that
    were their own are those of whoever comes.

    Raises:
        Missing: there is no such booking or seat.
        Stale: somebody else sits there meanwhile, or nobody.
        Refused: the panel can no longer be changed.
        Invalid: there is no reason, or who comes cannot take the seat.
    """
    if not leaving.reason.strip():
        raise Invalid("reason", N_("Enter a reason"))
    with database.writing() as session:
        booking = opened(session, reference)
        state = SeatState.OPEN if leaving.person_id is None else SeatState.FILLED
        seat = panels.seat_now(session, booking.id, seat_id, state, leaving.person_id)
        _leave(session, seat, leaving, act)
        if not leaving.again:
            return None
        place = Place(seat.role, seat.profession)
        made = panels.make(session, booking.id, [place], act, replaces_id=seat.id)[0]
        if leaving.instead is not None:
            seat_somebody(session, booking, made, leaving.instead, act, url)
        elif people.actor(leaving.person_id or 0) == act.actor:
            news = N_("Somebody has left the panel. Their seat is open.")
            booking_mail.tell(session, booking, [Part.ASSURANCE], news, act, url, "/panel")
        return made.id


def _leave(session: Session, seat: Seat, leaving: Leaving, act: Act) -> None:
    before = panels.document_of(seat)
    seat.state, seat.left_at, seat.left_because = SeatState.LEFT, act.at, leaving.reason.strip()
    panels.save(session, seat, before, act, "seat.left")
    panels.without_volunteers(session, seat.id)
