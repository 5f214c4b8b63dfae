"""The demo set: our own words about public facts, with sources (docs/demo-set.md)."""

from __future__ import annotations

import json
from datetime import date
from pathlib import Path
from typing import Any

from portal.catalogue.component_words import DocumentKind
from portal.catalogue.rules.cleaners import Document
from portal.catalogue.rules.documents import clean_organisation, clean_service
from portal.catalogue.rules.importing import Desired, Parsed
from portal.interchange.documents import parse as read_documents
from portal.interchange.past_reports import parse as read_reports
from portal.interchange.volume_columns import STATES
from portal.performance.rules.entries import Entry
from portal.performance.rules.published import DEMO, Published, Row
from portal.performance.words import Period, ValueState

FOLDER = Path(__file__).resolve().parent / "demo"


def _load(name: str) -> list[dict[str, Any]]:
    rows: list[dict[str, Any]] = json.loads((FOLDER / name).read_text(encoding="utf-8"))
    return rows


def organisations() -> Parsed:
    """The demo's organisations."""
    parsed = Parsed("demo-organisations", ["organisations.json"])
    for line, row in enumerate(_load("organisations.json"), start=1):
        document = clean_organisation(row)
        ref = document["identifiers"][0]
        parsed.desired.append(Desired(ref, "organisations.json", line, document, ref))
    parsed.read = len(parsed.desired)
    return parsed


def services() -> Parsed:
    """The demo's services."""
    parsed = Parsed("demo-services", ["services.json"])
    for line, row in enumerate(_load("services.json"), start=1):
        document = clean_service(row)
        slug = document["slug"]
        parsed.desired.append(Desired(slug, "services.json", line, document, slug))
    parsed.read = len(parsed.desired)
    return parsed


def standards() -> list[Document]:
    """A standard of one of the demo's organisations, made up, with a version and a draft."""
    return _load("standards.json")


def bookings() -> list[Document]:
    """Assessments that the demo's teams book, and how far they are."""
    return _load("bookings.json")


def assessors() -> list[Document]:
    """The demo's people who sit on panels, and how they assess."""
    return _load("assessors.json")


#: Who led the panels of the assessments that were held.
LEAD = "assessor@gds.demo.example"


def held() -> list[Document]:
    """Assessments that were held, and their reports: drafts, and one that is published."""
    return _load("held.json")


def drafts() -> list[Document]:
    """Reports that the demo's panels write."""
    return _load("drafts.json")


def figures() -> list[Document]:
    """Data sets of the demo's services, with made-up figures of the last months."""
    return _load("figures.json")


def journeys() -> list[Document]:
    """The demo's journeys, as documents."""
    return _load("journeys.json")


def capabilities() -> list[Document]:
    """The demo's capabilities, each after the one it is part of."""
    return _load("capabilities.json")


def components() -> list[Document]:
    """The demo's components, as documents."""
    return _load("components.json")


def usages() -> tuple[list[Document], list[Document]]:
    """How the demo's services meet their needs, and whether they have them, as documents."""
    found = json.loads((FOLDER / "usages.json").read_text(encoding="utf-8"))
    return found["usages"], found["needs"]


def duplicates() -> list[Document]:
    """What was decided about pairs of the demo's records."""
    return _load("duplicates.json")


def transfers() -> list[Document]:
    """Transfers of functions between the demo's organisations."""
    return _load("transfers.json")


def keeping() -> dict[str, list[Document]]:
    """How long ago records count as having come into the catalogue, and who confirmed which."""
    found: dict[str, list[Document]] = json.loads(
        (FOLDER / "keeping.json").read_text(encoding="utf-8")
    )
    return found


def people() -> dict[str, list[Document]]:
    """Invented people, who can sign in as each role, with an invitation and a request to join."""
    found: dict[str, list[Document]] = json.loads(
        (FOLDER / "people.json").read_text(encoding="utf-8")
    )
    return found


def registrations() -> list[Document]:
    """Services that the demo's people are registering: made up, as the people are."""
    return _load("registrations.json")


def proposals() -> list[Document]:
    """Changes that the demo's people propose, one of them decided."""
    return _load("proposals.json")


