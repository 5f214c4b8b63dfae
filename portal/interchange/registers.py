"""The organisation registers (TSV), and the project's own facts beside them.

Each register is known by its first column, so files may have any name. The registers hold names
and some dates; parents, kinds, aliases, successions and newer bodies come from
portal/catalogue/facts, each row with its source.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

from portal.catalogue.rules.documents import Document
from portal.catalogue.rules.importing import Aside, Desired, Parsed
from portal.errors import Invalid
from portal.interchange.tables import Table, read_table

FACTS = Path(__file__).resolve().parent.parent / "catalogue" / "facts"
KIND = "organisations"
LOCAL = ("local-authority-eng", "local-authority-sct", "local-authority-nir",
         "principal-local-authority")  # fmt: skip
SCHEMES = ("government-organisation", *LOCAL)
PASSED_OVER = {
    "local-authority-type": "the types of local authority are known already",
    "name": "spellings are matched, not imported",
}


@dataclass(slots=True)
class _Reading:
    """Organisations as they are put together from several files."""

    parsed: Parsed
    found: dict[str, Desired]

    def aside(self, table: Table, line: int, column: str | None, value: str, why: str) -> None:
        self.parsed.aside.append(Aside(table.name, line, column, value, why))

    def each(self, name: str, needed: list[str]) -> Iterable[tuple[int, dict[str, str], Document]]:
        """The rows of a facts file whose organisation is among those read."""
        table = read_table(FACTS / name, needed, "\t")
        for line, row in table.rows:
            desired = self.found.get(row[needed[0]])
            if desired is not None:
                yield line, row, desired.fields


def parse(paths: Iterable[Path]) -> Parsed:
    """Read register files into organisations.

    Raises:
        Invalid: a file cannot be read as a table, or is no register that the portal knows.
    """
    parsed = Parsed(KIND, [p.name for p in paths])
    reading = _Reading(parsed, {})
    for path in paths:
        _register(reading, path)
    if not reading.found:
        raise Invalid("files", "None of these files holds organisations")
    _facts(reading)
    parsed.desired = list(reading.found.values())
    return parsed


def _register(reading: _Reading, path: Path) -> None:
    table = read_table(path, (), "\t")
    scheme = table.columns[0]
    if scheme in PASSED_OVER:
        reading.parsed.aside.append(
            Aside(table.name, None, None, None, f"Not imported: {PASSED_OVER[scheme]}")
        )
        return
    if scheme not in SCHEMES:
        raise Invalid(table.name, f"{table.name} is no register the portal knows: its first "
                      f"column is {scheme[:80]!r}")  # fmt: skip
    table = read_table(path, (scheme, "name", "start-date", "end-date"), "\t")
    reading.parsed.aside.extend(table.aside)
    reading.parsed.read += len(table.rows) + len(table.aside)
    for line, row in table.rows:
        _organisation(reading, table, scheme, line, row)


def _organisation(
    reading: _Reading, table: Table, scheme: str, line: int, row: dict[str, str]
) -> None:
    code, name = row[scheme], row["name"]
    if not code or not name:
        column = scheme if not code else "name"
        reading.aside(table, line, column, "", "This is needed")
        return
    identifier = f"{scheme}:{code}"
    if identifier in reading.found:
        reading.aside(table, line, scheme, code, "This organisation is in the files twice")
        return
    dates: dict[str, str | None] = {}
    for column in ("start-date", "end-date"):
        try:
            dates[column] = _day(row[column])
        except ValueError:
            reading.aside(table, line, column, row[column], "This is not a date")
            return
    if dates["start-date"] and dates["end-date"] and dates["end-date"] < dates["start-date"]:
        reading.aside(table, line, "end-date", row["end-date"], "It ends before it starts")
        return
    since, until = dates["start-date"], dates["end-date"]
    fields: Document = {
        "kind": "local_authority" if scheme in LOCAL else "other",
        "name": name,
        "website": row.get("website") or None,
        "start_date": since,
        "end_date": until,
        "identifiers": [identifier],
        "names": [_name(name, "en", "name", since, until)],
        "aliases": [], "parents": [], "successions": [], "abbreviation": None,
    }  # fmt: skip
    for column, language, kind in (
        ("official-name", "en", "official"),
        ("name-cy", "cy", "name"),
        ("official-name-cy", "cy", "official"),
    ):
        if row.get(column):
            fields["names"].append(_name(row[column], language, kind, since, until))
    reading.found[identifier] = Desired(identifier, table.name, line, fields, identifier)


def _day(text: str) -> str | None:
    """A whole date; the registers' part dates (2011, 2011-04) are the first day they can mean."""
    if not text:
        return None
    parts = text.split("-")
    return date.fromisoformat("-".join([*parts, "01", "01"][:3])).isoformat()


