"""Periods are days of the calendar, and never moments."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from portal.performance.rules import periods
from portal.performance.words import Period

DAYS = st.dates(date(1990, 1, 1), date(2090, 12, 31))


@given(st.sampled_from(Period), DAYS)
def test_every_day_is_in_one_period(period: Period, day: date) -> None:
    start = periods.start_of(period, day)
    assert start <= day <= periods.end_of(period, start)
    assert periods.start_of(period, start) == start
    after = periods.later(period, start)
    assert after == periods.end_of(period, start) + timedelta(days=1)
    assert periods.later(period, after, -1) == start


@given(st.sampled_from(Period), DAYS)
@example(Period.DAY, date(2024, 2, 29))
def test_a_year_before_and_after_meet(period: Period, day: date) -> None:
    start = periods.start_of(period, day)
    for after in periods.years_after(period, start):
        assert periods.year_before(period, after) == start
    assert start in periods.years_after(period, periods.year_before(period, start))
    assert periods.start_of(period, periods.year_before(period, start)) < start


@pytest.mark.parametrize(
    ("period", "day", "start"),
    [
        (Period.WEEK, date(2026, 11, 22), date(2026, 11, 16)),
        (Period.MONTH, date(2024, 2, 29), date(2024, 2, 1)),
        (Period.QUARTER, date(2017, 9, 30), date(2017, 7, 1)),
        (Period.YEAR, date(2016, 10, 31), date(2016, 10, 1)),
    ],
)
def test_starts(period: Period, day: date, start: date) -> None:
    assert periods.start_of(period, day) == start


def test_all_between() -> None:
    starts = periods.between(Period.MONTH, date(2025, 11, 3), date(2026, 1, 1))
    assert starts == [date(2025, 11, 1), date(2025, 12, 1), date(2026, 1, 1)]
