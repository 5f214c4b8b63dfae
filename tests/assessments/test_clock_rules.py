"""Working days, clocks and settings of bookings."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from portal.assessments.booking_words import ClockKind, Nation
from portal.assessments.rules import booking_settings, clocks, working_days
from portal.assessments.rules.booking_settings import DEFAULT, held_how
from portal.errors import Invalid

DAYS = st.dates(date(2026, 1, 1), date(2027, 11, 30))
NATIONS = st.sampled_from(list(Nation))
MANY = st.integers(0, 40)


def test_each_nation_has_its_own_bank_holidays() -> None:
    patrick, andrew = date(2026, 3, 17), date(2026, 11, 30)
    assert not working_days.is_working(patrick, Nation.NORTHERN_IRELAND)
    assert working_days.is_working(patrick, Nation.SCOTLAND)
    assert not working_days.is_working(andrew, Nation.SCOTLAND)
    assert working_days.is_working(andrew, Nation.ENGLAND_AND_WALES)
    easter = date(2026, 4, 6)
    assert not working_days.is_working(easter, Nation.ENGLAND_AND_WALES)
    assert working_days.is_working(easter, Nation.SCOTLAND)
    assert all(working_days.known_until(nation) >= date(2027, 12, 31) for nation in Nation)


def test_ten_working_days_over_christmas() -> None:
    assert working_days.later(date(2026, 12, 18), 10, Nation.ENGLAND_AND_WALES) == date(2027, 1, 6)
    assert working_days.later(date(2026, 12, 18), 10, Nation.SCOTLAND) == date(2027, 1, 7)


@given(DAYS, MANY, NATIONS)
def test_so_many_working_days_later_there_are_as_many_between(
    day: date, many: int, nation: Nation
) -> None:
    found = working_days.later(day, many, nation)
    assert working_days.is_working(found, nation)
    if many:
        assert working_days.between(day, found, nation) == many
    else:
        assert working_days.between(day, found, nation) <= 1 and found >= day


@given(DAYS, st.integers(1, 30), NATIONS, st.integers(0, 60), st.integers(0, 90))
def test_a_clock_that_stood_has_as_many_days_left(
    day: date, many: int, nation: Nation, run: int, stood: int
) -> None:
    begun = clocks.start(ClockKind.ANSWER, many, day, nation)
    assert begun.due_on is not None
    at = day + timedelta(days=run)
    left = working_days.between(at, begun.due_on, nation)
    stands = clocks.pause(begun, at, nation)
    assert stands.left_days == left and not clocks.overdue(stands, date.max)
    assert clocks.pause(stands, at, nation) == stands
    later = at + timedelta(days=stood)
    on = clocks.resume(stands, later, nation)
    assert on.due_on == working_days.later(later, left, nation)
    if stood == 0 and left:
        assert on.due_on == begun.due_on
    over = clocks.end(on, later)
    assert clocks.end(over, date.max) == over == clocks.pause(over, later, nation)
    assert not clocks.overdue(over, date.max)


def test_the_first_that_says_something_holds() -> None:
    own, portal = {"report_days": 3, "nation": None}, {"report_days": 7, "nation": Nation.SCOTLAND}
    found = held_how(own, portal)
    assert (found.report_days, found.nation, found.answer_days) == (3, Nation.SCOTLAND, 10)
    assert held_how() == DEFAULT
    assert found.days(ClockKind.REPORT) == 3


@pytest.mark.parametrize(("field", "value"), [("report_days", 0), ("lead_weeks", 27)])
def test_a_number_out_of_its_bounds_is_refused(field: str, value: int) -> None:
    with pytest.raises(Invalid) as caught:
        booking_settings.clean({field: value})
    assert caught.value.field == field


def test_weekdays_are_some_and_the_last_week_comes_last() -> None:
    assert booking_settings.clean({"weekdays": [3, 2, 3, 9]})["weekdays"] == [2, 3]
    with pytest.raises(Invalid):
        booking_settings.clean({"weekdays": []})
    with pytest.raises(Invalid):
        booking_settings.together(held_how({"lead_weeks": 8, "ahead_weeks": 7}))
