"""Dashboards from what teams sent: numbers, gaps, coverage, like for like, files."""

from __future__ import annotations

import re
from datetime import date

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from portal.catalogue.models.components import Component
from portal.catalogue.models.services import Service
from portal.performance.rules import periods
from portal.performance.store import figures
from portal.performance.words import Period, SetKind, ValueState, ValueStatus
from tests.support.data import add_journey, add_organisation, add_service
from tests.support.pages import PageClient, soup_of
from tests.support.performance import Entry, add_set, missing, number, send
from tests.support.storefront import add_capability, add_component

NOW, BEFORE = date(2026, 7, 1), date(2025, 7, 1)
MONTHS = periods.between(Period.MONTH, BEFORE, NOW)


def reports(session: Session, slug: str, volumes: dict[date, float], owner: str) -> int:
    """A service with volumes, half of them digital."""
    service = add_service(session, slug, owner=owner)
    entries = [
        entry
        for at, value in volumes.items()
        for entry in (number(at, "transactions", value), number(at, "digital", value / 2))
    ]
    send(session, add_set(session, group=slug, service_id=service.id), *entries)
    return service.id


def shown(client: PageClient, address: str) -> str:
    answer = client.get(address)
    assert answer.status_code == 200, address
    return " ".join(soup_of(answer).get_text(" ").split())


@pytest.fixture
def bodies(session: Session) -> None:
    """Two organisations, one of them below the other, with three services."""
    top = add_organisation(session, "top")
    below = add_organisation(session, "below", parent="top")
    reports(session, "one", {BEFORE: 1000, NOW: 994}, top.slug)
    reports(session, "two", {BEFORE: 6260}, below.slug)
    reports(session, "three", dict.fromkeys(MONTHS[6:], 50), below.slug)
    figures.settle(session)


def test_a_sum_that_falls_because_one_stopped_says_so(client: PageClient, bodies: None) -> None:
    for address in ("/performance", "/organisations/top/performance"):
        page = shown(client, address)
        assert "Transactions 1,044" in page
        assert "down 0.6% like for like since July 2025, over 1 service with both" in page
        assert "Everybody who reported: down 85.6%. That is mostly because other services" in page
        assert "Transactions: down 0.6% like for like between July 2025 and July 2026" in page
        assert "2 of 3 services" in page
        assert "50% of transactions were digital in July 2026" in page


def test_a_sum_is_compared_with_a_year_before_only(client: PageClient, bodies: None) -> None:
    page = shown(client, "/performance?with=2026-06-01")
    assert "with=2026-06-01" in page and "like for like since July 2025" in page
    assert client.get("/performance.json?with=2026-06-01").status_code == 400


@pytest.mark.parametrize(
    ("address", "known", "refused"),
    [
        ("/performance", "years=5", "period=bogus"),
        ("/performance", "years=2", "nothing=1"),
        ("/performance", "years=2", "to=20260701"),
        ("/performance", "years=2", "to=2026-06-15"),
        ("/services/one/performance", "period=month", "with=2026-06-15"),
        ("/services/one/performance", "period=month", "with=2026-07-01"),
        ("/performance/compare", "service=one", "service=nope"),
        ("/organisations/top/performance", "tile=transactions", "tile=nope"),
    ],
)
def test_what_a_page_leaves_out_its_files_are_without(
    client: PageClient, bodies: None, address: str, known: str, refused: str
) -> None:
    page = soup_of(client.get(f"{address}?{known}&{refused}"))
    links = [str(each["href"]) for each in page.select(".portal-downloads a")][-2:]
    assert links == [f"{address}.{ending}?{known}" for ending in ("csv", "json")]
    assert [client.get(link).status_code for link in links] == [200, 200]
    for ending in ("csv", "json"):
        answer = client.get(f"{address}.{ending}?{known}&{refused}")
        assert answer.status_code == 400
        said = f"There is no filter {refused.removesuffix('=1')} here"
        assert said in answer.get_data(as_text=True)


def test_a_line_of_years_tells_the_change_of_its_tile(client: PageClient, session: Session) -> None:
    made = add_service(session, "long")
    volumes = {date(2022, 7, 1): 10, BEFORE: 200, NOW: 100}
    send(session, add_set(session, service_id=made.id),
         *(number(at, "transactions", many) for at, many in volumes.items()))  # fmt: skip
    page = shown(client, "/services/long/performance?years=5")
    assert "down 50% since July 2025" in page
    assert "Transactions: down 50% between July 2025 and July 2026" in page
    assert "rose" not in page


