"""Functions pass from body to body and back, on both databases."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from portal import search
from portal.access import Grant, Kind, Role
from portal.accounts.store import grants
from portal.audit import HistoryEvent, history_of
from portal.catalogue.actions import indexing, merging, reversing, transfers
from portal.catalogue.actions.transfers import Wanted
from portal.catalogue.models.transfers import TransferBody, TransferItem
from portal.catalogue.store import (
    component_documents,
    duplicates,
    organisations,
    service_batches,
    service_counts,
    service_documents,
    services,
)
from portal.catalogue.store import transfers as store
from portal.catalogue.words import (
    RecordKind,
    SuccessionKind,
    TransferAction,
    TransferKind,
    TransferState,
)
from portal.errors import Clash, Invalid, Stale
from tests.support.accounts import act, add_person, letters
from tests.support.data import ACT, add_organisation, add_service, service_document
from tests.support.storefront import add_capability, add_component
from tests.support.transactions import RolledBackDatabase

DAY = date(2023, 2, 7)
SOURCE = "https://a.example/changes"
WHY = replace(act(), actor="person:1", reason="By mistake")
ADMIN = Role.ORGANISATION_ADMINISTRATOR
MOVE, STAY, END, OPEN = (
    TransferAction.MOVE, TransferAction.STAY, TransferAction.END, TransferAction.OPEN
)  # fmt: skip


def owner(role: str, body: str, since: str | None = None) -> dict[str, Any]:
    return {"role": role, "organisation": f"portal:{body}", "published_name": None,
            "since": since, "until": None, "source": None}  # fmt: skip


def body(session: Session, slug: str) -> int:
    return duplicates.id_at(session, RecordKind.ORGANISATION, slug)


@pytest.fixture
def government(session: Session) -> Session:
    """A department that loses: services in two roles, a component, a body below, people."""
    for slug in ("old", "new", "other"):
        add_organisation(session, slug)
    add_organisation(session, "agency", parent="old")
    add_capability(session, "needs")
    add_capability(session, "pay", "needs")
    add_component(session, "payments", "pay", provider="old")
    add_service(session, "both-roles", owners=[owner("accountable", "old"), owner("funds", "old")])
    add_service(
        session, "delivered", owners=[owner("accountable", "other"), owner("delivers", "old")]
    )
    add_service(session, "theirs", owner="other")
    admin = Grant(ADMIN, Kind.ORGANISATION, body(session, "old"))
    add_person(session, "admin@a.example", admin)
    indexing.reindex(session)
    session.commit()
    return session


def wanted(session: Session, kind: SuccessionKind, *gaining: str, day: date = DAY) -> Wanted:
    gains = [body(session, slug) for slug in gaining]
    return Wanted("Old to new", kind, day, SOURCE, [body(session, "old")], gains)


def rows(session: Session, transfer: int) -> dict[tuple[str, str], TransferItem]:
    session.expire_all()
    found = store.every_item(session, transfer)
    service = TransferKind.SERVICE
    return {
        (item.slug if item.kind is service else item.kind.value, item.role): item for item in found
    }


def documents(session: Session) -> dict[str, Any]:
    """All that a transfer may change, without the bodies' slots in it."""
    session.expire_all()
    found = {each.slug: services.document_of(each) for each in services.load(session)}
    found |= {f"o:{o.slug}": organisations.document_of(o) for o in organisations.load(session)}
    found["c"] = component_documents.by_slug(session, "payments").document
    return found


def test_all_that_they_own_stands_in_the_draft(
    government: Session, database: RolledBackDatabase
) -> None:
    made = transfers.draft(database, wanted(government, SuccessionKind.MERGED, "new"), WHY)
    found = rows(government, made)
    assert set(found) == {
        ("both-roles", "accountable"), ("both-roles", "funds"), ("delivered", "delivers"),
        ("component", "provides"), ("organisation", "part_of"),
        ("role", "organisation_administrator"),
    }  # fmt: skip
    new = body(government, "new")
    assert {(item.action, item.to_id) for item in found.values()} == {(MOVE, new)}
    assert found["role", "organisation_administrator"].name == "", "no name of a person"


