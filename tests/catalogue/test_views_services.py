"""The pages of services: filters by address, one record, its former addresses, its history."""

from __future__ import annotations

import csv
import io
from typing import Any

import pytest
from sqlalchemy.orm import Session

from portal.catalogue.rules.filters import encode_key
from portal.catalogue.store import organisations, services
from tests.support.data import ACT, OPEN, add_journey, add_organisation, add_service
from tests.support.pages import PageClient, soup_of
from tests.support.storefront import add_capability, add_component

OWNER = {"published_name": None, "source": None, **OPEN}


@pytest.fixture(autouse=True)
def _some(session: Session) -> None:
    add_organisation(session, "ministry")
    add_organisation(session, "agency", parent="ministry")
    add_service(session, "pay-fines", owner="ministry", audiences=["public"], category="Fines")
    add_service(
        session, "book-tests", owner="agency", phase="alpha", audiences=["public", "business"],
        category="Bookings & tests",
        apis=[{"name": "Slots", "address": "https://a.example/", "documentation": None}],
        names=[{"name": "Trefnu prawf", "kind": "synonym", "language": "cy", "until": None}],
        yearly_transactions=1200, transactions_to="2016-03-31",
        relations=[{"relation": "replaces", "service": "pay-fines"}],
    )  # fmt: skip
    waiting = {"role": "accountable", "organisation": None, **OWNER, "published_name": "Dept of X"}
    add_service(session, "send-forms", owners=[waiting], apis_answer="none")
    add_journey(session, "get-going", ["pay-fines", "book-tests"])
    session.expunge_all()


def text_of(client: PageClient, address: str) -> str:
    return " ".join(soup_of(client.get(address)).select_one("main").get_text(" ").split())  # type: ignore[union-attr]


def names(client: PageClient, address: str) -> list[str]:
    return [tag.get_text() for tag in soup_of(client.get(address)).select(".portal-result h3")]


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ("", ["Book tests", "Pay fines", "Send forms"]),
        ("?phase=alpha", ["Book tests"]),
        ("?phase=alpha&phase=live&audience=business", ["Book tests"]),
        ("?category=Bookings+%26+tests", ["Book tests"]),
        ("?apis=none", ["Send forms"]),
        ("?organisation=ministry", ["Book tests", "Pay fines"]),
        ("?organisation=agency", ["Book tests"]),
        ("?sort=transactions&q=", ["Book tests", "Send forms", "Pay fines"]),
        ("?q=trefnu", ["Book tests"]),
        ("?phase=discovery", []),
    ],
)
def test_filters_in_three_formats(client: PageClient, query: str, expected: list[str]) -> None:
    assert names(client, f"/services{query}") == expected
    items = client.get(f"/services.json{query}").get_json()["items"]
    assert [item["name"] for item in items] == expected
    rows = csv.DictReader(io.StringIO(client.get(f"/services.csv{query}").text.lstrip("\ufeff")))
    assert [row["name"] for row in rows] == expected


def test_the_form_sends_every_filter_without_javascript(client: PageClient) -> None:
    address = "/services?q=tests&phase=alpha&organisation=ministry&sort=name"
    page = soup_of(client.get(address))
    form = page.select_one("form#filters")
    assert form is not None and form["method"] == "get"
    sent = {
        (str(field["name"]), str(field["value"]))
        for field in page.select("#filters input, input[form=filters]")
        if field.get("type") != "checkbox" or field.has_attr("checked")
    }
    assert sent == {
        ("q", "tests"), ("phase", "alpha"), ("organisation", "ministry"), ("sort", "name"),
    }  # fmt: skip
    assert page.select_one("button[form=filters]")


def test_each_chosen_filter_has_a_link_that_takes_it_away(client: PageClient) -> None:
    page = soup_of(client.get("/services?phase=alpha&audience=business"))
    links = {
        tag.get_text(" ", strip=True): str(tag["href"]) for tag in page.select(".portal-chosen a")
    }
    assert links["Remove filter Phase: Alpha ✕"] == "/services?audience=business"
    assert links["Clear all filters"] == "/services"


def test_inside_an_organisation_there_is_a_way_down_and_up(client: PageClient) -> None:
    inside = text_of(client, "/services?organisation=ministry")
    assert "All organisations Ministry Agency (1)" in inside
    assert "Up to Ministry" in text_of(client, "/services?organisation=agency")


def test_unknown_filters_are_named_on_pages_and_refused_elsewhere(client: PageClient) -> None:
    assert "colour" in text_of(client, "/services?colour=red")
    answer = client.get("/services.json?colour=red&phase=beta")
    assert answer.status_code == 400
    assert answer.mimetype == "application/problem+json"
    assert "phase=beta, colour" in answer.get_json()["detail"]
    assert client.get("/services.csv?colour=red").status_code == 400


