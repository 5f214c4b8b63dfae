"""How services use components, in the downloads of the service list and in histories."""

from __future__ import annotations

import csv
import io
from importlib import import_module
from typing import Any

import pytest
from sqlalchemy.orm import Session

from portal.catalogue.models.usage import Usage
from portal.catalogue.rules.component_documents import clean_need
from portal.catalogue.store import (
    capabilities,
    components,
    service_documents,
    service_needs,
    services,
    usage,
)
from tests.support.data import ACT, add_organisation, add_service
from tests.support.pages import PageClient, soup_of
from tests.support.storefront import add_capability, add_component, add_usage

FIND = "/find-a-component"


@pytest.fixture(autouse=True)
def _some(session: Session) -> None:
    add_organisation(session, "ministry")
    add_capability(session, "messages")
    for slug in ("letters", "texts"):
        add_capability(session, slug, "messages")
    add_component(session, "notify", "letters", "texts")
    for slug in ("ask-pupils", "send-bills", "tell-all"):
        add_service(session, slug, owner="ministry")
    add_usage(session, "send-bills", "texts", component="notify", since_basis="seen")
    add_usage(session, "send-bills", "letters", component="notify", since="2020-05-01")
    add_usage(session, "ask-pupils", "letters", component="notify", status="planned", since=None)
    add_usage(session, "tell-all", "texts", component="notify", status="stopping",
              since="2024-01-01", until="2999-01-01")  # fmt: skip
    add_usage(session, "tell-all", "letters", arrangement="bought_product", product="Post Ltd")
    session.flush()
    session.expunge_all()


def items(client: PageClient, address: str) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = client.get(address).get_json()["items"]
    return found


def main(client: PageClient, address: str) -> str:
    return " ".join(soup_of(client.get(address)).select("main")[0].get_text().split())


def rows(client: PageClient, address: str) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(client.get(address).text.lstrip("\ufeff"))))


