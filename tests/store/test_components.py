"""Components, capabilities and usages in the database: written, read back, listed, counted."""

from __future__ import annotations

from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from portal import search
from portal.audit import HistoryEvent
from portal.catalogue.actions import undo
from portal.catalogue.actions.indexing import reindex
from portal.catalogue.models.components import Capability
from portal.catalogue.rules.component_documents import (
    clean_capability,
    clean_component,
    clean_need,
)
from portal.catalogue.rules.component_filters import ComponentQuery, parse_components
from portal.catalogue.rules.filters import Cursor, parse_services
from portal.catalogue.store import (
    capabilities,
    capability_use,
    component_documents,
    component_lists,
    component_users,
    components,
    pointing,
    service_choices,
    service_lists,
    service_needs,
    services,
    usage,
)
from portal.catalogue.store.organisations import ids_by_reference
from portal.errors import Clash, Invalid, Missing
from tests.store.test_service_lists import TODAY
from tests.support.data import ACT, add_organisation, add_service, demo
from tests.support.storefront import add_capability, add_component, add_usage
from tests.support.transactions import RolledBackDatabase

DEMO = pytest.mark.parametrize("demo", [True])


@pytest.fixture
def catalogue(session: Session) -> Session:
    """A ministry with two components, a closed one, and three services."""
    add_organisation(session, "ministry")
    add_organisation(session, "office")
    add_capability(session, "messages")
    for slug in ("letters", "texts", "archive"):
        add_capability(session, slug, "messages")
    add_component(session, "post-hub", "letters", sectors=["nhs"], kind="api", has_interface=False)
    add_component(session, "notify", "letters", "texts", lifecycle="beta")
    add_component(
        session, "old-post", "letters", lifecycle="closed", closes_on="2023-04-01",
        successor="notify", provider="office",
    )  # fmt: skip
    for slug, owner in (("send-bills", "ministry"), ("ask-pupils", "office"), ("tell-all", None)):
        add_service(session, slug, **({"owner": owner} if owner else {}))
    add_usage(session, "send-bills", "letters", component="notify", since_basis="seen")
    add_usage(session, "send-bills", "texts", component="notify")
    add_usage(session, "ask-pupils", "letters", component="old-post")
    add_usage(session, "tell-all", "letters", component="notify", status="planned", since=None)
    add_usage(
        session, "tell-all", "texts", arrangement="bought_product", product="Texter",
        status="stopped", since=None, until="2022-01-01",
    )  # fmt: skip
    session.flush()
    session.expunge_all()
    return session


def ids(session: Session) -> usage.Ids:
    return usage.Ids(
        services.ids_by_slug(session),
        capabilities.ids_by_slug(session),
        components.ids_by_slug(session),
    )


@DEMO
def test_each_demo_component_comes_back_as_it_was_written(session: Session) -> None:
    wanted = {d["slug"]: clean_component(d) for d in demo("components")}
    listed = {d["slug"]: d for d in component_documents.listed(session, ComponentQuery(), TODAY)}
    # A list says of each when it is to be reviewed as well.
    assert {
        slug: {field: listed[slug][field] for field in document}
        for slug, document in wanted.items()
    } == wanted
    for slug, document in wanted.items():
        assert components.document_of(components.by_slug(session, slug)) == document
        assert component_documents.by_slug(session, slug).document == document
    found = {c.slug: capabilities.document_of(c) for c in capabilities.load(session)}
    assert found == {d["slug"]: clean_capability(d) for d in demo("capabilities")}


@DEMO
def test_demo_usages_come_back_and_components_are_found(app: Flask, session: Session) -> None:
    wanted: Any = demo("usages")
    said = [usage.document_of(u) for u in usage.load(session)]
    assert len(said) == len(wanted["usages"])
    reindex(session)
    for words, slug in (("notify", "govuk-notify"), ("take card payments", "govuk-pay"),
                        ("gds paas", "govuk-paas")):  # fmt: skip
        query = ComponentQuery(text=words)
        assert component_lists.listing(session, query).rows[0].slug == slug


@DEMO
def test_an_import_that_components_and_usages_rest_on_stays(
    database: RolledBackDatabase, session: Session
) -> None:
    for batch in (1, 2):
        with pytest.raises(Clash, match=r"(changed after|use what it brought)"):
            undo.undo(database, batch, ACT)


