"""Periods of different lengths as one series: no day counts twice, and none known is lost."""

from __future__ import annotations

from datetime import date, timedelta
from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from portal.performance.rules import periods
from portal.performance.rules.joined import Told, joined
from portal.performance.words import Period

JAN = date(2026, 1, 1)


def told(period: Period, first: date, *numbers: float | None) -> list[Told]:
    starts = [periods.later(period, first, n) for n in range(len(numbers))]
    return [Told(at, periods.end_of(period, at), n) for at, n in zip(starts, numbers, strict=True)]


def said(*of: tuple[Period, list[Told]]) -> list[tuple[str, float | None]]:
    return [(each.last.isoformat(), each.number) for each in joined(dict(of))]


def test_years_stand_before_the_months_that_go_on_from_them() -> None:
    years = Period.YEAR, told(Period.YEAR, date(2024, 1, 1), 12, 24)
    months = Period.MONTH, told(Period.MONTH, date(2025, 11, 1), 2, 2, 3)
    assert said(years, months) == [("2024-12-31", 12), ("2025-12-31", 24), ("2026-01-31", 3)]


def test_what_lies_between_is_missing_in_the_shortest_periods() -> None:
    years = Period.YEAR, told(Period.YEAR, date(2025, 1, 1), 12)
    months = Period.MONTH, told(Period.MONTH, date(2026, 3, 1), 3)
    assert said(years, months) == [
        ("2025-12-31", 12), ("2026-01-31", None), ("2026-02-28", None), ("2026-03-31", 3),
    ]  # fmt: skip


def test_a_quarter_stands_for_months_of_which_one_is_missing() -> None:
    months = Period.MONTH, told(Period.MONTH, JAN, 1, None, 1, 1)
    quarters = Period.QUARTER, told(Period.QUARTER, JAN, 5)
    assert said(months, quarters) == [("2026-03-31", 5), ("2026-04-30", 1)]
    whole = Period.MONTH, told(Period.MONTH, JAN, 1, 2, 1)
    assert [number for _, number in said(whole, quarters)] == [1, 2, 1]


def test_weeks_and_months_are_not_mixed_for_a_few_days() -> None:
    weeks = Period.WEEK, told(Period.WEEK, date(2026, 1, 5), *[1.0] * 20)
    months = Period.MONTH, told(Period.MONTH, JAN, *[5.0] * 4)
    assert said(weeks, months) == said(weeks)


def test_days_with_holes_are_all_there() -> None:
    days = [each for n in range(3) for each in told(Period.DAY, JAN + timedelta(7 * n), 1, 1)]
    found = joined({Period.DAY: days})
    assert sum(each.number or 0 for each in found) == 6
    assert len(found) == 16


def test_12_months_that_overlap_count_once() -> None:
    years = [each for n in range(0, 24, 3)
             for each in told(Period.YEAR, periods.later(Period.MONTH, JAN, n), 12)]  # fmt: skip
    found = joined({Period.YEAR: years})
    assert sum(each.number or 0 for each in found) == 24
    assert joined({}) == []


_ROWS = st.dictionaries(
    st.sampled_from(list(Period)),
    st.dictionaries(st.integers(0, 400), st.none() | st.integers(0, 9), max_size=8),
    max_size=3,
)


@given(_ROWS)
def test_periods_follow_each_other(drawn: dict[Period, dict[int, int | None]]) -> None:
    of = {}
    for period, at in drawn.items():
        starts = {periods.start_of(period, JAN + timedelta(n)): many for n, many in at.items()}
        of[period] = [Told(s, periods.end_of(period, s), n) for s, n in starts.items()]
    found = joined(of)
    for before, after in pairwise(found):
        assert after.start == before.last + timedelta(days=1)
    known = {each.number is not None for rows in of.values() for each in rows}
    assert {True} & known == {each.number is not None for each in found} & {True}
