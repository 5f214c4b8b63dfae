"""The pages of components and capabilities, and what services and organisations say of them."""

from __future__ import annotations

import csv
import io
from datetime import date

import pytest
from flask import Flask
from sqlalchemy.orm import Session

from portal.catalogue.models.components import ComponentExemption, ComponentSlug
from portal.catalogue.rules.component_documents import clean_need
from portal.catalogue.store import capabilities, components, services, usage
from tests.support.data import ACT, add_organisation, add_service
from tests.support.pages import PageClient, soup_of
from tests.support.storefront import add_capability, add_component, add_usage

SOURCE = "https://source.example/"
PRICE = {"item": "Text message", "unit": "fragment", "source": SOURCE}


@pytest.fixture
def some(session: Session) -> Session:
    """Components in several stages of life, and services that use, used or plan to use them."""
    add_organisation(session, "ministry")
    add_organisation(session, "agency")
    add_capability(session, "messages", description="Telling people.")
    for slug in ("letters", "texts", "e-sign"):
        add_capability(session, slug, "messages", question=f"How do you do {slug}?")
    add_component(
        session, "notify", "letters", "texts", provider="agency", sectors=["nhs", "police"],
        eligibility_note="Ask first.", how_to_start="https://start.example/now",
        steps=[{"text": "Sign up", "days": 0}, {"text": "Connect", "days": 2}],
        support_hours="9 to 5", status_page="https://status.example/",
        prices=[{**PRICE, "pence": "1.65", "since": "2016-05-01"},
                {**PRICE, "pence": "1.58", "since": "2017-04-01", "note": "Without VAT"}],
        allowances=[{"what": "Free texts", "amount": 5000, "period": "year",
                     "since": "2016-05-01", "until": "2020-01-01"}],
        mandates=[{"scope": "Everybody", "since": "2024-02-23", "policy": SOURCE},
                  {"scope": "Nobody", "since": "2010-01-01", "until": "2011-01-01"}],
        volumes=[{"measure": "messages", "amount": 10, "to": "2019-01-01"},
                 {"measure": "messages", "amount": 2000, "to": "2020-01-01"}],
        costs=[{"pounds": 1000, "since": "2020-01-01", "until": "2021-01-01",
                "basis": "estimate"}],
        adopters=[{"name": "Canada Notify", "country": "Canada", "source": SOURCE}],
        evolution=[{"stage": "custom", "since": "2016-05-01", "rationale": "First users"},
                   {"stage": "product", "since": "2020-01-01", "rationale": "Same for all"}],
        names=[{"name": "Old Notify", "kind": "former", "until": "2015-01-01"}],
        sources=[SOURCE],
    )  # fmt: skip
    add_component(session, "bare-api", "texts", kind="api", delivery="wholesale",
                  has_interface=False, sectors=[])  # fmt: skip
    add_component(session, "old-post", "letters", lifecycle="closed", closes_on="2023-04-01",
                  lifecycle_since="2023-04-01", closing_means="It is off.",
                  successor="notify")  # fmt: skip
    add_component(session, "last-post", "letters", lifecycle="closing", closes_on="2999-12-31",
                  successor="old-post")  # fmt: skip
    for slug in ("send-bills", "ask-pupils", "tell-all"):
        add_service(session, slug, owner="ministry")
    add_usage(session, "send-bills", "texts", component="notify", since_basis="seen",
              source=SOURCE, note="Seen in its code")  # fmt: skip
    add_usage(session, "send-bills", "letters", component="old-post")
    add_usage(session, "ask-pupils", "letters", component="last-post")
    add_usage(session, "tell-all", "letters", component="notify", status="planned", since=None,
              planned_live="2999-01-02")  # fmt: skip
    add_usage(session, "tell-all", "texts", arrangement="bought_product", product="Texter",
              supplier="Text Ltd", reason="cost")  # fmt: skip
    session.add(
        ComponentExemption(
            component_id=components.ids_by_slug(session)["notify"],
            service_id=services.ids_by_slug(session)["ask-pupils"],
            reason="No network", granted_by="The board", granted_on=date(2024, 3, 1),
        )
    )  # fmt: skip
    session.flush()
    session.expunge_all()
    return session


