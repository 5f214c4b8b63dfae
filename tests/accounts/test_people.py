"""People of things: lists, invitations, roles given and ended, requests to join, leavers."""

from __future__ import annotations

import csv
import io
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from portal.access import Kind, Role
from portal.accounts.models.people import Person
from portal.accounts.models.roles import Invitation, RoleGrant
from portal.accounts.store import grants
from tests.support.accounts import (
    act,
    letters,
    link_in,
    other_browser,
    person,
    send,
    token_in,
    who,
    work,
)
from tests.support.pages import PageClient, soup_of
from tests.support.queries import statements
from tests.support.transactions import RolledBackDatabase

TODAY = act().day
DAY = timedelta(days=1)
INVITE = "/services/a-service/people/invite"


As = Callable[[Person], FlaskClient]


def names(client: FlaskClient, address: str) -> list[str]:
    rows = soup_of(client.get(address)).select("#people tbody th")
    return [row.get_text(" ").split()[0] for row in rows]


def test_who_is_on_a_team_and_in_an_organisation(cast: Any, as_: As) -> None:
    assert names(as_(cast.member), "/services/a-service/people") == ["Member", "Owner"]
    admin = as_(cast.admin)
    assert names(admin, "/organisations/a-body/people") == ["Admin", "Member", "Owner"]
    assert names(admin, "/organisations/a-body/people?role=service_owner") == ["Owner"]
    assert names(admin, "/organisations/a-body/people?q=MEMB") == ["Member"]
    assert names(admin, "/organisations/a-body/people?q=%25") == []
    assert admin.get("/organisations/b-body/people").status_code == 403
    assert admin.get("/services/b-service/people").status_code == 403
    assert admin.get("/services/nothing/people").status_code == 404
    assert as_(cast.member).get("/organisations/a-body/people").status_code == 403
    assert names(as_(cast.top), "/portal/people") == ["Top"]
    page = soup_of(admin.get("/organisations/a-body/people?nonsense=1&role=planted"))
    assert "nonsense" in page.get_text() and "role=planted" in page.get_text()


def test_lists_in_other_formats_say_no_more_than_the_page(cast: Any, as_: As) -> None:
    member = as_(cast.member)
    items = member.get("/services/a-service/people.json").get_json()["items"]
    assert [item["email"] for item in items] == ["member@a.example", "owner@a.example"]
    assert items[1] | {"since": ""} == {
        "name": "Owner", "email": "owner@a.example", "role": "service_owner", "kind": "service",
        "thing": "A service", "slug": "a-service", "since": "", "until": None,
    }  # fmt: skip
    text = member.get("/services/a-service/people.csv").text.lstrip("\ufeff")
    assert [row["name"] for row in csv.DictReader(io.StringIO(text))] == ["Member", "Owner"]
    assert member.get("/organisations/a-body/people.json").status_code == 403
    assert member.get("/services/a-service/people.json?nonsense=1").status_code == 400
    assert (
        other_browser(member.application).get("/services/a-service/people.json").status_code == 401
    )


def test_everybody(cast: Any, as_: As) -> None:
    top = as_(cast.top)
    assert names(top, "/people") == ["Admin", "Member", "Nobody", "Owner", "Stranger", "Top"]
    assert names(top, "/people?role=portal_administrator") == ["Top"]
    assert names(top, "/people?state=closed") == []
    assert "Nobody matches" in soup_of(top.get("/people?q=zzz")).get_text()
    items = top.get("/people.json?q=owner").get_json()["items"]
    assert [(item["name"], item["roles"]) for item in items] == [("Owner", 1)]
    assert top.get("/people.json?state=planted").status_code == 400
    assert as_(cast.admin).get("/people").status_code == 403
    rows = csv.DictReader(io.StringIO(top.get("/people.csv?role=portal_administrator").text))
    assert [row["name"] for row in rows] == ["Top"]


def test_those_whose_roles_count_on_the_portal(cast: Any, as_: As) -> None:
    top = as_(cast.top)
    items = top.get("/portal/people.json").get_json()["items"]
    assert [(item["name"], item["role"]) for item in items] == [("Top", "portal_administrator")]
    assert "Top" in top.get("/portal/people.csv").text
    assert soup_of(top.get("/portal/people/invite")).select("form[method=post]")
    admin = as_(cast.admin)
    for address in ("/portal/people.json", "/portal/people.csv", "/portal/people/invite"):
        assert admin.get(address).status_code == 403


