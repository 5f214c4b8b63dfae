"""Figures from values, indicators from figures, totals over services."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from portal.performance.rules import kinds, kpis, totals
from portal.performance.rules.entries import Entry, Known, fold
from portal.performance.rules.totals import Total
from portal.performance.words import Figure, Kpi, SetKind, ValueState, ValueStatus
from tests.support.performance import missing, number

NOW, BEFORE = date(2026, 7, 1), date(2025, 7, 1)
CHANNEL = SetKind.TRANSACTIONS
NUMBERS = st.integers(0, 10**9)


def folded(*entries: Entry, kind: SetKind = CHANNEL) -> dict[Figure, Known]:
    parts = [
        (figure, weight, entry, 1)
        for entry in entries
        for figure, weight in kinds.figures_of(kind, entry.cell, entry.measure)
    ]
    return {figure: known for (_, figure), known in fold(parts).items()}


def test_channels_are_summed_and_online_is_digital() -> None:
    figures = folded(number(NOW, "count", 70, "online"), number(NOW, "count", 30, "paper"))
    assert figures[Figure.TRANSACTIONS].number == 100
    assert figures[Figure.DIGITAL].number == 70


@pytest.mark.parametrize(
    "state", [ValueState.NOT_PROVIDED, ValueState.NOT_COLLECTED, ValueState.SUPPRESSED]
)
def test_a_sum_with_something_unknown_is_unknown_and_never_less(state: ValueState) -> None:
    figures = folded(number(NOW, "count", 70, "online"), missing(NOW, "count", state, "paper"))
    assert (figures[Figure.TRANSACTIONS].state, figures[Figure.TRANSACTIONS].number) == (
        state,
        None,
    )
    assert figures[Figure.DIGITAL].number == 70


def test_what_does_not_apply_is_left_out() -> None:
    none = ValueState.NOT_APPLICABLE
    figures = folded(number(NOW, "count", 70, "online"), missing(NOW, "count", none, "paper"))
    assert figures[Figure.TRANSACTIONS].number == 70
    only = folded(missing(NOW, "count", none, "online"))
    assert only[Figure.TRANSACTIONS].state is none


def test_one_channel_alone_says_nothing_of_take_up() -> None:
    online = number(NOW, "count", 70, "online")
    alone = folded(online)
    assert alone[Figure.TRANSACTIONS].number == 70
    digital = alone[Figure.DIGITAL]
    assert (digital.state, digital.number) == (ValueState.NOT_PROVIDED, None)
    for other in (number(NOW, "count", 0, "paper"),
                  missing(NOW, "count", ValueState.NOT_APPLICABLE, "paper")):  # fmt: skip
        assert folded(online, other)[Figure.DIGITAL].number == 70
    both = [number(NOW, "transactions", 5), number(NOW, "digital", 5)]
    assert folded(*both, kind=SetKind.VOLUMES)[Figure.DIGITAL].number == 5


def test_ratings_are_weighed() -> None:
    entries = [number(NOW, f"rating_{i}", many) for i, many in enumerate((1, 0, 0, 0, 3), 1)]
    figures = folded(*entries, kind=SetKind.SATISFACTION)
    points, ratings = figures[Figure.RATING_POINTS].number, figures[Figure.RATINGS].number
    assert (points, ratings) == (16, 4)
    assert points is not None and ratings is not None
    assert kpis.value(Kpi.USER_SATISFACTION, points, ratings) == 0.75


def test_a_figure_is_provisional_as_long_as_a_part_of_it_is() -> None:
    part = Entry(NOW, "paper", "count", ValueState.NUMBER, 1.0, ValueStatus.PROVISIONAL)
    figures = folded(number(NOW, "count", 70, "online"), part)
    assert figures[Figure.TRANSACTIONS].status is ValueStatus.PROVISIONAL
    assert figures[Figure.DIGITAL].status is ValueStatus.PUBLISHED


@given(st.lists(st.integers(0, 1000), min_size=5, max_size=5))
def test_satisfaction_is_a_share(ratings: list[int]) -> None:
    total = sum(ratings)
    value = kpis.value(Kpi.USER_SATISFACTION, sum(i * n for i, n in enumerate(ratings, 1)), total)
    assert (value is None) == (total == 0)
    assert value is None or 0 <= value <= 1


@given(NUMBERS, NUMBERS)
def test_a_completion_rate_is_never_above_one(completed: int, started: int) -> None:
    value = kpis.value(Kpi.COMPLETION_RATE, completed, started)
    assert value is None or 0 <= value <= 1


#: Figures of some services, now and a year before; what is missing is absent.
SERVICES = st.dictionaries(
    st.integers(1, 20),
    st.dictionaries(
        st.sampled_from([NOW, BEFORE]),
        st.dictionaries(st.sampled_from([Figure.DIGITAL, Figure.TRANSACTIONS]), NUMBERS.map(float)),
    ),
)


@given(SERVICES)
def test_totals_add_up_however_services_are_parted(known: totals.Known) -> None:
    for name in (Figure.TRANSACTIONS.value, Kpi.DIGITAL_TAKE_UP.value):
        whole, parted = totals.total(name, known, NOW, BEFORE), Total()
        for some in (0, 1):
            part = {id_: each for id_, each in known.items() if id_ % 2 == some}
            parted.add(totals.total(name, part, NOW, BEFORE))
        assert whole == parted


@given(SERVICES)
def test_an_indicator_is_over_services_that_have_both(known: totals.Known) -> None:
    made = totals.total(Kpi.DIGITAL_TAKE_UP.value, known, NOW, BEFORE)
    both = [
        figures
        for each in known.values()
        for figures in [each.get(NOW, {})]
        if {Figure.DIGITAL, Figure.TRANSACTIONS} <= set(figures)
    ]
    assert made.things == len(both)
    assert made.top == sum(each[Figure.DIGITAL] for each in both)
    assert (made.bottom or 0) == sum(each[Figure.TRANSACTIONS] for each in both)


def test_like_for_like_leaves_out_who_did_not_report_both() -> None:
    one, two = Figure.TRANSACTIONS, Figure.TRANSACTIONS
    known: totals.Known = {
        1: {BEFORE: {one: 100.0}, NOW: {one: 110.0}},
        2: {BEFORE: {two: 900.0}},
        3: {NOW: {two: 7.0}},
    }
    made = totals.total("transactions", known, NOW, BEFORE)
    assert (made.things, made.top, made.largest) == (2, 117, 110)
    assert (made.same_things, made.same_top, made.was_top) == (1, 110, 100)
    assert kpis.growth(made.was_top, made.same_top) == pytest.approx(0.1)


def test_a_total_counts_services_whose_number_may_still_change() -> None:
    """Once each, of this period only, and only those that are in the sum."""
    digital, every = Figure.DIGITAL, Figure.TRANSACTIONS
    known: totals.Known = {
        1: {BEFORE: {every: 9.0}, NOW: {digital: 4.0, every: 9.0}},
        2: {NOW: {digital: 4.0, every: 9.0}},
        3: {NOW: {digital: 4.0, every: None}},
    }
    open_ = {(1, NOW, digital), (1, NOW, every), (2, BEFORE, every), (3, NOW, digital)}
    counts = [
        totals.total(name, known, NOW, BEFORE, open_).provisional
        for name in (digital.value, every.value, Kpi.DIGITAL_TAKE_UP.value)
    ]
    assert counts == [2, 1, 1]


def test_growth_from_nothing_is_none() -> None:
    assert kpis.growth(0, 5) is None


def test_no_total_of_an_average() -> None:
    assert totals.names([Figure.UNIT_COST]) == []
    assert totals.names([Figure.DIGITAL]) == ["digital", "digital_take_up"]
