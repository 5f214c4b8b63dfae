"""Pages of pairs that may be one: who sees and decides them."""

from __future__ import annotations

import csv
import io

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy.orm import Session

from portal.access import Grant, Kind, Role
from portal.accounts import work
from portal.accounts.models.people import Person
from portal.catalogue.rules.similar import Likeness
from portal.catalogue.store import duplicates
from portal.catalogue.store.duplicates import PairQuery
from portal.catalogue.words import PairDecision, RecordKind
from tests.support.accounts import (
    act,
    add_person,
    administrator,
    letters,
    other_browser,
    send,
    signed_in,
    token_in,
)
from tests.support.data import ACT, add_organisation, add_service
from tests.support.pages import soup_of
from tests.support.people import Somebody

ADMIN = Role.ORGANISATION_ADMINISTRATOR


class Team:
    """Two services of one organisation and one of another, in pairs; and who decides."""

    def __init__(self, session: Session) -> None:
        self.session = session
        own, foreign = (add_organisation(session, slug).id for slug in ("a-body", "b-body"))
        one = add_service(session, "tax-a-boat", owner="a-body", purpose="Pay").id
        two = add_service(session, "boat-tax", owner="a-body").id
        three = add_service(session, "tax-boats", owner="b-body").id
        like = Likeness(0.75, "both names say “tax”")
        found = {(one, two): like, (one, three): Likeness(0.6, "little"), (two, three): like}
        duplicates.put(session, RecordKind.SERVICE, [one, two, three], found, ACT.at)
        bodies = {(min(own, foreign), max(own, foreign)): Likeness(0.9, "same website")}
        duplicates.put(session, RecordKind.ORGANISATION, [own], bodies, ACT.at)
        self.admin = self.person("admin", Grant(ADMIN, Kind.ORGANISATION, own))
        self.both = self.person(
            "both", Grant(ADMIN, Kind.ORGANISATION, own), Grant(ADMIN, Kind.ORGANISATION, foreign)
        )
        self.top = self.person("top", administrator())
        self.nobody = self.person("nobody")
        rows = duplicates.listing(session, PairQuery())
        self.pairs = {(row.one.slug, row.other.slug): row.id for row in rows}
        self.own = self.pairs["tax-a-boat", "boat-tax"]
        self.mixed = self.pairs["tax-a-boat", "tax-boats"]
        self.bodies = self.pairs["a-body", "b-body"]
        session.commit()

    def person(self, name: str, *roles: Grant) -> Person:
        return add_person(self.session, f"{name}@a.example", *roles, name=name)


@pytest.fixture
def team(session: Session, app: Flask) -> Team:
    return Team(session)


def browser(app: Flask, session: Session, somebody: Person) -> FlaskClient:
    client = other_browser(app)
    signed_in(client, session, somebody)
    return client


def test_the_list_by_kind_and_state(app: Flask, session: Session, team: Team) -> None:
    client = browser(app, session, team.nobody)
    answer = client.get("/duplicates")
    assert "private" in answer.headers["Cache-Control"]
    links = [a.get_text() for a in soup_of(answer).select("#pairs th a")]
    assert links[0] == "“A body” and “B body”" and len(links) == 4
    answer = client.get("/duplicates?kind=service&state=waiting")
    assert len(soup_of(answer).select("#pairs tbody tr")) == 3
    assert "There are no such pairs" in client.get("/duplicates?state=same").text
    assert "state=x" in client.get("/duplicates?state=x&kind=y").text
    assert client.get("/duplicates.json?state=x").status_code == 400
    found = client.get("/duplicates.json?kind=organisation").get_json()
    assert found["count"] == 1 and found["items"][0]["one_slug"] == "a-body"
    rows = list(csv.DictReader(io.StringIO(client.get("/duplicates.csv").text)))
    assert [row["score"] for row in rows] == ["0.9", "0.75", "0.75", "0.6"]


def test_a_long_list_has_more_pages(app: Flask, session: Session, team: Team) -> None:
    ids = [add_service(session, f"s-{number}").id for number in range(60)]
    found = {(ids[0], other): Likeness(0.5, "why") for other in ids[1:]}
    duplicates.put(session, RecordKind.SERVICE, ids, found, ACT.at)
    session.commit()
    client = browser(app, session, team.nobody)
    page = soup_of(client.get("/duplicates"))
    assert len(page.select("#pairs tbody tr")) == 50
    following = client.get(str(page.select("a[rel=next]")[0]["href"]))
    assert len(soup_of(following).select("#pairs tbody tr")) == 13
    last = client.get(f"/duplicates?after={team.mixed}")
    assert last.status_code == 200
    assert client.get("/duplicates.json").get_json()["count"] == 63


def test_nothing_found_yet(app: Flask, session: Session) -> None:
    client = browser(app, session, add_person(session, "a@b.example"))
    assert "No pairs have been found" in client.get("/duplicates").text


