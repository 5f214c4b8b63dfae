"""Sources for import tests: what a file would say, without the file."""

from __future__ import annotations

from typing import Any

from portal.catalogue.actions import import_organisations, import_services, importing
from portal.catalogue.rules.importing import Aside, Desired, Outcome, Parsed
from portal.db import Database
from tests.support.data import ACT

Document = dict[str, Any]


def body(slug: str, **fields: Any) -> Desired:
    """A row of a register; `parent` is short for the body it is part of."""
    ref = f"portal:{slug}"
    name = fields.get("name", slug.replace("-", " ").capitalize())
    known: Document = {"kind": "department", "name": name, "identifiers": [ref]}
    if "parent" in fields:
        fields["parents"] = [link(fields.pop("parent"))]
    return Desired(ref, "bodies.tsv", 2, known | {"parents": []} | fields, ref)


def link(slug: str, **dates: str) -> Document:
    """A body above."""
    known = {"organisation": f"portal:{slug}", "relation": "part_of", "source": None}
    return {**known, "since": None, "until": None, **dates}


def service(slug: str, *owners: str, **fields: Any) -> Desired:
    """A row of a list of services; the first owner is accountable, the others deliver."""
    roles = ["accountable", *["delivers"] * len(owners)]
    rows = [owner(name, role) for name, role in zip(owners, roles, strict=False)]
    known = {"slug": slug, "name": slug.replace("-", " ").capitalize(), "owners": rows}
    return Desired(slug, "services.csv", 2, known | fields, slug)


def owner(name: str, role: str = "accountable", **dates: str) -> Document:
    """An owner as a file has it: a name."""
    known = {"role": role, "organisation": None, "published_name": name, "source": None}
    return {**known, "since": None, "until": None, **dates}


def bodies(database: Database, *rows: Desired, aside: tuple[Aside, ...] = ()) -> Outcome:
    """Import organisations."""
    parsed = Parsed("bodies", ["bodies.tsv"], len(rows), list(rows), list(aside))
    return importing.run(database, parsed, ACT, import_organisations.apply)


def services(
    database: Database, *rows: Desired, kind: str = "list", aside: tuple[Aside, ...] = ()
) -> Outcome:
    """Import services."""
    parsed = Parsed(kind, [f"{kind}.csv"], len(rows), list(rows), list(aside))
    return importing.run(database, parsed, ACT, import_services.apply)
