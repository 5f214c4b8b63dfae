"""The worked example of docs/savings.md, and how sure it is: worked out by the code of the runs."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from functools import cache
from typing import Any, NamedTuple

from portal.reports.rules import scenario
from portal.reports.rules.appraisal import Appraisal
from portal.reports.rules.ranges import (
    Assumption,
    Bar,
    Case,
    draws,
    percentile,
    switching_value,
    tornado,
    users_to_break_even,
)

#: What each letter of the example may be: low, central, high.
RANGES: Mapping[str, tuple[str, str, str]] = {
    "B": ("120000", "250000", "450000"), "M": ("30000", "60000", "100000"),
    "m": ("4000", "8000", "12000"), "a": ("0.5", "0.8", "1"), "RCR": ("0.1", "0.2", "0.35"),
    "X": ("20000", "40000", "80000"), "K": ("200000", "250000", "375000"),
}  # fmt: skip
SEED = 1


class Example(NamedTuple):
    """What the example comes to.

    Attributes:
        appraisal, npv: of confirmed uses, in pounds; `second` and `second_npv` with declared ones.
        p10, p90: its range, of as many draws as a run makes.
        bars: its tornado, by letters.
        switching: the letters with a value at which it is worth nothing.
        users: how many from the start pay for the platform.
    """

    appraisal: Appraisal
    npv: Decimal
    second: Appraisal
    second_npv: Decimal
    p10: Decimal
    p90: Decimal
    bars: list[Bar]
    switching: list[tuple[str, Decimal]]
    users: int | None


def case(uses: list[Any] | None = None) -> Case:
    """The case of the example with its ranges, or of other uses with these."""
    given = scenario.worked_example()
    made = scenario.case(given if uses is None else {**given, "uses": uses})
    ranges = {
        letter: Assumption(scenario.LETTERS[letter], *map(Decimal, ends))
        for letter, ends in RANGES.items()
    }
    return Case(made.groups, ranges, made.rate, made.horizon)


@cache
def worked_out() -> Example:
    """The example; the same for as long as the code is."""
    made = case()
    second = case(
        [*scenario.worked_example()["uses"], *([*map(float, x)] for x in scenario.DECLARED)]
    )
    drawn, found = draws(made, SEED), [(key, switching_value(made, key)) for key in RANGES]
    keys = {scenario.LETTERS[letter]: letter for letter in RANGES}
    return Example(
        made.appraisal(), made.npv(), second.appraisal(), second.npv(),
        percentile(drawn, 10), percentile(drawn, 90), tornado(made),
        [(key, value) for key, value in found if value is not None and _can_be(key, value)],
        users_to_break_even(made.assumptions, keys, made.rate, made.horizon),
    )  # fmt: skip


def _can_be(letter: str, value: Decimal) -> bool:
    return value >= 0 and (letter != "a" or value <= 1)
