"""A run of the tests lives in one day: the day that a test worked out at its start stays today.

The processes that a run starts inherit its clock: workers of pytest, servers, workers of jobs.
"""

from __future__ import annotations

import os
from datetime import UTC, datetime, timedelta, tzinfo

from portal import clock

VARIABLE = "PORTAL_TESTS_HOURS_BACK"


def hours_back(start: datetime) -> int:
    """How far a run that starts at a moment puts its clock back, so that time still goes on.

    London's midnight is at 23:00 or 24:00 UTC: for three hours at least neither comes.
    """
    return 4 if start.hour >= 20 else 0


def keep() -> None:
    """Put the portal's clock in this process where the run has it."""
    hours = os.environ.setdefault(VARIABLE, str(hours_back(datetime.now(UTC))))  # noqa: TID251
    back = timedelta(hours=int(hours))

    class Kept(datetime):
        @classmethod
        def now(cls, tz: tzinfo | None = None) -> datetime:  # type: ignore[override]
            return datetime.now(tz) - back  # noqa: TID251

    clock.datetime = Kept  # type: ignore[misc]