@pytest.mark.parametrize("kind", ["sqlite"])
def test_lists_go_on_over_pages(cast: Any, as_: As, session: Session) -> None:
    for number in range(60):
        cast.add(f"p{number:02}", Role.TEAM_MEMBER, Kind.SERVICE, cast.service)
    session.commit()
    top = as_(cast.top)
    for address in ("/people", "/services/a-service/people"):
        first = names(top, address)
        link = soup_of(top.get(address)).select("a[rel=next]")[0]["href"]
        second = names(top, str(link))
        assert len(first) == 50 and len(first + second) == len(set(first + second)) > 60


def test_as_many_statements_for_many_people(
    cast: Any, as_: As, session: Session, database: RolledBackDatabase
) -> None:
    top, counts = as_(cast.top), []
    for many in (3, 30):
        for number in range(many):
            cast.add(f"p{many}{number}", Role.TEAM_MEMBER, Kind.SERVICE, cast.service)
        session.commit()
        with statements(database) as sent:
            top.get("/organisations/a-body/people")
        counts.append(len(sent))
    assert counts[0] == counts[1] <= 20, sent


def test_an_invitation_is_checked_sent_and_taken_up(
    cast: Any, as_: As, app: Flask, session: Session, database: RolledBackDatabase
) -> None:
    owner = as_(cast.owner)
    wrong = send(owner, INVITE, {"email": "nonsense", "role": "planted"})
    assert wrong.status_code == 422
    links = soup_of(wrong).select(".govuk-error-summary a")
    assert [link["href"] for link in links] == ["#role"]
    wrong = send(owner, INVITE, {"email": "nonsense", "role": "team_member"})
    assert soup_of(wrong).select(".govuk-error-summary a[href='#email']")
    typed = {"email": " New@B.Example ", "role": "team_member"}
    check = send(owner, INVITE, typed)
    assert "Check the invitation" in check.text and "new@b.example" in check.text
    assert session.scalar(select(func.count(Invitation.id))) == 0, "asked first"
    kept = {str(i["name"]): str(i["value"]) for i in soup_of(check).select("main input")}
    assert owner.post(INVITE, data=kept).status_code == 303
    assert "new@b.example" in soup_of(owner.get("/services/a-service/people")).get_text()
    again = send(owner, INVITE, {**typed, "confirm": "yes"})
    assert "invited already" in again.text
    work(database)
    letter = letters(session)[-1]
    assert (letter.to_address, "A service" in letter.body) == ("new@b.example", True)
    assert link_in(letter) == "/sign-in"
    newcomer = other_browser(app)
    send(newcomer, "/sign-in", {"email": "new@b.example"})
    work(database)
    send(newcomer, link_in(letters(session)[-1]), {"name": "New"})
    made = person(session, "new@b.example")
    assert cast.roles(made) == {(Role.TEAM_MEMBER, Kind.SERVICE, cast.service)}
    granted = session.scalars(select(RoleGrant).where(RoleGrant.person_id == made.id)).one()
    assert granted.granted_by == f"person:{cast.owner.id}", "whoever invited them gave the role"


def test_an_invitation_is_withdrawn(cast: Any, as_: As, session: Session) -> None:
    owner = as_(cast.owner)
    send(owner, INVITE, {"email": "new@b.example", "role": "team_member", "confirm": "yes"})
    made = session.scalars(select(Invitation)).one()
    address = f"/invitations/{made.id}/withdraw"
    assert as_(cast.stranger).get(address).status_code == 403
    assert as_(cast.member).get(address).status_code == 403
    assert as_(cast.top).get("/invitations/999/withdraw").status_code == 404
    assert send(owner, address, {}).status_code == 303
    session.expire_all()
    assert made.withdrawn_at is not None
    assert "ended already" in owner.get(send(owner, address, {}).headers["Location"]).text


