"""Prices on a day, documents of components and usages, and what figures say in words."""

from __future__ import annotations

from datetime import date, timedelta
from itertools import pairwise
from types import SimpleNamespace
from typing import Any

import pytest
from flask import Flask
from hypothesis import given
from hypothesis import strategies as st

from portal.catalogue.forms.figures import (
    figure,
    measure,
    price,
    price_list,
    sectors,
    unit_means,
    when,
)
from portal.catalogue.forms.labels import LABELS, label
from portal.catalogue.rules.component_documents import (
    clean_capability,
    clean_component,
    clean_need,
    clean_usage,
)
from portal.catalogue.rules.component_filters import parse_components
from portal.catalogue.rules.components import latest, prices_on, unpriced_on
from portal.errors import Invalid
from tests.support.data import demo

Row = dict[str, Any]
COMPONENTS = {document["slug"]: clean_component(document) for document in demo("components")}
#: Pence without VAT for a text message fragment, from the first of each month.
FRAGMENT = {
    date(2016, 5, 1): "1.65",
    date(2017, 4, 1): "1.58",
    date(2021, 4, 1): "1.6",
    date(2022, 4, 1): "1.61",
    date(2022, 5, 1): "1.72",
    date(2023, 4, 1): "1.97",
    date(2024, 4, 1): "2.27",
    date(2025, 4, 1): "2.33",
    date(2026, 4, 1): "2.4",
}
DAYS = st.dates(date(2016, 1, 1), date(2036, 12, 31))


def fragment(on: date) -> list[str]:
    rows = prices_on(COMPONENTS["govuk-notify"]["prices"], on.isoformat())
    return [row["pence"] for row in rows if row["item"] == "Text message fragment"]


@given(DAYS)
def test_the_price_of_a_text_message_on_any_day(on: date) -> None:
    known = [pence for start, pence in FRAGMENT.items() if start <= on]
    assert fragment(on) == known[-1:]


@pytest.mark.parametrize("start", list(FRAGMENT))
def test_a_price_starts_on_its_day(start: date) -> None:
    assert fragment(start) == [FRAGMENT[start]]
    assert fragment(start - timedelta(days=1)) != [FRAGMENT[start]]


def document(**changes: Any) -> Row:
    known: Row = {
        "slug": "notify", "name": "Notify", "kind": "platform", "delivery": "both",
        "has_interface": True, "provider": "portal:gds", "summary": "Sends.", "lifecycle": "live",
    }  # fmt: skip
    return {**known, **changes}


def price_row(since: date | None, until: date | None = None, **changes: Any) -> Row:
    row: Row = {"item": "Text", "unit": "fragment", "pence": "1"}
    row["since"], row["until"] = (day.isoformat() if day else None for day in (since, until))
    return {**row, **changes}


@given(st.sets(DAYS, min_size=1, max_size=6), DAYS)
def test_prices_follow_each_other_without_gap_or_overlap(starts: set[date], on: date) -> None:
    rows = [price_row(day, pence=str(n)) for n, day in enumerate(sorted(starts), start=1)]
    clean = clean_component(document(prices=rows[::-1]))["prices"]
    assert [row["pence"] for row in clean] == [row["pence"] for row in rows]
    assert all(before["until"] == after["since"] for before, after in pairwise(clean))
    found = prices_on(clean, on.isoformat())
    assert len(found) == (on >= min(starts))
    assert all(row["since"] == max(d for d in starts if d <= on).isoformat() for row in found)


@given(DAYS, DAYS, DAYS)
def test_two_prices_of_one_item_never_hold_on_one_day(a: date, b: date, c: date) -> None:
    rows = [price_row(min(a, b), max(a, b)), price_row(c)]
    try:
        clean = clean_component(document(prices=rows))["prices"]
    except Invalid:
        return
    for day in (a, b, c):
        assert len(prices_on(clean, day.isoformat())) <= 1


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"lifecycle": "closing"}, "closes_on"),
        ({"successor": "notify"}, "successor"),
        ({"has_interface": None}, "has_interface"),
        ({"kind": "thing"}, "kind"),
        ({"sectors": ["everybody"]}, "sectors.0"),
        ({"how_to_start": "javascript:alert(1)"}, "how_to_start"),
        ({"prices": [price_row(None, pence=None)]}, "prices.0.pence"),
        ({"prices": [price_row(None, per_cent="10")]}, "prices.0.pence"),
        ({"prices": [price_row(None, pence="-1")]}, "prices.0.pence"),
        ({"prices": [price_row(date(2020, 1, 2), date(2020, 1, 1))]}, "prices.0.until"),
        ({"prices": [price_row(None), price_row(None, pence="2")]}, "prices.1.since"),
        ({"volumes": [{"measure": "texts", "amount": None, "to": "2020-01-01"}]},
         "volumes.0.amount"),
        ({"costs": [{"pounds": None, "since": "2020-01-01", "until": "2021-01-01",
                     "basis": "published"}]}, "costs.0.pounds"),
        ({"capabilities": [{"capability": "a", "note": "1"}, {"capability": "a"}]},
         "capabilities.1.capability"),
        ({"evolution": [{"stage": s, "since": "2020-01-01", "rationale": "x"}
                        for s in ("custom", "product")]}, "evolution.1.since"),
        ({"colour": "red"}, "colour"),
    ],
)  # fmt: skip
def test_a_component_that_cannot_be(changes: Row, field: str) -> None:
    with pytest.raises(Invalid) as caught:
        clean_component(document(**changes))
    assert caught.value.field.startswith(field)


