"""Past reports as an import takes them: what was read of each page, as its document."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from datetime import date
from pathlib import Path

from portal.assessments.rules.publication_filter import names_with
from portal.assessments.rules.report_texts import parts_with
from portal.assessments.words import AssessmentKind, CheckState, Rating
from portal.catalogue.rules.cleaners import Document
from portal.catalogue.rules.importing import Aside, Desired, Parsed
from portal.interchange.reports import markdown, people, reading
from portal.interchange.reports.shapes import (
    Assessment,
    LinkKind,
    ParsedFile,
    ParsedReport,
    Point,
    Section,
    Table,
    Which,
)

KIND = "reports"
LONGEST = 300


def parse(path: Path) -> Parsed:
    """Read a file of reports, for `assessments.actions.import_reports.apply`.

    Raises:
        Invalid: the file cannot be read, or is no JSON list.
    """
    return desired(reading.parse(path))


def desired(parsed: ParsedFile) -> Parsed:
    """The documents of reports that were read, each with the reports that it belongs with."""
    found = Parsed(KIND, [parsed.name], read=len(parsed.reports) + len(parsed.aside))
    found.aside = [Aside(parsed.name, a.entry, a.field, None, a.reason) for a in parsed.aside]
    keys = _keys(parsed.reports)
    for report in parsed.reports:
        key = keys[report.place]
        fields = {**_report(report), **_links(report, keys)}
        for position, each in enumerate(_assessments(report), start=1):
            said = _assessment(report, each)
            fields |= {f"{position}.{name}": value for name, value in said.items()}
        found.desired.append(Desired(key, parsed.name, report.place + 1, fields, key))
    return found


def _keys(reports: tuple[ParsedReport, ...]) -> dict[int, str]:
    """What tells a report from all others: its address, with a number where others have it too."""
    seen: Counter[str] = Counter()
    found = {}
    for report in reports:
        address = report.original_url[:480]
        seen[address] += 1
        number = seen[address]
        found[report.place] = address if number == 1 else f"{address} {number}"
    return found


def _report(report: ParsedReport) -> Document:
    return {
        "title": report.title[:LONGEST],
        "summary": _plain(report.summary) or None,
        "body": report.body,
        "source": report.original_url,
        "names_dropped": report.names_dropped,
        "verbatim": {
            "department": report.department,
            "stage": report.stage,
            "dates": [one.verbatim for one in report.dates],
            "results": [one.verbatim for one in report.results],
            "labels": [[one.label, one.value] for one in report.labels],
            "notes": [table.notes for table in report.tables if table.notes],
            "sections": _sections(report.sections),
        },
        "checks": [_check(*each) for each in report.checks],
    }  # fmt: skip


def _sections(found: Iterable[Section]) -> list[Document]:
    return [
        {"level": s.level, "heading": s.heading, "text": s.text, "which": s.which.value}
        for s in found
    ]


def install() -> None:
    """Let corrected texts be parted, and drafts be searched for names, like those that are read."""
    parts_with(lambda body: _sections(reading.sections_of(body)))
    names_with(people.found)


def _plain(text: str) -> str:
    return "\n".join(markdown.plain(line) for line in text.splitlines()).strip()


def _check(field: str, reason: str) -> Document:
    state = CheckState.OPEN.value
    return {"field": field[:60], "reason": reason[:500], "state": state, "note": None}


def _links(report: ParsedReport, keys: dict[int, str]) -> Document:
    """The reports of the file that this one repeats or follows, by their keys."""
    of = {link.kind: keys[link.place] for link in reversed(report.links)}
    return {"repeats": of.get(LinkKind.DUPLICATE), "follows": of.get(LinkKind.REASSESSMENT)}


def _assessment(report: ParsedReport, each: Assessment) -> Document:
    dated, result, table = each.dated, each.result, each.table
    day: date | None = dated.day if dated else None
    return {
        "name": (report.name or report.title)[:LONGEST],
        "stage": report.phase.value,
        "kind": _kind(report, each).value,
        "held_on": day.isoformat() if day else None,
        "scheme": table.scheme.value if table and table.scheme else None,
        "result": _rating(result.rating if result else None),
        "result_verbatim": result.verbatim[:200] if result else None,
        "table": table.standard if table and table.complete else None,
        "lead_present": report.lead_present,
        "owners": [name[:LONGEST] for name in dict.fromkeys(report.departments) if name],
        "points": _points(table),
    }


def _points(table: Table | None) -> list[Document]:
    """The points of a table, each once."""
    by_number = {point.number: _point(point) for point in table.points} if table else {}
    return [by_number[number] for number in sorted(by_number)]


def _point(point: Point) -> Document:
    rating = _rating(point.rating)
    return {"number": point.number, "verbatim": (point.verbatim or point.term or "?")[:100],
            "rating": rating, "reason": point.note or None, "carried": False}  # fmt: skip


def _rating(rating: Rating | None) -> str:
    return (rating or Rating.NOT_RATED).value


def _kind(report: ParsedReport, each: Assessment) -> AssessmentKind:
    return AssessmentKind.REASSESSMENT if _follows(report) else each.kind


def _follows(report: ParsedReport) -> bool:
    return any(link.kind is LinkKind.REASSESSMENT for link in report.links)


def _assessments(report: ParsedReport) -> tuple[Assessment, ...]:
    """Its assessments, without an original that is that of the other page, which it follows."""
    every = report.assessments
    again = tuple(each for each in every if each.which is Which.REASSESSMENT)
    return again if again and _follows(report) else every
