"""The two service files of the Performance Platform.

`services.csv` has an address part of its own for each service (Slug), the departments as
published and before June 2016; `transaction-volumes.csv` has the rolling 12-month figures. Columns
for periods are recognised by their form, not by a list.
"""

from __future__ import annotations

import calendar
import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from portal.catalogue.rules.documents import (
    SLUG,
    Document,
    plain_text,
    slugify,
    sort_key,
    web_address,
)
from portal.catalogue.rules.importing import Aside, Desired, Parsed
from portal.errors import Invalid
from portal.interchange.tables import Table, read_table

SERVICES, VOLUMES = "services-csv", "transaction-volumes"
MONTHS = {name.lower()[:3]: n for n, name in enumerate(calendar.month_name) if name}
LONG = re.compile(r"^([A-Za-z]+) (\d{4}) to ([A-Za-z]+) (\d{4}): volume$")
SHORT = re.compile(r"^Total\s+([A-Za-z]{3})(\d{2})\s*-\s*([A-Za-z]{3})(\d{2})\s*\[12 MONTHS\]$")
NOTHING = ("", "-", "n/a", "[not provided]", "not provided")
AUDIENCES = {
    "business": ["business"],
    "individuals": ["public"],
    "business and individuals": ["business", "public"],
}
CHANGED = "2016-06-01"
CHANGED_SOURCE = "As published: department before the changes of June 2016"


@dataclass(frozen=True, slots=True)
class Year:
    """A column of totals for 12 months."""

    column: str
    first: date
    last: date


@dataclass(slots=True)
class _Row:
    """One row being read; complaints go to the parsed source with their place."""

    parsed: Parsed
    table: Table
    line: int
    cells: dict[str, str]
    whole: bool = True

    def text(self, column: str, limit: int = 20_000) -> str | None:
        """A cell's text, None where it says nothing."""
        value = " ".join(self.cells.get(column, "").split())
        if value.lower() in NOTHING:
            return None
        try:
            return plain_text(column, value, limit)
        except Invalid as problem:
            self.aside(column, problem.message)
            return None

    def address(self, column: str) -> str | None:
        """A cell's web address; anything else is set aside."""
        try:
            return web_address(column, self.text(column))
        except Invalid as problem:
            self.aside(column, problem.message)
            return None

    def volume(self, year: Year) -> int | None:
        """A whole number of transactions; None for "not published"."""
        value = self.cells[year.column]
        if value.lower() in NOTHING:
            return None
        digits = value.replace(",", "")
        if digits.isascii() and digits.isdigit() and len(digits) < 16:
            return int(digits)
        self.aside(year.column, "This is not a whole number")
        return None

    def aside(self, column: str, reason: str) -> None:
        """Keep a cell that is not accepted."""
        value = self.cells.get(column, "")[:300]
        self.parsed.aside.append(Aside(self.table.name, self.line, column, value, reason))

    def latest(self, years: list[Year]) -> Document:
        """The newest published 12 months."""
        for year in reversed(years):
            volume = self.volume(year)
            if volume is not None:
                return {
                    "yearly_transactions": volume,
                    "transactions_from": year.first.isoformat(),
                    "transactions_to": year.last.isoformat(),
                }
        return {}


def parse_services(path: Path) -> Parsed:
    """Read `services.csv`. Raises Invalid for a file that is not one."""
    needed = (
        "Department",
        "Agency/body",
        "Name of service",
        "Slug",
        "URL",
        "Description of service",
    )
    table = read_table(path, needed)
    previous = _column(table, "Previous dept")
    parsed, years = _begin(SERVICES, table)
    seen: set[str] = set()
    for line, cells in table.rows:
        row = _Row(parsed, table, line, cells)
        slug = cells["Slug"]
        if not SLUG.match(slug) or len(slug) > 200:
            row.aside("Slug", "Use lower-case letters, digits and hyphens, at most 200")
            continue
        if slug in seen:
            row.aside("Slug", "This service is in the file twice")
            continue
        seen.add(slug)
        fields = _fields(row, "Agency/body", "Category", years)
        if fields is None:
            continue
        fields["slug"] = slug
        keywords = row.text("Keywords")
        fields["keywords"] = [k.strip() for k in re.split("[,;]", keywords or "") if k.strip()]
        before = row.text(previous) if previous else None
        if before:
            _history(fields, before)
        parsed.desired.append(Desired(slug, table.name, line, fields, slug))
    return parsed


