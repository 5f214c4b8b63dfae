"""Your work: what waits for somebody, in the order in which it is due."""

from __future__ import annotations

import csv
import io
from collections.abc import Callable, Iterator
from datetime import date, timedelta
from typing import Any

import pytest
from flask.testing import FlaskClient
from sqlalchemy import update
from sqlalchemy.orm import Session

from portal.access import Grant, Kind, Person, Role
from portal.accounts import work
from portal.accounts.models.people import Person as PersonRow
from portal.accounts.rules.work_list import WorkQuery, decode, encode, key_of, narrowed, page_of
from portal.accounts.store import grants, people
from portal.accounts.work import Item
from portal.catalogue.models.reviews import Review
from tests.support.accounts import act, send
from tests.support.data import add_service
from tests.support.pages import soup_of

TODAY = act().day
As = Callable[[PersonRow], FlaskClient]


def late(session: Session, days: int = 1) -> None:
    asked = update(Review).where(Review.review_by.is_not(None))
    session.execute(asked.values(review_by=TODAY - timedelta(days=days)))
    session.commit()


def names(client: FlaskClient, address: str = "/work") -> dict[str, list[str]]:
    """What the list has, by its headings."""
    page = soup_of(client.get(address))
    return {
        table.select_one("caption").get_text(): [  # type: ignore[union-attr]
            link.get_text() for link in table.select("tbody th a")
        ]
        for table in page.select("table")
    }


def test_whose_work_a_record_is(cast: Any, as_: As, session: Session) -> None:
    add_service(session, "c-service", owner="a-body")
    assert names(as_(cast.owner)) == {}, "nothing is due"
    assert "Nothing waits for you." in as_(cast.owner).get("/work").text
    late(session)
    mine = {"Check that these records are still right": ["A service"]}
    assert names(as_(cast.owner)) == names(as_(cast.member)) == mine
    unowned = {
        "No person is named for these records: check them, or invite whoever owns them": [
            "C service"
        ]
    }
    assert names(as_(cast.admin)) == unowned
    assert names(as_(cast.stranger)) == {
        "No person is named for these records: check them, or invite whoever owns them": [
            "B service"
        ]
    }
    assert names(as_(cast.nobody)) == names(as_(cast.top)) == {}
    # Whoever owns all that the organisation has owns these as well.
    all_of = Grant(Role.SERVICE_OWNER, Kind.ORGANISATION, cast.body)
    grants.add(session, cast.nobody.id, all_of, act())
    session.commit()
    assert names(as_(cast.nobody)) == {
        "Check that these records are still right": ["A service", "C service"]
    }
    assert names(as_(cast.admin)) == {}
    assert list(names(as_(cast.stranger)).values()) == [["B service"]], "not of another body"


def test_an_owner_who_left_owns_nothing(cast: Any, as_: As, session: Session) -> None:
    late(session)
    assert names(as_(cast.admin)) == {}
    people.deactivate(session, people.get(session, cast.owner.id), act())
    session.commit()
    assert list(names(as_(cast.admin)).values()) == [["A service"]]


@pytest.mark.parametrize(
    ("days", "listed"), [(-31, False), (-30, True), (0, True), (400, True)]
)  # fmt: skip
def test_from_when_on_it_waits(
    cast: Any, as_: As, session: Session, days: int, listed: bool
) -> None:
    late(session, days)
    page = as_(cast.owner).get("/work")
    assert ("A service" in page.text) is listed
    assert ("Overdue" in page.text) is (days > 0)


def test_requests_to_join_wait_for_whoever_decides(cast: Any, as_: As) -> None:
    send(as_(cast.nobody), "/services/a-service/join", {"why": "I write the words"})
    found = names(as_(cast.owner))
    assert found == {"Answer requests to join": ["A service"]}
    page = as_(cast.owner).get("/work")
    assert "Nobody" in page.text and "/join-requests/" in page.text
    assert names(as_(cast.member)) == names(as_(cast.admin)) == names(as_(cast.top)) == {}


@pytest.fixture
def many() -> Iterator[list[Item]]:
    """A source of 120 things to do, for everybody."""
    items = [
        Item("check", f"Thing {n:03}", f"/things/{n}", TODAY + timedelta(days=n % 7 - 3), "More")
        for n in range(119)
    ]
    items.append(Item("later", "=Formula", "/things/last"))

    def source(session: Session, person: Person, day: date) -> list[Item]:
        return items

    work.register("planted", source, {"check": "Check things"})
    yield items
    del work._SOURCES["planted"]


def test_the_list_has_pages_filters_and_files(cast: Any, as_: As, many: list[Item]) -> None:
    client = as_(cast.nobody)
    seen, address = [], "/work"
    while address:
        page = soup_of(client.get(address))
        seen += [str(link["href"]) for link in page.select("tbody th a")]
        following = page.select("a[rel=next]")
        address = str(following[0]["href"]) if following else ""
    assert seen == [item.href for item in sorted(many, key=key_of)] and len(seen) == 120
    assert list(names(client, "/work?task=later")) == ["Later"]
    late = client.get("/work.json?due=overdue").get_json()["items"]
    assert len(late) == 51 and all(row["overdue"] for row in late)
    rows = list(csv.DictReader(io.StringIO(client.get("/work.csv").text)))
    assert len(rows) == 120 and rows[-1]["name"] == "'=Formula"
    assert rows[0]["what_to_do"] == "Check things"
    assert client.get("/work.json?nonsense=1").status_code == 400
    page = client.get("/work?due=nonsense&after=nonsense").text
    assert "due=nonsense" in page and "left them out" in page
    assert "Nothing matches" in client.get("/work?task=nothing").text
    assert client.get("/work").headers["Cache-Control"] == "private, no-store"


def test_a_page_begins_after_the_last_item_of_the_one_before() -> None:
    items = [Item("a", "B", "/b", date(2026, 1, 2)), Item("a", "A", "/a", date(2026, 1, 2))]
    rows = narrowed(items, WorkQuery(), TODAY)
    assert [row.name for row in rows] == ["A", "B"]
    [first], key = page_of(rows, None, 1)
    assert first.name == "A" and key and decode(encode(key)) == key
    assert page_of(rows, key, 1) == ([rows[1]], None)
    # What has been done meanwhile is no longer there to come after.
    assert page_of(rows[1:], key, 1) == ([rows[1]], None)
    for wrong in ("x", "W10", encode(("a", "b", "c", "d"))[:-3], "9" * 5000):
        assert decode(wrong) is None