def requests() -> dict[str, list[Document]]:
    """Requests for exemptions and to spend, made up: who asked for what, and what was decided."""
    found: dict[str, list[Document]] = json.loads(
        (FOLDER / "requests.json").read_text(encoding="utf-8")
    )
    return found


def adoption() -> Parsed:
    """What providers of the demo's components published of their use, on some days."""
    parsed = Parsed("component-adoption", ["published.json"])
    for each in _published()["adoption"]:
        for row in each["days"]:
            figures = dict(sorted(row.items()))
            day = figures.pop("recorded_on")
            fields = {
                "component": each["component"], "day": day, "source": each["source"],
                "figures": figures,
            }  # fmt: skip
            parsed.read += 1
            key = f"{each['component']}/{day}"
            parsed.desired.append(Desired(key, "published.json", parsed.read, fields, day))
    return parsed


#: Where the volumes of the demo's services were published.
VOLUMES_SOURCE = "https://github.com/alphagov/spotlight/tree/master/assets/data"


def volumes() -> Published:
    """What was published of the volumes of some of the demo's services, by quarter and year."""
    parsed = Published(DEMO, ["volumes.json"], source=VOLUMES_SOURCE)
    found = _load("volumes.json")
    parsed.read = len(found)
    for line, row in enumerate(found, start=1):
        slug = row["service"]
        parsed.desired.append(Desired(slug, "volumes.json", line, {}, slug))
    parsed.rows = lambda _aside: (
        Row(desired, {period: _figures(row[name]) for period, name in _PERIODS.items()})
        for desired, row in zip(parsed.desired, found, strict=True)
    )
    return parsed


_PERIODS = {Period.QUARTER: "quarters", Period.YEAR: "years"}


def _figures(starts: dict[str, list[float | str | None]]) -> list[Entry]:
    measures = ("transactions", "digital", "unit_cost")
    return [
        Entry(date.fromisoformat(start), "", measure, ValueState.NUMBER, float(value))
        if not isinstance(value, str)
        else Entry(date.fromisoformat(start), "", measure, STATES[value])
        for start, values in starts.items()
        for measure, value in zip(measures, values, strict=False)
        if value is not None
    ]


def rosters() -> Parsed:
    """Lists of who uses a component, as its provider published them."""
    parsed = Parsed("roster", ["published.json"])
    for line, fields in enumerate(_published()["rosters"], start=1):
        parsed.read += len(fields["rows"])
        key = f"{fields['component']}/{fields['taken_on']}/{fields['sort']}"
        parsed.desired.append(Desired(key, "published.json", line, fields, fields["taken_on"]))
    return parsed


def documents() -> Parsed:
    """Documents that name components, made up."""
    return read_documents(FOLDER / "documents.json", DocumentKind.ASSESSMENT_REPORT)


def reports() -> Parsed:
    """Past reports of assessments: their facts, with few words of our own."""
    return read_reports(FOLDER / "reports.json")


def report_services() -> list[Document]:
    """What was decided about whom those reports are about."""
    return _load("report_services.json")


def findings() -> list[Document]:
    """Things that the demo's reports find broken, with words of the sentences that say so."""
    return _load("findings.json")


def _published() -> dict[str, list[Document]]:
    found: dict[str, list[Document]] = json.loads(
        (FOLDER / "published.json").read_text(encoding="utf-8")
    )
    return found


def notes() -> list[Document]:
    """Notes on the figures of the demo's services, and targets, made up."""
    return _load("notes.json")


def assumptions() -> Document:
    """What the demo's savings take for granted, as `flask savings assume` reads it."""
    found: Document = json.loads((FOLDER / "assumptions.json").read_text(encoding="utf-8"))
    return found


def earlier_assumptions() -> Document:
    """What an earlier version took for granted: the same but for some values, of other words and
    approved by another office.
    """
    name = FOLDER / "earlier_assumptions.json"
    earlier: Document = json.loads(name.read_text(encoding="utf-8"))
    now = assumptions()
    values = {_of(each): each for each in [*now["assumptions"], *earlier["assumptions"]]}
    return {**now, **earlier, "assumptions": list(values.values())}


def _of(assumption: Document) -> tuple[Any, ...]:
    names = "field", "band", "component", "capability", "year"
    return tuple(assumption.get(name) for name in names)
