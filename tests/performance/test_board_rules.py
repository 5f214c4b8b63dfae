"""What dashboards say: never zero for what is missing, like for like, and over which services."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from portal.performance.rules import board_choices, boards, periods
from portal.performance.rules.board_choices import Asked, Span
from portal.performance.rules.boards import Board, Cell, Row
from portal.performance.rules.totals import Total
from portal.performance.words import Figure, Kpi, Period, ValueState, ValueStatus

MONTHS = periods.between(Period.MONTH, date(2025, 7, 1), date(2026, 7, 1))
TAKE_UP, VOLUME = Kpi.DIGITAL_TAKE_UP.value, Figure.TRANSACTIONS.value
CALLS, NUMBER, SUPPRESSED = Figure.CALLS.value, ValueState.NUMBER, ValueState.SUPPRESSED
COST = Kpi.COST_PER_TRANSACTION.value


def row(figure: Figure, start: date, number: float | None, of: int = 1,
        state: ValueState = ValueState.NOT_COLLECTED) -> Row:  # fmt: skip
    known = ValueState.NUMBER if number is not None else state
    return Row(of, figure, start, known, number, ValueStatus.PUBLISHED, None)


def board(*rows: Row, units: int = 1) -> Board:
    return boards.of_units(rows, boards.OF_SERVICES, Period.MONTH, MONTHS, units)


def test_what_is_missing_is_a_gap_and_says_why() -> None:
    made = board(row(Figure.TRANSACTIONS, MONTHS[0], 5), row(Figure.TRANSACTIONS, MONTHS[1], None))
    assert made.values(VOLUME)[:3] == [5, None, None]
    assert made.cell(VOLUME, MONTHS[1]).state is ValueState.NOT_COLLECTED
    assert made.cell(VOLUME, MONTHS[2]).state is None
    assert made.shown(boards.OF_SERVICES) == [VOLUME]


def test_a_rate_is_over_the_services_with_both() -> None:
    on = MONTHS[-1]
    made = board(
        row(Figure.TRANSACTIONS, on, 100, 1), row(Figure.DIGITAL, on, 50, 1),
        row(Figure.TRANSACTIONS, on, 900, 2), units=3,
    )  # fmt: skip
    assert made.values(TAKE_UP)[-1] == 0.5
    assert made.values(VOLUME)[-1] == 1000
    assert boards.coverage(made, VOLUME) == boards.Coverage(2, 3, 8)


def test_one_that_stops_reporting_is_no_fall() -> None:
    """As in the published files, where one department stopped and the sum fell by 86.3%."""
    before, on = MONTHS[0], MONTHS[-1]
    made = board(
        row(Figure.TRANSACTIONS, before, 1000, 1), row(Figure.TRANSACTIONS, on, 994, 1),
        row(Figure.TRANSACTIONS, before, 6260, 2), units=2,
    )  # fmt: skip
    total = made.cell(VOLUME, on).total
    like = boards.like_for_like(VOLUME, total)
    everybody = boards.change(VOLUME, *(boards.value(VOLUME, made.cell(VOLUME, at).total)
                                        for at in (before, on)))  # fmt: skip
    assert like == pytest.approx(-0.006)
    assert everybody == pytest.approx(-0.863, abs=0.0005)
    assert boards.far_apart(like, everybody)


_HALF = st.tuples(st.integers(1, 1000), st.booleans())


@given(st.lists(st.tuples(_HALF, _HALF), min_size=1, max_size=4))
def test_no_change_is_worked_out_where_parts_are_not_shown(
    pairs: list[tuple[tuple[int, bool], ...]],
) -> None:
    """Each service before and now: a number, and whether it is of all its parts."""
    rows = [
        replace(row(Figure.CALLS, at, number, of), state=NUMBER if whole else SUPPRESSED)
        for of, pair in enumerate(pairs)
        for at, (number, whole) in zip((MONTHS[0], MONTHS[-1]), pair, strict=True)
    ]
    made = board(*rows, units=len(pairs))
    before, now = (made.cell(CALLS, at) for at in (MONTHS[0], MONTHS[-1]))
    assert now.total.top == sum(pair[1][0] for pair in pairs)
    assert now.total.partial == sum(not pair[1][1] for pair in pairs)
    all_whole = all(whole for pair in pairs for _number, whole in pair)
    assert (boards.change_of_all(CALLS, before, now) is None) == (not all_whole)
    both = [(was, is_) for (was, one), (is_, other) in pairs if one and other]
    assert (now.total.was_top, now.total.same_top) == (
        sum(was for was, _ in both), sum(is_ for _, is_ in both)
    )  # fmt: skip


def test_costs_are_over_12_months() -> None:
    rows = [row(Figure.COST, at, 10) for at in MONTHS] + [
        row(Figure.TRANSACTIONS, at, 1 if at == MONTHS[-1] else 4) for at in MONTHS
    ]
    made = board(*rows)
    assert boards.value(COST, made.over(COST, MONTHS[-1]).total) == 120 / 45
    assert boards.value(COST, made.cell(COST, MONTHS[-1]).total) == 10


@given(st.lists(st.one_of(st.none(), st.integers(0, 10**6)), min_size=13, max_size=13))
def test_shares_of_periods_are_never_above_all(values: list[int | None]) -> None:
    made = board(*(row(Figure.TRANSACTIONS, at, v) for at, v in zip(MONTHS, values, strict=True)))
    found = boards.coverage(made, VOLUME)
    known = sum(v is not None for v in values)
    assert (found.percent is None) == (known == 0)
    assert found.percent != 100 or known == 13
    assert found.things == (1 if known else 0)


def test_the_newest_period_waits_for_half_of_those_who_report() -> None:
    def of(*many: int) -> Board:
        cells = {(VOLUME, at): Cell(Total(n, n)) for at, n in zip(MONTHS, many, strict=False)}
        return Board(Period.MONTH, tuple(MONTHS[: len(many)]), cells, 10)

    assert of(10, 9, 5).newest_of(VOLUME) == MONTHS[2]
    assert of(10, 9, 4).newest_of(VOLUME) == MONTHS[1]
    assert of(0, 0).newest_of(VOLUME) == MONTHS[1]


def test_periods_of_12_months_follow_as_often_as_they_are_published() -> None:
    quarters = [date(2016, month, 1) for month in (1, 4, 10)]
    made = boards.steps(Period.YEAR, quarters, quarters[0], quarters[-1])
    assert made == [date(2016, month, 1) for month in (1, 4, 7, 10)]
    made = boards.steps(Period.YEAR, quarters, quarters[0], date(2016, 11, 1))
    assert made[-1] == quarters[-1], "none begins in November"
    made = boards.steps(Period.YEAR, quarters, quarters[0], date(2017, 1, 1))
    assert made[-1] == date(2017, 1, 1), "one is missing there"
    yearly = [date(2014, 4, 1), date(2016, 4, 1)]
    assert boards.steps(Period.YEAR, yearly, *yearly) == [date(y, 4, 1) for y in (2014, 2015, 2016)]


SPANS = {
    Period.MONTH: Span(date(2020, 1, 1), date(2026, 7, 1), 3),
    Period.YEAR: Span(date(2012, 4, 1), date(2016, 10, 1), 500),
}


def test_the_periods_with_most_to_say_come_first() -> None:
    assert board_choices.choose(Asked(), {}) is None
    found = board_choices.choose(Asked(), SPANS)
    assert found is not None and (found.period, found.last) == (Period.YEAR, date(2016, 10, 1))
    found = board_choices.choose(Asked(), board_choices.most_recent(SPANS))
    assert found is not None and found.period is Period.MONTH
    assert (found.first, found.last) == (date(2024, 7, 1), date(2026, 7, 1))


def test_an_address_asks_for_periods_that_there_are() -> None:
    asked = Asked(Period.MONTH, date(2024, 3, 1), 1)
    found = board_choices.choose(asked, SPANS)
    assert found is not None
    assert (found.first, found.last, found.years) == (date(2023, 3, 1), date(2024, 3, 1), 1)
    found = board_choices.choose(Asked(Period.DAY, date(1999, 1, 1)), SPANS)
    assert found is not None and found.last == date(2016, 10, 1)
    found = board_choices.choose(Asked(Period.MONTH, date(2024, 3, 15)), SPANS)
    assert found is not None and found.last == date(2026, 7, 1), "no month begins on the 15th"
    beside = [
        found.can_be_beside(each) for each in (date(2024, 3, 1), date(2024, 3, 15), found.last)
    ]
    assert beside == [True, False, False]


@pytest.mark.parametrize(
    ("measure", "now", "target", "like", "weak"),
    [
        (TAKE_UP, 0.8, 0.85, 0.1, True),
        (TAKE_UP, 0.9, 0.85, -0.1, False),
        (TAKE_UP, 0.9, None, -0.1, True),
        (COST, 3, None, 0.1, True),
        (COST, 3, 4, 0.1, False),
        (COST, 3, None, -0.1, False),
        (VOLUME, 3, None, -0.9, False),
        (TAKE_UP, None, 0.9, None, False),
    ],
)
def test_weak_is_off_target_or_worse(
    measure: str, now: float | None, target: float | None, like: float | None, weak: bool
) -> None:
    assert boards.weak(measure, now, target, like) is weak


@given(
    st.sampled_from(Period), st.integers(1, 900), st.integers(0, 899),
    st.dates(date(1990, 1, 1), date(2020, 1, 1)),
)  # fmt: skip
def test_no_list_of_periods_is_long(period: Period, many: int, at: int, day: date) -> None:
    first = periods.start_of(period, day)
    every = (periods.later(period, first, back) for back in range(many))
    starts = [start for start in every if start.year < 2100]
    chosen = starts[at % len(starts)]
    found = board_choices.offered(starts, [chosen])
    assert len(found) <= board_choices.OFFERED + 1
    assert found == sorted(set(found), reverse=True)
    assert {starts[0], starts[-1], chosen} <= set(found) <= set(starts)
    if len(starts) <= board_choices.OFFERED:
        assert found == starts[::-1]
