"""The working days that somebody has for a step, which stand while the other side has the word."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date

from portal.assessments.booking_words import ClockKind, Nation
from portal.assessments.rules import working_days


@dataclass(frozen=True, slots=True)
class Clock:
    """So many working days for a step.

    Attributes:
        days: working days that it gives in all.
        due_on: the last of them; None while it stands.
        left_days: working days left, while it stands.
    """

    kind: ClockKind
    days: int
    started_on: date
    due_on: date | None
    left_days: int | None = None
    ended_on: date | None = None


def start(kind: ClockKind, days: int, day: date, nation: Nation) -> Clock:
    """Begin on a day, which is not counted."""
    return Clock(kind, days, day, working_days.later(day, days, nation))


def pause(clock: Clock, day: date, nation: Nation) -> Clock:
    """Let it stand from a day on; the day itself still counted. What is over due has 0 left."""
    if clock.ended_on or clock.due_on is None:
        return clock
    left = working_days.between(day, clock.due_on, nation)
    return replace(clock, due_on=None, left_days=left)


def resume(clock: Clock, day: date, nation: Nation) -> Clock:
    """Let it go on after a day, with the days that were left."""
    if clock.ended_on or clock.left_days is None:
        return clock
    due = working_days.later(day, clock.left_days, nation)
    return replace(clock, due_on=due, left_days=None)


def end(clock: Clock, day: date) -> Clock:
    """What it was for is done, or no longer asked. A clock ends once."""
    return clock if clock.ended_on else replace(clock, ended_on=day)


def overdue(clock: Clock, day: date) -> bool:
    """Whether its last day is past."""
    return clock.ended_on is None and clock.due_on is not None and clock.due_on < day
