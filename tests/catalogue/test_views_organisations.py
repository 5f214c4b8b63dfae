"""The pages of organisations: the list, one body now and as it was."""

from __future__ import annotations

import pytest
from sqlalchemy.orm import Session

from portal import search
from portal.catalogue.store import organisation_names
from tests.support.data import add_organisation, add_service
from tests.support.pages import PageClient, soup_of

NAME = {"language": "en", "kind": "name"}


@pytest.fixture(autouse=True)
def _some(session: Session) -> None:
    add_organisation(session, "ministry", name="Ministry of Things")
    add_organisation(
        session, "office", name="Office for Things", kind="agency", abbreviation="OFT",
        start_date="2001-04-01",
        names=[
            {**NAME, "name": "Things Board", "since": "2001-04-01", "until": "2010-05-01"},
            {**NAME, "name": "Office for Things", "since": "2010-05-01", "until": None},
            {**NAME, "name": "Swyddfa Bethau", "language": "cy", "since": None, "until": None},
        ],
        parents=[
            {"organisation": "portal:ministry", "relation": "part_of", "since": "2010-05-01",
             "until": None, "source": "https://source.example/"},
        ],
    )  # fmt: skip
    add_organisation(
        session, "old-board", kind="ndpb", end_date="2001-04-01",
        successions=[{"kind": "merged", "successor": "portal:office", "on": "2001-04-01",
                      "source": "An order"}],
    )  # fmt: skip
    owner = {"role": "accountable", "published_name": None, "source": None}
    add_service(
        session, "count-things",
        owners=[
            {**owner, "organisation": "portal:ministry", "since": None, "until": "2015-01-01"},
            {**owner, "organisation": "portal:office", "since": "2015-01-01", "until": None},
        ],
    )  # fmt: skip
    search.rebuild(session, "organisation", organisation_names.search_documents(session))
    session.flush()
    session.expunge_all()


def main(client: PageClient, address: str) -> str:
    tag = soup_of(client.get(address)).select_one("main")
    assert tag is not None
    return " ".join(tag.get_text(" ").split())


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ("", ["ministry", "office", "old-board"]),
        ("?kind=agency&kind=ndpb", ["office", "old-board"]),
        ("?status=closed", ["old-board"]),
        ("?status=open&kind=ndpb", []),
        ("?q=oft", ["office"]),
        ("?q=swyddfa", ["office"]),
        ("?q=things+board", ["office"]),
        ("?q=old+board&status=closed", ["old-board"]),
    ],
)
def test_filters_in_three_formats(client: PageClient, query: str, expected: list[str]) -> None:
    links = soup_of(client.get(f"/organisations{query}")).select("table th[scope=row] a")
    assert [str(link["href"]).split("/")[-1] for link in links][: len(expected) or None] == expected
    items = client.get(f"/organisations.json{query}").get_json()["items"]
    assert [item["slug"] for item in items][: len(expected) or None] == expected
    assert client.get(f"/organisations.csv{query}").text.count("\n") == len(items) + 1


def test_counts_of_kinds_and_status(client: PageClient) -> None:
    told = main(client, "/organisations?kind=agency")
    assert "1 organisation Download this as CSV or JSON Filter" in told
    assert "Agency (1)" in told and "Non-departmental public body (1)" in told
    assert "Open (1) Closed (0)" in told


def test_pages_lead_on_and_back(client: PageClient, session: Session) -> None:
    for number in range(60):
        add_organisation(session, f"zz-{number:02}", kind="police")
    page = soup_of(client.get("/organisations?kind=police"))
    assert len(page.select("tbody tr")) == 50
    page = soup_of(client.get(str(page.select("a[rel=next]")[0]["href"])))
    assert len(page.select("tbody tr")) == 10
    page = soup_of(client.get(str(page.select("a[rel=prev]")[0]["href"])))
    assert len(page.select("tbody tr")) == 50


def test_an_organisation_today(client: PageClient) -> None:
    told = main(client, "/organisations/office")
    for words in ("Agency", "OFT", "Part of Ministry of Things", "source.example",
                  "Before: Old board Merged 1 April 2001 An order", "Count things Accountable",
                  "Swyddfa Bethau"):  # fmt: skip
        assert words in told
    assert "/services?organisation=office" not in client.get("/organisations/office").text
    assert "/services?organisation=ministry" in client.get("/organisations/ministry").text
    assert "This organisation closed on 1 April 2001" in main(client, "/organisations/old-board")
    assert "After: Office for Things" in main(client, "/organisations/old-board")


def test_an_organisation_as_it_was(client: PageClient) -> None:
    then = main(client, "/organisations/office?on-day=1&on-month=1&on-year=2005")
    assert "As it was on 1 January 2005. Its name was Things Board." in then
    assert "No service is recorded as its own on that day" in then
    assert "Part of Ministry of Things Register" not in then
    ministry = main(client, "/organisations/ministry?on-day=1&on-month=1&on-year=2012")
    assert "Count things" in ministry and "Office for Things Part of this organisation" in ministry
    early = main(client, "/organisations/office?on-day=1&on-month=1&on-year=1999")
    assert "did not exist on that day" in early
    document = client.get(
        "/organisations/ministry.json?on-day=1&on-month=1&on-year=2012"
    ).get_json()
    assert document["on"] == "2012-01-01"
    assert [s["slug"] for s in document["services"]] == ["count-things"]