def main(client: PageClient, address: str) -> str:
    tag = soup_of(client.get(address)).select_one("main")
    assert tag is not None
    return " ".join(tag.get_text(" ").split())


def table(client: PageClient, address: str, id_: str) -> list[list[str]]:
    """The cells of a table's rows."""
    return [
        [" ".join(cell.get_text(" ").split()) for cell in row.select("th, td")]
        for row in soup_of(client.get(address)).select(f"#{id_} tbody tr")
    ]


@pytest.mark.usefixtures("some")
def test_the_list(client: PageClient) -> None:
    page = soup_of(client.get("/components?need=letters&sector=nhs"))
    links = [str(a["href"]) for a in page.select(".portal-result h3 a")]
    assert links == ["/components/last-post", "/components/notify", "/components/old-post"]
    chips = [chip.get_text(" ", strip=True) for chip in page.select(".portal-chosen__link")]
    assert chips == ["Remove filter Need: Letters ✕", "Remove filter Open to: NHS ✕"]
    assert page.select_one("details[open] input[value=letters][checked]")
    assert page.select_one("select[name=sector] option[value=nhs][selected]")
    told = main(client, "/components")
    assert "4 components" in told
    assert "Not for new services. Closed on 1 April 2023. What took over: Notify" in told
    assert "Not for new services. Closes on 31 December 2999." in told
    assert "No pages of its own: services build on it" in told
    assert "Notify Live Agency Used by 1 service What notify does. Meets: Letters , Texts" in told
    assert "No components match." in main(client, "/components?need=e-sign")
    assert "colour" in main(client, "/components?colour=red")
    assert client.get("/components.json?colour=red").status_code == 400


@pytest.mark.usefixtures("some")
def test_the_list_in_other_formats(client: PageClient) -> None:
    address = "?q=post&lifecycle=closed"
    items = client.get(f"/components.json{address}").get_json()["items"]
    assert [item["slug"] for item in items] == ["old-post"]
    rows = list(csv.DictReader(io.StringIO(client.get("/components.csv").text)))
    assert [row["slug"] for row in rows] == ["bare-api", "last-post", "notify", "old-post"]
    assert rows[2]["provider_name"] == "Agency" and rows[2]["needs"] == "letters; texts"


@pytest.mark.usefixtures("some")
def test_a_component(client: PageClient) -> None:
    told = main(client, "/components/notify")
    for words in (
        "Letters Texts", "NHS and police Ask first.", "Provider Agency", "9 to 5",
        "https://status.example/", "Old Notify (name until 1 January 2015)",
        "Takes over from Old post", "Sign up (typically the same day)",
        "Connect (typically 2 days)", "All of it typically takes 2 days.",
        "Start at start.example", "Price now", "1.58p per fragment",
        "Everybody , since 23 February 2024.", "Until 1 January 2011: Nobody.",
        "Used by 1 service in this catalogue, of 1 organisation.", "£1,000 Estimate",
    ):  # fmt: skip
        assert words in told, words
    assert "Do not choose it" not in told
    assert table(client, "/components/notify", "figures") == [
        ["Messages", "2,000", "By 1 January 2020", "Not given"]
    ]
    assert len(table(client, "/components/notify", "all-figures")) == 2
    assert [row[0] for row in table(client, "/components/notify", "stages")] == [
        "Product", "Custom built",
    ]  # fmt: skip
    (now,) = table(client, "/components/notify", "users-now")
    assert now[:3] == ["Send bills", "Ministry", "Texts"] and now[5] == "source.example"
    assert now[3:5] == ["Seen in use on 1 January 2024", "Declared Why : Send bills, Texts"]
    ((who, _body, need, day, _stands, _source),) = table(
        client, "/components/notify", "users-others"
    )
    assert (who, need, day[:35]) == ("Tell all", "Letters", "Planned. Planned for 2 January 2999")
    assert table(client, "/components/notify", "exemptions") == [
        ["Ask pupils", "No network", "The board", "Since 1 March 2024"]
    ]
    assert table(client, "/components/notify", "adopters")[0][:2] == ["Canada Notify", "Canada"]
    assert "/services?component=notify" in client.get("/components/notify").text


