"""The two service files of the Performance Platform.

`services.csv` has an address part of its own for each service (Slug), the departments as
published and before June 2016; `transaction-volumes.csv` has the rolling 12-month figures. Columns
for periods are recognised by their form, not by a list.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from portal.catalogue.rules.cleaners import NAME_LIMIT, SLUG, Document, sort_key
from portal.catalogue.rules.importing import Aside, Desired
from portal.errors import Invalid
from portal.interchange import volume_columns
from portal.interchange.rows import Row, address, called, number, owner, text
from portal.interchange.spool import Spool
from portal.interchange.tables import Table, contents, table_in
from portal.interchange.volume_columns import Column
from portal.performance.rules import periods
from portal.performance.rules import published as rules
from portal.performance.rules.published import Published
from portal.performance.words import Period

SERVICES, VOLUMES = "services-csv", "transaction-volumes"
AUDIENCES = {
    "business": ["business"],
    "individuals": ["public"],
    "business and individuals": ["business", "public"],
}
CHANGED = "2016-06-01"
CHANGED_SOURCE = "As published: department before the changes of June 2016"
KEY_LIMIT = 500
#: A hundred thousand services with all their columns are 100 MB; no page takes these files.
LARGEST = 200 * 2**20


@dataclass(frozen=True, slots=True)
class Year:
    """A column of totals for 12 months."""

    column: str
    first: date
    last: date


@dataclass(frozen=True, slots=True)
class _Form:
    """Where the two files differ: the columns' names; and the columns of values."""

    agency: str
    category: str
    previous: str | None
    years: list[Year]
    columns: list[Column]


def parse_services(path: Path) -> Published:
    """Read `services.csv`. Raises Invalid for a file that is not one."""
    name, raw = contents(path, LARGEST)
    table = table_in(name, raw)
    table.need(("Department", "Agency/body", "Name of service", "Slug", "URL",
                "Description of service"))  # fmt: skip
    previous = next((c for c in table.columns if c.startswith("Previous dept")), None)
    form = _form(table, "Agency/body", "Category", previous)
    parsed = Published(SERVICES, [table.name], desired=Spool(), aside=table.aside)
    seen: dict[str, int] = {}
    for line, cells in table.rows():
        row = Row(table, line, cells)
        try:
            slug = row.need("Slug", _slug)
            if slug in seen:
                raise Invalid("Slug", _twice(seen[slug]))
            _read(row, form)
        except Invalid as problem:
            row.aside(problem.field, problem.message)
            continue
        row.put("keywords", "Keywords", _keywords)
        row.fields["slug"] = slug
        seen[slug] = line
        parsed.desired.append(Desired(slug, table.name, line, row.fields, slug))
    parsed.read = table.read
    parsed.rows = _volumes(raw, parsed, form.columns)
    return parsed


def parse_volumes(path: Path) -> Published:
    """Read `transaction-volumes.csv`. Raises Invalid for a file that is not one."""
    name, raw = contents(path, LARGEST)
    table = table_in(name, raw)
    table.need(("Department", "Body/Agency", "Name of service", "URL", "Description of service"))
    form = _form(table, "Body/Agency", "Service Type", None)
    if not form.years:
        raise Invalid(table.name, f"{table.name} has no column of 12 months' volume")
    parsed = Published(VOLUMES, [table.name], desired=Spool(), aside=table.aside)
    seen: dict[str, int] = {}
    for line, cells in table.rows():
        row = Row(table, line, cells)
        key = _key(row)
        try:
            if key in seen:
                raise Invalid("Name of service", _twice(seen[key]))
            _read(row, form)
        except Invalid as problem:
            row.aside(problem.field, problem.message)
            continue
        seen[key] = line
        # The file has no addresses, and a name alone may be another department's service.
        parsed.desired.append(Desired(key, table.name, line, row.fields, ref=""))
    parsed.read = table.read
    parsed.rows = _volumes(raw, parsed, form.columns)
    return parsed


