"""Dates of reports: the day first, and never a guess."""

from __future__ import annotations

import re
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from portal.interchange.reports import dates
from tests.interchange.reports import HEADER, read, whole

ONE = date(2015, 10, 27)
FORMS = (
    "%d/%m/%Y", "%d.%m.%Y", "%d-%m-%Y", "%d / %m / %Y", "%d %B %Y", "%d%B%Y", "%d %b %Y",
    "%d %B, %Y",
    "%A %d %B %Y", "%d of %B %Y", "%Y-%m-%d", "%B %d, %Y", "%d/%m/%y", "%d %B '%y",
)  # fmt: skip


@given(st.dates(date(2000, 1, 1), date(2099, 12, 31)), st.sampled_from(FORMS), st.booleans())
def test_a_date_is_read_in_every_form(day, form, short):
    said = day.strftime(form)
    said = re.sub(r"^0|(?<=/)0(?=[0-9]/)", "", said) if short else said
    (found,) = dates.find(said)
    assert found.day == day


@pytest.mark.parametrize(
    ("said", "day"),
    [
        ("8/06/2015", date(2015, 6, 8)), ("12/5/14", date(2014, 5, 12)),
        ("11th December 2015", date(2015, 12, 11)), ("27th Oct 2015", ONE), ("27 October2015", ONE),
        ("27 Octobr 2015", ONE), ("1st  of May, 2015", date(2015, 5, 1)),
        ("Tuesday 27 October 2015", ONE),
        ("3rd Sept. 2014", date(2014, 9, 3)),
    ],
)  # fmt: skip
def test_dates_as_they_are_written(said, day):
    assert [one.day for one in dates.find(said)] == [day]


@pytest.mark.parametrize(
    "said",
    ["31/02/2015", "13/13/2015", "0/5/2015", "31 June 2015", "1/1/0015", "5/5/1815", "32 May 2015"],
)
def test_a_day_that_cannot_be_is_not_guessed(said):
    report = read(whole({**HEADER, "Date of Assessment": said}))
    assert [one.day for one in report.dates] == [None] and report.dates[0].verbatim == said
    assert report.needs_check == (
        f"date: there is no such day ({said})", "date: none can be read",
    )  # fmt: skip


@pytest.mark.parametrize(
    ("said", "day", "doubt"),
    [
        ("12 and 13 May 2015", date(2015, 5, 12), "more than one day, the first is taken"),
        ("12-13 May 2015", date(2015, 5, 12), "more than one day, the first is taken"),
        ("12th & 13th May 2015", date(2015, 5, 12), "more than one day, the first is taken"),
        ("30 June and 1 July 2015", date(2015, 6, 30), "more than one day, the first is taken"),
        ("12/5/2015 and 13/5/2015", date(2015, 5, 12), "more than one, the first is taken"),
        ("30 December and 2 January 2015", None, "the first day has no year"),
        ("October 2015", None, "not a date"), ("to be confirmed", None, "not a date"),
        ("12/5/14", date(2014, 5, 12), "two digits for the year"), ("27 October", None,
        "not a date"),
    ],
)  # fmt: skip
def test_what_is_doubtful_is_said(said, day, doubt):
    report = read(whole({**HEADER, "Date of Assessment": said}))
    assert [one.day for one in report.dates] == [day]
    assert report.needs_check[0] == f"date: {doubt} ({said})"


@pytest.mark.parametrize(
    ("said", "results"),
    [
        ("8/06/2015 (Original) / 11/12/2015 (Reassessment)",
         "Not pass (original) / Pass (reassessment)"),
        ("Original: 8/06/2015, Reassessment: 11/12/2015",
         "Original assessment: Not pass; reassessment: Pass"),
    ],
)  # fmt: skip
def test_one_label_may_date_both(said, results):
    report = read(whole({**HEADER, "Date of Assessment": said, "Result of Assessment": results}))
    assert [one.day for one in report.dates] == [date(2015, 6, 8), date(2015, 12, 11)]
    assert [one.verbatim for one in report.results] == ["Not pass", "Pass"]
    assert len(report.assessments) == 2 and not report.needs_check


def test_a_reassessment_before_its_original_is_to_be_checked():
    labels = {**HEADER, "Date of Reassessment": "1/6/2015", "Result of Reassessment": "Pass"}
    assert "date: the reassessment is before the original" in read(whole(labels)).needs_check


@given(st.text(max_size=60))
def test_no_text_breaks_it(text):
    for one in dates.find(text):
        assert one.day is None or dates.EARLIEST <= one.day.year <= dates.LATEST
