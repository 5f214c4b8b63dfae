"""The demo set on the map of components: all that is open stands there, nothing that closed."""

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
