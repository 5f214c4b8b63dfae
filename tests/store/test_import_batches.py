"""Imports write many records at once: the same rows, counts and index as one at a time."""

from __future__ import annotations

from dataclasses import replace
from itertools import pairwise
from typing import Any

import pytest
from sqlalchemy import select, text
from sqlalchemy.orm import Session

from portal.audit import HistoryEvent
from portal.catalogue.actions import import_organisations, import_services, indexing
from portal.catalogue.actions.undo import undo
from portal.catalogue.models.organisations import Organisation
from portal.catalogue.models.services import Service
from portal.catalogue.rules.documents import clean_service
from portal.catalogue.rules.importing import Outcome
from portal.catalogue.store import (
    hierarchy,
    organisation_batches,
    organisation_documents,
    organisations,
    service_batches,
    service_counts,
    service_documents,
    services,
)
from portal.db import COPIED, Database
from portal.errors import Clash, Invalid
from tests.store.sources import bodies, body, owner, service
from tests.store.sources import services as import_
from tests.support.data import ACT, add_journey, add_organisation, add_service, demo
from tests.support.queries import statements
from tests.support.storefront import add_component
from tests.support.transactions import RolledBackDatabase

INDEXED = "id, thing, name_key, other_keys, names, other_names, organisations, body, words"
INDEX = (
    f"SELECT {INDEXED} FROM search_document ORDER BY id",
    "SELECT thing, word, documents FROM search_word ORDER BY thing, word",
)


def index(session: Session) -> list[list[Any]]:
    return [[tuple(row) for row in session.execute(text(query))] for query in INDEX]


def test_services_written_together_are_as_those_written_one_by_one(session: Session) -> None:
    for document in demo("organisations"):
        add_organisation(session, **document | {"parents": [], "successions": []})
    refs = organisations.ids_by_reference(session)
    documents = [clean_service(d) | {"relations": []} for d in demo("services")]
    later = replace(ACT, at=ACT.at.replace(year=2027))
    changes = [service_batches.change(None, None, d, refs, later) for d in documents]
    ids = service_batches.write(session, changes, refs, later, "made")
    assert [services.document_of(s) for s in services.load(session, ids)] == documents
    assert service_counts.kept(session) == service_counts.counted(session)

    # Each takes over all lists of the one before it.
    others = [{**b, "slug": d["slug"]} for d, b in pairwise(documents)]
    changes = [
        service_batches.change(*old, new, refs, later)
        for *old, new in zip(ids, documents, others, strict=False)
    ]
    service_batches.write(session, changes, refs, later, "changed")
    session.expire_all()
    found = [services.document_of(s) for s in services.load(session, ids[:-1])]
    assert found == others
    assert service_documents.by_ids(session, ids[:-1]) == dict(zip(ids, found, strict=False))
    assert service_counts.kept(session) == service_counts.counted(session)
    versions = session.scalars(select(Service.version).order_by(Service.id)).all()
    assert versions == [2] * len(others) + [1]
    event = session.scalars(
        select(HistoryEvent).where(HistoryEvent.tag == "changed").order_by(HistoryEvent.id)
    ).first()
    assert event is not None
    assert event.after == {k: v for k, v in others[0].items() if v != documents[0][k]}
    assert add_service(session, "next").id > max(ids), "no id is given twice"


@pytest.mark.parametrize(
    ("changes", "why"),
    [
        ({"owners": [owner("x") | {"organisation": "portal:none"}]}, "no organisation"),
        ({"phases": [{"phase": "live", "since": "2030-01-01", "until": None}]}, "in the future"),
    ],
)
def test_what_cannot_be_written_is_refused_before(changes: dict[str, Any], why: str) -> None:
    document = clean_service({"slug": "one", "name": "One", **changes})
    with pytest.raises(Invalid, match=why):
        service_batches.change(None, None, document, {}, ACT)


def test_many_at_once_move_no_address(session: Session) -> None:
    old, new = (clean_service({"slug": slug, "name": "One"}) for slug in ("one", "two"))
    with pytest.raises(ValueError, match="no address"):
        service_batches.change(1, old, new, {}, ACT)
    body = organisations.document_of(add_organisation(session, "one"))
    with pytest.raises(ValueError, match="no address"):
        organisation_batches.change(1, body, body | {"slug": "two"}, {}, {}, ACT)


def test_a_ring_among_those_not_yet_written_is_refused(session: Session) -> None:
    for slug in ("top", "below"):
        add_organisation(session, slug)
    refs, links = organisations.ids_by_reference(session), hierarchy.links_above(session)

    def under(slug: str, parent: str) -> None:
        id_ = refs[f"slug:{slug}"]
        before = organisation_documents.by_ids(session, [id_])[id_]
        row = {"organisation": f"portal:{parent}", "relation": "part_of", "since": None,
               "until": None, "source": None}  # fmt: skip
        after = before | {"parents": [row]}
        organisation_batches.change(id_, before, after, refs, links, ACT)

    under("below", "top")
    with pytest.raises(Clash, match="part of itself"):
        under("top", "below")


