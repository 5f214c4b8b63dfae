"""Charts tell the truth: from 0 on, with gaps where nothing is known, the same bytes each time."""

from __future__ import annotations

from datetime import date
from itertools import pairwise
from xml.etree import ElementTree

import pytest
from hypothesis import given
from hypothesis import strategies as st

from portal.charts import scales
from portal.charts.bars import stacks
from portal.charts.data import BarChart, Bars, Group, Lines, Mark, Point, Scale, Series
from portal.charts.drawing import Box, Dot, Drawing, Path, Text
from portal.charts.making import layout, made, picture
from portal.charts.sparks import spark

DAYS = [date(2025 + i // 12, i % 12 + 1, 1) for i in range(14)]


def line(*values: float | None, provisional: int = 99, **more: object) -> Lines:
    points = tuple(
        Point(day, value, i >= provisional)
        for i, (day, value) in enumerate(zip(DAYS, values, strict=False))
    )
    return Lines("Volume", (Series("Volume", points),), **more)  # type: ignore[arg-type]


def of(drawing: Drawing, kind: type) -> list:
    return [shape for shape in drawing.shapes if isinstance(shape, kind)]


def paths(drawing: Drawing) -> list[Path]:
    return [path for path in of(drawing, Path) if path.width == 3]


def texts(drawing: Drawing) -> list[str]:
    return [text.text for text in of(drawing, Text)]


@given(st.floats(0.001, 1e13), st.sampled_from(Scale))
def test_an_axis_ends_at_a_round_figure_above_all(most: float, scale: Scale) -> None:
    top, step = scales.top_of(most, scale)
    assert top >= most * (1 - 1e-9)
    assert 1 <= round(top / step) <= scales.STEPS
    assert scale is not Scale.COUNT or step >= 1


@given(st.lists(st.floats(0, 100), min_size=1, max_size=4))
def test_names_stand_apart_in_their_order(wanted: list[float]) -> None:
    placed = scales.apart(wanted, 20, 0, 100)
    order = sorted(placed)
    assert all(b - a >= 20 - 1e-6 for a, b in pairwise(order))
    assert order[-1] <= 100 + 1e-6
    assert [wanted[i] for i in sorted(range(len(wanted)), key=lambda i: placed[i])] == sorted(
        wanted
    )


def test_what_is_missing_is_a_gap_and_never_zero() -> None:
    drawing = layout(line(5, 6, None, 7, 8, None, 9))
    assert [len(path.points) for path in paths(drawing)] == [2, 2]
    bottom = max(y for path in of(drawing, Path) for _, y in path.points)
    assert all(y < bottom - 20 for path in paths(drawing) for _, y in path.points)
    # Alone between gaps, and the newest one: the same point here.
    assert len({dot.at for dot in of(drawing, Dot)}) == 1


def test_provisional_points_are_hollow() -> None:
    dots = of(layout(line(5, 6, 7, provisional=1)), Dot)
    assert [dot.hollow for dot in dots] == [True, True]


def test_an_axis_begins_at_zero_and_can_be_shared() -> None:
    assert texts(layout(line(900, 1000)))[0] == "0"
    assert "5m" in texts(layout(line(900, 1000, top=5e6)))


def test_a_drawing_says_its_names_marks_and_target() -> None:
    chart = line(
        0.5, 0.7, scale=Scale.SHARE, target=0.9, target_text="Target 90%",
        marks=(Mark(DAYS[0], "First use"), Mark(DAYS[1], "1m", 0.7)),
    )  # fmt: skip
    assert {"Target 90%", "First use", "1m", "100%"} <= set(texts(layout(chart)))
    two = Lines(
        "X", (*line(1, 2).series, Series("Gwasanaeth Cofrestru", line(2, 3).series[0].points))
    )
    assert {"Volume"} <= set(texts(layout(two)))
    assert {"Volume", "Gwasanaeth Cofrestru"} <= set(texts(layout(two, narrow=True)))


def test_more_than_four_cannot_be_told_apart() -> None:
    with pytest.raises(ValueError, match="small multiples"):
        Lines("X", line(1).series * 5)
    with pytest.raises(ValueError, match="each label"):
        BarChart("X", ("a", "b"), (Group("x", (1.0,)),))


VALUES = st.lists(st.one_of(st.none(), st.integers(0, 10**9)), min_size=3, max_size=3)


@given(VALUES, VALUES)
def test_a_stack_is_whole_or_not_drawn(one: list[float | None], two: list[float | None]) -> None:
    groups = Group("a", tuple(one)), Group("b", tuple(two))
    shares = stacks(BarChart("X", ("1", "2", "3"), groups, Bars.SHARES))
    for a, b, stack in zip(one, two, shares, strict=True):
        assert (stack is None) == (a is None or b is None or a + b == 0)
        assert stack is None or stack[-1][2] == pytest.approx(1)
    for a, b, stack in zip(one, two, stacks(BarChart("X", ("1", "2", "3"), groups)), strict=True):
        assert [low for _, low, _ in stack or []] == [0.0] * sum(v is not None for v in (a, b))


@pytest.mark.parametrize("across", [True, False])
@pytest.mark.parametrize("kind", list(Bars))
def test_bars_of_every_kind(kind: Bars, across: bool) -> None:
    groups = Group("Digital", (3.0, None)), Group("Other", (1.0, 2.0))
    chart = BarChart("X", ("2025", "2026"), groups, kind, across=across)
    for narrow in (True, False):
        drawing = layout(chart, narrow)
        assert {"Digital", "Other", "2025", "2026", "–"} <= set(texts(drawing))
        boxes = [box for box in of(drawing, Box) if box.width != box.height]
        assert len(boxes) == (3 if kind is Bars.GROUPED else 2)
        assert all(0 <= box.at[0] <= drawing.width for box in boxes)


def test_long_names_are_cut_in_two_lines() -> None:
    name = "Cofrestrfa Tir Ei Mawrhydi a Swyddfa Gofrestru Gyffredinol Cymru a Lloegr, y Gwasanaeth"
    chart = BarChart("X", (name,), (Group("X", (1.0,)),), across=True)
    for narrow in (True, False):
        said = texts(layout(chart, narrow))[:2]
        assert said[0].startswith("Cofrestrfa")
        assert said[1].endswith("…")


def test_a_file_is_deterministic_text_without_styles() -> None:
    chart = line(1, 2, marks=(Mark(DAYS[0], "<b> & Gŵyl"),))
    made.cache_clear()
    first = made(chart, "svg")
    made.cache_clear()
    assert made(line(1, 2, marks=chart.marks), "svg") == first
    root = ElementTree.fromstring(first)
    said = "".join(root.itertext())
    assert "<b> & Gŵyl" in said
    assert not any({"style", "class"} & set(each.keys()) for each in root.iter())
    assert made(line(1, 3), "svg") != first


def test_a_png_is_sharp() -> None:
    file = made(line(1, 2, 3, provisional=2, marks=(Mark(DAYS[0], "$1 & Gŵyl"),)), "png")
    assert file.startswith(b"\x89PNG")
    assert int.from_bytes(file[16:20]) == 2 * 720


def test_a_sparkline_has_gaps_too() -> None:
    line_ = spark([1, None, 2, 4])
    assert line_ is not None
    assert line_.path.count("M") == 2
    assert line_.end == (116.0, 4.0)
    assert spark([1, None]) is None


def test_powers_of_ten() -> None:
    assert scales.powers(20, 3_000) == [10, 100, 1_000, 10_000]
    assert scales.powers(10, 1_000) == [10, 100, 1_000]
    assert scales.powers(5, 5) == [1, 10]
    drawing = layout(line(0, 10, 100, 1_000, log=True))
    (path,) = paths(drawing)
    heights = [one[1] - two[1] for one, two in pairwise(path.points)]
    assert len(heights) == 2, "0 has no place"
    assert heights[0] == pytest.approx(heights[1])
    assert {"10", "100", "1k"} <= set(texts(drawing))


def test_no_line_leads_to_what_is_told_alone() -> None:
    alone = (Point(DAYS[0], 1, alone=True), Point(DAYS[1], 2), Point(DAYS[2], 3))
    (path,) = paths(layout(Lines("Volume", (Series("Volume", alone),))))
    assert len(path.points) == 2


@pytest.mark.parametrize("narrow", [False, True])
def test_a_picture_says_alone_what_it_shows(narrow: bool) -> None:
    chart = Lines("Transactions (months): Pay for a very long name " * 3, line(1, 2).series)
    bare, whole = layout(chart, narrow), picture(chart, "Number", narrow)
    lower = whole.height - bare.height
    title, unit = texts(whole)[: -len(texts(bare)) - 1], texts(whole)[-len(texts(bare)) - 1]
    assert " ".join(title).startswith("Transactions (months): Pay for a")
    assert unit == "Number"
    assert all(text.at[1] < lower for text in of(whole, Text)[: len(title) + 1])
    pairs = zip(bare.shapes, whole.shapes[-len(bare.shapes) :], strict=True)
    for one, two in pairs:
        places = [(s.points if isinstance(s, Path) else (s.at,)) for s in (one, two)]
        assert [(x, y + lower) for x, y in places[0]] == list(places[1])
    made.cache_clear()
    first = made(chart, "svg", narrow, "Number")
    made.cache_clear()
    assert made(chart, "svg", narrow, "Number") == first
    assert b">Number</text>" in first
