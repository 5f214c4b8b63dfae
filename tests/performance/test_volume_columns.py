"""Columns of published volumes are known by their form, and read by their position."""

from __future__ import annotations

import csv
import io
from datetime import date
from pathlib import Path

import pytest

from portal.catalogue.rules.importing import Aside
from portal.errors import Invalid
from portal.interchange import volume_columns
from portal.interchange.tables import Table, table_in
from portal.performance.rules.published import GROUP_LIMIT, doubted, group_of
from portal.performance.words import Doubt, Period, ValueState
from tests.support.performance import number

Q, Y = Period.QUARTER, Period.YEAR


def table(*headings: str) -> Table:
    made = io.StringIO()
    csv.writer(made).writerow(headings)
    return table_in("f.csv", made.getvalue().encode())


def columns(*headings: str) -> list[tuple[int, Period, date, str]]:
    found = volume_columns.find(table(*headings))
    return [(each.place, each.period, each.start, each.measure) for each in found]


def test_a_named_quarter_of_volumes_is_the_12_months_before_it() -> None:
    assert columns("2017-Q4 Vol.", "2017-Q4 CPT (£)", "2013-Q1 Digital vol.") == [
        (0, Y, date(2016, 10, 1), "transactions"),
        (1, Y, date(2016, 10, 1), "unit_cost"),
        (2, Y, date(2012, 1, 1), "digital"),
    ]
    assert columns("2012-Q4 Vol.") == [(0, Y, date(2011, 4, 1), "transactions")], "the exception"


def test_quarters_have_line_breaks_in_their_headings() -> None:
    headings = "Total transactions\nJul - Sep 2012", "Digital transactions\nJan - Mar 2013"
    assert columns(*headings) == [
        (0, Q, date(2012, 7, 1), "transactions"),
        (1, Q, date(2013, 1, 1), "digital"),
    ]
    odd = table("Total transactions\nAug - Oct 2012", "Total transactions\nOct - Dce 2012")
    assert volume_columns.find(odd) == []
    assert len(odd.aside) == 2


def test_a_heading_that_is_there_twice_is_read_by_position() -> None:
    twice = "Total \nOct16-Sep17 [12 MONTHS]"
    assert columns("Slug", twice, "Totals check", twice) == [
        (1, Y, date(2016, 10, 1), "transactions"),
        (3, Y, date(2016, 10, 1), "digital"),
    ]
    assert columns(twice, "2017-Q4 Vol.", twice) == [(1, Y, date(2016, 10, 1), "transactions")], (
        "as published, and not the sheet's own sum"
    )
    with pytest.raises(Invalid, match="twice"):
        columns("2017-Q4 Vol.", "2017-Q4 Vol.")


def test_a_year_that_is_a_slip_is_mended_by_its_neighbours() -> None:
    headings = [f"{m} to {n}: volume" for m, n in (
        ("October 2013", "September 2014"), ("January 2014", "December 2015"),
        ("April 2014", "March 2015"),
    )]  # fmt: skip
    found = table(*headings)
    assert [each.start for each in volume_columns.find(found)] == [
        date(2013, 10, 1), date(2014, 1, 1), date(2014, 4, 1),
    ]  # fmt: skip
    assert [each.column for each in found.aside] == [headings[1]]
    assert "December 2014" in found.aside[0].reason
    alone = table(headings[1])
    assert volume_columns.find(alone) == []
    assert [each.reason for each in alone.aside] == [volume_columns.NOT_A_YEAR]


@pytest.mark.parametrize(
    ("cell", "state", "value"),
    [
        ("1,234", "number", 1234), ("0", "number", 0), ("-", "not_provided", None),
        ("[not provided]", "not_provided", None), ("n/a", "not_applicable", None),
        ("Not collected", "not_collected", None), ("#REF!", "not_provided", None),
        ("12 thousand", None, None), ("-5", None, None), ("1.5", None, None),
    ],
)  # fmt: skip
def test_which_text_means_which_state(cell: str, state: str | None, value: int | None) -> None:
    asides: list[Aside] = []
    found = table("2017-Q4 Vol.", "Last")
    read = volume_columns.read(found, 7, [cell, ""], volume_columns.find(found), asides)
    entries = read.get(Y, [])
    assert [(e.state, e.number) for e in entries] == ([(ValueState(state), value)] if state else [])
    told = [("2017-Q4 Vol.", 7, cell)] if cell == "#REF!" or state is None else []
    assert [(a.column, a.row, a.value) for a in asides] == told


def test_an_empty_cell_says_nothing_and_costs_have_decimals() -> None:
    found = table("2017-Q4 Vol.", "2017-Q4 CPT (£)", "Last")
    asides: list[Aside] = []
    read = volume_columns.read(found, 2, ["", "£0.00500", ""], volume_columns.find(found), asides)
    assert [(e.measure, e.number) for e in read[Y]] == [("unit_cost", 0.005)]
    assert asides == []


def test_what_is_strange_is_marked() -> None:
    quarters = [number(date(2016, month, 1), "transactions", 10) for month in (1, 4, 7, 10)]
    quarters.append(number(date(2016, 4, 1), "digital", 11))
    years = [
        number(date(2016, 1, 1), "transactions", 41), number(date(2016, 4, 1), "transactions", 1),
        number(date(2016, 1, 1), "unit_cost", 3),
    ]  # fmt: skip
    cells = {Q: {e.key: e for e in quarters}, Y: {e.key: e for e in years}}
    assert doubted(cells) == {
        (Q, date(2016, 4, 1), "", "digital"): Doubt.DIGITAL_ABOVE_TOTAL,
        (Y, date(2016, 1, 1), "", "transactions"): Doubt.QUARTERS_DIFFER,
    }, "12 months of which a quarter is not known are compared with nothing"


def test_long_addresses_are_shortened_to_ones_of_their_own() -> None:
    assert group_of("a" * GROUP_LIMIT) == "a" * GROUP_LIMIT
    long = [group_of("a" * 61 + each) for each in ("", "b", "c")] + [group_of("a", 1)]
    assert len(set(long)) == 4
    assert all(len(each) <= GROUP_LIMIT for each in long)
    assert group_of("a" * 182) == group_of("a" * 182)


REAL = Path(__file__).resolve().parents[3] / "shared" / "data" / "performance-platform"


@pytest.mark.skipif(not REAL.is_dir(), reason="the real data is not here")
def test_the_published_file_has_all_its_columns() -> None:
    found = volume_columns.find(table_in("s", (REAL / "services.csv").read_bytes()))
    starts = {p: {each.start for each in found if each.period is p} for p in (Q, Y)}
    assert (len(starts[Q]), len(starts[Y])) == (21, 21)
    other = volume_columns.find(table_in("v", (REAL / "transaction-volumes.csv").read_bytes()))
    assert {each.start for each in other} == starts[Y]
