"""Tables of points: every cell, the version by the length, and the notes below."""

from __future__ import annotations

import pytest

from portal.assessments.words import Rating, RatingScheme
from portal.interchange.reports.shapes import Table
from tests.interchange.reports import HEADER, header, read, table


def points(text: str) -> Table:
    found = read(header(HEADER) + text).table
    assert found
    return found


@pytest.mark.parametrize("length", [14, 18, 26])
def test_the_length_pins_the_version(length):
    found = points(table(length))
    assert (found.standard, found.complete, len(found.points)) == (length, True, length)


def test_another_length_is_of_no_version():
    report = read(header(HEADER) + table(17))
    assert report.table and report.table.standard is None and not report.table.complete
    assert report.needs_check == ("points: a table of 17 points is of no version of the standard",)


def test_missing_cells_are_counted():
    cells = dict.fromkeys(range(1, 27), "Yes")
    report = read(header(HEADER) + table({**cells, 7: "", 8: " "}))
    assert report.table and report.table.standard == 26 and not report.table.complete
    assert report.needs_check == ("points: 24 of 26 read",)


def test_cells_keep_their_words_and_lose_their_marks():
    cells = {
        **dict.fromkeys(range(1, 19), "Yes"), 1: "**No**", 2: "N/A\\*", 3: "N/a", 4: "Not Passed",
        5: " Pass &nbsp;", 6: "[Yes](https://x.example/)", 7: "Yes\\*\\*", 8: "not applicable",
    }  # fmt: skip
    found = {p.number: (p.verbatim, p.term, p.rating) for p in points(table(cells)).points}
    assert [found[n] for n in range(1, 9)] == [
        ("No", "no", Rating.NOT_MET), ("N/A*", "n/a", Rating.NOT_RATED),
        ("N/a", "n/a", Rating.NOT_RATED), ("Not Passed", "not passed", Rating.NOT_MET),
        ("Pass", "pass", Rating.MET), ("Yes", "yes", Rating.MET), ("Yes**", "yes", Rating.MET),
        ("not applicable", "not applicable", Rating.NOT_RATED),
    ]  # fmt: skip


def test_a_word_that_is_not_known_is_kept_and_to_be_checked():
    report = read(header(HEADER) + table({**dict.fromkeys(range(1, 19), "Yes"), 4: "Nearly"}))
    assert report.table and report.table.points[3].rating is None
    assert report.needs_check == ("points: 4 says 'Nearly'",)


def test_a_point_that_stands_twice_with_different_words_is_left_out():
    text = table(18) + "| 4 | No | 5 | Yes |\n"
    report = read(header(HEADER) + text)
    assert report.table and [p.number for p in report.table.points if p.number in (4, 5)] == [5]
    assert report.needs_check == (
        "points: 4 stands twice, with different words", "points: 17 of 18 read",
    )  # fmt: skip


@pytest.mark.parametrize(
    ("rows", "terms"),
    [
        ("| {n} | Met |", ["met"]),
        ("| {n}. Understand keepers | Not met |", ["not met"]),
        ("| {n} | Understand keepers | Amber |", ["amber"]),
        ("| Point {n} | Green |", ["green"]),
        ("|{n}|yes|", ["yes"]),
    ],
)
def test_other_tables_of_points(rows, terms):
    text = "| Point | Result |\n| --- | --- |\n" + "\n".join(rows.format(n=n) for n in range(1, 15))
    found = points(text)
    assert (found.standard, found.complete) == (14, True)
    assert sorted({p.term for p in found.points}) == terms


def test_the_words_of_a_table_are_its_scheme():
    assert points(table(14, "Met")).scheme is RatingScheme.MET
    assert points(table(14, "Red")).scheme is RatingScheme.RAG
    assert points(table(26, "Not Passed")).scheme is RatingScheme.PASS_FAIL


def test_tables_of_other_things_are_text():
    figures = "| Year | Uses |\n| 1 | 20 |\n| 2 | 30 |\n| 3 | 40 |\n| 4 | 50 |\n| 5 | 60 |\n"
    report = read(header(HEADER) + figures)
    assert report.tables == () and "| 5 | 60 |" in report.sections[-1].text


NOTES = """
| **Details of criteria that are not applicable to this service** |
| 7, 8 and 11 - not for services of this size
Criteria 12 – nothing on paper
21 to 23. few keepers
24., 25. none yet
This is a small service. |
"""


def test_notes_below_a_table_are_those_of_their_points():
    cells = {**dict.fromkeys(range(1, 27), "Yes"), **dict.fromkeys([7, 8, 11, 12], "N/A")}
    report = read(header(HEADER) + table(cells) + NOTES + "\n\nText.\n")
    assert report.table
    notes = {p.number: p.note for p in report.table.points if p.note}
    assert notes == {
        **dict.fromkeys([7, 8, 11], "not for services of this size"), 12: "nothing on paper",
        **dict.fromkeys([21, 22, 23], "few keepers"), 24: "none yet", 25: "none yet",
    }  # fmt: skip
    assert report.table.notes.endswith("This is a small service.")
    assert report.needs_check == ()
    clash = NOTES.replace("few keepers", "not applicable to small services")
    assert read(header(HEADER) + table(cells) + clash).needs_check[0] == (
        "points: 21 says Yes, its note that it does not apply"
    )
    assert report.sections[-1].text == "Text."


def test_a_footnote_is_of_the_points_that_carry_its_mark():
    cells = {**dict.fromkeys(range(1, 27), "Yes"), 9: "N/A\\*", 12: "N/A\\*"}
    text = (
        table(cells) + "\n| **Details of criteria that are not applicable** |\n| \\*Too small. |\n"
    )
    assert {p.number: p.note for p in points(text).points if p.note} == {
        9: "Too small.",
        12: "Too small.",
    }
    text = table(cells) + "\n\\*Too small.\n"
    assert {p.number for p in points(text).points if p.note} == {9, 12}


def test_points_that_a_text_rates_one_by_one():
    said = {3: "did not meet", 7: "meets"}
    text = "".join(
        f"### {n}. Understand keepers\n\n#### Decision\n\n"
        f"The service {said.get(n, 'met')} point {n} of the standard.\n\n"
        for n in range(1, 15)
    )
    found = points(text)
    assert (found.standard, found.complete, found.scheme) == (14, True, RatingScheme.MET)
    assert [p.number for p in found.points if p.rating is Rating.NOT_MET] == [3]
    assert not read(header(HEADER) + text.replace("point 9 ", "the point ")).tables, (
        "not all of them"
    )
    rated = "".join(f"## Point {n} - Lamps\n\nRating: Amber\n\nText.\n\n" for n in range(1, 15))
    assert points(rated).scheme is RatingScheme.RAG
