from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from portal.jobs import rules

MOMENTS = st.datetimes(datetime(1971, 1, 1), datetime(2200, 1, 1), timezones=st.just(UTC))  # noqa: DTZ001


def test_waits_grow_and_end_after_about_a_day() -> None:
    waits = [rules.delay(attempt) for attempt in range(1, rules.ATTEMPTS)]
    assert waits[:3] == [timedelta(seconds=10), timedelta(seconds=20), timedelta(seconds=40)]
    assert waits == sorted(waits) and waits[-1] == timedelta(hours=2)
    assert timedelta(hours=20) < sum(waits, timedelta()) < timedelta(hours=24)


@given(st.integers(-5, 10**9))
def test_no_number_of_attempts_is_too_large(attempts: int) -> None:
    assert rules.FIRST_DELAY <= rules.delay(attempts) <= rules.LONGEST_DELAY


def test_of_an_error_only_its_kind_and_place_are_kept() -> None:
    with pytest.raises(KeyError) as raised:
        {}["ada@example.com"]
    assert rules.said(raised.value).startswith("KeyError at test_rules.py:")
    assert "ada" not in rules.said(raised.value)
    assert rules.said(ValueError("ada")) == "ValueError"


@given(MOMENTS, st.timedeltas(timedelta(seconds=1), timedelta(days=40)))
def test_a_period_begins_once(at: datetime, every: timedelta) -> None:
    start = rules.period(at, every)
    assert start <= at < start + every
    assert rules.period(start, every) == start
    assert rules.period(start + every, every) == start + every


def test_days_begin_at_midnight() -> None:
    at = datetime(2026, 3, 29, 15, 30, tzinfo=UTC)
    assert rules.period(at, timedelta(days=1)) == datetime(2026, 3, 29, tzinfo=UTC)
