"""Time in years from the start of the base year, which is year 0.

A place in time is a Decimal: 0 is the first moment of year 0, 1.5 the middle of year 1.
"""

from __future__ import annotations

from datetime import date
from decimal import ROUND_CEILING, ROUND_FLOOR, Decimal

ZERO, ONE = Decimal(0), Decimal(1)
#: Financial years begin on 1 April.
_MONTH, _DAY = 4, 1


def financial_year(day: date) -> int:
    """The calendar year in which the financial year of a day begins.

    The catalogue has this rule too; here it is part of the code whose digest a run keeps.
    """
    return day.year if (day.month, day.day) >= (_MONTH, _DAY) else day.year - 1


def place(day: date, base: int) -> Decimal:
    """Where the start of a day is, in years after 1 April of the base year."""
    year = financial_year(day)
    first, after = date(year, _MONTH, _DAY), date(year + 1, _MONTH, _DAY)
    return year - base + Decimal((day - first).days) / (after - first).days


def live_share(start: Decimal, end: Decimal | None, year: int) -> Decimal:
    """What share of a year lies between two places, 0 to 1; without an end it goes on."""
    until = Decimal(year + 1) if end is None else min(end, Decimal(year + 1))
    return max(ZERO, until - max(start, Decimal(year)))


def begins_in(start: Decimal) -> int:
    """The year in which something begins: at 1.0 it is year 1."""
    return int(start.to_integral_value(ROUND_FLOOR))


def ends_in(end: Decimal) -> int:
    """The last year of something: what ends at 3.0 had its last day in year 2."""
    return int(end.to_integral_value(ROUND_CEILING)) - 1