def test_both_side_by_side(app: Flask, session: Session, team: Team) -> None:
    client = browser(app, session, team.nobody)
    page = soup_of(client.get(f"/duplicates/{team.own}"))
    rows = {row.select("th")[0].get_text(): row for row in page.select("#both tbody tr")}
    assert [cell.get_text() for cell in rows["Purpose"].select("td")] == ["Pay", "Not recorded"]
    assert "Organisations Same" in rows
    assert not page.select("a[href$='/decide']"), "it is not theirs"
    assert client.get("/duplicates/99999").status_code == 404
    assert client.get(f"/duplicates/{team.own}/decide").status_code == 403
    assert client.get("/duplicates/99999/decide").status_code == 404


def test_who_decides(app: Flask, session: Session, team: Team) -> None:
    for person, own, mixed, bodies in (
        (team.admin, 200, 403, 403),
        (team.both, 200, 200, 200),
        (team.top, 200, 200, 200),
        (team.nobody, 403, 403, 403),
    ):
        client = browser(app, session, person)
        for pair, status in ((team.own, own), (team.mixed, mixed), (team.bodies, bodies)):
            assert client.get(f"/duplicates/{pair}/decide").status_code == status, person.name


def test_decide(app: Flask, session: Session, team: Team) -> None:
    client = browser(app, session, team.admin)
    address = f"/duplicates/{team.own}/decide"
    wrong = send(client, address, {"relation": "journey", "reason": ""})
    assert wrong.status_code == 422
    said = [a.get_text() for a in soup_of(wrong).select(".govuk-error-summary__list a")]
    assert said == ["Select whether they are the same", "Enter why you decide so"]
    data = {"decision": "different", "relation": "journey", "reason": "Two taxes", "was": "waiting"}
    wrong = send(client, address, data)
    assert "Only records that are related have a relation" in wrong.text
    assert "Two taxes" in wrong.text, "what was typed is kept"
    data |= {"decision": "related", "relation": "second_part"}
    done = client.get(send(client, address, data).headers["Location"])
    assert "The decision is saved" in done.text and "Related, not the same" in done.text
    service = client.get("/services/boat-tax.json").get_json()
    assert service["relations"] == [{"relation": "part_of", "service": "tax-a-boat"}]
    history = client.get("/services/tax-a-boat/history").text
    assert "Possible duplicate decided" in history and "Two taxes" in history
    day = act().day.isoformat()
    assert "Possible duplicate" not in client.get(f"/services/boat-tax/as-at/{day}").text


def test_a_decision_that_came_too_late(app: Flask, session: Session, team: Team) -> None:
    client = browser(app, session, team.top)
    address = f"/duplicates/{team.bodies}/decide"
    page = client.get(address)
    assert not soup_of(page).select("[name=relation]")
    data = {"csrf_token": token_in(page), "decision": "different", "reason": "x", "was": "waiting"}
    assert client.post(address, data=data).status_code == 303
    assert client.post(address, data=data | {"decision": "same"}).status_code == 409
    row = duplicates.row(session, team.bodies)
    assert row.decision is PairDecision.DIFFERENT


def test_what_waits_for_whom(session: Session, team: Team) -> None:
    def items(person: Person, *grants: Grant, task: str = "decide_duplicate") -> list[str]:
        found = work.items(session, Somebody(grants, person.id), act().day)
        return [item.href for item in found if item.task == task]

    own = team.admin
    assert items(team.nobody) == []
    assert items(team.top, administrator()) == [
        "/duplicates?kind=organisation&state=waiting", "/duplicates?kind=service&state=waiting",
    ]  # fmt: skip
    body = duplicates.id_at(session, RecordKind.ORGANISATION, "a-body")
    grant = Grant(ADMIN, Kind.ORGANISATION, body)
    assert items(own, grant) == [f"/duplicates/{team.own}/decide"]
    other = duplicates.id_at(session, RecordKind.ORGANISATION, "b-body")
    found = items(team.both, grant, Grant(ADMIN, Kind.ORGANISATION, other))
    assert len(found) == 4
    for pair in (team.own, team.mixed):
        duplicates.settle(session, duplicates.get(session, pair), PairDecision.SAME, act())
    assert items(own, grant) == []
    merge = [f"/duplicates/{team.own}/merge", f"/duplicates/{team.mixed}/merge"]
    assert items(own, grant, task="merge_duplicate") == merge[:1]
    assert items(team.top, administrator(), task="merge_duplicate") == merge


def test_the_command(app: Flask, session: Session, team: Team) -> None:
    run = app.test_cli_runner().invoke
    told = run(args=["duplicates", "find"]).output
    assert "service: looked at 3" in told
    assert '"looked_at": 3' in run(args=["duplicates", "find", "--all", "--json"]).output


