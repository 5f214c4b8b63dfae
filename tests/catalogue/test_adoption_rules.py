"""The drawing of adoption over time, and which service a row of a provider's list means."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from portal.catalogue.rules.adoption_chart import STEPS, draw, top_of
from portal.catalogue.rules.rosters import Known, Services

FIGURES = st.one_of(st.none(), st.integers(0, 10**15), st.floats(0, 10**9))


@given(st.integers(0, 10**15))
def test_the_top_is_round_and_near(most: int) -> None:
    top, step = top_of(most)
    assert top >= most and top % step == 0
    assert 1 <= top // step <= STEPS
    assert str(step).rstrip("0") in ("1", "2", "5")


@given(st.lists(FIGURES, max_size=40), st.lists(FIGURES, max_size=40))
def test_everything_is_in_the_frame(one: list[float | None], other: list[float | None]) -> None:
    start = date(2021, 4, 13)
    series = {
        name: [(start + timedelta(days=7 * n), value) for n, value in enumerate(values)]
        for name, values in (("services", one), ("organisations", other))
    }
    chart = draw(series)
    said = {name: [v for _, v in rows if v is not None] for name, rows in series.items()}
    if chart is None:
        assert not any(said.values()), "what is published is drawn"
        return
    assert [line.measure for line in chart.lines] == [name for name in series if said[name]]
    for line in chart.lines:
        runs = [run.split("L") for run in line.path.split("M") if run]
        points = [tuple(map(float, point.split())) for run in runs for point in run] + line.dots
        assert len(points) == len(said[line.measure]), "a day without a figure is no point"
        for x, y in points:
            assert chart.left <= x <= chart.right and chart.top <= y <= chart.bottom
    assert all(chart.left <= x <= chart.right for x, _ in chart.years)
    assert [y for y, _ in chart.figures] == sorted((y for y, _ in chart.figures), reverse=True)


def test_a_gap_is_no_line() -> None:
    days = [date(2021, 1, n) for n in range(1, 6)]
    chart = draw({"services": list(zip(days, [1, 2, None, 4, 5], strict=True))})
    assert chart is not None and chart.lines[0].path.count("M") == 2
    chart = draw({"services": list(zip(days, [1, None, 3, None, 5], strict=True))})
    assert chart is not None and (chart.lines[0].path, len(chart.lines[0].dots)) == ("", 3)
    assert draw({"services": [(days[0], None)]}) is None


SERVICES = Services(
    [
        Known("boats", frozenset(["Boats", "Ships"]), frozenset(["https://a.example/b"]),
              frozenset([1, 2])),
        Known("ferries", frozenset(["Ferries", "Ships"]), frozenset(["https://a.example/f"]),
              frozenset([3])),
    ],
    {"old-boats": "boats"},
)  # fmt: skip


@pytest.mark.parametrize(
    ("said", "named", "organisation", "means"),
    [
        ("boats", True, None, "boats"),
        ("old-boats", False, None, "boats"),
        ("http://www.a.example/b/", True, 3, "boats"),
        ("https://a.example/none", False, None, None),
        ("BOATS", False, None, "boats"),
        ("Boats", True, 2, "boats"),
        ("Boats", True, 3, None),
        ("Boats", True, None, None),
        ("Ships", False, None, None),
        ("Ships", True, 3, "ferries"),
        ("Something else", False, None, None),
    ],
)
def test_what_a_row_means(
    said: str, named: bool, organisation: int | None, means: str | None
) -> None:
    assert SERVICES.meant(said, named, organisation) == means
