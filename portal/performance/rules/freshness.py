"""How far data sets are out of date."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import Any, Protocol

from portal.performance.words import DueState

#: What is due within so many days is due soon.
SOON = timedelta(days=14)
#: The states of what has a day on which it is due.
DATED = (DueState.OVERDUE, DueState.SOON, DueState.ON_TIME)


class Expected(Protocol):
    """The part of a data set that says when there should be something new."""

    group: str
    type: str
    max_age_days: int | None
    received_at: datetime | None


def out_of_date(data_set: Expected, now: datetime) -> dict[str, Any] | None:
    """What is told of a data set that has had nothing for longer than it should; None of others."""
    if data_set.max_age_days is None:
        return None
    age = timedelta(days=data_set.max_age_days)
    last = data_set.received_at
    late = None if last is None else int((now - last - age).total_seconds())
    if late is not None and late <= 0:
        return None
    return {
        "name": f"{data_set.group}_{data_set.type}",
        "seconds-out-of-date": late,
        "last-updated": last.isoformat() if last else None,
        "max-age-expected": int(age.total_seconds()),
    }


def state(due_on: date | None, closed_on: date | None, day: date) -> DueState:
    """How far a data set is up to date on a day: overdue from the day after it is due."""
    if due_on is None:
        return DueState.UNDATED if closed_on is None else DueState.CLOSED
    if due_on < day:
        return DueState.OVERDUE
    return DueState.SOON if due_on <= day + SOON else DueState.ON_TIME