@pytest.fixture
def few_at_a_time(monkeypatch: pytest.MonkeyPatch) -> None:
    for module in (import_services, import_organisations):
        monkeypatch.setattr(module, "BATCH", 3)


@pytest.mark.usefixtures("few_at_a_time")
def test_a_refused_row_refuses_no_other_of_its_batch_or_the_next(database: Database) -> None:
    bad = {2: {"start_page": "nowhere"}, 3: {"name": ""}, 7: {"apis": [{"name": "x"}]}}
    rows = [service(f"service-{n}", purpose="A", **bad.get(n, {})) for n in range(9)]
    outcome = import_(database, *[replace(row, row=n + 2) for n, row in enumerate(rows)])
    assert (outcome.created, outcome.updated) == (6, 0)
    assert [(a.row, a.column) for a in outcome.aside] == [
        (4, "start_page"), (5, "name"), (9, "apis.0"),
    ]  # fmt: skip
    with database.reading() as session:
        found = {s.slug for s in services.load(session)}
        assert found == {f"service-{n}" for n in range(9)} - {f"service-{n}" for n in bad}
        assert service_counts.kept(session) == service_counts.counted(session)
        events = session.scalars(select(HistoryEvent.thing_id).order_by(HistoryEvent.id)).all()
        assert events == [s.id for s in services.load(session)], "in the order of the file"


def test_two_rows_about_one_record_both_count(database: Database) -> None:
    import_(database, service("one"))
    rows = service("one", purpose="A"), replace(service("one", category="Tax"), key="other")
    outcome = import_(database, *rows, kind="other list")
    assert (outcome.updated, outcome.unchanged) == (2, 0)
    with database.reading() as session:
        [found] = services.load(session)
        assert (found.purpose, found.category, found.version) == ("A", "Tax", 3)
    assert outcome.batch_id is not None
    undo(database, outcome.batch_id, ACT)
    with database.reading() as session:
        [found] = services.load(session)
        assert (found.purpose, found.category) == (None, None)


def test_two_rows_about_one_new_organisation_make_one(database: Database) -> None:
    rows = body("first"), replace(body("first", website="https://www.gov.uk"), key="other")
    outcome = bodies(database, *rows)
    assert (outcome.created, outcome.updated, outcome.aside) == (1, 1, [])
    with database.reading() as session:
        [found] = session.scalars(select(Organisation)).all()
        assert (found.version, found.website) == (2, "https://www.gov.uk")


def index_is_complete(database: Database) -> None:
    with database.writing() as session:
        now = index(session)
        indexing.reindex(session)
        assert now == index(session)


@pytest.mark.usefixtures("few_at_a_time")
def test_what_an_import_or_its_undo_changes_is_indexed_again(database: Database) -> None:
    bodies(database, body("office", name="Old office", abbreviation="OO"))
    with database.writing() as session:
        add_service(session, "kept", owner="office")
        add_journey(session, "journey", ["kept"])
        add_component(session, "component", provider="office")
        indexing.reindex(session)
    done: list[Outcome] = []
    done.append(bodies(database, body("office", name="Bureau"), body("other")))
    done.append(import_(database, *[service(f"s-{n}", "Bureau", "Later") for n in range(5)]))
    done.append(import_(database, *[service(f"s-{n}", "Bureau", "Later", name=f"Brand {n}")
                                    for n in range(1, 3)]))  # fmt: skip
    done.append(bodies(database, body("later"), body("office", name="Agency")))
    assert done[-1].settled == 1
    index_is_complete(database)
    for outcome in reversed(done):
        assert outcome.batch_id is not None
        undo(database, outcome.batch_id, ACT)
        index_is_complete(database)


def test_more_records_need_no_more_statements(database: RolledBackDatabase) -> None:
    asked = []
    for many in (1, COPIED, 2 * COPIED):  # the first has no import before it
        with statements(database) as sent:
            bodies(database, *[body(f"body-{many}-{n}") for n in range(many)])
            names = [f"Unknown {many} {n}" for n in range(many)]
            import_(database, *[service(f"s-{many}-{n}", names[n]) for n in range(many)])
        with statements(database) as again:
            rows = [service(f"s-{many}-{n}", names[n], purpose="B") for n in range(many)]
            import_(database, *rows)
        asked.append((len(sent), len(again)))
    assert asked[1] == asked[2]