USAGE: Row = {"service": "s", "capability": "letters", "arrangement": "shared_component",
              "component": "notify", "status": "live", "since": "2024-01-01"}  # fmt: skip


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"component": None}, "component"),
        ({"arrangement": "own_build"}, "component"),
        ({"arrangement": "bought_product", "component": None}, "product"),
        ({"since": None}, "since"),
        ({"status": "stopping", "since": None}, "since"),
        ({"status": "stopped"}, "until"),
        ({"status": "planned"}, "since"),
        ({"until": "2025-01-01"}, "until"),
        ({"status": "stopped", "until": "2023-01-01"}, "until"),
        ({"share": "0"}, "share"),
        ({"share": "101"}, "share"),
        ({"yearly_cost": -1}, "yearly_cost"),
        ({"since_basis": "guess"}, "since_basis"),
    ],
)
def test_a_usage_that_contradicts_itself(changes: Row, field: str) -> None:
    with pytest.raises(Invalid) as caught:
        clean_usage({**USAGE, **changes})
    assert caught.value.field == field


def test_the_demo_set_is_canonical() -> None:
    for capability in demo("capabilities"):
        assert clean_capability(capability)["slug"] == capability["slug"]
    found: Any = demo("usages")
    assert all(clean_need(need)["answer"] for need in found["needs"])
    for row in found["usages"]:
        clean_usage({k: v for k, v in row.items() if k not in ("key", "replaces")})
    with pytest.raises(Invalid):
        clean_capability({"slug": "a", "name": "A", "parent": "a"})


def test_the_newest_figure_of_each_measure() -> None:
    def row(name: str, amount: int, to: str, since: str | None = None) -> Row:
        return {"measure": name, "amount": amount, "to": to, "since": since}

    rows = [
        row("texts", 1, "2020-01-01"),
        row("texts", 9, "2021-01-01"),
        row("texts", 5, "2019-12-31", "2019-01-01"),
        row("letters", 2, "2018-01-01"),
    ]
    assert [found["amount"] for found in latest(rows)] == [9, 2]  # the total includes the period
    rows.append(row("texts", 6, "2022-01-01", "2021-06-01"))
    assert [found["amount"] for found in latest(rows)] == [9, 6, 2]


def test_items_without_a_price_on_a_day() -> None:
    def row(item: str, since: str | None, until: str | None = None) -> Row:
        return {"item": item, "since": since, "until": until}

    rows = [row("letter", "2020-01-01"), row("text", "2016-05-01", "2017-04-01"),
            row("text", "2017-04-01"), row("use", None)]  # fmt: skip
    assert unpriced_on(rows, "2016-01-01") == ["letter", "text"]
    assert unpriced_on(rows, "2018-01-01") == ["letter"]
    assert unpriced_on(rows, "2020-01-01") == []


@pytest.mark.parametrize(
    ("row", "said"),
    [
        ({"pence": "0"}, "Free"),
        ({"pence": "1.6"}, "1.6p"),
        ({"pence": "2.333"}, "2.333p"),
        ({"pence": "68"}, "68p"),
        ({"pence": "63.80"}, "63.8p"),
        ({"pence": "10"}, "10p"),
        ({"pence": "149"}, "£1.49"),
        ({"pence": "150000"}, "£1,500.00"),
        ({"pence": None, "per_cent": "10"}, "10%"),
    ],
)
def test_prices_in_words(app: Flask, row: Row, said: str) -> None:
    with app.test_request_context():
        assert price(row) == said


