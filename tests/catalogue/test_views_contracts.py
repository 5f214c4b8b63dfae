"""Suppliers, contracts by their end, and who controls what was bought or built."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta
from importlib import import_module
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select
from sqlalchemy.orm import Session

from portal.access import Grant, Kind, Role
from portal.audit import HistoryEvent
from portal.catalogue.actions import merging
from portal.catalogue.actions.merging import Wanted
from portal.catalogue.models.components import Component, ComponentExemption, ComponentMandate
from portal.catalogue.models.usage import Usage
from portal.catalogue.store import services, supplier_lists, suppliers, usage
from portal.catalogue.views.base import today
from portal.catalogue.words import RecordKind
from portal.errors import Missing
from portal.web.caching import PAGES
from tests.support.accounts import act, add_person, other_browser, send, signed_in
from tests.support.data import ACT, add_organisation, add_service
from tests.support.pages import PageClient, soup_of
from tests.support.queries import statements
from tests.support.storefront import add_capability, add_component, add_usage
from tests.support.transactions import RolledBackDatabase

#: The names of blueprints hide those of their modules.
supplier_views, contract_views = (
    import_module(f"portal.catalogue.views.{name}") for name in ("suppliers", "contracts")
)
SOON, LATE, PAST = (today() + timedelta(days=days) for days in (60, 900, -30))
BOUGHT = {"arrangement": "bought_product", "since": "2024-01-01"}


@pytest.fixture
def bought(app: Flask, session: Session) -> Session:
    """What three services of two organisations bought and built, with two shared components."""
    add_organisation(session, "ministry")
    add_organisation(session, "borough", kind="local_authority")
    add_organisation(session, "capita", kind="supplier", name="Capita")
    add_capability(session, "needs")
    for need in ("letters", "payments", "search"):
        add_capability(session, need, "needs")
    stage = {"since": "2020-01-01", "rationale": "Many use it", "stage": "product"}
    add_component(session, "notify", "letters", sectors=["central_government"], evolution=[stage])
    add_component(session, "look", "search", lifecycle="alpha", evolution=[stage])
    add_component(session, "g-cloud", "search", kind="contract")
    for slug, owner in (("a-fine", "ministry"), ("b-tax", "ministry"), ("c-fee", "borough")):
        add_service(session, slug, owner=owner)
    add_usage(session, "a-fine", "letters", product="Post", supplier="Capita plc", **BOUGHT,
              supplier_organisation="portal:capita", contract_end=SOON.isoformat(),
              contract_group="G-Cloud 14", yearly_cost=5000, code_held_by="supplier",
              data_held_by="both", exit_plan="tested", exit_reviewed_on="2026-01-02",
              exit_note="Take the templates")  # fmt: skip
    add_usage(session, "b-tax", "letters", product="Post", supplier="CAPITA", **BOUGHT,
              supplier_organisation="portal:capita", contract_end=LATE.isoformat(),
              exit_plan="none")  # fmt: skip
    add_usage(session, "c-fee", "letters", product="Print", supplier="Tide Ltd", **BOUGHT,
              contract_end=PAST.isoformat())  # fmt: skip
    add_usage(session, "c-fee", "payments", product="Till", supplier="Tide (UK) Limited", **BOUGHT)
    add_usage(session, "a-fine", "payments", product="Desk", supplier="Tide Ltd", status="stopped",
              arrangement="bought_product", until="2025-01-01")  # fmt: skip
    add_usage(session, "b-tax", "search", product="Finder", **BOUGHT)
    add_usage(session, "a-fine", "search")
    session.commit()
    return session


def main(client: FlaskClient, address: str) -> str:
    return " ".join(soup_of(client.get(address)).select("main")[0].get_text(" ").split())


def items(client: PageClient, address: str) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = client.get(address).get_json()["items"]
    return found


def test_suppliers_in_numbers(client: PageClient, bought: Session) -> None:
    found = client.get("/suppliers.json").get_json()
    assert found["herfindahl_hirschman_index"] == 5_000
    assert (found["arrangements"], found["products_without_supplier"]) == (4, 1)
    first, second = found["items"]
    assert (first["supplier"], first["organisation_slug"], first["share"]) == (
        "Capita", "capita", 50.0,
    )  # fmt: skip
    assert (first["yearly_cost"], first["arrangements_with_cost"]) == (5000, 1)
    assert first["next_contract_end"] == SOON.isoformat()
    assert first["arrangements_with_exit_plan"] == 1, "none is no plan"
    assert (second["key"], second["arrangements"], second["services"]) == ("tide", 2, 1)
    assert second["next_contract_end"] is None, "what has ended is not the next end"
    page = main(client, "/suppliers")
    assert "4 arrangements name their supplier. 1 bought product does not" in page
    assert "5,000: too few arrangements to say more" in page and "1 of 2 state it" in page


@pytest.mark.parametrize(
    ("address", "expected"),
    [
        ("need=letters", ["Capita", "Tide Ltd"]),
        ("need=payments", ["Tide (UK) Limited"]),
        ("organisation=ministry", ["Capita"]),
        ("ends=3", ["Capita"]),
        ("ends=ended", ["Tide Ltd"]),
        ("sort=name", ["Capita", "Tide (UK) Limited"]),
        ("sort=cost&nonsense=1", None),
        ("need=nothing", []),
    ],
)
def test_suppliers_narrowed(
    client: PageClient, bought: Session, address: str, expected: list[str] | None
) -> None:
    if expected is None:
        assert client.get(f"/suppliers.json?{address}").status_code == 400
        assert "nonsense" in main(client, f"/suppliers?{address}")
        return
    assert [row["supplier"] for row in items(client, f"/suppliers.json?{address}")] == expected
    page = main(client, f"/suppliers?{address}")
    assert all(name in page for name in expected)
    assert expected or "No supplier matches" in page


def test_suppliers_a_page_at_a_time(
    client: PageClient, bought: Session, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(supplier_views, "PAGE_SIZE", 1)
    first = soup_of(client.get("/suppliers"))
    assert [th.get_text() for th in first.select("#suppliers tbody th")] == ["Capita"]
    [following] = first.select("a[rel=next]")
    second = soup_of(client.get(str(following["href"])))
    assert [th.get_text() for th in second.select("#suppliers tbody th")] == ["Tide (UK) Limited"]
    assert second.select("a[rel=prev]") and not second.select("a[rel=next]")


def test_one_supplier(
    app: Flask, client: PageClient, bought: Session, monkeypatch: pytest.MonkeyPatch
) -> None:
    page = main(client, "/suppliers/capita")
    assert "2, which is 50.0% of all that name a supplier" in page
    assert "Code: The supplier" in page and "Exit plan: It is written and has been tested" in page
    assert "Declared" in page, "how each claim stands"
    rows = items(client, "/suppliers/capita.json")
    assert {row["standing"] for row in rows} == {"declared"}
    assert [(row["service_slug"], row["code_held_by"]) for row in rows] == [
        ("a-fine", "supplier"), ("b-tax", None),
    ]  # fmt: skip
    page = main(client, "/suppliers/named/tide")
    assert "not linked to an organisation" in page and "Till" in page and "Desk" not in page
    assert client.get("/suppliers/named/tide.csv").text.count("\n") == 3
    monkeypatch.setattr(supplier_views, "PAGE_SIZE", 1)
    app.extensions[PAGES].clear()
    [following] = soup_of(client.get("/suppliers/capita")).select("a[rel=next]")
    assert "B tax" in main(client, str(following["href"]))
    for address in ("/suppliers/ministry", "/suppliers/named/nobody", "/suppliers/nobody"):
        assert client.get(address).status_code == 404
    assert client.get("/suppliers/capita?after=x").status_code == 200
    assert client.get("/suppliers/capita.json?nonsense=1").status_code == 400


def test_a_name_that_turns_out_to_be_an_organisation_leads_there(
    client: PageClient, bought: Session
) -> None:
    suppliers.link(bought, "Tide Ltd", "portal:capita", ACT)
    bought.commit()
    assert client.get("/suppliers/named/tide").status_code == 200, "another name is still unlinked"
    suppliers.link(bought, "Tide (UK) Limited", "portal:capita", ACT)
    bought.commit()
    answer = client.get("/suppliers/named/tide")
    assert (answer.status_code, answer.location) == (301, "/suppliers/capita")
    assert items(client, "/suppliers.json")[0]["arrangements"] == 4
    with pytest.raises(Missing):
        supplier_lists.by_key(bought, "unheard-of")


def test_contracts_by_their_end(
    app: Flask, client: PageClient, bought: Session, monkeypatch: pytest.MonkeyPatch
) -> None:
    rows = items(client, "/contracts.json")
    assert [row["contract_end"] for row in rows] == [d.isoformat() for d in (PAST, SOON, LATE)]
    assert [row["advice"] for row in rows] == ["buy", "use_shared", "use_shared"]
    assert rows[0]["shared_options"] == [], "it is for central government"
    assert (rows[1]["shared_options"], rows[1]["advice_by"]) == (["notify"], SOON.isoformat())
    page = main(client, "/contracts")
    assert "Declared" in page, "how each claim stands"
    assert "Has ended" in page and "None that it may use" in page and "Use the shared one" in page
    for address, many in (("ends=ended", 1), ("ends=3", 1), ("need=letters", 3), ("need=search", 0),
                          ("organisation=borough", 1), ("group=G-Cloud+14", 1)):  # fmt: skip
        assert len(items(client, f"/contracts.json?{address}")) == many, address
    assert "No contract matches" in main(client, "/contracts?need=search")
    assert client.get("/contracts.json?ends=99").status_code == 400
    assert "after" in main(client, "/contracts?after=x")
    assert client.get("/contracts.csv").text.count("\n") == 4
    monkeypatch.setattr(contract_views, "PAGE_SIZE", 2)
    app.extensions[PAGES].clear()
    [following] = soup_of(client.get("/contracts")).select("a[rel=next]")
    page = main(client, str(following["href"]))
    assert "B tax" in page and "A fine" not in page and "Back to the first" in page


def test_nothing_is_there_yet(client: PageClient) -> None:
    assert "No service has named a supplier yet" in main(client, "/suppliers")
    assert "No service has recorded the end of a contract" in main(client, "/contracts")
    assert items(client, "/suppliers.json") == items(client, "/contracts.json") == []


def test_the_page_of_an_arrangement(client: PageClient, bought: Session) -> None:
    first = bought.scalars(select(Usage.id).order_by(Usage.id)).first()
    page = main(client, f"/usages/{first}")
    for said in ("G-Cloud 14", "£5,000", "Take the templates", "Use the shared one, by",
                 "Only the supplier holds the code", "Last looked at on 2 January 2026",
                 "Notify"):  # fmt: skip
        assert said in page, said
    found = client.get(f"/usages/{first}.json").get_json()
    assert (found["supplier_organisation"], found["exit_plan"]) == ("capita", "tested")
    assert (found["advice"], found["shared_options"]) == ("use_shared", ["notify"])
    built = bought.scalars(select(Usage.id).where(Usage.arrangement == "own_build")).one()
    page = main(client, f"/usages/{built}")
    assert "Buy a product" in page, "what is still an alpha is not counted on"
    assert "It can be bought under G cloud." in page and "Compare them" not in page
    of_service = client.get("/services/a-fine.json").get_json()["usages"]
    post = next(row for row in of_service if row["product"] == "Post")
    assert (post["contract_group"], post["exit_plan"]) == ("G-Cloud 14", "tested")
    stopped = bought.scalars(select(Usage.id).where(Usage.status == "stopped")).one()
    assert client.get(f"/usages/{stopped}.json").get_json()["advice"] is None


@pytest.fixture
def editor(app: Flask, bought: Session) -> Callable[[], FlaskClient]:
    """The browser of the team of a service."""

    def browser() -> FlaskClient:
        ids = {row.service.slug: row.service_id for row in usage.load(bought)}
        grant = Grant(Role.TEAM_MEMBER, Kind.SERVICE, ids["b-tax"])
        client = other_browser(app)
        signed_in(client, bought, add_person(bought, "editor@a.example", grant))
        return client

    return browser


def test_a_team_says_who_controls_it(editor: Callable[[], FlaskClient], bought: Session) -> None:
    client, where = editor(), "/services/b-tax/needs/payments"
    page = soup_of(client.get(where))
    assert [each["value"] for each in page.select("#contract-groups option")] == [
        "G-Cloud 14", "G cloud",
    ], "what others named, then the contracts among the components"  # fmt: skip
    said = {"how": "bought_product", "product": "Till", "supplier": "Tide", "status": "live",
            "since-month": "3", "since-year": "2024", "contract_group": "G-Cloud 14",
            "code_held_by": "supplier", "data_held_by": "own_organisation",
            "exit_note": "By file"}  # fmt: skip
    answer = send(client, where, said)
    assert answer.status_code == 422
    page = soup_of(answer)
    assert "Select whether there is an exit plan" in page.get_text()
    assert page.select("#code_held_by option[selected]")[0]["value"] == "supplier"
    assert page.select("details[open] #contract_group"), "what was typed is not hidden"
    send(client, where, {**said, "exit_plan": "written"})
    row = max(usage.load(bought), key=lambda each: each.id)
    assert (row.contract_group, row.code_held_by, row.exit_plan, row.supplier_key) == (
        "G-Cloud 14", "supplier", "written", "tide",
    )  # fmt: skip
    one = f"{where}/{row.id}"
    shown = soup_of(client.get(one))
    assert shown.select("#exit_note")[0].get_text().strip() == "By file"
    history = main(client, f"/usages/{row.id}/history")
    assert "Who holds the code" in history and "Framework or agreement" in history
    # What is said of a contract is gone with the choice of a way that has none.
    send(client, one, {**said, "exit_plan": "written", "how": "by_hand", "status": "live"})
    bought.expire_all()
    row = next(each for each in usage.load(bought) if each.id == row.id)
    assert (row.contract_group, row.code_held_by, row.exit_plan, row.supplier_key) == (None,) * 4


def test_when_work_on_it_began_is_the_first_day_it_was_planned(bought: Session) -> None:
    add_usage(bought, "b-tax", "letters", component="notify", status="considering", since=None)
    row = max(usage.load(bought), key=lambda each: each.id)
    known = usage.Ids(
        {row.service.slug: row.service_id}, {row.capability.slug: row.capability_id},
        {"notify": row.component_id or 0},
    )  # fmt: skip
    assert row.first_planned_on is None
    for status, since in (("planned", None), ("integrating", None), ("live", "2026-03-01")):
        before = usage.document_of(row)
        after = {**before, "status": status, "since": since}
        usage.save(bought, row, before, after, known, act(), "usage.changed")
    query = select(HistoryEvent).where(
        HistoryEvent.thing_id == row.id, HistoryEvent.thing == "usage"
    )
    events = bought.scalars(query.order_by(HistoryEvent.id)).all()
    first = next(e for e in events if e.after.get("status") in ("planned", "integrating"))
    assert row.first_planned_on == first.at.date()
    assert isinstance(row.first_planned_on, date)


def test_as_few_questions_for_many_arrangements(
    client: PageClient, bought: Session, database: RolledBackDatabase
) -> None:
    first = bought.scalars(select(Usage.id).order_by(Usage.id)).first()
    for address in ("/suppliers/capita", "/suppliers/named/tide", f"/usages/{first}"):
        database.kept.clear()
        with statements(database) as sent:
            assert client.get(address).status_code == 200
        assert len(sent) <= 8, "\n\n".join(sent)


def test_what_becomes_one_keeps_the_first_day_it_was_planned(
    app: Flask, database: RolledBackDatabase, bought: Session
) -> None:
    for service in ("a-fine", "b-tax"):
        add_usage(bought, service, "letters", component="notify", status="planned", since=None)
    early = max(usage.load(bought), key=lambda each: each.id)
    early.first_planned_on = date(2020, 1, 1)
    bought.commit()
    ids = services.ids_by_slug(bought)
    wanted = Wanted(RecordKind.SERVICE, ids["a-fine"], ids["b-tax"])
    merging.merge(database, wanted, act())
    bought.expire_all()
    [row] = [each for each in usage.load(bought) if each.component_id]
    assert row.first_planned_on == date(2020, 1, 1)


def test_what_a_service_is_exempt_from_is_not_asked_of_it(
    client: PageClient, bought: Session
) -> None:
    body = bought.scalars(select(Component).where(Component.slug == "notify")).one()
    rule = ComponentMandate(component_id=body.id, scope="All", needs=["letters"], sectors=[])
    leave = {"reason": "Too early", "granted_by": "The board", "granted_on": date(2026, 1, 1)}
    exempt = services.ids_by_slug(bought)["b-tax"]
    bought.add_all([
        rule, ComponentExemption(component_id=body.id, service_id=exempt, **leave),
    ])  # fmt: skip
    bought.commit()
    reasons = {row["service_slug"]: row["advice_reasons"][0]
               for row in items(client, "/contracts.json")}  # fmt: skip
    assert reasons["a-fine"] == "A policy asks for Notify, which the service may use."
    assert reasons["b-tax"].startswith("The service has leave not to use Notify")
    assert reasons["c-fee"].startswith("No shared component"), "it is for central government"
