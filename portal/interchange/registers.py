"""The organisation registers (TSV), and the project's own facts beside them.

Each register is known by the column that names it, so files may have any name. The registers hold
names and some dates; parents, kinds, aliases, successions and newer bodies come from
portal/catalogue/facts/, each row with its source.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

from portal.catalogue.rules.cleaners import Document
from portal.catalogue.rules.importing import Aside, Desired, Parsed
from portal.errors import Invalid
from portal.interchange.rows import Row, address, called
from portal.interchange.tables import Table, read_table

FACTS = Path(__file__).resolve().parent.parent / "catalogue" / "facts"
KIND = "organisations"
#: The registers of local authorities, with the columns each has beside those that all have.
LOCAL: dict[str, tuple[str, ...]] = {
    "local-authority-eng": ("official-name",),
    "local-authority-sct": ("official-name",),
    "local-authority-nir": (),
    "principal-local-authority": ("official-name", "name-cy", "official-name-cy"),
}
SCHEMES: dict[str, tuple[str, ...]] = {"government-organisation": (), **LOCAL}
#: Files of the same folder that hold no organisations, by the columns they are known by.
PASSED_OVER = {
    ("local-authority-type", "name"): "the types of local authority are known already",
    ("name", "local-authority"): "spellings are matched, not imported",
}
NAMES = (
    ("name", "en", "name"),
    ("official-name", "en", "official"),
    ("name-cy", "cy", "name"),
    ("official-name-cy", "cy", "official"),
)
CODE = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,59}", re.ASCII)
DATE = re.compile(r"\d{4}(-\d\d(-\d\d)?)?", re.ASCII)
#: Day 0 of spreadsheets: a cell that said 1997 and was made a date says 1905-06-19.
DAY_ZERO = date(1899, 12, 30)


@dataclass(slots=True)
class _Reading:
    """Organisations as they are put together from several files."""

    parsed: Parsed
    found: dict[str, Desired]

    def each(self, name: str, needed: list[str]) -> Iterable[tuple[dict[str, str], Document]]:
        """The rows of a facts file whose organisation is among those read."""
        for _, row in read_table(FACTS / name, needed, "\t").rows():
            desired = self.found.get(row[needed[0]])
            if desired is not None:
                yield row, desired.fields


def parse(paths: Iterable[Path]) -> Parsed:
    """Read register files into organisations.

    Raises:
        Invalid: a file cannot be read as a table, or is no register that the portal knows.
    """
    reading = _Reading(Parsed(KIND, []), {})
    for path in paths:
        _register(reading, path)
    if not reading.parsed.read:
        raise Invalid("files", "None of these files holds organisations")
    _facts(reading)
    reading.parsed.desired = list(reading.found.values())
    return reading.parsed


def _register(reading: _Reading, path: Path) -> None:
    table = read_table(path, (), "\t")
    reading.parsed.files.append(table.name)
    reading.parsed.aside.extend(table.aside)
    table.aside = reading.parsed.aside
    scheme = _scheme(table)
    if scheme is None:
        return
    table.need((scheme, "name", "start-date", "end-date", *SCHEMES[scheme]))
    table.once([*(column for column, _, _ in NAMES), "website"])
    for line, cells in table.rows():
        row = Row(table, line, cells)
        try:
            _organisation(reading, row, scheme)
        except Invalid as problem:
            row.aside(problem.field, problem.message)
    reading.parsed.read += table.read


def _scheme(table: Table) -> str | None:
    """Which register a table is, whatever order its columns have; None for one passed over."""
    schemes = [scheme for scheme in SCHEMES if scheme in table.columns]
    if len(schemes) == 1:
        return schemes[0]
    for columns, why in PASSED_OVER.items():
        if not schemes and set(columns) <= set(table.columns):
            table.aside.append(Aside(table.name, None, None, None, f"Not imported: {why}"))
            return None
    if schemes:
        both = " and ".join(map(repr, schemes))
        raise Invalid(table.name, f"{table.name} has the columns of several registers: {both}")
    raise Invalid(table.name, f"{table.name} is no register the portal knows; {table.has()}")


def _organisation(reading: _Reading, row: Row, scheme: str) -> None:
    """Read a row; raises Invalid where one of its codes, names or dates is not valid."""
    identifier = f"{scheme}:{row.need(scheme, _code)}"
    names = [
        (row.need(column, called) if column == "name" else row.get(column, called), language, kind)
        for column, language, kind in NAMES
    ]
    if identifier in reading.found:
        other = reading.found[identifier]
        place = f"{other.file}, line {other.row}"
        raise Invalid(scheme, f"This organisation is in the files twice: {place} has it already")
    since, until = _dates(row)
    row.put("website", "website", address)
    row.fields |= {
        "kind": "local_authority" if scheme in LOCAL else "other",
        "name": names[0][0],
        "identifiers": [identifier],
        "names": [_name(*name, since, until) for name in names if name[0]],
        "aliases": [], "parents": [], "successions": [], "abbreviation": None,
    }  # fmt: skip
    table = row.table
    reading.found[identifier] = Desired(identifier, table.name, row.line, row.fields, identifier)


def _code(column: str, cell: str) -> str | None:
    if cell and not CODE.fullmatch(cell):
        raise Invalid(column, "Use letters, digits, hyphens and dots, at most 60")
    return cell or None


def _dates(row: Row) -> tuple[str | None, str | None]:
    """The first and the last day, as the names have them as well. Part dates (2011, 2011-04) are
    the first day they can mean. A year that was turned into a day is not known, and the row then
    says nothing of that date.
    """
    written: dict[str, str | None] = {}
    for column in ("start-date", "end-date"):
        day = row.get(column, _day)
        year = (date.fromisoformat(day) - DAY_ZERO).days if day else 0
        if 1900 <= year <= 2100:
            reason = f"This looks like the year {year} that a spreadsheet turned into a day"
            row.aside(column, reason)
            written[column] = None
            continue
        if row.half(column) and 0 < len(row.cells[column]) < len("2015-03-31"):
            raise Invalid(column, "The file ends in this cell, so it may be cut off")
        row.fields[column.replace("-", "_")] = day
        written[column] = row.cells[column] or None
    start, end = written["start-date"], written["end-date"]
    if start and end:
        shared = min(len(start), len(end))
        if end[:shared] < start[:shared]:
            raise Invalid("end-date", "It ends before it starts")
        # It started in April 2011 and ended in 2011: not before April.
        row.fields["end_date"] = max(row.fields["end_date"], row.fields["start_date"])
    return row.fields.get("start_date"), row.fields.get("end_date")


def _day(column: str, cell: str) -> str | None:
    if not cell:
        return None
    try:
        if not DATE.fullmatch(cell):
            raise ValueError
        return date.fromisoformat("-".join([*cell.split("-"), "01", "01"][:3])).isoformat()
    except ValueError:
        raise Invalid(column, "This is not a date") from None


def _name(name: str, language: str, kind: str, since: Any, until: Any) -> Document:
    return {"name": name, "language": language, "kind": kind, "since": since, "until": until}


def _facts(reading: _Reading) -> None:
    """Add the project's own facts to the organisations read, and the newer bodies. Links are
    stated whether or not these files hold their other end: it may be in the catalogue.
    """
    _newer_bodies(reading)
    for row, fields in reading.each("kinds.tsv", ["id", "kind", "abbreviation"]):
        fields["kind"] = row["kind"]
        fields["abbreviation"] = row["abbreviation"] or fields["abbreviation"]
    for row, fields in reading.each("ended.tsv", ["id", "end_date"]):
        _end(fields, row["end_date"])
    renamed: dict[tuple[str, str], list[Document]] = {}
    for row, fields in reading.each("names.tsv", ["id", "name", "kind", "language"]):
        since, until = row["since"] or None, row["until"] or None
        name = _name(row["name"], row["language"], row["kind"], since, until)
        if row["language"] == "en":
            renamed.setdefault((row["id"], row["kind"]), []).append(name)
        else:
            fields["names"].append(name)
    for (identifier, kind), names in renamed.items():
        _rename(reading.found[identifier].fields, kind, names)
    for row, fields in reading.each("aliases.tsv", ["id", "alias", "source"]):
        if row["alias"] not in [a["alias"] for a in fields["aliases"]]:
            fields["aliases"].append({"alias": row["alias"], "source": row["source"]})
    for row, fields in reading.each("parents.tsv", ["child", "parent", "relation"]):
        fields["parents"].append({
            "organisation": row["parent"], "relation": row["relation"],
            "since": row["since"] or None, "until": row["until"] or None,
            "source": row["source"],
        })  # fmt: skip
    for row, fields in reading.each("successions.tsv", ["predecessor", "kind", "on"]):
        fields["successions"].append({
            "kind": row["kind"], "successor": row["successor"] or None, "on": row["on"],
            "source": row["source"],
        })  # fmt: skip
    for desired in reading.found.values():
        desired.fields["name"] = _shown(desired.fields)
        desired.fields["aliases"].sort(key=lambda a: a["alias"])


def _end(fields: Document, day: str) -> None:
    """The day a body ended; it wins over the register's, which may be only a year."""
    former, fields["end_date"] = fields.get("end_date"), day
    for name in fields["names"]:
        if name["until"] in (None, former):
            name["until"] = day


