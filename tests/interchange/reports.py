"""Reports of our own, in the shape of those that are published."""

from __future__ import annotations

from portal.interchange.reports import reading
from portal.interchange.reports.shapes import ParsedReport

ADDRESS = "https://reports.example/lighthouse-licence-service-assessment/"
TITLE = "Lighthouse Licence - Service Assessment"
HEADER = {
    "Department / Agency": "DfL / Lights Agency",
    "Date of Assessment": "8/06/2015",
    "Assessment Stage": "Alpha",
    "Result of Assessment": "Pass",
    "Lead Assessor": "[name withheld]",
    "Service Manager": "[name withheld]",
    "Digital Leader": "[name withheld]",
}
TWICE = {
    "Department / Agency": "DfL",
    "Date of Original Assessment": "8/06/2015",
    "Date of Reassessment": "11/12/2015",
    "Assessment Stage": "beta",
    "Result of Original Assessment": "Not Pass",
    "Result of Reassessment": "Pass",
    "Lead Assessor": "[name withheld] (Original) / [name withheld] (Reassessment)",
}
TEXT = """## **Assessment Report**

**Outcome of service assessment**

After consideration the panel found that keepers can apply without help.

**Reasons**

- Keepers were asked what they need.
- The Service Manager decides what is built next.

_Testing with the minister_

The team will show it before it goes live.

"""


def header(labels: dict[str, str]) -> str:
    """A block of labels as it is published, each value on the line below."""
    return "".join(f"**{label}:**  \n{value}\n\n" for label, value in labels.items()) + "* * *\n\n"


def table(cells: dict[int, str] | int, last: str = "Yes", head: str = "Passed") -> str:
    """A table of points, two pairs a row."""
    if isinstance(cells, int):
        cells = dict.fromkeys(range(1, cells + 1), last)
    pairs = [f"| {number} | {cell} " for number, cell in cells.items()]
    rows = ["".join(pairs[at : at + 2]) + "|" for at in range(0, len(pairs), 2)]
    heads = f"| **Criteria** | **{head}** | **Criteria** | **{head}** |"
    return "\n".join(["## Service Standard criteria", "", heads, *rows, ""])


def row(
    body: str, title: str = TITLE, summary: str = "Keepers apply.", url: str = ADDRESS
) -> dict[str, str]:
    """A report as it stands in a file."""
    return {"original_url": url, "title": title, "summary": summary, "body": body}


def read(body: str, title: str = TITLE, summary: str = "Keepers apply.") -> ParsedReport:
    """A report, parsed."""
    return reading.parse_report(row(body, title, summary))


def whole(labels: dict[str, str] | None = None, points: int = 18) -> str:
    """The body of a report of one assessment."""
    return header(labels or HEADER) + TEXT + "* * *\n\n" + table(points)


def facts(report: ParsedReport) -> tuple[object, ...]:
    """What was read of a report, however it was set."""
    return (
        report.department, [(d.day, d.which) for d in report.dates], report.stage, report.phase,
        [(r.verbatim, r.rating, r.which) for r in report.results], report.lead_present,
        [(t.standard, [(p.number, p.term) for p in t.points]) for t in report.tables],
        report.needs_check, report.names_dropped,
    )  # fmt: skip
