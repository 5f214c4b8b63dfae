"""Two periods like for like, and the list of services by a figure."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest
from sqlalchemy.orm import Session

from portal.performance.models.figures import FigureTotal
from portal.performance.rules.comparing import Compared, Group, Order, Which
from portal.performance.rules.entries import Entry
from portal.performance.store import comparing, figures
from portal.performance.store.comparing import Asked
from portal.performance.words import Figure, Kpi, Period, SetKind, ValueState
from tests.support.data import add_organisation, add_service
from tests.support.pages import PageClient, soup_of
from tests.support.performance import add_set, missing, number, send

NOW, BEFORE = date(2016, 7, 1), date(2016, 4, 1)
ROWS = "#service-figures th > a"
FROM = "From: Transactions, and how many are digital"
HERE = "?period=year&to=2016-07-01&with=2016-04-01"


def reports(session: Session, slug: str, owner: str, *entries: Entry) -> int:
    """A service with figures of 12 months each."""
    made = add_service(session, slug, owner=owner)
    send(session, add_set(session, period=Period.YEAR, group=slug, service_id=made.id), *entries)
    return made.id


def of(before: float | None, now: float | None) -> list[Entry]:
    pairs = ((BEFORE, before), (NOW, now))
    return [number(at, "transactions", value) for at, value in pairs if value is not None]


@pytest.fixture
def stopped(session: Session) -> None:
    """One department stopped reporting: what it had was most of the sum."""
    add_organisation(session, "top")
    add_organisation(session, "below", parent="top")
    reports(session, "steady", "top", *of(1000, 994))
    reports(session, "small", "below", *of(10, 12.5))
    gone = missing(NOW, "transactions", ValueState.NOT_COLLECTED)
    reports(session, "huge", "below", *of(6260, None), gone)
    reports(session, "newer", "top", *of(None, 7))
    figures.settle(session)


def shown(client: PageClient, address: str) -> str:
    answer = client.get(address)
    assert answer.status_code == 200, address
    return " ".join(soup_of(answer).get_text(" ").split())


def answer_of(client: PageClient, address: str) -> dict[str, Any]:
    answer: dict[str, Any] = client.get(address).get_json()
    return answer


def listed(client: PageClient, more: str) -> list[str]:
    items = answer_of(client, f"/performance/services.json{HERE}{more}")["items"]
    return [each["slug"] for each in items]


def test_a_sum_that_falls_because_one_stopped(client: PageClient, stopped: None) -> None:
    page = shown(client, f"/performance/periods{HERE}")
    assert "The sum over everybody misleads here" in page
    assert "Transactions: down 0.3% like for like Everybody who reported: down 86.1%" in page
    assert "Like for like: services with both 2 1,010 1,006.5 down 0.3%" in page
    assert "Everybody who reported 3 7,270 1,013.5 down 86.1%" in page
    assert "Stopped reporting" in page and "Huge" in page
    answer = answer_of(client, f"/performance/periods.json{HERE}")
    assert (answer["misleads"], answer["services"], answer["services_before"]) == (True, 4, 3)
    groups = {row.pop("group"): row for row in answer["items"]}
    assert groups["stopped"] == {
        "services": 1, "before": 6260, "now": None, "change": None, "services_not_shown": 0,
    }  # fmt: skip
    assert groups["all"]["change"] == pytest.approx(-0.8606, abs=1e-4)
    rows = client.get(f"/performance/periods.csv{HERE}").get_data(as_text=True).splitlines()
    assert rows[-1] == "started,1,,7,,0"


def test_who_fell_is_none_that_rose(client: PageClient, stopped: None, session: Session) -> None:
    reports(session, "big", "top", *of(1000, 900))
    reports(session, "tiny", "top", *of(10, 5))
    reports(session, "zero", "top", *of(0, 5))
    session.commit()
    page = soup_of(client.get(f"/performance/periods{HERE}"))
    found = {
        name: [str(a["href"]).split("/")[2] for a in page.select(f"#{name} th > a")]
        for name in comparing.MOVERS
    }
    assert found == {
        "stopped": ["huge"], "started": ["newer"], "fall": ["big", "steady", "tiny"],
        "rise": ["zero", "small"], "fall-rate": ["tiny", "big", "steady"], "rise-rate": ["small"],
    }  # fmt: skip
    assert "−100 (down 10%)" in page.get_text() and "+2.5 (up 25%)" in page.get_text()
    assert listed(client, "&sort=rise-rate")[-1] == "zero"


@pytest.mark.parametrize("was_now", [(), ((4.0, 4.0),), ((8.0, None), (3.0, 5.0))])
def test_sums_with_movers_are_those_without(
    session: Session, was_now: tuple[tuple[float, float | None], ...]
) -> None:
    for at, (was, now) in enumerate(was_now):
        reports(session, f"s{at}", add_organisation(session, f"o{at}").slug, *of(was, now))
    asked = Asked(Period.YEAR, Figure.TRANSACTIONS, NOW, BEFORE, NOW)
    assert comparing.movers(session, asked, 5)[0] == comparing.between(session, asked)


def test_the_chart_of_both_periods(client: PageClient, stopped: None) -> None:
    rows = client.get(f"/performance/periods/chart.csv{HERE}").get_data(as_text=True)
    assert "Everybody,April 2016 to March 2017,7270" in rows
    for ending in ("svg", "png"):
        assert client.get(f"/performance/periods/chart.{ending}{HERE}").status_code == 200


def test_services_of_an_organisation_and_below(client: PageClient, stopped: None) -> None:
    page = shown(client, f"/performance/periods{HERE}&organisation=below")
    assert "Like for like: services with both 1 10 12.5 up 25%" in page
    assert listed(client, "&organisation=top") == ["steady", "small", "newer"]
    assert listed(client, "&organisation=below") == ["small"]
    page = shown(client, f"/performance/services{HERE}&organisation=below")
    assert "1 of 2 services have it for July 2016 to June 2017: 12.5 together." in page
    assert "Up to Top" in page


def test_a_list_of_who_stopped_and_why(client: PageClient, stopped: None) -> None:
    assert listed(client, "&which=stopped") == ["huge"]
    assert listed(client, "&which=started") == ["newer"]
    (row,) = answer_of(client, f"/performance/services.json{HERE}&which=stopped")["items"]
    assert (row["value"], row["value_before"], row["missing"]) == (None, 6260, "not_collected")
    assert f"Huge Below {FROM} : Huge Not collected" in shown(
        client, f"/performance/services{HERE}&which=stopped"
    )


def test_orders_of_the_list(client: PageClient, stopped: None) -> None:
    assert listed(client, "") == ["steady", "small", "newer"]
    assert listed(client, "&sort=rise") == ["small", "steady"]
    assert listed(client, "&sort=fall") == ["steady", "small"]
    assert listed(client, "&sort=name") == ["newer", "small", "steady"]
    file = client.get(f"/performance/services.csv{HERE}&sort=name").text.splitlines()
    assert [line.split(",")[0] for line in file[1:]] == ["newer", "small", "steady"]
    assert listed(client, "&sort=rise-rate") == ["small", "steady"]
    assert listed(client, "&sort=fall-rate") == ["steady", "small"]
    page = shown(client, f"/performance/services{HERE}&sort=rise")
    assert f"Small Below {FROM} : Small 12.5 1.2% up 25% from 10" in page


def test_without_the_largest_shares_are_of_the_others(client: PageClient, stopped: None) -> None:
    answer = answer_of(client, f"/performance/services.json{HERE}&without=largest")
    assert (answer["without"], answer["sum"]) == ("steady", 19.5)
    assert [row["share"] for row in answer["items"]] == [12.5 / 19.5, 7 / 19.5]
    page = shown(client, f"/performance/services{HERE}&without=largest")
    assert "Without the largest, Steady: shares are of all others." in page


def test_a_search_leaves_shares_as_they_are(client: PageClient, stopped: None) -> None:
    answer = answer_of(client, f"/performance/services.json{HERE}&q=small")
    assert [(row["slug"], row["share"]) for row in answer["items"]] == [("small", 12.5 / 1013.5)]
    assert "No service fits." in shown(client, f"/performance/services{HERE}&q=zebra")


def test_pages_of_the_list(client: PageClient, session: Session) -> None:
    add_organisation(session, "top")
    for n in range(53):
        reports(session, f"s{n:02}", "top", *of(0.1, 0.1 if n < 52 else 0.3))
    figures.settle(session)
    for order in ("", "&sort=name", "&sort=rise"):
        found, address = list[str](), f"/performance/services{HERE}{order}"
        page = soup_of(client.get(address))
        found += [str(a["href"]) for a in page.select(ROWS)]
        onwards = page.select_one('a[rel="next"]')
        assert onwards is not None and len(found) == 50
        page = soup_of(client.get(str(onwards["href"])))
        found += [str(a["href"]) for a in page.select(ROWS)]
        assert len(set(found)) == 53, order
        back = page.select_one('a[rel="prev"]')
        assert back is not None
        again = soup_of(client.get(str(back["href"])))
        assert [a["href"] for a in again.select(ROWS)] == found[:50]


def test_what_an_address_does_not_mean_is_named(client: PageClient, stopped: None) -> None:
    page = shown(client, "/performance/services?period=day&figure=unit_cost&organisation=x&sort=y")
    for each in ("period=day", "figure=unit_cost", "organisation=x", "sort=y"):
        assert each in page
    page = shown(client, "/performance/periods?to=2001-01-01&with=x")
    assert "to=2001-01-01" in page and "with=x" in page
    assert client.get("/performance/services.json?after=x").status_code == 400


def test_where_there_is_nothing(client: PageClient, session: Session) -> None:
    for address in ("/performance/services", "/performance/periods"):
        assert "No service has published this figure yet." in shown(client, address)
        assert answer_of(client, f"{address}.json")["count"] in (0, 4)
    assert client.get("/performance/periods/chart.svg").status_code == 404


def test_an_organisation_with_nothing_leads_back(client: PageClient, session: Session) -> None:
    add_organisation(session, "quiet")
    session.commit()
    assert "Up to All of government" in shown(client, "/performance/services?organisation=quiet")


def test_dashboards_lead_to_both(client: PageClient, stopped: None) -> None:
    top = "/organisations/top/performance"
    for address, end in (("/performance", ""), (top, "&organisation=top")):
        links = [str(a["href"]) for a in soup_of(client.get(address)).select("main a")]
        query = f"?period=year&to=2016-07-01{end}"
        assert {f"/performance/services{query}", f"/performance/periods{query}"} <= set(links)


def test_numbers_of_a_few_are_in_no_sum_and_no_order_by_size(session: Session) -> None:
    for slug, few in (("a", 7), ("b", 3), ("c", 40)):
        made = add_service(session, slug)
        data_set = add_set(session, SetKind.CALLS, Period.YEAR, group=slug, service_id=made.id,
                           threshold=5)  # fmt: skip
        send(session, data_set, number(BEFORE, "count", 9, "other"),
             number(NOW, "count", few, "other"))  # fmt: skip
    asked = Asked(Period.YEAR, Figure.CALLS, NOW, BEFORE, NOW)
    rows, *_more = comparing.listing(session, asked, Which.NOW, Order.LARGEST, None, 50)
    assert [(row.slug, row.now) for row in rows] == [("c", 40), ("a", 7), ("b", None)]
    assert rows[-1].state is ValueState.SUPPRESSED
    assert comparing.between(session, asked) == Compared(Group(2, 18, 47), hidden=1)


def test_a_sum_of_shown_parts_is_listed_and_in_no_comparison(
    client: PageClient, session: Session
) -> None:
    made = add_service(session, "a")
    data_set = add_set(session, SetKind.CALLS, Period.YEAR, service_id=made.id, threshold=5)
    for at, few in ((BEFORE, 3), (NOW, 90)):
        cells = (("get-information", 600), ("challenge-a-decision", few), ("other", 40))
        send(session, data_set, *(number(at, "count", many, cell) for cell, many in cells))
    session.commit()
    query = f"?figure=calls&period=year&to={NOW}&with={BEFORE}"
    asked = Asked(Period.YEAR, Figure.CALLS, NOW, BEFORE, NOW)
    found = comparing.between(session, asked)
    assert found == Compared(hidden=1, once=Group(1, 600, 730)) and found.listed == Group(1, 0, 730)
    page = shown(client, f"/performance/periods{query}")
    assert "no service has all of its numbers shown in both periods" in page
    assert "A number of 1 service is not shown, and in no sum here." in page
    assert "Nobody reported" not in page
    page = shown(client, f"/performance/services{query}")
    assert ": 730 together" in page and "in no sum" not in page
    assert "Not known 600 (without numbers that are not shown)" in page
    (row,) = answer_of(client, f"/performance/services.json{query}")["items"]
    assert (row["value"], row["value_before"], row["change"]) == (730, 600, None)
    assert (row["partial"], row["partial_before"]) == (False, True)
    rows = answer_of(client, f"/performance/periods.json{query}")["items"]
    assert {row["services_not_shown"] for row in rows} == {1}
    (row,) = answer_of(client, f"/performance/services.json?figure=calls&period=year&to={BEFORE}")[
        "items"
    ]
    assert (row["value"], row["share"], row["partial"]) == (600, None, True)


@pytest.fixture
def shares(session: Session) -> None:
    """Services with digital transactions, and some without a number of either."""
    add_organisation(session, "top")
    for slug, *pairs in (
        ("half", (BEFORE, 10, 4), (NOW, 10, 5)), ("most", (BEFORE, 1000, 950), (NOW, 1000, 900)),
        ("over", (NOW, 10, 11)), ("none", (NOW, 10, None)), ("gone", (BEFORE, 10, 9)),
        ("zero", (NOW, 0, 0)),
    ):  # fmt: skip
        reports(session, slug, "top", *(
            number(at, measure, value) for at, whole, part in pairs
            for measure, value in (("transactions", whole), ("digital", part)) if value is not None
        ))  # fmt: skip
    few = add_service(session, "few", owner="top")
    known = add_set(session, period=Period.YEAR, group="few", service_id=few.id, threshold=5)
    send(session, known, number(NOW, "transactions", 20), number(NOW, "digital", 2))
    figures.settle(session)


def test_an_indicator_is_over_those_who_have_both_its_parts(session: Session, shares: None) -> None:
    asked = Asked(Period.YEAR, Kpi.DIGITAL_TAKE_UP, NOW, BEFORE, NOW)
    rows, *_more = comparing.listing(session, asked, Which.NOW, Order.LARGEST, None, 50)
    assert [(row.slug, row.now) for row in rows] == [
        ("over", 1.1), ("most", 0.9), ("half", 0.5), ("few", None),
    ]  # fmt: skip
    assert (rows[0].below, rows[-1].state) == (10, ValueState.SUPPRESSED)
    found = comparing.between(session, asked)
    assert found.both == Group(2, 954, 905, 1010, 1010)
    assert (found.now, found.stopped.things, found.hidden) == (Group(3, 0, 916, 0, 1020), 1, 1)
    total = session.get_one(FigureTotal, (-1, Period.YEAR, "digital_take_up", NOW))
    # Of no transactions there is no part, so the one with none has no place among the others.
    assert (total.things, total.top, total.bottom) == (4, 916, 1020)


def test_services_by_take_up(client: PageClient, shares: None) -> None:
    address = f"/performance/services{HERE}&figure=digital_take_up"
    page = shown(client, address)
    assert "3 of 7 services have it for July 2016 to June 2017: 89.8% over all of them" in page
    assert "Half Top" in page and "50% 10 up 10 percentage points from 40%" in page
    assert "without the largest" not in page and "in percent" not in page
    assert listed(client, "&figure=digital_take_up&sort=fall") == ["most", "half"]
    assert "sort=rise-rate" in shown(client, f"{address}&sort=rise-rate&without=largest")
    answer = answer_of(client, address.replace("services", "services.json"))
    assert (answer["value"], answer["out_of"]) == (pytest.approx(916 / 1020), 1020)
    first = answer["items"][0]
    assert (first["slug"], first["value"], first["share"], first["out_of"]) == (
        "over", 1.1, None, 10,
    )  # fmt: skip
    assert "figure=digital_take_up" in shown(
        client, f"/performance/periods{HERE}&figure=digital_take_up"
    )
    links = [str(a["href"]) for a in soup_of(client.get("/performance")).select("main a")]
    assert "/performance/services?figure=digital_take_up&period=year&to=2016-07-01" in links


def test_a_hidden_number_is_neither_a_start_nor_a_stop() -> None:
    found = Compared(Group(2, 10, 11), Group(1, 0, 4), Group(1, 90, 0), hidden=1)
    assert (found.before, found.now) == (Group(3, 100), Group(3, 0, 15))
    assert found.like_for_like == pytest.approx(0.1)
    assert found.of_all == pytest.approx(-0.85)
    assert found.misleads
    assert (Compared().of_all, Compared().misleads) == (None, False)
