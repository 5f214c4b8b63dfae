"""No midnight comes while a run of the tests lasts."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from portal import clock
from portal.audit import london_day
from tests.support import one_day

LASTS = timedelta(hours=3) - timedelta(microseconds=1)


@pytest.mark.parametrize("month", [1, 7])
def test_neither_midnight_comes(month: int) -> None:
    for minute in range(24 * 60):
        start = datetime(2026, month, 9, tzinfo=UTC) + timedelta(minutes=minute)
        first = start - timedelta(hours=one_day.hours_back(start))
        assert first.date() == (first + LASTS).date(), start
        assert london_day(first) == london_day(first + LASTS), start


def test_the_portal_has_the_clock_of_the_run(monkeypatch: pytest.MonkeyPatch) -> None:
    before, module = clock.now(), clock.datetime  # type: ignore[attr-defined]
    monkeypatch.setattr(clock, "datetime", module)  # put back afterwards
    monkeypatch.setenv(one_day.VARIABLE, "48")
    one_day.keep()
    assert clock.now() < before - timedelta(hours=40)
