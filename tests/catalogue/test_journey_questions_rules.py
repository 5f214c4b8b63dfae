"""Steps of a journey have no names: one is found again by what it says."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from portal.catalogue.rules.editing import Conflict, merged
from portal.catalogue.rules.journey_questions import ADD, BOOK, asked, moved, rebased
from portal.errors import Invalid, Stale

DAY = date(2026, 11, 21)


def journey(*steps: str) -> dict:
    rows = [{"service": s[0], "what_happens": s, "hand_off": None} for s in steps]
    return {"slug": "j", "name": "J", "goal": "G", "steps": rows}


def said(document: dict) -> list[str]:
    return [row["what_happens"] for row in document["steps"]]


def values(step: str) -> dict:
    return {"reference": step[0], "what_happens": step, "hand_off": None}


STEPS = st.lists(st.sampled_from(["a1", "a2", "b1", "b2", "c1"]), min_size=1, max_size=5)


def test_the_questions_of_a_journey():
    assert asked(journey("a1", "b1")) == ["name", "goal", "step-1", "step-2", ADD]


@given(STEPS, STEPS, st.data())
def test_a_step_is_changed_where_it_is_now_or_nothing_is(was, now, data):
    at = data.draw(st.integers(0, len(was) - 1))
    old, new = journey(*was), journey(*now)
    if was[: at + 1].count(was[at]) > now.count(was[at]):
        with pytest.raises(Conflict) as caught:
            merged(BOOK, f"step-{at + 1}", old, new, values("new"), DAY)
        assert caught.value.question in asked(new)
        return
    after = said(merged(BOOK, f"step-{at + 1}", old, new, values("new"), DAY))
    which = was[:at].count(was[at])
    places = [place for place, step in enumerate(now) if step == was[at]]
    assert after == [*now[: places[which]], "new", *now[places[which] + 1 :]]


@given(STEPS, STEPS)
def test_an_added_step_never_meets_another(was, now):
    after = merged(BOOK, ADD, journey(*was), journey(*now), values("new"), DAY)
    assert said(after) == [*now, "new"]


@given(STEPS, STEPS, st.data())
def test_a_step_is_moved_where_it_is_now_or_the_person_is_told(was, now, data):
    at, by = data.draw(st.integers(0, len(was) - 1)), data.draw(st.sampled_from([-1, 0, 1]))
    old, new = journey(*was), journey(*now)
    if was[: at + 1].count(was[at]) > now.count(was[at]):
        with pytest.raises(Stale):
            moved(old, new, at, by)
        return
    after = said(moved(old, new, at, by))
    assert sorted([*after, was[at]] if by == 0 else after) == sorted(now)


@given(STEPS, st.data())
def test_up_and_down_again_is_where_it_was(was, data):
    at = data.draw(st.integers(0, len(was) - 1))
    assume(at + 1 < len(was))
    old = journey(*was)
    there = moved(old, old, at, 1)
    assert said(moved(there, there, at + 1, -1)) == was


def test_what_was_changed_is_found_by_its_service():
    was, now = journey("a1", "b1"), journey("c1", "a1", "b2")
    assert rebased("step-2", was, now) == ("step-3", False)
    assert rebased("step-2", was, journey("a1")) == (ADD, False)
    assert rebased("step-1", was, now) == ("step-2", True)


@pytest.mark.parametrize("at", [-1, 2, 99])
def test_a_step_that_is_none(at):
    with pytest.raises(Stale):
        moved(journey("a1", "b1"), journey("a1", "b1"), at, 1)
    with pytest.raises(Invalid):
        merged(BOOK, f"step-{at + 1}", journey("a1"), journey("a1"), values("new"), DAY)