def parse_volumes(path: Path) -> Parsed:
    """Read `transaction-volumes.csv`. Raises Invalid for a file that is not one."""
    needed = ("Department", "Body/Agency", "Name of service", "URL", "Description of service")
    table = read_table(path, needed)
    parsed, years = _begin(VOLUMES, table)
    if not years:
        raise Invalid(table.name, f"{table.name} has no column of 12 months' volume")
    seen: set[str] = set()
    for line, cells in table.rows:
        row = _Row(parsed, table, line, cells)
        key = "|".join(sort_key(cells[c]) for c in ("Department", "Body/Agency", "Name of service"))
        if key in seen:
            row.aside("Name of service", "This service is in the file twice")
            continue
        seen.add(key)
        fields = _fields(row, "Body/Agency", "Service Type", years)
        if fields is not None:
            slug = slugify(fields["name"])
            parsed.desired.append(Desired(key[:500], table.name, line, fields, slug))
    return parsed


def _begin(kind: str, table: Table) -> tuple[Parsed, list[Year]]:
    parsed = Parsed(kind, [table.name], read=len(table.rows) + len(table.aside))
    parsed.aside.extend(table.aside)
    return parsed, sorted(_years(parsed, table), key=lambda year: year.last)


def _column(table: Table, start: str) -> str | None:
    return next((c for c in table.columns if c.startswith(start)), None)


def _years(parsed: Parsed, table: Table) -> Iterable[Year]:
    seen: set[tuple[date, date]] = set()
    for column in table.columns:
        long, short = LONG.match(column), SHORT.match(column)
        found = long or short
        if not found:
            continue
        month, year, last_month, last_year = found.groups()
        century = 2000 if short else 0
        months = (MONTHS.get(month[:3].lower()), MONTHS.get(last_month[:3].lower()))
        if months[0] is None or months[1] is None:
            continue
        last_day = calendar.monthrange(int(last_year) + century, months[1])[1]
        first = date(int(year) + century, months[0], 1)
        last = date(int(last_year) + century, months[1], last_day)
        if (last.year - first.year) * 12 + last.month - first.month == 11:
            # services.csv repeats its total's heading for the digital total, further right.
            if (first, last) not in seen:
                yield Year(column, first, last)
            seen.add((first, last))
        else:
            parsed.aside.append(
                Aside(table.name, 1, column, None, "The column does not cover 12 months")
            )


def _fields(row: _Row, agency: str, category: str, years: list[Year]) -> Document | None:
    """What both files say of a service; None (and a complaint) where there is no name or owner."""
    name, department = row.text("Name of service", 300), row.text("Department", 300)
    for column, value in (("Name of service", name), ("Department", department)):
        if value is None:
            row.aside(column, "This is needed")
            return None
    body = row.text(agency, 300)
    customers = row.text("Customer type", 120)
    fields: Document = {
        "name": name,
        "purpose": row.text("Description of service"),
        "category": row.text(category, 120),
        "customer_type": customers,
        "business_model": row.text("Business model", 200),
        "audiences": AUDIENCES.get((customers or "").lower(), []),
        "start_page": row.address("URL"),
        "transactional": True,
        "owners": [_owner("accountable", department)],
    }
    if body and sort_key(body) != sort_key(str(department)):
        fields["owners"].append(_owner("delivers", body))
    fields.update(row.latest(years))
    return fields


def _owner(role: str, name: str | None) -> Document:
    return {
        "role": role, "organisation": None, "published_name": name, "since": None, "until": None,
        "source": None,
    }  # fmt: skip


def _history(fields: Document, before: str) -> None:
    """The department before June 2016, as an accountable owner that ended then. Where it turns
    out to be the same body, the import leaves it out again.
    """
    fields["owners"][0]["since"] = CHANGED
    former = _owner("accountable", before)
    former.update(until=CHANGED, source=CHANGED_SOURCE)
    fields["owners"].insert(0, former)