def test_a_sum_with_a_number_that_may_change_is_provisional(
    client: PageClient, session: Session, bodies: None
) -> None:
    late = add_service(session, "late", owner="below")
    data_set = add_set(session, group="late", service_id=late.id)
    may_change = Entry(NOW, "", "transactions", ValueState.NUMBER, 7.0, ValueStatus.PROVISIONAL)
    send(session, data_set, number(BEFORE, "transactions", 8), may_change)
    figures.settle(session)
    for address in ("/performance", "/organisations/top/performance"):
        assert "July 2026; provisional" in shown(client, address)
        said = {
            (row["measure"], row["start"]): row["provisional"]
            for row in client.get(f"{address}.json").get_json()["items"]
        }
        assert said["transactions", "2026-07-01"] and not said["transactions", "2025-07-01"]
        assert not said["digital_take_up", "2026-07-01"]  # the one that is late has none
        file = client.get(f"{address}.csv").get_data(as_text=True)
        assert file.count(",true,") == 1
        chart = client.get(f"{address}/charts/transactions.csv").get_data(as_text=True)
        assert chart.splitlines()[-1] == "2026-07-01,Transactions,1051,true,3 services"


def test_an_organisation_has_what_is_below_it(client: PageClient, bodies: None) -> None:
    page = shown(client, "/organisations/below/performance")
    assert "Transactions 50" in page
    assert "1 of 2 services" in page


def test_a_ranking_can_leave_out_the_largest(client: PageClient, bodies: None) -> None:
    page = shown(client, "/performance")
    assert "Top has 95.2% of all transactions" in page
    page = shown(client, "/performance?without=largest")
    assert "The organisations with the most transactions after Top" in page
    chart = client.get("/performance/charts/organisations.csv")
    assert chart.get_data(as_text=True).splitlines()[1] == "Top,Transactions,994,"
    chart = client.get("/performance/charts/organisations.csv?without=largest")
    assert chart.get_data(as_text=True).splitlines()[1] == "Below,Transactions,50,"


def test_each_figure_says_what_it_is_made_of(client: PageClient, bodies: None) -> None:
    answer = client.get("/performance.json").get_json()
    assert (answer["of"], answer["period"], answer["services"]) == (
        "All of government", "month", 3,
    )  # fmt: skip
    rows = {(row["measure"], row["start"]): row for row in answer["items"]}
    row = rows["digital_take_up", "2026-07-01"]
    assert (row["value"], row["numerator"], row["denominator"]) == (0.5, 522, 1044)
    volume = rows["transactions", "2026-07-01"]
    assert (volume["services"], volume["services_like_for_like"]) == (2, 1)
    assert volume["change_of_all"] == pytest.approx(-0.856, abs=0.001)
    gap = rows["transactions", "2025-10-01"]
    assert (gap["value"], gap["services"]) == (None, 0)
    csv = client.get("/performance.csv").get_data(as_text=True).splitlines()
    assert len(csv) == 1 + len(rows)


@pytest.fixture
def service(session: Session) -> str:
    """A service with transactions by channel, one of which was not counted once."""
    made = add_service(session, "one")
    entries = []
    for n, at in enumerate(MONTHS):
        status = ValueStatus.PROVISIONAL if at == NOW else ValueStatus.PUBLISHED
        entries += [
            Entry(at, "online", "count", ValueState.NUMBER, 70.0 + n, status),
            missing(at, "count", ValueState.NOT_COLLECTED, "phone") if n == 4
            else number(at, "count", 30, "phone"),
            missing(at, "count", ValueState.NOT_APPLICABLE, "paper"),
        ]  # fmt: skip
    send(session, add_set(session, SetKind.TRANSACTIONS, service_id=made.id), *entries)
    completion = add_set(session, SetKind.COMPLETION, service_id=made.id)
    for at, done in ((BEFORE, 80), (NOW, 70)):
        send(session, completion, number(at, "started", 100), number(at, "completed", done))
    return "/services/one/performance"


def test_a_service_says_what_is_missing(client: PageClient, service: str) -> None:
    page = shown(client, service)
    assert "Transactions 112" in page
    assert "July 2026; provisional" in page
    assert "up 12% since July 2025" in page
    assert "Transactions: up 12% between July 2025 and July 2026" in page
    assert "92% of expected periods since July 2025" in page
    assert "November 2025 Not collected" in page
    rows = client.get(f"{service}/charts/channels.csv").get_data(as_text=True).splitlines()
    assert "November 2025,Phone,,Not collected" in rows
    assert not any("Paper" in row for row in rows)


