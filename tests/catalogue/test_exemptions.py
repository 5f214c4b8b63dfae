"""Exemptions from a mandate: asked for by a team, decided, ended, moved; and who sees what."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select
from sqlalchemy.orm import Session

from portal.access import Grant, Kind, Role
from portal.accounts.models.people import Person
from portal.accounts.store import grants
from portal.accounts.work import items
from portal.audit import Act, history_of
from portal.catalogue.actions import exemptions as acts
from portal.catalogue.actions import merging
from portal.catalogue.actions.exemptions import Asked, Decided
from portal.catalogue.actions.mandate_work import waiting
from portal.catalogue.actions.merging import Wanted
from portal.catalogue.component_words import ExemptionState, NotSharedReason
from portal.catalogue.models.components import ComponentExemption
from portal.catalogue.models.exemptions import ExemptionRequest
from portal.catalogue.store import components, exemptions, services
from portal.catalogue.words import RecordKind
from portal.db import Database
from portal.errors import Clash, Invalid, Stale
from tests.support.accounts import act, add_person, letters, other_browser, send, signed_in, work
from tests.support.data import add_organisation, add_service
from tests.support.pages import PageClient, soup_of
from tests.support.people import Somebody
from tests.support.storefront import add_capability, add_component, add_usage
from tests.support.transactions import RolledBackDatabase

TODAY = act().day
ASK = "/services/a-fine/exemptions/payments/ask"
ON_PORTAL = Grant(Role.ASSURANCE_TEAM, Kind.PORTAL, 0)


@pytest.fixture
def ruled(app: Flask, session: Session) -> Session:
    """A mandated component and services that use something else, as people see them."""
    add_organisation(session, "ministry")
    add_capability(session, "needs")
    add_capability(session, "pay", "needs")
    rule = {"scope": "All of us", "needs": ["pay"], "sectors": ["central_government"],
            "since": "2024-02-23", "policy": "https://policy.example/"}  # fmt: skip
    add_component(session, "payments", "pay", mandates=[rule])
    add_component(session, "cards", "pay")
    for slug in ("a-fine", "b-tax"):
        add_service(session, slug, owner="ministry")
    add_usage(session, "a-fine", "pay", arrangement="bought_product", product="Tills",
              reason="legacy_contract", contract_end="2027-01-31")  # fmt: skip
    add_usage(session, "b-tax", "pay", component="payments")
    session.commit()
    return session


def person(session: Session, email: str, *roles: Grant) -> Person:
    """Somebody with roles, known once."""
    return add_person(session, email, *roles)


def browser(app: Flask, session: Session, email: str, *roles: Grant) -> FlaskClient:
    client = other_browser(app)
    signed_in(client, session, person(session, email, *roles))
    return client


def by_board() -> Act:
    """Somebody else does it."""
    return replace(act(), actor="person:1000000")


def owner_of(session: Session, slug: str) -> Grant:
    return Grant(Role.SERVICE_OWNER, Kind.SERVICE, services.ids_by_slug(session)[slug])


@pytest.fixture
def team(app: Flask, ruled: Session) -> FlaskClient:
    return browser(app, ruled, "owner@a.example", owner_of(ruled, "a-fine"))


@pytest.fixture
def board(app: Flask, ruled: Session) -> FlaskClient:
    return browser(app, ruled, "board@a.example", ON_PORTAL)


def day(name: str, days: int) -> dict[str, str]:
    when = TODAY + timedelta(days)
    return {f"{name}-day": str(when.day), f"{name}-month": str(when.month),
            f"{name}-year": str(when.year)}  # fmt: skip


def asking(days: int = 200, **changes: Any) -> dict[str, Any]:
    return {"kind": "legacy_contract", "reason": "It runs for a year", "instead": "Move then",
            **day("until", days), **changes}  # fmt: skip


def asked(days: int = 200, reason: str = "It runs for a year") -> Asked:
    return Asked(NotSharedReason.LEGACY_CONTRACT, reason, TODAY + timedelta(days), "Move then")


def ids(session: Session, service: str = "a-fine") -> tuple[int, int]:
    return services.ids_by_slug(session)[service], components.ids_by_slug(session)["payments"]


def test_a_team_asks_and_it_is_granted(
    team: FlaskClient, board: FlaskClient, client: PageClient, ruled: Session, app: Flask,
    database: RolledBackDatabase,
) -> None:  # fmt: skip
    picture = soup_of(team.get("/services/a-fine/needs"))
    assert "Something else" in picture.get_text() and picture.select(f"a[href='{ASK}']")
    need = soup_of(team.get("/services/a-fine/needs/pay")).get_text(" ", strip=True)
    assert "Must it use Payments? Yes, and it uses something else without an exemption." in need
    find = soup_of(team.get("/find-a-component?need=pay")).get_text(" ", strip=True)
    assert "Must you use it? A fine : Yes, and it uses something else" in find
    assert "Must you use it?" not in client.get("/find-a-component?need=pay").text
    wrong = send(team, ASK, asking(kind="did_not_know", days=800))
    assert wrong.status_code == 422 and "Select why your service cannot use it" in wrong.text
    assert "24 months at most" in send(team, ASK, asking(days=800)).text
    sent = [send(team, ASK, asking()) for _ in range(2)]
    [page] = {answer.headers["Location"] for answer in sent}
    other = send(team, ASK, asking(reason="Something else"))
    assert other.status_code == 422 and "has asked already" in other.text
    work(database)
    [mail] = letters(ruled)
    assert mail.to_address == "board@a.example" and page in mail.body
    assert client.get(page).headers["Location"].startswith("/sign-in"), "not decided yet"
    elsewhere = browser(app, ruled, "x@b.example", owner_of(ruled, "b-tax"))
    assert elsewhere.get(page).status_code == 403
    assert "It runs for a year" not in client.get("/services/a-fine/history").text
    states = board.get("/mandates.json").get_json()["items"][0]
    assert (states["asked"], states["neither"], states["complies"]) == (1, 0, 1)
    states = client.get("/mandates.json").get_json()["items"][0]
    assert (states["asked"], states["neither"]) == (0, 1), "nobody else knows that they ask"
    provider = Grant(Role.COMPONENT_PROVIDER, Kind.COMPONENT, ids(ruled)[1])
    theirs = browser(app, ruled, "provider@a.example", provider)
    assert theirs.get(f"{page}/decide").status_code == 403, "the provider does not decide"
    assert "Enter what you say" in send(theirs, f"{page}/opinion", {"opinion": ""}).text
    assert send(theirs, f"{page}/opinion", {"opinion": "It can be done"}).status_code == 303
    assert "It can be done" in board.get(f"{page}/decide").text
    refused = send(board, f"{page}/decide", {"decision": "refuse", "by": "The board"})
    assert refused.status_code == 422 and "Enter why it is refused" in refused.text
    granted = {"decision": "grant", "by": "The board", "conditions": "Plan it",
               "answer": "The contract counts", **day("until", 80)}  # fmt: skip
    assert send(board, f"{page}/decide", granted).status_code == 303
    assert board.get(f"{page}/decide").status_code == 303, "it is decided"
    work(database)
    assert letters(ruled)[-1].to_address == "owner@a.example"
    assert "Plan it" in letters(ruled)[-1].body
    shown = client.get(page)
    assert "The contract counts" in shown.text and "Granted" in shown.text
    assert client.get(f"{page}.json").get_json()["conditions"] == "Plan it"
    assert "The board" in client.get(f"{page}.csv").text
    history = client.get("/services/a-fine/history").text
    assert "Exemption from a mandate" in history and "Granted" in history
    [row] = client.get("/mandates/payments.json?state=exempt").get_json()["items"]
    assert (row["service_slug"], row["instead"], row["contract_end"]) == (
        "a-fine", ["Tills"], "2027-01-31",
    )  # fmt: skip
    assert (row["granted_by"], row["reason"]) == ("The board", ["legacy_contract"])
    exempt = team.get("/services/a-fine/needs").text
    assert "Exempt" in exempt and "Not until" in exempt and "it is exempt" in exempt
    assert "until" in team.get(ASK).text
    listed = soup_of(client.get("/mandates/payments?state=exempt"))
    assert "Tills" in listed.get_text() and "Declared" in listed.select("#services")[0].get_text()
    listed = soup_of(client.get("/components/payments"))
    assert listed.select(f"#exemptions a[href='{page}']") and listed.select(
        "a[href='/mandates/payments']"
    )
    stopped = send(board, f"{page}/end", {"reason": "It moved"})
    assert stopped.status_code == 303 and "Ended early" in client.get(page).text
    assert board.get(f"{page}/end").status_code == 303
    assert client.get("/mandates/payments.json?state=exempt").get_json()["count"] == 0
    as_at = f"/services/a-fine/as-at/{TODAY}.json"
    assert "exemption" not in client.get(as_at).get_json()


def test_it_is_withdrawn_or_refused(
    team: FlaskClient, board: FlaskClient, client: PageClient, ruled: Session, database: Database
) -> None:
    page = send(team, ASK, asking()).headers["Location"]
    assert send(team, f"{page}/withdraw", {}, page).status_code == 200, "asks first"
    assert send(team, f"{page}/withdraw", {"confirm": "yes"}, page).status_code == 303
    assert client.get(page).headers["Location"].startswith("/sign-in"), "nobody else's business"
    assert "Withdrawn" in team.get(page).text and team.get(f"{page}.json").status_code == 200
    page = send(team, ASK, asking()).headers["Location"]
    request_id = int(page.rpartition("/")[2])
    answer = {"decision": "refuse", "by": "The board", "answer": "It is no reason"}
    assert send(board, f"{page}/decide", answer).status_code == 303
    assert "It is no reason" in client.get(page).text
    late = Decided("The board", TODAY + timedelta(9))
    for again in (
        lambda: acts.grant(database, request_id, late, act(), ""),
        lambda: acts.withdraw(database, request_id, act()),
        lambda: acts.opine(database, request_id, "No", act()),
        lambda: acts.end(database, request_id, "No", act(), ""),
    ):
        with pytest.raises(Stale):
            again()
    assert send(team, ASK, asking()).headers["Location"] != page, "they can ask again"


def test_nobody_decides_on_their_own(
    app: Flask, ruled: Session, board: FlaskClient, database: Database
) -> None:
    roles = (owner_of(ruled, "a-fine"), ON_PORTAL)
    both = browser(app, ruled, "both@a.example", *roles)
    page = send(both, ASK, asking()).headers["Location"]
    granted = {"decision": "grant", "by": "Me", **day("until", 80)}
    answer = send(both, f"{page}/decide", granted)
    assert answer.status_code == 422 and "somebody else decides" in answer.text
    request_id = int(page.rpartition("/")[2])
    with pytest.raises(Invalid):
        acts.grant(database, request_id, Decided("The board", TODAY), act(), "")


def test_work_of_deciders_and_teams(ruled: Session, database: Database) -> None:
    service, component = ids(ruled)
    decider, owner = Somebody((ON_PORTAL,)), Somebody((owner_of(ruled, "a-fine"),))
    made = acts.ask(database, service, component, asked(), act(), "https://p")
    with database.reading() as session:
        [item] = waiting(session, decider, TODAY)
        assert (item.task, item.href) == ("decide_exemption", f"/exemptions/{made}")
        assert list(waiting(session, owner, TODAY)) == []
    acts.grant(database, made, Decided("The board", TODAY + timedelta(60)), by_board(), "https://p")
    with database.reading() as session:
        [item] = waiting(session, owner, TODAY)
        assert (item.due, item.href) == (TODAY + timedelta(60), ASK)
        assert item in items(session, owner, TODAY)
        assert not any(waiting(session, decider, TODAY))
    acts.ask(database, service, component, asked(400), act(), "https://p")
    with database.reading() as session:
        assert not any(waiting(session, owner, TODAY)), "they have asked again"
    with pytest.raises(Clash):
        acts.grant(database, made + 1, Decided("Us", TODAY + timedelta(9)), by_board(), "https://p")


def test_the_administrators_decide_where_there_is_no_board(
    ruled: Session, database: Database
) -> None:
    administrator = person(ruled, "p@a.example", Grant(Role.PORTAL_ADMINISTRATOR, Kind.PORTAL, 0))
    assert acts.deciders(ruled, TODAY) == {administrator.id}
    member = person(ruled, "board@a.example", ON_PORTAL)
    assert acts.deciders(ruled, TODAY) == {member.id}
    assert len(grants.holders(ruled, Kind.PORTAL, 0, TODAY)) == 2


def test_services_that_become_one(ruled: Session, database: Database) -> None:
    stays, component = ids(ruled)
    goes, _same = ids(ruled, "b-tax")
    both = [acts.ask(database, of, component, asked(), act(), "") for of in (stays, goes)]
    wanted = Wanted(RecordKind.SERVICE, stays, goes)
    assert ("Exemptions from a mandate", 1) in merging.preview(ruled, wanted, act()).moves
    merging.merge(database, wanted, act())
    ruled.expire_all()
    states = [exemptions.get(ruled, each).state for each in both]
    assert states == [ExemptionState.ASKED, ExemptionState.WITHDRAWN]
    rows = ruled.scalars(select(ExemptionRequest.service_id)).all()
    assert set(rows) == {stays}
    assert history_of(ruled, exemptions.THING, both[1])[0].after == {"service": "a-fine"}


def test_granted_ones_of_services_that_become_one(ruled: Session, database: Database) -> None:
    stays, component = ids(ruled)
    goes, _same = ids(ruled, "b-tax")
    made = acts.ask(database, goes, component, asked(), act(), "")
    acts.grant(database, made, Decided("The board", TODAY + timedelta(9)), by_board(), "")
    merging.merge(database, Wanted(RecordKind.SERVICE, stays, goes), act())
    ruled.expire_all()
    assert ruled.scalars(select(ComponentExemption.service_id)).all() == [stays]


def test_what_is_not_there(team: FlaskClient, client: PageClient) -> None:
    assert team.get(ASK.replace("payments", "cards")).status_code == 404, "not mandated"
    assert client.get("/mandates/cards").status_code == 404
    for address in ("/exemptions/99", "/exemptions/99/decide", "/exemptions/99.json"):
        assert client.get(address).status_code == 404


def test_mandates_narrowed_and_in_pages(client: PageClient, ruled: Session) -> None:
    page = soup_of(client.get("/mandates"))
    assert page.select("#counts-payments a[href='/mandates/payments?state=complies']")
    assert "All of us" in client.get("/mandates.csv").text
    for number in range(55):
        add_service(ruled, f"s-{number:02}", owner="ministry")
        add_usage(ruled, f"s-{number:02}", "pay")
    add_service(ruled, "z-silent", owner="ministry")
    found = soup_of(client.get("/mandates/payments"))
    rows = [row.th.get_text(" ", strip=True) for row in found.select("#services tbody tr")]
    assert rows[:2] == ["A fine Ministry Pay", "B tax Ministry Pay"] and len(rows) == 50
    assert "Old or existing contract" in str(found) or "Contract until 31 January 2027" in str(
        found
    )
    following = soup_of(client.get(str(found.select("a[rel=next]")[0]["href"])))
    assert len(following.select("#services tbody tr")) == 7
    unknown = client.get("/mandates/payments.json?state=not_known").get_json()["items"]
    assert [row["service_slug"] for row in unknown] == ["z-silent"]
    none = client.get("/mandates/payments?organisation=nobody&ends-within=3")
    assert "No service stands to it so" in none.text
    told = client.get("/mandates/payments?state=asked&need=x&after=zz").text
    assert "state=asked" in told and "need=x" in told
    assert client.get("/mandates/payments.json?ends-within=5").status_code == 400


def test_nothing_is_mandated(client: PageClient) -> None:
    assert "No mandate is recorded" in client.get("/mandates").text


def test_a_provider_records_a_mandate(app: Flask, ruled: Session) -> None:
    component = components.ids_by_slug(ruled)["cards"]
    provider = Grant(Role.COMPONENT_PROVIDER, Kind.COMPONENT, component)
    theirs = browser(app, ruled, "cards@a.example", provider)
    page = "/components/cards/edit/mandate"
    answer = {"scope": "Everybody", "needs": ["pay"], "sectors": ["nhs"], "from_phase": "alpha",
              "since-day": "1", "since-month": "5", "since-year": "2026", "audiences": ["public"],
              **dict.fromkeys(("note", "policy"), "")}  # fmt: skip
    form = soup_of(theirs.get(page))
    base = str(form.select("input[name=base]")[0]["value"])
    assert send(theirs, page, {**answer, "base": base}).status_code in (302, 303)
    document = theirs.get("/components/cards.json").get_json()["mandates"][0]
    assert (document["needs"], document["from_phase"]) == (["pay"], "alpha")
    said = theirs.get("/components/cards/history").text
    assert "Everybody" in said and "Pay" in said
    assert theirs.get("/mandates/cards").status_code == 200


def test_conditions_have_a_day_and_are_put_right(
    team: FlaskClient, board: FlaskClient, client: PageClient, ruled: Session,
    database: RolledBackDatabase,
) -> None:  # fmt: skip
    page = send(team, ASK, asking()).headers["Location"]
    case = soup_of(board.get(f"{page}/decide")).select("main")[0].get_text(" ", strip=True)
    for said in ("A fine", "Ministry", "Live", "Tills", "The contract ends on 31 January 2027",
                 "Declared", "It runs for a year", "Move then", "Nothing yet",
                 "Exemption asked for",
                 "Nothing was decided before"):  # fmt: skip
        assert said in case, said
    granted = {"decision": "grant", "by": "The board", "conditions": "Plan it"}
    both = {**granted, "by": "", **day("until", 0), **day("conditions_by", -1)}
    wrong = soup_of(send(board, f"{page}/decide", both)).select(".govuk-error-summary__list li")
    assert len(wrong) == 3, "everything at once"
    refused = send(board, f"{page}/decide", {"decision": "refuse"})
    assert len(soup_of(refused).select(".govuk-error-summary__list li")) == 2
    days = {**day("until", 200), **day("conditions_by", 90)}
    assert send(board, f"{page}/decide", {**granted, **days}).status_code == 303
    work(database)
    assert "They have to be met by" in letters(ruled)[-1].body
    by = TODAY + timedelta(90)
    owner = Somebody((owner_of(ruled, "a-fine"),))
    kept = [each for each in waiting(ruled, owner, TODAY) if "conditions" in each.task
            or "condition" in each.task]  # fmt: skip
    assert [(each.href, each.due) for each in kept] == [(page, by)]
    terms = f"{page}/conditions"
    assert team.get(terms).status_code == 403
    late = {"conditions": "Plan it", **day("conditions_by", 300), **day("met_on", 2)}
    assert len(soup_of(send(board, terms, late)).select(".govuk-error-summary__list li")) == 2
    right = {"conditions": "Plan the move", "why": "A slip", **day("conditions_by", 60)}
    assert send(board, terms, right).headers["Location"] == page
    assert send(board, terms, {**right, **day("met_on", 0)}).status_code == 303
    assert send(board, terms, {**right, **day("met_on", 0)}).status_code == 303
    ruled.expire_all()
    assert not [each for each in waiting(ruled, owner, TODAY) if "condition" in each.task]
    shown = soup_of(client.get(page)).select("main")[0].get_text(" ", strip=True)
    assert "Conditions to be met by" in shown and "Reason: A slip" in shown
    assert "Plan it" in shown.split("What happened")[1]
    document = client.get(f"{page}.json").get_json()
    assert document["conditions_met_on"] == TODAY.isoformat()
    assert "Plan the move" in client.get("/services/a-fine/history").text
    request_id = int(page.rpartition("/")[2])
    tags = [e.tag for e in history_of(ruled, exemptions.THING, request_id)]
    assert tags.count("exemption.conditions") == 2, "nothing new leaves no event"
    assert send(board, f"{page}/end", {"reason": "It moved"}).status_code == 303
    assert board.get(terms).status_code == 303
