from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from portal import search
from portal.audit import HistoryEvent
from portal.catalogue.models.services import Service, ServiceOwner, ServicePhase
from portal.catalogue.rules.cleaners import NUMBER_LIMIT
from portal.catalogue.rules.documents import clean_service
from portal.catalogue.store import organisations, ownership, services
from portal.catalogue.words import OwnerRole, Phase
from portal.errors import Invalid, Missing
from tests.support.data import ACT, add_organisation, add_service, demo

LATER = replace(ACT, at=ACT.at + timedelta(days=365))  # the demo tells of this year


def stored(session: Session, slug: str) -> dict[str, object]:
    session.expire_all()
    return services.document_of(services.by_slug(session, slug))


def test_each_demo_service_comes_back_as_it_was_written(session: Session) -> None:
    documents = [clean_service(document) for document in demo("services")]
    refs: dict[str, int] = {}
    for document in demo("organisations"):
        made = add_organisation(session, **document | {"parents": [], "successions": []})
        refs |= dict.fromkeys(document["identifiers"], made.id)
    for document in documents:
        services.save(session, services.new(), None, document, refs, LATER, "service.created")
    ids = services.ids_by_slug(session)
    for document in documents:
        services.save_relations(session, ids[document["slug"]], document["relations"], ids)
    for document in documents:
        assert stored(session, document["slug"]) == document


def change(session: Session, which: str, **changes: object) -> bool:
    service = services.by_slug(session, which)
    before = services.document_of(service)
    after = clean_service(before | changes)
    refs = organisations.ids_by_reference(session)
    return services.save(session, service, before, after, refs, ACT, "service.changed")


def test_a_change_is_stored_with_only_what_changed(session: Session) -> None:
    service = add_service(session, "pay-a-fee")
    assert change(session, "pay-a-fee", purpose="Pay", audiences=["public"])
    assert service.version == 2
    event = session.scalars(select(HistoryEvent).order_by(HistoryEvent.id.desc())).first()
    assert event is not None
    assert event.after == {"purpose": "Pay", "audiences": ["public"]}


def test_saving_the_same_again_writes_nothing(session: Session) -> None:
    service = add_service(session, "pay-a-fee")
    assert not change(session, "pay-a-fee")
    assert service.version == 1
    assert len(session.scalars(select(HistoryEvent)).all()) == 1


def test_a_new_phase_and_owner_close_the_old_ones(session: Session) -> None:
    for slug in ("old-body", "new-body"):
        add_organisation(session, slug)
    [service] = services.load(
        session, [add_service(session, "pay-a-fee", owner="old-body", phase="alpha").id]
    )
    document = services.document_of(service)
    owner = document["owners"][0]
    day = "2020-01-01"
    change(
        session,
        "pay-a-fee",
        phases=[
            document["phases"][0] | {"until": day},
            {"phase": "live", "since": day, "until": None},
        ],
        owners=[
            owner | {"organisation": "portal:new-body", "since": day},
            owner | {"until": day},
        ],
    )
    assert service.phase is Phase.LIVE
    assert service.organisation_id == organisations.by_slug(session, "new-body").id
    assert len(stored(session, "pay-a-fee")["phases"]) == 2  # type: ignore[arg-type]


def test_an_old_address_leads_to_the_new_one(session: Session) -> None:
    add_service(session, "old-name")
    change(session, "old-name", slug="new-name")
    assert services.slug_now(session, "old-name") == "new-name"
    assert services.slug_now(session, "never") is None
    assert {"old-name", "new-name"} <= services.taken_slugs(session)
    with pytest.raises(Missing):
        services.by_slug(session, "old-name")


def test_an_unknown_owner_or_relation_is_refused(session: Session) -> None:
    with pytest.raises(Invalid, match="no organisation portal:nobody"):
        add_service(session, "pay-a-fee", owner="nobody")
    service = add_service(session, "pay-another-fee")
    row = {"relation": "part_of", "service": "not-there"}
    with pytest.raises(Invalid, match="no service not-there"):
        services.save_relations(session, service.id, [row], {})


