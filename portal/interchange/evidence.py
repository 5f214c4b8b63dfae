"""What scans, invoices, reports and documents say of usages: a row each, CSV or JSON.

Columns: `service` (a name, slug or web address), `component` (a slug), `kind`, `on` (a day), and
perhaps `note` and `source`.
"""

from __future__ import annotations

from datetime import date
from pathlib import Path

from portal.catalogue.component_words import EvidenceKind
from portal.catalogue.rules.cleaners import web_address
from portal.catalogue.rules.importing import Desired, Parsed
from portal.errors import Invalid
from portal.interchange import entries
from portal.interchange.rows import Row, text

KIND = "evidence"
#: What providers say comes from them alone, and their lists have an import of their own.
KINDS = (
    EvidenceKind.SCAN, EvidenceKind.INVOICE, EvidenceKind.ASSESSMENT_REPORT, EvidenceKind.DOCUMENT,
)  # fmt: skip
NEEDED = ("service", "component", "kind", "on")


def parse(path: Path, today: date) -> Parsed:
    """Read a file of evidence.

    Args:
        path: CSV or JSON.
        today: later days are set aside.

    Raises:
        Invalid: the file cannot be read as a table, or lacks columns.
    """
    table, found = entries.read(path)
    table.need(NEEDED)
    parsed = Parsed(KIND, [table.name], aside=table.aside)
    seen: dict[tuple[object, ...], int] = {}
    for line, cells in found:
        row, column = Row(table, line, cells), "service"
        try:
            row.fields["service"] = row.need("service", text(2000))
            column = "component"
            row.fields["component"] = row.need("component", text(200))
            column = "kind"
            row.fields["kind"] = _kind(row.need("kind", text(40)))
            column = "on"
            row.fields["on"] = row.need("on", entries.day)
            entries.not_after(today, "on", row.fields["on"])
            row.fields |= {"note": row.get("note", text(1000)), "source": None}
            row.put("source", "source", lambda field, cell: web_address(field, cell or None))
            column = "service"
            first = seen.setdefault(tuple(row.fields.values()), line)
            if first != line:
                where = entries.same(table, first)
                raise Invalid("service", f"The file has this twice: {where} has it already")
        except Invalid as problem:
            row.aside(column, problem.message)
            continue
        parsed.desired.append(Desired(f"{line}", table.name, line, row.fields, ""))
    parsed.read = table.read
    return parsed


def _kind(said: str) -> str:
    if said not in KINDS:
        raise Invalid("kind", f"This must be one of {', '.join(KINDS)}")
    return said
