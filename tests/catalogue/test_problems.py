"""Readers report problems; those who answer for the record answer them."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import func, select, update
from sqlalchemy.orm import Session

from portal import create_app
from portal.access import Grant, Kind, Role
from portal.accounts.models.people import Person
from portal.audit import HistoryEvent
from portal.catalogue.actions import problems as actions
from portal.catalogue.models.problems import Problem, ProblemContact
from portal.catalogue.rules.problems import Report, own_address, record_of
from portal.catalogue.store import problems
from portal.catalogue.words import ProblemOutcome
from portal.errors import Invalid, Stale
from portal.jobs import Worker
from portal.web.people import as_person
from tests.jobs.clock import Clock
from tests.support.accounts import (
    act,
    add_person,
    administrator,
    letters,
    other_browser,
    send,
    signed_in,
    work,
)
from tests.support.data import add_organisation, add_service
from tests.support.pages import PageClient, soup_of
from tests.support.people import Somebody
from tests.support.provision import settings_for
from tests.support.transactions import RolledBackDatabase

TODAY = act().day
As = Callable[[Person], FlaskClient]
REPORT = {"about": "/services/a-service", "text": "The name is wrong", "figure": "Name"}


class Cast:
    """Two services of a body: one with an owner, one without."""

    def __init__(self, session: Session) -> None:
        self.session = session
        self.body = add_organisation(session, "a-body").id
        add_organisation(session, "b-body")
        self.service = add_service(session, "a-service", owner="a-body").id
        add_service(session, "c-service", owner="a-body")
        add_service(session, "b-service", owner="b-body")
        self.owner = self.add("owner", Grant(Role.SERVICE_OWNER, Kind.SERVICE, self.service))
        admin = Role.ORGANISATION_ADMINISTRATOR
        self.admin = self.add("admin", Grant(admin, Kind.ORGANISATION, self.body))
        self.top = self.add("top", administrator())
        self.nobody = self.add("nobody")
        session.commit()

    def add(self, name: str, *grants: Grant) -> Person:
        return add_person(self.session, f"{name}@a.example", *grants, name=name.capitalize())

    def one(self) -> Problem:
        self.session.expire_all()
        return self.session.scalars(select(Problem).order_by(Problem.id.desc()).limit(1)).one()


@pytest.fixture
def cast(session: Session, app: Flask) -> Cast:
    return Cast(session)


@pytest.fixture
def as_(app: Flask, session: Session) -> As:
    def browser(somebody: Person) -> FlaskClient:
        client = other_browser(app)
        signed_in(client, session, somebody)
        return client

    return browser


def many(session: Session, table: Any) -> int:
    return session.scalar(select(func.count()).select_from(table)) or 0


def items(client: FlaskClient, address: str) -> Any:
    return client.get(address).get_json()["items"]


def reported(session: Session) -> list[tuple[str, str]]:
    return [(each.to_address, each.body) for each in letters(session)]


def test_a_report_reaches_the_owner_and_the_answer_the_reader(
    cast: Cast, client: PageClient, as_: As, session: Session, database: RolledBackDatabase
) -> None:
    link = soup_of(client.get("/services/a-service?x=1")).select("footer a[href^='/report-a']")
    assert link[0]["href"] == "/report-a-problem?about=%2Fservices%2Fa-service%3Fx%3D1"
    form = soup_of(client.get(str(link[0]["href"])))
    assert form.select("#about")[0]["value"] == "/services/a-service?x=1"
    said = {**REPORT, "email": "Reader@Elsewhere.example"}
    for _ in range(2):  # a double click
        sent = send(client, "/report-a-problem", said)
        assert sent.headers["Location"] == "/report-a-problem/sent"
    assert many(session, Problem) == 1
    assert "What happens next" in client.get("/report-a-problem/sent").text
    found = cast.one()
    assert found.due_on == TODAY + timedelta(days=14)
    assert (found.kind, found.thing_id) == (Kind.SERVICE, cast.service)
    work(database)
    [(to, body)] = reported(session)
    assert to == "owner@a.example" and f"/problems/{found.id}" in body
    assert "The name is wrong" not in body, "what readers write stays here"
    owner, address = as_(cast.owner), f"/problems/{found.id}"
    assert address in owner.get("/work").text and address not in as_(cast.admin).get("/work").text
    public = client.get("/services/a-service/problems").text
    assert "Not answered yet" in public and "The name is wrong" not in public
    page = owner.get(address).text
    assert "The name is wrong" in page and "reader@elsewhere.example" not in page
    assert send(owner, address, {}).status_code == 422
    answer = {"outcome": "put_right", "answer": "It has its new name now."}
    assert send(owner, address, answer).headers["Location"] == "/problems"
    assert "The answer is sent." in owner.get("/problems").text
    assert "It has its new name now." in client.get("/services/a-service/problems").text
    assert many(session, ProblemContact) == 0, "the reader's address is gone"
    work(database)
    to, body = reported(session)[-1]
    assert to == "reader@elsewhere.example"
    assert "It has been put right" in body and "It has its new name now." in body
    assert address not in owner.get("/work").text
    assert not soup_of(owner.get(address)).select("form textarea")
    rows = client.get("/services/a-service/problems.json").get_json()["items"]
    assert rows[0]["outcome"] == "put_right" and "text" not in rows[0]
    for event in session.scalars(select(HistoryEvent)):
        told = str((event.before, event.after))
        assert "wrong" not in told and "elsewhere" not in told


def test_whom_a_report_reaches(
    cast: Cast, client: PageClient, as_: As, session: Session, database: RolledBackDatabase
) -> None:
    expected = {
        "/services/c-service": "admin", "/organisations/a-body": "admin",
        "/services/b-service/history.json": "top", "/component-map": "top", "/": "top",
    }  # fmt: skip
    for about in expected:
        assert send(client, "/report-a-problem", {**REPORT, "about": about}).status_code == 303
    work(database)
    # One mail a day about each record; the pages of none are of the portal, which counts as one.
    assert [to.split("@")[0] for to, _body in reported(session)] == ["admin", "admin", "top", "top"]
    assert many(session, Problem) == len(expected)
    listed = {
        name: {row["about"] for row in items(as_(getattr(cast, name)), "/problems.json")}
        for name in ("admin", "top", "owner", "nobody")
    }  # fmt: skip
    assert listed["admin"] == {"/services/c-service", "/organisations/a-body"}
    assert listed["top"] == set(expected) and not listed["owner"] | listed["nobody"]
    waiting = {row["name"] for row in items(as_(cast.top), "/work.json?task=problem")}
    assert waiting == {"/component-map", "/", "B service"}


def test_a_former_address_still_reaches_the_record(cast: Cast, session: Session) -> None:
    from portal.catalogue.models.services import ServiceSlug

    session.add(ServiceSlug(slug="old-name", service_id=cast.service))
    session.flush()
    assert actions.thing_of(session, "/services/old-name/history").id == cast.service
    assert actions.thing_of(session, "/services/never").kind == Kind.PORTAL


@pytest.mark.parametrize(
    ("field", "value", "message"),
    [("about", "", "Enter the address of the page"),
     ("about", "https://elsewhere.example/", "Enter the address of a page of this portal"),
     ("about", "//elsewhere.example/", "Enter the address of a page of this portal"),
     ("about", "/\\elsewhere.example/", "Enter the address of a page of this portal"),
     ("about", "/no/such/page", "There is no page at this address"),
     ("text", "", "Enter what is wrong"), ("text", "x" * 4001, "4,000 characters or fewer"),
     ("figure", "x" * 301, "300 characters or fewer"),
     ("email", "nonsense", "Enter an email address in the correct format")],
)  # fmt: skip
def test_what_a_report_lacks(
    cast: Cast, client: PageClient, session: Session, field: str, value: str, message: str
) -> None:
    answer = send(client, "/report-a-problem", {**REPORT, field: value})
    assert answer.status_code == 422 and message in answer.text
    page = soup_of(answer)
    assert page.select(f".govuk-error-summary a[href='#{field}']")
    if field != "text":
        assert "The name is wrong" in page.select("#text")[0].get_text(), "what was typed stays"
    assert many(session, Problem) == 0


def test_the_whole_address_will_do() -> None:
    url = "https://catalogue.example.gov.uk"
    assert own_address(f" {url}/services/a?b=1#c ", url) == "/services/a?b=1"
    with pytest.raises(Invalid):
        own_address("https://catalogue.example.gov.uk.evil.example/", url)
    assert record_of("/services/a-b/history.csv") == (Kind.SERVICE, "a-b")
    assert record_of("/services.csv") is record_of("/services") is record_of("/") is None
    assert record_of("/organisations/x?a=/services/y") == (Kind.ORGANISATION, "x")


def test_who_may_read_and_answer(cast: Cast, client: PageClient, as_: As, session: Session) -> None:
    send(client, "/report-a-problem", REPORT)
    address = f"/problems/{cast.one().id}"
    assert as_(cast.nobody).get(address).status_code == 403
    assert as_(cast.nobody).get("/problems/9999").status_code == 404
    assert client.get(address).status_code == 302
    assert as_(cast.admin).get(address).status_code == 200
    assert "Nobody has reported" in as_(cast.nobody).get("/problems").text


def test_an_answer_that_came_first_counts(
    cast: Cast, client: PageClient, as_: As, session: Session, database: RolledBackDatabase
) -> None:
    send(client, "/report-a-problem", REPORT)
    found, owner = cast.one().id, as_(cast.owner)
    token = soup_of(owner.get(f"/problems/{found}")).select("input[name=csrf_token]")[0]["value"]
    told = actions.Told("A service", "https://c.example")
    actions.answer(database, found, ProblemOutcome.NOT_CHANGED, "First", act(), told)
    with pytest.raises(Stale):
        actions.answer(database, found, ProblemOutcome.PUT_RIGHT, "Second", act(), told)
    late = owner.post(
        f"/problems/{found}",
        data={"csrf_token": token, "outcome": "put_right", "answer": "Third"},
    )
    assert late.status_code == 422 and "Somebody has answered this already" in late.text
    assert cast.one().answer == "First"


def test_a_readers_address_can_be_deleted(
    cast: Cast, client: PageClient, as_: As, session: Session, database: RolledBackDatabase
) -> None:
    send(client, "/report-a-problem", {**REPORT, "email": "reader@elsewhere.example"})
    address = f"/problems/{cast.one().id}"
    owner = as_(cast.owner)
    assert f"{address}/forget" in owner.get(address).text
    assert send(owner, f"{address}/forget", {}).headers["Location"] == address
    assert many(session, ProblemContact) == 0 and "No address" in owner.get(address).text
    # What nobody answers for half a year is forgotten by itself.
    send(client, "/report-a-problem", {**REPORT, "text": "Another", "email": "r@elsewhere.example"})
    assert many(session, ProblemContact) == 1
    session.execute(update(Problem).values(reported_at=Clock().now - timedelta(days=181)))
    session.commit()
    Worker(database, settings_for(database), clock=Clock()).until_idle()
    session.expire_all()
    assert many(session, ProblemContact) == 0 and many(session, Problem) == 2


def test_the_lists_have_filters_pages_and_files(
    cast: Cast, client: PageClient, as_: As, session: Session
) -> None:
    where = Kind.SERVICE, cast.service
    from portal.access import Thing

    for n in range(60):
        said = Report("/services/a-service", None, f"={n}", None)
        made = problems.add(session, said, Thing(*where), act())
        assert made
        if n < 5:
            problems.answer(session, made, ProblemOutcome.PUT_RIGHT, "Done", act())
    late = select(Problem.id).where(Problem.answered_at.is_(None)).limit(3)
    session.execute(
        update(Problem).where(Problem.id.in_(late)).values(due_on=TODAY - timedelta(days=1))
    )
    session.commit()
    for list_of, browser in (
        ("/problems", as_(cast.owner)),
        ("/services/a-service/problems", client),
    ):
        first = soup_of(browser.get(list_of))
        following = str(first.select("a[rel=next]")[0]["href"])
        rest = soup_of(browser.get(following))
        many_on = [len(page.select("tbody tr, .portal-result")) for page in (first, rest)]
        assert many_on == [50, 10]
        counted = {
            state: browser.get(f"{list_of}.json?state={state}").get_json()["count"]
            for state in ("open", "answered", "overdue")
        }
        assert counted == {"open": 55, "answered": 5, "overdue": 3}
        assert browser.get(f"{list_of}.json?state=nonsense").status_code == 400
        assert "state=nonsense" in browser.get(f"{list_of}?state=nonsense").text
        assert browser.get(f"{list_of}.csv").text.count("\r\n") == 61
    assert "'=59" in as_(cast.owner).get("/problems.csv").text
    assert "=59" not in client.get("/services/a-service/problems.csv").text
    empty = as_(cast.owner).get("/problems?kind=component").text
    assert "Nothing matches" in empty
    assert "Nobody has reported a problem" in client.get("/services/b-service/problems").text
    assert client.get("/services/nothing/problems").status_code == 404


@pytest.mark.parametrize("kind", ["sqlite"])
def test_one_network_reports_so_often(database: RolledBackDatabase, session: Session) -> None:
    from dataclasses import replace

    app = create_app(replace(settings_for(database), problems_per_network=2), database)
    app.config["WTF_CSRF_ENABLED"] = False
    client = app.test_client()
    codes = [
        client.post("/report-a-problem", data={**REPORT, "about": "/", "text": str(n)}).status_code
        for n in range(3)
    ]
    assert codes == [303, 303, 429]
    assert client.get("/report-a-problem").status_code == 200


def test_addresses_that_let_somebody_in_are_not_reported(app: Flask) -> None:
    client = app.test_client()
    for address in ("/confirm/secret-token", "/sign-in/link/secret-token", "/sign-in"):
        link = soup_of(client.get(address)).select("footer a[href^='/report-a-problem']")
        assert link[0]["href"] == "/report-a-problem", address


def test_a_long_reader_stays_out_of_the_way(app: Flask, cast: Cast) -> None:
    with as_person(app, Somebody()):
        page = app.test_client().get("/report-a-problem?about=/services/" + "x" * 3000)
        assert page.status_code == 200