def test_a_corrected_search_says_so(client: PageClient) -> None:
    address = "/services?q=tetsts"
    said = text_of(client, address)
    assert "Showing results for tests . You searched for “tetsts”. Search for exactly that" in said


@pytest.mark.parametrize("ending", ["", ".json", ".csv"])
def test_what_was_typed_can_be_searched_for_exactly(client: PageClient, ending: str) -> None:
    page = soup_of(client.get("/services?q=tetsts&phase=alpha"))
    exactly = page.find("a", string="Search for exactly that")
    assert exactly is not None
    address = str(exactly["href"])  # type: ignore[index]
    assert address == "/services?q=%22tetsts%22&phase=alpha"
    answer = client.get(address.replace("?", f"{ending}?"))
    assert answer.status_code == 200
    assert ("Book tests" in answer.text) is False
    if not ending:
        said = text_of(client, address)
        assert "Did you mean tests ? No services match" in said


def test_a_word_that_nothing_has_is_named(client: PageClient) -> None:
    said = text_of(client, "/services?q=moor+tests")
    assert "Nothing matches these words, so they were left out: moor" in said
    assert names(client, "/services?q=moor+tests") == ["Book tests"]


@pytest.mark.parametrize(
    ("query", "reason"),
    [
        ("trefnu", "Also known as: Trefnu prawf"),
        ("slotted", "Keyword: slotted times"),
        ("agency", "Delivered by: Agency"),
        ("tests", None),
    ],
)
def test_a_row_says_why_where_its_name_does_not(
    client: PageClient, session: Session, query: str, reason: str | None
) -> None:
    held = [
        {**OWNER, "role": role, "organisation": f"portal:{body}"}
        for role, body in (("accountable", "ministry"), ("delivers", "agency"))
    ]
    rename(session, "book-tests", "book-tests", keywords=["slotted times"], owners=held)
    page = soup_of(client.get(f"/services?q={query}"))
    row = next(r for r in page.select(".portal-result") if "Book tests" in r.get_text())
    text = " ".join(row.get_text(" ").split())
    found = [word for word in ("Also known as:", "Keyword:", "Delivered by:") if word in text]
    assert (reason in text) if reason else not found


def test_of_near_ties_what_is_live_comes_first(client: PageClient, session: Session) -> None:
    for number, phase in enumerate(("unknown", "retired", "live", "discovery")):
        add_service(session, f"ferry-{number}", name="Ferry permits", phase=phase)
    items = client.get("/services.json?q=ferry+permits").get_json()["items"]
    assert [item["slug"] for item in items] == ["ferry-2", "ferry-3", "ferry-0", "ferry-1"]
    page = soup_of(client.get("/services?q=ferry+permits"))
    links = [str(tag["href"]) for tag in page.select(".portal-result h3 a")]
    assert links == [f"/services/{item['slug']}" for item in items]


def test_words_that_name_a_component_or_a_need_lead_to_it(
    client: PageClient, session: Session
) -> None:
    add_capability(session, "money")
    add_capability(session, "pay-by-card", "money", keywords=["take a payment", "pension"])
    add_component(session, "gov-pay", "pay-by-card", names=[{"name": "Paying", "kind": "synonym"}])
    add_component(session, "old-id", "pay-by-card", lifecycle="closed", closes_on="2023-04-01",
                  successor="gov-pay", names=[{"name": "Checks", "kind": "former"}])  # fmt: skip

    add_component(session, "older-id", "pay-by-card", lifecycle="deprecated", successor="old-id")

    def lines(words: str) -> list[str]:
        page = soup_of(client.get(f"/services?q={words}"))
        return [" ".join(tag.get_text().split()) for tag in page.select(".portal-named li")]

    gone = "Component: Old id – Closed on 1 April 2023; now use Gov pay."
    assert lines("gov+pay") == lines("how+to+join+GOV+Pay") == lines("paying")
    assert lines("gov+pay") == ["Component: Gov pay – What gov-pay does."]
    assert lines("checks") == lines("why+was+Old+ID+closed") == [gone]
    assert lines("how+do+I+take+a+payment") == [
        "Need: Pay by card – find a shared component for it"
    ]
    assert lines("older+id") == ["Component: Older id – Not for new services."]
    assert not lines("pension") and not lines("pay") and not lines("book+tests")


def test_the_empty_list_says_what_to_do(client: PageClient) -> None:
    assert "No services match" in text_of(client, "/services?q=xyzzy&phase=live")


