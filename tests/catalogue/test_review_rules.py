"""By when a record must be confirmed, and how that stands to a day."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from portal.access import Grant, Kind, Role, Thing
from portal.catalogue.component_words import Lifecycle
from portal.catalogue.rules.reviews import (
    add_months,
    component_months,
    days_of,
    may_confirm,
    review_by,
    role_on,
    service_months,
    state,
)
from portal.catalogue.words import Audience, Phase, ReviewState
from tests.support.people import Somebody

DAYS = st.dates(date(1990, 1, 1), date(2100, 1, 1))
BY = date(2026, 7, 1)


@pytest.mark.parametrize(
    ("after", "expected"),
    [(-31, ReviewState.FRESH), (-30, ReviewState.DUE), (0, ReviewState.DUE),
     (1, ReviewState.OVERDUE), (59, ReviewState.OVERDUE), (60, ReviewState.STALE)],
)  # fmt: skip
def test_the_days_around_a_review(after: int, expected: ReviewState) -> None:
    assert state(BY, BY + timedelta(days=after)) is expected


def test_what_has_ended_has_no_state() -> None:
    assert state(None, BY) is None
    assert review_by(BY, BY, None) is None


@given(DAYS, DAYS)
def test_every_day_is_in_one_state_and_its_limits_say_which(by: date, day: date) -> None:
    inside = []
    for each in ReviewState:
        first, last = days_of(each, day)
        if (first is None or by >= first) and (last is None or by <= last):
            inside.append(each)
    assert inside == [state(by, day)]


@given(DAYS, st.integers(0, 400))
def test_a_record_only_gets_older(by: date, later: int) -> None:
    order = list(ReviewState)
    now, then = state(by, BY), state(by, BY + timedelta(days=later))
    assert now is not None and then is not None
    assert order.index(then) >= order.index(now)


@given(DAYS, st.integers(0, 24))
def test_months_later(day: date, months: int) -> None:
    found = add_months(day, months)
    assert (found.year * 12 + found.month) - (day.year * 12 + day.month) == months
    assert found.day == day.day or (found.day < day.day and add_months(found, 0) == found)
    assert (found + timedelta(days=1)).day == 1 or found.day == day.day


def test_the_last_of_a_short_month() -> None:
    assert add_months(date(2025, 8, 31), 6) == date(2026, 2, 28)
    assert add_months(date(2027, 8, 31), 6) == date(2028, 2, 29)


@pytest.mark.parametrize("phase", Phase)
def test_how_long_a_confirmation_of_a_service_holds(phase: Phase) -> None:
    for audiences in ((), (Audience.INTERNAL,), (Audience.PUBLIC, Audience.BUSINESS)):
        found = service_months(phase, audiences)
        if phase is Phase.RETIRED:
            assert found is None
        else:
            live_public = phase is Phase.LIVE and Audience.PUBLIC in audiences
            assert found == (6 if live_public else 12)


@pytest.mark.parametrize("lifecycle", Lifecycle)
def test_how_long_a_confirmation_of_a_component_holds(lifecycle: Lifecycle) -> None:
    assert component_months(lifecycle) == (None if lifecycle is Lifecycle.CLOSED else 3)


@given(DAYS, st.none() | DAYS, st.sampled_from([3, 6, 12]))
def test_a_confirmation_counts_before_the_day_it_came(
    since: date, confirmed: date | None, months: int
) -> None:
    assert review_by(since, confirmed, months) == add_months(confirmed or since, months)


def test_in_which_role_somebody_confirms() -> None:
    thing = Thing(Kind.SERVICE, 11, frozenset({10}))
    own = Grant(Role.SERVICE_OWNER, Kind.SERVICE, 11)
    above = Grant(Role.ORGANISATION_ADMINISTRATOR, Kind.ORGANISATION, 10)
    other = Grant(Role.TEAM_MEMBER, Kind.SERVICE, 12)
    assert role_on(Somebody((above, own, other)), thing) is Role.SERVICE_OWNER
    assert role_on(Somebody((above, other)), thing) is Role.ORGANISATION_ADMINISTRATOR
    assert role_on(Somebody((other,)), thing) is None
    assert may_confirm(Somebody((above,)), thing) and not may_confirm(Somebody((other,)), thing)