@pytest.mark.usefixtures("some")
def test_the_price_on_a_day(client: PageClient) -> None:
    address = "/components/notify?on-day=31&on-month=3&on-year=2017"
    assert table(client, address, "prices") == [
        ["Text message", "1.65p per fragment", "1 May 2016 to 31 March 2017", "source.example"]
    ]
    assert table(client, address, "allowances")[0][:2] == ["Free texts", "5,000 each year"]
    told = main(client, address)
    assert "Price on 31 March 2017" in told and "Show the price now" in told
    assert "None now." in main(client, "/components/notify")
    early = main(client, "/components/notify?on-day=1&on-month=1&on-year=2016")
    assert "No price is known for that day." in early and "160 characters" in early
    wrong = soup_of(client.get("/components/notify?on-day=31&on-month=2&on-year=2017"))
    assert wrong.select_one(".govuk-error-summary a")
    found = client.get("/components/notify.json?on-day=31&on-month=3&on-year=2017").get_json()
    assert [row["pence"] for row in found["prices_on_day"]] == ["1.65"]
    assert client.get("/components/notify.csv?on-day=31&on-month=2&on-year=1").status_code == 400


@pytest.mark.usefixtures("some")
def test_what_nobody_published_is_not_nought(client: PageClient) -> None:
    told = main(client, "/components/bare-api")
    for words in (
        "Who can use it Not published", "None: services build on it", "Hours not published",
        "Status page Not published", "The steps are not published.", "No price is published.",
        "Volumes are not published.", "What it costs to run is not published.",
        "No service in this catalogue is recorded as using it now.",
    ):  # fmt: skip
        assert words in told, words
    assert "Evolution" not in told and "Mandates" not in told


@pytest.mark.usefixtures("some")
def test_what_ends_says_so_first(client: PageClient) -> None:
    page = soup_of(client.get("/components/old-post"))
    first = page.select_one("h1 ~ .govuk-grid-row .govuk-grid-column-two-thirds > *")
    assert first is not None and "portal-ending" in first["class"]
    said = " ".join(first.get_text(" ").split())
    assert "Old post closed on 1 April 2023. Do not choose it for a new service." in said
    assert "Use this instead: Notify ." in said
    assert "1 service is still recorded as using it" in said
    assert "What this means: It is off." in said
    assert "How to start" not in main(client, "/components/old-post")
    closing = main(client, "/components/last-post")
    assert "Last post closes on 31 December 2999." in closing
    assert "What took over is ending as well: Old post" in closing
    assert "Use this instead" not in closing


def test_a_component_without_successor(client: PageClient, some: Session) -> None:
    add_component(some, "gone", "letters", lifecycle="deprecated")
    told = main(client, "/components/gone")
    assert "Gone is deprecated. Do not choose it for a new service. No successor is named." in told


@pytest.mark.usefixtures("some")
def test_a_component_as_json_and_csv(client: PageClient) -> None:
    found = client.get("/components/notify.json").get_json()
    assert (found["services_now"], found["typical_days"], found["replaces"]) == (
        1, 2, ["old-post"],
    )  # fmt: skip
    assert [u["service"] for u in found["used_by"]] == ["send-bills"]
    assert [u["status"] for u in found["used_or_planned_by"]] == ["planned"]
    assert found["exemptions"][0]["service"] == "ask-pupils"
    (row,) = csv.DictReader(io.StringIO(client.get("/components/notify.csv").text.lstrip("\ufeff")))
    assert row["prices"] == "Text message: 1.58p per fragment"
    assert row["used_by"] == "send-bills (texts, declared)"