def test_pages_lead_on_and_back(client: PageClient, session: Session) -> None:
    for number in range(60):
        add_service(session, f"zz-{number:02}", phase="discovery")
    seen: list[str] = []
    address = "/services?phase=discovery"
    while address:
        page = soup_of(client.get(address))
        seen += [tag.get_text() for tag in page.select(".portal-result h3")]
        following = page.select_one("a[rel=next]")
        address = str(following["href"]) if following else ""
    assert len(seen) == len(set(seen)) == 60
    back = page.select_one("a[rel=prev]")
    assert back is not None
    assert len(names(client, str(back["href"]))) == 50


def test_a_service_page_says_what_is_known_and_what_is_not(client: PageClient) -> None:
    known = text_of(client, "/services/book-tests")
    for words in ("Alpha", "Agency", "1 API", "https://a.example/", "1,200 in the 12 months to 31",
                  "Replaces Pay fines", "Get going : step 2 of 2", "Version 1"):  # fmt: skip
        assert words in known
    welsh = soup_of(client.get("/services/book-tests")).select_one("[lang=cy]")
    assert welsh is not None and welsh.get_text() == "Trefnu prawf"
    unknown = text_of(client, "/services/send-forms")
    for words in ("Dept of X (not matched to an organisation yet)", "Offers no API",
                  "Yearly transactions Not published"):  # fmt: skip
        assert words in unknown
    assert "APIs Not answered" in text_of(client, "/services/pay-fines")


def rename(session: Session, slug: str, new: str, **changes: Any) -> None:
    service = services.by_slug(session, slug)
    before = services.document_of(service)
    refs = organisations.ids_by_reference(session)
    services.save(session, service, before, {**before, "slug": new, **changes}, refs, ACT, "edited")
    session.flush()
    session.expunge_all()


@pytest.mark.parametrize("ending", ["", ".json", ".csv", "/history", "/history.json"])
def test_former_addresses_redirect_in_the_same_format(
    client: PageClient, session: Session, ending: str
) -> None:
    rename(session, "pay-fines", "pay-a-fine")
    answer = client.get(f"/services/pay-fines{ending}")
    assert answer.status_code == 301
    assert answer.location == f"/services/pay-a-fine{ending}"


def test_history_tells_each_field_in_words(client: PageClient, session: Session) -> None:
    rename(session, "pay-fines", "pay-fines", purpose="To pay", apis_answer="none", keywords=["a"])
    told = text_of(client, "/services/pay-fines/history")
    assert "Purpose Added: To pay" in told
    assert "Offers APIs? Was: Not answered Now: Offers no API" in told
    assert "Accountable, Ministry" in told
    events = client.get("/services/pay-fines/history.json").get_json()["items"]
    assert [bool(event["before"]) for event in events] == [True, False]
    assert "Keywords,,a" in client.get("/services/pay-fines/history.csv").text


def test_an_unknown_service_is_not_found(client: PageClient) -> None:
    for ending in ("", ".json", ".csv", "/history", "/history.json"):
        assert client.get(f"/services/no-such{ending}").status_code == 404


def test_a_page_is_not_sent_twice(client: PageClient, session: Session) -> None:
    tag = client.get("/services/pay-fines").headers["ETag"]
    assert client.get("/services/pay-fines", headers={"If-None-Match": tag}).status_code == 304
    rename(session, "book-tests", "book-tests", purpose="New words")
    assert client.get("/services/pay-fines", headers={"If-None-Match": tag}).status_code == 200


@pytest.mark.parametrize("value", ["\ud800", "\x00", "\n"])
def test_a_place_in_the_list_that_nobody_gave(client: PageClient, value: str) -> None:
    after = encode_key((value, 1)) if value != "\ud800" else "WyJcdWQ4MDAiLCAxXQ"
    assert "left them out: after" in text_of(client, f"/services?after={after}")
    assert client.get(f"/organisations?after={after}").status_code == 200


def test_rows_say_who_runs_a_service_or_why_nobody_does(
    client: PageClient, session: Session
) -> None:
    add_organisation(session, "gone", end_date="2016-07-14")
    nobody = {"role": "accountable", "organisation": None, "source": None}
    add_service(session, "row-a", owner="gone", yearly_transactions=1_200,
                transactions_from="2014-10-01", transactions_to="2015-09-30")  # fmt: skip
    add_service(session, "row-b", phase="unknown", owners=[
        nobody | {"published_name": "Dept of Rows", "since": None, "until": None}
    ])  # fmt: skip
    add_service(session, "row-c", phase="retired")
    add_service(session, "row-d")
    rows = soup_of(client.get("/services?q=row")).select(".portal-result__facts")
    told = sorted(" ".join(row.get_text(" ").split()) for row in rows)
    assert told == [
        "Live Gone (closed July 2016) 1,200 transactions in the year to September 2015",
        "Live Organisation not known",
        "Phase not known Organisation not matched yet",
        "Retired No longer run",
    ]
