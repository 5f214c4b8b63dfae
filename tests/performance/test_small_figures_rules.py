"""Figures of a few are not shown, nor what would give them away."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from portal.performance.rules import small_figures
from portal.performance.words import Figure

COUNTS = st.dictionaries(
    st.sampled_from([Figure.TRANSACTIONS, Figure.DIGITAL, Figure.RATINGS, Figure.CALLS]),
    st.integers(0, 40).map(float),
)


@given(COUNTS, st.integers(0, 20))
def test_no_count_of_a_few_is_shown_or_can_be_found(
    numbers: dict[Figure, float], threshold: int
) -> None:
    gone = small_figures.hidden(numbers, threshold)
    shown = {figure: value for figure, value in numbers.items() if figure not in gone}
    assert not [value for value in shown.values() if 0 < value < threshold]
    if {Figure.TRANSACTIONS, Figure.DIGITAL} <= set(shown):
        rest = shown[Figure.TRANSACTIONS] - shown[Figure.DIGITAL]
        assert not 0 < rest < threshold
    assert threshold or not gone


def test_what_counts_no_people_is_shown() -> None:
    assert small_figures.hidden({Figure.COST: 3.0, Figure.POUNDS: 2.0}, 10) == frozenset()
    points = {Figure.RATINGS: 3.0, Figure.RATING_POINTS: 14.0}
    assert small_figures.hidden(points, 10) == set(points)
