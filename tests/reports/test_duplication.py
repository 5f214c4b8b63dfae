"""The duplication report: fragmentation, overlap, duplicates that could be shared, and why not."""

from __future__ import annotations

from datetime import timedelta

import pytest
from flask import Flask
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import select
from sqlalchemy.orm import Session

from portal.catalogue.component_words import Lifecycle
from portal.catalogue.models.components import Component, ComponentExemption
from portal.catalogue.models.services import Service
from portal.catalogue.rules.advice import Option
from portal.reports.rules.duplication import Duplication, eligible
from portal.reports.rules.duplication_counts import Item, rows_of, together
from portal.reports.rules.reuse_rates import effective_ways
from portal.reports.store import reuse_counts
from tests.support.data import add_organisation, add_service
from tests.support.pages import PageClient, soup_of
from tests.support.storefront import add_capability, add_component, add_usage

TODAY = reuse_counts.today()
NEXT = TODAY + timedelta(days=30)
BOUGHT = {"arrangement": "bought_product", "product": "Tills"}


@given(
    st.dictionaries(st.integers(1, 5), st.integers(1, 9)),
    st.dictionaries(st.sampled_from("abc"), st.integers(1, 9)),
    st.integers(0, 5),
)
def test_effective_ways_are_no_more_than_separate_ones(
    shared: dict[int, int], products: dict[str, int], own: int
) -> None:
    counted = {Item("shared", 1, "", str(of)): many for of, many in shared.items()}
    counted |= {Item("bought", 1, "", name): many for name, many in products.items()}
    counted |= {Item("own", 1): own} if own else {}
    found = together(rows_of(counted, TODAY), {}).get(1, Duplication())
    assert found.separate_ways == len(shared) + len(products) + own
    uses = [*shared.values(), *products.values(), *[1] * own]
    assert found.effective == effective_ways(uses)
    if found.effective is not None:
        assert 1 - 1e-9 <= found.effective <= found.separate_ways + 1e-9


def test_who_may_use_a_live_component() -> None:
    nhs = Option("a", "A", Lifecycle.LIVE, ("nhs",), None, None)
    assert eligible({1: [nhs], 2: []}) == {1: {"nhs"}, 2: frozenset()}
    assert eligible({1: [nhs._replace(lifecycle=Lifecycle.CLOSING)]}) == {1: frozenset()}
    assert eligible({1: [nhs._replace(framework=True)]}) == {1: frozenset()}
    anyone = nhs._replace(sectors=("anyone",))
    assert {"agency", "department"} <= eligible({1: [anyone]})[1]


@pytest.fixture
def some(app: Flask, session: Session) -> Session:
    """Two councils and an agency that pay each in their own way, though there is a purse."""
    for body, kind in (("north", "local_authority"), ("south", "local_authority"),
                       ("agency", "agency"), ("ministry", "department")):  # fmt: skip
        add_organisation(session, body, kind=kind)
    add_capability(session, "needs")
    add_capability(session, "fees", "needs")
    add_capability(session, "doors", "needs")
    add_component(session, "purse", "fees", sectors=["local_government"])
    public = {"audiences": ["public"]}
    for name, body in (("parking", "north"), ("bins", "north"), ("pool", "south"),
                       ("permit", "agency"), ("licence", "agency")):  # fmt: skip
        add_service(session, name, owner=body, **public)
    add_usage(session, "parking", "fees", **BOUGHT, contract_end=NEXT.isoformat(), reason="cost")
    add_usage(session, "bins", "fees", component="purse")
    add_usage(session, "pool", "fees", **{**BOUGHT, "product": "TILLS"})
    add_usage(session, "permit", "fees")
    add_usage(session, "licence", "doors")
    session.commit()
    return session


def fees(client: PageClient, more: str = "") -> dict:
    items = client.get(f"/reports/duplication.json{more}").get_json()["items"]
    return next(row for row in items if row["slug"] == "fees")


def test_by_need(some: Session, client: PageClient) -> None:
    row = fees(client)
    assert (row["organisations_alone"], row["fragmented"]) == (3, True)
    assert row["components_offering"] == 1
    assert (row["shared"], row["own_build"], row["bought_product"]) == (1, 1, 2)
    assert row["separate_ways"] == 3  # the purse, the tills of both councils, an own build
    assert row["effective_ways"] == round(16 / (1 + 4 + 1), 3)
    # Of the three that are alike none but the councils' may use the purse.
    assert (row["overlap"], row["addressable"], row["with_reason"]) == (3, 2, 1)
    assert (row["next_contract_end"], row["exempt"]) == (NEXT.isoformat(), 0)
    assert row["not_answered_share"] == 0.2
    assert fees(client, "?organisation=agency")["addressable"] == 0
    page = soup_of(client.get("/reports/duplication"))
    assert page.main is not None
    assert "2 arrangements could use" in page.main.text and "1 need is met separately" in page.text
    assert client.get("/reports/duplication.csv").text.count("\n") == 3


def test_an_exemption_is_respected(some: Session, client: PageClient) -> None:
    ids = {slug: some.scalars(select(model.id).where(model.slug == slug)).one()
           for model, slug in ((Component, "purse"), (Service, "parking"))}  # fmt: skip
    some.add(
        ComponentExemption(
            component_id=ids["purse"], service_id=ids["parking"], reason="Cash only",
            granted_by="Board", granted_on=TODAY - timedelta(days=9), expires_on=NEXT,
        )
    )  # fmt: skip
    reuse_counts.touch(some, [ids["parking"]])  # its history would have said so
    some.commit()
    row = fees(client)
    assert (row["addressable"], row["with_reason"], row["exempt"]) == (1, 0, 1)
    assert row["next_contract_end"] is None
    listed = client.get("/reports/duplication/services.json?which=exempt").get_json()["items"]
    assert [(each["service_slug"], each["exempt"]) for each in listed] == [("parking", True)]


def test_every_figure_opens_to_its_services(
    some: Session, client: PageClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    row = fees(client)
    page = soup_of(client.get("/reports/duplication"))
    links = [a for a in page.select("td a") if "which=" in str(a["href"])]
    assert len(links) >= 4
    for link in links:
        address = str(link["href"]).replace("services?", "services.csv?")
        number, lines = int(link.text.split(":")[0]), client.get(address).text.count("\n") - 1
        assert lines == number or "which=separate" in address, address
    assert row["addressable"] == 2
    add_component(some, "cash-box", "fees", lifecycle="closed", closes_on="2024-01-01")
    some.commit()
    [link] = soup_of(client.get("/reports/duplication")).select("td a[href*='need=fees']")
    offered = client.get(str(link["href"]).replace("?", ".json?")).get_json()["items"]
    assert [each["slug"] for each in offered] == ["purse"] and link.text.startswith("1:")
    behind = soup_of(client.get("/reports/duplication/services?capability=fees"))
    assert "Cost" in behind.select("tbody tr")[0].text
    usage = str(behind.select("tbody a")[1]["href"])
    assert client.get(usage).status_code == 200
    assert client.get("/reports/duplication/services.json?which=x").status_code == 400
    assert client.get("/reports/duplication/services?which=overlap&after=x").status_code == 200


def test_nothing_is_recorded(app: Flask, client: PageClient) -> None:
    assert "No service has said" in client.get("/reports/duplication").text
    assert "No service is behind" in client.get("/reports/duplication/services").text
    found = client.get("/reports/duplication?capability=x&nonsense=1").text
    assert "nonsense" in found
