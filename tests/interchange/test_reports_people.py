"""Names of people are taken out of a report and counted, and nothing else is."""

from __future__ import annotations

from dataclasses import asdict

import pytest

from tests.interchange.reports import HEADER, TEXT, header, read, table, whole

PEOPLE = {
    **HEADER, "Lead Assessor": "Orla Quillfeather",
    "Service Manager": "Mr Tam O'Brightly / Bo Swann",
    "Digital Leader": "N.&nbsp;Wickstone",
}  # fmt: skip
TOLD = """
Orla Quillfeather presented the plan. Ms Quillfeather's notes are at
https://x.example/people/orla-quillfeather, and ORLA QUILLFEATHER will come back.
[Orla  Quillfeather](https://social.example/orla) wrote it with Tam&nbsp;O'Brightly and N Wickstone.
Write to bo.swánn@agency.example or call 020 7946 0018.
"""


def words_of(report: object) -> str:
    return str(asdict(report))  # type: ignore[call-overload]


def test_the_people_of_the_labels_are_in_no_text():
    report = read(header(PEOPLE) + TEXT + TOLD, summary="By Orla Quillfeather.")
    said = words_of(report).casefold()
    for part in ("quillfeather", "orla", "brightly", "swann", "wickstone", "7946"):
        assert part not in said, part
    assert (report.names_dropped, report.contacts_dropped) == (4, 2)
    assert report.lead_present and not [d for d in report.needs_check if d.startswith("names")]
    assert "**Lead Assessor:**  \n[name removed]" in report.body
    assert "[name removed] presented the plan. [name removed]'s notes" in report.body
    assert "Write to [contact removed] or call [contact removed]." in report.body


def test_what_is_withheld_or_empty_is_no_name():
    for said in ("[name withheld]", "TBC", "N/A", "to be confirmed", "-", "GDS"):
        report = read(whole({**HEADER, "Digital Leader": said}))
        assert (report.names_dropped, said in report.body) == (0, True), said


@pytest.mark.parametrize(
    ("value", "present", "dropped"),
    [
        ("[name withheld]", True, 0), ("[name withheld]\n\n[name withheld]", True, 0),
        ("Orla Quillfeather", True, 1), ("orla quillfeather", True, 1),
        ("Orla Quillfeather\n\nTam O'Brightly", True, 2),
        ("Orla Quillfeather and Tam O'Brightly, GDS", True, 2), ("", False, 0),
        ("Orla Quillfeather (Original) / [name withheld] (Reassessment)", True, 1),
        ("[Orla Quillfeather](mailto:orla.quillfeather@x.example)", True, 1),
        ("Orla Quillfeather - Head of Assessments", True, 1),
    ],
)  # fmt: skip
def test_the_lead(value, present, dropped):
    report = read(whole({**HEADER, "Lead Assessor": value}))
    assert (report.lead_present, report.names_dropped) == (present, dropped)
    assert "quill" not in words_of(report).lower()


def test_a_second_block_further_down_is_looked_at_too():
    later = "## Original report\n\n**Lead Assessor:** Orla Quillfeather\n\nText.\n\n"
    later += "**Product Owner:**\nTam O'Brightly\n\n"
    report = read(whole() + later)
    assert report.names_dropped == 2
    assert "Quill" not in words_of(report) and "Bright" not in words_of(report)


def test_people_whom_the_text_alone_names_are_found_by_their_given_name():
    report = read(
        header(HEADER) + "Test it with the minister, Susan Brightly, and Mrs Wickstone.\n"
    )
    assert "the minister, [name removed], and [name removed]." in report.body
    assert report.names_dropped == 2
    assert "names: 2 found in the text alone" in report.needs_check


@pytest.mark.parametrize(
    "text",
    [
        "The Victoria Street office, Stephen Lawrence House and the Elizabeth Tower are open.",
        "Ask the Service Manager, Product Owner and Digital Leader.",
        "These were:\n- Digital analyst\n- Designer\n- User researcher\n",
        "GOV.UK Verify, Google Analytics, the Rod Catch Return and Civil Service Resourcing.",
        "Use https://www.gov.uk/apply-020-7946 and 100,000 transactions in 2014 to 2015.",
        "Lloyds Bank, National Archives, Home Office and Amber Valley Council",
    ],
)
def test_other_names_stay(text):
    report = read(header(HEADER) + text)
    assert text.strip() in report.body and report.names_dropped == report.contacts_dropped == 0


def test_names_in_notes_and_tables_go_as_well():
    notes = "\n| **Details of criteria that are not applicable** |\n| 4 - see Orla Quillfeather |\n"
    report = read(header(PEOPLE) + table(18) + notes)
    assert report.table and report.table.points[3].note == "see [name removed]"


def test_a_block_in_a_table_of_two_columns():
    rows = "".join(f"| {label} | {value} |\n" for label, value in PEOPLE.items())
    report = read(rows + "\n" + TEXT + table(18))
    assert (report.department, report.stage) == ("DfL / Lights Agency", "Alpha")
    assert report.names_dropped == 4 and "Quill" not in words_of(report)


@pytest.mark.parametrize(
    "name",
    [
        "Lord Wickstone", "Baroness Wickstone-Hale", "Sir Tam Wickstone", "Dr Wickstone",
        "Yorrick Wickstone MP", "the leader, Yorrick Wickstone,", "Susan Hale Wickstone",
    ],
)  # fmt: skip
def test_people_with_titles_and_several_names(name):
    report = read(header(HEADER) + f"It was shown to {name} in May.\n")
    assert report.names_dropped == 1 and "Wickstone" not in words_of(report)


def test_offices_are_no_people():
    text = "The Lord Chancellor, the Lord Chief Justice and the Lady Day court."
    assert text in read(header(HEADER) + text).body


def test_a_role_in_the_text_with_other_words_behind_it_stays():
    text = "Notes:\n\n**User researcher:** embedded full time\n\n"
    report = read(header(HEADER) + TEXT + text)
    assert "embedded full time" in report.body and report.names_dropped == 0
