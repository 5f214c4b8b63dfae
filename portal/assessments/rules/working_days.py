"""Working days of a nation: Monday to Friday but for its bank holidays.

The bank holidays are the list that GOV.UK publishes per nation, from the copy that the library
`govuk-bank-holidays` carries: nothing is fetched.
"""

from __future__ import annotations

from datetime import date, timedelta
from functools import cache

from portal.assessments.booking_words import Nation

DAY = timedelta(days=1)
#: Monday to Friday, as `date.isoweekday` counts.
WEEK = range(1, 6)


@cache
def holidays(nation: Nation) -> dict[date, str]:
    """The bank holidays of a nation that are known, by day, with their names."""
    # It brings an HTTP client with it, which most processes never need.
    from govuk_bank_holidays.bank_holidays import BankHolidays

    known = BankHolidays(use_cached_holidays=True).get_holidays(division=nation.value)
    return {each["date"]: each["title"] for each in known}


def known_until(nation: Nation) -> date:
    """The last day of the last year whose bank holidays are known."""
    return date(max(holidays(nation)).year, 12, 31)


def is_working(day: date, nation: Nation) -> bool:
    """Whether people work on a day."""
    return day.isoweekday() in WEEK and day not in holidays(nation)


def later(day: date, days: int, nation: Nation) -> date:
    """The working day that is so many working days after a day; `day` itself does not count.

    With 0 it is `day` where that is one, else the next.
    """
    found = day
    while days > 0 or not is_working(found, nation):
        found += DAY
        days -= is_working(found, nation)
    return found


def between(start: date, end: date, nation: Nation) -> int:
    """How many working days come after `start` up to and with `end`; 0 where none does."""
    span = range(1, (end - start).days + 1)
    return sum(is_working(start + n * DAY, nation) for n in span)
