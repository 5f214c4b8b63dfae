"""When a job is tried again, and what is kept of an error."""

from __future__ import annotations

import traceback
from datetime import UTC, datetime, timedelta
from pathlib import PurePath

#: A job is tried this often; with the delays below, for about 21 hours.
ATTEMPTS = 20
FIRST_DELAY = timedelta(seconds=10)
LONGEST_DELAY = timedelta(hours=2)
LONGEST_ERROR = 300
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


def delay(attempts: int) -> timedelta:
    """How long to wait after this many attempts: 10 seconds, then twice as long each time."""
    doublings = min(max(attempts - 1, 0), 20)
    return min(FIRST_DELAY * (1 << doublings), LONGEST_DELAY)


def said(error: BaseException) -> str:
    """What kind of error it was and where. Its text stays out: it may quote what people wrote."""
    frames = traceback.extract_tb(error.__traceback__)
    place = f" at {PurePath(frames[-1].filename).name}:{frames[-1].lineno}" if frames else ""
    return f"{type(error).__name__}{place}"[:LONGEST_ERROR]


def period(at: datetime, every: timedelta) -> datetime:
    """When the period of length `every` began that `at` is in, counted from 1970 in UTC."""
    return at - (at - _EPOCH) % every
