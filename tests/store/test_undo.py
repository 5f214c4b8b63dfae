"""Undo: whole or not at all, in the history, and naming what stands in its way."""

from __future__ import annotations

from typing import Any

import pytest
from sqlalchemy import select
from sqlalchemy.exc import IntegrityError

from portal.audit import HistoryEvent
from portal.catalogue.actions import matching
from portal.catalogue.actions.undo import undo
from portal.catalogue.models.organisations import OrganisationMatch
from portal.catalogue.rules.importing import Desired
from portal.catalogue.store import organisations
from portal.catalogue.store import services as store
from portal.catalogue.words import MatchState
from portal.db import Database
from portal.errors import Clash
from portal.search import find
from tests.store.sources import bodies, body, link, owner, service, services
from tests.support.data import ACT, add_organisation, add_service
from tests.support.queries import statements
from tests.support.transactions import RolledBackDatabase


def every(database: Database) -> list[dict[str, Any]]:
    with database.reading() as session:
        return [organisations.document_of(o) for o in organisations.load(session)] + [
            store.document_of(s) for s in store.load(session)
        ]


def test_a_partial_register_then_the_full_one_then_undo(database: Database) -> None:
    after = {"kind": "merged", "successor": "portal:top", "on": "2020-01-01", "source": "x"}
    parts = [body("below", parent="top", successions=[after]), body("other")]
    bodies(database, *parts)
    before = every(database)
    full = bodies(database, *parts, body("top"), body("new", parent="below"))
    documents = {d["slug"]: d for d in every(database)}
    assert full.batch_id is not None
    assert documents["below"]["parents"] == [link("top")]
    assert undo(database, full.batch_id, ACT) == {"removed": 2, "restored": 1}
    assert every(database) == before
    with database.reading() as session:
        query = select(HistoryEvent).where(HistoryEvent.tag == "import undone")
        events = {(e.before.get("slug"), not e.after): e for e in session.scalars(query)}
    assert set(events) == {(None, False), ("top", True), ("new", True)}
    assert events["new", True].before == documents["new"], "with its parents"
    assert events[None, False].before == {"parents": [link("top")], "successions": [after]}


def test_bodies_in_a_chain_go_in_one_undo(database: Database) -> None:
    rows = [body(f"body-{n}", parent=f"body-{n + 1}") for n in range(5)]
    found = bodies(database, *rows, body("body-5"))
    assert found.batch_id is not None
    assert undo(database, found.batch_id, ACT) == {"removed": 6, "restored": 0}
    assert every(database) == []


def test_what_uses_it_is_named(database: Database) -> None:
    found = bodies(database, body("ministry"))
    with database.writing() as session:
        add_service(session, "pay-a-fee", owner="ministry")
        add_organisation(session, "office", parent="ministry")
    before = every(database)
    assert found.batch_id is not None
    with pytest.raises(Clash) as refusal:
        undo(database, found.batch_id, ACT)
    assert refusal.value.message == (
        "These use what it brought: service “Pay a fee”; organisation “Office”"
    )
    assert every(database) == before


def test_who_has_the_identifier_now_is_named(database: Database) -> None:
    bodies(database, body("first", identifiers=["portal:first", "portal:second"]))
    found = bodies(database, body("first"))
    with database.writing() as session:
        add_organisation(session, "second")
    assert found.updated == 1 and found.batch_id is not None
    with pytest.raises(Clash) as refusal:
        undo(database, found.batch_id, ACT)
    assert refusal.value.message == (
        "portal:second belongs to another record now: organisation “Second”"
    )


def test_a_record_that_refers_to_what_is_gone_is_named(database: Database) -> None:
    def row(slug: str) -> Desired:
        return service("one", owners=[owner("x") | {"organisation": f"portal:{slug}"}])

    first = bodies(database, body("first"))
    bodies(database, body("second"))
    services(database, row("first"))
    third = services(database, row("second"))
    assert first.batch_id and third.batch_id
    undo(database, first.batch_id, ACT)
    with pytest.raises(Clash) as refusal:
        undo(database, third.batch_id, ACT)
    assert refusal.value.message == "“One” cannot go back: There is no organisation portal:first"