def test_former_addresses_lead_on(client: PageClient, some: Session) -> None:
    some.add(ComponentSlug(slug="notifier", component_id=components.ids_by_slug(some)["notify"]))
    some.flush()
    for ending in ("", ".json", "/history", "/history.csv", "/people?q=1"):
        answer = client.get(f"/components/notifier{ending}")
        assert answer.status_code == 301
        assert answer.headers["Location"] == f"/components/notify{ending}"
    answer = client.get("/services?component=notifier&phase=live")
    assert answer.headers["Location"] == "/services?component=notify&phase=live"
    assert client.post("/components/notifier/confirm").status_code == 308, "with what was sent"
    assert client.get("/components/nothing/people").status_code == 404


@pytest.mark.usefixtures("some")
def test_histories(client: PageClient) -> None:
    told = main(client, "/components/notify/history")
    assert "Provider Agency" in told and "Phase Live" in told
    assert "Who can use it NHS Police" in told
    assert "Question to teams How do you do letters?" in main(
        client, "/capabilities/letters/history"
    )
    assert client.get("/components/notify/history.json").get_json()["count"] == 1
    assert "slug" not in client.get("/capabilities/letters/history.csv").text.split("\n")[0]


@pytest.mark.usefixtures("some")
def test_capabilities(client: PageClient) -> None:
    assert table(client, "/capabilities", "group-messages") == [
        ["Letters", "1 component for Letters", "Shared component: 2 services"],
        ["Texts", "2 components for Texts",
         "Shared component: 1 service Bought product: 1 service"],
        ["E sign", "None", "Nothing recorded"],
    ]  # fmt: skip
    items = client.get("/capabilities.json").get_json()["items"]
    assert [item["slug"] for item in items] == ["messages", "letters", "texts", "e-sign"]
    assert items[1]["services"] == {"shared_component": 2}
    assert "services_by_hand" in client.get("/capabilities.csv").text.split("\n")[0]
    assert client.get("/capabilities.csv?colour=red").status_code == 400


@pytest.mark.usefixtures("some")
def test_a_capability(client: PageClient) -> None:
    page = soup_of(client.get("/capabilities/letters"))
    heads = [h.get_text() for h in page.select("main h2, main h3")]
    assert heads[:5] == [
        "Components that offer it", "Notify", "No longer for new services", "Last post",
        "Old post",
    ]  # fmt: skip
    rows = table(client, "/capabilities/letters", "arrangements")
    assert rows[0] == ["Shared component", "2 services"]
    assert rows[1][1] == "1 service: Tell all" and rows[-1] == ["Not answered", "0 services"]
    assert ["Old post Closed", "Shared component", "1 service"] in table(
        client, "/capabilities/letters", "ways"
    )
    assert "/services?capability=letters&amp;arrangement=shared_component" in str(page)
    empty = main(client, "/capabilities/e-sign")
    assert "No component that is open to new services offers this." in empty
    assert "No service has said how it meets this." in empty
    group = main(client, "/capabilities/messages")
    assert "What belongs to it Letters Texts E sign" in group
    found = client.get("/capabilities/letters.json").get_json()
    assert [c["slug"] for c in found["components"]] == ["last-post", "notify", "old-post"]
    assert (found["services_planning"], found["services_not_answered"]) == (1, 0)
    assert client.get("/capabilities/letters.csv").text.count("\n") == 2
    assert client.get("/capabilities/nothing").status_code == 404