@pytest.mark.parametrize("what", ["phase", "owner"])
def test_the_database_refuses_a_second_open_one(session: Session, what: str) -> None:
    add_organisation(session, "a-body")
    service = add_service(session, "pay-a-fee", owner="a-body")
    if what == "phase":
        session.add(ServicePhase(service_id=service.id, phase=Phase.LIVE))
    else:
        who = {"organisation_id": service.organisation_id, "role": OwnerRole.ACCOUNTABLE}
        session.add(ServiceOwner(service_id=service.id, **who))
    with pytest.raises(IntegrityError):
        session.flush()


def test_a_removed_service_leaves_its_history(session: Session) -> None:
    add_service(session, "pay-a-fee")
    services.remove(session, [services.by_slug(session, "pay-a-fee").id], ACT, "service.removed")
    assert session.scalars(select(Service)).all() == []
    tags = session.scalars(select(HistoryEvent.tag).order_by(HistoryEvent.id)).all()
    assert tags == ["service.created", "service.removed"]


def test_a_service_is_found_by_its_other_names_and_owner(session: Session) -> None:
    add_organisation(session, "vehicle-agency", abbreviation="DVLA")
    names = [{"name": "Road tax", "kind": "synonym", "language": "en", "until": None}]
    made = add_service(session, "tax-your-vehicle", owner="vehicle-agency", names=names)
    add_service(session, "renew-a-patent")
    for words in ("road tax", "dvla", "taxing vehicles", "vehical tax"):
        assert search.find(session, "service", words).ids[:1] == [made.id], words


def test_services_that_wait_for_an_owner_get_it(session: Session) -> None:
    for slug in ("fisheries", "other-body"):
        add_organisation(session, slug)
    row = {"role": "accountable", "organisation": None, "published_name": "Dept of Fish"}
    owners = [row | {"since": None, "until": None, "source": None}]
    made = add_service(session, "buy-a-licence", owners=owners)
    add_service(session, "other", owner="other-body")
    refs = organisations.ids_by_reference(session)
    words = ("Dept of Fish", None, "portal:fisheries")
    assert ownership.move(session, *words, refs, ACT) == [made.id]
    found = services.document_of(services.load(session, [made.id])[0])["owners"]
    assert found == [owners[0] | {"organisation": "portal:fisheries"}]
    assert made.organisation_id == refs["portal:fisheries"]
    assert ownership.move(session, *words, refs, ACT) == []


def owner(slug: str, since: str | None, until: str | None) -> dict[str, Any]:
    return {"role": "accountable", "organisation": f"portal:{slug}", "published_name": None,
            "since": since, "until": until, "source": None}  # fmt: skip


def phase(name: str, since: str | None, until: str | None) -> dict[str, Any]:
    return {"phase": name, "since": since, "until": until}


@pytest.mark.parametrize(
    "rows",
    [
        lambda row: [row("b", "2016-06-01", None)],
        lambda row: [row("a", None, None)],
        lambda row: [row("b", "2016-06-01", None), row("a", None, "2016-06-01")],
        lambda row: [row("b", None, "2016-06-01"), row("a", "2016-06-01", None)],
        lambda row: [row("a", "2016-06-01", None), row("b", None, "2016-06-01")],
        lambda row: [row("b", None, "2015-01-01"), row("a", "2015-01-01", "2016-06-01"),
                     row("c", "2016-06-01", None)],
    ],
    ids=["shrink", "shrink to the former", "reverse", "swap", "both", "grow"],
)  # fmt: skip
def test_owners_and_phases_in_any_order(
    session: Session, rows: Callable[[Any], list[dict[str, Any]]]
) -> None:
    def phase_of(letter: str, since: str | None, until: str | None) -> dict[str, Any]:
        return phase({"a": "alpha", "b": "live", "c": "retired"}[letter], since, until)

    for slug in "abc":
        add_organisation(session, slug)
    first = (("a", None, "2016-06-01"), ("b", "2016-06-01", None))
    service = add_service(session, "pay-a-fee", owners=[owner(*row) for row in first])
    change(session, "pay-a-fee", phases=[phase_of(*row) for row in first])
    wanted = {"owners": rows(owner), "phases": rows(phase_of)}
    assert change(session, "pay-a-fee", **wanted)
    found = stored(session, "pay-a-fee")
    assert {name: found[name] for name in wanted} == wanted
    assert service.organisation_id is not None