def test_a_council_is_called_by_its_official_name_then_too(
    client: PageClient, session: Session
) -> None:
    dated = {**NAME, "since": "1974-04-01", "until": "2018-04-01"}
    now = {**NAME, "since": "2018-04-01", "until": None}
    add_organisation(
        session, "hythe", name="Hythe District Council", kind="local_authority",
        names=[
            {**dated, "name": "Shepway"}, {**now, "name": "Hythe"},
            {**dated, "name": "Shepway District Council", "kind": "official"},
            {**now, "name": "Hythe District Council", "kind": "official"},
        ],
    )  # fmt: skip
    then = main(client, "/organisations/hythe?on-day=1&on-month=1&on-year=2005")
    assert "Its name was Shepway District Council." in then
    then = main(client, "/organisations/hythe?on-day=1&on-month=1&on-year=2020")
    assert "Its name was" not in then


@pytest.mark.parametrize(
    ("day", "month", "year", "message", "wrong"),
    [
        ("31", "2", "2010", "Date must be a real date", "on-day"),
        ("1", "13", "2010", "Date must be a real date", "on-month"),
        ("1", "", "2010", "Date must include a month", "on-month"),
        ("1", "1", "10", "Year must include 4 numbers", "on-year"),
        ("1", "1", "2999", "Date must be today or in the past", "on-day"),
    ],
)
def test_a_wrong_date_is_told_in_the_summary_and_beside_the_field(
    client: PageClient, day: str, month: str, year: str, message: str, wrong: str
) -> None:
    query = f"on-day={day}&on-month={month}&on-year={year}"
    page = soup_of(client.get(f"/organisations/office?{query}"))
    link = page.select_one(".govuk-error-summary a")
    assert link is not None and link.get_text() == message and link["href"] == f"#{wrong}"
    field = page.select_one("#on-error")
    assert field is not None and message in field.get_text()
    typed = [str(field.get("value", "")) for field in page.select("input[id^=on-]")]
    assert typed == [day, month, year]
    assert client.get(f"/organisations/office.json?{query}").status_code == 400


def test_an_empty_date_is_today(client: PageClient) -> None:
    assert "As it was" not in main(client, "/organisations/office?on-day=&on-month=&on-year=")


def test_unknown_filters(client: PageClient) -> None:
    assert "left them out: colour" in main(client, "/organisations?colour=red")
    for name in ("organisations", "organisations/office", "organisations/office/history"):
        assert client.get(f"/{name}.json?colour=red").status_code == 400


def test_what_a_closed_body_had_and_names_of_that_day(client: PageClient, session: Session) -> None:
    name = {"language": "en", "kind": "name"}
    add_organisation(session, "new-agency", names=[
        name | {"name": "Old agency", "since": None, "until": "2014-04-01"},
        name | {"name": "New agency", "since": "2014-04-01", "until": None},
    ], parents=[])  # fmt: skip
    add_organisation(session, "tests-office", end_date="2014-04-01")
    owner = {"role": "accountable", "published_name": None, "source": None}
    add_service(session, "driving-test", owners=[
        owner | {"organisation": "portal:tests-office", "since": None, "until": "2014-04-01"},
        owner | {"organisation": "portal:new-agency", "since": "2014-04-01", "until": None},
    ])  # fmt: skip
    told = main(client, "/organisations/tests-office")
    assert "No service is recorded as its own now." in told
    assert "Driving test Accountable Until 1 April 2014 New agency" in told
    past = main(client, "/organisations/tests-office?on-day=1&on-month=1&on-year=2012")
    assert "Its services on 1 January 2012 Where a date is not known" in past
    assert "Services it had before" not in past


def test_bodies_around_have_the_names_of_that_day(client: PageClient, session: Session) -> None:
    name = {"language": "en", "kind": "name"}
    add_organisation(session, "board")
    add_organisation(session, "agency", parent="board", names=[
        name | {"name": "Older agency", "since": None, "until": "2010-01-01"},
        name | {"name": "Old agency", "since": "2010-01-01", "until": "2014-04-01"},
        name | {"name": "Agency", "since": "2014-04-01", "until": None},
    ])  # fmt: skip
    for year, called in ((2009, "Older agency"), (2012, "Old agency"), (2015, "Agency")):
        told = main(client, f"/organisations/board?on-day=1&on-month=1&on-year={year}")
        assert f"Source {called} Part of this organisation" in told


def test_what_followed_a_closed_body(client: PageClient, session: Session) -> None:
    add_organisation(session, "new-office")
    move = {"kind": "merged", "successor": "portal:new-office", "on": "2020-09-02", "source": None}
    add_organisation(session, "gone-office", end_date="2020-09-02", successions=[move])
    add_service(session, "visas", owner="gone-office")
    told = main(client, "/services/visas")
    assert "Gone office (closed 2 September 2020)" in told
    assert "What followed the closed organisation: New office" in told
    assert "Services last recorded as its own" in main(client, "/organisations/gone-office")
    told = main(client, "/organisations/new-office")
    assert "1 service is still recorded with Gone office" in told
    before = client.get("/organisations/new-office?on-day=1&on-month=1&on-year=2015")
    assert "It may not have existed yet. Before it there was: Gone office" in " ".join(
        soup_of(before).get_text(" ").split()
    )
    assert "/organisations/gone-office?on-day=1&amp;on-month=1&amp;on-year=2015" in before.text
    found = client.get("/organisations/new-office.json").get_json()["predecessors"]
    assert [p["slug"] for p in found] == ["gone-office"]