@pytest.mark.parametrize("sort", ["", "&sort=transactions", "&q=ministry"])
def test_a_list_of_who_uses_a_component_says_how(
    client: PageClient, sort: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(service_documents, "BATCH", 1)  # each service in a batch of its own
    found = {item["slug"]: item["usages"] for item in
             items(client, f"/services.json?component=notify{sort}")}  # fmt: skip
    notify = {"component": "notify", "component_name": "Notify", "product": None,
              "arrangement": "shared_component", "source": None}  # fmt: skip
    letters = {"capability": "letters", "capability_name": "Letters", **notify}
    texts = {"capability": "texts", "capability_name": "Texts", **notify}
    start = {"since": "2024-01-01", "since_basis": None}
    assert found == {
        "send-bills": [
            {**letters, **start, "status": "live", "since": "2020-05-01"},
            {**texts, **start, "status": "live", "since_basis": "seen"},
        ],
        "tell-all": [{**texts, **start, "status": "stopping"}],
    }


def test_only_what_was_asked_for_is_said(client: PageClient) -> None:
    (row,) = rows(client, "/services.csv?arrangement=bought_product")
    told = {name: row[name] for name in
            ("slug", "need", "component", "product", "arrangement", "status", "since")}  # fmt: skip
    assert told == {
        "slug": "tell-all", "need": "letters", "component": "", "product": "Post Ltd",
        "arrangement": "bought_product", "status": "live", "since": "2024-01-01",
    }  # fmt: skip
    first, second = rows(client, "/services.csv?component=notify")
    assert (first["need"], first["since"]) == ("letters; texts", "2020-05-01; 2024-01-01")
    assert (second["need"], second["status"]) == ("texts", "stopping")
    (item,) = items(client, "/services.json?component=notify&capability=letters")
    assert [usage["capability"] for usage in item["usages"]] == ["letters"]


def test_other_lists_are_as_they_were(client: PageClient) -> None:
    assert not any("usages" in item for item in items(client, "/services.json?phase=live"))
    assert "need" not in rows(client, "/services.csv")[0]


def test_the_same_count_has_the_same_words(client: PageClient) -> None:
    said = main(client, "/capabilities/letters")
    assert "Used by 2 services, 1 of them for this need" in said
    assert "A service that meets it in more than one way counts in each." in said
    link = "/services?capability=letters&component=notify"
    (way,) = soup_of(client.get("/capabilities/letters")).select(f"#ways a[href='{link}']")
    assert way.get_text() == "1 service"
    assert len(items(client, "/services.json?capability=letters&component=notify")) == 1
    (shown,) = client.get("/capabilities/letters.json").get_json()["components"]
    assert (shown["services_now"], shown["services_now_for_need"]) == (2, 1)
    said = main(client, "/components/notify")
    assert "Used by 2 services in this catalogue, of 1 organisation." in said
    assert "A service has a row for each need that it meets with it." in said
    assert "Used by 2 services" in client.get("/components").text


def test_a_need_that_a_component_meets_for_nobody(client: PageClient, session: Session) -> None:
    add_component(session, "post-room", "letters", "texts")
    add_usage(session, "ask-pupils", "texts", component="post-room")
    said = main(client, "/capabilities/letters")
    assert "Used by 1 service, not for this need" in said


def test_the_index_counts_the_components_that_its_link_finds(
    client: PageClient, session: Session
) -> None:
    add_component(session, "old-post", "letters", lifecycle="closed", closes_on="2020-01-01")
    page = soup_of(client.get("/capabilities"))
    (link,) = page.select("#group-messages a[href='/find-a-component?need=letters']")
    assert link.get_text().startswith("1 component")
    assert len(items(client, "/find-a-component.json?need=letters")) == 1


def test_an_item_without_a_price_on_the_day_says_so(client: PageClient, session: Session) -> None:
    add_component(
        session, "post-room", "letters", "texts",
        prices=[{"item": "Text", "unit": "fragment", "pence": "2.4", "since": "2016-05-01"},
                {"item": "Letter", "unit": "letter", "pence": "73", "since": "2025-04-01",
                 "source": "https://a-long.service.example/price"}],
    )  # fmt: skip
    page = soup_of(client.get("/components/post-room?on-day=1&on-month=5&on-year=2018"))
    cells = [row.select("th, td")[:2] for row in page.select("#prices tbody tr")]
    assert [[" ".join(cell.get_text().split()) for cell in row] for row in cells] == [
        ["Text", "2.4p per fragment"], ["Letter", "Not known for this date"],
    ]  # fmt: skip
    address = "/components/post-room.json?on-day=1&on-month=5&on-year=2018"
    assert client.get(address).get_json()["no_price_on_day"] == ["Letter"]
    today = soup_of(client.get("/components/post-room"))
    assert "Not known for this date" not in today.get_text()
    assert "up to 160 characters is one fragment" in today.get_text()
    (source,) = today.select("#prices .portal-source")
    assert source.get_text() == "a-long.service.example"
    assert "a-long<wbr>.service<wbr>.example</a>" in client.get("/components/post-room").text


def test_a_phone_shows_what_may_i_first_step_and_price_before_the_rest(client: PageClient) -> None:
    page = soup_of(client.get("/components/notify")).select("main")[0]
    order = ["What notify does.", "Who can use it", "The steps are not published.", "Price now",
             "About it", "Provider", "Kind"]  # fmt: skip
    for link in page.select(".portal-contents"):
        link.decompose()
    said = page.get_text()
    assert sorted(order, key=said.index) == order


def usages(session: Session) -> dict[tuple[str, str], Usage]:
    return {(u.service.slug, u.capability.slug): u for u in usage.load(session)}


def test_the_history_of_a_usage(client: PageClient, session: Session) -> None:
    known = usage.Ids(
        services.ids_by_slug(session),
        capabilities.ids_by_slug(session),
        components.ids_by_slug(session),
    )
    own = usages(session)["send-bills", "texts"]
    before = usage.document_of(own)
    after = {**before, "status": "stopped", "until": "2025-01-01", "until_basis": "contract"}
    usage.save(session, own, before, after, known, ACT, "usage.changed")
    address = f"/usages/{own.id}/history"
    page = soup_of(client.get(address))
    heading = page.select_one("h1")
    assert heading and heading.get_text() == "History of how Send bills uses Notify for “Texts”"
    said = " ".join(page.get_text(" ").split())
    for words in (
        "The component: Notify", "The need: Texts", "Service Send bills", "Need Texts",
        "How it is met Shared component", "Component Notify",
        "Status Was: In use Now: Stopped", "In use until Added: 1 January 2025",
        "What the end rests on Added: The end of a contract",
    ):  # fmt: skip
        assert words in said, words
    assert [a["href"] for a in page.select(".govuk-breadcrumbs a")][-1] == "/services/send-bills"
    events = items(client, f"{address[:-8]}/history.json")
    assert [event["tag"] for event in events] == ["usage.changed", "usage.created"]
    assert events[1]["after"]["component"] == "notify"
    told = [(row["field"], row["before"], row["after"]) for row in rows(client, f"{address}.csv")]
    assert {("Status", "In use", "Stopped"), ("Component", "", "Notify")} <= set(told)
    assert client.get(f"{address}.json?colour=red").status_code == 400


def test_what_has_a_product_or_no_name_at_all(client: PageClient, session: Session) -> None:
    add_usage(session, "ask-pupils", "texts", arrangement="by_hand")
    for key, said in (
        (("tell-all", "letters"), "History of how Tell all uses Post Ltd for “Letters”"),
        (("ask-pupils", "texts"), "History of how Ask pupils meets “Texts”"),
    ):
        assert said in main(client, f"/usages/{usages(session)[key].id}/history")
    for nothing in (0, 2**31 - 1, 2**40):
        assert client.get(f"/usages/{nothing}/history").status_code == 404


def test_who_uses_a_component_leads_to_the_history(client: PageClient, session: Session) -> None:
    ids = {key: used.id for key, used in usages(session).items()}
    page = soup_of(client.get("/components/notify"))
    now = [str(a["href"]) for a in page.select("#users-now td a[href*=usages]")]
    assert f"/usages/{ids['send-bills', 'texts']}" in now and len(now) == 3
    others = [str(a["href"]) for a in page.select("#users-others td a[href*=usages]")]
    assert others == [f"/usages/{ids['ask-pupils', 'letters']}"]
    claim = soup_of(client.get(others[0]))
    assert claim.select(f"a[href='/usages/{ids['ask-pupils', 'letters']}/history']")
    found = client.get("/components/notify.json").get_json()["used_or_planned_by"]
    assert [row["usage"] for row in found] == [ids["ask-pupils", "letters"]]


def test_what_a_history_refers_to_has_its_name(client: PageClient, session: Session) -> None:
    add_component(session, "old-post", "letters", lifecycle="closed", closes_on="2020-01-01",
                  successor="notify")  # fmt: skip
    assert "Needs it meets Letters" in main(client, "/components/old-post/history")
    assert "Part of Messages" in main(client, "/capabilities/letters/history")


def test_a_successor_is_a_slug_in_every_file(client: PageClient, session: Session) -> None:
    add_component(session, "old-post", "letters", lifecycle="closed", closes_on="2999-01-01",
                  successor="notify")  # fmt: skip
    add_usage(session, "ask-pupils", "letters", component="old-post")
    found = [
        client.get("/components/old-post.json").get_json(),
        *items(client, "/components.json?lifecycle=closed"),
        client.get("/capabilities/letters.json").get_json()["components"][1],
        *(row for row in items(client, "/component-map.json") if row["component"] == "old-post"),
    ]
    assert [row["successor"] for row in found] == ["notify"] * 4
    assert not any("successor_name" in row for row in found)
    used = client.get("/services/ask-pupils.json").get_json()["usages"]
    assert "notify" in [row["component_successor"] for row in used]


def test_the_needs_of_a_service_know_the_address_of_their_history(
    client: PageClient, session: Session
) -> None:
    ids = services.ids_by_slug(session)
    (met, *_) = service_needs.of_service(session, ids["tell-all"], ACT.day).now
    assert client.get(f"/usages/{met.usage}/history").status_code == 200


def test_a_need_names_who_waits(
    client: PageClient, session: Session, monkeypatch: pytest.MonkeyPatch
) -> None:
    known = usage.Ids(services.ids_by_slug(session), capabilities.ids_by_slug(session), {})
    for slug in ("send-bills", "ask-pupils", "tell-all"):
        need = {"service": slug, "capability": "texts", "answer": "needed"}
        usage.say_need(session, clean_need(need), known, ACT, "answered")
    add_service(session, "ask-parents", owner="ministry")
    need = {"service": "ask-parents", "capability": "texts", "answer": "needed"}
    known = usage.Ids(services.ids_by_slug(session), known.capabilities, {})
    usage.say_need(session, clean_need(need), known, ACT, "answered")

    def told(need: str) -> list[str]:
        page = soup_of(client.get(f"/capabilities/{need}"))
        cells = page.select("#arrangements tbody td")
        return [" ".join(cell.get_text(" ").split()) for cell in cells]

    with monkeypatch.context() as patch:
        patch.setattr(import_module("portal.catalogue.views.capabilities"), "SHOWN", 1)
        assert told("texts")[-3] == "2 services: Ask parents and 1 more (CSV)"
        (link,) = soup_of(client.get("/capabilities/texts")).select("#arrangements a[download]")
        assert "ask-parents" in client.get(str(link["href"])).text
    add_service(session, "quiet")  # a page is kept until a record changes
    # Two meet it now, so what they answered before does not count.
    assert told("texts")[-4:-2] == ["0 services", "2 services: Ask parents , Ask pupils"]
    assert told("letters")[-4:-2] == ["1 service: Ask pupils", "0 services"]


def test_a_closed_component_says_why_nothing_uses_it(client: PageClient, session: Session) -> None:
    add_component(session, "old-post", "letters", lifecycle="closed", closes_on="2023-03-31",
                  successor="notify")  # fmt: skip
    add_component(session, "older-post", "letters", lifecycle="closed")
    add_usage(session, "send-bills", "letters", component="old-post", status="stopped",
              until="2020-01-01")  # fmt: skip
    page = soup_of(client.get("/services?component=old-post"))
    (chip,) = page.select(".portal-chosen__link")
    assert "Component: Old post (closed)" in chip.get_text()
    said = " ".join(page.select("main")[0].get_text().split())
    assert (
        "Old post closed on 31 March 2023. What took over: Notify. Who used it before: 1 service."
        in said
    )
    assert page.select("main a[href='/components/old-post#others']")
    said = main(client, "/services?component=older-post")
    assert "Older post is closed; the day is not known. No successor is named." in said
    assert "Who used it before" not in said
    said = main(client, "/services?component=notify&phase=retired")
    assert "No services match" in said and "No successor is named" not in said


def test_users_for_another_need_do_not_stand_under_the_one_asked_for(
    client: PageClient, session: Session
) -> None:
    add_component(session, "post-room", "letters", "texts")
    add_usage(session, "ask-pupils", "texts", component="post-room")

    def told(query: str, slug: str) -> str:
        cards = soup_of(client.get(FIND + query)).select(".portal-find__card")
        (card,) = (c for c in cards if c.select(f"h3 a[href='/components/{slug}']"))
        return " ".join(card.get_text(" ").split()).split("Who uses it ")[1]

    said = told("?need=letters", "post-room")
    assert said.startswith("For this need: no service recorded here 1 service uses it for other")
    said = told("?need=letters", "notify")
    assert said.startswith(
        "For this need: 1 service with Notify : Send bills 1 service uses it for other needs"
    )
    said = told("?need=letters&need=texts", "notify")
    assert said.startswith("For these needs: 2 services with Notify : Send bills , Tell all How")
    found = items(client, FIND + ".json?need=letters")
    (row,) = (row for row in found if row["component"] == "notify")
    assert (row["users"], row["users_for_needs"]) == (2, 1)
    assert [each["service"] for each in row["used_by"]] == ["send-bills"]


def test_counts_of_users_say_out_of_how_many_services(client: PageClient, session: Session) -> None:
    stage = {"stage": "custom", "since": "2016-05-01", "rationale": "New"}
    add_component(session, "post-room", "letters", evolution=[stage])
    said = "Users are counted among the 3 services in this catalogue; others may use it."
    for address in (
        FIND + "?need=letters", "/components", "/component-map", "/capabilities/letters",
    ):  # fmt: skip
        assert main(client, address).count(said) == 1, address
    assert "Users are counted" not in main(client, FIND)


def test_the_menu_leads_to_the_storefront_and_the_footer_to_imports(client: PageClient) -> None:
    page = soup_of(client.get(FIND))
    menu = [" ".join(a.get_text().split()) for a in page.select("#navigation a")]
    assert menu == [
        "Services", "Find a component", "Components", "Needs", "Organisations", "Performance",
        "Reports", "Journeys",
    ]  # fmt: skip
    assert page.select("#navigation a[aria-current=page]")[0]["href"] == FIND
    assert page.select("footer a[href='/imports']")
    (link,) = soup_of(client.get("/components")).select(f"main a[href='{FIND}']")
    assert link.get_text() == page.select("main h1")[0].get_text() == "Find a component"


def test_a_need_that_nobody_knows_is_said(client: PageClient) -> None:
    assert "need=nonsense" in main(client, "/components?need=nonsense&need=letters")
    assert client.get("/components.json?need=nonsense").status_code == 400
