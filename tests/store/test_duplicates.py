"""Pairs of records that may be one: found, remembered, decided, on both databases."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from portal import clock, search
from portal.audit import history_of
from portal.catalogue.actions import duplicates as acts
from portal.catalogue.actions.duplicates import Said
from portal.catalogue.models.duplicates import DuplicatePair
from portal.catalogue.store import (
    duplicates,
    organisation_names,
    organisations,
    service_search,
    services,
)
from portal.catalogue.store.duplicates import PairQuery
from portal.catalogue.words import PairDecision, RecordKind, ServiceRelation
from portal.errors import Missing, Stale
from portal.jobs.handlers import HANDLERS, Run
from tests.support.data import ACT, add_organisation, add_service
from tests.support.transactions import RolledBackDatabase

SERVICE, BODY = RecordKind.SERVICE, RecordKind.ORGANISATION
WHY = replace(ACT, actor="person:1", reason="Seen")
BOAT = "Pay the yearly tax on a boat that you keep on a river."


def find(database: RolledBackDatabase, everything: bool = False) -> dict[RecordKind, acts.Found]:
    return acts.find(database, clock.now, everything)


def pairs(session: Session, **asked: Any) -> list[tuple[str, str]]:
    session.expire_all()
    rows = duplicates.listing(session, PairQuery(**asked))
    return [(row.one.slug, row.other.slug) for row in rows]


def rename(session: Session, slug: str, **changes: Any) -> None:
    service = services.by_slug(session, slug)
    before = services.document_of(service)
    refs = organisations.ids_by_reference(session)
    services.save(session, service, before, {**before, **changes}, refs, ACT, "service.changed")
    search.put(session, service_search.search_documents(session, [service.id]))
    session.commit()


@pytest.fixture
def catalogue(session: Session) -> Session:
    """Two services that may be one, and others."""
    add_organisation(session, "waters")
    add_service(session, "tax-a-boat", owner="waters", purpose=BOAT)
    for number in range(12):
        names = ("Beehive", "Orchard", "Bridge", "Lamp", "Ferry", "Quarry")
        name = f"{names[number % 6]} {'permit' if number < 6 else 'register'}"
        add_service(session, f"other-{number}", name=name, owner="waters")
    add_service(session, "boat-taxes", name="Boat taxes", owner="waters", purpose=BOAT)
    session.commit()
    return session


def test_a_pair_is_found_with_score_and_why(
    catalogue: Session, database: RolledBackDatabase
) -> None:
    found = find(database)[SERVICE]
    assert (found.looked_at, found.gone) == (14, 0) and found.new >= 1
    first = duplicates.listing(catalogue, PairQuery(SERVICE))[0]
    assert (first.one.slug, first.other.slug) == ("tax-a-boat", "boat-taxes")
    assert first.score > 0.7 and "same description" in first.why
    assert first.decision is PairDecision.WAITING


def test_a_later_pass_looks_only_at_what_changed(
    catalogue: Session, database: RolledBackDatabase
) -> None:
    find(database)
    assert find(database)[SERVICE].looked_at == 0
    add_service(catalogue, "tax-your-boat", purpose=BOAT)
    catalogue.commit()
    found = find(database)[SERVICE]
    assert found.looked_at == 1, "no full pass"
    assert ("tax-a-boat", "tax-your-boat") in pairs(catalogue, kind=SERVICE)
    rename(catalogue, "other-1", category="Another")
    assert find(database)[SERVICE].looked_at == 0, "nothing that likeness rests on"


def test_a_pair_that_is_not_alike_any_more_goes(
    catalogue: Session, database: RolledBackDatabase
) -> None:
    find(database)
    assert ("tax-a-boat", "boat-taxes") in pairs(catalogue)
    rename(catalogue, "boat-taxes", name="Mooring fees", purpose="Rent a berth.")
    assert find(database)[SERVICE].gone >= 1
    assert ("tax-a-boat", "boat-taxes") not in pairs(catalogue)


def test_a_decided_pair_is_never_suggested_again(
    catalogue: Session, database: RolledBackDatabase
) -> None:
    find(database)
    [pair, *_] = duplicates.listing(catalogue, PairQuery(SERVICE))
    acts.decide(database, pair.id, Said(PairDecision.DIFFERENT), PairDecision.WAITING, WHY)
    find(database, everything=True)
    rename(catalogue, "boat-taxes", name="Mooring fees", purpose="Rent a berth.")
    find(database)
    rename(catalogue, "boat-taxes", name="Tax a boat", purpose=BOAT)
    find(database)
    waiting = pairs(catalogue, kind=SERVICE, decision=PairDecision.WAITING)
    assert ("tax-a-boat", "boat-taxes") not in waiting
    [kept] = duplicates.listing(catalogue, PairQuery(SERVICE, PairDecision.DIFFERENT))
    assert (kept.id, kept.reason) == (pair.id, "Seen")


def test_a_decision_is_in_the_history_of_both(
    catalogue: Session, database: RolledBackDatabase
) -> None:
    find(database)
    pair = duplicates.listing(catalogue, PairQuery(SERVICE))[0]
    said = Said(PairDecision.RELATED, ServiceRelation.PART_OF, pair.one.id)
    acts.decide(database, pair.id, said, PairDecision.WAITING, WHY)
    catalogue.expire_all()
    for half, other in ((pair.one, pair.other), (pair.other, pair.one)):
        event = history_of(catalogue, "service", half.id)[0]
        assert (event.tag, event.actor, event.reason) == ("duplicate.decided", "person:1", "Seen")
        assert event.after["duplicates"] == [{"service": other.slug, "decision": "related"}]
    document = services.document_of(services.by_slug(catalogue, pair.one.slug))
    assert document["relations"] == [{"relation": "part_of", "service": pair.other.slug}]
    assert "duplicates" not in document


def test_two_people_decide_at_once(catalogue: Session, database: RolledBackDatabase) -> None:
    find(database)
    pair = duplicates.listing(catalogue, PairQuery(SERVICE))[0]
    acts.decide(database, pair.id, Said(PairDecision.SAME), PairDecision.WAITING, WHY)
    with pytest.raises(Stale):
        acts.decide(database, pair.id, Said(PairDecision.DIFFERENT), PairDecision.WAITING, WHY)
    acts.decide(database, pair.id, Said(PairDecision.WAITING), PairDecision.SAME, WHY)
    catalogue.expire_all()
    row = catalogue.scalars(select(DuplicatePair).where(DuplicatePair.id == pair.id)).one()
    assert (row.decision, row.decided_at, row.decided_by) == (PairDecision.WAITING, None, None)


def test_a_pair_goes_with_its_record(catalogue: Session, database: RolledBackDatabase) -> None:
    find(database)
    pair = duplicates.listing(catalogue, PairQuery(SERVICE))[0]
    services.remove(catalogue, [pair.other.id], ACT, "service.removed")
    search.remove(catalogue, "service", [pair.other.id])
    catalogue.commit()
    assert (pair.one.slug, pair.other.slug) not in pairs(catalogue)
    with pytest.raises(Missing):
        acts.decide(database, pair.id, Said(PairDecision.SAME), PairDecision.WAITING, WHY)
    find(database)
    assert catalogue.scalar(select(DuplicatePair.id).where(DuplicatePair.id == pair.id)) is None


def test_the_same_address_of_any_sort(session: Session, database: RolledBackDatabase) -> None:
    code = {"kind": "source_code", "url": "https://code.example/moorings", "title": None}
    again = {**code, "url": "http://www.code.example/moorings/"}
    add_service(session, "river-moorings", links=[code])
    add_service(session, "berths", links=[again], start_page="https://www.gov.uk/berths")
    add_service(session, "quays", start_page="http://gov.uk/berths/")
    session.commit()
    find(database)
    assert pairs(session) == [("river-moorings", "berths"), ("berths", "quays")]


def test_bodies_that_are_there_twice(session: Session, database: RolledBackDatabase) -> None:
    add_organisation(session, "boats", name="Boats and Rivers Agency", kind="agency")
    add_organisation(session, "boats-2", name="Rivers & Boats Agency", kind="agency")
    add_organisation(session, "glos", name="Gloucestershire County Council", kind="local_authority")
    add_organisation(session, "worcs", name="Worcestershire County Council", kind="local_authority")
    succession = {"kind": "renamed", "successor": "portal:new", "on": "2020-01-01", "source": None}
    add_organisation(session, "new", name="Ministry of Tides")
    add_organisation(session, "old", name="Ministry of Tides", successions=[succession])
    add_organisation(session, "before", name="Lamp Office", end_date="2010-01-01")
    add_organisation(session, "after", name="Lamp Office", start_date="2010-01-01")
    search.put(session, organisation_names.search_documents(session))
    session.commit()
    find(database)
    rows = duplicates.listing(session, PairQuery(BODY))
    assert [(row.one.slug, row.other.slug) for row in rows] == [("boats", "boats-2")]
    pair = rows[0]
    acts.decide(database, pair.id, Said(PairDecision.DIFFERENT), PairDecision.WAITING, WHY)
    event = history_of(session, "organisation", pair.one.id)[0]
    told = {"organisation": "portal:boats-2", "decision": "different"}
    assert event.after == {"duplicates": [told]}


def test_the_list_goes_on_page_by_page(session: Session) -> None:
    ids = [add_service(session, f"s-{number}").id for number in range(12)]
    found = {
        (ids[0], other): acts.Likeness(0.5 + (number % 3) / 10, "why")
        for number, other in enumerate(ids[1:])
    }
    duplicates.put(session, SERVICE, ids, found, ACT.at)
    every = duplicates.listing(session, PairQuery())
    assert [row.score for row in every] == sorted((row.score for row in every), reverse=True)
    rows, after = [], None
    while page := duplicates.listing(session, PairQuery(after=after), 4):
        rows += page
        after = page[-1].id
    assert rows == every and len(rows) == 11
    kinds, decisions = duplicates.counts(session, PairQuery(SERVICE))
    assert kinds == {"service": 11, "organisation": 0} and decisions["waiting"] == 11


def test_the_worker_looks(catalogue: Session, database: RolledBackDatabase) -> None:
    run = Run(database, None, {}, 1, clock.now)  # type: ignore[arg-type]
    HANDLERS["duplicates.find"].work(run)
    assert ("tax-a-boat", "boat-taxes") in pairs(catalogue)