def change(session: Session, which: str, **changes: Any) -> bool:
    component = components.by_slug(session, which)
    before = components.document_of(component)
    after = clean_component(before | changes)
    refs, known = ids_by_reference(session), capabilities.ids_by_slug(session)
    saved = components.save(session, component, before, after, refs, known, ACT, "changed")
    components.save_successor(session, component, after["successor"])
    return saved


def test_a_change_is_kept_with_its_history(catalogue: Session) -> None:
    price = {"item": "Text", "unit": "fragment", "pence": "1.65", "since": "2016-05-01"}
    later = {**price, "pence": "1.58", "since": "2017-04-01"}
    assert change(catalogue, "notify", prices=[price])
    assert change(catalogue, "notify", prices=[price, later], slug="gov-notify")
    assert not change(catalogue, "gov-notify")
    catalogue.expire_all()
    prices = component_documents.by_slug(catalogue, "gov-notify").document["prices"]
    assert [(p["pence"], p["since"], p["until"]) for p in prices] == [
        ("1.65", "2016-05-01", "2017-04-01"), ("1.58", "2017-04-01", None),
    ]  # fmt: skip
    assert components.slug_now(catalogue, "notify") == "gov-notify"
    events = catalogue.scalars(
        select(HistoryEvent).where(HistoryEvent.thing == "component").order_by(HistoryEvent.id)
    ).all()
    assert set(events[-1].after) == {"prices", "slug"}
    with pytest.raises(Missing):
        component_documents.by_slug(catalogue, "notify")


def test_needs_that_are_used_cannot_be_taken_away(catalogue: Session) -> None:
    with pytest.raises(IntegrityError), catalogue.begin_nested():
        change(catalogue, "notify", capabilities=[{"capability": "texts"}])
    catalogue.expire_all()
    assert change(catalogue, "post-hub", capabilities=[{"capability": "texts", "note": "New"}])


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"provider": "portal:nobody"}, "no organisation portal:nobody"),
        ({"capabilities": [{"capability": "nothing"}]}, "no capability nothing"),
        ({"successor": "nothing"}, "no component nothing"),
        ({"successor": "old-post"}, "cannot succeed itself"),
    ],
)
def test_what_a_component_speaks_of_is_there(
    catalogue: Session, changes: dict[str, Any], words: str
) -> None:
    with pytest.raises(Invalid, match=words):
        change(catalogue, "notify", **changes)


def test_capabilities_form_a_tree(catalogue: Session) -> None:
    (top,) = capabilities.tree(catalogue)
    assert [leaf.slug for leaf in top.below] == ["letters", "texts", "archive"]
    node, above = capabilities.in_tree(catalogue, "texts")
    assert (node.name, above.slug if above else None) == ("Texts", "messages")
    with pytest.raises(Missing):
        capabilities.in_tree(catalogue, "nothing")
    top_row = capabilities.by_slug(catalogue, "messages")
    document = capabilities.document_of(top_row)
    known = capabilities.ids_by_slug(catalogue)
    with pytest.raises(Invalid, match="directly or not"):
        capabilities.save(
            catalogue, top_row, document, {**document, "parent": "texts"}, known, ACT, "moved"
        )
    with pytest.raises(Invalid, match="no capability nothing"):
        capabilities.save(
            catalogue, Capability(), None, {**document, "slug": "x", "parent": "nothing"}, known,
            ACT, "added",
        )  # fmt: skip


def rows(session: Session, address: str = "", size: int = 50) -> list[str]:
    pairs = [tuple(part.split("=")) for part in address.split("&") if part]
    query, ignored = parse_components(pairs)  # type: ignore[arg-type]
    assert not ignored
    found = component_lists.listing(session, query, size)
    assert found.total == len(found.rows) or size < 50
    documents = component_documents.listed(session, query, TODAY)
    assert [d["slug"] for d in documents][: len(found.rows)] == [r.slug for r in found.rows]
    return [row.slug for row in found.rows]