def _volumes(
    raw: bytes, parsed: Published, columns: list[Column]
) -> Callable[[list[Aside]], Iterator[rules.Row]]:
    """What reads the volumes of the accepted rows. All at once they would need much memory."""

    def rows(aside: list[Aside]) -> Iterator[rules.Row]:
        if not columns or not parsed.desired:
            return
        known = {(each.row, each.column) for each in parsed.aside}
        waiting = iter(parsed.desired)
        table = table_in(parsed.files[0], raw)
        following = next(waiting, None)
        for line, cells in table.listed():
            if following and following.row == line:
                new: list[Aside] = []
                yield rules.Row(following, volume_columns.read(table, line, cells, columns, new))
                aside += (each for each in new if (each.row, each.column) not in known)
                following = next(waiting, None)

    return rows


def _form(table: Table, agency: str, category: str, previous: str | None) -> _Form:
    used = [category, "Customer type", "Business model", "Keywords"]
    table.once([*used, *([previous] if previous else [])])
    columns = volume_columns.find(table)
    return _Form(agency, category, previous, _years(columns), columns)


def _years(columns: list[Column]) -> list[Year]:
    """The columns of 12 months, the oldest first. What is published counts before the sheet's sum
    of four quarters: of a caseload, that is four times too high.
    """
    years = [
        Year(each.heading, each.start, periods.end_of(each.period, each.start))
        for each in columns
        if (each.period, each.measure) == (Period.YEAR, volume_columns.TRANSACTIONS)
    ]
    return sorted(years, key=lambda year: year.last)


def _twice(line: int) -> str:
    return f"This service is in the file twice: line {line} has it already"


def _slug(column: str, cell: str) -> str | None:
    if cell and (not SLUG.match(cell) or len(cell) > 200):
        raise Invalid(column, "Use lower-case letters, digits and single hyphens, at most 200")
    return cell or None


def _keywords(column: str, cell: str) -> list[str]:
    words = [word.strip() for word in re.split("[,;]", text()(column, cell) or "")]
    if any(len(word) > NAME_LIMIT for word in words):
        raise Invalid(column, f"A keyword must be {NAME_LIMIT} characters or fewer")
    return [word for word in words if word]


def _key(row: Row) -> str:
    """What the file knows a service by: its names as written, but for case and spaces."""
    cells = (row.cells[c] for c in ("Department", "Body/Agency", "Name of service"))
    key = "\n".join(" ".join(cell.split()).casefold() for cell in cells)
    if len(key) <= KEY_LIMIT:
        return key
    return key[: KEY_LIMIT - 65] + "\n" + hashlib.sha256(key.encode()).hexdigest()


def _read(row: Row, form: _Form) -> None:
    """What both files say of a service, into the row's fields.

    Raises:
        Invalid: a cell is not valid without which the row cannot stand: its name and its owners.
    """
    row.fields["name"] = row.need("Name of service", called)
    row.fields["owners"] = _owners(row, form)
    row.fields["transactional"] = True
    row.put("purpose", "Description of service", text())
    row.put("start_page", "URL", address)
    row.put("category", form.category, text(120))
    row.put("customer_type", "Customer type", text(120))
    row.put("business_model", "Business model", text(200))
    if "customer_type" in row.fields:
        kind = (row.fields["customer_type"] or "").lower()
        if kind in AUDIENCES or not kind:
            row.fields["audiences"] = AUDIENCES.get(kind, [])
    _latest(row, form.years)


def _owners(row: Row, form: _Form) -> list[Document]:
    department, body = row.need("Department", called), row.get(form.agency, called)
    owners = [owner("accountable", department)]
    if body and sort_key(body) != sort_key(department):
        owners.append(owner("delivers", body))
    before = row.get(form.previous, called) if form.previous else None
    if before:
        # Where it turns out to be the same body, the import leaves it out again.
        owners[0]["since"] = CHANGED
        former = {**owner("accountable", before), "until": CHANGED, "source": CHANGED_SOURCE}
        owners.insert(0, former)
    return owners


def _latest(row: Row, years: list[Year]) -> None:
    """The newest published 12 months. A cell set aside may hold a newer figure than the next
    column has, so the row then says nothing of volumes.
    """
    for year in reversed(years):
        try:
            volume = row.get(year.column, number)
            if volume is not None and row.half(year.column):
                raise Invalid(year.column, "The file ends in this cell, so it may be cut off")
        except Invalid as problem:
            row.aside(year.column, problem.message)
            return
        if volume is not None:
            row.fields["yearly_transactions"] = volume
            row.fields["transactions_from"] = year.first.isoformat()
            row.fields["transactions_to"] = year.last.isoformat()
            return
