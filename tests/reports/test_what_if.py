"""Other assumptions are tried with the run's own model; nothing of it is kept."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from portal.charts.data import Group, Tornado
from portal.charts.drawing import Box, Text
from portal.charts.making import layout, made
from portal.errors import Invalid
from portal.reports.rules import inputs
from portal.reports.rules.places import Placed, packed, unpacked
from portal.reports.rules.runs import Tally, claims
from portal.reports.rules.what_if import Known, Move, Moves, moved, tried, used
from portal.reports.words import Assumed
from tests.reports.test_savings_pages import DEMO, rows_of, said
from tests.reports.test_savings_runs import EXAMPLE, PAY, ran, terms, the_set, whole
from tests.support.pages import PageClient, soup_of

HERE = "/savings/what-if"


def known() -> Known:
    tally, held = Tally(), terms()
    list(claims(inputs.by_service(list(EXAMPLE)), set(), held, tally))
    return Known(held, [PAY], unpacked(packed(tally.places)), 1)


def test_what_is_kept_gives_the_figures_of_the_run() -> None:
    of_run, found = whole(ran(*EXAMPLE)), tried(known(), Moves())
    assert {name: found[name] for name in of_run if name in found} == {
        name: value for name, value in of_run.items() if name in found
    }
    assert found["net"] == of_run["confirmed"]["net"]
    assert found["draws"] == 5_000


def test_a_moved_value_gives_what_a_run_with_it_would() -> None:
    rows = [
        replace(row, low=Decimal(90_000), central=Decimal(90_000), high=Decimal(90_000))
        if row.field is Assumed.RUN else row
        for row in the_set()
    ]  # fmt: skip
    wanted = whole(ran(*EXAMPLE, rows=rows))["npv"]
    ends = Decimal(90_000), Decimal(90_000), Decimal(90_000)
    assert tried(known(), Moves(rows={"run": Move(*ends)}))["npv"] == wanted
    assert tried(known(), Moves({Assumed.RUN: Decimal("1.5")}))["npv"] == wanted
    assert "price" not in used(known())


@given(st.decimals(0, 10, places=3), st.decimals(0, 2, places=3))
def test_a_share_stays_one_and_a_range_in_order(times: Decimal, central: Decimal) -> None:
    for row in the_set():
        found = moved(row, Moves(dict.fromkeys(Assumed, times)))
        assert found.low <= found.central <= found.high
    share = next(row for row in the_set() if row.field is Assumed.ADDITIONALITY)
    found = moved(share, Moves(rows={share.key: Move(central=min(central, Decimal(1)))}))
    assert found.low <= found.central <= found.high <= 1
    with pytest.raises(Invalid) as refused:
        moved(share, Moves(rows={share.key: Move(central=Decimal("1.2"))}))
    assert refused.value.field.endswith(f".{share.key}")


def test_places_are_kept_to_the_last_digit() -> None:
    third = Decimal(1) / 3
    places = {place: Placed([third]) for place in known().places}
    assert unpacked(packed(places)) == places


@pytest.mark.parametrize("narrow", [True, False])
def test_a_tornado_begins_at_the_figure_as_it_is(narrow: bool) -> None:
    ends = Group("Low", (-400.0, 900.0)), Group("High", (1_100.0, 500.0))
    chart = Tornado("X", ("Building alone", "Leaving"), ends, 600.0, "Central case")
    drawing = layout(chart, narrow)
    bars = [each for each in drawing.shapes if isinstance(each, Box) and each.width != 14]
    pairs = zip(bars[::2], bars[1::2], strict=True)
    for low, high in pairs:
        assert any(
            abs(a - b) < 0.01
            for a in (low.at[0], low.at[0] + low.width)
            for b in (high.at[0], high.at[0] + high.width)
        )
    words = [each.text for each in drawing.shapes if isinstance(each, Text)]
    assert {"Central case: £600", "-£400", "£1.1k", "£900", "£500"} <= set(words)
    assert made(chart, "svg", narrow) == made(chart, "svg", narrow)
    with pytest.raises(ValueError, match="each end"):
        Tornado("X", ("a", "b"), (Group("Low", (1.0,)), Group("High", (1.0,))), 1.0, "x")


def test_there_is_nothing_to_try_yet(client: PageClient) -> None:
    assert "nothing to change" in client.get(HERE).text
    for address in (f"{HERE}.json", f"{HERE}?run=7", f"{HERE}/charts/tornado.svg"):
        assert client.get(address).status_code == 404


@DEMO
def test_the_page_moves_an_assumption_and_says_what_comes_out(client: PageClient) -> None:
    page = client.get(HERE)
    assert "As it is in the run" in page.text
    soup = soup_of(page)
    inputs_of = soup.select("main form input")
    sent = {str(each["name"]): str(each.get("value", "")) for each in inputs_of}
    key = next(name for name in sent if name.startswith("central.run:"))
    double = str(Decimal(sent[key]) * 2)
    # What the form sends leads to the address that says only what differs.
    led = client.get(HERE, query_string={**sent, key: double, "of": ""})
    assert led.status_code == 303
    address = led.headers["Location"]
    assert address.count("=") == 2
    after = client.get(address)
    assert "With your values" in after.text
    assert "The run itself says:" in after.text
    figures = said(client, address.replace(HERE, f"{HERE}.json"))
    assert figures["changed"].keys() == {key}
    npv = next(each for each in figures["items"] if each["figure"] == "npv")
    assert npv["tried"] > npv["run"]
    rows = rows_of(client.get(address.replace(HERE, f"{HERE}.csv")).text)
    assert float(rows[0]["tried"]) == npv["tried"]
    chart = soup_of(after).select_one("figure#tornado img")
    assert chart is not None
    for ending in ("svg", "png", "csv"):
        assert client.get(str(chart["src"]).replace(".svg", f".{ending}")).status_code == 200


@DEMO
def test_nothing_changed_is_the_run_itself(client: PageClient) -> None:
    for row in said(client, f"{HERE}.json")["items"]:
        if row["figure"] != "net":
            assert row["run"] == row["tried"], row
    listed, _before = said(client, "/savings/runs.json")["items"]
    for ending in ("svg", "png", "csv"):
        client.get(f"/savings/runs/{listed['run']}/charts/tornado.{ending}")


@DEMO
def test_what_cannot_be_is_told_on_its_field_and_kept(client: PageClient) -> None:
    page = client.get(f"{HERE}?central.additionality=lots&all.build=5000")
    soup = soup_of(page)
    field = soup.find(id="central.additionality")
    assert field is not None and field["value"] == "lots"
    assert "Enter a number that is 0 or more" in page.text
    assert "Enter a percentage from 0 to 1000" in page.text
    assert "There is a problem" in page.text
    assert "Enter a share from 0 to 1" in client.get(f"{HERE}?central.additionality=1.2").text
    assert client.get(f"{HERE}.json?central.additionality=1.2").status_code == 400
    assert client.get(f"{HERE}.json?colour=blue").status_code == 400
    assert client.get(f"{HERE}/charts/tornado.svg?all.build=x").status_code == 404
    some = client.get(f"{HERE}?of=govuk-notify&all.build=120")
    assert soup_of(some).find(id="central.platform:govuk-notify") is not None
