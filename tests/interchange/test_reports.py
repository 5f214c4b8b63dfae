"""Past reports are read: header, tables, sections, and what a person should check."""

from __future__ import annotations

from datetime import date

import pytest

from portal.assessments.words import AssessmentKind, Rating, RatingScheme, Stage
from portal.errors import Invalid
from portal.interchange.reports import reading, words
from portal.interchange.reports.shapes import Which
from tests.interchange.reports import HEADER, TEXT, TWICE, header, read, row, table, whole


def test_a_report_is_read_with_its_words_beside():
    report = read(whole())
    assert (report.name, report.department) == ("Lighthouse Licence", "DfL / Lights Agency")
    assert report.departments == ("DfL", "Lights Agency")
    (dated,) = report.dates
    assert (dated.day, dated.verbatim, dated.which) == (date(2015, 6, 8), "8/06/2015", Which.UNSAID)
    assert (report.stage, report.phase, report.kind) == (
        "Alpha", Stage.ALPHA, AssessmentKind.ASSESSMENT,
    )  # fmt: skip
    (result,) = report.results
    assert (result.verbatim, result.rating) == ("Pass", Rating.MET)
    assert report.lead_present and report.names_dropped == 0 and report.needs_check == ()
    assert report.table and report.table.standard == 18 and report.table.complete
    assert report.table.scheme is RatingScheme.PASS_FAIL
    assert [label.field for label in report.labels] == [
        "department", "date", "stage", "result", "lead", "people", "people",
    ]  # fmt: skip
    (one,) = report.assessments
    assert (one.kind, one.dated, one.result) == (AssessmentKind.ASSESSMENT, dated, result)


def test_the_sections_are_what_stands_below_the_header_without_tables():
    report = read(whole())
    assert [(s.level, s.heading) for s in report.sections] == [
        (1, "Assessment Report"), (2, "Outcome of service assessment"), (2, "Reasons"),
        (3, "Testing with the minister"), (1, "Service Standard criteria"),
    ]  # fmt: skip
    assert report.sections[2].text.startswith("- Keepers were asked")
    assert report.sections[-1].text == ""
    assert report.body == whole().strip(), "the body is all of it, breaks included"


def test_an_original_and_its_reassessment_are_told_apart():
    body = header(TWICE) + "## Reassessment Report\n\nBetter.\n\n## Original Report\n\nBad.\n\n"
    report = read(body + table(26))
    assert [d.day for d in report.dates] == [date(2015, 6, 8), date(2015, 12, 11)]
    first, again = report.assessments
    assert (first.which, first.kind, first.table) == (
        Which.ORIGINAL, AssessmentKind.ASSESSMENT, None,
    )  # fmt: skip
    assert first.result and first.result.rating is Rating.NOT_MET
    assert (again.kind, again.table) == (AssessmentKind.REASSESSMENT, report.table)
    assert again.result and again.result.verbatim == "Pass"
    assert [s.which for s in report.sections] == [
        Which.REASSESSMENT, Which.ORIGINAL, Which.UNSAID,
    ]  # fmt: skip
    assert report.needs_check == ()


def test_dates_stand_in_order_whatever_the_order_of_the_page():
    turned = dict(reversed(TWICE.items()))
    assert [d.day for d in read(header(turned) + TEXT).dates] == [
        date(2015, 6, 8),
        date(2015, 12, 11),
    ]


def test_two_tables_are_each_of_their_own_assessment():
    body = (
        header(TWICE)
        + "## Reassessment report\n\nGood.\n\n### Points\n\n" + table(18).partition("\n\n")[2]
        + "\n\n## Original report\n\nBad.\n\n### Points\n\n" + table(18, "No").partition("\n\n")[2]
    )  # fmt: skip
    report = read(body)
    assert {t.which: t.points[0].term for t in report.tables} == {
        Which.REASSESSMENT: "yes", Which.ORIGINAL: "no",
    }  # fmt: skip
    assert report.table and report.table.points[0].term == "yes", "the latest assessment's"
    assert report.needs_check == ()


def test_a_failed_point_on_a_page_with_two_is_not_said_to_be_of_one():
    report = read(header(TWICE) + TEXT + table({**dict.fromkeys(range(1, 19), "Yes"), 3: "No"}))
    assert report.table and not report.table.which_said
    assert report.needs_check == (
        "points: not said of which assessment, read as the reassessment's",
    )  # fmt: skip


def test_what_is_missing_is_said():
    report = read("Only text.", "Lighthouse Licence - Self Certification")
    assert report.kind is AssessmentKind.SELF_CERTIFICATION
    assert report.checks == (
        ("date", "none stated"), ("department", "none stated"), ("stage", "none stated"),
        ("result", "none stated, as in other self-certifications"), ("points", "no table"),
        ("lead", "none stated"),
    )  # fmt: skip
    assert report.assessments[0].which is Which.UNSAID


