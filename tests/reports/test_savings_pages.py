"""The pages and files of savings, on the demo set."""

from __future__ import annotations

import csv
import io
from typing import Any

import pytest
from flask import Flask

from portal.reports.forms.labels import assumed_value, in_short, pounds, unbroken
from portal.reports.models.assumptions import AssumptionSet
from portal.reports.models.runs import SavingsRun
from portal.reports.views.savings_figures import Platform
from portal.reports.views.savings_shown import Shown, headline
from tests.support.pages import PageClient, soup_of

DEMO = pytest.mark.parametrize("demo", [True])


def said(client: PageClient, address: str) -> Any:
    return client.get(address).get_json()


def rows_of(text: str) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(text)))


def test_nothing_is_worked_out_yet(client: PageClient) -> None:
    assert "Nothing is worked out yet" in client.get("/savings").text
    assert "No run of the savings model" in client.get("/savings/runs").text
    assert "Nothing is assumed yet" in client.get("/savings/method").text
    for address in ("/savings/runs/1", "/savings/runs/1/claims", "/savings/assumptions/1"):
        assert client.get(address).status_code == 404


@DEMO
def test_the_newest_run_says_what_it_is_worth_and_leaves_out(client: PageClient) -> None:
    page = client.get("/savings")
    assert "Likely between" in page.text
    caveat = "from 1 confirmed use; 19 declared uses are not included. Not cash-releasing."
    for where in ("/savings", "/savings/what-if", "/leadership", "/leadership.json"):
        assert caveat in client.get(where).text, where
    assert "Platform cost missing" in page.text
    assert "rest on judgement or a benchmark" in page.text
    missing = soup_of(page).select_one("#left-out + ul li")
    assert missing is not None and "HMCTS Core Case Data" in missing.text, "by name"
    result = said(client, "/savings.json")["result"]
    some, every = (result[each]["declared"] for each in ("counted", "counts"))
    assert 0 < some < every
    for text in (page.text, client.get("/leadership").text):
        assert f"{some} of {every} declared ones" in text
    assert "Building it alone (B): medium-sized services" in page.text


@DEMO
def test_both_views_say_what_they_come_to(client: PageClient) -> None:
    page = soup_of(client.get("/savings"))
    views = said(client, "/savings.json")["result"]["views"]
    for id_, view in (("whole", "whole"), ("organisations", "organisation")):
        rows = page.select(f"#figures-{id_} tbody tr")
        cells = {str(row.th and row.th.text): [td.text for td in row.select("td")] for row in rows}
        found = views[view]
        ranged, with_declared = cells["Net present value"]
        assert pounds(found["npv"]) in ranged and pounds(found["p90"]) in ranged
        assert with_declared == pounds(found["npv_with_declared"])
        ratio = cells["Benefit-cost ratio: gains for each £1 of cost"]
        assert ratio[0] == f"£{float(found['benefit_cost_ratio']):.2f}"
        assert cells["Payback year"][0] == "2018 to 2019"
        costs = sum(found["with_declared"]["cost"])
        assert cells["Costs, not discounted"][1] == pounds(costs)
        assert ("of which platforms, not discounted" in cells) is (view == "whole")
        assert len(page.select(f"#{id_}-2 tbody tr")) == 8, "years without any are left out"
    notify, one_login, pay = (
        [td.text for td in row.select("td")] for row in page.select("#components tbody tr")
    )
    assert (notify[3:5], one_login[4], pay[4]) == (["1", "1"], "2", "3"), "apart"
    why = [each.text for each in page.select("#losing + ul li")]
    assert [each.partition(":")[0] for each in why] == ["GOV.UK One Login"]
    assert "with declared use" in why[0] and "Users needed: 321,151." in why[0]
    assert "With declared use as well it would be a loss." in page.text
    for bars in (view["tornado"] for view in views.values()):
        assert bars and all(low != high for _key, low, high in bars), "each has an effect"


def test_the_headline_says_how_much_is_cash(app: Flask) -> None:
    years = {"confirmed": {"cash": [12_000_00, 0], "non_cash": [0, 90_000_00]}}
    result = {"views": {"whole": years}, "counts": {"confirmed": 2}}
    shown = Shown(SavingsRun(result=result), AssumptionSet(horizon=2, price_year=2026))
    with app.test_request_context():
        text = headline(shown, {"npv": 0, "p10": 0, "p90": 0})
    assert "Of the gains, £12,000 is cash-releasing, not discounted; the rest is not." in text
    assert "Not cash-releasing" not in text


def test_whether_enough_use_a_platform(app: Flask) -> None:
    plain = Platform("x", "X", 0, 0, 4, False, 1, 1, None)
    with app.test_request_context():
        for change, verdict in (
            ({"needed": None}, "Not known"),
            ({"needed": None, "never": True}, "Not enough"),
            ({"needed": None, "loses": True}, "Most users lose"),
            ({"confirmed": 4}, "Enough are confirmed"),
            ({"declared": 3}, "Enough with the declared ones"),
            ({"published": 4}, "Enough, as its provider says"),
            ({"published": 3}, "1 user too few"),
            ({}, "2 users too few"),
        ):
            assert plain._replace(**change).verdict == verdict
        assert "Users needed: 4." in plain._replace(npv=-1).why


