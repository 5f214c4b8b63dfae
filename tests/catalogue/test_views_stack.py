"""The stack of a service and the graph around a component: pages and files."""

from __future__ import annotations

import pytest
from sqlalchemy.orm import Session

from portal.catalogue.store import capabilities, components, usage
from portal.catalogue.store import services as service_store
from tests.support.data import ACT, add_organisation, add_service
from tests.support.pages import PageClient, soup_of
from tests.support.storefront import add_capability, add_component, add_usage

STAGE = {"stage": "commodity", "since": "2020-01-01", "rationale": "Many use it."}


@pytest.fixture(autouse=True)
def _some(session: Session) -> None:
    for slug in ("ministry", "agency"):
        add_organisation(session, slug)
    for group, leaves in (("messages", ("letters", "texts")), ("running-a-service", ("hosting",))):
        add_capability(session, group)
        for leaf in leaves:
            add_capability(session, leaf, group)
    add_component(session, "notify", "letters", "texts", evolution=[STAGE])
    add_component(session, "post", "letters", lifecycle="closed", successor="notify")
    add_component(session, "cloud", "hosting")
    add_service(session, "first", owner="ministry", channels=["online"])
    add_service(session, "second", owner="agency")
    add_usage(session, "first", "letters", component="notify")
    add_usage(session, "first", "texts", component="notify", status="planned", since=None)
    add_usage(session, "first", "letters", status="stopped", until="2024-05-01")
    add_usage(session, "first", "hosting", component="cloud")
    add_usage(session, "second", "letters", component="notify")
    ids = usage.Ids(
        service_store.ids_by_slug(session), capabilities.ids_by_slug(session),
        components.ids_by_slug(session),
    )  # fmt: skip
    need = {"service": "second", "capability": "texts", "answer": "not_needed", "note": None,
            "source": None}  # fmt: skip
    usage.say_need(session, need, ids, ACT, "need.said")
    session.flush()
    session.expunge_all()


def test_the_stack_says_what_meets_each_need(client: PageClient) -> None:
    main = soup_of(client.get("/services/first/stack")).main
    blocks = [li.get_text(" ", strip=True) for li in main.select(".portal-layer__block")]
    assert "Channel Online" in blocks
    assert "Letters Notify Declared Why : Letters" in blocks
    assert "Texts Notify Planned. Planned Why : Texts" in blocks
    assert [t.get_text() for t in main.select(".portal-map__drawing tspan")] == [
        "Letters: Notify", "Texts: Notify",
    ]  # fmt: skip
    assert "Not on the map" in main.get_text()  # the stage of the cloud is not known
    other = soup_of(client.get("/services/second/stack")).main.get_text(" ", strip=True)
    assert "Not needed: Texts." in other
    assert "Where it runs Not answered." in other
    assert "Its channels are not recorded." in other


def test_the_stack_as_files(client: PageClient) -> None:
    found = client.get("/services/first/stack.json").get_json()
    assert (found["channels"], found["count"]) == (["online"], 3)
    letters = found["items"][0]
    assert (letters["need"], letters["component"], letters["stage"], letters["standing"]) == (
        "letters", "notify", "commodity", "declared",
    )  # fmt: skip
    second = client.get("/services/second/stack.json").get_json()["items"]
    assert [(r["need"], r["answer"], r["arrangement"], r["standing"]) for r in second] == [
        ("letters", None, "shared_component", "declared"), ("texts", "not_needed", None, None),
        ("hosting", None, None, None),
    ]  # fmt: skip
    assert client.get("/services/first/stack.csv").text.count("\n") == 4
    assert client.get("/services/first/stack.json?x=1").status_code == 400
    assert client.get("/services/none/stack").status_code == 404


def test_the_graph_around_a_component(client: PageClient) -> None:
    main = soup_of(client.get("/components/notify/graph")).main
    drawn = {t.get_text() for t in main.select("tspan")}
    assert {"Ministry (1)", "Agency (1)", "Notify", "Letters", "Texts", "Post"} == drawn
    assert "It takes over from Post" in main.get_text(" ", strip=True)
    together = [r.get_text(" ", strip=True) for r in main.select("#used-together tbody tr")]
    assert together == ["Cloud 1"]
    rows = client.get("/components/notify/graph.json").get_json()["items"]
    assert [(r["relation"], r["slug"], r["services"]) for r in rows] == [
        ("used_by", "agency", 1), ("used_by", "ministry", 1), ("meets", "letters", None),
        ("meets", "texts", None), ("meets_as_well", "post", None),
        ("took_over_from", "post", None), ("used_together_with", "cloud", 1),
    ]  # fmt: skip
    after = client.get("/components/post/graph.json").get_json()["items"]
    assert ("followed_by", "notify") in [(r["relation"], r["slug"]) for r in after]
    assert client.get("/components/notify/graph.csv").text.count("\n") == 8
    empty = soup_of(client.get("/components/post/graph")).main.get_text(" ", strip=True)
    assert "No service in this catalogue is recorded as using it." in empty