def test_what_nobody_can_guess_is_asked(government: Session, database: RolledBackDatabase) -> None:
    two = wanted(government, SuccessionKind.FUNCTIONS_TRANSFERRED, "new", "other")
    made = transfers.draft(database, two, WHY)
    found = rows(government, made)
    assert found["role", "organisation_administrator"].action is STAY, "the body goes on"
    assert found["both-roles", "funds"].action is OPEN
    with pytest.raises(Clash):
        transfers.apply(database, made, WHY)
    new, other = body(government, "new"), body(government, "other")
    item = found["both-roles", "funds"].id
    with pytest.raises(Invalid):
        transfers.choose(database, made, {item: (MOVE, body(government, "agency"))}, None)
    transfers.choose(database, made, {item: (MOVE, other)}, (MOVE, new))
    found = rows(government, made)
    assert found["both-roles", "funds"].to_id == other
    assert found["both-roles", "accountable"].to_id == new
    transfers.apply(database, made, WHY)
    owners = service_documents.by_slug(government, "both-roles")["owners"]
    assert [(o["role"], o["organisation"], o["since"], o["until"]) for o in owners] == [
        ("accountable", "portal:old", None, "2023-02-07"),
        ("accountable", "portal:new", "2023-02-07", None),
        ("funds", "portal:old", None, "2023-02-07"),
        ("funds", "portal:other", "2023-02-07", None),
    ]  # fmt: skip


def test_a_transfer_is_applied_once_and_whole(
    government: Session, database: RolledBackDatabase
) -> None:
    made = transfers.draft(database, wanted(government, SuccessionKind.MERGED, "new"), WHY)
    transfers.apply(database, made, WHY)
    government.expire_all()
    old = organisations.document_of(organisations.by_slug(government, "old"))
    assert old["end_date"] == "2023-02-07"
    assert old["successions"] == [
        {"kind": "merged", "successor": "portal:new", "on": "2023-02-07", "source": SOURCE}
    ]
    agency = organisations.document_of(organisations.by_slug(government, "agency"))
    assert [p["organisation"] for p in agency["parents"]] == ["portal:old", "portal:new"]
    assert component_documents.by_slug(government, "payments").document["provider"] == "portal:new"
    new = body(government, "new")
    service = services.by_slug(government, "both-roles")
    assert service.organisation_id == new
    events = history_of(government, "service", service.id)
    assert [e.tag for e in events] == ["transfer.applied", "service.created"], "one event a record"
    assert events[0].after["transfer"] == [{"name": "Old to new", "on": "2023-02-07"}]
    assert service_counts.kept(government) == service_counts.counted(government)
    held = government.scalars(select(grants.RoleGrant).order_by(grants.RoleGrant.id)).all()
    old_id = body(government, "old")
    assert [(g.thing_id, g.until) for g in held] == [(old_id, WHY.day), (new, None)]
    with pytest.raises(Stale):
        transfers.apply(database, made, WHY)
    assert store.get(government, made).state is TransferState.APPLIED
    assert service.id in search.find(government, "service", "new").ids


def test_a_reversal_gives_everything_back(
    government: Session, database: RolledBackDatabase
) -> None:
    before, counts = documents(government), service_counts.counted(government)
    made = transfers.draft(database, wanted(government, SuccessionKind.MERGED, "new"), WHY)
    transfers.apply(database, made, WHY)
    assert documents(government) != before
    assert reversing.check_back(government, store.get(government, made), WHY).fine
    back = reversing.reverse(database, made, WHY)
    assert documents(government) == before
    assert service_counts.kept(government) == service_counts.counted(government) == counts
    person = government.scalars(select(grants.RoleGrant.person_id)).first() or 0
    held = grants.held(government, person, WHY.day)
    assert held == (Grant(ADMIN, Kind.ORGANISATION, body(government, "old")),)
    undone, reversal = store.get(government, made), store.get(government, back)
    assert (undone.state, reversal.reverses_id) == (TransferState.REVERSED, made)
    assert reversal.reason == "By mistake"
    for which in (made, back):
        with pytest.raises(Stale):
            reversing.reverse(database, which, WHY)
    assert [t.id for t in store.listing(government, store.TransferQuery())] == [made]
    assert store.reversal_of(government, made).id == back  # type: ignore[union-attr]


def test_what_changed_since_is_not_taken_back(
    government: Session, database: RolledBackDatabase
) -> None:
    made = transfers.draft(database, wanted(government, SuccessionKind.MERGED, "new"), WHY)
    transfers.apply(database, made, WHY)
    service = services.by_slug(government, "delivered")
    before = services.document_of(service)
    owners = [o for o in before["owners"] if o["role"] == "accountable"]
    refs = organisations.ids_by_reference(government)
    services.save(government, service, before, {**before, "owners": owners}, refs, ACT, "changed")
    government.commit()
    found = reversing.check_back(government, store.get(government, made), WHY)
    assert [name for name, _why in found.problems] == ["Delivered"]
    now = documents(government)
    with pytest.raises(Clash):
        reversing.reverse(database, made, WHY)
    assert documents(government) == now


