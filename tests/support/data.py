"""Records for tests: say what matters, the rest is filled in."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from flask import Flask
from sqlalchemy.orm import Session

from portal import search
from portal.audit import Act
from portal.catalogue.models.journeys import Journey
from portal.catalogue.models.organisations import Organisation
from portal.catalogue.models.services import Service
from portal.catalogue.rules.documents import clean_journey, clean_organisation, clean_service
from portal.catalogue.store import (
    hierarchy,
    journeys,
    organisation_batches,
    organisations,
    service_search,
    services,
)

ROOT = Path(__file__).resolve().parents[2]
ACT = Act("command:test", datetime(2026, 1, 2, tzinfo=UTC), "test")
OPEN = {"since": None, "until": None}
Document = dict[str, Any]


def organisation_document(slug: str, **changes: Any) -> Document:
    """An organisation document."""
    name = slug.replace("-", " ").capitalize()
    known: Document = {"slug": slug, "kind": "department", "name": name}
    return clean_organisation({"identifiers": [f"portal:{slug}"], **known, **changes})


def service_document(slug: str, **changes: Any) -> Document:
    """A service document. `owner` is short for who is accountable now."""
    owner = changes.pop("owner", None)
    if owner:
        row = {"role": "accountable", "organisation": f"portal:{owner}", **OPEN}
        changes.setdefault("owners", [row | {"published_name": None, "source": None}])
    name = slug.replace("-", " ").capitalize()
    phases = [{"phase": changes.pop("phase", "live"), **OPEN}]
    return clean_service({"slug": slug, "name": name, "phases": phases, **changes})


def add_organisation(session: Session, slug: str, **changes: Any) -> Organisation:
    """Write an organisation; `parent` is short for the body it is part of."""
    parent = changes.pop("parent", None)
    if parent:
        link = {"organisation": f"portal:{parent}", "relation": "part_of", "source": None}
        changes["parents"] = [link | OPEN]
    document = organisation_document(slug, **changes)
    refs = organisations.ids_by_reference(session)
    [id_] = organisations.add_bare(session, [document], ACT)
    refs |= {f"slug:{slug}": id_, **dict.fromkeys(document["identifiers"], id_)}
    links = hierarchy.links_above(session)
    change = organisation_batches.change(id_, None, document, refs, links, ACT)
    organisation_batches.write(session, [change], ACT, "organisation.created")
    return organisations.load(session, [id_])[0]


def add_service(session: Session, slug: str, **changes: Any) -> Service:
    """Write a service, with its relations, and make it findable."""
    document = service_document(slug, **changes)
    refs = organisations.ids_by_reference(session)
    made = services.new()
    services.save(session, made, None, document, refs, ACT, "service.created")
    known = services.ids_by_slug(session)
    services.save_relations(session, made.id, document["relations"], known)
    search.put(session, service_search.search_documents(session, [made.id]))
    session.flush()
    return made


def add_journey(session: Session, slug: str, steps: list[str], **changes: Any) -> Journey:
    """Write a journey through these services."""
    rows = [{"service": s, "what_happens": f"Use {s}", "hand_off": "A form"} for s in steps]
    known = {"slug": slug, "name": slug.replace("-", " ").capitalize(), "goal": "I want it"}
    document = clean_journey({**known, "steps": rows, "sources": [], **changes})
    made = Journey(steps=[])
    ids = services.ids_by_slug(session)
    journeys.save(session, made, None, document, ids, ACT, "journey.created")
    search.put(session, journeys.search_documents(session))
    return made


def load_demo(app: Flask) -> None:
    """Put the demo set into the app's database, as `flask demo load` does."""
    result = app.test_cli_runner().invoke(args=["demo", "load"])
    assert result.exit_code == 0, result.output


def demo(name: str) -> list[Document]:
    """The documents of the demo set."""
    path = ROOT / "portal" / "interchange" / "demo" / f"{name}.json"
    found: list[Document] = json.loads(path.read_text(encoding="utf-8"))
    return found
