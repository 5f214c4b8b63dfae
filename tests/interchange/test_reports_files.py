"""Files of reports: links between them, the command, and the published file where it is there."""

from __future__ import annotations

import json
from collections import Counter
from pathlib import Path

import pytest
from flask import Flask

from portal.assessments.words import AssessmentKind
from portal.errors import Invalid
from portal.interchange.reports import linking, printing, reading
from portal.interchange.reports.shapes import LinkKind, ParsedReport
from tests.interchange.commands import run
from tests.interchange.reports import ADDRESS, HEADER, TEXT, TITLE, TWICE, header, row, table, whole

#: Real data is never committed: it stands beside the repository, where it stands at all.
PUBLISHED = Path(__file__).parents[3] / "shared" / "data" / "service-standard-reports.json"
FIRST_KEYS = [
    "original_url", "department", "dates", "stage", "results", "lead_present", "standard", "points",
    "needs_check",
]  # fmt: skip


def links(*rows: dict[str, str]) -> list[tuple[int, LinkKind, int]]:
    reports = [reading.parse_report(one, place) for place, one in enumerate(rows)]
    return [(r.place, link.kind, link.place) for r in linking.linked(reports) for link in r.links]


def failed(day: str, **more: str) -> str:
    return whole({**HEADER, "Date of Assessment": day, "Result of Assessment": "Not pass", **more})


def other(url: str, body: str, title: str = TITLE) -> dict[str, str]:
    return row(body, title, url=url)


def test_a_report_that_stands_twice_is_found():
    again = row(whole().replace("\n\n", "\n\n\n"))
    assert links(row(whole()), again) == [(1, LinkKind.DUPLICATE, 0)]
    assert links(row(whole()), other(ADDRESS.rstrip("/") + "#top", whole())) == [
        (1, LinkKind.DUPLICATE, 0)
    ]
    assert links(row(whole()), other("https://else.example/a", whole())) == [
        (1, LinkKind.DUPLICATE, 0)
    ]
    reports = [
        reading.parse_report(row(text), at) for at, text in ((0, whole()), (1, whole() + "x"))
    ]
    assert linking.linked(reports)[1].needs_check == (
        f"links: it repeats the address of another report in other words ({ADDRESS})",
        "duplicate: it repeats report 1 of the file",
    )
    third = other("https://else.example/a", whole(), TITLE + "s")
    assert links(row(whole()), third) == [(1, LinkKind.SAME_ASSESSMENT, 0)]


def test_another_report_at_the_same_address_is_to_be_checked():
    reports = [
        reading.parse_report(row(whole()), 0),
        reading.parse_report(row(failed("1/1/2014")), 1),
    ]
    first, second = linking.linked(reports)
    assert second.duplicate is None and not first.needs_check
    assert second.needs_check[0].startswith("links: another report has the same address")


def test_a_page_in_other_words_of_the_same_assessment_is_to_be_checked():
    reports = [
        reading.parse_report(row(whole()), 0),
        reading.parse_report(other("https://else.example/b", whole() + "More."), 1),
    ]
    _, second = linking.linked(reports)
    assert second.duplicate is None
    assert second.needs_check == (
        f"links: another page seems to be about the same assessment ({ADDRESS})",
    )


def test_a_reassessment_on_a_page_of_its_own_follows_the_original():
    original = row(failed("8/06/2015"))
    again = whole({**HEADER, "Date of Assessment": "1/9/2015"})
    url = ADDRESS.rstrip("/") + "-2/"
    assert links(original, other(url, again)) == [(1, LinkKind.REASSESSMENT, 0)]
    assert links(other(url, again), original) == [(0, LinkKind.REASSESSMENT, 1)]
    both = header({**TWICE, "Assessment Stage": "Alpha"}) + TEXT + table(18)
    assert links(other(url, both), original) == [(0, LinkKind.REASSESSMENT, 1)]


def test_what_only_looks_like_a_reassessment_is_none():
    later = {**HEADER, "Date of Assessment": "1/9/2015"}
    url = ADDRESS + "2"
    assert links(row(whole()), other(url, whole(later))) == [], "the first one was passed"
    beta = whole({**later, "Assessment Stage": "Beta"})
    assert links(row(failed("8/06/2015")), other(url, beta)) == [], "another phase"
    silent = whole({**HEADER, "Result of Assessment": "To follow"})
    assert links(row(silent), other(url, whole(later))) == [], "nobody knows of the first one"
    lamp = other(url, whole(later), "Lamp Licence - Service Assessment")
    assert links(row(failed("8/06/2015")), lamp) == [], "another service"
    own = other(url, whole(later), "Lighthouse Licence - Self Certification")
    assert links(row(failed("8/06/2015")), own) == [], "held by the owner"


