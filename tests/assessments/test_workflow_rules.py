"""The table of a booking's moves: walked at random, and against what the issue of it says."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from portal.assessments.booking_words import Move, Part, State
from portal.assessments.rules import workflow
from portal.assessments.rules.confidentiality import ALWAYS, Sees, sees
from portal.assessments.rules.workflow import ENDED, OPEN, TABLE, after, moves, reachable, rule_of
from portal.errors import Invalid, Refused

M, P, S = Move, Part, State
STEPS = st.lists(
    st.tuples(
        st.sampled_from(list(Move)),
        st.sets(st.sampled_from(list(Part)), max_size=2),
        st.sampled_from(["", " ", "Because"]),
    ),
    max_size=60,
)


def test_the_table_has_every_move_once_and_every_state() -> None:
    assert sorted(rule.move for rule in TABLE) == sorted(Move)
    assert reachable([S.DRAFT]) == set(State)
    assert S.POSTPONED not in OPEN | ENDED
    assert OPEN | ENDED | {S.POSTPONED} == set(State)


def test_a_page_offers_one_main_step_and_quieter_ones() -> None:
    for state in State:
        for part in Part:
            on, turns = workflow.steps(moves(state, {part}))
            assert sorted([*on, *turns]) == sorted(moves(state, {part}))
            assert not any(rule_of(move).reason for move in on)
            assert all(rule_of(move).reason for move in turns)
            assert len(on) < 2 or on == [M.ACCEPT_REPORT, M.CHALLENGE]


@given(STEPS)
def test_a_walk_never_leaves_the_table(steps: list[tuple[Move, set[Part], str]]) -> None:
    state, resumes = S.DRAFT, None
    for move, parts, reason in steps:
        rule = rule_of(move)
        allowed = state in rule.sources and bool(rule.by & parts)
        assert allowed == (move in moves(state, parts))
        if not allowed:
            with pytest.raises(Refused):
                after(state, resumes, move, parts, reason)
            continue
        if rule.reason and not reason.strip():
            with pytest.raises(Invalid, match="Enter a reason"):
                after(state, resumes, move, parts, reason)
            continue
        to = after(state, resumes, move, parts, reason)
        assert to == (rule.to or resumes)
        resumes = state if move is M.POSTPONE else None
        state = to
        assert (state is S.POSTPONED) == (resumes is not None)


@pytest.mark.parametrize("state", sorted(OPEN))
def test_whatever_is_open_can_be_postponed_and_goes_on_where_it_was(state: State) -> None:
    assert after(state, None, M.POSTPONE, {P.TEAM}, "Ill") is S.POSTPONED
    assert after(S.POSTPONED, state, M.RESUME, {P.ASSURANCE}, None) is state


def test_only_time_makes_time_run_out() -> None:
    for part in set(Part) - {P.SYSTEM}:
        with pytest.raises(Refused):
            after(S.TEAM_REVIEW, None, M.TIME_RUNS_OUT, {part}, None)
    assert after(S.TEAM_REVIEW, None, M.TIME_RUNS_OUT, {P.SYSTEM}, None) is S.READY_TO_PUBLISH


@pytest.mark.parametrize("state", list(State))
def test_who_sees_what(state: State) -> None:
    found = {Sees.DRAFT, Sees.CHALLENGES, Sees.FOLLOW_UPS}
    assert sees({P.INVITED}, state) == {Sees.BOOKING, Sees.SCHEDULE}
    assert not sees({P.OBSERVER}, state) & (found | {Sees.CONTACTS, Sees.CONFLICTS})
    assert bool(sees({P.TEAM}, state) & found) == (state in workflow.SHOWN_TO_TEAM)
    assert sees(set(), state) == set()
    assert sees({P.SYSTEM}, state) == set()
    for part in ALWAYS:
        assert sees({part}, state) >= ALWAYS[part]
    assert sees({P.TEAM}, S.POSTPONED, state) == sees({P.TEAM}, state) or state is S.POSTPONED


def _table() -> str:
    """The moves as docs/assessments.md has them."""
    lines = ["| Move | From | Who | To | Reason | Clocks |", "|---|---|---|---|---|---|"]
    for rule in TABLE:
        clocks = [f"{rule.starts} starts"] if rule.starts else []
        clocks += [f"{kind} ends" for kind in sorted(rule.ends)]
        sources = "any open state" if rule.sources >= OPEN else ""
        named = rule.sources - OPEN if sources else rule.sources
        cells = (
            rule.move, ", ".join(filter(None, [sources, *(s for s in State if s in named)])),
            ", ".join(p for p in Part if p in rule.by), rule.to or "where it was",
            "yes" if rule.reason else "", ", ".join(clocks),
        )  # fmt: skip
        lines.append("| " + " | ".join(str(cell).replace("_", " ") for cell in cells) + " |")
    return "\n".join(lines).replace("  |", " |")


def test_the_documentation_has_the_table() -> None:
    page = Path(__file__).parents[2] / "docs" / "assessments.md"
    assert _table() in page.read_text(encoding="utf-8"), _table()
