"""Charts as pages show them: titles that tell the trend, words for the drawing, files with tags."""

from __future__ import annotations

from datetime import date

import pytest
from bs4 import BeautifulSoup
from flask import Flask, Response

from portal.charts.data import BarChart, Bars, Chart, Group, Lines, Point, Scale, Series
from portal.web import chart_texts, charts

DAYS = date(2025, 7, 1), date(2026, 1, 1), date(2026, 7, 1)
SHARES = BarChart("Channels", ("2025", "2026"), (Group("Digital", (3.0, None)),
                  Group("Other", (1.0, 2.0))), Bars.SHARES)  # fmt: skip


def series(*values: float | None) -> Series:
    return Series("Volume", tuple(map(Point, DAYS, values)))


@pytest.mark.parametrize(
    ("values", "scale", "title"),
    [
        ((100, None, 112), Scale.COUNT, "Volume rose 12% from July 2025 to July 2026"),
        ((1000, 1, 994), Scale.COUNT, "Volume fell 0.6% from July 2025 to July 2026"),
        ((1000, 1, 1001), Scale.COUNT,
         "Volume stayed at about 1,001 from July 2025 to July 2026"),
        ((0.8, 0.1, 0.843), Scale.SHARE,
         "Volume rose from 80% in July 2025 to 84.3% in July 2026"),
        ((0, 0, 5), Scale.COUNT, "Volume rose from 0 in July 2025 to 5 in July 2026"),
        ((None, None, 3.4), Scale.POUNDS, "Volume: £3.40 in July 2026"),
        ((None, None, None), Scale.COUNT, "Volume: no figures yet"),
    ],
)  # fmt: skip
def test_a_title_says_the_trend(values: tuple[float | None, ...], scale: Scale, title: str) -> None:
    assert chart_texts.trend("Volume", series(*values), scale) == title


def test_words_for_a_drawing() -> None:
    said = chart_texts.alternative(Lines("X", (series(100, None, 112),)))
    assert said == (
        "Line chart. Volume: 100 (July 2025), 112 (July 2026), which is the most. "
        "1 period has no figure."
    )
    fell = chart_texts.alternative(Lines("X", (series(100, 120, 110),)))
    assert "110 (July 2026), at most 120 (January 2026)." in fell
    alone = chart_texts.alternative(
        Lines("X", (Series("X", (Point(DAYS[0], 7, said="about 7"),)),))
    )
    assert alone == "Line chart. X: about 7 (July 2025), and no other figure."
    assert chart_texts.alternative(SHARES) == (
        "Bar chart. 2025: Digital 75%, Other 25%. 2026: Digital no figure, Other 100%."
    )


@pytest.mark.parametrize(
    ("chart", "unit"),
    [
        (Lines("X", (series(1),)), "Number"),
        (Lines("X", (series(1),), log=True), "Number, each line ten times the one below"),
        (Lines("X", (series(1),), Scale.POUNDS), "Pounds (£)"),
        (Lines("X", (series(1),), Scale.SHARE), "Percent"),
        (SHARES, "Percent"),
    ],
)
def test_a_picture_says_what_it_counts(site: Flask, chart: Chart, unit: str) -> None:
    assert f">{unit}</text>" in answer(site, chart, "svg").get_data(as_text=True)


def answer(
    site: Flask, chart: Chart, fmt: charts.File, query: str = "", known: str = ""
) -> Response:
    headers = {"If-None-Match": known} if known else {}
    with site.test_request_context(f"/x?{query}", headers=headers):
        return charts.respond_chart(fmt, chart, "x")


def test_files_have_tags_of_their_data(site: Flask) -> None:
    chart = Lines("X", (series(1, None, 2),))
    first = answer(site, chart, "svg")
    assert first.mimetype == "image/svg+xml"
    tag = first.headers["ETag"]
    assert answer(site, chart, "svg", known=tag).status_code == 304
    assert answer(site, Lines("X", (series(1, None, 3),)), "svg", known=tag).status_code == 200
    narrow = answer(site, chart, "svg", "size=narrow").get_data()
    assert b'width="340"' in narrow


def test_a_file_of_values(site: Flask) -> None:
    rows = answer(site, Lines("X", (series(1, None, 2),)), "csv").get_data().decode().split("\r\n")
    assert rows[:3] == [
        "start,name,value,provisional,note",
        "2025-07-01,Volume,1,false,",
        "2026-01-01,Volume,,false,",
    ]
    rows = answer(site, SHARES, "csv").get_data().decode().split("\r\n")
    assert rows[1] == "2025,Digital,3"


def test_a_figure_has_its_values_as_a_table(site: Flask) -> None:
    points = (Point(DAYS[0], 5.0, provisional=True), Point(DAYS[2], None, note="not collected"))
    chart = Lines("X", (Series("Volume", points),))
    source = (
        '{% from "macros/charts.html" import figure, sparkline %}'
        "{{ figure(chart) }}{{ sparkline([1, 2]) }}"
    )
    with site.test_request_context("/x"):
        figure = charts.shown(chart, "/x/charts/volume", "It rose", query=[("period", "month")],
                              notes=["1 of 2 services"], marks=["1 July: moved"])  # fmt: skip
        page = BeautifulSoup(site.jinja_env.from_string(source).render(chart=figure), "html.parser")
    image = page.img
    assert image is not None
    assert image["src"] == "/x/charts/volume.svg?period=month"
    assert image["alt"] == figure.alt
    cells = [cell.get_text() for cell in page.select("tbody td")]
    assert cells == ["5 (provisional)", "not collected"]
    assert {a["href"].partition("?")[0] for a in page.select("a")} == {
        f"/x/charts/volume.{kind}" for kind in ("csv", "svg", "png")
    }
    assert len(page.select("svg path")) == 1
