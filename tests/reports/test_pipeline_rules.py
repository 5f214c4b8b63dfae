"""The figures of the pipeline report, without a database."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from portal.assessments.booking_words import Nation
from portal.assessments.rules import working_days
from portal.assessments.words import AssessmentKind, Rating, Stage
from portal.reports.rules import pipeline as rules
from portal.reports.rules.pipeline import ALL, Fact, Scope, Use, Wanted
from portal.reports.rules.proportions import wilson

DAY = date(2026, 3, 10)
COUNTED = st.integers(1, 500).flatmap(lambda n: st.tuples(st.integers(0, n), st.just(n)))


def fact(id_: int = 1, **changes: object) -> Fact:
    plain = Fact(id_, DAY, None, None, Stage.ALPHA, AssessmentKind.ASSESSMENT, Rating.MET, 1,
                 Use.NONE)  # fmt: skip
    return plain._replace(**changes)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("part", "whole", "low", "high"),
    [(8, 10, 0.4902, 0.9433), (0, 10, 0, 0.2775), (10, 10, 0.7225, 1), (1, 1, 0.2065, 1)],
)
def test_wilson_gives_what_textbooks_give(part: int, whole: int, low: float, high: float) -> None:
    found = wilson(part, whole)
    assert found is not None and wilson(0, 0) is None
    assert tuple(found) == pytest.approx((low, high), abs=1e-4)


@given(COUNTED)
def test_an_interval_holds_its_share_and_turns_with_it(counted: tuple[int, int]) -> None:
    part, whole = counted
    found, turned = wilson(part, whole), wilson(whole - part, whole)
    assert found is not None and turned is not None
    assert 0 <= found.low <= part / whole <= found.high <= 1
    assert found.low == pytest.approx(1 - turned.high)
    wider = wilson(10 * part, 10 * whole)
    assert wider is not None and wider.high - wider.low < found.high - found.low


@given(
    st.dates(date(2005, 1, 1), date(2045, 1, 1)), st.integers(-20, 400),
    st.sampled_from(list(Nation)),
)  # fmt: skip
def test_many_working_days_are_counted_as_one_by_one(start: date, span: int, of: Nation) -> None:
    end = start + timedelta(days=span)
    assert rules.days_between(start, end, of) == working_days.between(start, end, of)


@given(st.lists(st.integers(0, 300), min_size=1, max_size=60))
def test_nine_of_ten_are_within_the_percentile_and_it_is_the_first(days: list[int]) -> None:
    found = rules.times(days)
    assert found is not None and found.n == len(days)
    assert sum(day <= found.slow for day in days) >= 0.9 * len(days)
    assert sum(day < found.slow for day in days) < 0.9 * len(days)
    assert min(days) <= found.median <= max(found.slow, found.median) <= max(days)


def test_times_by_the_quarter_of_publication() -> None:
    ended = [date(2026, 3, 31), date(2026, 4, 1), date(2026, 6, 30)]
    facts = [fact(n, published_on=day, days=10 * n) for n, day in enumerate(ended, start=1)]
    found = rules.by_quarter([*facts, fact(9)])
    assert found == {"2026-q2": (2, 25, 30), "2026-q1": (1, 10, 10)}
    assert rules.times([]) is None


@pytest.mark.parametrize(
    ("text", "first", "last"),
    [("2024-q1", (1, 1), (3, 31)), ("2024-q4", (10, 1), (12, 31)), ("2024", (1, 1), (12, 31))],
)
def test_periods(text: str, first: tuple[int, int], last: tuple[int, int]) -> None:
    assert rules.span(text) == (date(2024, *first), date(2024, *last))
    assert rules.is_in(date(2024, *last), text) and not rules.is_in(date(2025, 1, 1), text)


@pytest.mark.parametrize("text", ["", "24", "2024-q5", "2024-q", "20x4", "0000", "2024-01", "٢٠٢٤"])
def test_what_is_no_period(text: str) -> None:
    assert rules.span(text) is None


@pytest.mark.parametrize(
    ("newest", "use"),
    [(None, Use.NONE), (date.min, Use.DECLARED), (date(2025, 2, 10), Use.CONFIRMED),
     (date(2025, 2, 9), Use.DECLARED), (date(2026, 9, 1), Use.CONFIRMED)],
)  # fmt: skip
def test_a_confirmation_holds_13_months(newest: date | None, use: Use) -> None:
    assert rules.use_on(DAY, newest) is use
    assert rules.use_on(None, newest) is None


def test_what_is_not_rated_or_not_of_a_service_is_not_compared() -> None:
    facts = [
        fact(1, use=Use.CONFIRMED), fact(2, use=Use.CONFIRMED, result=Rating.NOT_MET),
        fact(3, use=Use.CONFIRMED, stage=Stage.BETA, kind=AssessmentKind.REASSESSMENT),
        fact(4), fact(5, use=None), fact(6, result=Rating.NOT_RATED),
        fact(7, kind=AssessmentKind.MOCK),
    ]  # fmt: skip
    found = rules.compared(facts)
    assert list(found) == [ALL, (Stage.ALPHA, False), (Stage.BETA, True)]
    mine = found[ALL][Use.CONFIRMED]
    assert (mine.passed, mine.n, found[ALL][Use.NONE].n) == (2, 3, 1)
    assert found[Stage.ALPHA, False][Use.CONFIRMED].share == 0.5
    assert found[Stage.BETA, True][Use.NONE].interval is None


def test_a_scope_and_what_a_list_asks_for() -> None:
    one = fact(1, published_on=DAY, days=0)
    assert Scope(frozenset({1}), Stage.ALPHA, AssessmentKind.ASSESSMENT, "2026").leaves(one)
    for other in (Scope(frozenset({2})), Scope(stage=Stage.BETA), Scope(period="2025"),
                  Scope(kind=AssessmentKind.MOCK)):  # fmt: skip
        assert not other.leaves(one)
    assert Wanted("2026-q1", Use.NONE, Rating.MET, False, True).leaves(one)
    for wanted in (Wanted("2026-q2"), Wanted(use=Use.CONFIRMED), Wanted(result=Rating.NOT_MET),
                   Wanted(again=True)):  # fmt: skip
        assert not wanted.leaves(one)
    assert not Wanted("2026-q1").leaves(fact(2, published_on=DAY))
