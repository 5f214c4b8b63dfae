"""The demo set on pages: what is open stands on the map of components, what closed reads so."""

from __future__ import annotations

import pytest

from tests.support.pages import PageClient, soup_of


@pytest.mark.parametrize("demo", [True])
def test_the_map_has_every_open_component_and_no_closed_one(client: PageClient) -> None:
    page = soup_of(client.get("/component-map"))
    drawn = {
        " ".join(line.get_text() for line in name.select("tspan"))
        for name in page.select(".portal-map__name")
    }
    assert len(drawn) == 30
    assert "GOV.UK Notify" in drawn
    assert not drawn & {"GOV.UK Verify", "GOV.UK Platform as a Service (PaaS)", "GOV.UK Registers"}
    told = " ".join(page.get_text().split())
    assert "All 30 components are placed." in told
    assert "Not on the map" not in told


@pytest.mark.parametrize("demo", [True])
def test_what_verify_cost_stands_year_by_year(client: PageClient) -> None:
    rows = soup_of(client.get("/components/govuk-verify")).select("#costs tbody tr")
    assert len(rows) == 9
    assert "1 April 2014 to 1 April 2015 £12,000,000" in " ".join(rows[0].get_text(" ").split())


@pytest.mark.parametrize("demo", [True])
def test_nobody_is_led_to_what_users_are_moved_from(client: PageClient) -> None:
    for sector in ("", "&sector=central_government"):
        address = f"/find-a-component.json?need=sign-in&need=prove-identity{sector}"
        found = client.get(address).get_json()["items"]
        slugs = [c["component"] for c in found]
        assert slugs.index("govuk-one-login") < slugs.index("government-gateway")
    (card,) = [c for c in found if c["component"] == "government-gateway"]
    assert "has been moving its users to GOV.UK One Login" in card["eligibility_note"]
    mapped = client.get("/component-map.json").get_json()["items"]
    (advice,) = [c["advice"] for c in mapped if c["component"] == "government-gateway"]
    assert "moving its users" in advice and "ordinary way" not in advice


@pytest.mark.parametrize("demo", [True])
def test_g_cloud_says_first_that_a_round_has_ended(client: PageClient) -> None:
    found = client.get("/find-a-component.json?need=hosting").get_json()["items"]
    (cloud,) = [c for c in found if c["component"] == "g-cloud"]
    assert "Round 14 (RM1557.14) ended for lots 1 to 3 on 28 October 2026" in cloud["first_step"]
    assert cloud["how_to_start"] is None


@pytest.mark.parametrize("demo", [True])
def test_verify_and_paas_read_as_closed(client: PageClient) -> None:
    verify, paas = (text_of(client, f"/components/govuk-{name}") for name in ("verify", "paas"))
    assert "GOV.UK Verify closed on 1 April 2023." in verify
    assert "Use this instead: GOV.UK One Login" in verify
    assert "closed on 23 December 2023." in paas
    for address in ("/capabilities/prove-identity", "/capabilities/hosting"):
        before, after = text_of(client, address).split("No longer for new services")
        assert "Closed" not in before and "Closed" in after
    rows = client.get("/components/govuk-paas/closing.json").get_json()["items"]
    assert [(row["service_slug"], row["state"], row["next_product"]) for row in rows] == [
        ("performance-platform", "moved", None),
        ("submit-social-housing-lettings-and-sales-data", "moved", "Amazon Web Services"),
    ]
    told = text_of(client, "/components/govuk-paas/closing")
    assert "Nothing: the service has ended" in told and "Not told by this portal" in told


def text_of(client: PageClient, address: str) -> str:
    return " ".join(soup_of(client.get(address)).select("main")[0].get_text(" ").split())
