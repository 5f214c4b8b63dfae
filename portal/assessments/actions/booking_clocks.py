"""What happens by itself: clocks run out, people are reminded, old actions are escalated.

Each booking and each action is a transaction of its own, so that one that cannot be moved keeps
nothing else from it.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta
from functools import partial

from sqlalchemy.orm import Session

from portal import jobs
from portal.assessments.actions import booking_mail, booking_steps, follow_ups
from portal.assessments.booking_words import ClockKind, Move, Part, State
from portal.assessments.models.bookings import Booking, BookingClock
from portal.assessments.rules import clocks, workflow, working_days
from portal.assessments.rules import follow_ups as rules
from portal.assessments.rules.follow_ups import Deed
from portal.assessments.store import booking_clocks as store
from portal.assessments.store import booking_settings, bookings
from portal.assessments.store import follow_ups as actions
from portal.audit import Act
from portal.db import one_at_a_time
from portal.errors import Missing, Problem

ACTOR, ORIGIN = "command:clocks", "worker"
#: Somebody is reminded while so many working days are left.
LEFT = 2
_WHOSE = {
    ClockKind.REPORT: (Part.LEAD, Part.ASSESSOR),
    ClockKind.CHECK: (Part.ASSURANCE,),
    ClockKind.ANSWER: (Part.TEAM,),
}
_NEAR = "A step of this assessment is due within 2 working days."
_PAST = "A step of this assessment is overdue."
_ACTION_NEAR = "An action of this assessment is due soon."
_ACTION_PAST = "An action of this assessment is overdue."
_ESCALATED = "Overdue without evidence"


@jobs.handler("assessments.clocks", every=timedelta(hours=6))
def run(run: jobs.Run) -> None:
    """Do what is due today, once."""
    act = Act(ACTOR, run.clock(), ORIGIN)
    with run.database.reading(fresh=True) as session:
        due = store.running(session, act.day)
        near = [
            (actions.booking_of(session, row), row.id) for row in actions.near(session, act.day)
        ]
    url = run.settings.public_url
    for reference in due:
        _one(run, partial(_clock, reference=reference, act=act, url=url))
    for reference, id_ in near:
        _one(run, partial(_action, reference=reference, id_=id_, act=act, url=url))


def _one(run: jobs.Run, work: Callable[[Session], None]) -> None:
    try:
        with run.database.writing() as session:
            one_at_a_time(session)
            work(session)
    except Problem:
        # It moved on meanwhile, or somebody has to act first: it is looked at again next time.
        return


def _clock(session: Session, reference: str, act: Act, url: str) -> None:
    """Remind whose turn it is, or let the time of the team run out."""
    booking = bookings.by_reference(session, reference)
    row = next((each for each in booking.clocks if _runs(booking, each)), None)
    if row is None or row.due_on is None:
        return
    clock = clocks.Clock(row.kind, row.days, row.started_on, row.due_on)
    if booking.state is State.TEAM_REVIEW and clocks.overdue(clock, act.day):
        system = {Part.SYSTEM}
        booking_steps.take(session, booking, Move.TIME_RUNS_OUT, system, act, url)
        return
    if _reminds(session, booking, row.due_on, row.reminded_on, act.day):
        row.reminded_on = act.day
        news = _PAST if clocks.overdue(clock, act.day) else _NEAR
        booking_mail.tell(session, booking, _WHOSE[row.kind], news, act, url)


def _runs(booking: Booking, row: BookingClock) -> bool:
    return row.ended_on is None and workflow.RUNS.get(booking.state) is row.kind


def _reminds(
    session: Session, booking: Booking, due_on: date, reminded_on: date | None, day: date
) -> bool:
    """Whether somebody is told today: once as the day comes near, once when it is past."""
    if day > due_on:
        return reminded_on is None or reminded_on <= due_on
    nation = booking_settings.held_by(session, booking.organisation_id).nation
    return reminded_on is None and working_days.between(day, due_on, nation) <= LEFT


def _action(session: Session, reference: str, id_: int, act: Act, url: str) -> None:
    """Remind the team of an action, or escalate it."""
    booking = bookings.by_reference(session, reference)
    row = actions.get(session, booking.id, id_)
    if row.due_on is None:
        raise Missing("It does not hold yet")
    held = booking_settings.held_by(session, booking.organisation_id)
    if rules.escalates(row.state, row.due_on, act.day, held.escalate_days):
        to = rules.after(row.state, Deed.ESCALATE, {Part.SYSTEM})
        if to is not None:
            said = follow_ups.Wanted(Deed.ESCALATE, _ESCALATED)
            follow_ups.take(session, booking, row, said, to, act, url)
    elif rules.reminds(row.due_on, row.reminded_on, act.day):
        news = _ACTION_PAST if act.day > row.due_on else _ACTION_NEAR
        row.reminded_on = act.day
        session.flush()
        booking_mail.tell(session, booking, (Part.TEAM,), news, act, url, f"/actions/{row.id}")
