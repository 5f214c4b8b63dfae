"""Numbers as people type them, and as pages show them."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from portal.errors import Invalid
from portal.performance.rules.answers import number, put
from portal.performance.rules.kinds import Measure
from portal.performance.words import Unit

OF = {unit: Measure("x", "X", unit) for unit in Unit}


@pytest.mark.parametrize(
    ("text", "unit", "found"),
    [
        ("1,200", Unit.COUNT, 1200), ("1 200 000", Unit.COUNT, 1_200_000),
        (" 0 ", Unit.COUNT, 0), ("1\u202f200", Unit.COUNT, 1200), ("1200.0", Unit.COUNT, 1200),
        ("£1,200.50", Unit.POUNDS, 1200.5), ("£ 3", Unit.POUNDS, 3), ("12.5 %", Unit.PERCENT, 12.5),
    ],
)  # fmt: skip
def test_what_people_type(text: str, unit: Unit, found: float) -> None:
    assert number(text, OF[unit], "x") == found


@pytest.mark.parametrize(
    ("text", "unit"),
    [
        ("1,5", Unit.COUNT), ("12,50", Unit.POUNDS), ("1,2,3", Unit.COUNT),
        ("1,20000", Unit.COUNT), ("5,", Unit.COUNT), ("12 34", Unit.COUNT),
        ("1,200 300", Unit.COUNT), ("12%", Unit.COUNT), ("£12", Unit.COUNT),
        ("12%", Unit.POUNDS), ("£12", Unit.PERCENT), ("1.200,50", Unit.POUNDS),
    ],
)  # fmt: skip
def test_no_number_is_made_of_what_may_mean_another(text: str, unit: Unit) -> None:
    with pytest.raises(Invalid) as problem:
        number(text, OF[unit], "x")
    assert "must be a number" in problem.value.marked


@given(st.integers(0, 10**14))
def test_what_is_shown_can_be_typed(found: int) -> None:
    for unit in (Unit.COUNT, Unit.POUNDS):
        assert number(put(float(found), unit), OF[unit], "x") == found


def test_little_is_not_nothing() -> None:
    shown = [put(each, Unit.SCORE) for each in (0.001, 0.0, 1.004, 2.5, 0.00001)]
    assert shown == ["0.001", "0", "1", "2.5", "0.00001"]
    assert [put(each, Unit.POUNDS) for each in (0.004, 0.5, 3.0)] == ["£0.004", "£0.50", "£3"]
    assert put(0.05, Unit.PERCENT) == "0.05%"
