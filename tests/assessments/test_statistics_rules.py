from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from portal.assessments.rules import statistics as rules
from portal.assessments.rules.statistics import Again, Cell, First, Retried, Share
from portal.assessments.words import AssessmentKind, Rating, Stage

CELLS = st.lists(
    st.builds(
        Cell,
        st.integers(0, 3),
        st.sampled_from([0, 2015, 2016]),
        st.sampled_from(Stage),
        st.sampled_from(AssessmentKind),
        st.sampled_from(Rating),
        st.sampled_from([rules.ALL_MET, rules.SOME_NOT_MET, rules.NO_POINTS]),
        st.booleans(),
        st.integers(1, 50),
    ),
    max_size=30,
)


@given(st.integers(0, 10**6), st.integers(0, 10**6), st.integers(1, 50))
def test_a_rate_is_of_enough_and_never_rounds_to_all_or_none(a: int, b: int, least: int) -> None:
    share = Share(min(a, b), max(a, b))
    rate = share.percent(least)
    assert (rate is None) == (share.whole < least)
    if rate is not None:
        assert abs(rate - 100 * share.part / share.whole) <= 1
        assert (rate == 0) == (share.part == 0)
        assert (rate == 100) == (share.part == share.whole)


@given(CELLS)
def test_each_assessment_is_in_the_figures_or_left_out_for_one_reason(cells: list[Cell]) -> None:
    counted = rules.outcomes(cells, lambda cell: None).get(None, rules.Outcomes())
    left = rules.out_by_reason(cells)
    assert counted.rated + sum(left.values()) == sum(cell.many for cell in cells)
    assert set(left) <= set(rules.LEFT_OUT) and all(left.values())
    assert counted.passed_with_failed <= counted.passed_with_points <= counted.passed.part


@given(CELLS)
def test_parts_add_up_to_the_whole(cells: list[Cell]) -> None:
    whole = rules.outcomes(cells, lambda cell: None).get(None, rules.Outcomes())
    for by in (lambda c: c.stage, lambda c: c.year, lambda c: c.version, rules.first_or_again):
        parts = rules.outcomes(cells, by).values()
        assert sum(part.rated for part in parts) == whole.rated
        assert sum(part.passed_with_failed for part in parts) == whole.passed_with_failed


def test_why_one_is_left_out() -> None:
    cell = Cell(1, 2015, Stage.ALPHA, AssessmentKind.ASSESSMENT, Rating.MET, "no_points", False, 1)
    assert rules.left_out(cell) is None
    assert rules.left_out(cell._replace(copy=True)) == rules.COPY
    assert rules.left_out(cell._replace(kind=AssessmentKind.MOCK)) == rules.MOCK
    assert rules.left_out(cell._replace(kind=AssessmentKind.PEER_REVIEW)) == rules.REVIEW
    unrated = cell._replace(result=Rating.NOT_RATED)
    assert rules.left_out(unrated) == rules.NO_RESULT
    own = unrated._replace(kind=AssessmentKind.SELF_CERTIFICATION)
    assert rules.left_out(own) == rules.NO_RESULT_SELF
    assert rules.left_out(own._replace(result=Rating.MET)) is None


def test_what_became_of_those_that_failed() -> None:
    key = (1, Stage.ALPHA)
    firsts = [First(1, *key, Rating.NOT_MET), First(2, *key, Rating.NOT_MET),
              First(3, *key, Rating.MET)]  # fmt: skip
    again = [Again(10, 1, Rating.NOT_MET), Again(11, 10, Rating.MET),
             Again(12, 2, Rating.NOT_MET), Again(13, 3, Rating.MET)]  # fmt: skip
    assert rules.retried(firsts, again, {key: 4}) == {key: Retried(4, 2, 1)}
    ring = [Again(2, 1, Rating.NOT_MET), Again(1, 2, Rating.NOT_MET)]
    assert rules.retried(firsts[:1], ring, {key: 1}) == {key: Retried(1, 1, 0)}


def test_who_holds_today_what_a_body_held() -> None:
    followed = {1: (2,), 2: (3,), 4: (5, 6), 7: (4,), 8: (9,), 9: (8,)}
    assert rules.holder(1, followed) == (3, True)
    assert rules.holder(3, followed) == (3, True)
    assert rules.holder(7, followed) == (4, False), "which of the two is not known"
    assert rules.holder(8, followed)[1] is False, "a ring ends"