def test_a_refusal_of_the_database_is_a_clash_too(
    database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refused(*_arguments: object) -> None:
        raise IntegrityError("UPDATE", None, Exception("unique"))

    services(database, service("one", purpose="A"))
    found = services(database, service("one", purpose="B"))
    assert found.batch_id is not None
    monkeypatch.setattr(store, "save", refused)
    with pytest.raises(Clash, match="“One” cannot go back: another record now has what it had"):
        undo(database, found.batch_id, ACT)


def test_several_changes_to_one_record_go_back_together(database: Database) -> None:
    services(database, service("one", "Das Amt", purpose="A"))
    before = every(database)
    alias = {"alias": "Das Amt", "source": None}
    first = bodies(database, body("office", aliases=[alias]))
    assert first.settled == 1
    assert every(database)[-1]["owners"][0]["organisation"] == "portal:office"
    assert first.batch_id is not None
    assert undo(database, first.batch_id, ACT) == {"removed": 1, "restored": 1}
    assert every(database) == before
    with database.reading() as session:
        row = session.scalars(select(OrganisationMatch)).one()
        assert (row.state, row.organisation_id, row.reason) == (MatchState.WAITING, None, None)


def test_a_sure_match_that_moved_moves_back(database: Database) -> None:
    alias = [{"alias": "Das Amt", "source": None}]
    bodies(database, body("first", aliases=alias), body("second"))
    services(database, service("one", "Das Amt"))
    before = every(database)
    moved = bodies(database, body("first", aliases=[]), body("second", aliases=alias))
    assert (moved.settled, moved.batch_id is None) == (1, False)
    assert undo(database, moved.batch_id or 0, ACT) == {"removed": 0, "restored": 3}
    assert every(database) == before
    with database.reading() as session:
        row = session.scalars(select(OrganisationMatch)).one()
        ids = organisations.ids_by_reference(session)
        assert (row.organisation_id, row.reason) == (ids["portal:first"], "same as its alias")


def test_an_undone_import_takes_its_sure_matches_along(database: Database) -> None:
    first = bodies(database, body("office"))
    second = services(database, service("one", "Office"))
    assert first.batch_id and second.batch_id
    with pytest.raises(Clash, match="service “One”; organisation match “Office”"):
        undo(database, first.batch_id, ACT)
    undo(database, second.batch_id, ACT)
    undo(database, first.batch_id, ACT)
    assert every(database) == []


def test_a_decision_of_a_person_stands_in_the_way(database: Database) -> None:
    bodies(database, body("office"))
    found = services(database, service("one", "Das Amt"))
    with database.reading() as session:
        id_ = session.scalars(select(OrganisationMatch.id)).one()
    matching.decide(database, id_, "portal:office", ACT)
    assert found.batch_id is not None
    with pytest.raises(Clash, match="changed after the import: organisation match “Das Amt”"):
        undo(database, found.batch_id, ACT)


def test_twice_is_refused_and_the_search_forgets(database: Database) -> None:
    found = services(database, service("tax-your-vehicle"))
    assert found.batch_id is not None
    undo(database, found.batch_id, ACT)
    with pytest.raises(Clash, match="undone already"):
        undo(database, found.batch_id, ACT)
    with database.reading() as session:
        assert find(session, "service", "vehicle").ids == []


def test_undo_reads_many_records_at_once(database: RolledBackDatabase) -> None:
    asked = []
    for many in (5, 50):
        rows = [service(f"service-{n}", purpose="A") for n in range(many)]
        made = services(database, *rows)
        changed = services(database, *[service(f"service-{n}", purpose="B") for n in range(many)])
        assert made.batch_id and changed.batch_id
        undo(database, changed.batch_id, ACT)
        with statements(database) as sent:
            undo(database, made.batch_id, ACT)
        asked.append(len(sent))
    assert asked[0] == asked[1]
