"""Periods: days, weeks from Monday, months, quarters of the calendar year, and any 12 months.

A period is known by its first day. Nothing here is a moment: summer time once shifted whole days
where midnights were stored.
"""

from __future__ import annotations

from datetime import date, timedelta

from portal.performance.words import Period

#: How many months the longer ones last.
_MONTHS = {Period.MONTH: 1, Period.QUARTER: 3, Period.YEAR: 12}
_DAYS = {Period.DAY: 1, Period.WEEK: 7}


def start_of(period: Period, day: date) -> date:
    """The first day of the period that a day is in. 12 months begin with the day's month."""
    if period is Period.DAY:
        return day
    if period is Period.WEEK:
        return day - timedelta(days=day.weekday())
    month = day.month - (day.month - 1) % 3 if period is Period.QUARTER else day.month
    return date(day.year, month, 1)


def later(period: Period, start: date, many: int = 1) -> date:
    """The first day of the period `many` after (before, where negative) the one from `start`.

    Raises:
        ValueError: outside the years 1 to 9999 (OverflowError for days and weeks).
    """
    if period in _DAYS:
        return start + timedelta(days=_DAYS[period] * many)
    return _months(start, _MONTHS[period] * many)


def _months(start: date, many: int) -> date:
    months = start.year * 12 + start.month - 1 + many
    return date(months // 12, months % 12 + 1, 1)


def end_of(period: Period, start: date) -> date:
    """The last day of the period that starts on a day."""
    return later(period, start) - timedelta(days=1)


def year_before(period: Period, start: date) -> date:
    """The start of the period to compare with: the same month or quarter, or 52 weeks before."""
    if period is Period.WEEK:
        return start - timedelta(weeks=52)
    if period is Period.DAY:
        try:
            return start.replace(year=start.year - 1)
        except ValueError:
            return start - timedelta(days=366)
    return _months(start, -12)


def years_after(period: Period, start: date) -> list[date]:
    """The starts of the periods that compare themselves with this one. 28 February has two where a
    29th follows; the 29th itself has none.
    """
    if period is Period.WEEK:
        return [start + timedelta(weeks=52)]
    if period is Period.DAY:
        # The same day, or the one after it, is 365 or 366 days on.
        near = (start + timedelta(days=many) for many in (365, 366))
        return [each for each in near if year_before(period, each) == start]
    return [_months(start, 12)]


def between(period: Period, first: date, last: date) -> list[date]:
    """The starts of all periods from that of `first` to that of `last`, both included."""
    at, starts = start_of(period, first), []
    while at <= last:
        starts.append(at)
        at = later(period, at)
    return starts


def count(period: Period, first: date, last: date) -> int:
    """How many periods lie from the one that starts with `first` to the one before `last`."""
    if period in _DAYS:
        return (last - first).days // _DAYS[period]
    months = (last.year - first.year) * 12 + last.month - first.month
    return months // _MONTHS[period]
