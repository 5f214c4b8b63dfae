"""How much of shared components services used, by financial year: a row each, CSV or JSON, as the
lists of volumes on the pages of components are downloaded.

Columns: `component` (a slug), `service` (a name, slug or web address), `year` (2025, 2025-26 or
2025 to 2026), `quantity`, and perhaps `need` (a slug) and `source`.
"""

from __future__ import annotations

import re
from datetime import date
from pathlib import Path

from portal.catalogue.rules.cleaners import plain_text
from portal.catalogue.rules.importing import Desired, Parsed
from portal.catalogue.rules.measuring import FIRST, financial_year
from portal.errors import Invalid
from portal.interchange import entries
from portal.interchange.rows import Row, number, text

KIND = "volumes"
NEEDED = ("component", "service", "year", "quantity")
_YEAR = re.compile(r"([0-9]{4})(?:(?:\s*[-–/]\s*|\s+to\s+)(?:20|19)?([0-9]{2}))?")


def parse(path: Path, today: date) -> Parsed:
    """Read a file of volumes.

    Args:
        path: CSV or JSON.
        today: years that begin later are set aside.

    Raises:
        Invalid: the file cannot be read as a table, or lacks columns.
    """
    table, found = entries.read(path)
    table.need(NEEDED)
    parsed = Parsed(KIND, [table.name], aside=table.aside)
    seen: dict[tuple[object, ...], int] = {}
    for line, cells in found:
        row, column = Row(table, line, cells), "component"
        try:
            component = row.need("component", text(200))
            column = "service"
            service = row.need("service", text(2000))
            column = "need"
            need = row.get("need", text(200))
            column = "year"
            year = _not_later(today, row.need("year", _year))
            column = "quantity"
            row.fields["quantity"] = row.need("quantity", number)
            if row.half("quantity"):
                raise Invalid("quantity", "The file ends in this cell, so it may be cut off")
            row.put("source", "source", lambda field, cell: plain_text(field, cell, 2000))
            column = "service"
            first = seen.setdefault((component, service, need, year), line)
            if first != line:
                where = entries.same(table, first)
                raise Invalid("service", f"The file has this twice: {where} has it already")
        except Invalid as problem:
            row.aside(column, problem.message)
            continue
        of = {"component": component, "service": service, "need": need, "year": year}
        parsed.desired.append(Desired("", table.name, line, {**of, **row.fields}, ""))
    parsed.read = table.read
    return parsed


def _year(column: str, cell: str) -> int | None:
    if not cell:
        return None
    found = _YEAR.fullmatch(cell)
    begins = int(found[1]) if found else 0
    ends = found[2] if found else None
    if begins < FIRST or (ends is not None and int(ends) != (begins + 1) % 100):
        raise Invalid(column, "Give a financial year by the year in which it begins, like 2025")
    return begins


def _not_later(today: date, year: int) -> int:
    if year > financial_year(today):
        raise Invalid("year", "This financial year has not begun yet")
    return year
