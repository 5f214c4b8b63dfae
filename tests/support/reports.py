"""Past reports in the shape of published ones, in our own words."""

from __future__ import annotations

import json
from collections.abc import Collection
from pathlib import Path
from typing import Any

from sqlalchemy.orm import Session

from portal.access import Grant, Kind, Role
from portal.accounts.models.people import Person
from portal.assessments.actions import shipped
from portal.db import Database
from tests.support.accounts import add_person
from tests.support.data import ACT, add_organisation, add_service
from tests.support.storefront import add_capability, add_component

Row = dict[str, Any]


def table(points: int, failed: Collection[int] = (), left_out: Collection[int] = ()) -> str:
    """A table of points, two a row."""
    cells = [
        "No" if n in failed else "N/A" if n in left_out else "Yes" for n in range(1, points + 1)
    ]
    rows = [f"| {n} | {cells[n - 1]} | {n + 1} | {cells[n]} |" for n in range(1, points + 1, 2)]
    return "\n".join(
        ["| Criteria | Passed | Criteria | Passed |", "| --- | --- | --- | --- |", *rows]
    )


def report(
    name: str, department: str = "Ministry of Boats", date: str = "5/6/2014", stage: str = "Beta",
    result: str | None = "Pass", text: str = "The panel liked it.", rated: str = "", **more: str,
) -> Row:  # fmt: skip
    """A report with one assessment; `again` is the date of its reassessment, `then` its result."""
    again, then = more.get("again"), more.get("then", "Pass")
    of = "Original " if again else ""
    lines = [f"**Department / Agency:**\n{department}", f"**Date of {of}Assessment:**\n{date}"]
    lines += [f"**Date of Reassessment:**\n{again}"] if again else []
    lines += [f"**Assessment Stage:**\n{stage}"]
    lines += [f"**Result of {of}Assessment:**\n{result}"] if result else []
    lines += [f"**Result of Reassessment:**\n{then}"] if again else []
    lines += ["**Lead Assessor:**\n[name withheld]", "* * *", "## Assessment report", text]
    lines += ["## Summary", rated] if rated else []
    address = more.get("address") or name.lower().replace(" ", "-")
    return {
        "original_url": f"https://reports.example/{address}/",
        "title": f"{name} - Service Assessment",
        "summary": more.get("summary", f"About {name.lower()}."),
        "body": "\n\n".join(lines) + "\n",
    }


#: A file with one of each sort.
REPORTS = [
    report("Hire a boat", rated=table(26, failed=(10, 15))),
    report("Fly a kite", "Ministry of Boats / Board of Wind", "1/2/2015", "Alpha", "Not passed",
           again="3/4/2015", rated=table(18, failed=(3,), left_out=(18,)),
           text="The Purse service should take the [fees](https://a.example/)."),
    report("Purse", "MoB", "7/8/2015", "Live", rated=table(18)),
    report("Sail alone", "Office of Nothing", "9/9/2014", "Beta", "Not passed",
           text="It has no help for people who cannot use it alone."),
    report("Sail alone", "Office of Nothing", "9/9/2014", "Beta", "Not passed",
           text="It has no help for people who cannot use it alone.", address="sail-alone-again"),
]  # fmt: skip


def write(folder: Path, rows: list[Row] | None = None, name: str = "reports.json") -> str:
    """Put reports into a file; where it is."""
    path = folder / name
    path.write_text(json.dumps(REPORTS if rows is None else rows), encoding="utf-8")
    return str(path)


def fill(session: Session, database: Database) -> None:
    """The standard, organisations, a service and a component that those reports may be about."""
    add_organisation(session, "ministry", name="Ministry of Boats", abbreviation="MoB")
    add_organisation(session, "wind", name="Board of Wind", parent="ministry")
    add_service(session, "hire-a-boat", owner="ministry")
    add_service(session, "kites", owner="wind", name="Fly kites")
    add_capability(session, "needs")
    add_capability(session, "fees", "needs")
    add_component(session, "purse", "fees", name="Purse")
    session.commit()
    shipped.load(database, ACT)
    session.expire_all()


def decider(session: Session) -> Person:
    """Somebody of the assurance team."""
    grant = Grant(Role.ASSURANCE_TEAM, Kind.PORTAL, 0)
    person = add_person(session, "decides@a.example", grant, name="Decider")
    session.commit()
    return person