def test_a_service_says_how_it_meets_its_needs(client: PageClient, some: Session) -> None:
    need = {"service": "send-bills", "capability": "e-sign", "answer": "not_needed"}
    known = usage.Ids(services.ids_by_slug(some), capabilities.ids_by_slug(some), {})
    usage.say_need(some, clean_need({**need, "note": "Paper is fine."}), known, ACT, "answered")
    told = main(client, "/services/send-bills")
    assert (
        "Old post , which it uses for “Letters”, closed on 1 April 2023. What takes over: Notify"
        in told.replace("Old post,", "Old post ,")
    )
    assert "E sign : not needed. Paper is fine." in told
    rows = table(client, "/services/send-bills", "needs-now")
    assert rows[0][:3] == ["Letters", "Old post Closed", "Since 1 January 2024"]
    assert rows[1] == [
        "Texts", "Notify More about Texts Seen in its code", "Seen in use on 1 January 2024",
        "Declared Why : Texts", "source.example",
    ]  # fmt: skip
    pupils = main(client, "/services/ask-pupils")
    assert "closes on 31 December 2999. No successor that is open to new services" in pupils
    assert "Not answered for 2 other needs." in pupils
    everybody = table(client, "/services/tell-all", "needs-now")
    assert "Bought product: Texter (Text Ltd) Why no shared component: Cost" in everybody[1][1]
    history = main(client, "/services/send-bills/history")
    assert "Needs answered Added: E sign, " in history and "Not needed" in history
    document = client.get("/services/send-bills.json").get_json()
    assert [u["component"] for u in document["usages"]] == ["old-post", "notify"]
    assert document["usages"][0]["component_successor"] == "notify"
    assert document["needs"][0]["answer"] == "not_needed"
    (row,) = csv.DictReader(
        io.StringIO(client.get("/services/send-bills.csv").text.lstrip("\ufeff"))
    )
    assert row["usages"] == "letters: old-post (live); texts: notify (live)"


def test_what_a_service_used_before(client: PageClient, some: Session) -> None:
    add_service(some, "quiet")
    assert "Not answered: nobody has said what it uses." in main(client, "/services/quiet")
    add_usage(
        some, "quiet", "texts", arrangement="bought_product", product="Texter", status="stopped",
        since="2020-01-01", until="2021-05-01", until_basis="month",
    )  # fmt: skip
    assert table(client, "/services/quiet", "needs-before") == [
        ["Texts", "Bought product: Texter", "Since 1 January 2020, until May 2021",
         "Declared Why : Texts", "Not given"],
    ]  # fmt: skip


@pytest.mark.usefixtures("some")
def test_filters_of_the_service_list(client: PageClient) -> None:
    page = soup_of(client.get("/services?capability=letters&component=old-post"))
    assert [a.get_text() for a in page.select(".portal-result h3 a")] == ["Send bills"]
    chips = [chip.get_text(" ", strip=True) for chip in page.select(".portal-chosen__link")]
    assert chips == [
        "Remove filter Need: Letters ✕",
        "Remove filter Component: Old post (closed) ✕",
    ]
    assert page.select_one("select[name=capability] option[value=letters][selected]")
    page = soup_of(client.get("/services?capability=letters&arrangement=shared_component"))
    assert page.select_one("select[name=arrangement] option[value=shared_component][selected]")
    assert "component=nope" in main(client, "/services?component=nope")
    for wrong in ("component=nope", "capability=nope", "arrangement=nope"):
        assert client.get(f"/services.json?{wrong}").status_code == 400
    items = client.get("/services.json?component=notify").get_json()["items"]
    assert [item["slug"] for item in items] == ["send-bills"]


@pytest.mark.usefixtures("some")
def test_an_organisation_provides_components(client: PageClient) -> None:
    rows = table(client, "/organisations/ministry", "provided")
    assert [row[0].split(" What")[0] for row in rows] == ["Bare api", "Last post", "Old post"]
    assert "Not for new services." in rows[2][1]
    document = client.get("/organisations/agency.json").get_json()
    assert document["components"] == [
        {"slug": "notify", "name": "Notify", "lifecycle": "live", "services_now": 1}
    ]
    then = main(client, "/organisations/agency?on-day=1&on-month=1&on-year=2020")
    assert "Components it provides" not in then


@pytest.mark.usefixtures("some")
def test_the_home_page_counts_them(client: PageClient) -> None:
    told = main(client, "/")
    assert "4 components" in told and "3 needs" in told


def test_an_empty_portal(client: PageClient, app: Flask) -> None:
    assert "There are no components in the catalogue yet." in main(client, "/components")
    assert "There are no needs in the catalogue yet." in main(client, "/capabilities")
    for name in ("components", "capabilities"):
        assert client.get(f"/{name}.json").get_json()["items"] == []
