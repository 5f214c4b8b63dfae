"""Confirming a record: signed in, and by the link in a mail."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from itsdangerous import URLSafeSerializer
from sqlalchemy import func, select, update
from sqlalchemy.orm import Session

from portal.access import Grant, Kind, Role
from portal.accounts.models.people import Person
from portal.accounts.rules import signed_links
from portal.accounts.store import grants, people
from portal.audit import Act, HistoryEvent
from portal.catalogue.actions import reviews as actions
from portal.catalogue.models.reviews import Review
from portal.catalogue.rules.documents import clean_service
from portal.catalogue.store import organisations, reviews, service_batches, services
from portal.catalogue.words import Reviewed
from portal.db import Database
from portal.errors import Refused
from tests.support.accounts import act, add_person, other_browser, send, signed_in
from tests.support.data import ACT, add_organisation, add_service, service_document
from tests.support.pages import PageClient, soup_of
from tests.support.provision import SECRET
from tests.support.storefront import add_capability, add_component
from tests.support.transactions import RolledBackDatabase

TODAY = act().day
CAME = ACT.day
As = Callable[[Person], FlaskClient]


class Cast:
    """A service and a component of one body, each with an owner."""

    def __init__(self, session: Session) -> None:
        self.session = session
        self.body = add_organisation(session, "a-body").id
        self.service = add_service(session, "a-service", owner="a-body", audiences=["public"]).id
        add_capability(session, "need")
        add_component(session, "pay", "need", provider="a-body")
        self.component = session.scalars(select(Review.thing_id).where(
            Review.kind == Reviewed.COMPONENT)).one()  # fmt: skip
        self.owner = self.add("owner", Role.SERVICE_OWNER, Kind.SERVICE, self.service)
        self.provider = self.add(
            "provider", Role.COMPONENT_PROVIDER, Kind.COMPONENT, self.component
        )
        admin = Role.ORGANISATION_ADMINISTRATOR
        self.admin = self.add("admin", admin, Kind.ORGANISATION, self.body)
        self.nobody = add_person(session, "nobody@a.example", name="Nobody")
        session.commit()

    def add(self, name: str, role: Role, kind: Kind, thing: int) -> Person:
        email = f"{name}@a.example"
        return add_person(self.session, email, Grant(role, kind, thing), name=name.capitalize())

    def review(self, kind: Reviewed = Reviewed.SERVICE) -> Review:
        self.session.expire_all()
        return self.session.scalars(select(Review).where(Review.kind == kind)).one()

    def late(self, days: int) -> None:
        """The reviews were due so many days ago."""
        by = TODAY - timedelta(days=days)
        asked = update(Review).where(Review.review_by.is_not(None))
        self.session.execute(asked.values(review_by=by))
        self.session.commit()


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


def token_for(person: Person, kind: str, thing: int, day: date = TODAY) -> str:
    return f"/confirm/{signed_links.sign(SECRET, person.id, kind, thing, day)}"


def events(session: Session) -> int:
    return session.scalar(select(func.count()).select_from(HistoryEvent)) or 0


def test_a_record_is_reckoned_from_the_day_it_came(session: Session) -> None:
    add_organisation(session, "a-body")
    live = add_service(session, "a", audiences=["public"]).id
    quiet = add_service(session, "b", audiences=["internal"]).id
    gone = add_service(session, "c", phase="retired").id
    found = reviews.standings(session, Reviewed.SERVICE, [live, quiet, gone])
    assert found[live].review_by == date(2026, 7, 2) and found[live].since == CAME
    assert found[quiet].review_by == date(2027, 1, 2)
    assert found[gone].review_by is None
    assert all(each.confirmed_at is None for each in found.values()), "an import confirms nothing"


@pytest.mark.parametrize("many", [False, True])
def test_the_day_follows_what_the_record_says(session: Session, many: bool) -> None:
    made = add_service(session, "a", audiences=["public"])
    reviews.confirm(session, Reviewed.SERVICE, made.id, None, act())

    def change(**fields: Any) -> date | None:
        session.flush()
        session.expunge_all()
        row = services.by_slug(session, "a")
        before = services.document_of(row)
        after, refs = clean_service({**before, **fields}), organisations.ids_by_reference(session)
        if many:
            changed = service_batches.change(row.id, before, after, refs, ACT)
            service_batches.write(session, [changed], refs, ACT, "edited")
        else:
            services.save(session, row, before, after, refs, ACT, "edited")
        found = reviews.standing(session, Reviewed.SERVICE, row.id)
        assert found and found.confirmed_at
        return found.review_by

    from portal.catalogue.rules.reviews import add_months

    assert change(audiences=["business"]) == add_months(TODAY, 12)
    assert change(audiences=["public"], name="Other") == add_months(TODAY, 6)
    retired = [{"phase": "live", "since": None, "until": "2026-01-01"},
               {"phase": "retired", "since": "2026-01-01", "until": None}]  # fmt: skip
    assert change(phases=retired) is None
    services.remove(session, [made.id], ACT, "removed")
    assert reviews.standing(session, Reviewed.SERVICE, made.id) is None


def test_a_batch_of_new_services_gets_reviews(session: Session) -> None:
    documents = [service_document(f"s-{n}", audiences=["public"]) for n in range(150)]
    changes = [service_batches.change(None, None, each, {}, ACT) for each in documents]
    ids = service_batches.write(session, changes, {}, ACT, "imported")
    found = reviews.standings(session, Reviewed.SERVICE, ids)
    assert len(found) == 150 and {each.review_by for each in found.values()} == {date(2026, 7, 2)}


def test_one_without_a_review_gets_it(session: Session) -> None:
    made = add_service(session, "a").id
    reviews.remove(session, Reviewed.SERVICE, [made])
    assert reviews.add_missing(session, TODAY) == 1
    assert reviews.add_missing(session, TODAY) == 0
    found = reviews.standing(session, Reviewed.SERVICE, made)
    assert found and found.since == TODAY


def test_an_owner_confirms_on_the_page(
    cast: Cast, as_: As, client: PageClient, session: Session
) -> None:
    visitor = client.get("/services/a-service").text
    assert "nobody has confirmed it yet" in visitor and "/a-service/confirm" not in visitor
    assert "/services/a-service/confirm" not in as_(cast.nobody).get("/services/a-service").text
    owner = as_(cast.owner)
    assert "/services/a-service/confirm" in owner.get("/services/a-service").text
    page = owner.get("/services/a-service/confirm")
    assert "A service" in page.text and "Not recorded" in page.text
    wrong = send(owner, "/services/a-service/confirm", {})
    assert wrong.status_code == 422 and "Select an answer" in wrong.text
    assert cast.review().confirmed_at is None
    done = send(owner, "/services/a-service/confirm", {"answer": "right"})
    assert done.headers["Location"] == "/services/a-service"
    told = owner.get("/services/a-service").text
    assert "Thank you. You have confirmed this record." in told
    assert "by the service team" in told
    review = cast.review()
    assert review.confirmed_by == f"person:{cast.owner.id}"
    assert review.confirmed_as is Role.SERVICE_OWNER
    history = soup_of(client.get("/services/a-service/history")).select(".portal-event h2")
    assert [each.get_text().split()[0] for each in history] == ["Confirmed", "Added"]
    record = client.get("/services/a-service.json").get_json()
    assert record["confirmed_on"] == TODAY.isoformat() and record["review_state"] == "fresh"
    assert record["edited_on"] == "2026-01-02"
    before = events(session)
    send(owner, "/services/a-service/confirm", {"answer": "right"})
    assert events(session) == before, "twice on one day is once"
    as_at = client.get(f"/services/a-service/as-at/{TODAY}.json").get_json()
    assert as_at["confirmed_on"] == TODAY.isoformat()
    assert (
        client.get("/services/a-service/as-at/2026-01-03.json").get_json()["confirmed_on"] is None
    )


def test_who_may_not_confirm(cast: Cast, as_: As) -> None:
    assert as_(cast.nobody).get("/services/a-service/confirm").status_code == 403
    assert as_(cast.nobody).get("/services/nothing/confirm").status_code == 404
    assert as_(cast.owner).get("/components/pay/confirm").status_code == 403
    assert as_(cast.provider).get("/components/pay/confirm").status_code == 200
    assert as_(cast.admin).get("/components/pay/confirm").status_code == 200


def test_the_link_of_a_mail_confirms_by_post_only(
    cast: Cast, client: PageClient, session: Session
) -> None:
    address = token_for(cast.provider, "component", cast.component)
    before = events(session)
    page = client.get(address)
    assert page.status_code == 200 and "Pay" in page.text
    client.head(address)
    assert events(session) == before and cast.review(Reviewed.COMPONENT).confirmed_at is None
    assert send(client, address, {"answer": "right"}).headers["Location"] == "/components/pay"
    review = cast.review(Reviewed.COMPONENT)
    assert review.confirmed_by == f"person:{cast.provider.id}"
    assert review.confirmed_as is Role.COMPONENT_PROVIDER
    told = client.get("/components/pay").text
    assert "Thank you" in told and "by its provider" in told
    after = events(session)
    assert send(client, address, {"answer": "right"}).status_code == 303
    assert events(session) == after, "answering twice is harmless"


def test_not_ours_waits_for_an_administrator(
    cast: Cast, client: PageClient, as_: As, session: Session
) -> None:
    cast.late(1)
    address = token_for(cast.owner, "service", cast.service)
    assert "A service" in as_(cast.owner).get("/work").text
    for _ in range(2):
        assert send(client, address, {"answer": "not_ours"}).status_code == 303
    review = cast.review()
    assert review.disowned_by == f"person:{cast.owner.id}" and review.confirmed_at is None
    assert "A service" not in as_(cast.owner).get("/work").text, "not asked again"
    work = as_(cast.admin).get("/work?task=disowned")
    assert "/services/a-service/people" in work.text
    # Somebody else is made the owner.
    heir = Grant(Role.SERVICE_OWNER, Kind.SERVICE, cast.service)
    grants.add(session, cast.nobody.id, heir, act())
    session.commit()
    assert "Nothing waits for you" in as_(cast.admin).get("/work?task=disowned").text
    assert "A service" in as_(cast.nobody).get("/work").text
    send(as_(cast.nobody), "/services/a-service/confirm", {"answer": "right"})
    assert cast.review().disowned_at is None


@pytest.mark.parametrize("answer", ["changed", "ended"])
def test_an_answer_that_leads_on_changes_nothing(
    cast: Cast, client: PageClient, session: Session, answer: str
) -> None:
    before = events(session)
    address = token_for(cast.owner, "service", cast.service)
    where = send(client, address, {"answer": answer}).headers["Location"]
    assert where.startswith("/") and events(session) == before
    assert client.get(where).status_code in (200, 302)


def test_links_that_are_not_good(cast: Cast, client: PageClient, session: Session) -> None:
    good = token_for(cast.owner, "service", cast.service)
    forged = URLSafeSerializer("x" * 32, "portal.confirm").dumps([cast.owner.id, "service", 1, ""])
    for wrong in (good[:-1], good + "x", "/confirm/" + forged, "/confirm/" + good[9:].swapcase(),
                  token_for(cast.owner, "organisation", cast.body)):  # fmt: skip
        answer = client.get(wrong)
        assert answer.status_code == 404 and "You cannot use this link" in answer.text, wrong
    last = token_for(cast.owner, "service", cast.service, TODAY - timedelta(days=21))
    assert client.get(last).status_code == 200, "the last day"
    old = token_for(cast.owner, "service", cast.service, TODAY - timedelta(days=22))
    assert client.get(old).status_code == 410 and "21 days" in client.get(old).text
    assert client.get(token_for(cast.nobody, "service", cast.service)).status_code == 403
    assert client.get(token_for(cast.owner, "component", cast.component)).status_code == 403
    assert client.get(token_for(cast.owner, "service", 10**6)).status_code == 403
    assert cast.review().confirmed_at is None


def test_a_link_of_somebody_who_left(cast: Cast, client: PageClient, session: Session) -> None:
    address = token_for(cast.owner, "service", cast.service)
    token = soup_of(client.get(address)).select("input[name=csrf_token]")[0]["value"]
    [held] = grants.of_person(session, cast.owner.id, TODAY)
    grants.end(session, held, act())
    session.commit()
    answer = client.post(address, data={"csrf_token": token, "answer": "right"})
    assert answer.status_code == 403 and "no role on this record" in answer.text
    held.until = None
    people.deactivate(session, people.get(session, cast.owner.id), act())
    session.commit()
    assert client.get(address).status_code == 403, "their account is closed"
    assert cast.review().confirmed_at is None


def test_an_action_asks_for_the_role_itself(cast: Cast, database: RolledBackDatabase) -> None:
    from portal.access import Thing
    from tests.support.people import Somebody

    thing = Thing(Kind.SERVICE, cast.service, frozenset({cast.body}))
    for action in (actions.confirm, actions.disown):
        with pytest.raises(Refused):
            action(database, Somebody(), thing, act())


def listed(client: PageClient, choice: str) -> Any:
    return client.get(f"/services.json?review={choice}").get_json()["items"]


def test_the_list_says_and_finds_what_is_late(cast: Cast, client: PageClient) -> None:
    add_service(cast.session, "b-service", phase="retired")
    cast.session.commit()
    cast.late(70)
    assert "May be out of date" in client.get("/services").text
    assert "This record may be out of date." in client.get("/services/a-service").text
    found = {
        choice: [row["slug"] for row in listed(client, choice)]
        for choice in ("fresh", "due", "overdue", "stale", "never")
    }  # fmt: skip
    assert found["stale"] == found["never"] == ["a-service"]
    assert not found["fresh"] + found["due"] + found["overdue"]
    page = soup_of(client.get("/services?review=stale&q=service"))
    assert len(page.select(".portal-result")) == 1
    assert "May be out of date" in page.select(".portal-chosen")[0].get_text()
    assert client.get("/services.json?review=nonsense").status_code == 400
    rows = client.get("/services.csv?review=stale").text.splitlines()
    assert rows[0].endswith("edited_on,confirmed_on,review_by,review_state")
    assert rows[1].endswith(",stale")
    assert client.get("/components.csv").text.splitlines()[1].endswith(",stale")
    assert client.get("/components/pay.json").get_json()["review_state"] == "stale"


def test_a_confirmation_and_an_edit_at_once(fresh_database: Database) -> None:
    with fresh_database.writing() as session:
        made = add_service(session, "a").id
    later = Act("person:1", datetime(2026, 3, 1, tzinfo=UTC), "test")
    with fresh_database.writing() as session:
        assert reviews.confirm(session, Reviewed.SERVICE, made, Role.SERVICE_OWNER, later)
        again = replace(later, at=later.at + timedelta(hours=1))
        assert not reviews.confirm(session, Reviewed.SERVICE, made, Role.TEAM_MEMBER, again)
        assert reviews.disown(session, Reviewed.SERVICE, made, again)
        assert not reviews.disown(session, Reviewed.SERVICE, made, again)
    with fresh_database.reading() as session:
        found = reviews.standing(session, Reviewed.SERVICE, made)
        assert found and found.review_by == date(2027, 3, 1)