@pytest.mark.parametrize(
    ("address", "expected"),
    [
        ("", ["notify", "old-post", "post-hub"]),
        ("need=texts", ["notify"]),
        ("need=texts&need=letters", ["notify", "old-post", "post-hub"]),
        ("kind=api", ["post-hub"]),
        ("lifecycle=closed&lifecycle=live", ["old-post", "post-hub"]),
        ("sector=nhs", ["notify", "old-post", "post-hub"]),
        ("sector=police", ["notify", "old-post"]),
        ("q=post", ["old-post", "post-hub"]),
        ("q=post&lifecycle=live", ["post-hub"]),
        ("need=archive", []),
    ],
)
def test_the_list_by_filters(catalogue: Session, address: str, expected: list[str]) -> None:
    assert sorted(rows(catalogue, address)) == expected


def test_a_row_says_what_matters(catalogue: Session) -> None:
    found = component_lists.listing(catalogue, ComponentQuery())
    old = next(row for row in found.rows if row.slug == "old-post")
    assert (old.users, old.successor, old.successor_slug) == (1, "Notify", "notify")
    assert (old.provider, old.lifecycle) == ("Office", "closed")
    assert [name for _, name in found.rows[0].needs] == ["Letters", "Texts"]
    assert found.facets["needs"] == {"letters": 3, "texts": 1}
    assert found.facets["kinds"] == {"api": 1, "platform": 2}
    first = component_lists.listing(catalogue, ComponentQuery(), 2)
    assert first.next and not first.previous
    second = component_lists.listing(catalogue, ComponentQuery(cursor=Cursor(first.next)), 2)
    assert [row.slug for row in second.rows] == ["post-hub"] and second.previous
    assert component_lists.numbers(catalogue) == (3, 3)
    provided = component_lists.provided_by(catalogue, _office(catalogue))
    assert [row.slug for row in provided] == ["old-post"]


def _office(session: Session) -> int:
    return ids_by_reference(session)["portal:office"]


def test_who_uses_a_component(catalogue: Session) -> None:
    shown = component_documents.by_slug(catalogue, "notify")
    assert shown.replaces == [("old-post", "Old post")]
    assert [need[0] for need in shown.needs] == ["letters", "texts"]
    found = component_users.users(catalogue, shown.id, TODAY)
    assert (found.services, found.organisations, found.other_services) == (1, 1, 1)
    assert [(u.service_slug, u.capability_slug) for u in found.now] == [
        ("send-bills", "letters"), ("send-bills", "texts"),
    ]  # fmt: skip
    assert [(u.service_slug, u.status, u.organisation) for u in found.others] == [
        ("tell-all", "planned", None)
    ]
    assert len(component_users.users(catalogue, shown.id, TODAY, 1).now) == 1
    assert component_users.users(catalogue, 0, TODAY).services == 0
    old = component_documents.by_slug(catalogue, "old-post")
    assert old.successor and (old.successor.slug, old.successor.lifecycle) == ("notify", "beta")


def test_how_services_meet_a_need(catalogue: Session) -> None:
    known = capabilities.ids_by_slug(catalogue)
    need = {"service": "send-bills", "capability": "archive", "answer": "not_needed"}
    assert usage.say_need(catalogue, clean_need(need), ids(catalogue), ACT, "answered")
    assert not usage.say_need(catalogue, clean_need(need), ids(catalogue), ACT, "answered")
    other = {**need, "service": "tell-all", "answer": "needed"}
    usage.say_need(catalogue, clean_need(other), ids(catalogue), ACT, "answered")
    letters = capability_use.meeting(catalogue, known["letters"])
    assert letters.arrangements == {"shared_component": 2}
    assert {(w.name, w.component_slug, w.services) for w in letters.ways} == {
        ("Notify", "notify", 1), ("Old post", "old-post", 1),
    }  # fmt: skip
    assert (letters.planned, letters.unanswered) == (1, 0)
    archive = capability_use.meeting(catalogue, known["archive"])
    assert (archive.needed, archive.not_needed, archive.unanswered) == (1, 1, 1)
    texts = capability_use.meeting(catalogue, known["texts"])
    assert (texts.arrangements, texts.unanswered) == ({"shared_component": 1}, 2)
    numbers = capability_use.numbers(catalogue)
    assert numbers[known["letters"]].components == 2
    assert numbers[known["letters"]].services == {"shared_component": 2}
    assert known["archive"] not in numbers


