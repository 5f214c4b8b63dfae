from __future__ import annotations

from datetime import date

import pytest
from sqlalchemy import select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from portal import search
from portal.audit import HistoryEvent
from portal.catalogue.models.services import Service, ServiceOwner, ServicePhase
from portal.catalogue.rules.documents import clean_service
from portal.catalogue.store import organisations, services
from portal.catalogue.words import OwnerRole, Phase
from portal.errors import Invalid, Missing
from tests.support.data import ACT, add_organisation, add_service, demo, service_document


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
        services.save(session, services.new(), None, document, refs, ACT, "service.created")
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
    service = add_service(session, "pay-a-fee", owner="old-body", phase="alpha")
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
    services.remove(session, services.by_slug(session, "pay-a-fee"), ACT, "service.removed")
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


def test_services_that_wait_for_an_owner_are_known(session: Session) -> None:
    row = {"role": "accountable", "organisation": None, "published_name": "Dept of Fish"}
    owners = [row | {"since": None, "until": None, "source": None}]
    made = add_service(session, "buy-a-licence", owners=owners)
    add_service(session, "other")
    assert services.waiting_owners(session, "Dept of Fish") == [made.id]
    assert service_document("x")["owners"] == []
    assert made.transactions_from is None or isinstance(made.transactions_from, date)