def _name(name: str, language: str, kind: str, since: Any, until: Any) -> Document:
    return {"name": name, "language": language, "kind": kind, "since": since, "until": until}


def _facts(reading: _Reading) -> None:
    """Add the project's own facts to the organisations read, and the newer bodies."""
    _newer_bodies(reading)
    for _, row, fields in reading.each("kinds.tsv", ["id", "kind", "abbreviation"]):
        fields["kind"] = row["kind"]
        fields["abbreviation"] = row["abbreviation"] or fields["abbreviation"]
    for _, row, fields in reading.each("ended.tsv", ["id", "end_date"]):
        _end(fields, row["end_date"])
    renamed: dict[str, list[Document]] = {}
    for _, row, fields in reading.each("names.tsv", ["id", "name", "since", "until"]):
        since, until = row["since"] or None, row["until"] or None
        name = _name(row["name"], row["language"], "name", since, until)
        if row["language"] == "en":
            renamed.setdefault(row["id"], []).append(name)
        else:
            fields["names"].append(name)
    for identifier, names in renamed.items():
        _rename(reading.found[identifier].fields, names)
    for _, row, fields in reading.each("aliases.tsv", ["id", "alias", "source"]):
        if row["alias"] not in [a["alias"] for a in fields["aliases"]]:
            fields["aliases"].append({"alias": row["alias"], "source": row["source"]})
    for _, row, fields in reading.each("parents.tsv", ["child", "parent", "relation"]):
        if row["parent"] in reading.found:
            fields["parents"].append({
                "organisation": row["parent"], "relation": row["relation"],
                "since": row["since"] or None, "until": row["until"] or None,
                "source": row["source"],
            })  # fmt: skip
    for _, row, fields in reading.each("successions.tsv", ["predecessor", "kind", "on"]):
        if not row["successor"] or row["successor"] in reading.found:
            fields["successions"].append({
                "kind": row["kind"], "successor": row["successor"] or None, "on": row["on"],
                "source": row["source"],
            })  # fmt: skip
    for desired in reading.found.values():
        desired.fields["aliases"].sort(key=lambda a: a["alias"])


def _end(fields: Document, day: str) -> None:
    """The day a body ended; it wins over the register's, which may be only a year."""
    former, fields["end_date"] = fields["end_date"], day
    for name in fields["names"]:
        if name["until"] in (None, former):
            name["until"] = day


def _rename(fields: Document, names: list[Document]) -> None:
    """Put the dated English names before the register's one; the last of all is the name."""
    names.sort(key=lambda n: n["until"] or "9999")
    only = next(n for n in fields["names"] if n["language"] == "en" and n["kind"] == "name")
    last = names[-1]
    if last["until"] in (None, fields["end_date"]):
        fields["name"] = last["name"]
        fields["names"].remove(only)
    else:
        only["since"] = last["until"]
    fields["names"] = [*names, *fields["names"]]


def _newer_bodies(reading: _Reading) -> None:
    """Bodies that came after the registers, where their register (or any) is being read."""
    read = {identifier.split(":")[0] for identifier in reading.found}
    table = read_table(FACTS / "organisations.tsv", ("id", "name", "kind", "source"), "\t")
    for line, row in table.rows:
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
        reading.parsed.read += 1


def _belongs(scheme: str, local: bool, read: set[str]) -> bool:
    if scheme in SCHEMES:
        return scheme in read
    return bool(read & set(LOCAL)) if local else "government-organisation" in read
