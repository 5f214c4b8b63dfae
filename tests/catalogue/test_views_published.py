"""Pages about what providers publish: adoption over time, and their own lists."""

from __future__ import annotations

import csv
import io
from datetime import date, timedelta

import pytest
from flask import Flask
from sqlalchemy.orm import Session

from portal.catalogue.store import adoption, components, rosters
from tests.support.data import ACT, add_organisation
from tests.support.pages import PageClient, soup_of
from tests.support.storefront import add_capability, add_component


@pytest.fixture
def box(session: Session) -> int:
    add_organisation(session, "ministry")
    add_capability(session, "needs")
    add_capability(session, "pay", "needs")
    add_component(session, "pay-box", "pay")
    session.commit()
    return components.ids_by_slug(session)["pay-box"]


def publish(session: Session, box: int, many: int) -> None:
    days: list[adoption.Change] = [
        (None, None, {
            "component": "pay-box", "source": "https://a.example/",
            "day": (date(2021, 4, 13) + timedelta(days=7 * n)).isoformat(),
            "figures": {"live_services": 500 + n, "zeal_cumulative": n / 4}
            | ({"organisations": 10} if n else {}),
        })
        for n in range(many)
    ]  # fmt: skip
    adoption.save(session, box, days, ACT, "imported")
    session.commit()


def words(client: PageClient, address: str) -> str:
    return " ".join(soup_of(client.get(address)).select("main")[0].get_text().split())


def test_nothing_is_published(client: PageClient, box: int) -> None:
    said = words(client, "/components/pay-box/adoption")
    assert "is not published" in said and "0" not in said
    assert "is not published" in words(client, "/components/pay-box/rosters")
    assert "Adoption over time" not in words(client, "/components/pay-box")
    assert client.get("/components/pay-box/adoption.json").get_json() == {"items": [], "count": 0}
    assert client.get("/components/pay-box/adoption/chart.svg").status_code == 404


def test_adoption_over_time(client: PageClient, session: Session, box: int) -> None:
    publish(session, box, 60)
    said = words(client, "/components/pay-box")
    assert "Adoption over time" in said and "559" in said
    page = soup_of(client.get("/components/pay-box/adoption"))
    drawing = page.select("#chart img")[0]
    said = "Live services: 500 (13 April 2021), 559 (31 May 2022), which is the most."
    assert said in str(drawing["alt"]) and "1 period has no figure." in str(drawing["alt"])
    assert "Live services rose 12% from" in page.select("#chart h2")[0].get_text()
    assert len(page.select("#chart-values tbody tr")) == 60
    for kind in ("svg", "png", "csv"):
        assert client.get(f"/components/pay-box/adoption/chart.{kind}").status_code == 200, kind
    assert len(page.select("#days tbody tr")) == 50
    assert not page.select("svg [style], main script")
    following = page.select("a[rel=next]")[0]["href"]
    older = soup_of(client.get(str(following)))
    rows = older.select("#days tbody tr")
    assert len(rows) == 10
    assert "Not published" in rows[-1].get_text(), "a figure that is not there is not 0"
    assert "Zeal so far" in older.get_text()
    assert "no older days" in words(client, "/components/pay-box/adoption?before=2020-01-01")
    assert "before=planted" in words(client, "/components/pay-box/adoption?before=planted")


def test_adoption_as_files(client: PageClient, session: Session, box: int) -> None:
    publish(session, box, 2)
    new, old = client.get("/components/pay-box/adoption.json").get_json()["items"]
    assert new == {
        "recorded_on": "2021-04-20", "live_services": 501, "organisations": 10,
        "zeal_cumulative": 0.25, "source": "https://a.example/",
    }  # fmt: skip
    assert old["organisations"] is None
    rows = list(csv.DictReader(io.StringIO(client.get("/components/pay-box/adoption.csv").text)))
    assert [row["organisations"] for row in rows] == ["10", ""]
    assert client.get("/components/pay-box/adoption.json?before=x").status_code == 400
    assert client.get("/components/nothing/adoption").status_code == 404


def put(session: Session, box: int, day: str, rows: list[dict[str, object]]) -> int:
    sort = "counts" if "services" in rows[0] else "per_service"
    document = {
        "component": "pay-box", "taken_on": day, "sort": sort, "source": None, "rows": rows,
    }  # fmt: skip
    found = rosters.save(session, None, box, None, document, {}, ACT, "imported")
    session.commit()
    return found


def test_lists(client: PageClient, session: Session, box: int) -> None:
    for n in range(60):
        put(session, box, (date(2021, 1, 1) + timedelta(days=n)).isoformat(),
            [{"organisation": "Tide", "services": 2}])  # fmt: skip
    page = soup_of(client.get("/components/pay-box/rosters"))
    assert len(page.select("#lists tbody tr")) == 50
    older = soup_of(client.get(str(page.select("a[rel=next]")[0]["href"])))
    assert len(older.select("#lists tbody tr")) == 10
    found = client.get("/components/pay-box/rosters.json").get_json()
    assert found["count"] == 60
    assert {k: found["items"][0][k] for k in ("rows", "matched", "services")} == {
        "rows": 1, "matched": 0, "services": 2,
    }  # fmt: skip
    last = found["items"][-1]["id"]
    assert "no older lists" in words(client, f"/components/pay-box/rosters?before={last}")
    assert "lists of who uses it" in words(client, "/components/pay-box")


def test_one_list_of_counts(client: PageClient, session: Session, box: int) -> None:
    id_ = put(session, box, "2026-05-04",
              [{"organisation": f"Body {n:03}", "services": n} for n in range(60)])  # fmt: skip
    address = f"/components/pay-box/rosters/{id_}"
    page = soup_of(client.get(address))
    assert len(page.select("#rows tbody tr")) == 50
    assert "confirms no single service" in page.get_text()
    older = soup_of(client.get(str(page.select("a[rel=next]")[0]["href"])))
    assert [tr.select("th")[0].get_text() for tr in older.select("#rows tbody tr")][
        -1
    ] == "Body 059"
    assert "Show all rows" in words(client, f"{address}?matched=yes")
    assert client.get(f"{address}.json?matched=no").get_json()["count"] == 60
    assert client.get(f"{address}.csv?matched=yes").text.count("\n") == 1
    assert client.get(f"{address}.json?matched=planted").status_code == 400
    assert "matched=planted" in words(client, f"{address}?matched=planted")
    assert "no more rows" in words(client, f"{address}?after=999")
    assert client.get("/components/pay-box/rosters/999999").status_code == 404


def test_one_list_of_services(client: PageClient, session: Session, box: int) -> None:
    id_ = put(session, box, "2026-05-04", [
        {"organisation": None, "service": "<b>Boats</b>", "since": None, "means": None},
        {"organisation": "Tide", "service": "Ships", "since": "2020-01-01", "means": None},
    ])  # fmt: skip
    said = words(client, f"/components/pay-box/rosters/{id_}")
    assert "<b>Boats</b>" in said and "Not given" in said and "1 January 2020" in said


@pytest.mark.parametrize("demo", [True])
def test_the_demo_shows_both(app: Flask, client: PageClient) -> None:
    assert "Adoption of GOV.UK Pay over time" in words(client, "/components/govuk-pay/adoption")
    [listed] = client.get("/components/govuk-pay/rosters.json").get_json()["items"]
    assert (listed["rows"], listed["matched"]) == (13, 11)
    said = words(client, f"/components/govuk-pay/rosters/{listed['id']}?matched=no")
    assert "Tenterden Town Council" in said and "Not matched yet" in said
