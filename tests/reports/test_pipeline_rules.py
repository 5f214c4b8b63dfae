"""The figures of the pipeline report, without a database."""

from __future__ import annotations

from collections import Counter
from datetime import date, timedelta
from statistics import median

import pytest
from hypothesis import given
from hypothesis import strategies as st

from portal.assessments.booking_words import Nation
from portal.assessments.rules import working_days
from portal.assessments.words import AssessmentKind, Rating, Stage
from portal.reports.rules import pipeline as rules
from portal.reports.rules.pipeline import ALL, Alike, Answer, Ended, Fact, Use
from portal.reports.rules.proportions import wilson

DAY = date(2026, 3, 10)
COUNTED = st.integers(1, 500).flatmap(lambda n: st.tuples(st.integers(0, n), st.just(n)))


def alike(**changes: object) -> Alike:
    plain = Alike(Stage.ALPHA, AssessmentKind.ASSESSMENT, Use.NONE, Rating.MET, 1)
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
    found = rules.times(Counter(days))
    assert found is not None and found.n == len(days)
    assert sum(day <= found.slow for day in days) >= 0.9 * len(days)
    assert sum(day < found.slow for day in days) < 0.9 * len(days)
    assert (found.median, type(found.median)) == (median(days), type(median(days)))


def test_times_by_the_quarter_of_publication() -> None:
    rows = [("2026-q1", 10, 1), ("2026-q2", 20, 1), ("2026-q2", 30, 2)]
    assert rules.by_quarter(rows) == (
        (4, 25, 30), {"2026-q2": (3, 30, 30), "2026-q1": (1, 10, 10)},
    )  # fmt: skip
    assert rules.by_quarter([]) == (None, {})


@pytest.mark.parametrize(
    ("text", "first", "last"),
    [("2024-q1", (1, 1), (3, 31)), ("2024-q4", (10, 1), (12, 31)), ("2024", (1, 1), (12, 31))],
)
def test_periods(text: str, first: tuple[int, int], last: tuple[int, int]) -> None:
    assert rules.span(text) == (date(2024, *first), date(2024, *last))


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


@pytest.mark.parametrize(
    ("held_on", "published_on", "days", "quarter"),
    [(DAY, date(2026, 4, 1), 16, "2026-q2"), (DAY, DAY, 0, "2026-q1"), (None, DAY, None, None),
     (DAY, None, None, None), (DAY, date(2026, 3, 9), None, None)],
)  # fmt: skip
def test_what_is_known_of_an_assessment(
    held_on: date | None, published_on: date | None, days: int | None, quarter: str | None
) -> None:
    def known(service: int | None, newest: date | None = None) -> Fact:
        first = (1, service, 0, "alpha", "assessment", "met")
        return rules.fact_of(first, held_on, published_on, Nation.ENGLAND_AND_WALES, newest)

    assert (known(7).days, known(7).published_in) == (days, quarter)
    assert known(7).used == (None if held_on is None else "none")
    assert known(None).used is None
    assert known(7, DAY).used == (None if held_on is None else "confirmed")


def test_what_is_not_rated_or_not_of_a_service_is_not_compared() -> None:
    rows = [
        alike(used=Use.CONFIRMED, many=2), alike(used=Use.CONFIRMED, result=Rating.NOT_MET),
        alike(used=Use.CONFIRMED, stage=Stage.BETA, kind=AssessmentKind.REASSESSMENT),
        alike(), alike(used=None), alike(result=Rating.NOT_RATED),
        alike(kind=AssessmentKind.MOCK),
    ]  # fmt: skip
    found = rules.compared(rows)
    assert list(found) == [ALL, (Stage.ALPHA, False), (Stage.BETA, True)]
    mine = found[ALL][Use.CONFIRMED]
    assert (mine.passed, mine.n, found[ALL][Use.NONE].n) == (3, 4, 1)
    assert found[Stage.ALPHA, False][Use.CONFIRMED].share == pytest.approx(2 / 3)
    assert found[Stage.BETA, True][Use.NONE].interval is None


@pytest.mark.parametrize(
    ("confirmed", "none", "said"),
    [((20, 20), (5, 20), Answer.MORE), ((5, 20), (20, 20), Answer.LESS),
     ((8, 10), (6, 10), Answer.OVERLAP), ((4, 4), (0, 90), Answer.FEW),
     ((0, 0), (9, 9), Answer.FEW)],
)  # fmt: skip
def test_what_a_comparison_says(
    confirmed: tuple[int, int], none: tuple[int, int], said: Answer
) -> None:
    row = {Use.CONFIRMED: Ended(), Use.DECLARED: Ended(), Use.NONE: Ended()}
    for use, (passed, many) in ((Use.CONFIRMED, confirmed), (Use.NONE, none)):
        row[use].add(Rating.MET_WITH_CONDITIONS, passed)
        row[use].add(Rating.NOT_MET, many - passed)
    assert rules.answer(row, 5) is said
