"""How far data sets are out of date."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta
from typing import Any, Protocol
from zoneinfo import ZoneInfo

from portal.performance.words import DueState

_LONDON = ZoneInfo("Europe/London")
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
    due_on: date | None


def out_of_date(data_set: Expected, now: datetime) -> dict[str, Any]:
    """What is told of a data set that is overdue: for how long since the end of the day on which it
    was due, where something came before; and how old it may be, where that is said.
    """
    age, last, due = data_set.max_age_days, data_set.received_at, data_set.due_on
    ended = datetime.combine((due or now.date()) + timedelta(days=1), time(), _LONDON)
    return {
        "name": f"{data_set.group}_{data_set.type}",
        "seconds-out-of-date": int((now - ended).total_seconds()) if last else None,
        "last-updated": last.isoformat() if last else None,
        "max-age-expected": None if age is None else int(timedelta(days=age).total_seconds()),
    }


def state(due_on: date | None, closed_on: date | None, day: date) -> DueState:
    """How far a data set is up to date on a day: overdue from the day after it is due."""
    if due_on is None:
        return DueState.UNDATED if closed_on is None else DueState.CLOSED
    if due_on < day:
        return DueState.OVERDUE
    return DueState.SOON if due_on <= day + SOON else DueState.ON_TIME