def _rename(fields: Document, kind: str, names: list[Document]) -> None:
    """Put the dated English names of a kind before the register's one, which goes where the last
    of them is the name still.
    """
    names.sort(key=lambda n: n["until"] or "9999")
    last = names[-1]["until"]
    only = next((n for n in fields["names"] if (n["language"], n["kind"]) == ("en", kind)), None)
    if only and last in (None, fields.get("end_date")):
        fields["names"].remove(only)
    elif only:
        only["since"] = last
    fields["names"] = [*names, *fields["names"]]


def _shown(fields: Document) -> str:
    """The last English name: for councils the official one, for "Leeds" alone is the city."""
    found = {n["kind"]: n["name"] for n in fields["names"] if n["language"] == "en"}
    official = found.get("official") if fields["kind"] == "local_authority" else None
    return str(official or found["name"])


def _newer_bodies(reading: _Reading) -> None:
    """Bodies that came after the registers, where their register (or any) is being read."""
    read = {identifier.split(":")[0] for identifier in reading.found}
    table = read_table(FACTS / "organisations.tsv", ("id", "name", "kind", "source"), "\t")
    for line, row in table.rows():
        scheme = row["id"].split(":")[0]
        local = row["kind"] == "local_authority"
        if row["id"] in reading.found or not _belongs(scheme, local, read):
            continue
        since, until = row["start_date"] or None, row["end_date"] or None
        names = [_name(row["name"], "en", "name", since, until)]
        if row["official_name"]:
            names.append(_name(row["official_name"], "en", "official", since, until))
        if row["name_cy"]:
            names.append(_name(row["name_cy"], "cy", "name", since, until))
        fields: Document = {
            "kind": row["kind"], "name": row["name"], "website": row["website"] or None,
            "start_date": since, "end_date": until, "identifiers": [row["id"]], "names": names,
            "aliases": [], "parents": [], "successions": [],
            "abbreviation": row["abbreviation"] or None,
        }  # fmt: skip
        reading.found[row["id"]] = Desired(row["id"], table.name, line, fields, row["id"])


def _belongs(scheme: str, local: bool, read: set[str]) -> bool:
    if scheme in SCHEMES:
        return scheme in read
    return bool(read & set(LOCAL)) if local else "government-organisation" in read