def test_a_label_in_the_summary_counts():
    labels = dict(HEADER)
    department = labels.pop("Department / Agency")
    summary = f"Keepers apply.  \n  \n**Department / Agency:**  \n{department}"
    report = read(whole(labels), summary=summary)
    assert report.department == department and not report.needs_check
    assert report.summary == "Keepers apply."
    assert report.sections[0].heading == "Assessment Report"


def test_text_with_the_words_of_labels_is_no_label():
    text = "Result:\n\nAfter consideration the panel concluded that the service is well made.\n\n"
    report = read(
        header(HEADER) + "**Stage**\n\nThe stage is not finished yet, nor the hall.\n\n" + text
    )
    assert (report.stage, len(report.results)) == ("Alpha", 1)


@pytest.mark.parametrize(
    ("stage", "moving", "phase"),
    [
        ("Alpha Review", False, Stage.ALPHA), ("beta", False, Stage.BETA),
        ("Live - Voluntary", False, Stage.LIVE), ("Live review", False, Stage.LIVE_REVIEW),
        ("Discovery", False, Stage.DISCOVERY), ("Tuesday", False, Stage.UNKNOWN),
        ("Private Beta", True, Stage.ALPHA), ("Beta", True, Stage.ALPHA),
        ("Public Beta", True, Stage.BETA), ("Live", True, Stage.LIVE),
    ],
)  # fmt: skip
def test_where_a_service_goes_is_not_what_was_assessed(stage, moving, phase):
    assert words.phase_of(stage, moving) is phase


@pytest.mark.parametrize(
    ("said", "rating"),
    [
        ("Pass", Rating.MET), ("Passed", Rating.MET), ("Met", Rating.MET), ("Not Pass",
        Rating.NOT_MET),
        ("not passed", Rating.NOT_MET), ("Not met", Rating.NOT_MET), ("Fail", Rating.NOT_MET),
        ("Pass with conditions", Rating.MET_WITH_CONDITIONS),
        ("Pass, subject to two changes", Rating.MET_WITH_CONDITIONS), ("Amber",
        Rating.MET_WITH_CONDITIONS),
        ("May proceed (see below)", None), ("Did not pass", Rating.NOT_MET), ("Not yet met",
        Rating.NOT_MET),
    ],
)  # fmt: skip
def test_results(said, rating):
    assert words.rating_of_result(said) is rating


@pytest.mark.parametrize(
    ("title", "name"),
    [
        ("Find a Lamp - Alpha Assessment", "Find a Lamp"),
        ("Find a Lamp – Self Certification", "Find a Lamp"),
        ("Find a Lamp  -  Voluntary Service Assessment", "Find a Lamp"),
        ("Digital Self Assessment (Opt in) - Live Assessment", "Digital Self Assessment (Opt in)"),
        ("Lamps – Light and Dim - Internal Service Assessment", "Lamps – Light and Dim"),
        ("Find a Lamp Beta Assessment", "Find a Lamp"),
        ("Find a Lamp: alpha reassessment", "Find a Lamp"),
        ("Find a Lamp service – Alpha", "Find a Lamp service"),
        ("Self Assessment", "Self Assessment"),
    ],
)  # fmt: skip
def test_the_name_of_the_service(title, name):
    assert words.name_of(title) == name


@pytest.mark.parametrize(
    ("label", "field"),
    [
        ("Department / Agency", words.DEPARTMENT), ("Deparment /Agency", words.DEPARTMENT),
        ("Date of Ressessment", words.DATE), ("Date of submission of additional evidence",
        words.DATE),
        ("Date of beta reassessment", words.DATE), ("Asessment stage", words.STAGE),
        ("Moving to", words.STAGE), ("Reassessment Result", words.RESULT),
        ("Result following additional evidence", words.RESULT), ("Lead Assessors", words.LEAD),
        ("Lead Assessor (reassessment)", words.LEAD), ("Product Owner", words.PEOPLE),
        ("Service Managers", words.PEOPLE), ("Recommendations", None), ("Reasons", None),
        ("Digital take-up", None), ("Next steps", None), ("Update", None),
    ],
)  # fmt: skip
def test_labels(label, field):
    assert words.field_of(label) == field


def test_a_misspelt_reassessment_is_one():
    assert words.which_of("Date of Ressessment") is Which.REASSESSMENT
    assert words.which_of("Date of Assessment") is Which.UNSAID


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"original_url": "javascript:1"}, "original_url"), ({"original_url": None},
        "original_url"),
        ({"title": " "}, "title"), ({"title": "x" * 1001}, "title"), ({"body": 7}, "body"),
        ({"summary": ["x"]}, "summary"), ({"body": "x" * 1_000_001}, "body"),
    ],
)  # fmt: skip
def test_what_is_no_report_is_refused_with_its_field(change, field):
    with pytest.raises(Invalid) as refused:
        reading.parse_report({**row("x"), **change})
    assert refused.value.field == field


def test_only_objects_are_reports():
    with pytest.raises(Invalid, match="must be an object"):
        reading.parse_report("text")
