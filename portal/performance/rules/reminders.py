"""Who is told when of figures that are due: each step once for a period."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta

from portal.performance.rules import due, periods
from portal.performance.words import Period, Reminder

#: What is due within so many days is told before.
AHEAD = timedelta(days=7)


@dataclass(frozen=True, slots=True)
class Due:
    """The part of a data set that says what is due of it, and when.

    Attributes:
        start: the first day of the period whose figures come next; of a data set without periods
            the day by which something should come.
        over: whether that period has ended.
    """

    period: Period | None
    start: date
    due_on: date
    over: bool
    published: bool


def of(
    period: Period | None, last: date | None, added: date, due_on: date, published: bool, day: date
) -> Due:
    """What is due of a data set on a day.

    Args:
        period: of the data set.
        last: the first day of its newest period with values.
        added: the day on which it was added.
        due_on: when the next values are due.
        published: whether everybody may read it.
        day: today.
    """
    if period is None:
        return Due(period, due_on, due_on, True, published)
    start = due.next_start(period, last, added)
    return Due(period, start, due_on, periods.end_of(period, start) < day, published)


def step(found: Due, day: date) -> Reminder | None:
    """What somebody is told of it on a day; None for nothing. What nobody else may read is not
    escalated, and figures of single days are not asked for before they are due.
    """
    if found.published and due.escalated(found.due_on, day):
        return Reminder.ESCALATED
    if found.due_on < day:
        return Reminder.OVERDUE
    soon = found.over and found.due_on <= day + AHEAD
    return Reminder.COMING if soon and found.period is not Period.DAY else None
