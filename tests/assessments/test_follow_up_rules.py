"""When actions are due, what may be done with them, and where points stand."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from portal.assessments.booking_words import ActionState, Part
from portal.assessments.rules.follow_ups import (
    OPEN,
    TABLE,
    Age,
    Deed,
    after,
    age,
    between,
    deeds,
    due,
    escalates,
    reminds,
)
from portal.assessments.rules.point_standing import Rated, standings, summary
from portal.assessments.words import AssessmentKind, Rating

DAYS = st.dates(date(2014, 1, 1), date(2040, 1, 1))
PARTS = st.sets(st.sampled_from(list(Part)), max_size=3)


@given(DAYS, st.integers(0, 24))
def test_due_is_so_many_months_later(day: date, months: int) -> None:
    found = due(day, months)
    assert (found.year - day.year) * 12 + found.month - day.month == months
    assert found.day == day.day or ((found + timedelta(days=1)).day == 1 and found.day < day.day)


@given(DAYS, st.integers(-400, 400))
def test_every_day_has_one_age_and_the_filter_finds_it(day: date, over: int) -> None:
    due_on = day - timedelta(days=over)
    found = [each for each in Age if _in(due_on, each, day)]
    assert found == [age(due_on, day)]
    assert (age(due_on, day) is Age.NOT_DUE) == (due_on >= day)


def _in(due_on: date, wanted: Age, day: date) -> bool:
    first, last = between(wanted, day)
    return (first is None or due_on >= first) and (last is None or due_on <= last)


@given(st.lists(st.tuples(st.sampled_from(list(Deed)), PARTS), max_size=30))
def test_a_walk_never_leaves_the_table(steps: list[tuple[Deed, set[Part]]]) -> None:
    state = ActionState.OPEN
    for deed, parts in steps:
        sources, by, to = TABLE[deed]
        allowed = state in sources and bool(by & parts)
        assert (deed in deeds(state, parts)) == allowed
        assert after(state, deed, parts) == (to if allowed else None)
        state = to if allowed else state
    assert Part.OBSERVER not in {part for _s, by, _t in TABLE.values() for part in by}


@given(DAYS, st.integers(1, 200))
def test_the_team_is_reminded_once_before_and_once_after(due_on: date, length: int) -> None:
    reminded: date | None = None
    told = []
    for n in range(length):
        day = due_on - timedelta(days=30) + timedelta(days=n)
        if reminds(due_on, reminded, day):
            reminded = day
            told.append(day > due_on)
    assert told == [False, True][: len(told)]
    assert (True in told) == (length > 31)


def test_only_what_nobody_evidenced_is_escalated() -> None:
    due, late = date(2026, 1, 1), date(2026, 1, 30)
    assert [s for s in ActionState if escalates(s, due, late, 28)] == [ActionState.OPEN]
    assert not escalates(ActionState.OPEN, due, late, 29)
    assert ActionState.CLOSED not in OPEN


def _rated(number: int, rating: str, on: int, carried: bool = False, kind: str = "assessment",
           version: int = 1) -> Rated:  # fmt: skip
    return Rated(version, number, Rating(rating), rating, carried, None, on, f"r{on}", 1, "beta",
                 AssessmentKind(kind), date(2026, 1, on))  # fmt: skip


def test_the_latest_rating_stands_and_what_was_carried_is_shown_as_carried() -> None:
    found = standings([
        _rated(1, "met", 1), _rated(2, "not_met", 1),
        _rated(1, "met", 5, carried=True, kind="reassessment"),
        _rated(2, "met", 5, kind="reassessment"),
        _rated(1, "not_met", 9, kind="mock"),
        _rated(1, "met", 3, version=2), _rated(4, "met", 5, carried=True, kind="reassessment"),
    ])  # fmt: skip
    one, two, alone = found[1, 1], found[1, 2], found[1, 4]
    assert (one.now.assessment, one.carried and one.carried.assessment) == (1, 5)
    assert (two.now.rating, two.carried, two.before[0].rating) == (Rating.MET, None, Rating.NOT_MET)
    assert alone.now.carried and alone.carried is None
    assert list(found) == [(1, 1), (1, 2), (1, 4), (2, 1)]
    assert summary(found, 1)[Rating.MET] == 3


@pytest.mark.parametrize("rating", list(Rating))
def test_a_summary_counts_each_rating(rating: Rating) -> None:
    assert summary(standings([_rated(1, rating.value, 1)]), 1)[rating] == 1
