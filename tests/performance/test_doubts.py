"""Doubtful figures are listed, with filters, and led to from where the doubt is shown."""

from __future__ import annotations

import csv
import io
from dataclasses import replace
from datetime import date

import pytest
from flask import Flask
from sqlalchemy.orm import Session

from portal.performance.rules.entries import Entry
from portal.performance.store import doubts as store
from portal.performance.store.doubts import DoubtQuery
from portal.performance.words import Doubt, Period
from tests.performance.places import Place, text
from tests.support.data import add_service
from tests.support.pages import PageClient, soup_of
from tests.support.performance import add_set, number, send

JULY = date(2026, 7, 1)


def doubtful(start: date, measure: str, value: float, doubt: Doubt) -> Entry:
    return replace(number(start, measure, value), doubt=doubt)


def test_the_list_has_what_counts_and_is_public(session: Session) -> None:
    service = add_service(session, "one").id
    kept = add_set(session, group="one", service_id=service)
    send(session, kept, doubtful(JULY, "digital", 9, Doubt.DIGITAL_ABOVE_TOTAL),
         number(JULY, "transactions", 5))  # fmt: skip
    mine = add_set(session, group="mine", service_id=service, published=False)
    send(session, mine, doubtful(JULY, "digital", 9, Doubt.DIGITAL_ABOVE_TOTAL))
    small = add_set(session, group="small", service_id=service, threshold=5)
    send(session, small, doubtful(JULY, "transactions", 3, Doubt.QUARTERS_DIFFER))
    rows = list(store.every(session, DoubtQuery()))
    assert [(r.group, r.measure, r.number) for r in rows] == [
        ("small", "transactions", None), ("one", "digital", 9),
    ]  # fmt: skip
    first, *_none = store.listing(session, DoubtQuery(), 1)
    [second] = store.listing(session, DoubtQuery(after=(first.start, first.id)), 9)
    assert [first, second] == rows
    assert store.counts(session, DoubtQuery(service="one"))["doubt"] == dict.fromkeys(Doubt, 1)
    # Given again, it is not doubtful any more.
    send(session, kept, number(JULY, "digital", 4))
    assert [row.group for row in store.every(session, DoubtQuery())] == ["small"]


@pytest.fixture
def place(app: Flask, session: Session) -> Place:
    return Place(app, session)


def test_the_page_and_its_files(client: PageClient, place: Place) -> None:
    address = "/performance/doubts"
    assert "No published figure is doubtful" in text(client, address)
    months = [date(2020 + n // 12, n % 12 + 1, 1) for n in range(51)]
    found = [doubtful(each, "digital", 1234, Doubt.DIGITAL_ABOVE_TOTAL) for each in months]
    place.keep(place.add(), *found)
    year = place.add(type="years", period=Period.YEAR)
    place.keep(year, doubtful(JULY, "transactions", 70, Doubt.QUARTERS_DIFFER))
    for query, many in (
        ("", 52), ("doubt=quarters_differ", 1), ("period=month", 51), ("service=a-fine", 52),
        ("organisation=ministry&period=year", 1), ("service=none", 0),
    ):  # fmt: skip
        assert len(client.get(f"{address}.json?{query}").json["items"]) == many, query
        lines = csv.DictReader(io.StringIO(client.get(f"{address}.csv?{query}").text))
        assert len(list(lines)) == many
    assert f'{address}?service=a-fine"' in client.get("/services/a-fine/performance").text
    first = soup_of(client.get(address))
    crumbs = [str(each["href"]) for each in first.select(".govuk-breadcrumbs a")]
    assert crumbs == ["/", "/performance"]
    [onward] = first.select("a[rel=next]")
    seen = [len(each.select("#doubts tbody tr")) for each in
            (first, soup_of(client.get(str(onward["href"]))))]  # fmt: skip
    assert seen == [50, 2]
    said = text(client, f"{address}?doubt=digital_above_total&service=a-fine")
    assert "Digital transactions: 1,234" in said and "Clear all filters" in said
    assert "No doubtful figure matches" in text(client, f"{address}?service=none")
    assert client.get(f"{address}.json?doubt=x").status_code == 400
    assert "doubt=x" in text(client, f"{address}?doubt=x&after=x")


def test_where_a_doubt_is_shown_the_list_is_led_to(client: PageClient, place: Place) -> None:
    kept = place.add()
    place.keep(kept, number(JULY, "transactions", 5),
               doubtful(JULY, "digital", 9, Doubt.DIGITAL_ABOVE_TOTAL))  # fmt: skip
    for address in (
        "/data-sets", "/data-sets/a-fine/volumes", "/data-sets/a-fine/volumes/values/2026-07-01",
        "/services/a-fine/performance",
    ):  # fmt: skip
        links = [str(a["href"]) for a in soup_of(client.get(address)).select("main a[href]")]
        assert [each for each in links if each.startswith("/performance/doubts")], address
