"""When values are due, and which periods a team can give values for."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta

from portal.performance.rules import periods
from portal.performance.words import Period


def next_start(period: Period, last: date | None, day: date) -> date:
    """The first day of the period whose values come next: after the newest that there are, but none
    before the one that a day is in, so that whoever fills in the past owes no more for it.
    """
    here = periods.start_of(period, day)
    if last is None:
        return here
    after = periods.later(period, last)
    return periods.later(period, after, max(0, periods.count(period, after, here)))


#: What is overdue for longer is escalated.
PATIENCE = timedelta(days=14)


@dataclass(frozen=True, slots=True)
class Known:
    """What says when a data set should have something new.

    Attributes:
        period: what its values cover.
        last: the first day of its newest period with values.
        due_days: days after the end of a period by which its values are due.
        max_age_days: how old the end of the newest period, or else what came last, may be.
        received: the day on which something came last.
        added: the day on which it was added.
    """

    period: Period | None
    last: date | None
    due_days: int | None
    max_age_days: int | None
    received: date | None
    added: date


def due_on(known: Known) -> date | None:
    """The day by which the next values are due; None where none ever are. The age counts where no
    days are set.
    """
    period = known.period
    if period is not None and known.due_days is not None:
        start = next_start(period, known.last, known.added)
        return periods.end_of(period, start) + timedelta(days=known.due_days)
    if known.max_age_days is None:
        return None
    newest = periods.end_of(period, known.last) if period and known.last else known.received
    return max(newest or known.added, known.added) + timedelta(days=known.max_age_days)


def escalated(due_on: date, day: date) -> bool:
    """Whether what is overdue is for more than those who give figures."""
    return day > due_on + PATIENCE


def missing(period: Period, start: date, due_days: int | None, day: date) -> int:
    """How many periods are overdue on a day, where the first of them is the one from `start`."""
    newest = periods.start_of(period, day - timedelta(days=due_days or 0))
    return max(1, periods.count(period, start, newest))


def begins(period: Period, start: date) -> bool:
    """Whether a period begins on a day."""
    return periods.start_of(period, start) == start


def recent(period: Period, day: date, many: int) -> list[date]:
    """The first days of the periods to offer, newest first: up to the one that a day is in."""
    newest = periods.start_of(period, day)
    return [periods.later(period, newest, -back) for back in range(many)]