def test_a_weak_figure_leads_to_what_can_be_done(client: PageClient, service: str) -> None:
    page = shown(client, service)
    assert "down 10 percentage points since July 2025" in page
    assert "What you can do about it: Say how the service meets its needs" in page


def test_an_address_keeps_what_is_shown(client: PageClient, service: str) -> None:
    page = shown(client, f"{service}?period=month&to=2026-05-01&years=1&tile=transactions")
    assert "Transactions 110" in page and "Completion rate: down" not in page
    page = shown(client, f"{service}?with=2026-06-01")
    assert "up 0.9% since June 2026" in page
    assert "Transactions: up 0.9% between June 2026 and July 2026" in page
    page = shown(client, f"{service}?period=week&to=x&years=3&tile=y&z=1")
    for each in ("z, to=x, years=3, tile=y, period=week",):
        assert each in page
    assert client.get(f"{service}.json?z=1").status_code == 400


def test_charts_of_a_service(client: PageClient, service: str) -> None:
    answer = client.get(f"{service}/charts/transactions.svg?period=month&years=1")
    assert answer.mimetype == "image/svg+xml"
    again = client.get(f"{service}/charts/transactions.svg?period=month&years=1",
                       headers={"If-None-Match": answer.headers["ETag"]})  # fmt: skip
    assert again.status_code == 304
    assert client.get(f"{service}/charts/calls.svg").status_code == 200
    assert client.get(f"{service}/charts/nothing.svg").status_code == 404
    assert client.get("/services/nobody/performance").status_code == 404


def test_journeys_and_components(client: PageClient, session: Session, service: str) -> None:
    add_journey(session, "walk", ["one"])
    assert "Transactions 112" in shown(client, "/journeys/walk/performance")
    assert client.get("/journeys/walk/performance/charts/transactions.svg").status_code == 200
    add_capability(session, "need")
    add_organisation(session, "maker")
    add_component(session, "part", "need", provider="maker")
    part = session.scalars(select(Component).where(Component.slug == "part")).one()
    assert "No figures of Part are published yet" in shown(client, "/components/part/performance")
    volumes = add_set(session, SetKind.COMPONENT_VOLUMES, group="part", component_id=part.id)
    send(session, volumes, number(NOW, "volume", 9000), number(NOW, "pounds", 12.5))
    page = shown(client, "/components/part/performance")
    assert "Volume 9,000" in page and "Pounds £12.50" in page
    assert client.get("/components/part/performance/charts/volume.png").status_code == 200
    assert client.get("/organisations/x/performance/charts/calls.svg").status_code == 404


def test_without_figures_a_page_says_what_to_do(client: PageClient, session: Session) -> None:
    add_service(session, "one")
    assert "No figures of One are published yet." in shown(client, "/services/one/performance")
    assert "No service has published figures yet." in shown(client, "/performance")
    assert client.get("/performance.json").get_json()["items"] == []
    assert client.get("/performance/charts/transactions.svg").status_code == 200


def test_numbers_of_a_few_are_not_shown(client: PageClient, session: Session) -> None:
    made = add_service(session, "one")
    data_set = add_set(session, SetKind.TRANSACTIONS, service_id=made.id, threshold=5)
    cells = (("online", 10), ("phone", 3), ("paper", 200))
    send(session, data_set, *(number(NOW, "count", many, cell) for cell, many in cells))
    here = "/services/one/performance"
    page = shown(client, here)
    # The channels that are not shown are in no sum either, and no share is worked out from it.
    assert "Transactions 200" in page and "without numbers that are not shown" in page
    assert "Digital take-up" not in page
    for fmt in ("csv", "svg", "png"):  # no period has all of its parts
        assert client.get(f"{here}/charts/channels.{fmt}").status_code == 404
    assert "charts/channels" not in client.get(here).get_data(as_text=True)
    assert client.get(f"{here}.json").get_json()["items"][0]["value"] == 200
    kept = {"group": "two", "service_id": add_service(session, "two").id, "threshold": 5}
    send(session, add_set(session, **kept), number(NOW, "transactions", 4))  # type: ignore[arg-type]
    session.commit()
    said = "1 of 2 services, 1 of them in part, and 1 with numbers that are not shown"
    told = f"Transactions 200 July 2026; without numbers that are not shown {said}"
    assert told in shown(client, "/performance")
    row = client.get("/performance.json").get_json()["items"][0]
    assert (row["value"], row["services"], row["services_suppressed"]) == (200, 1, 2)