def needs_of(session: Session, slug: str) -> service_needs.Needs:
    return service_needs.of_service(session, services.ids_by_slug(session)[slug], TODAY)


def test_how_a_service_meets_its_needs(catalogue: Session) -> None:
    bills = needs_of(catalogue, "send-bills")
    assert [(m.capability_slug, m.component_slug, m.since_basis) for m in bills.now] == [
        ("letters", "notify", "seen"), ("texts", "notify", None),
    ]  # fmt: skip
    assert (bills.ending, bills.unanswered) == ([], 1)
    (ending,) = needs_of(catalogue, "ask-pupils").ending
    assert (ending.closes_on, ending.successor_slug) == ("2023-04-01", "notify")
    everybody = needs_of(catalogue, "tell-all")
    assert [m.status for m in everybody.now] == ["planned"]
    assert [(m.product, m.until) for m in everybody.before] == [("Texter", "2022-01-01")]
    add_usage(catalogue, "tell-all", "texts", component="notify")
    said = service_needs.documents(needs_of(catalogue, "tell-all"))
    assert [u["component"] or u["product"] for u in said["usages"]] == [
        "notify", "notify", "Texter",
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("address", "expected"),
    [
        ("component=notify", ["send-bills"]),
        ("capability=letters", ["ask-pupils", "send-bills"]),
        ("capability=letters&component=old-post", ["ask-pupils"]),
        ("capability=texts&component=old-post", []),
        ("arrangement=shared_component", ["ask-pupils", "send-bills"]),
        ("arrangement=by_hand", []),
        ("component=notify&organisation=office", []),
    ],
)
def test_services_by_what_they_use(catalogue: Session, address: str, expected: list[str]) -> None:
    pairs = [tuple(part.split("=")) for part in address.split("&")]
    query, ignored = parse_services(pairs)  # type: ignore[arg-type]
    assert not ignored and query.filtered
    found = service_lists.listing(catalogue, query, TODAY)
    assert [row.slug for row in found.rows] == expected
    assert found.total == len(expected)
    assert sum(choice.count for choice in found.facets["phases"]) == len(expected)


def test_choices_of_the_service_list(catalogue: Session) -> None:
    found = service_choices.choices(catalogue, "office", TODAY)
    assert found.needs == {
        "Messages": {"letters": "Letters", "texts": "Texts", "archive": "Archive"}
    }
    assert list(found.components) == ["notify", "old-post", "post-hub"]
    assert found.closed <= set(found.components)
    assert found.names["organisation"] == {"office": "Office"}
    assert service_choices.choices(catalogue, None, TODAY).names["organisation"] == {}


def test_a_usage_speaks_of_what_is_there(catalogue: Session) -> None:
    for wrong in ({"component": "nothing"}, {"component": "post-hub"}):
        with pytest.raises((Invalid, IntegrityError)), catalogue.begin_nested():
            add_usage(catalogue, "tell-all", "archive", **wrong)
    with pytest.raises(Invalid, match="no service nothing"):
        add_usage(catalogue, "nothing", "archive", component="notify")


def test_who_points_at_whom(catalogue: Session) -> None:
    known = ids(catalogue)
    body, notify = _office(catalogue), known.components["notify"]
    old = known.components["old-post"]
    assert ("component", old) in pointing.pointing_at(catalogue, [("organisation", body)], [])
    at_notify = pointing.pointing_at(catalogue, [("component", notify)], [])
    assert [thing for thing, _ in at_notify] == ["component", "usage", "usage", "usage"]
    at_service = pointing.pointing_at(catalogue, [("service", known.services["ask-pupils"])], [])
    assert pointing.called(catalogue, at_service) == ["usage “Ask pupils”"]
    at_need = pointing.pointing_at(catalogue, [("capability", known.capabilities["texts"])], [])
    assert [thing for thing, _ in at_need] == ["component", "usage", "usage"]


def test_a_component_that_nothing_uses_can_go(catalogue: Session) -> None:
    components.remove(catalogue, components.by_slug(catalogue, "post-hub"), ACT, "removed")
    assert rows(catalogue) == ["notify", "old-post"]
    reindex(catalogue)
    assert search.find(catalogue, "component", "post hub").ids != []
