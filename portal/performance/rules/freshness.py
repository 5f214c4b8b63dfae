"""How far data sets are out of date, as programs ask for it."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any, Protocol


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
