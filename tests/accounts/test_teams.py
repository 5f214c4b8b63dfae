"""Requests to join, and leavers."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select
from sqlalchemy.orm import Session

from portal.access import Grant, Kind, Role
from portal.accounts.models.people import Person
from portal.accounts.models.roles import JoinRequest
from portal.accounts.store import grants, people
from portal.accounts.words import RequestState
from portal.audit import HistoryEvent
from portal.db import Database
from tests.support.accounts import (
    act,
    add_person,
    letters,
    send,
    who,
    work,
)
from tests.support.data import add_organisation
from tests.support.pages import soup_of
from tests.support.transactions import RolledBackDatabase

TODAY = act().day
As = Callable[[Person], FlaskClient]


def test_somebody_asks_to_join_and_is_let_in(
    cast: Any, as_: As, session: Session, database: RolledBackDatabase
) -> None:
    nobody, owner = as_(cast.nobody), as_(cast.owner)
    assert nobody.get("/services/a-service/join").status_code == 200
    assert nobody.get("/services/nothing/join").status_code == 404
    long = send(nobody, "/services/a-service/join", {"why": "x" * 1001})
    assert long.status_code == 422
    why = {"why": "I write\r\nthe words"}
    assert send(nobody, "/services/a-service/join", why).headers["Location"] == "/account"
    assert "You have asked already" in send(nobody, "/services/a-service/join", {}).text
    assert "Waiting" in nobody.get("/account").text
    work(database)
    asked = letters(session)[-1]
    assert asked.to_address == "owner@a.example" and "Nobody asks to join A service" in asked.body
    made = session.scalars(select(JoinRequest)).one()
    address = f"/join-requests/{made.id}"
    assert as_(cast.stranger).get(address).status_code == 403
    assert as_(cast.member).get(address).status_code == 403
    assert address in owner.get("/services/a-service/people").text
    assert "the words" in owner.get(address).text
    assert send(owner, address, {}).status_code == 422
    answer = {"role": "team_member", "answer": "Welcome"}
    assert send(owner, address, answer).status_code == 303
    assert cast.roles(cast.nobody) == {(Role.TEAM_MEMBER, Kind.SERVICE, cast.service)}
    work(database)
    told = letters(session)[-1]
    assert told.to_address == "nobody@a.example"
    assert "Team member" in told.body and "Welcome" in told.body
    assert owner.get(address).status_code == 303, "decided"
    assert "You are there already" in send(nobody, "/services/a-service/join", {}).text
    for event in session.scalars(select(HistoryEvent)):
        assert "the words" not in str((event.before, event.after)), "what people write stays out"


def test_a_request_is_refused(
    cast: Any, as_: As, session: Session, database: RolledBackDatabase
) -> None:
    nobody = as_(cast.nobody)
    send(nobody, "/organisations/a-body/join", {})
    made = session.scalars(select(JoinRequest)).one()
    work(database)
    assert {letter.to_address for letter in letters(session)} == {"admin@a.example"}
    answer = {"role": "refuse", "answer": "Ask the other team"}
    assert send(as_(cast.admin), f"/join-requests/{made.id}", answer).status_code == 303
    session.expire_all()
    assert made.state is RequestState.REFUSED and made.decided_by == f"person:{cast.admin.id}"
    assert cast.roles(cast.nobody) == set()
    work(database)
    assert "Ask the other team" in letters(session)[-1].body
    assert "Refused" in nobody.get("/account").text
    assert send(nobody, "/organisations/a-body/join", {}).status_code == 303, "asks again"


@pytest.mark.parametrize("kind", ["sqlite"])
def test_who_is_asked_about_what_has_nobody(
    cast: Any, as_: As, session: Session, database: RolledBackDatabase
) -> None:
    add_organisation(session, "c-body")
    session.commit()
    send(as_(cast.nobody), "/organisations/c-body/join", {})
    work(database)
    assert [letter.to_address for letter in letters(session)] == ["top@a.example"]


def test_a_person_as_an_administrator_sees_them(cast: Any, as_: As) -> None:
    foreign = Grant(Role.TEAM_MEMBER, Kind.SERVICE, cast.foreign)
    grants.add(cast.session, cast.member.id, foreign, act())
    cast.session.commit()
    address = f"/people/{cast.member.id}"
    page = soup_of(as_(cast.admin).get(address))
    assert len(page.select("#roles tbody tr")) == 1, "not what they do elsewhere"
    assert len(soup_of(as_(cast.top).get(address)).select("#roles tbody tr")) == 2
    assert as_(cast.owner).get(address).status_code == 403
    assert as_(cast.admin).get(f"/people/{cast.nobody.id}").status_code == 403
    assert as_(cast.admin).get("/people/999").status_code == 404


def test_a_leaver_hands_over_in_one_act(cast: Any, as_: As, session: Session) -> None:
    foreign = Grant(Role.TEAM_MEMBER, Kind.SERVICE, cast.foreign)
    grants.add(session, cast.owner.id, foreign, act())
    session.commit()
    admin, address = as_(cast.admin), f"/people/{cast.owner.id}/leave"
    page = soup_of(admin.get(address))
    assert len(page.select("#roles tbody tr")) == 1 and not page.select("input[name=close]")
    for wrong in ("unknown@a.example", "nonsense", "owner@a.example"):
        answer = send(admin, address, {"successor": wrong})
        assert soup_of(answer).select(".govuk-error-summary a[href='#successor']"), wrong
        assert len(cast.roles(cast.owner)) == 2, "nothing of it"
    assert send(admin, address, {"successor": "Member@a.example"}).status_code == 303
    assert cast.roles(cast.owner) == {(Role.TEAM_MEMBER, Kind.SERVICE, cast.foreign)}
    assert (Role.SERVICE_OWNER, Kind.SERVICE, cast.service) in cast.roles(cast.member)
    newest = session.scalars(select(HistoryEvent).order_by(HistoryEvent.id.desc()).limit(2)).all()
    assert {event.tag for event in newest} == {"role.ended", "role.granted"}
    assert {event.actor for event in newest} == {f"person:{cast.admin.id}"}


def test_an_account_is_closed(cast: Any, as_: As, session: Session) -> None:
    leaver, top = as_(cast.owner), as_(cast.top)
    address = f"/people/{cast.owner.id}/leave"
    # An organisation's administrator cannot close it, whatever they send.
    send(as_(cast.admin), address, {"close": "y"})
    assert who(leaver) == "Owner"
    assert send(top, address, {"close": "y"}).status_code == 303
    assert who(leaver) is None and cast.roles(cast.owner) == set()
    session.expire_all()
    assert people.get(session, cast.owner.id).deactivated_at is not None
    assert "Closed" in top.get("/people?state=closed").text


def test_all_of_a_hand_over_or_nothing(fresh_database: Database) -> None:
    from portal.accounts.actions import roles

    with fresh_database.writing() as session:
        leaver = add_person(session, "leaver@a.example", *(
            Grant(Role.SERVICE_OWNER, Kind.SERVICE, number) for number in range(1, 4)
        ))  # fmt: skip
        heir = add_person(session, "heir@a.example")
        which = [grant.id for grant in grants.of_person(session, leaver.id, TODAY)]
    real, calls = people.deactivate, []

    def broken(*args: Any) -> bool:
        calls.append(args)
        raise RuntimeError("the power went")

    people.deactivate = broken
    try:
        with pytest.raises(RuntimeError):
            roles.hand_over(fresh_database, leaver.id, which, "heir@a.example", act(), close=True)
    finally:
        people.deactivate = real
    with fresh_database.reading() as session:
        assert calls and len(grants.held(session, leaver.id, TODAY)) == 3
        assert grants.held(session, heir.id, TODAY) == ()
    assert roles.hand_over(fresh_database, leaver.id, which, "heir@a.example", act()) == 3
    with fresh_database.reading() as session:
        assert grants.held(session, leaver.id, TODAY) == ()
        assert len(grants.held(session, heir.id, TODAY)) == 3
