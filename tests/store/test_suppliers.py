"""Suppliers are organisations: company numbers, sure matches, the queue, who buys from whom."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from portal.audit import history_of
from portal.catalogue.actions import matching, merging, suppliers
from portal.catalogue.models.organisations import OrganisationMatch
from portal.catalogue.models.usage import Usage
from portal.catalogue.rules.component_documents import clean_usage
from portal.catalogue.rules.suppliers import key_of
from portal.catalogue.store import duplicates, usage
from portal.catalogue.words import MatchAbout, MatchState, RecordKind
from portal.errors import Invalid
from tests.support.data import ACT, add_organisation, add_service, organisation_document
from tests.support.pages import PageClient, soup_of
from tests.support.storefront import add_capability, add_usage
from tests.support.transactions import RolledBackDatabase

WHY = replace(ACT, actor="person:1", reason="Known")


@pytest.mark.parametrize("number", ["01234567", "SC123456", " ni000001 "])
def test_a_company_number(number: str) -> None:
    document = organisation_document("x", identifiers=[f"company:{number}"])
    assert document["identifiers"] == [f"company:{number.strip().upper()}"]


@pytest.mark.parametrize("number", ["", "1234567", "123456789", "S1234567", "SCO12345", "12345 67"])
def test_no_company_number(number: str) -> None:
    with pytest.raises(Invalid) as problem:
        organisation_document("x", identifiers=[f"company:{number}"])
    assert problem.value.field == "identifiers"


def test_the_form_of_a_company_is_left_out() -> None:
    names = ("Tide Ltd", "Tide Limited", "TIDE UK LTD", "Tide plc", "Tide")
    assert len({key_of(name) for name in names}) == 1
    assert key_of("Limited") != "" and key_of("Tidy Ltd") != key_of("Tide Ltd")


def buy(session: Session, service: str, supplier: str, **changes: Any) -> None:
    bought = {"arrangement": "bought_product", "product": f"{supplier} product"}
    add_usage(session, service, "pay", supplier=supplier, **bought | changes)


@pytest.fixture
def catalogue(session: Session) -> Session:
    add_organisation(session, "tide", name="Tide Limited", kind="supplier",
                     identifiers=["company:01234567"])  # fmt: skip
    add_capability(session, "needs")
    add_capability(session, "pay", "needs")
    for slug in ("ferries", "boats", "quays"):
        add_service(session, slug)
    buy(session, "ferries", "Tide (UK) Ltd")
    buy(session, "boats", "Tide (UK) Ltd", status="stopped", until="2025-01-01")
    buy(session, "quays", "Ebb and Flow")
    session.commit()
    return session


def row(session: Session, name: str) -> OrganisationMatch:
    query = select(OrganisationMatch).where(OrganisationMatch.published_name == name)
    return session.scalars(query.execution_options(populate_existing=True)).one()


def linked(session: Session) -> dict[str, str | None]:
    session.expire_all()
    return {
        u.service.slug: usage.document_of(u)["supplier_organisation"] for u in usage.load(session)
    }


def test_sure_names_link_and_the_others_wait(
    catalogue: Session, database: RolledBackDatabase
) -> None:
    found = suppliers.match(database, WHY)
    assert (found.matched, found.waiting) == (1, 1)
    assert linked(catalogue) == {
        "ferries": "company:01234567", "boats": "company:01234567", "quays": None,
    }  # fmt: skip
    waits = row(catalogue, "Ebb and Flow")
    assert (waits.about, waits.state) == (MatchAbout.SUPPLIER, MatchState.WAITING)
    one = catalogue.scalars(select(Usage.id).order_by(Usage.id)).first() or 0
    event = history_of(catalogue, "usage", one)[0]
    assert event.after == {"supplier_organisation": "company:01234567"}
    again = suppliers.match(database, WHY)
    assert (again.matched, again.waiting) == (0, 0)


def test_a_person_decides_about_the_others(
    catalogue: Session, database: RolledBackDatabase
) -> None:
    suppliers.match(database, WHY)
    waits = row(catalogue, "Ebb and Flow")
    decided, many = matching.decide(database, waits.id, "company:01234567", WHY)
    assert decided.state is MatchState.MATCHED and many == 1
    assert linked(catalogue)["quays"] == "company:01234567"
    buy(catalogue, "boats", "Ebb and Flow")
    assert linked(catalogue)["boats"] == "company:01234567", "a name that is known links at once"
    matching.decide(database, waits.id, None, WHY, revise=True)
    assert linked(catalogue)["quays"] is None


def test_one_that_comes_later_settles_what_waits(
    catalogue: Session, database: RolledBackDatabase
) -> None:
    suppliers.match(database, WHY)
    add_organisation(catalogue, "ebb", name="Ebb & Flow Limited", kind="supplier")
    catalogue.commit()
    assert suppliers.match(database, WHY).matched == 1
    assert linked(catalogue)["quays"] == "portal:ebb"


def test_another_name_does_not_keep_the_organisation(
    catalogue: Session, database: RolledBackDatabase
) -> None:
    suppliers.match(database, WHY)
    [one, *_] = usage.load(catalogue)
    before = usage.document_of(one)
    ids = merging.merging_services.known_ids(catalogue)
    usage.save(catalogue, one, before, {**before, "supplier": "Nobody"}, ids, ACT, "changed")
    catalogue.commit()
    assert linked(catalogue)["ferries"] is None
    assert clean_usage({**before, "supplier": None})["supplier_organisation"] is None
    wrong = {**before, "supplier_organisation": "company:99999999"}
    with pytest.raises(Invalid):
        usage.save(catalogue, one, before, wrong, ids, ACT, "changed")


def test_pages_of_both_sides(
    catalogue: Session, database: RolledBackDatabase, client: PageClient
) -> None:
    suppliers.match(database, WHY)
    page = soup_of(client.get("/services/ferries"))
    assert page.select("a[href='/organisations/tide']")[0].get_text() == "Tide (UK) Ltd"
    page = soup_of(client.get("/organisations/tide"))
    rows = [tr.th.get_text() for tr in page.select("#sold-to tbody tr")]
    assert rows == ["Ferries", "Boats"], "what is in use first"
    sold = client.get("/organisations/tide.json").get_json()["sold"]
    assert [each["service"] for each in sold] == ["ferries", "boats"]
    listed = client.get("/organisation-names?about=supplier&state=waiting")
    assert "Ebb and Flow" in listed.text and "Tide (UK)" not in listed.text
    assert client.get("/organisation-names.json?about=owner").get_json()["count"] == 0
    assert client.get("/organisation-names.json?about=x").status_code == 400


def test_a_supplier_that_is_merged(catalogue: Session, database: RolledBackDatabase) -> None:
    suppliers.match(database, WHY)
    add_organisation(catalogue, "waves", name="Waves", kind="supplier")
    catalogue.commit()
    waves, tide = (
        duplicates.id_at(catalogue, RecordKind.ORGANISATION, slug) for slug in ("waves", "tide")
    )
    merging.merge(database, merging.Wanted(RecordKind.ORGANISATION, waves, tide), WHY)
    catalogue.expire_all()
    ids = catalogue.scalars(select(Usage.supplier_id).where(Usage.supplier_id.is_not(None)))
    assert set(ids) == {waves}


def test_an_import_that_settles_a_name_links_it(
    catalogue: Session, database: RolledBackDatabase
) -> None:
    suppliers.match(database, WHY)
    add_organisation(catalogue, "ebb", name="Ebb and Flow", kind="supplier")
    catalogue.commit()
    with database.writing() as writing:
        assert matching.Resolver(writing, WHY).settle() == 1
    assert linked(catalogue)["quays"] == "portal:ebb"