@pytest.mark.parametrize(
    ("row", "said"),
    [
        ({"pence": "0"}, "Letter: Free"),
        ({"pence": "63.8"}, "Letter: 63.8p per letter"),
        ({"pence": None, "per_cent": "10"}, "Letter: 10% (letter)"),
    ],
)
def test_a_price_says_what_it_is_for(app: Flask, row: Row, said: str) -> None:
    with app.test_request_context():
        assert price_list([{"item": "Letter", "unit": "letter", **row}]) == [said]
        assert "160 characters" in unit_means("fragment") and unit_means("letter") == ""


@pytest.mark.parametrize(
    ("row", "said"),
    [
        ({"status": "live", "since": "2021-04-15"}, "Since 15 April 2021"),
        ({"status": "live", "since": "2021-04-15", "since_basis": "seen"},
         "Seen in use on 15 April 2021"),
        ({"status": "live", "since": "2021-04-01", "since_basis": "month"}, "Since April 2021"),
        ({"status": "stopped", "until": "2022-06-06", "until_basis": "seen"},
         "No longer seen on 6 June 2022"),
        ({"status": "stopped", "since": "2020-01-01", "until": "2022-06-01",
          "until_basis": "month"}, "Since 1 January 2020, until June 2022"),
        ({"status": "stopped", "until": "2022-06-06", "until_basis": "contract"},
         "Until the contract ended on 6 June 2022"),
        ({"status": "stopped", "until": "2022-06-06"}, "Until 6 June 2022"),
        ({"status": "planned"}, "No date given"),
        ({"status": "integrating", "planned_live": date(2027, 1, 2)},
         "Planned for 2 January 2027"),
    ],
)  # fmt: skip
def test_dates_of_usages_in_words(app: Flask, row: Row, said: str) -> None:
    none = dict.fromkeys(("planned_live", "since", "since_basis", "until", "until_basis"))
    with app.test_request_context():
        assert when(SimpleNamespace(**{**none, **row})) == said


def test_figures_and_sectors_in_words(app: Flask) -> None:
    with app.test_request_context():
        assert figure({"measure": "pounds", "amount": 494_000_000}) == "£494,000,000"
        assert figure({"measure": "messages", "amount": 1_000}) == "1,000"
        assert measure("messages") == "Messages"
        assert measure("queries_a_day") == "Queries a day"
        assert sectors([]) == ""
        assert sectors(["schools", "nhs"]) == "NHS and schools"
        said = sectors(["nhs", "central_government", "local_government"])
        assert said == "Central government, local government and NHS"


def test_every_closed_list_has_words() -> None:
    from portal.catalogue import component_words as words

    lists = {
        "component_kind": words.ComponentKind, "delivery": words.Delivery,
        "lifecycle": words.Lifecycle, "stage": words.EvolutionStage, "sector": words.Sector,
        "cost_basis": words.CostBasis, "arrangement": words.Arrangement,
        "usage_status": words.UsageStatus, "date_basis": words.DateBasis,
        "not_shared_reason": words.NotSharedReason, "need_answer": words.NeedAnswer,
    }  # fmt: skip
    for name, kind in lists.items():
        assert set(LABELS[name]) == {str(member) for member in kind}, name
    for name in ("components", "capabilities"):
        for document in demo(name):
            assert all(field in LABELS["field"] for field in document)


def test_filters_that_a_list_does_not_know(app: Flask) -> None:
    pairs = [("q", " letters  now "), ("need", "letters"), ("kind", "nope"), ("sector", "nhs"),
             ("lifecycle", "live"), ("colour", "red")]  # fmt: skip
    query, ignored = parse_components(pairs)
    assert (query.text, query.needs, query.kinds) == ("letters now", ("letters",), ())
    assert (query.sector, query.lifecycles) == ("nhs", ("live",))
    assert ignored == ("kind=nope", "colour")
    with app.test_request_context():
        assert label("by_hand", "arrangement") == "By hand"


def test_a_contract_does_not_end_before_its_use_began() -> None:
    bought = {
        "service": "s", "capability": "c", "arrangement": "bought_product", "product": "P",
        "status": "live", "since": "2024-01-01", "contract_end": "2023-12-31",
    }  # fmt: skip
    with pytest.raises(Invalid) as problem:
        clean_usage(bought)
    assert problem.value.field == "contract_end"
    assert clean_usage({**bought, "since_basis": "seen"})["contract_end"] == "2023-12-31"
    assert clean_usage({**bought, "contract_end": "2024-01-01"})["since"] == "2024-01-01"
