"""When figures are due, and what is missing when they are late."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from portal.performance.rules import due, freshness, periods
from portal.performance.rules.due import Known
from portal.performance.words import DueState, Period

JUNE, ADDED = date(2026, 6, 1), date(2026, 2, 14)
MONTHLY = Known(Period.MONTH, JUNE, 20, None, date(2026, 7, 3), ADDED)


@pytest.mark.parametrize(
    ("known", "day"),
    [
        (MONTHLY, date(2026, 8, 20)),
        (replace(MONTHLY, last=None), date(2026, 3, 20)),
        (replace(MONTHLY, due_days=0), date(2026, 7, 31)),
        # Whoever fills in the past owes nothing from before the data set was added.
        (replace(MONTHLY, last=date(2025, 3, 1)), date(2026, 3, 20)),
        (replace(MONTHLY, last=date(2026, 1, 1)), date(2026, 3, 20)),
        (replace(MONTHLY, period=Period.YEAR, last=date(2023, 10, 1)), date(2026, 10, 20)),
        (replace(MONTHLY, period=Period.QUARTER, last=date(2020, 10, 1)), date(2026, 4, 20)),
        (replace(MONTHLY, period=Period.WEEK, last=date(2026, 1, 5)), date(2026, 3, 7)),
        (replace(MONTHLY, last=date(2025, 3, 1), due_days=None, max_age_days=9), date(2026, 2, 23)),
        (replace(MONTHLY, due_days=None), None),
        (replace(MONTHLY, period=None), None),
        # How old the newest may be counts where nothing says when they are due.
        (replace(MONTHLY, max_age_days=100), date(2026, 8, 20)),
        (replace(MONTHLY, due_days=None, max_age_days=40), date(2026, 8, 9)),
        (replace(MONTHLY, period=None, max_age_days=7), date(2026, 7, 10)),
        (replace(MONTHLY, period=None, max_age_days=7, received=None), date(2026, 2, 21)),
    ],
)
def test_when_figures_are_due(known: Known, day: date | None) -> None:
    assert due.due_on(known) == day


@given(
    st.sampled_from(Period), st.dates(date(2015, 1, 1), date(2026, 1, 1)), st.integers(0, 100),
    st.integers(0, 800),
)  # fmt: skip
def test_what_is_missing_is_each_period_that_is_overdue(
    period: Period, day: date, due_days: int, later: int
) -> None:
    start, now = periods.start_of(period, day), day + timedelta(days=later)
    overdue, at = 0, start
    while periods.end_of(period, at) + timedelta(days=due_days) < now:
        overdue, at = overdue + 1, periods.later(period, at)
    assert due.missing(period, start, due_days, now) == max(1, overdue)


def test_states_and_escalation_by_day() -> None:
    day = date(2026, 8, 20)
    said = [freshness.state(day, None, day + timedelta(days=n)) for n in (-15, -14, 0, 1)]
    on_time, soon, overdue = DueState.ON_TIME, DueState.SOON, DueState.OVERDUE
    assert said == [on_time, soon, soon, overdue]
    assert freshness.state(None, day, day) is DueState.CLOSED
    assert freshness.state(None, None, day) is DueState.UNDATED
    assert [due.escalated(day, day + timedelta(days=n)) for n in (0, 14, 15)] == [
        False, False, True,
    ]  # fmt: skip
