"""What the versions of a period say together gives no number of a few away."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import product
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from portal.performance.rules import disclosure, schemas
from portal.performance.rules.disclosure import Version
from portal.performance.words import Period, SetKind
from tests.performance.test_small_figures_rules import figures_of

CHANNELS = ("online", "phone", "paper")
#: Numbers of the cells, by version.
World = tuple[tuple[int, ...], ...]


def versions(kind: SetKind, cells: tuple[tuple[str, str], ...], world: World) -> list[Version]:
    """A number that is the same again is no revision."""
    found: list[Version] = []
    for at, (cell, measure) in enumerate(cells):
        mine: list[Version] = []
        for batch, numbers in enumerate(world):
            if not mine or mine[-1].number != numbers[at]:
                mine.append(Version(cell, measure, len(mine) + 1, batch, False, float(numbers[at])))
        found += [*mine[:-1], mine[-1]._replace(current=True)]
    return found


def hidden(kind: SetKind, rows: list[Version], threshold: int) -> frozenset[Version]:
    return disclosure.hidden_versions(schemas.of_sort(kind, Period.MONTH), rows, threshold)


def public(kind: SetKind, rows: list[Version], threshold: int) -> tuple[Any, ...]:
    """All that anybody is told: versions, and figures."""
    gone = hidden(kind, rows, threshold)
    told = [(*row[:-1], None) if row in gone else row for row in rows]
    now = {row[:2]: row.number for row in rows if row.current and row.number is not None}
    keys = {row[:2] for row in gone if row.current}
    figures = figures_of(kind, now, threshold, keys)
    return (*told, *sorted((figure, known.number) for figure, known in figures.items()))


def worlds(cells: int, most: int, sum_up: bool) -> Iterator[World]:
    each = [
        numbers for numbers in product(range(most + 1), repeat=cells)
        if not sum_up or sum(numbers) <= most
    ]  # fmt: skip
    return product(each, repeat=2)


COUNTS = tuple((channel, "count") for channel in CHANNELS)
PAIR = (("", "transactions"), ("", "digital"))


@pytest.mark.parametrize(
    ("kind", "cells", "most", "sum_up"),
    [(SetKind.TRANSACTIONS, COUNTS, 6, True), (SetKind.VOLUMES, PAIR, 9, False)],
)
def test_versions_are_the_same_for_another_number(
    kind: SetKind, cells: tuple[tuple[str, str], ...], most: int, sum_up: bool
) -> None:
    """Whoever knows every version that is public, what is known of the figures now, and these rules
    cannot tell a count of a few of any version. Every case up to a size is tried.
    """
    alike: dict[tuple[Any, ...], list[dict[tuple[Any, ...], float]]] = {}
    for world in worlds(len(cells), most, sum_up):
        rows = versions(kind, cells, world)
        few = {row[:3]: row.number for row in rows if 0 < (row.number or 0) < 3}
        alike.setdefault(public(kind, rows, 3), []).append(few)  # type: ignore[arg-type]
    for told, some in alike.items():
        for key in {key for each in some for key in each}:
            assert len({each.get(key) for each in some}) > 1, (told, key, some)


NUMBERS = st.lists(st.tuples(*[st.integers(0, 12)] * 4), min_size=1, max_size=4)


@given(NUMBERS, st.integers(3, 6))
def test_no_subtraction_of_versions_finds_a_number(world: World, threshold: int) -> None:
    """Also for whoever knows the sum of each version from elsewhere: with every number that is not
    shown there is another cell that is not shown in any version either. One more here and one
    less there leave all that is public as it is.
    """
    cells = tuple((channel, "count") for channel in (*CHANNELS, "other"))
    rows = versions(SetKind.TRANSACTIONS, cells, tuple(world))
    gone = hidden(SetKind.TRANSACTIONS, rows, threshold)
    assert {row for row in rows if 0 < (row.number or 0) < threshold} <= gone
    names = {row.cell for row in gone}
    assert len(names) != 1
    assert gone == {row for row in rows if row.cell in names}
    for numbers in world:
        known = dict(zip(cells, numbers, strict=True))
        assert len(names) in (0, len(cells)) or sum(known[n, "count"] for n in names) >= threshold


def test_what_stayed_the_same_does_not_give_away_the_version_before() -> None:
    before, now = (90, 3, 40), (90, 8, 40)
    rows = versions(SetKind.TRANSACTIONS, COUNTS, (before, now))
    gone = hidden(SetKind.TRANSACTIONS, rows, 5)
    assert {(row.cell, row.revision) for row in gone} == {("phone", 1), ("phone", 2), ("paper", 1)}


def test_a_slip_of_a_figure_on_its_own_is_forgotten() -> None:
    rows = versions(SetKind.VOLUMES, PAIR, ((3, 1), (3000, 900)))
    assert {row.number for row in hidden(SetKind.VOLUMES, rows, 5)} == {3, 1}
    back = versions(SetKind.VOLUMES, PAIR, ((3000, 900), (3, 900)))
    assert {row.number for row in hidden(SetKind.VOLUMES, back, 5)} == {3, 3000}


def test_a_figure_that_comes_in_parts_is_not_revised() -> None:
    rows = [
        Version(cell, "count", 1, batch, True, number)
        for batch, (cell, number) in enumerate([("online", 90.0), ("phone", 3.0), ("paper", 40.0)])
    ]
    assert {row.cell for row in hidden(SetKind.TRANSACTIONS, rows, 5)} == {"phone", "paper"}
