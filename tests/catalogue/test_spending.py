"""Requests to spend: recorded by those who may edit, decided, public or not."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select
from sqlalchemy.orm import Session

from portal.access import Grant, Kind, Role, Visitor
from portal.audit import history_of
from portal.catalogue.actions import merging, spend_conditions
from portal.catalogue.actions import spending as acts
from portal.catalogue.actions.mandate_work import waiting
from portal.catalogue.actions.merging import Wanted as Merging
from portal.catalogue.actions.spending import Decided, Wanted, Whose
from portal.catalogue.component_words import SpendDecision
from portal.catalogue.forms.spending import whole
from portal.catalogue.models.spending import SpendUsage
from portal.catalogue.models.usage import Usage
from portal.catalogue.rules.spending import Condition
from portal.catalogue.store import organisations, services, spending
from portal.catalogue.store.spending import SpendQuery
from portal.catalogue.words import RecordKind
from portal.db import Database
from portal.errors import Invalid, Missing, Stale
from portal.mail import Mail
from tests.support.accounts import act, add_person, other_browser, send, signed_in
from tests.support.data import add_organisation, add_service
from tests.support.pages import PageClient, soup_of
from tests.support.people import Somebody
from tests.support.storefront import add_capability, add_component, add_usage

TODAY = act().day
BY = replace(act(), actor="person:1000000")
URL = "https://portal.example"
NEW = "/services/a-fine/spend-requests/new"
BOARD = Grant(Role.ASSURANCE_TEAM, Kind.PORTAL, 0)
D = SpendDecision


@pytest.fixture
def paid(app: Flask, session: Session) -> Session:
    """Two services, one of which uses something that spend pays for."""
    for body in ("ministry", "agency"):
        add_organisation(session, body)
    add_capability(session, "needs")
    add_capability(session, "pay", "needs")
    add_component(session, "payments", "pay")
    for slug in ("a-fine", "b-tax"):
        add_service(session, slug, owner="ministry")
        add_usage(session, slug, "pay", component="payments")
    session.commit()
    return session


def browser(app: Flask, session: Session, email: str, *roles: Grant) -> FlaskClient:
    client = other_browser(app)
    signed_in(client, session, add_person(session, email, *roles))
    return client


@pytest.fixture
def team(app: Flask, paid: Session) -> FlaskClient:
    service = services.ids_by_slug(paid)["a-fine"]
    return browser(app, paid, "t@a.example", Grant(Role.TEAM_MEMBER, Kind.SERVICE, service))


@pytest.fixture
def board(app: Flask, paid: Session) -> FlaskClient:
    return browser(app, paid, "board@a.example", BOARD)


def day(name: str, days: int) -> dict[str, str]:
    when = TODAY + timedelta(days)
    return {f"{name}-day": str(when.day), f"{name}-month": str(when.month),
            f"{name}-year": str(when.year)}  # fmt: skip


def usage(session: Session, slug: str) -> int:
    service = services.ids_by_slug(session)[slug]
    return session.scalars(select(Usage.id).where(Usage.service_id == service)).one()


def wanted(**changes: Any) -> Wanted:
    known: dict[str, Any] = {"what": "Tills", "amount": 1000, "years": 2, "asked_on": TODAY}
    return Wanted(**{**known, **changes})


def of(session: Session, slug: str = "a-fine") -> Whose:
    return Whose(services.ids_by_slug(session)[slug])


def listed(session: Session, *roles: Grant, **query: Any) -> list[str]:
    who = Somebody(roles) if roles else Visitor()
    rows = spending.listing(session, SpendQuery(**query), spending.seen_by(who))
    return [row.what for row in rows]


def test_a_team_records_and_the_board_decides(
    team: FlaskClient, board: FlaskClient, client: PageClient, paid: Session
) -> None:
    assert NEW in team.get("/services/a-fine/needs").text
    funds = usage(paid, "a-fine")
    typed = {"what": "Move to Payments", "amount": "lots", "years": "2", "need": "pay",
             "reference": "SC-1", "funds": [str(funds)], **day("asked_on", -3)}  # fmt: skip
    wrong = send(team, NEW, typed)
    assert wrong.status_code == 422 and "Enter the amount in whole pounds" in wrong.text
    assert "Move to Payments" in wrong.text, "what was typed stays"
    sent = [send(team, NEW, {**typed, "amount": "£1,200,000"}) for _ in range(2)]
    [page] = {answer.headers["Location"] for answer in sent}
    assert "£1,200,000" in team.get(page).text
    usage_page = f"/usages/{funds}"
    for address in (usage_page, "/spend-requests", "/services/a-fine/history"):
        text = client.get(address).text
        assert "Move to Payments" not in text and "1,200,000" not in text
    assert client.get(page).headers["Location"].startswith("/sign-in")
    assert client.get(f"{page}.json").status_code == 401
    assert "Move to Payments" in team.get(usage_page).text
    assert "Move to Payments" in team.get("/spend-requests").text
    assert send(team, f"{page}/change", {**typed, "amount": "1000000"}).status_code == 303
    assert team.get(f"{page}/decide").status_code == 403
    decided = {"decision": "approved_with_conditions", "by": "The board",
               "conditions": "Publish the cost\n\nTest it", **day("due_on", 90)}  # fmt: skip
    early = send(board, f"{page}/decide", {**decided, **day("decided_on", -9)})
    assert early.status_code == 422 and "must not be before the request" in early.text
    answer = send(board, f"{page}/decide", {**decided, **day("decided_on", -1)})
    assert answer.headers["Location"] == page
    for address in (f"{page}/decide", f"{page}/change"):
        assert (board if "decide" in address else team).get(address).status_code == 303
    shown = soup_of(client.get(page))
    assert "£1,000,000" in shown.get_text() and "Approved with conditions" in shown.get_text()
    assert len(shown.select("#conditions tbody tr")) == 2
    assert "Move to Payments" in client.get(usage_page).text
    assert client.get(f"{usage_page}.json").get_json()["spend_requests"]
    met = f"{page}/conditions/1"
    assert send(board, met, day("met_on", 3)).status_code == 422
    assert send(board, met, day("met_on", 0)).headers["Location"] == page
    assert board.get(f"{page}/conditions/3").status_code == 404
    document = client.get(f"{page}.json").get_json()
    assert document["open_conditions"] == 1 and document["funds"] == [funds]
    assert document["conditions"][0]["met_on"] == TODAY.isoformat()
    assert "Publish the cost" in client.get(f"{page}.csv").text
    history = client.get("/services/a-fine/history").text
    assert "Request to spend" in history and "Approved with conditions" in history
    row = client.get("/spend-requests.json?conditions=open&need=pay").get_json()["items"][0]
    assert (row["amount"], row["organisation"]) == (1_000_000, "Ministry")
    told = client.get("/spend-requests?decision=x&after=zz&organisation=ministry&service=a-fine")
    assert "decision=x" in told.text and "Ministry" in told.text
    assert "No request matches" in client.get("/spend-requests?need=none").text
    assert client.get("/spend-requests.csv?decision=x").status_code == 400


def test_it_is_withdrawn(team: FlaskClient, board: FlaskClient, paid: Session) -> None:
    page = send(
        team, NEW, {"what": "X", "amount": "1", "years": "1", **day("asked_on", 0)}
    ).headers["Location"]  # fmt: skip
    assert send(team, f"{page}/withdraw", {}, page).status_code == 200, "asks first"
    assert send(team, f"{page}/withdraw", {"confirm": "yes"}, page).status_code == 303
    assert "Withdrawn" in team.get(page).text
    assert board.get(f"{page}/decide").status_code == 303


def test_an_organisation_asks(app: Flask, paid: Session, database: Database) -> None:
    body = organisations.by_slug(paid, "ministry").id
    there = Grant(Role.ORGANISATION_ADMINISTRATOR, Kind.ORGANISATION, body)
    administrator = browser(app, paid, "admin@a.example", there)
    page = "/organisations/ministry/spend-requests/new"
    assert page in administrator.get("/organisations/ministry/edit").text
    typed = {"what": "A platform", "amount": "9", "years": "1", **day("asked_on", 0)}
    made = send(administrator, page, typed).headers["Location"]
    assert "A platform" in administrator.get(made).text
    assert listed(paid, there, organisation="ministry") == ["A platform"]
    member = Grant(Role.TEAM_MEMBER, Kind.ORGANISATION, body)
    assert listed(paid, member) == listed(paid) == []
    wrong = wanted(funds=[usage(paid, "a-fine")])
    with pytest.raises(Invalid):
        acts.ask(database, Whose(None, body), wrong, act())


def test_who_sees_what(paid: Session, database: Database) -> None:
    one = acts.ask(database, of(paid), wanted(what="Waits"), act())
    two = acts.ask(database, of(paid), wanted(what="Secret", confidential=True), act())
    three = acts.ask(database, of(paid, "b-tax"), wanted(what="Refused", need="pay"), act())
    acts.decide(database, two, Decided(D.APPROVED, "The board", TODAY, confidential=True), BY, URL)
    acts.decide(database, three, Decided(D.REFUSED, "The board", TODAY, "Too dear"), BY, URL)
    assert listed(paid) == ["Refused"]
    assert listed(paid, Grant(Role.LEADERSHIP, Kind.PORTAL, 0)) == ["Refused"]
    assert listed(paid, BOARD) == ["Refused", "Secret", "Waits"]
    mine = Grant(Role.TEAM_MEMBER, Kind.SERVICE, services.ids_by_slug(paid)["a-fine"])
    assert listed(paid, mine) == ["Refused", "Secret", "Waits"]
    theirs = Grant(Role.TEAM_MEMBER, Kind.SERVICE, services.ids_by_slug(paid)["b-tax"])
    assert listed(paid, theirs) == ["Refused"]
    assert listed(paid, BOARD, decision=D.WAITING) == ["Waits"]
    assert spending.needs(paid, spending.seen_by(Visitor())) == [("pay", "Pay")]
    with database.reading() as session:
        assert [i.href for i in waiting(session, Somebody((BOARD,)), TODAY)] == [
            f"/spend-requests/{one}"
        ]
        assert list(waiting(session, Somebody((mine,)), TODAY)) == []
    service = services.ids_by_slug(paid)["a-fine"]
    assert not any(e.tag.startswith("spend") for e in history_of(paid, "service", service))
    tags = [e.tag for e in history_of(paid, spending.THING, two)]
    assert tags == ["spend.approved", "spend.recorded"]


def test_what_cannot_be(paid: Session, database: Database) -> None:
    one = acts.ask(database, of(paid), wanted(), act())
    with pytest.raises(Invalid):
        acts.decide(database, one, Decided(D.APPROVED, "Us", TODAY), act(), URL)
    with pytest.raises(Invalid):
        acts.change(database, one, wanted(need="nothing"), act())
    assert not acts.change(database, one, wanted(), act())
    acts.decide(database, one, Decided(D.APPROVED, "The board", TODAY), BY, URL)
    with pytest.raises(Stale):
        acts.decide(database, one, Decided(D.REFUSED, "The board", TODAY, "No"), BY, URL)
    with pytest.raises(Stale):
        acts.change(database, one, wanted(amount=2), act())
    with pytest.raises(Stale):
        acts.withdraw(database, one, act())
    with pytest.raises(Missing):
        spend_conditions.meet(database, one, 1, TODAY, act())
    assert [whole(text) for text in ("£1,000", "1 000", "1.5", "1,5", "", None)] == [
        1000, 1000, None, None, None, None,
    ]  # fmt: skip


def test_whoever_asked_is_told_once_and_has_the_conditions_to_meet(
    paid: Session, database: Database
) -> None:
    service = services.ids_by_slug(paid)["a-fine"]
    owner = add_person(paid, "owner@a.example", Grant(Role.SERVICE_OWNER, Kind.SERVICE, service))
    paid.commit()
    one = acts.ask(database, of(paid), wanted(), act())
    late = [Condition("Move", TODAY - timedelta(days=1))]
    said = Decided(D.APPROVED_WITH_CONDITIONS, "The board", TODAY, None, late)
    with pytest.raises(Invalid, match="before the decision"):
        acts.decide(database, one, said, BY, URL)
    due = TODAY + timedelta(days=30)
    said = Decided(D.APPROVED_WITH_CONDITIONS, "The board", TODAY, None, [Condition("Move", due)])
    acts.decide(database, one, said, BY, URL)
    paid.expire_all()
    mails = paid.scalars(select(Mail).where(Mail.kind == "spend_decided")).all()
    assert [each.to_address for each in mails] == ["owner@a.example"]
    held = (Grant(Role.SERVICE_OWNER, Kind.SERVICE, service),)
    items = list(waiting(paid, Somebody(held, id=owner.id), TODAY))
    assert [(i.name, i.due) for i in items if i.task == "meet_condition"] == [
        (f"{wanted().what}: Move", due)
    ]
    spend_conditions.meet(database, one, 1, TODAY, act())
    items = list(waiting(paid, Somebody(held, id=owner.id), TODAY))
    assert not [i for i in items if i.task == "meet_condition"]


def test_records_that_become_one(paid: Session, database: Database) -> None:
    goes, stays = services.ids_by_slug(paid)["b-tax"], services.ids_by_slug(paid)["a-fine"]
    funds = [usage(paid, "b-tax")]
    one = acts.ask(database, Whose(goes), wanted(funds=funds), act())
    conditions = [Condition("Test it")]
    said = Decided(D.APPROVED_WITH_CONDITIONS, "The board", TODAY, None, conditions)
    acts.decide(database, one, said, BY, URL)
    kept = usage(paid, "a-fine")
    merging.merge(database, Merging(RecordKind.SERVICE, stays, goes), act())
    paid.expire_all()
    assert spending.get(paid, one).service_id == stays
    assert paid.scalars(select(SpendUsage.usage_id)).all() == [kept], "what it pays for is one"
    bodies = [organisations.by_slug(paid, slug).id for slug in ("ministry", "agency")]
    two = acts.ask(database, Whose(None, bodies[1]), wanted(), act())
    merging.merge(database, Merging(RecordKind.ORGANISATION, *bodies), act())
    paid.expire_all()
    assert spending.get(paid, two).organisation_id == bodies[0]


def base_on(client: FlaskClient, page: str) -> str:
    return str(soup_of(client.get(page)).select("[name=base]")[0]["value"])


def errors_of(answer: Any) -> list[str]:
    return [each.get_text() for each in soup_of(answer).select(".govuk-error-summary__list li")]


def test_conditions_are_put_right_after_the_decision(
    team: FlaskClient, board: FlaskClient, client: PageClient, paid: Session, database: Database
) -> None:
    one = acts.ask(database, of(paid), wanted(), act())
    said = [Condition("Test it", TODAY + timedelta(9)), Condition("Slip")]
    acts.decide(database, one, Decided(D.APPROVED_WITH_CONDITIONS, "B", TODAY, None, said), BY, URL)
    page = f"/spend-requests/{one}"
    right, gone, more = (f"{page}/conditions/{x}" for x in ("1/change", "2/remove", "add"))
    assert team.get(right).status_code == 403
    old = base_on(board, right)
    typed = {"text": "Test it\nwith users", "why": "A slip", "base": old, **day("due_on", 30)}
    wrong = errors_of(
        send(
            board, right, {**typed, "text": "", "why": "", **day("due_on", -1), **day("met_on", 2)}
        )
    )
    assert len(wrong) == 4, "all at once"
    assert send(board, right, typed).headers["Location"] == page
    shown = soup_of(client.get(page)).select("main")[0].get_text(" ", strip=True)
    assert "Test it with users" in shown and "What happened to the conditions since" in shown
    assert "Reason: A slip" in shown and "Slip " not in shown.split("What happened")[1]
    late = send(board, more, {"text": "Publish it", "why": "Forgotten", "base": old})
    assert late.status_code == 422 and "Somebody changed this meanwhile" in late.text
    again = {"text": "Publish it", "why": "Forgotten", "base": base_on(board, more)}
    assert send(board, more, again).status_code == 303
    assert send(board, more, {**again, "base": "x"}).status_code == 422
    taken = {"why": "No condition", "base": base_on(board, gone)}
    assert send(board, gone, taken).status_code == 303
    paid.expire_all()
    assert [(c.position, c.text) for c in spending.get(paid, one).conditions] == [
        (1, "Test it with users"), (2, "Publish it"),
    ]  # fmt: skip
    nothing = {**typed, "base": base_on(board, right)}
    assert send(board, right, nothing).status_code == 303
    tags = [e.tag for e in history_of(paid, spending.THING, one)]
    assert tags == ["spend.condition_removed", "spend.condition_added",
                    "spend.condition_corrected", "spend.approved_with_conditions",
                    "spend.recorded"]  # fmt: skip
    assert send(board, gone, {"why": "x", "base": base_on(board, gone)}).status_code == 303
    last = f"{page}/conditions/1/remove"
    only = send(board, last, {"why": "x", "base": base_on(board, last)})
    assert only.status_code == 422 and "has at least one" in only.text
    assert board.get(gone).status_code == 404
    plain = acts.ask(database, of(paid), wanted(what="Plain"), act())
    assert board.get(f"/spend-requests/{plain}/conditions/add").status_code == 404


def test_whoever_decides_sees_the_case_and_every_error(
    board: FlaskClient, team: FlaskClient, paid: Session, database: Database
) -> None:
    before = acts.ask(database, of(paid), wanted(what="The first tills"), act())
    acts.decide(database, before, Decided(D.REFUSED, "B", TODAY, "Too dear"), BY, URL)
    need = {"need": "pay", "funds": [usage(paid, "a-fine")]}
    page = f"/spend-requests/{acts.ask(database, of(paid), wanted(**need), act())}/decide"
    shown = soup_of(board.get(page)).select("main")[0].get_text(" ", strip=True)
    for said in ("A fine", "Ministry", "Live", "Payments", "In use, since", "The request pays for",
                 "The first tills : Refused", "Too dear", "£1,000, over 2 years"):  # fmt: skip
        assert said in shown, said
    wrong = {"decision": "refused", "conditions": "Test it", **day("decided_on", 3)}
    assert len(errors_of(send(board, page, wrong))) == 4
    typed = {"what": "", "amount": "x", "years": "99", **day("asked_on", 5)}
    assert len(errors_of(send(team, NEW, typed))) == 4
    body = organisations.by_slug(paid, "ministry").id
    page = f"/spend-requests/{acts.ask(database, Whose(None, body), wanted(), act())}/decide"
    shown = soup_of(board.get(page)).select("main")[0].get_text(" ", strip=True)
    assert "Ministry" in shown and "Nothing was decided before" in shown