def test_a_refused_change_leaves_the_service_as_it_was(session: Session) -> None:
    add_organisation(session, "a")
    add_service(session, "pay-a-fee", owner="a")
    before = stored(session, "pay-a-fee")
    with pytest.raises(Invalid, match="no organisation portal:nobody"):
        change(
            session, "pay-a-fee", name="Other", slug="other", owners=[owner("nobody", None, None)]
        )
    with pytest.raises(Invalid, match="in the future"):
        change(session, "pay-a-fee", name="Other", owners=[owner("a", "2026-01-03", None)])
    session.flush()
    assert stored(session, "pay-a-fee") == before
    assert len(session.scalars(select(HistoryEvent)).all()) == 2, "no event either"


def test_refused_relations_leave_the_old_ones(session: Session) -> None:
    add_service(session, "other")
    rows = [{"relation": "part_of", "service": "other"}]
    service = add_service(session, "pay-a-fee", relations=rows)
    with pytest.raises(Invalid):
        services.save_relations(session, service.id, [rows[0] | {"service": "not-there"}], {})
    assert stored(session, "pay-a-fee")["relations"] == rows


@pytest.mark.parametrize("which", ["since", "until"])
@pytest.mark.parametrize("field", ["phases", "owners"])
def test_what_starts_or_ends_in_the_future_is_refused(
    session: Session, which: str, field: str
) -> None:
    add_organisation(session, "a")
    add_service(session, "pay-a-fee", owner="a")
    here = stored(session, "pay-a-fee")
    row: Any = here[field][0]  # type: ignore[index]
    later = {"since": "2026-01-03", "until": None}
    rows = [row | later] if which == "since" else [row | {"until": "2026-01-03"}]
    if which == "until" and field == "phases":
        rows.append(row | later)
    with pytest.raises(Invalid, match="in the future") as refusal:
        change(session, "pay-a-fee", **{field: rows})
    assert refusal.value.field == f"{field}.0.{which}"
    assert change(session, "pay-a-fee", **{field: [row | {"since": "2026-01-02"}]}), "today is fine"


def test_a_large_number_of_transactions(session: Session) -> None:
    many = NUMBER_LIMIT - 1
    figures = {"yearly_transactions": many, "transactions_to": "2017-09-30"}
    add_service(session, "pay-a-fee", **figures)
    assert stored(session, "pay-a-fee")["yearly_transactions"] == many == 999_999_999_999_999


def test_removing_a_service_tells_those_that_were_related_to_it(session: Session) -> None:
    gone = add_service(session, "gone").id
    kept = {"relation": "part_of", "service": "kept"}
    add_service(session, "kept")
    rows = [{"relation": "replaces", "service": "gone"}, kept]
    other = add_service(session, "other", relations=rows)
    services.remove(session, [gone], LATER, "service.removed")
    assert stored(session, "other")["relations"] == [kept]
    assert other.version == 2
    event = session.scalars(
        select(HistoryEvent).where(HistoryEvent.thing_id == other.id).order_by(HistoryEvent.id)
    ).all()[-1]
    assert (event.before, event.after) == ({"relations": rows}, {"relations": [kept]})


def test_services_that_go_together_leave_one_event_each(session: Session) -> None:
    ids = [add_service(session, "first").id]
    ids.append(
        add_service(session, "second", relations=[{"relation": "replaces", "service": "first"}]).id
    )
    services.remove(session, ids, LATER, "service.removed")
    events = session.scalars(
        select(HistoryEvent)
        .where(HistoryEvent.tag == "service.removed")
        .order_by(HistoryEvent.thing_id)
    ).all()
    assert [e.thing_id for e in events] == ids
    assert events[1].before["relations"] == [{"relation": "replaces", "service": "first"}]


def test_the_id_of_a_removed_service_is_not_given_again(session: Session) -> None:
    gone = add_service(session, "gone").id
    services.remove(session, [gone], LATER, "service.removed")
    assert add_service(session, "next").id > gone