def test_merge(app: Flask, session: Session, team: Team) -> None:
    client = browser(app, session, team.admin)
    address = f"/duplicates/{team.own}/merge"
    assert client.get(address).headers["Location"].endswith("/decide"), "nobody decided yet"
    data = {"decision": "same", "reason": "One tax", "was": "waiting"}
    answer = send(client, f"/duplicates/{team.own}/decide", data)
    assert answer.headers["Location"] == address
    page = soup_of(client.get(address))
    stays = {label.get_text().strip(): box for label in page.select("label")
             if (box := page.find(id=label["for"]))}  # fmt: skip
    for nothing in ("stays=", "go=1"):
        assert client.get(f"{address}?{nothing}").status_code == 422
    assert client.get(f"{address}?stays=99999").status_code == 422
    address += f"?stays={stays['Boat tax']['value']}"
    page = client.get(address)
    assert "Merge “Tax a boat” into “Boat tax”" in page.text
    assert soup_of(page).select("[name=reason]")[0].get_text().strip() == "One tax"
    wrong = send(client, address, {"field-name": "stays", "reason": ""})
    assert wrong.status_code == 422 and "Enter why they are the same" in wrong.text
    versions = soup_of(page).select("[name=versions]")[0]["value"]
    data = {"field-name": "goes", "reason": "One tax", "versions": versions}
    check = send(client, address, data)
    rows = {row.select("dt")[0].get_text(): row.select("dd")[0].get_text()
            for row in soup_of(check).select(".govuk-summary-list__row")}  # fmt: skip
    assert (rows["Name"], rows["Purpose"], rows["Web address"]) == ("Tax a boat", "Pay", "boat-tax")
    assert client.get("/services/tax-a-boat").status_code == 200, "not before it is confirmed"
    sent = {box["name"]: box["value"] for box in soup_of(check).select("input[type=hidden]")}
    assert sent["confirm"] == "yes"
    done = client.post(address, data=sent)
    assert done.headers["Location"] == "/services/boat-tax"
    assert client.get("/services/tax-a-boat").headers["Location"] == "/services/boat-tax"
    assert "merged into one" in client.get(f"/duplicates/{team.own}").text
    top = browser(app, session, team.top)
    for late in (address, f"/duplicates/{team.own}/decide"):
        there = top.get(late).headers["Location"]
        assert there == f"/duplicates/{team.own}", "there is nothing left to decide"
    [mail] = letters(session)
    assert mail.to_address == "both@a.example", "whoever merged them knows"
    assert mail.subject == "Tax a boat is now part of Boat tax" and "Why: One tax" in mail.body


def test_a_record_that_changed_before_the_merge(app: Flask, session: Session, team: Team) -> None:
    client = browser(app, session, team.top)
    data = {"decision": "same", "reason": "x", "was": "waiting"}
    assert send(client, f"/duplicates/{team.bodies}/decide", data).status_code == 303
    body = duplicates.id_at(session, RecordKind.ORGANISATION, "b-body")
    address = f"/duplicates/{team.bodies}/merge?stays={body}"
    data = {"field-name": "stays", "reason": "x", "versions": "1-99", "confirm": "yes"}
    assert send(client, address, data).status_code == 409
    page = soup_of(client.get(address))
    moves = {row.th.get_text(): row.td.get_text() for row in page.select("#moves tbody tr")}
    assert moves == {"Services that it owns or owned": "2",
                     "Roles, invitations and requests of people": "2"}  # fmt: skip


def test_suggest_a_pair(app: Flask, session: Session, team: Team) -> None:
    add_service(session, "ships", owner="a-body")
    session.commit()
    client = browser(app, session, team.nobody)
    why = {"why": "Two names of one tax"}
    for one, other, told in (
        ("/services/ships", "/services/ships", "Enter another one: these are the same"),
        ("/services/ships", "/organisations/a-body", "Enter two services, or two organisations"),
        ("/services/nothing", "/services/ships", "There is no such page here"),
        ("zebra", "/services/ships", "Nothing in the catalogue is called like this"),
        ("Boat", "/services/ships", "Select which one you mean"),
        ("/services/ships", "", "Enter the other one"),
    ):
        wrong = send(client, "/duplicates/new", {"one": one, "other": other, **why})
        assert wrong.status_code == 422 and told in wrong.text
    data = {"one": "http://localhost/services/ships", "other": "/services/tax-a-boat.json", **why}
    where = send(client, "/duplicates/new", data).headers["Location"]
    page = client.get(where)
    assert "Suggested by a person" in page.text and "Two names of one tax" in page.text
    assert send(client, "/duplicates/new", data).headers["Location"] == where, "it is known"
    app.test_cli_runner().invoke(args=["duplicates", "find", "--all"])
    assert client.get(where).status_code == 200, "the search does not take it away"
    own = browser(app, session, team.admin)
    assert own.get(f"{where}/decide").status_code == 200
