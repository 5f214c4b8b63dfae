"""Figures of a few are not shown, nor what would give them away."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from datetime import date
from itertools import product
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from portal.performance.rules import disclosure, kinds, schemas, small_figures
from portal.performance.rules.entries import Known
from portal.performance.rules.kinds import Dimension, Measure
from portal.performance.rules.schemas import Schema
from portal.performance.words import Figure, Period, SetKind, Unit
from tests.support.performance import number

COUNTS = st.dictionaries(
    st.sampled_from([Figure.TRANSACTIONS, Figure.DIGITAL, Figure.RATINGS, Figure.CALLS]),
    st.integers(0, 40).map(float),
)
START = date(2026, 7, 1)
World = Mapping[disclosure.Key, float]


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
    assert small_figures.hidden({Figure.TRANSACTIONS: 3.0, Figure.UNIT_COST: 5.0}, 10) == {
        Figure.TRANSACTIONS, Figure.UNIT_COST,
    }  # fmt: skip
    assert small_figures.hidden({Figure.VOLUME: 3.0, Figure.POUNDS: 45.0}, 10) == {
        Figure.VOLUME, Figure.POUNDS,
    }  # fmt: skip


def test_no_share_of_a_number_that_is_not_shown_is_shown() -> None:
    measures = (
        Measure("made", "Made"), Measure("allowed", "Allowed", Unit.PERCENT, summable=False),
        Measure("paid", "Paid", Unit.POUNDS),
    )  # fmt: skip
    regions = Dimension("region", "Region", {"north": "North", "south": "South", "east": "East"})
    schema = Schema(SetKind.OWN, Period.MONTH, (regions,), measures)
    rows = {"north": (3, 33.3, 120), "south": (40, 50, 900), "east": (90, 40, 800)}
    world = {(cell, measure.key): float(value) for cell, row in rows.items()
             for measure, value in zip(measures, row, strict=True)}  # fmt: skip
    gone = disclosure.hidden(schema, world, 10)
    assert {cell for cell, _ in gone} == {"north", "south"}, "south is what is left of the sum"
    assert len(gone) == 6
    assert not disclosure.hidden(schema, {**world, ("north", "made"): 30.0}, 10)


def figures_of(
    kind: SetKind, world: World, threshold: int, hidden: Collection[disclosure.Key] = ()
) -> dict[Figure, Known]:
    parts = [
        (figure, weight, number(START, measure, value, cell), 1)
        for (cell, measure), value in world.items()
        for figure, weight in kinds.figures_of(kind, cell, measure)
    ]
    gone = {(START, *key) for key in hidden}
    folded = small_figures.fold(parts, threshold, gone)
    return {figure: known for (_, figure), known in folded.items()}


def public(kind: SetKind, world: World, threshold: int) -> tuple[Any, ...]:
    """All that anybody is told of one period: values, and figures."""
    gone = disclosure.hidden(schemas.of_sort(kind, Period.MONTH), world, threshold)
    # Which of those not shown are of a few is not told: with it, 3 of 4 would be known.
    values = [(key, None if key in gone else value) for key, value in sorted(world.items())]
    figures = figures_of(kind, world, threshold, gone)
    return (*values, *sorted((figure, known.number) for figure, known in figures.items()))


def worlds(keys: list[disclosure.Key], most: int, sum_up: bool) -> Iterator[World]:
    """Every way to give numbers up to one, or up to one together."""
    for numbers in product(range(most + 1), repeat=len(keys)):
        if not sum_up or sum(numbers) <= most:
            yield dict(zip(keys, map(float, numbers), strict=True))


def secrets(kind: SetKind, world: World, threshold: int) -> dict[Any, float]:
    """The counts of a few that nobody may find: numbers, and what a part leaves of its whole."""
    few: dict[Any, float] = {key: n for key, n in world.items() if 0 < n < threshold}
    known = {f: n for f, k in figures_of(kind, world, 0).items() if (n := k.number) is not None}
    for part, whole in small_figures.WHOLE.items():
        if part in known and 0 < known[whole] - known[part] < threshold:
            few[part] = known[whole] - known[part]
    return few


TRIED = [
    (SetKind.TRANSACTIONS, [(c, "count") for c in ("online", "phone", "paper")], 12, True),
    (SetKind.CALLS, [(c, "count") for c in ("get-information", "other")], 14, True),
    (SetKind.VOLUMES, [("", "transactions"), ("", "digital")], 14, False),
    (SetKind.COMPLETION, [("", "started"), ("", "completed")], 14, False),
    (SetKind.SATISFACTION, [("", f"rating_{i}") for i in range(1, 6)], 8, True),
]  # fmt: skip


@pytest.mark.parametrize("threshold", [3, 4])
@pytest.mark.parametrize(("kind", "keys", "most", "sum_up"), TRIED)
def test_what_is_public_is_the_same_for_another_number(
    kind: SetKind, keys: list[disclosure.Key], most: int, sum_up: bool, threshold: int
) -> None:
    """Whoever knows all that is public, and these rules, cannot tell a count of a few: there is
    always another one with which everything public is the same. Every case up to a size is tried.
    """
    alike: dict[tuple[Any, ...], list[dict[Any, float]]] = {}
    for world in worlds(keys, most, sum_up):
        told = public(kind, world, threshold)
        alike.setdefault(told, []).append(secrets(kind, world, threshold))
    for told, some in alike.items():
        for key in {key for each in some for key in each}:
            assert len({each.get(key) for each in some}) > 1, (told, key, some)
