"""Two services, and two organisations, become one: nothing is orphaned, on both databases."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from portal import search
from portal.access import Grant, Kind, Role, Thing
from portal.accounts.store import grants, invitations, requests
from portal.audit import ImportBatch, history_of
from portal.catalogue.actions import duplicates as pair_acts
from portal.catalogue.actions import indexing, merging
from portal.catalogue.actions.merging import Wanted
from portal.catalogue.models.components import ComponentExemption
from portal.catalogue.models.imports import ImportedRecord
from portal.catalogue.models.usage import Usage
from portal.catalogue.rules.similar import Likeness
from portal.catalogue.store import (
    duplicates,
    matches,
    organisations,
    reviews,
    service_counts,
    service_documents,
    services,
    usage,
    usage_counts,
)
from portal.catalogue.words import PairDecision, RecordKind, Reviewed
from portal.errors import Missing, Stale
from portal.web.people import as_person
from tests.support.accounts import act, add_domain, add_person
from tests.support.data import ACT, add_journey, add_organisation, add_service
from tests.support.pages import PageClient
from tests.support.people import everywhere
from tests.support.storefront import add_capability, add_component, add_usage
from tests.support.transactions import RolledBackDatabase

SERVICE, BODY = RecordKind.SERVICE, RecordKind.ORGANISATION
WHY = replace(act(), actor="person:1", reason="One service")
OWNER = Role.SERVICE_OWNER


def answer_need(session: Session, service: str, need: str, answer: str) -> None:
    ids = merging.merging_services.known_ids(session)
    said = {"service": service, "capability": need, "answer": answer, "note": None, "source": None}
    usage.say_need(session, said, ids, ACT, "need answered")


def row_of(session: Session, service_id: int, **where: Any) -> Usage:
    query = select(Usage).where(Usage.service_id == service_id).filter_by(**where)
    return session.scalars(query.execution_options(populate_existing=True)).one()


@pytest.fixture
def catalogue(session: Session) -> Session:
    """A service `boat-tax` that becomes part of `tax-a-boat`, with everything that points at it."""
    for slug in ("waters", "harbours", "ministry"):
        add_organisation(session, slug)
    add_capability(session, "needs")
    for need in ("pay", "send", "sign-in"):
        add_capability(session, need, "needs")
    add_component(session, "payments", "pay")
    add_component(session, "letters", "send")
    add_service(session, "tax-a-boat", owner="waters", purpose="Pay", keywords=["boat"])
    part = {"relation": "part_of", "service": "tax-a-boat"}
    add_service(
        session, "boat-tax", owner="harbours", category="Tax", relations=[part], keywords=["ship"]
    )
    replaces = {"relation": "replaces", "service": "boat-tax"}
    add_service(session, "moorings", relations=[part, replaces, {**part, "service": "boat-tax"}])
    add_journey(session, "own-a-boat", ["tax-a-boat", "boat-tax", "moorings"])
    add_usage(
        session,
        "tax-a-boat",
        "pay",
        component="payments",
        status="planned",
        until=None,
        yearly_volumes=[{"year": 2023, "quantity": 9}, {"year": 2024, "quantity": 5}],
    )
    add_usage(
        session,
        "boat-tax",
        "pay",
        component="payments",
        supplier="Tide Ltd",
        yearly_volumes=[{"year": 2024, "quantity": 7}],
    )
    add_usage(session, "boat-tax", "send", component="letters")
    add_usage(session, "boat-tax", "sign-in", status="stopped", until="2020-01-01")
    answer_need(session, "tax-a-boat", "pay", "needed")
    answer_need(session, "boat-tax", "pay", "not_needed")
    answer_need(session, "boat-tax", "send", "needed")
    indexing.reindex(session)
    session.commit()
    return session


def ids(session: Session, *slugs: str, kind: RecordKind = SERVICE) -> list[int]:
    return [duplicates.id_at(session, kind, slug) for slug in slugs]


def merge(database: RolledBackDatabase, session: Session, kind: RecordKind, *slugs: str) -> None:
    stays, goes = ids(session, *slugs, kind=kind)
    merging.merge(database, Wanted(kind, stays, goes), WHY)
    session.expire_all()


def test_everything_moves(catalogue: Session, database: RolledBackDatabase) -> None:
    stays, goes = ids(catalogue, "tax-a-boat", "boat-tax")
    planned, live = row_of(catalogue, stays).id, row_of(catalogue, goes, supplier="Tide Ltd").id
    before = service_counts.counted(catalogue)
    merge(database, catalogue, SERVICE, "tax-a-boat", "boat-tax")
    assert usage_counts.kept(catalogue) == usage_counts.counted(catalogue)
    document = service_documents.by_slug(catalogue, "tax-a-boat")
    assert document["category"] == "Tax" and document["keywords"] == ["boat", "ship"]
    assert [each["name"] for each in document["names"]] == ["Boat tax"]
    assert [each["organisation"] for each in document["owners"]] == ["portal:waters"]
    assert document["relations"] == []
    journey = catalogue.execute(select(func.count()).select_from(Usage)).scalar()
    assert journey == 3, "two of one thing are one"
    kept = row_of(catalogue, stays, supplier="Tide Ltd")
    assert (kept.id, kept.status.value) == (live, "live"), "the one further along stays"
    assert catalogue.get(Usage, planned) is None
    [told] = [row for row in usage.load(catalogue) if row.id == live]
    assert [(row.year, row.quantity) for row in told.volumes] == [(2023, 9), (2024, 7)]
    other = service_documents.by_slug(catalogue, "moorings")
    assert other["relations"] == [
        {"relation": "part_of", "service": "tax-a-boat"},
        {"relation": "replaces", "service": "tax-a-boat"},
    ]
    needs = merging.merging_services.needs_of(catalogue, stays)
    assert {need: said["answer"] for need, said in needs.items()} == {
        "pay": "needed", "send": "needed",
    }  # fmt: skip
    assert service_counts.kept(catalogue) == service_counts.counted(catalogue) != before
    with pytest.raises(Missing):
        services.by_slug(catalogue, "boat-tax")
    assert services.slug_now(catalogue, "boat-tax") == "tax-a-boat"
    assert search.find(catalogue, "service", "boat tax").ids == [stays]


def test_history_tells_of_it_on_both(catalogue: Session, database: RolledBackDatabase) -> None:
    stays, goes = ids(catalogue, "tax-a-boat", "boat-tax")
    merge(database, catalogue, SERVICE, "tax-a-boat", "boat-tax")
    mine = [e for e in history_of(catalogue, "service", stays) if e.tag == "service.merged"]
    [event] = mine
    assert event.after["merged_from"] == [{"name": "Boat tax", "slug": "boat-tax"}]
    assert event.after["needs"]["send"]["answer"] == "needed" and event.reason == "One service"
    [event] = [e for e in history_of(catalogue, "service", goes) if e.tag == "service.merged"]
    assert event.after["merged_into"] == [{"name": "Tax a boat", "slug": "tax-a-boat"}]
    assert event.before["name"] == "Boat tax" and "pay" in event.before["needs"]


def test_addresses_lead_on_for_ever(
    catalogue: Session, database: RolledBackDatabase, client: PageClient
) -> None:
    add_service(catalogue, "boat-tax-3", owner="waters")
    catalogue.commit()
    merge(database, catalogue, SERVICE, "tax-a-boat", "boat-tax")
    merge(database, catalogue, SERVICE, "boat-tax-3", "tax-a-boat")
    for old in ("boat-tax", "tax-a-boat"):
        answer = client.get(f"/services/{old}")
        assert (answer.status_code, answer.headers["Location"]) == (301, "/services/boat-tax-3")
    with as_person(client.application, everywhere(Role.PORTAL_ADMINISTRATOR)):
        assert client.get("/services/boat-tax/history").status_code == 200
    page = client.get("/services/boat-tax/history")
    assert page.status_code == 200 and "Merged into" in page.text
    assert "merged into another one" in page.text
    assert client.get("/services/boat-tax/history.json").get_json()["count"] >= 2


def test_a_record_that_was_renamed_there_and_back(
    catalogue: Session, database: RolledBackDatabase
) -> None:
    refs = organisations.ids_by_reference(catalogue)
    for slug in ("ship-tax", "boat-tax"):
        service = services.load(catalogue, ids(catalogue, *{"boat-tax", "ship-tax"} - {slug}))[0]
        before = services.document_of(service)
        services.save(catalogue, service, before, {**before, "slug": slug}, refs, ACT, "renamed")
        catalogue.commit()
    merge(database, catalogue, SERVICE, "tax-a-boat", "boat-tax")
    for old in ("ship-tax", "boat-tax"):
        assert services.slug_now(catalogue, old) == "tax-a-boat"


def test_the_record_of_before_can_be_read(
    catalogue: Session, database: RolledBackDatabase, client: PageClient
) -> None:
    merge(database, catalogue, SERVICE, "tax-a-boat", "boat-tax")
    then = client.get("/services/boat-tax/as-at/2026-01-05.json").get_json()
    assert (then["name"], then["category"]) == ("Boat tax", "Tax")
    assert then["relations"] == [{"relation": "part_of", "service": "tax-a-boat"}]
    assert "merged_into" not in then and then["needs"]["pay"]["answer"] == "not_needed"
    page = client.get("/services/boat-tax/as-at/2026-01-05")
    assert page.status_code == 200 and "Boat tax, as recorded on 5 January 2026" in page.text
    assert client.get("/services/boat-tax/as-at/2025-01-05").status_code == 404
    today = WHY.day.isoformat()
    answer = client.get(f"/services/boat-tax/as-at/{today}")
    assert answer.headers["Location"] == f"/services/tax-a-boat/as-at/{today}"
    then = client.get("/services/tax-a-boat/as-at/2026-01-05.json").get_json()
    assert then["keywords"] == ["boat"] and "merged_from" not in then


def test_usages_keep_what_they_replace(catalogue: Session, database: RolledBackDatabase) -> None:
    stays, goes = ids(catalogue, "tax-a-boat", "boat-tax")
    old = row_of(catalogue, goes, status="stopped")
    planned, live = row_of(catalogue, stays), row_of(catalogue, goes, supplier="Tide Ltd")
    follower = row_of(catalogue, goes, component_id=ids_of(catalogue, "letters"))
    planned.replaces_id, follower.replaces_id = old.id, planned.id
    catalogue.commit()
    merge(database, catalogue, SERVICE, "tax-a-boat", "boat-tax")
    assert catalogue.get_one(Usage, live.id).replaces_id == old.id
    assert catalogue.get_one(Usage, follower.id).replaces_id == live.id


def ids_of(session: Session, component: str) -> int:
    return merging.merging_services.known_ids(session).components[component]


def test_people_pass_on(catalogue: Session, database: RolledBackDatabase) -> None:
    stays, goes = ids(catalogue, "tax-a-boat", "boat-tax")
    both = add_person(
        catalogue, "both@a.example", *(Grant(OWNER, Kind.SERVICE, i) for i in (stays, goes))
    )
    one = add_person(catalogue, "one@a.example")
    end = WHY.day + timedelta(days=30)
    grants.add(catalogue, one.id, Grant(OWNER, Kind.SERVICE, goes), act(), until=end)
    invitations.add(catalogue, "new@a.example", Grant(OWNER, Kind.SERVICE, goes), act())
    asker = add_person(catalogue, "asker@a.example")
    requests.add(catalogue, asker.id, Thing("service", goes), None, act())
    catalogue.commit()
    merge(database, catalogue, SERVICE, "tax-a-boat", "boat-tax")
    for who in (both, one):
        assert grants.held(catalogue, who.id, WHY.day) == (Grant(OWNER, Kind.SERVICE, stays),)
    assert grants.of_person(catalogue, one.id, WHY.day)[0].until == end
    assert [i.email for i in invitations.open_on(catalogue, Kind.SERVICE, stays, WHY.at)] == [
        "new@a.example"
    ]
    assert [r.person_id for r in requests.waiting_on(catalogue, Kind.SERVICE, stays)] == [asker.id]


def test_other_decisions_and_exemptions_move(
    catalogue: Session, database: RolledBackDatabase
) -> None:
    stays, goes, third = ids(catalogue, "tax-a-boat", "boat-tax", "moorings")
    found = {(stays, goes): Likeness(0.9, "x"), (goes, third): Likeness(0.6, "y")}
    duplicates.put(catalogue, SERVICE, [stays, goes, third], found, ACT.at)
    component = ids_of(catalogue, "payments")
    for service in (stays, goes):
        exemption = {"service_id": service, "reason": "x", "granted_by": "y", "granted_on": WHY.day}
        catalogue.add(ComponentExemption(component_id=component, **exemption))
    catalogue.add(
        ImportedRecord(
            kind="k",
            key="1",
            thing="service",
            thing_id=goes,
            said={},
            batch_id=add_batch(catalogue),
        )
    )
    catalogue.commit()
    decided = duplicates.between(catalogue, SERVICE, goes, third)
    assert decided
    said = pair_acts.Said(PairDecision.DIFFERENT)
    pair_acts.decide(database, decided.id, said, PairDecision.WAITING, WHY)
    merge(database, catalogue, SERVICE, "tax-a-boat", "boat-tax")
    moved = duplicates.between(catalogue, SERVICE, stays, third)
    assert moved and moved.decision is PairDecision.DIFFERENT
    assert catalogue.scalars(select(ComponentExemption.service_id)).all() == [stays]
    assert catalogue.scalars(select(ImportedRecord.thing_id)).all() == [stays]
    row = duplicates.listing(catalogue, duplicates.PairQuery())[0]
    assert (row.one.slug, row.other.slug) == ("tax-a-boat", "boat-tax"), "by its last name"


def add_batch(session: Session) -> int:
    batch = ImportBatch(kind="k", files=[], actor="x", applied_at=ACT.at, counts={})
    session.add(batch)
    session.flush()
    return batch.id


def test_what_changed_meanwhile_is_not_merged(
    catalogue: Session, database: RolledBackDatabase
) -> None:
    stays, goes = ids(catalogue, "tax-a-boat", "boat-tax")
    with database.reading() as session:
        shown = merging.preview(session, Wanted(SERVICE, stays, goes), WHY)
    assert shown.choose == ["name", "owners"] and len(shown.united) == 1
    assert shown.answers == ["pay"] and "owners" in shown.left_out
    assert dict(shown.moves)["Steps of journeys"] == 1
    wrong = (shown.versions[0], shown.versions[1] + 1)
    with pytest.raises(Stale):
        merging.merge(database, Wanted(SERVICE, stays, goes, versions=wrong), WHY)
    with pytest.raises(Missing):
        merging.merge(database, Wanted(SERVICE, stays, stays), WHY)
    choices = {"name": "goes", "owners": "goes"}
    merging.merge(database, Wanted(SERVICE, stays, goes, choices, shown.versions), WHY)  # type: ignore[arg-type]
    catalogue.expire_all()
    document = service_documents.by_slug(catalogue, "tax-a-boat")
    assert document["name"] == "Boat tax"
    assert [each["organisation"] for each in document["owners"]] == ["portal:harbours"]


def test_two_organisations_become_one(
    catalogue: Session, database: RolledBackDatabase, client: PageClient, app: Flask
) -> None:
    waters, harbours = ids(catalogue, "waters", "harbours", kind=BODY)
    add_organisation(catalogue, "quay-office", parent="harbours", name="Quay office")
    succession = {"kind": "merged", "successor": "portal:harbours", "on": "2020-01-01",
                  "source": None}  # fmt: skip
    add_organisation(catalogue, "old-harbours", successions=[succession])
    add_component(catalogue, "tides", "send", provider="harbours")
    both = [
        {"role": role, "organisation": f"portal:{body}", "published_name": None, "source": None,
         "since": since, "until": until}
        for role, body, since, until in (
            ("accountable", "harbours", None, "2020-01-01"),
            ("accountable", "waters", "2020-01-01", None),
            ("delivers", "harbours", None, None),
        )
    ]  # fmt: skip
    add_service(catalogue, "ferries", owners=both)
    names = organisations.references(catalogue)
    row = matches.new("The Harbours", harbours, "same", ACT)
    matches.add(catalogue, [row], names, ACT)
    add_domain(catalogue, "harbours.example", harbours)
    admin = Grant(Role.ORGANISATION_ADMINISTRATOR, Kind.ORGANISATION, harbours)
    person = add_person(catalogue, "admin@a.example", admin)
    indexing.reindex(catalogue)
    catalogue.commit()
    merge(database, catalogue, BODY, "waters", "harbours")
    document = organisations.document_of(organisations.by_slug(catalogue, "waters"))
    assert document["identifiers"] == ["portal:harbours", "portal:waters"]
    assert [each["alias"] for each in document["aliases"]] == ["Harbours"]
    owners = service_documents.by_slug(catalogue, "ferries")["owners"]
    assert [(o["role"], o["organisation"], o["since"], o["until"]) for o in owners] == [
        ("accountable", "portal:harbours", None, None)
    ], "one body is named by the first of its identifiers, and has one row"
    for slug in ("boat-tax", "tax-a-boat"):
        assert services.by_slug(catalogue, slug).organisation_id == waters
    assert matches.by_id(catalogue, row.id).organisation_id == waters
    for slug in ("quay-office", "old-harbours"):
        body = organisations.document_of(organisations.by_slug(catalogue, slug))
        links = [*body["parents"], *body["successions"]]
        assert "portal:harbours" in str(links)
    held = grants.held(catalogue, person.id, WHY.day)
    assert held == (replace(admin, id=waters),)
    assert service_counts.kept(catalogue) == service_counts.counted(catalogue)
    assert client.get("/organisations/harbours").headers["Location"] == "/organisations/waters"
    assert client.get("/organisations/harbours/as-at/2026-01-05").status_code == 200
    assert client.get("/organisations/harbours/history").status_code == 200
    assert client.get("/organisations/waters").status_code == 200
    found = client.get("/services.json?organisation=waters").get_json()
    assert found["count"] == 3
    assert client.get("/services?organisation=harbours").status_code == 301


def test_what_became_another_record_is_asked_about_anew(
    catalogue: Session, database: RolledBackDatabase
) -> None:
    [stays] = ids(catalogue, "tax-a-boat")
    before = replace(WHY, at=WHY.at - timedelta(days=30))
    reviews.confirm(catalogue, Reviewed.SERVICE, stays, OWNER, before)
    catalogue.commit()

    def by() -> date | None:
        catalogue.expire_all()
        return reviews.standing(catalogue, Reviewed.SERVICE, stays).review_by  # type: ignore[union-attr]

    assert (by() or WHY.day) > WHY.day
    merge(database, catalogue, SERVICE, "tax-a-boat", "boat-tax")
    assert by() == WHY.day, "nobody has confirmed what it says since"
    reviews.follow(catalogue, Reviewed.SERVICE, {stays: 6}, WHY.day)
    assert by() == WHY.day, "an edit is no confirmation"
    reviews.confirm(catalogue, Reviewed.SERVICE, stays, OWNER, WHY)
    assert (by() or WHY.day) > WHY.day
