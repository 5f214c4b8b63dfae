"""The storefront for an organisation: what others like it use, and how long it took to start."""

from __future__ import annotations

from datetime import date, timedelta
from statistics import median
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import update
from sqlalchemy.orm import Session

from portal.access import Grant, Kind, Role
from portal.catalogue.models.components import Component
from portal.catalogue.models.usage import Usage
from portal.catalogue.rules.starting import FEWEST, measured
from portal.catalogue.store import components, organisations, services
from tests.support.accounts import add_person, other_browser, signed_in
from tests.support.data import add_organisation, add_service
from tests.support.pages import PageClient, soup_of
from tests.support.storefront import add_capability, add_component, add_usage

FIND = "/find-a-component?need=letters"
DAY = date(2025, 1, 1)


@pytest.fixture(autouse=True)
def _some(session: Session) -> None:
    """Many of central government use one component, few councils another."""
    add_organisation(session, "ministry")
    for slug in ("a-borough", "b-borough", "c-borough"):
        add_organisation(session, slug, kind="local_authority")
    add_capability(session, "needs")
    add_capability(session, "letters", "needs")
    add_component(session, "central", "letters")
    add_component(session, "local", "letters", sectors=["local_government"])
    for number in range(4):
        add_service(session, f"central-{number}", owner="ministry")
        add_usage(session, f"central-{number}", "letters", component="central")
    for slug in ("a-borough", "b-borough", "c-borough"):
        add_service(session, f"{slug}-tax", owner=slug)
    for slug in ("a-borough", "b-borough"):
        add_usage(session, f"{slug}-tax", "letters", component="local")
    session.commit()


def order(client: FlaskClient, address: str) -> list[str]:
    return [row["component"] for row in found(client, address)]


def found(client: FlaskClient, address: str) -> list[dict[str, Any]]:
    answer = client.get(address.replace("?", ".json?", 1))
    items: list[dict[str, Any]] = answer.get_json()["items"]
    return items


def main(client: FlaskClient, address: str) -> str:
    return " ".join(soup_of(client.get(address)).select("main")[0].get_text(" ").split())


def test_what_others_like_you_use_comes_first(client: PageClient) -> None:
    assert order(client, f"{FIND}&sector=local_government") == ["central", "local"]
    first, second = found(client, f"{FIND}&organisation=c-borough")
    assert (first["component"], first["organisations_like_yours"]) == ("local", 2)
    assert (second["component"], second["organisations_like_yours"]) == ("central", 0)
    page = main(client, f"{FIND}&organisation=c-borough")
    assert "2 other local authorities use it." in page and "C borough (Local government)" in page
    page = main(client, f"{FIND}&organisation=a-borough")
    assert "Your organisation uses it. 1 other local authority uses it." in page
    page = main(client, f"{FIND}&organisation=ministry")
    assert "Your organisation uses it." in page and "0 other" not in page
    # Who may use it stays before who does.
    assert order(client, f"{FIND}&organisation=ministry") == ["central", "local"]
    assert order(client, f"{FIND}&organisation=c-borough&sector=nhs") == ["central", "local"]


def test_a_name_leads_to_the_address_of_who_asks(client: PageClient) -> None:
    answer = client.get(f"{FIND}&organisation=C+borough")
    assert (answer.status_code, answer.location) == (302, f"{FIND}&organisation=c-borough")
    page = soup_of(client.get(f"{FIND}&organisation=borough"))
    text = page.get_text()
    assert "Enter an organisation that is in the catalogue" in text and "Did you mean" in text
    assert page.select('a[href="/find-a-component?need=letters&organisation=a-borough"]')
    assert page.select("#organisation")[0]["value"] == "borough", "what was typed stays"
    address = f"{FIND}&organisation=zzzz".replace("?", ".json?")
    assert client.get(address).status_code == 400
    page = soup_of(client.get(f"{FIND}&organisation=c-borough"))
    assert page.select("form #organisation")[0]["value"] == "C borough", "it survives the next form"
    assert page.select(f'a[href="{FIND}"]'), "and can be cleared"


@pytest.mark.parametrize("kind", [Kind.ORGANISATION, Kind.SERVICE, Kind.COMPONENT])
def test_who_has_signed_in_asks_for_their_own(app: Flask, session: Session, kind: Kind) -> None:
    role, id_ = {
        Kind.ORGANISATION: (
            Role.ORGANISATION_ADMINISTRATOR,
            organisations.ids_by_reference(session)["portal:ministry"],
        ),
        Kind.SERVICE: (Role.SERVICE_OWNER, services.ids_by_slug(session)["central-1"]),
        Kind.COMPONENT: (Role.COMPONENT_PROVIDER, components.ids_by_slug(session)["local"]),
    }[kind]  # fmt: skip
    client = other_browser(app)
    signed_in(client, session, add_person(session, "they@a.example", Grant(role, kind, id_)))
    assert "Your organisation uses it" in main(client, FIND)
    page = main(client, f"{FIND}&organisation=")
    assert "Your organisation uses it" not in page, "they can ask for nobody"
    assert "2 other local authorities" in main(client, f"{FIND}&organisation=c-borough")


def test_how_long_it_took_to_start_is_measured_where_enough_say_so(
    client: PageClient, session: Session
) -> None:
    assert "not yet, fewer than 3" in main(client, FIND)
    assert "not yet, fewer than 3" in main(client, "/components/central")
    ids = components.ids_by_slug(session)
    _planned(session, ids["central"], DAY - timedelta(days=20))
    session.execute(update(Component).values(version=2))
    page = main(client, f"{FIND}&sector=nhs")
    assert "20 days from plan to use (median of 4 services)" in page
    central = found(client, f"{FIND}&sector=schools")[0]
    assert (central["measured_days"], central["measured_services"]) == (20, 4)
    shown = client.get("/components/central.json?on-day=1&on-month=1&on-year=2025").get_json()
    assert (shown["measured_days"], shown["measured_services"]) == (20, 4)
    # A day that is only known by its month, or as the first trace, measures nothing.
    session.execute(update(Usage).values(since_basis="seen"))
    assert found(client, f"{FIND}&sector=police")[0]["measured_days"] is None


def _planned(session: Session, component_id: int, day: date) -> None:
    mine = update(Usage).where(Usage.component_id == component_id)
    session.execute(mine.values(first_planned_on=day, since=DAY))


days = st.dates(date(2020, 1, 1), date(2030, 1, 1))


@given(st.lists(st.tuples(days, days)))
def test_the_median_is_of_those_that_began_after_they_were_planned(
    starts: list[tuple[date, date]],
) -> None:
    took = [(since - planned).days for planned, since in starts if since >= planned]
    answer = measured(starts)
    assert (answer is None) == (len(took) < FEWEST)
    if answer is not None:
        assert (answer.many, answer.days) == (len(took), round(median(took)))
        assert min(took) <= answer.days <= max(took)
        assert measured(starts[::-1]) == answer
