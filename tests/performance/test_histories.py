"""What components did since their first use: as stored, and as pages, files and charts show it."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest
from sqlalchemy.orm import Session

from portal.catalogue.models.components import Component
from portal.catalogue.store import adoption, components
from portal.performance.forms import history_words as words_of
from portal.performance.rules.histories import histories, milestones
from portal.performance.store import histories as store
from portal.performance.views import history_charts
from portal.performance.views.history_charts import Asked, Axis, Sharing
from portal.performance.words import Period, SetKind, ValueState, ValueStatus
from tests.support.data import ACT, add_organisation
from tests.support.pages import PageClient, soup_of
from tests.support.performance import add_set, missing, number, send
from tests.support.storefront import add_capability, add_component

JAN, FEB, MAR = (date(2026, month, 1) for month in (1, 2, 3))
DAY = date(2026, 7, 1)
DAYS = {
    "2026-01-05": (900_000, 523, 207),
    "2026-01-12": (950_000, 530, 208),
    "2026-01-19": (950, 535, 208),
    "2026-01-26": (1_200_000, 540, 210),
}


def words(client: PageClient, address: str) -> str:
    return " ".join(soup_of(client.get(address)).select("main")[0].get_text().split())


@pytest.fixture
def box(session: Session) -> int:
    """A component whose provider published its adoption, one of whose totals is wrong."""
    add_organisation(session, "ministry")
    add_capability(session, "needs")
    add_capability(session, "pay", "needs")
    for slug in ("pay-box", "mute-box"):
        add_component(session, slug, "pay")
    id_ = components.ids_by_slug(session)["pay-box"]
    days: list[adoption.Change] = []
    for day, (payments, services, bodies) in DAYS.items():
        figures = {
            "payments_cumulative": payments, "amount_gbp_cumulative": payments * 60,
            "live_services": services, "organisations": bodies, "services_central": services - 1,
        }  # fmt: skip
        known = {"component": "pay-box", "day": day, "source": "https://www.example.gov.uk/"}
        days.append((None, None, {**known, "figures": figures}))
    adoption.save(session, id_, days, ACT, "imported")
    session.commit()
    return id_


def test_volumes_of_data_sets_are_summed(session: Session, box: int) -> None:
    kept = add_set(session, SetKind.COMPONENT_VOLUMES, component_id=box)
    send(session, kept, number(JAN, "volume", 5), number(MAR, "volume", 7))
    (known,) = store.published(session, DAY, box)
    found = {each.measure: each for each in histories(known)}
    points = [(each.day, each.drawn, each.lacks) for each in found["volume"].points]
    assert points == [
        (date(2026, 1, 31), 5, 0), (date(2026, 2, 28), None, 1), (date(2026, 3, 31), 12, 1),
    ]  # fmt: skip
    assert found["volume"].since == JAN
    send(session, kept, missing(MAR, "volume", ValueState.NOT_COLLECTED))
    (known,) = store.published(session, DAY, box)
    assert known.periods["volume"][2].number is None


def test_a_later_data_set_of_months_goes_on_where_one_of_years_ends(
    client: PageClient, session: Session, box: int
) -> None:
    kept = {"component_id": box, "kind": SetKind.COMPONENT_VOLUMES}
    years = add_set(session, group="years", period=Period.YEAR, **kept)  # type: ignore[arg-type]
    months = add_set(session, group="months", **kept)  # type: ignore[arg-type]
    for year in (2024, 2025):
        send(session, years, number(date(year, 1, 1), "volume", 5e9))
    open_ = replace(number(MAR, "volume", 4), status=ValueStatus.PROVISIONAL)
    send(session, months, number(JAN, "volume", 3), open_)
    (known,) = store.published(session, date(2026, 3, 20), box)
    (volume,) = (each for each in histories(known) if each.measure == "volume")
    assert [(each.day, each.drawn, each.provisional) for each in volume.points][2:] == [
        (date(2026, 1, 31), 10_000_000_003, False),
        (date(2026, 2, 28), None, False),
        (date(2026, 3, 20), 10_000_000_007, True),
    ], "what goes on is told up to the day"
    said = words(client, "/components/pay-box/performance/volume")
    assert "10,000,000,007incomplete for 1 period, provisional" in said
    *_, last = (row for row in client.get("/components/pay-box/performance/volume.json")
                .get_json()["items"] if row["measure"] == "volume")  # fmt: skip
    assert (last["provisional"], last["periods_missing"]) == (True, 1)


def test_a_milestone_behind_a_gap_is_drawn_where_it_is_known(session: Session, box: int) -> None:
    kept = add_set(session, SetKind.COMPONENT_VOLUMES, component_id=box)
    send(session, kept, number(JAN, "volume", 2e6), number(MAR, "volume", 9e6))
    (known,) = store.published(session, DAY, box)
    (volume,) = (each for each in histories(known) if each.measure == "volume")
    marks = history_charts.line(known, volume, Asked(Axis.LINEAR, Sharing.OWN)).marks
    assert [(each.at, each.text) for each in marks] == [
        (date(2026, 1, 31), "1 million"), (date(2026, 3, 31), "10 million"),
    ]  # fmt: skip
    said = [words_of.reached(each) for each in milestones(volume)]
    assert said[1] == "by 31 March 2026 at the latest: periods before it are not known"


def test_what_is_not_public_or_small_is_not_known(session: Session, box: int) -> None:
    kept = {"component_id": box, "kind": SetKind.COMPONENT_VOLUMES}
    hidden = add_set(session, group="hidden", published=False, **kept)  # type: ignore[arg-type]
    small = add_set(session, group="small", threshold=5, period=Period.QUARTER, **kept)  # type: ignore[arg-type]
    send(session, hidden, number(JAN, "volume", 50))
    send(session, small, number(JAN, "volume", 4), number(date(2026, 4, 1), "volume", 6))
    (known,) = store.published(session, DAY, box)
    assert [each.number for each in known.periods["volume"]] == [None, 6]


def test_all_components_together(client: PageClient, session: Session, box: int) -> None:
    said = words(client, "/performance/components")
    assert "1 million: after 12 January 2026 and by 26 January 2026" in said
    assert "The history begins with a total of 900,000 on 5 January 2026" in said
    assert "1 published total does not fit the others" in said
    assert "950 is published, which does not fit the totals before and after it" in said
    assert "Of 1 component no totals are published: Mute box" in said
    *rows, none = client.get("/performance/components.json").get_json()["items"]
    assert (none["component"], none["kind"], none["total"]) == ("mute-box", "not published", None)
    wrong = [row["day"] for row in rows if not row["fits"]]
    assert wrong == ["2026-01-19", "2026-01-19"], "of payments and of pounds"
    assert {row["measure"] for row in rows} == {
        "payments", "pounds", "live_services", "organisations",
    }  # fmt: skip
    head = client.get("/performance/components.csv").text.splitlines()[0]
    assert head.startswith("component,measure,day,total")
    assert client.get("/performance/components.json?axis=round").status_code == 400
    for image in soup_of(client.get("/performance/components")).select("figure img")[:1]:
        for kind in ("svg", "png", "csv"):
            file = client.get(str(image["src"]).replace(".svg", f".{kind}"))
            assert file.status_code == 200


def test_a_component_on_its_own(client: PageClient, session: Session, box: int) -> None:
    session.get_one(Component, box).volumes = [
        {"measure": "payments", "amount": 5, "since": None, "to": "2020-01-01", "note": "About",
         "source": "https://www.example.gov.uk/early"},
    ]  # fmt: skip
    session.commit()
    address = "/components/pay-box/performance/volume"
    page = soup_of(client.get(f"{address}?axis=log"))
    images = [image["src"] for image in page.select("figure img")]
    assert images[0] == f"{address}/charts/payments.svg?axis=log"
    said = words(client, address)
    assert "begins with a total of about 5 on 1 January 2020" in said
    assert "1 total is told alone, with a source of its own" in said
    assert "£10 million: by 5 January 2026, when the history begins" in said
    assert "On 4 of 4 days the services by sector do not add up to all live services" in said
    found = client.get(f"{address}.json").get_json()
    assert found["milestones"][0] == {
        "measure": "payments", "amount": 1_000_000, "on": None, "after": "2026-01-12",
        "by": "2026-01-26", "or_earlier": False,
    }  # fmt: skip
    assert found["items"][0]["kind"] == "total, told alone"
    assert client.get(f"{address}.csv").status_code == 200


def test_what_is_known_as_more_than_says_so(client: PageClient, session: Session, box: int) -> None:
    total = {"amount": 7_000_000_000, "since": None, "to": "2023-06-14", "source": None}
    session.get_one(Component, box).volumes = [
        {"measure": "letters", "note": "More than; since May 2016.", **total}
    ]
    session.commit()
    address = "/components/pay-box/performance/volume"
    page = soup_of(client.get(address))
    table = " ".join(page.select("#totals")[0].get_text(" ").split())
    assert "more than 7,000,000,000 14 June 2023" in table
    alt = page.select_one("figure img")
    assert alt and "Letters: more than 7,000,000,000 (14 June 2023), and no" in str(alt["alt"])
    said = " ".join(page.get_text(" ").split())
    assert "Letters, more than 7,000,000,000 by 14 June 2023" in said
    assert "7,000,000,000 (more than this, told alone)" in said
    assert "1 total is no exact number: its publisher says more than" in said
    assert "more than 7,000,000,000" in words(client, "/performance/components")
    row = next(r for r in client.get(f"{address}.json").get_json()["items"] if r["bound"])
    assert (row["measure"], row["total"], row["bound"]) == ("letters", 7e9, "more than")
    assert "letters,2023-06-14,7000000000,more than," in client.get(f"{address}.csv").text


def test_totals_that_differ_stand_beside_the_history(
    client: PageClient, session: Session, box: int
) -> None:
    years = [
        {"measure": "users", "amount": many, "since": f"{year}-01-01", "to": f"{year}-12-31"}
        for year, many in ((2020, 60), (2021, 50))
    ]
    total = {"measure": "users", "amount": 100, "since": None, "to": "2022-01-10",
             "note": "Almost.", "source": "https://www.example.gov.uk/"}  # fmt: skip
    session.get_one(Component, box).volumes = [*years, total]
    session.commit()
    address = "/components/pay-box/performance/volume"
    table = soup_of(client.get(address)).select("#totals-apart")[0]
    rows = [" ".join(row.get_text(" ").split()) for row in table.select("tbody tr")]
    assert rows[0].startswith(
        "Payments 19 January 2026 950 950,000 on 12 January 2026 949,050 less"
    )
    (users,) = (row for row in rows if row.startswith("Users"))
    assert "10 January 2022 nearly 100 110 on 31 December 2021 10 less" in users
    (row,) = (r for r in client.get(f"{address}.json").get_json()["items"]
              if r["measure"] == "users" and not r["fits"])  # fmt: skip
    assert (row["total"], row["bound"], row["differs_from"]) == (100, "nearly", 110)


def test_a_dashboard_without_figures_says_what_is_published(client: PageClient, box: int) -> None:
    said = words(client, "/components/pay-box/performance")
    assert "No figures of Pay box" not in said
    assert "Payments: 1,200,000 by 26 January 2026" in said
    links = soup_of(client.get("/components/pay-box/performance")).select("main a")
    assert "How Pay box grew, with milestones and sources" in [a.get_text() for a in links]
    assert "No figures of Mute box are published" in words(
        client, "/components/mute-box/performance"
    )


def test_not_published_is_not_nothing(client: PageClient, box: int) -> None:
    said = words(client, "/components/mute-box/performance/volume")
    assert "since its first use is not published" in said
    assert "How many organisations use it is not published" not in said
    assert "How many services use it over time is not published" in said


@pytest.mark.parametrize("name", ["payments", "pounds", "adoption"])
def test_charts_of_a_component(client: PageClient, box: int, name: str) -> None:
    address = f"/components/pay-box/performance/volume/charts/{name}"
    assert client.get(f"{address}.svg").mimetype == "image/svg+xml"
    table = client.get(f"{address}.csv").text
    assert ('2026-01-19,Payments,,false,"950 is published' in table) is (name == "payments")


def test_charts_of_all(client: PageClient, box: int) -> None:
    address = "/performance/components/charts"
    for name in ("counts", "pounds", "pay-box-payments"):
        assert client.get(f"{address}/{name}.svg?axis=log&scale=own").status_code == 200
    assert client.get(f"{address}/mute-box-payments.svg").status_code == 404
    assert client.get("/components/pay-box/performance/volume/charts/none.svg").status_code == 404