@pytest.mark.parametrize("kind", ["sqlite"])
def test_nobody_gives_what_is_not_theirs_to_give(cast: Any, as_: As) -> None:
    owner = as_(cast.owner)
    for role in ("portal_administrator", "organisation_administrator", "component_provider"):
        answer = send(owner, INVITE, {"email": "x@b.example", "role": role, "confirm": "yes"})
        assert answer.status_code == 422, role
    # A form of theirs, sent to another's address.
    token = token_in(owner.get(INVITE))
    data = {"csrf_token": token, "email": "x@b.example", "role": "team_member", "confirm": "yes"}
    for address in ("/services/b-service/people/invite", "/organisations/a-body/people/invite",
                    "/portal/people/invite"):  # fmt: skip
        assert owner.post(address, data=data).status_code == 403


def test_a_role_is_checked_and_given(cast: Any, as_: As) -> None:
    owner = as_(cast.owner)
    address = f"/services/a-service/people/{cast.member.id}/grant"
    check = send(owner, address, {"role": "service_owner"})
    assert "Check the role" in check.text and "No end" in check.text
    assert len(cast.roles(cast.member)) == 1, "asked first"
    last = TODAY + 3 * DAY
    typed: dict[str, Any] = {"role": "service_owner", "last_day-day": last.day,
                             "last_day-month": last.month, "last_day-year": last.year}  # fmt: skip
    check = send(owner, address, typed)
    kept = {str(i["name"]): str(i["value"]) for i in soup_of(check).select("main input")}
    assert owner.post(address, data=kept).status_code == 303
    assert (Role.SERVICE_OWNER, Kind.SERVICE, cast.service) in cast.roles(cast.member)
    given = cast.session.get(RoleGrant, cast.grant_of(cast.member))
    assert given is not None and given.until == last + DAY, "the last day counts"
    assert "already have this role" in send(owner, address, {**typed, "confirm": "yes"}).text
    past = {**typed, "last_day-year": 2020}
    answer = send(owner, address, past)
    assert soup_of(answer).select(".govuk-error-summary a[href='#last_day-day']")


@pytest.mark.parametrize("kind", ["sqlite"])
def test_a_role_is_given_to_people_one_sees(cast: Any, as_: As) -> None:
    owner = as_(cast.owner)
    for unseen in (cast.stranger.id, cast.nobody.id, 999):
        assert owner.get(f"/services/a-service/people/{unseen}/grant").status_code == 404
    top = as_(cast.top)
    assert top.get(f"/portal/people/{cast.nobody.id}/grant").status_code == 200


def test_a_role_ended_today_stops_working_at_once(cast: Any, as_: As) -> None:
    owner, member = as_(cast.owner), as_(cast.member)
    assert member.get("/services/a-service/people").status_code == 200
    address = f"/roles/{cast.grant_of(cast.member)}/end"
    assert as_(cast.stranger).get(address).status_code == 403
    assert member.get(address).status_code == 403
    assert "Member" in soup_of(owner.get(address)).get_text()
    assert send(owner, address, {}).status_code == 303
    assert member.get("/services/a-service/people").status_code == 403
    assert who(member) == "Member", "signed in, and without the role"
    assert owner.get("/roles/999/end").status_code == 404


def test_a_role_ends_after_a_later_day(cast: Any, as_: As) -> None:
    owner, last = as_(cast.owner), TODAY + DAY
    address = f"/roles/{cast.grant_of(cast.member)}/end"
    day = {"last_day-day": last.day, "last_day-month": last.month, "last_day-year": last.year}
    assert send(owner, address, {**day, "last_day-year": "19x"}).status_code == 422
    assert send(owner, address, {**day, "last_day-year": 2020}).status_code == 422
    assert send(owner, address, day).status_code == 303
    assert len(cast.roles(cast.member)) == 1, "until then it is theirs"
    assert grants.held(cast.session, cast.member.id, last) != ()
    assert grants.held(cast.session, cast.member.id, last + DAY) == ()


def test_the_record_leads_to_its_people(cast: Any, as_: As, client: PageClient) -> None:
    for address in ("/services/a-service", "/organisations/a-body"):
        assert "/people" not in client.get(address).text.split("<main")[1]
        assert f'href="{address}/people"' in as_(cast.admin).get(address).text
        assert f'href="{address}/join"' in as_(cast.nobody).get(address).text