def test_what_came_after_the_draft(government: Session, database: RolledBackDatabase) -> None:
    made = transfers.draft(database, wanted(government, SuccessionKind.MERGED, "new"), WHY)
    add_service(government, "later", owners=[owner("accountable", "old", "2024-01-01")])
    gone = duplicates.id_at(government, RecordKind.SERVICE, "delivered")
    services.remove(government, [gone], ACT, "gone")
    government.commit()
    found = transfers.check(government, store.get(government, made), WHY)
    assert found.new == 1 and not found.fine
    assert [why for _name, why in found.problems] == ["It is not there any more"]
    transfers.look_again(database, made, WHY)
    found = transfers.check(government, store.get(government, made), WHY)
    assert found.new == 0
    assert found.problems == [("Later", "It is theirs only since 2024-01-01")]
    later = rows(government, made)["later", "accountable"].id
    transfers.choose(database, made, {later: (STAY, None)}, None)
    found = transfers.check(government, store.get(government, made), WHY)
    assert found.fine and found.staying == 1
    transfers.apply(database, made, WHY)


def test_a_role_that_ends_comes_back(government: Session, database: RolledBackDatabase) -> None:
    made = transfers.draft(database, wanted(government, SuccessionKind.MERGED, "new"), WHY)
    role = rows(government, made)["role", "organisation_administrator"]
    transfers.choose(database, made, {role.id: (END, None)}, None)
    transfers.apply(database, made, WHY)
    person = grants.get(government, role.thing_id).person_id
    assert grants.held(government, person, WHY.day) == ()
    reversing.reverse(database, made, WHY)
    assert len(grants.held(government, person, WHY.day)) == 1


def test_a_draft_can_be_thrown_away(government: Session, database: RolledBackDatabase) -> None:
    made = transfers.draft(database, wanted(government, SuccessionKind.MERGED, "new"), WHY)
    assert [t.id for t in store.drafts(government)] == [made]
    transfers.discard(database, made)
    for table in (TransferBody, TransferItem):
        assert government.scalar(select(func.count()).select_from(table)) == 0
    tomorrow = WHY.day + timedelta(days=1)
    later = wanted(government, SuccessionKind.MERGED, "new", day=tomorrow)
    with pytest.raises(Invalid):
        transfers.draft(database, later, WHY)


def test_a_body_of_a_transfer_that_is_merged(
    government: Session, database: RolledBackDatabase
) -> None:
    made = transfers.draft(database, wanted(government, SuccessionKind.MERGED, "new"), WHY)
    transfers.apply(database, made, WHY)
    new, other = body(government, "new"), body(government, "other")
    merging.merge(database, merging.Wanted(RecordKind.ORGANISATION, other, new), WHY)
    government.expire_all()
    assert {b.organisation_id for b in store.get(government, made).bodies} >= {other}
    assert reversing.check_back(government, store.get(government, made), WHY)


@pytest.mark.parametrize("many", [1_200])
def test_many_services_in_one_transfer(
    government: Session, database: RolledBackDatabase, many: int
) -> None:
    refs = organisations.ids_by_reference(government)
    changes = [
        service_batches.change(None, None, service_document(f"m-{n}", owner="old"), refs, ACT)
        for n in range(many)
    ]
    service_batches.write(government, changes, refs, ACT, "made")
    government.commit()
    made = transfers.draft(database, wanted(government, SuccessionKind.RENAMED, "new"), WHY)
    transfers.apply(database, made, WHY)
    h = HistoryEvent
    applied = select(func.count()).where(h.tag == "transfer.applied", h.thing == "service")
    assert government.scalar(applied) == many + 2
    assert service_counts.kept(government) == service_counts.counted(government)
    reversing.reverse(database, made, WHY)
    assert service_counts.kept(government) == service_counts.counted(government)


@pytest.mark.usefixtures("app")
def test_those_who_answer_for_what_moves_are_told(
    government: Session, database: RolledBackDatabase
) -> None:
    new = Grant(ADMIN, Kind.ORGANISATION, body(government, "new"))
    mover = add_person(government, "mover@a.example", new)
    add_person(government, "new@a.example", new)
    government.commit()
    by = replace(WHY, actor=f"person:{mover.id}")
    made = transfers.draft(database, wanted(government, SuccessionKind.MERGED, "new"), by)
    transfers.apply(database, made, by, "https://portal.example")
    first = letters(government)
    assert sorted(mail.to_address for mail in first) == ["admin@a.example", "new@a.example"]
    assert f"https://portal.example/transfers/{made}" in first[0].body
    assert "3 records" in first[0].body and "as of 7 February 2023" in first[0].body
    reversing.reverse(database, made, by, "https://portal.example")
    back = letters(government)[2:]
    assert sorted(mail.to_address for mail in back) == ["admin@a.example", "new@a.example"]
    assert back[0].subject == "Taken back: Old to new"
