"""What is wrong with the records of an organisation."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select, update
from sqlalchemy.orm import Session

from portal.access import Grant, Kind, Role
from portal.accounts.models.people import Person
from portal.accounts.store import people
from portal.catalogue.models.reviews import Review
from portal.catalogue.store import reviews
from portal.catalogue.words import Issue, Reviewed
from portal.web.people import as_person
from tests.support.accounts import act, add_person
from tests.support.data import add_organisation, add_service
from tests.support.pages import PageClient, soup_of
from tests.support.people import Somebody, everywhere
from tests.support.queries import statements
from tests.support.storefront import add_capability, add_component, add_usage
from tests.support.transactions import RolledBackDatabase

TODAY = act().day
LIST = "/organisations/a-body/quality"


@pytest.fixture(autouse=True)
def _some(session: Session) -> None:
    """One record that is fine, one of each sort that is not, and those of another body."""
    body = add_organisation(session, "a-body").id
    add_organisation(session, "old-body", end_date="2020-01-01")
    add_capability(session, "needs")
    add_capability(session, "need", "needs")
    add_component(session, "pay", "need", provider="a-body")
    add_component(session, "closed", "need", provider="a-body", lifecycle="closed",
                  closes_on="2025-01-01")  # fmt: skip
    full = {"owner": "a-body", "audiences": ["public"], "user_need": "I need it",
            "apis_answer": "none"}  # fmt: skip
    fine = add_service(session, "fine", **full).id
    add_usage(session, "fine", "need", component="pay")
    add_service(session, "bare", owner="a-body")
    add_service(session, "hanging", **full)
    add_usage(session, "hanging", "need", component="closed")
    add_service(session, "gone", owner="a-body", phase="retired")
    add_service(session, "other", owner="old-body")
    role = Grant(Role.SERVICE_OWNER, Kind.SERVICE, fine)
    add_person(session, "owner@a.example", role, name="Ownerly")
    reviews.confirm(session, Reviewed.SERVICE, fine, None, act())
    assert body
    session.commit()


def late(session: Session, slug: str, days: int) -> None:
    from portal.catalogue.models.services import Service

    mine = select(Service.id).where(Service.slug == slug).scalar_subquery()
    by = TODAY - timedelta(days=days)
    which = (Review.kind == Reviewed.SERVICE, Review.thing_id == mine)
    session.execute(update(Review).where(*which).values(review_by=by))
    session.commit()


def slugs(client: PageClient, issue: Issue | str, more: str = "") -> list[str]:
    found: Any = client.get(f"{LIST}/{issue}.json{more}").get_json()["items"]
    return [row["slug"] for row in found]


def test_each_issue_lists_its_records(client: PageClient, session: Session) -> None:
    late(session, "bare", 61)
    late(session, "hanging", 5)
    expected = {
        Issue.NO_OWNER: ["bare", "hanging", "pay"],
        Issue.STALE: ["bare"],
        Issue.OVERDUE: ["hanging"],
        Issue.NEVER_CONFIRMED: ["bare", "hanging", "pay"],
        Issue.DANGLING: ["hanging"],
        Issue.NEEDS_UNANSWERED: ["bare"],
        Issue.APIS_UNKNOWN: ["bare"],
        Issue.NO_USER_NEED: ["bare"],
    }
    counted = client.get(f"{LIST}.json").get_json()["items"]
    numbers = {row["issue"]: row["records"] for row in counted}
    # The component came long before today, so it is late by now; that is tried above.
    for issue in (Issue.DUE, Issue.OVERDUE, Issue.STALE):
        found = slugs(client, issue, "?kind=service")
        assert found == expected.get(issue, []), issue
        assert numbers[issue] == len(slugs(client, issue))
        expected.pop(issue, None)
    for issue, found in expected.items():
        assert slugs(client, issue) == found, issue
        assert numbers[issue] == len(found), issue
        page = soup_of(client.get(f"{LIST}/{issue}"))
        assert [link["href"].rpartition("/")[2] for link in page.select("tbody th a")] == found
    assert "It uses a component that has closed" in client.get(f"{LIST}/dangling").text
    page = client.get(LIST).text
    assert "It owns 3 services and 1 component." in page and "Ownerly" not in page
    assert "Quality of its records" in client.get("/organisations/a-body").text


def test_an_organisation_that_ended_leaves_its_records_hanging(client: PageClient) -> None:
    rows = client.get("/organisations/old-body/quality/dangling.json").get_json()["items"]
    assert [(row["slug"], row["why"]) for row in rows] == [("other", "organisation_ended")]


def test_whose_owner_cannot_be_reached_is_for_administrators(
    app: Flask, client: PageClient, session: Session
) -> None:
    owner = session.scalars(select(Person).where(Person.email == "owner@a.example")).one()
    owner.unreachable_at = act().at
    session.commit()
    assert "cannot be reached" not in client.get(LIST).text
    assert "unreachable" not in client.get(f"{LIST}.json").text
    address = f"{LIST}/unreachable"
    assert client.get(address).status_code == 302
    with as_person(app, Somebody()):
        assert client.get(address).status_code == 403
        assert client.get("/organisations/nothing/quality/unreachable").status_code == 404
    with as_person(app, everywhere(Role.PORTAL_ADMINISTRATOR)):
        assert "The owner cannot be reached" in client.get(LIST).text
        assert slugs(client, Issue.UNREACHABLE) == ["fine"]
        assert "owner@a.example" not in client.get(address).text
        # One who can be reached is enough.
        role = Grant(Role.SERVICE_OWNER, Kind.ORGANISATION, _body(session))
        other = add_person(session, "other@a.example", role)
        session.commit()
        assert slugs(client, Issue.UNREACHABLE) == []
        people.deactivate(session, other, act())
        session.commit()
        assert slugs(client, Issue.UNREACHABLE) == ["fine"]


def _body(session: Session) -> int:
    from portal.catalogue.models.organisations import Organisation

    return session.scalars(select(Organisation.id).where(Organisation.slug == "a-body")).one()


def test_whoever_owns_all_of_the_organisation_owns_each(
    client: PageClient, session: Session
) -> None:
    add_person(
        session, "all@a.example", Grant(Role.SERVICE_OWNER, Kind.ORGANISATION, _body(session))
    )
    session.commit()
    assert slugs(client, Issue.NO_OWNER) == ["pay"], "components have providers"
    rows = client.get("/organisations/old-body/quality/no_owner.json").get_json()["items"]
    assert [row["slug"] for row in rows] == ["other"], "and of no other organisation"


def test_the_lists_have_pages_filters_and_files(client: PageClient, session: Session) -> None:
    for n in range(60):
        add_service(session, f"s-{n:02}", owner="a-body")
        add_component(session, f"s-{n:02}", "need", provider="a-body")
    session.commit()
    seen, address = [], f"{LIST}/no_owner"
    while address:
        page = soup_of(client.get(address))
        seen += [str(link["href"]) for link in page.select("tbody th a")]
        following = page.select("a[rel=next]")
        address = str(following[0]["href"]) if following else ""
    assert len(seen) == len(set(seen)) == 123
    names = [row["name"] for row in client.get(f"{LIST}/no_owner.json").get_json()["items"]]
    assert names == sorted(names) and len(names) == 123
    page = soup_of(client.get(f"{LIST}/no_owner?kind=component"))
    assert len(page.select("tbody tr")) == 50
    back = soup_of(client.get(str(page.select("a[rel=next]")[0]["href"]))).select("a[rel=prev]")
    again = soup_of(client.get(str(back[0]["href"])))
    assert [a["href"] for a in again.select("tbody a")] == [
        a["href"] for a in page.select("tbody a")
    ]
    assert len(client.get(f"{LIST}/no_owner.csv?kind=service").text.splitlines()) == 63
    assert client.get(f"{LIST}/no_owner.json?kind=nonsense").status_code == 400
    assert "left them out" in client.get(f"{LIST}/no_owner?nonsense=1").text
    assert client.get(f"{LIST}/nonsense").status_code == 404
    assert client.get("/organisations/nothing/quality").status_code == 404
    assert "No record of this organisation has this issue." in client.get(f"{LIST}/due").text


def test_few_statements_however_many_records(
    client: PageClient, session: Session, database: RolledBackDatabase
) -> None:
    counts = []
    for first in (0, 40):
        for n in range(first, first + 40):
            add_service(session, f"s-{n:02}", owner="a-body")
        session.commit()
        with statements(database) as sent:
            for address in (LIST, f"{LIST}/no_owner", f"{LIST}/needs_unanswered.json"):
                assert client.get(address).status_code == 200
        counts.append(len(sent))
    assert counts[0] == counts[1] <= 12, counts
