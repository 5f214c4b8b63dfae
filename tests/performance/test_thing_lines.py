"""A few services and components beside each other."""

from __future__ import annotations

from datetime import date

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from portal.access import Kind
from portal.catalogue.models.components import Component, ComponentSlug
from portal.performance.rules import lines
from portal.performance.rules.board_choices import Span
from portal.performance.words import Period, SetKind, ValueState
from tests.support.data import add_organisation, add_service
from tests.support.pages import PageClient, soup_of
from tests.support.performance import add_set, missing, number, send
from tests.support.storefront import add_capability, add_component

HERE = "/performance/compare"
MAY, JUNE, JULY = (date(2026, month, 1) for month in (5, 6, 7))
FROM = "From: Transactions, and how many are digital"
VOLUMES = "From: Volumes of a component"
THREE = f"{HERE}?service=one&service=two&component=shared"


@pytest.fixture
def three(session: Session) -> None:
    """Two services by month, one of them also by quarter, and a component."""
    for slug, numbers in (("one", (10, None, 30)), ("two", (5, 6, 7))):
        made = add_service(session, slug)
        entries = [
            missing(at, "transactions", ValueState.NOT_COLLECTED) if value is None
            else number(at, "transactions", value)
            for at, value in zip((MAY, JUNE, JULY), numbers, strict=True)
        ]  # fmt: skip
        send(session, add_set(session, group=slug, service_id=made.id), *entries)
    quarters = add_set(session, period=Period.QUARTER, group="two", type="q", service_id=made.id)
    send(session, quarters, number(date(2026, 4, 1), "transactions", 20))
    add_organisation(session, "ministry")
    add_capability(session, "letters")
    add_component(session, "shared", "letters")
    id_ = session.scalar(select(Component.id).where(Component.slug == "shared"))
    volumes = add_set(session, SetKind.COMPONENT_VOLUMES, group="shared", component_id=id_)
    send(session, volumes, number(JULY, "volume", 4000), number(JULY, "pounds", 9.5))


def shown(client: PageClient, address: str) -> str:
    answer = client.get(address)
    assert answer.status_code == 200, address
    return " ".join(soup_of(answer).get_text(" ").split())


def test_lines_of_services_and_components(client: PageClient, three: None) -> None:
    page = shown(client, THREE)
    assert "Transactions, volume from May 2026 to July 2026" in page
    assert f"One {FROM} : One 30 July 2026 Not known up 200% since May 2026 2 of 3 periods" in page
    assert "June 2026 Not collected 6 No figure" in page
    assert f"Shared {VOLUMES} : Shared 4,000 July 2026" in page
    rows = client.get(f"{THREE.replace('compare?', 'compare/chart.csv?')}").get_data(as_text=True)
    assert "2026-06-01,One,,false,Not collected" in rows.splitlines()
    for ending in ("svg", "png"):
        assert client.get(THREE.replace("compare?", f"compare/chart.{ending}?")).status_code == 200


def test_rows_for_programs(client: PageClient, three: None) -> None:
    answer = client.get(THREE.replace("compare?", "compare.json?")).get_json()
    assert (answer["figure"], answer["count"]) == ("transactions", 9)
    gap = answer["items"][1]
    assert (gap["slug"], gap["value"], gap["missing"]) == ("one", None, "not_collected")
    assert {row["measure"] for row in answer["items"]} == {"transactions", "volume"}
    csv = client.get(THREE.replace("compare?", "compare.csv?")).get_data(as_text=True)
    assert len(csv.splitlines()) == 10


def test_what_stands_in_the_address(client: PageClient, three: None) -> None:
    page = shown(client, f"{THREE}&from=2026-06-01&to=2026-06-01")
    assert f"Two {FROM} : Two 6 June 2026" in page and "Shared No figure in this time" in page
    assert f"Two {FROM} : Two 20 April to June 2026" in shown(
        client, f"{HERE}?service=two&period=quarter"
    )
    page = shown(client, f"{THREE}&figure=pounds&scale=log")
    assert (
        f"Shared {VOLUMES} : Shared £9.50 July 2026" in page and "One It has no such figure" in page
    )
    for each in ("service=none", "period=day", "figure=calls2", "x"):
        name, _, value = each.partition("=")
        assert each in shown(client, f"{THREE}&{name}={value}")
    assert client.get(f"{HERE}.json?service=none").status_code == 400


def test_one_is_added_by_its_name(client: PageClient, three: None) -> None:
    answer = client.get(f"{HERE}?service=one&add=two")
    assert (answer.status_code, answer.headers["Location"]) == (
        303, f"{HERE}?service=two&service=one",
    )  # fmt: skip
    assert "component=shared" in client.get(f"{HERE}?add=/components/shared").headers["Location"]
    page = shown(client, f"{HERE}?service=one&add=zebra")
    assert "There is a problem Nothing in the catalogue is called like this" in page


def test_a_name_that_may_mean_several_is_asked_for(client: PageClient, session: Session) -> None:
    for slug in ("driving-licence", "driving-test"):
        add_service(session, slug)
    page = client.get(f"{HERE}?add=driving")
    links = [str(a["href"]) for a in soup_of(page).select("main a")]
    assert {f"{HERE}?service=driving-licence", f"{HERE}?service=driving-test"} <= set(links)


def test_a_former_address_is_the_same_thing(
    client: PageClient, session: Session, three: None
) -> None:
    id_ = session.scalar(select(Component.id).where(Component.slug == "shared"))
    session.add(ComponentSlug(slug="once", component_id=id_))
    session.commit()
    answer = client.get(f"{HERE}.json?component=once&component=shared").get_json()
    assert [row["slug"] for row in answer["items"]] == ["shared"]


def test_four_are_the_most(client: PageClient, session: Session) -> None:
    for n in range(5):
        add_service(session, f"s{n}")
    page = shown(client, f"{HERE}?{'&'.join(f'service=s{n}' for n in range(5))}")
    assert "Remove one to add another." in page and "service=s4" in page
    assert "Nothing of this has published figures yet." in page
    assert "Choose up to four." in shown(client, HERE)
    assert client.get(f"{HERE}/chart.svg").status_code == 200


def test_a_dashboard_leads_to_it(client: PageClient, three: None) -> None:
    links = [str(a["href"]) for a in soup_of(client.get("/services/one/performance")).select("a")]
    assert f"{HERE}?service=one&period=month" in links


def test_what_services_and_components_have_alike_is_one_measure() -> None:
    both = lines.measures([Kind.COMPONENT, Kind.SERVICE])
    assert both[0] == "transactions" and "pounds" in both and "volume" not in both
    assert lines.measures([Kind.COMPONENT]) == ["volume", "pounds"]
    assert lines.measure_of(Kind.COMPONENT, "transactions") == "volume"
    assert lines.measure_of(Kind.SERVICE, "pounds") is None


def test_the_first_period_is_the_one_that_a_day_is_in() -> None:
    spans = lines.spans_of(
        [{Period.MONTH: Span(MAY, JUNE, 2)}, {Period.MONTH: Span(JUNE, JULY, 2)}]
    )
    assert spans == {Period.MONTH: Span(MAY, JULY, 2)}
    found = lines.choice(spans, Period.MONTH, date(2026, 6, 20), date(2026, 7, 1))
    assert found is not None and (found.first, found.last) == (JUNE, JULY)
    late = lines.choice(spans, None, date(2027, 1, 1), None)
    assert late is not None and late.first == MAY
    assert lines.choice({}, None, None, None) is None
