"""Moments as programs write them: `2016-05-02T00:00:00Z`, with an offset, without one (UTC), or a
day alone.
"""

from __future__ import annotations

import re
from datetime import UTC, date, datetime, timedelta

from portal.performance.rules import periods
from portal.performance.words import Period

_MOMENT = re.compile(
    r"[0-9]{4}-[0-9]{2}-[0-9]{2}"
    r"(?:[T ][0-9]{2}:[0-9]{2}(?::[0-9]{2}(?:\.[0-9]+)?)?(?:Z|[+-][0-9]{2}:?[0-9]{2})?)?"
)
#: A moment in full, as RFC 3339 has it but for the offset, which may be left out.
_FULL = re.compile(
    r"[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}(?:\.[0-9]+)?"
    r"(?:[Zz]|[+-][0-9]{2}:?[0-9]{2})?"
)
#: So long is 2016-05-02T00:00:00+00:00.
_KEPT = 25
_LIKE_A_DATE = re.compile(r"[0-9]{1,4}[-/.][0-9]{1,2}[-/.][0-9]{1,4}")
#: The first moments of periods that reads tell of each record, longest last.
HOUR = "hour"
STARTS = (HOUR, "day", "week", "month", "quarter", "year")


def read(text: object) -> datetime | None:
    """The moment that a text says, in UTC; None where it says none."""
    if not isinstance(text, str) or not _MOMENT.fullmatch(text):
        return None
    try:
        found = datetime.fromisoformat(text)
        if found.tzinfo is UTC:
            return found
        return found.replace(tzinfo=UTC) if found.tzinfo is None else found.astimezone(UTC)
    except (ValueError, OverflowError):
        return None


def is_kept_so(text: str) -> bool:
    """Whether a text that says a moment says it as `isoformat` does."""
    return len(text) == _KEPT and text[10] == "T" and text.endswith("+00:00")


def written_day(text: str) -> date:
    """The day that a moment is written with, in whichever zone: of midnight in summer time too."""
    return date.fromisoformat(text[:10])


def is_full(text: str) -> bool:
    """Whether a text is a day that there is, with a time."""
    return _FULL.fullmatch(text) is not None and read(text[:19]) is not None


def is_like_a_date(text: str) -> bool:
    """Whether a text that says no moment was meant to."""
    return _LIKE_A_DATE.match(text) is not None


def start_of(name: str, at: datetime) -> datetime:
    """The first moment, in UTC, of the hour or period of the calendar that a moment is in.

    Args:
        name: one of `STARTS`. A year begins in January here.
        at: in UTC.
    """
    if name == HOUR:
        return at.replace(minute=0, second=0, microsecond=0)
    day = at.date()
    if name == "year":
        return datetime(day.year, 1, 1, tzinfo=UTC)
    start = periods.start_of(Period(name), day)
    return datetime(start.year, start.month, start.day, tzinfo=UTC)


def later(name: str, start: datetime, many: int = 1) -> datetime:
    """The first moment of the period `many` after the one from `start`.

    Raises:
        ValueError: outside the years 1 to 9999 (OverflowError for hours, days and weeks).
    """
    if name == HOUR:
        return start + timedelta(hours=many)
    day = periods.later(Period(name), start.date(), many)
    return datetime(day.year, day.month, day.day, tzinfo=UTC)
