"""The model of savings: its worked example, and the guards that keep it honest."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from portal.errors import Invalid
from portal.reports.rules import example as worked
from portal.reports.rules import scenario
from portal.reports.rules.appraisal import LATER_RATE, Appraisal, discount
from portal.reports.rules.example import RANGES
from portal.reports.rules.model import COLUMN_OF, Quantity, Replaced, Use, add_up, quantities
from portal.reports.rules.ranges import (
    Assumption,
    Case,
    draws,
    percentile,
    switching_value,
    tornado,
    triangular,
    users_to_break_even,
)
from portal.reports.rules.years import ONE, ZERO, live_share, place
from portal.reports.words import ClaimKind, Column, View

HORIZON = 5
PLACES = st.decimals(0, 6, places=3)
POUNDS = st.decimals(0, 10**7, places=2)


def example(**changes: Any) -> dict[str, Any]:
    return {**scenario.worked_example(), **changes}


def whole(*uses: Use) -> list[Quantity]:
    return [each for use in uses for each in quantities(use, HORIZON, View.WHOLE)]


@pytest.fixture
def case() -> Case:
    return worked.case()


def test_the_worked_example_to_the_pound() -> None:
    found = scenario.evaluate(example())
    assert found["gross"] == [720_000, 640_000, 488_000, 240_000, 240_000]
    assert found["cost"] == [420_000, 390_000, 388_000, 290_000, 290_000]
    assert found["net"] == [300_000, 250_000, 100_000, -50_000, -50_000]
    assert round(found["npv"]) == 546_228
    declared = [[float(start), float(end)] for start, end in scenario.DECLARED]
    second = scenario.evaluate(example(uses=example()["uses"] + declared))
    assert second["net"] == [490_000, 480_000, 180_000, 30_000, 30_000]
    assert round(second["npv"]) == 1_175_002


def test_tornado_of_the_worked_example(case: Case) -> None:
    found = [
        (bar.key, int(round(bar.at_low, -3)), int(round(bar.at_high, -3))) for bar in tornado(case)
    ]
    assert found == [
        ("a", -286_000, 1_101_000), ("M", 23_000, 1_244_000), ("B", 89_000, 1_250_000),
        ("K", 780_000, -38_000), ("RCR", 693_000, 326_000), ("m", 633_000, 459_000),
        ("X", 565_000, 509_000),
    ]  # fmt: skip


def test_switching_values_and_break_even_of_the_worked_example(case: Case) -> None:
    additionality, cost = switching_value(case, "a"), switching_value(case, "K")
    assert additionality is not None and cost is not None
    assert round(additionality, 3) == Decimal("0.603")
    assert round(cost, -3) == 367_000
    for key, value in (("a", additionality), ("K", cost)):
        assert abs(case.npv({key: value})) < Decimal("0.01")
    keys = case.groups[0].keys
    assert users_to_break_even(case.assumptions, keys, case.rate, HORIZON) == 4
    dear = Assumption("own_run", ZERO, Decimal(10**6), Decimal(10**6))
    assert users_to_break_even({**case.assumptions, "m": dear}, keys, case.rate, HORIZON) is None
    dear = Assumption("platform", ZERO, Decimal(10**9), Decimal(10**9))
    assert users_to_break_even({**case.assumptions, "K": dear}, keys, case.rate, HORIZON) > 10_000


def test_nothing_is_paid_back_before_anything_is_spent() -> None:
    def paid(gains: list[int], costs: list[int]) -> int | None:
        none = (ZERO,) * len(gains)
        years = (tuple(map(Decimal, each)) for each in (gains, costs))
        return Appraisal(none, *years, none).payback_year

    assert paid([0, 0, 9, 9], [0, 0, 5, 5]) == 2
    assert paid([0, 0, 9, 9], [0, 5, 5, 5]) == 3
    assert paid([9, 9, 0], [5, 5, 0]) == 0
    assert paid([0, 0], [0, 0]) is None is paid([0, 9], [0, 10])


def test_draws_are_the_same_for_a_seed_and_lie_between_the_ends(case: Case) -> None:
    first, second = draws(case, 7, 300), draws(case, 7, 300)
    assert first == second != draws(case, 8, 300)
    assert percentile(first, 10) < case.npv() < percentile(first, 90)
    # All at their worst and all at their best: no draw is outside, and neither is ever printed.
    ends = {key: (Decimal(low), Decimal(high)) for key, (low, _, high) in RANGES.items()}
    better = {"a", "M"}
    worst = {k: low if k in better else high for k, (low, high) in ends.items() if k != "B"}
    best = {k: high if k in better else low for k, (low, high) in ends.items() if k != "B"}
    low_b, high_b = ends["B"]
    assert min(case.npv(worst | {"B": b}) for b in (low_b, high_b)) < first[0]
    assert max(case.npv(best | {"B": b}) for b in (low_b, high_b)) > first[-1]


@given(st.integers(1, 40), st.lists(POUNDS, min_size=1, max_size=30))
def test_a_percentile_is_one_of_the_values(per_cent: int, values: list[Decimal]) -> None:
    ordered = sorted(values)
    found = percentile(ordered, per_cent)
    assert sum(each <= found for each in ordered) * 100 >= per_cent * len(ordered)
    assert sum(each < found for each in ordered) * 100 < per_cent * len(ordered)


@given(st.lists(POUNDS, min_size=3, max_size=3), st.decimals(0, 1, places=4))
def test_a_triangular_draw_stays_in_its_range(three: list[Decimal], chance: Decimal) -> None:
    low, central, high = sorted(three)
    drawn = triangular(low, central, high, chance)
    slack = Decimal("0.000001")
    assert low - slack <= drawn <= high + slack


@given(PLACES, PLACES, PLACES)
def test_an_earlier_end_never_raises_what_is_gained(a: Decimal, b: Decimal, c: Decimal) -> None:
    start, sooner, later = sorted((a, b, c))
    old = Replaced(Decimal(1_000), ZERO)
    for use in (Use(start), Use(start, replaced=old)):
        gains = [
            sum(
                q.amount
                for q in whole(replace(use, end=end))
                if COLUMN_OF[q.kind] is not Column.COST
            )
            for end in (sooner, later, None)
        ]
        assert gains == sorted(gains)


@given(PLACES, PLACES)
def test_nothing_after_the_end_and_leaving_is_charged_once(a: Decimal, b: Decimal) -> None:
    start, end = sorted((a, b))
    found = whole(Use(start, end))
    assert all(q.year < end for q in found if q.kind is not ClaimKind.EXIT)
    assert sum(q.kind is ClaimKind.EXIT for q in found) == int(start < end < HORIZON)


@given(PLACES, PLACES)
def test_shares_of_years_add_up_to_the_time_between(a: Decimal, b: Decimal) -> None:
    start, end = sorted((a, b))
    assert sum(live_share(start, end, year) for year in range(7)) == end - start


@given(st.decimals(0, 10**6, places=0), st.decimals(0, 10**6, places=0))
def test_a_dearer_platform_never_raises_the_net(a: Decimal, b: Decimal) -> None:
    cheap, dear = sorted((a, b))
    params = example()["params"]
    nets = [
        scenario.evaluate(example(params={**params, "K": cost}))["npv"] for cost in (cheap, dear)
    ]
    assert nets[0] >= nets[1]


def test_without_a_discount_it_is_the_plain_sum() -> None:
    found = scenario.evaluate(example(discount_rate=0))
    assert found["npv"] == sum(found["net"]) == 550_000


def test_the_standard_rate_falls_from_year_31_on() -> None:
    rate = Decimal("0.035")
    assert discount(0, rate) == 1
    assert discount(31, rate) == discount(30, rate) / (1 + LATER_RATE)
    assert discount(31, Decimal("0.05")) == 1 / Decimal("1.05") ** 31


@given(st.lists(st.decimals("0.01", 1, places=2), min_size=1, max_size=4))
def test_needs_of_one_component_share_one_build(shares: list[Decimal]) -> None:
    total = sum(shares)
    uses = [Use(ZERO, avoided_share=each / total) for each in shares]
    sums = add_up(whole(*uses))
    assert abs(sums[ClaimKind.BUILD_AVOIDED, 0] - 1) < Decimal("1e-20")


def test_what_is_replaced_is_cash_with_proof_and_for_so_many_years() -> None:
    def by_column(use: Use) -> dict[Column, int]:
        found = dict.fromkeys(Column, 0)
        for q in whole(use):
            if q.kind in (ClaimKind.RUN_RELEASED, ClaimKind.RUN_REPLACED):
                found[COLUMN_OF[q.kind]] += int(q.amount)
        return found

    pounds = Decimal(1_000)
    assert by_column(Use(ZERO, replaced=Replaced(pounds)))[Column.CASH] == 0
    proven = by_column(Use(ZERO, replaced=Replaced(pounds, ONE)))
    assert (proven[Column.CASH], proven[Column.NON_CASH]) == (3_000, 2_000)
    # The old arrangement going on is the one thing that would be otherwise: nothing is avoided.
    kinds = {q.kind for q in whole(Use(ZERO, replaced=Replaced(pounds)))}
    assert kinds == {ClaimKind.RUN_REPLACED, ClaimKind.INTEGRATION, ClaimKind.OWN_RUN}


def test_prices_are_charged_to_an_organisation_and_platforms_to_the_whole() -> None:
    use = Use(ZERO, Decimal(1), volumes={0: Decimal(500), 1: Decimal(500)})
    assert ClaimKind.PRICE not in {q.kind for q in quantities(use, HORIZON, View.WHOLE)}
    found = [q for q in quantities(use, HORIZON, View.ORGANISATION) if q.kind is ClaimKind.PRICE]
    assert [(q.year, int(q.amount)) for q in found] == [(0, 500)], (
        "not in a year that it is not used"
    )


def test_days_have_their_place_in_financial_years() -> None:
    assert place(date(2026, 4, 1), 2026) == 0
    assert place(date(2027, 4, 1), 2026) == 1
    assert round(place(date(2026, 3, 31), 2026), 12) == round(-Decimal(1) / 365, 12)
    assert live_share(place(date(2026, 10, 1), 2026), None, 0) == Decimal(182) / 365


@pytest.mark.parametrize(
    ("wrong", "where"),
    [
        ({"params": {"B": 1}}, "params.RCR"),
        ({"params": {**scenario.worked_example()["params"], "Q": 1}}, "params.Q"),
        ({"params": {**scenario.worked_example()["params"], "a": 1.5}}, "params.a"),
        ({"params": {**scenario.worked_example()["params"], "M": -1}}, "params.M"),
        ({"params": {**scenario.worked_example()["params"], "M": "1"}}, "params.M"),
        ({"horizon": 0}, "horizon"),
        ({"horizon": True}, "horizon"),
        ({"discount_rate": float("nan")}, "discount_rate"),
        ({"uses": [[0]]}, "uses.0"),
        ({"uses": [[0, 1], [2, 1]]}, "uses.1"),
        ({"others": []}, "others"),
    ],
)
def test_what_is_wrong_with_a_scenario_is_named(wrong: dict[str, Any], where: str) -> None:
    with pytest.raises(Invalid) as problem:
        scenario.case(example(**wrong))
    assert problem.value.field == where
