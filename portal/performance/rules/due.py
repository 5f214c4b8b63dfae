"""When values are due, and which periods a team can give values for."""

from __future__ import annotations

from datetime import date, timedelta

from portal.performance.rules import periods
from portal.performance.words import Period


def next_start(period: Period, last: date | None, day: date) -> date:
    """The first day of the period whose values come next: after the newest that there are, or the
    one that a day is in where there are none.
    """
    return periods.later(period, last) if last else periods.start_of(period, day)


def due_on(
    period: Period | None, last: date | None, due_days: int | None, day: date
) -> date | None:
    """The day by which the next values are due; None where none ever are.

    Args:
        period: of the data set.
        last: the first day of its newest period with values.
        due_days: how many days after the end of a period its values are due.
        day: today.
    """
    if period is None or due_days is None:
        return None
    return periods.end_of(period, next_start(period, last, day)) + timedelta(days=due_days)


def begins(period: Period, start: date) -> bool:
    """Whether a period begins on a day."""
    return periods.start_of(period, start) == start


def recent(period: Period, day: date, many: int) -> list[date]:
    """The first days of the periods to offer, newest first: up to the one that a day is in."""
    newest = periods.start_of(period, day)
    return [periods.later(period, newest, -back) for back in range(many)]
