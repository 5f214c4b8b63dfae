"""Who falls under a mandate, how each stands to it, and where requests can go: rules alone."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from portal.catalogue.component_words import (
    ExemptionState,
    MandateState,
    NeedAnswer,
    SpendDecision,
    UsageStatus,
)
from portal.catalogue.rules import mandates as rules
from portal.catalogue.rules import spending
from portal.catalogue.rules.mandates import About, Covers, Way
from portal.catalogue.rules.spending import Condition
from portal.errors import Invalid, Stale

DAY = date(2026, 5, 3)
S, W = MandateState, UsageStatus
ALL = Covers(frozenset({"pay"}))
LIVE = About("live", "department", frozenset({"public"}), date(2020, 1, 1))
ways = st.lists(st.builds(Way, st.booleans(), st.sampled_from(UsageStatus)), max_size=4)
untils = st.none() | st.integers(-400, 400).map(lambda days: DAY + timedelta(days))


def stands(*some: tuple[bool, UsageStatus], until: date | None = None, asked: bool = False) -> S:
    return rules.state_of([Way(*each) for each in some], until, asked, DAY)


@pytest.mark.parametrize(
    ("some", "state"),
    [
        ([], S.NOT_KNOWN),
        ([(True, W.CONSIDERING)], S.NOT_KNOWN),
        ([(False, W.STOPPED)], S.NOT_KNOWN),
        ([(True, W.LIVE)], S.COMPLIES),
        ([(True, W.LIVE), (False, W.STOPPED)], S.COMPLIES),
        ([(True, W.LIVE), (False, W.LIVE)], S.NEITHER),
        ([(True, W.LIVE), (False, W.STOPPING)], S.MOVING),
        ([(True, W.PLANNED), (False, W.LIVE)], S.MOVING),
        ([(True, W.INTEGRATING)], S.MOVING),
        ([(True, W.STOPPING)], S.NEITHER),
        ([(False, W.LIVE)], S.NEITHER),
        ([(False, W.PLANNED)], S.NEITHER),
        ([(True, W.CONSIDERING), (False, W.LIVE)], S.NEITHER),
    ],
)
def test_how_a_need_stands(some: list[tuple[bool, UsageStatus]], state: MandateState) -> None:
    assert stands(*some) is state
    later, today = DAY + timedelta(1), DAY
    exempt = S.COMPLIES if state is S.COMPLIES else S.EXEMPT
    assert stands(*some, until=later) is exempt and stands(*some, until=today) is state
    asked = S.ASKED if state in (S.NEITHER, S.NOT_KNOWN) else state
    assert stands(*some, asked=True) is asked


@given(ways, untils, st.booleans())
def test_states_hold_together(some: list[Way], until: date | None, asked: bool) -> None:
    state = rules.state_of(some, until, asked, DAY)
    said = [way for way in some if way.status in rules.SAYING]
    if not said and not asked and not (until and until > DAY):
        assert state is S.NOT_KNOWN, "what nobody has said is neither right nor wrong"
    if state is S.COMPLIES:
        assert all(way.mandated for way in said)
        assert rules.state_of([*some, Way(False, W.LIVE)], None, False, DAY) is not S.COMPLIES
    if state is S.NEITHER:
        assert said and not asked
    assert rules.state_of(list(reversed(some)), until, asked, DAY) is state
    more = rules.state_of([*some, Way(False, W.STOPPED)], until, asked, DAY)
    assert more is state, "what has stopped says nothing"


def test_who_falls_under_it() -> None:
    def falls(covers: Covers, service: About = LIVE, answer: NeedAnswer | None = None) -> bool:
        return rules.falls_under([covers], "pay", service, answer, DAY)

    assert falls(ALL) and falls(ALL, answer=NeedAnswer.UNKNOWN)
    assert not falls(ALL, answer=NeedAnswer.NOT_NEEDED)
    assert not rules.falls_under([ALL], "text", LIVE, None, DAY)
    assert not falls(Covers(frozenset())), "in words alone it cannot be counted"
    central = replace(ALL, sectors=frozenset({"central_government"}))
    assert falls(central) and falls(central, replace(LIVE, kind="agency"))
    assert not falls(central, replace(LIVE, kind="local_authority"))
    assert not falls(central, replace(LIVE, kind=None)), "nobody knows whose it is"
    devolved = replace(ALL, sectors=frozenset({"devolved_government"}))
    assert not falls(devolved), "no kind of organisation says that it is devolved"
    business = replace(ALL, audiences=frozenset({"business"}))
    assert not falls(business) and not falls(business, replace(LIVE, audiences=frozenset()))
    assert falls(business, replace(LIVE, audiences=frozenset({"business", "public"})))
    beta = replace(ALL, from_phase="private_beta")
    assert falls(beta) and not falls(beta, replace(LIVE, phase="alpha"))
    assert not falls(beta, replace(LIVE, phase="unknown"))
    assert falls(ALL, replace(LIVE, phase="unknown"))
    assert not falls(ALL, replace(LIVE, phase="retired"))
    new = replace(ALL, new_since=date(2024, 2, 23))
    assert not falls(new) and not falls(new, replace(LIVE, began=None))
    assert falls(new, replace(LIVE, began=date(2024, 2, 23)))
    for since, until, holds in (
        (DAY, None, True), (DAY + timedelta(1), None, False), (None, DAY, False),
        (None, DAY + timedelta(1), True),
    ):  # fmt: skip
        assert falls(replace(ALL, since=since, until=until)) is holds


@given(st.lists(st.sampled_from(ExemptionState), max_size=6))
def test_a_request_is_decided_once(wanted: list[ExemptionState]) -> None:
    state, seen = ExemptionState.ASKED, [ExemptionState.ASKED]
    for to in wanted:
        try:
            state = rules.moved(state, to)
            seen.append(state)
        except Stale:
            assert to not in rules.MOVES[state]
    assert len(seen) == len(set(seen)), "nothing comes back"
    decisions = {ExemptionState.GRANTED, ExemptionState.REFUSED, ExemptionState.WITHDRAWN}
    assert len(decisions & set(seen)) <= 1
    if ExemptionState.ENDED in seen:
        assert seen[-2:] == [ExemptionState.GRANTED, ExemptionState.ENDED]


@given(st.integers(-800, 1600))
def test_an_exemption_ends_within_two_years(days: int) -> None:
    until = DAY + timedelta(days)
    if DAY < until <= date(2028, 5, 3):
        rules.refuse_end(until, DAY, "until")
        assert rules.is_live(DAY, until, None, DAY)
    else:
        with pytest.raises(Invalid):
            rules.refuse_end(until, DAY, "until")
    assert not rules.is_live(DAY, until, DAY, DAY), "it ended early"
    assert not rules.is_live(DAY + timedelta(1), None, None, DAY)


def test_an_exemption_needs_an_end() -> None:
    with pytest.raises(Invalid):
        rules.refuse_end(None, DAY, "until")


@given(st.lists(st.sampled_from(SpendDecision), max_size=4))
def test_a_request_to_spend_is_decided_once(wanted: list[SpendDecision]) -> None:
    decision, steps = SpendDecision.WAITING, 0
    for to in wanted:
        try:
            decision = spending.moved(decision, to)
            steps += 1
        except Stale:
            assert to not in spending.MOVES[decision]
    assert steps <= 1
    for confidential in (True, False):
        if spending.is_public(decision, confidential):
            assert not confidential
            assert decision not in (SpendDecision.WAITING, SpendDecision.WITHDRAWN)


@pytest.mark.parametrize(
    ("field", "decision", "reason", "conditions", "on"),
    [
        ("decision", SpendDecision.WITHDRAWN, None, (), DAY),
        ("reason", SpendDecision.REFUSED, None, (), DAY),
        ("conditions", SpendDecision.APPROVED_WITH_CONDITIONS, None, (), DAY),
        ("conditions", SpendDecision.APPROVED, None, (Condition("Test it"),), DAY),
        ("decided_on", SpendDecision.APPROVED, None, (), DAY + timedelta(1)),
        ("decided_on", SpendDecision.APPROVED, None, (), DAY - timedelta(9)),
    ],
)
def test_what_a_decision_has_to_say(
    field: str, decision: SpendDecision, reason: str | None, conditions: tuple[Condition, ...],
    on: date,
) -> None:  # fmt: skip
    with pytest.raises(Invalid) as refused:
        spending.refuse_any(
            spending.wrong_decision(decision, reason, conditions, on, DAY - timedelta(3), DAY)
        )
    assert refused.value.field == field


@pytest.mark.parametrize(
    ("field", "amount", "years", "on"),
    [("amount", None, 1, DAY), ("amount", spending.MOST + 1, 1, DAY), ("years", 1, 0, DAY),
     ("years", 1, 31, DAY), ("asked_on", 1, 1, DAY + timedelta(1))],
)  # fmt: skip
def test_what_a_request_has_to_say(field: str, amount: int | None, years: int, on: date) -> None:
    with pytest.raises(Invalid) as refused:
        spending.refuse_any(spending.wrong_asked(amount, years, on, DAY))
    assert refused.value.field == field


covered = st.builds(
    Covers, st.sampled_from([frozenset({"pay"}), frozenset({"letters"})]),
    st.sampled_from([frozenset(), frozenset({"nhs"}), frozenset({"central_government"})]),
    st.sampled_from([frozenset(), frozenset({"public"}), frozenset({"internal"})]),
    st.sampled_from([None, "live", "private_beta"]),
    st.none() | st.sampled_from([date(2019, 1, 1), date(2025, 1, 1)]),
    st.none() | st.sampled_from([DAY, DAY + timedelta(1)]),
)  # fmt: skip
abouts = st.builds(
    About, st.sampled_from(["alpha", "live", "retired", "unknown"]),
    st.sampled_from([None, "department", "nhs"]),
    st.sampled_from([frozenset(), frozenset({"public"})]),
    st.none() | st.just(date(2020, 1, 1)),
)  # fmt: skip


@given(st.lists(covered, max_size=3), abouts, st.none() | st.sampled_from(NeedAnswer))
def test_there_is_a_reason_exactly_where_nothing_falls_under_it(
    some: list[Covers], service: About, answer: NeedAnswer | None
) -> None:
    why = rules.why_not(some, "pay", service, answer, DAY)
    assert (why is None) is rules.falls_under(some, "pay", service, answer, DAY)


def test_why_a_service_must_not() -> None:
    other = [replace(ALL, sectors=frozenset({"nhs"})), replace(ALL, audiences=frozenset({"x"}))]
    assert rules.why_not(other, "pay", LIVE, None, DAY) == "audience", "the nearest"
    for changes, why in (
        ({"sectors": frozenset({"nhs"})}, "sector"),
        ({"since": DAY + timedelta(1)}, "not_in_force"),
        ({"new_since": DAY}, "began"),
    ):
        mine: list[Covers] = [replace(ALL, **changes)]  # type: ignore[arg-type]
        assert rules.why_not(mine, "pay", LIVE, None, DAY) == why
    assert rules.why_not([ALL], "pay", LIVE, NeedAnswer.NOT_NEEDED, DAY) == "not_needed"
    early = replace(ALL, from_phase="live")
    assert rules.why_not([early], "pay", replace(LIVE, phase="alpha"), None, DAY) == "phase"