def write(path: Path, rows: object) -> str:
    path.write_text(json.dumps(rows), encoding="utf-8")
    return str(path)


def test_the_command_prints_an_object_a_report_in_the_order_of_the_file(app: Flask, tmp_path: Path):
    both = header(TWICE) + TEXT + table({**dict.fromkeys(range(1, 19), "Yes"), 5: "N/A\\*"})
    path = write(tmp_path / "reports.json", [row(whole(points=26)), other(ADDRESS + "b", both), 7])
    result = run(app, "assessments", "parse", path, "--json")
    first, second = map(json.loads, result.stdout.splitlines())
    assert list(first)[:9] == FIRST_KEYS
    assert {key: first[key] for key in FIRST_KEYS if key != "points"} == {
        "original_url": ADDRESS, "department": "DfL / Lights Agency", "dates": ["2015-06-08"],
        "stage": "Alpha", "results": ["Pass"], "lead_present": True, "standard": 26,
        "needs_check": [],
    }  # fmt: skip
    assert first["points"] == {str(number): "yes" for number in range(1, 27)}
    assert second["dates"] == ["2015-06-08", "2015-12-11"]
    assert (second["results"], second["points"]["5"]) == (["Not Pass", "Pass"], "n/a")
    assert result.stderr == "reports.json, report 3, report: This must be an object\n"


def test_the_command_says_how_much_was_read(app: Flask, tmp_path: Path):
    path = write(tmp_path / "reports.json", [row(whole()), row("x", url=ADDRESS + "b")])
    said = run(app, "assessments", "parse", path).stdout
    assert "reports: 2\n" in said and "with a stage: 1 of 2 (50%)\n" in said
    assert "  1 × department: none stated\n" in said
    assert "reports: 0\n" in run(app, "assessments", "parse", write(tmp_path / "no", [])).stdout


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("{", "is not JSON"),
        ("{}", "must be a JSON list"),
        ("", "is not JSON"),
        ("[1]", "has no reports"),
    ],
)
def test_the_command_refuses_what_it_cannot_read(app: Flask, tmp_path: Path, text: str, why: str):
    path = tmp_path / "reports.json"
    path.write_text(text)
    result = run(app, "assessments", "parse", str(path), "--json", code=1)
    assert why in json.loads(result.stdout)["refused"]
    with pytest.raises(Invalid):
        reading.parse(tmp_path / "none.json")


@pytest.fixture(scope="module")
def published() -> tuple[ParsedReport, ...]:
    if not PUBLISHED.exists():
        pytest.skip("The published reports are not here")
    return reading.parse(PUBLISHED).reports


def test_the_published_reports_are_all_read(published: tuple[ParsedReport, ...]):
    assert len(published) == 151
    assert all(r.department and r.stage and r.lead_present for r in published)
    assert all(d.day for r in published for d in r.dates) and all(r.dates for r in published)
    silent = [r for r in published if not r.results]
    assert len(silent) == 16
    assert {r.kind for r in silent} == {AssessmentKind.SELF_CERTIFICATION}
    tables = Counter(r.table.standard for r in published if r.table and r.table.complete)
    assert tables == {26: 99, 18: 38}
    assert sum(bool(r.tables) for r in published) == 137
    terms = Counter(p.term for r in published if r.table for p in r.table.points)
    assert terms == {"yes": 2861, "no": 215, "n/a": 128, "pass": 53, "not passed": 1}


def test_the_published_reports_are_linked_and_name_nobody(published: tuple[ParsedReport, ...]):
    kinds = Counter(link.kind for r in published for link in r.links)
    assert kinds == {
        LinkKind.DUPLICATE: 1, LinkKind.REASSESSMENT: 2, LinkKind.SAME_ASSESSMENT: 1,
    }  # fmt: skip
    assert sum(len(r.assessments) == 2 for r in published) == 19
    assert sum(r.names_dropped for r in published) == 5
    raw = json.loads(PUBLISHED.read_text(encoding="utf-8"))
    changed = [r for r, row in zip(published, raw, strict=True) if r.body != row["body"].strip()]
    assert len(changed) == 6, "five lose a name, one its web page; all others are as they were"
    assert all(printing.as_object(r)["points"] == {} for r in published if not r.tables)