@DEMO
def test_files_say_what_the_page_says(client: PageClient) -> None:
    run = said(client, "/savings.json")
    view = run["result"]["views"]["whole"]
    rows = rows_of(client.get("/savings.csv").text)
    whole = [row for row in rows if row["view"] == "whole" and row["counted"] == "with_declared"]
    assert [round(float(row["net"]) * 100) for row in whole] == view["with_declared"]["net"]
    listed, _before = rows_of(client.get("/savings/runs.csv").text)
    assert round(float(listed["npv"]) * 100) == view["npv"]


@DEMO
def test_the_lines_of_a_run_add_up_to_it(client: PageClient) -> None:
    listed, _before = said(client, "/savings/runs.json")["items"]
    here = f"/savings/runs/{listed['run']}"
    lines = rows_of(client.get(f"{here}/claims.csv").text)
    keys = [
        tuple(line[name] for name in ("claim_key", "usage", "standing", "share", "f"))
        for line in lines
    ]
    assert len(keys) == len(set(keys))
    total = sum(float(line["declared"]) for line in lines if line["kind"] == "platform")
    view = said(client, f"{here}.json")["result"]["views"]["whole"]
    more = sum(view["with_declared"]["platform"]) - sum(view["confirmed"]["platform"])
    assert round(total * 100) == more
    for query in ("kind=platform", "component=govuk-pay", "service=none", "other=1", "after=x"):
        client.get(f"{here}/claims?{query}")
    some = said(client, f"{here}/claims.json?component=govuk-pay&kind=build_avoided")
    assert {each["component"] for each in some["items"]} == {"govuk-pay"}


@DEMO
def test_claims_lead_on_page_by_page(client: PageClient) -> None:
    listed, _before = said(client, "/savings/runs.json")["items"]
    address, seen = f"/savings/runs/{listed['run']}/claims", 0
    while address:
        page = client.get(address)
        seen += len(soup_of(page).select("table tbody tr"))
        onward = soup_of(page).select_one("a[rel=next]")
        address = str(onward["href"]) if onward else ""
    lines = said(client, f"/savings/runs/{listed['run']}/claims.json")["items"]
    assert seen == len({line["claim_key"].rpartition("|")[0] for line in lines})


@DEMO
def test_assumptions_charts_and_the_method(client: PageClient) -> None:
    page = client.get("/savings/assumptions/2")
    assert "approved by: Example: chief economist of the demo" in page.text
    rows = said(client, "/savings/assumptions/2.json")
    assert {row["class"] for row in rows["items"]} == {"published", "benchmark", "judgement"}
    client.get("/savings/assumptions/2.csv")
    listed, _before = said(client, "/savings/runs.json")["items"]
    for kind in ("svg", "png", "csv"):
        client.get(f"/savings/runs/{listed['run']}/charts/years.{kind}")
    client.get(f"/savings/runs/{listed['run']}.csv")
    method = client.get("/savings/method").text
    for said_there in ("£546,228", "£1,175,002", "-£286,093", "Additionality (a): 0.603",
                       "Range from P10 to P90: -£171,916 to £1,095,611", "4 such users", "£366,888",
                       "10 values, of components", "Building it alone (B): smallest services",
                       "r is 3.5%, and 3% from year 31 on"):  # fmt: skip
        assert said_there in method, said_there
    assert soup_of(client.get("/savings/method")).select(
        "a[href='/savings/assumptions/2#build-small']"
    )


@pytest.mark.parametrize(
    ("pence", "short", "long"),
    [
        (123_456_700, "£1.2 million", "£1,234,567"), (-6_500_000, "-£65,000", "-£65,000"),
        (0, "£0", "£0"), (12_349, "£123", "£123"),
    ],
)  # fmt: skip
def test_money_in_words(app: Flask, pence: int, short: str, long: str) -> None:
    with app.test_request_context():
        assert (in_short(pence), pounds(pence)) == (short, long)


def test_a_minus_sign_stays_with_its_amount() -> None:
    assert unbroken("<b> -£1,234. Then £5") == (
        '&lt;b&gt; <span class="portal-whole">-£1,234</span>. Then £5'
    )


def test_unknown_arguments_are_told_and_refused(client: PageClient) -> None:
    ignored: Any = client.get("/savings/runs?colour=blue")
    assert "colour" in ignored.text
    assert client.get("/savings/runs.json?colour=blue").status_code == 400


def test_values_of_assumptions_in_words() -> None:
    for key, value, said in (
        ("additionality", "0.603100", "0.603"),
        ("optimism", "0.500000", "0.5"),
        ("optimism", "0.000000", "0"),
        ("build:smallest", "27973.071000", "£27,973"),
        ("platform:govuk-pay", "-12.4", "-£12"),
        ("price:govuk-notify", "0.024000", "£0.024"),
    ):
        assert assumed_value(value, key) == said
