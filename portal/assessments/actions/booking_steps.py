"""Move a booking on: the one way in which how far it is ever changes.

What a move needs (a complete panel, a decision) and what follows from it (a published report, a
mail) is said by the module that knows, with `guard` and `effect`; the table of rules/workflow.py
says who may make it, from where and why, and which clocks it starts and ends.
"""

from __future__ import annotations

from collections.abc import Callable, Collection
from dataclasses import dataclass

from sqlalchemy.orm import Session

from portal.access import Person
from portal.assessments.booking_words import Move, Part, State
from portal.assessments.models.bookings import Booking, BookingClock
from portal.assessments.rules import clocks, workflow
from portal.assessments.rules.booking_settings import HeldHow
from portal.assessments.rules.confidentiality import parts_of
from portal.assessments.store import booking_settings, bookings
from portal.audit import Act
from portal.db import Database, one_at_a_time
from portal.errors import Missing


@dataclass(frozen=True, slots=True)
class Step:
    """A move as guards and effects see it.

    Attributes:
        booking: as it is; for an effect as it is afterwards.
        parts: what whoever makes the move is to it.
        held: how its organisation holds assessments.
        url: where the portal is, for the links of mails.
    """

    session: Session
    booking: Booking
    move: Move
    parts: frozenset[Part]
    held: HeldHow
    act: Act
    url: str


#: A guard raises Invalid or Refused where a booking is not ready for a move; an effect does what
#: follows, in the same transaction.
Hook = Callable[[Step], None]
_GUARDS: dict[Move, list[Hook]] = {}
_EFFECTS: dict[Move, list[Hook]] = {}


def guard(*moves: Move) -> Callable[[Hook], Hook]:
    """Have a function asked before these moves are made."""
    return _adds(_GUARDS, moves)


def effect(*moves: Move) -> Callable[[Hook], Hook]:
    """Have a function called once these moves are made."""
    return _adds(_EFFECTS, moves)


def _adds(hooks: dict[Move, list[Hook]], moves: Collection[Move]) -> Callable[[Hook], Hook]:
    def add(function: Hook) -> Hook:
        for move in moves:
            hooks.setdefault(move, []).append(function)
        return function

    return add


def step(
    database: Database, reference: str, version: int, move: Move, person: Person, act: Act, url: str
) -> State:
    """Make a move that a person asks for; `act.reason` is why.

    Returns:
        How far the booking is now.

    Raises:
        Missing: there is no such booking, as far as they may know.
        Stale: it changed since they read it.
        Refused: it cannot be done from there, not by them, or something is missing.
        Invalid: a reason is asked for and was not given, or a field needs an answer.
    """
    with database.writing() as session:
        one_at_a_time(session)
        booking = bookings.at_version(session, reference, version)
        parts = parts_of(person, bookings.thing_of(session, booking))
        if not parts:
            raise Missing("There is no such assessment")
        return take(session, booking, move, parts, act, url)


def take(
    session: Session, booking: Booking, move: Move, parts: Collection[Part], act: Act, url: str
) -> State:
    """The same in the caller's transaction, for one that holds its turn; raises the same."""
    to = workflow.after(booking.state, booking.resumes, move, parts, act.reason)
    held = booking_settings.held_by(session, booking.organisation_id)
    made = Step(session, booking, move, frozenset(parts), held, act, url)
    for ready in _GUARDS.get(move, ()):
        ready(made)
    before = bookings.document_of(booking)
    booking.resumes = booking.state if move is Move.POSTPONE else None
    booking.state = to
    _wind(made)
    bookings.moved(session, booking, before, act, f"booking.{move}")
    for follow in _EFFECTS.get(move, ()):
        follow(made)
    return to


def _wind(made: Step) -> None:
    """Start, end, stop and go on with the clocks of a booking."""
    booking, day, nation = made.booking, made.act.day, made.held.nation
    rule = workflow.rule_of(made.move)
    for row in booking.clocks:
        clock = clocks.Clock(
            row.kind, row.days, row.started_on, row.due_on, row.left_days, row.ended_on
        )
        turn = clocks.resume if workflow.RUNS.get(booking.state) is row.kind else clocks.pause
        clock = turn(clock, day, nation)
        if row.kind in rule.ends:
            clock = clocks.end(clock, day)
        row.due_on, row.left_days, row.ended_on = clock.due_on, clock.left_days, clock.ended_on
    if rule.starts is not None:
        begun = clocks.start(rule.starts, made.held.days(rule.starts), day, nation)
        begin(booking, begun)


def begin(booking: Booking, begun: clocks.Clock) -> None:
    """Give a booking a clock."""
    booking.clocks.append(
        BookingClock(
            kind=begun.kind, days=begun.days, started_on=begun.started_on, due_on=begun.due_on
        )
    )