def test_a_sum_without_parts_says_so_and_has_no_change(
    client: PageClient, session: Session
) -> None:
    add_organisation(session, "top")
    made = add_service(session, "one", owner="top")
    data_set = add_set(session, SetKind.CALLS, service_id=made.id, threshold=5)
    for at, few in ((MONTHS[-3], 80), (MONTHS[-2], 3), (NOW, 90)):
        cells = (("get-information", 600), ("challenge-a-decision", few), ("other", 40))
        send(session, data_set, *(number(at, "count", many, cell) for cell, many in cells))
    session.commit()
    here, was = "/services/one/performance?tile=calls", "June 2026"
    why = f"No change is worked out: some numbers of {was} are not shown"
    for query in (f"&with={MONTHS[-2]}", f"&to={MONTHS[-2]}&with={MONTHS[-3]}"):
        page = shown(client, here + query)
        assert page.count(why) == 2 and not re.search(r"(up|down) [0-9.]+%", page)
        assert page.count("600 (without numbers that are not shown)") >= 2  # both of the tables
    chart = client.get("/services/one/performance/charts/calls.csv").get_data(as_text=True)
    assert f"{MONTHS[-2]},Calls received,600,false,without numbers that are not shown" in chart
    for address in (here, "/organisations/top/performance?period=month&tile=calls"):
        rows = client.get(address.replace("?", ".json?")).get_json()["items"]
        found = {row["start"]: row["services_suppressed"] for row in rows}
        assert (found[str(MONTHS[-2])], found[str(NOW)]) == (1, 0), address
    lines = client.get("/performance/compare.json?service=one&figure=calls").get_json()["items"]
    assert [row["partial"] for row in lines] == [False, True, False]
    page = shown(client, f"/organisations/top/performance?period=month&to={MONTHS[-2]}")
    assert f"{was}; without numbers that are not shown 1 of 1 services, 1 of them in part" in page


def test_a_figure_says_which_data_sets_it_is_from(client: PageClient, bodies: None) -> None:
    said = "From: Transactions, and how many are digital"
    for address in ("/services/one/performance", "/organisations/top/performance", "/performance"):
        page = soup_of(client.get(address))
        tile = " ".join(page.select(".portal-tile")[0].get_text(" ").split())
        assert said in tile, address
        assert said in " ".join(page.select("figure")[0].get_text(" ").split())
    assert page.select_one('.portal-tile a[href="/data-sets/one/volumes"]')


def test_sums_over_services_say_what_they_leave_out(client: PageClient, session: Session) -> None:
    add_organisation(session, "top")
    add_organisation(session, "other")
    reports(session, "seen", {BEFORE: 250, NOW: 300}, "top")
    reports(session, "far", {BEFORE: 50, NOW: 100}, "other")
    few = add_service(session, "few", owner="top").id
    transactions = add_set(session, group="few", service_id=few, threshold=5)
    send(session, transactions, number(NOW, "transactions", 4), number(NOW, "digital", 2))
    for slug in ("few", "seen"):
        calls = add_set(session, SetKind.CALLS, group=slug, service_id=few, threshold=5)
        few = session.scalars(select(Service.id).where(Service.slug == "seen")).one()
        for at, many in ((BEFORE, 3 if slug == "few" else 80), (NOW, 90)):
            cells = (("get-information", 600), ("challenge-a-decision", many), ("other", 40))
            send(session, calls, *(number(at, "count", value, cell) for cell, value in cells))
    session.commit()
    page, without = shown(client, "/performance"), "(without numbers that are not shown)"
    assert f"Top has 75% {without} of all transactions" in page
    assert page.count(f"Top 300 {without}") == 2  # the chart's values, and all organisations
    assert "A number of 1 service is not shown, and in no sum here." in page
    assert page.count(f"400 {without}") == 1  # all figures by period
    assert f"50% {without} of transactions were digital in July 2026" in page
    assert "Everybody who reported: not worked out, since some numbers of July 2025" in page
    rows = client.get("/performance/charts/organisations.csv").get_data(as_text=True)
    assert f"Top,Transactions,300,{without[1:-1]}" in rows and "Other,Transactions,100,\r" in rows
    rows = client.get("/performance/charts/transactions.csv").get_data(as_text=True)
    assert f'{NOW},Transactions,400,false,"2 services, {without[1:-1]}"' in rows
    rows = client.get("/performance/charts/channels.csv").get_data(as_text=True)
    assert f"Digital,200,{without[1:-1]}" in rows
