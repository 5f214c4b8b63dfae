"""What was parsed, for the command that prints it."""

from __future__ import annotations

import re
from collections import Counter
from typing import Any

from portal.assessments.words import AssessmentKind
from portal.interchange.reports.shapes import LinkKind, ParsedFile, ParsedReport


def as_object(report: ParsedReport) -> dict[str, Any]:
    """A report as an object of JSON; the points are those of the latest assessment."""
    table = report.table
    links = {kind: [link for link in report.links if link.kind is kind] for kind in LinkKind}

    def linked(kind: LinkKind) -> list[dict[str, Any]]:
        return [{"place": one.place, "original_url": one.original_url} for one in links[kind]]

    return {
        "original_url": report.original_url,
        "department": report.department,
        "dates": [one.day.isoformat() for one in report.dates if one.day],
        "stage": report.stage,
        "results": [one.verbatim for one in report.results],
        "lead_present": report.lead_present,
        "standard": table.standard if table else None,
        "points": {str(p.number): p.term for p in table.points} if table else {},
        "needs_check": list(report.needs_check),
        "title": report.title,
        "name": report.name,
        "departments": list(report.departments),
        "phase": report.phase.value,
        "kind": report.kind.value,
        "moving": report.moving,
        "dates_of": [{"verbatim": d.verbatim, "which": d.which.value} for d in report.dates],
        "results_of": [
            {"class": r.rating and r.rating.value, "which": r.which.value} for r in report.results
        ],
        "points_of": table.which.value if table else "",
        "notes": {str(p.number): p.note for p in table.points if p.note} if table else {},
        "names_dropped": report.names_dropped,
        "contacts_dropped": report.contacts_dropped,
        "duplicate_of": linked(LinkKind.DUPLICATE),
        "same_assessment_as": linked(LinkKind.SAME_ASSESSMENT),
        "reassessment_of": linked(LinkKind.REASSESSMENT),
    }


def summary(parsed: ParsedFile) -> list[str]:
    """How much of a file was read, a line each."""
    reports = parsed.reports
    stated = [r for r in reports if r.results or r.kind is not AssessmentKind.SELF_CERTIFICATION]
    tables = [r for r in reports if r.table]

    def share(name: str, found: int, of: int) -> str:
        percent = f" ({100 * found / of:.0f}%)" if of else ""
        return f"{name}: {found} of {of}{percent}"

    def links(kind: LinkKind) -> int:
        return sum(link.kind is kind for r in reports for link in r.links)

    total = len(reports)
    return [
        f"reports: {total}",
        share("with a department", sum(bool(r.department) for r in reports), total),
        share("with a date", sum(any(d.day for d in r.dates) for r in reports), total),
        share("with a stage", sum(bool(r.stage) for r in reports), total),
        share("with a lead assessor", sum(r.lead_present for r in reports), total),
        share("with a result", sum(bool(r.results) for r in reports), total),
        share(
            "with a result, self-certifications without one left out",
            sum(bool(r.results) for r in stated), len(stated),
        ),
        share("complete tables of points", sum(bool(r.table and r.table.complete) for r in tables),
              len(tables)),
        f"with an original and a reassessment: {sum(len(r.assessments) > 1 for r in reports)}",
        f"reassessments of another report: {links(LinkKind.REASSESSMENT)}",
        f"duplicates: {links(LinkKind.DUPLICATE)}",
        f"other pages of the same assessment: {links(LinkKind.SAME_ASSESSMENT)}",
        f"names of people dropped: {sum(r.names_dropped for r in reports)}",
        f"ways to reach them dropped: {sum(r.contacts_dropped for r in reports)}",
        f"to be checked: {sum(bool(r.needs_check) for r in reports)}",
        f"set aside: {len(parsed.aside)}",
    ]  # fmt: skip


def doubts(parsed: ParsedFile) -> list[tuple[str, int]]:
    """What is to be checked, without the words of single reports, and in how many; most first."""
    found = (re.sub(r" \(.*| '.*", "", doubt) for r in parsed.reports for doubt in r.needs_check)
    return Counter(found).most_common()
