"""Pages of transfers: who prepares, checks, applies and reverses one, and what all can read."""

from __future__ import annotations

import csv
import io
import re

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy.orm import Session

from portal.access import Grant, Kind, Role
from portal.catalogue.store import duplicates
from portal.catalogue.store import transfers as store
from portal.catalogue.words import RecordKind, TransferState
from tests.support.accounts import (
    add_person,
    administrator,
    other_browser,
    send,
    signed_in,
    token_in,
)
from tests.support.data import add_organisation, add_service
from tests.support.pages import PageClient, soup_of
from tests.support.storefront import add_capability, add_component

FORM = {
    "title": "Boats go to Harbours", "loses": "Ministry of Boats", "gains": "portal:new\nOther",
    "kind": "split", "happened_on-day": "7", "happened_on-month": "2",
    "happened_on-year": "2023", "source": "https://a.example/news",
}  # fmt: skip


@pytest.fixture
def top(app: Flask, session: Session) -> FlaskClient:
    """A portal administrator's browser, in a government with something to transfer."""
    add_organisation(session, "old", name="Ministry of Boats")
    add_organisation(session, "new", name="Harbours")
    add_organisation(session, "other", name="Other")
    add_capability(session, "needs")
    add_capability(session, "pay", "needs")
    add_component(session, "payments", "pay", provider="old")
    for number in range(3):
        add_service(session, f"service-{number}", owner="old")
    old = duplicates.id_at(session, RecordKind.ORGANISATION, "old")
    admin = Grant(Role.ORGANISATION_ADMINISTRATOR, Kind.ORGANISATION, old)
    add_person(session, "admin@a.example", admin, name="Siân Powell")
    client = other_browser(app)
    signed_in(client, session, add_person(session, "top@a.example", administrator()))
    return client


def draft(client: FlaskClient) -> str:
    """The address of a new draft."""
    answer = send(client, "/transfers/new", FORM)
    assert answer.status_code == 303, answer.text
    return answer.headers["Location"].removesuffix("/edit")


def test_what_is_wrong_with_a_new_one(top: FlaskClient) -> None:
    wrong = send(top, "/transfers/new", {})
    assert wrong.status_code == 422
    assert len(soup_of(wrong).select(".govuk-error-summary__list a")) == 6
    for changes, told in (
        ({"loses": "Nobody at all"}, "There is no organisation “Nobody at all”"),
        ({"gains": "Ministry of Boats"}, "An organisation cannot both lose and gain"),
        ({"happened_on-year": "2099"}, "must be today or in the past"),
        ({"gains": "Harbour of Boats"}, "enter the whole name"),
        ({"gains": "\n".join(["Other"] * 13)}, "Enter 12 organisations or fewer"),
        ({"source": "somewhere"}, "must be a web address"),
    ):
        wrong = send(top, "/transfers/new", FORM | changes)
        assert wrong.status_code == 422 and told in soup_of(wrong).get_text(), told
        assert "Boats go to Harbours" in wrong.text, "what was typed is kept"


def test_prepare_check_apply_and_reverse(
    top: FlaskClient, client: PageClient, session: Session
) -> None:
    address = draft(top)
    assert client.get(address).status_code == 404, "a draft is nobody else's"
    assert "Boats go to Harbours" not in client.get("/transfers").text
    assert f"{address}/edit" in top.get("/transfers").text
    page = soup_of(top.get(f"{address}/edit"))
    rows = page.select("#items tbody tr")
    assert [row.th.get_text() for row in rows] == [
        "Service 0", "Service 1", "Service 2", "Payments", "Siân Powell",
    ]  # fmt: skip
    selects = [str(row.select("select")[0]["name"]) for row in rows]
    new, other = (
        str(duplicates.id_at(session, RecordKind.ORGANISATION, slug)) for slug in ("new", "other")
    )
    checked = top.get(f"{address}/check")
    assert "Of 5 things nobody has chosen where they go" in checked.text
    assert not soup_of(checked).select("main form")
    data = {selects[0]: other, selects[4]: "end", selects[3]: "nonsense", "rest": new}
    assert send(top, f"{address}/edit", data).headers["Location"] == f"{address}/check"
    checked = top.get(f"{address}/check")
    counts = [[cell.get_text() for cell in row.select("th, td")]
              for row in soup_of(checked).select("#counts tbody tr")]  # fmt: skip
    assert ["Service", "Harbours", "2"] in counts and ["Service", "Other", "1"] in counts
    assert ["Role of a person", "Ends", "1"] in counts
    assert top.get("/services/service-0.json").get_json()["owners"][0]["until"] is None
    done = send(top, f"{address}/check", {})
    assert done.headers["Location"] == address
    page = top.get(address)
    assert "The transfer is applied" in page.text and "Siân Powell" not in page.text
    assert send_again(top, f"{address}/check", page_with_token=f"{address}/reverse") == 303
    found = client.get(f"{address}.json").get_json()
    assert found["count"] == 4 and found["items"][0]["to"] == "Other"
    rows_of = list(csv.DictReader(io.StringIO(client.get(f"{address}.csv").text)))
    assert [row["kind"] for row in rows_of] == ["service"] * 3 + ["component"]
    assert "Split" in client.get("/organisations/old").text
    assert "Transfer of functions" in client.get("/services/service-0/history").text
    number = int(re.findall(r"\d+", address)[0])
    assert store.get(session, number).state is TransferState.APPLIED
    for path in ("edit", "check", "discard"):
        assert top.get(f"{address}/{path}").headers["Location"] == address
    wrong = send(top, f"{address}/reverse", {})
    assert wrong.status_code == 422 and "Enter why it is taken back" in wrong.text
    back = send(top, f"{address}/reverse", {"reason": "Not so"}).headers["Location"]
    page = client.get(back)
    assert "Not so" in page.text and "See the transfer that was reversed" in page.text
    assert "See the reversal" in client.get(address).text
    assert top.get(f"{address}/reverse").headers["Location"] == address
    owners = client.get("/services/service-0.json").get_json()["owners"]
    assert [(o["organisation"], o["until"]) for o in owners] == [("portal:old", None)]


def send_again(client: FlaskClient, address: str, page_with_token: str) -> int:
    token = token_in(client.get(page_with_token))
    return client.post(address, data={"csrf_token": token}).status_code


def test_what_changed_since_is_said(top: FlaskClient, session: Session) -> None:
    address = draft(top)
    new = duplicates.id_at(session, RecordKind.ORGANISATION, "new")
    send(top, f"{address}/edit", {"rest": str(new)})
    page = soup_of(top.get(f"{address}/edit"))
    role = str(page.select("#items tbody tr")[-1].select("select")[0]["name"])
    send(top, f"{address}/edit", {role: "stay", "rest": "open"})
    add_service(session, "late", owner="old", name="Late service")
    session.commit()
    checked = top.get(f"{address}/check")
    assert "They own 1 thing that this draft does not have" in checked.text
    token = token_in(checked)
    refused = top.post(f"{address}/check", data={"csrf_token": token})
    assert refused.headers["Location"] == f"{address}/check", "where it says why"
    again = top.post(f"{address}/again", data={"csrf_token": token})
    assert again.headers["Location"] == f"{address}/edit"
    assert "Late service" in top.get(f"{address}/edit").text
    send(top, f"{address}/edit", {"rest": str(new)})
    assert send(top, f"{address}/check", {}).status_code == 303
    # Harbours give one of them away by another transfer.
    data = FORM | {"title": "On", "loses": "Harbours", "gains": "Other", "kind":
                   "functions_transferred", "happened_on-year": "2024"}  # fmt: skip
    then = send(top, "/transfers/new", data).headers["Location"].removesuffix("/edit")
    assert send(top, f"{then}/check", {}).status_code == 303
    page = top.get(f"{address}/reverse")
    assert "cannot be reversed" in page.text and "It has another home now" in page.text.replace(
        "it has", "It has"
    )
    token = token_in(top.get(f"{then}/reverse"))
    late = top.post(f"{address}/reverse", data={"csrf_token": token, "reason": "x"})
    assert late.headers["Location"] == f"{address}/reverse"
    listed = top.get("/transfers.json").get_json()
    assert [item["title"] for item in listed["items"]] == ["On", "Boats go to Harbours"]
    assert listed["items"][1]["services"] == 4 and listed["items"][1]["loses"] == ["old"]
    for query, many in (("kind=split", 1), ("state=reversed", 0), ("organisation=new", 2)):
        assert top.get(f"/transfers.json?{query}").get_json()["count"] == many
    assert "There are no such transfers" in top.get("/transfers?state=reversed").text
    assert "kind=x" in top.get("/transfers?kind=x&state=draft").text
    assert top.get("/transfers.csv?kind=x").status_code == 400
    assert top.get(f"/transfers?after={then.split('/')[-1]}").status_code == 200


def test_a_draft_is_thrown_away(top: FlaskClient, client: PageClient) -> None:
    address = draft(top)
    assert top.get(f"{address}/discard").status_code == 200
    answer = send(top, f"{address}/discard", {})
    assert "The draft is thrown away" in top.get(answer.headers["Location"]).text
    assert top.get(f"{address}/edit").status_code == 404
    assert "No transfers have been recorded yet" in client.get("/transfers").text


def test_a_long_draft_has_more_pages(top: FlaskClient, session: Session) -> None:
    for number in range(110):
        add_service(session, f"more-{number}", owner="old")
    session.commit()
    address = draft(top)
    page = soup_of(top.get(f"{address}/edit"))
    assert len(page.select("#items tbody tr")) == 100
    assert "Siân Powell" not in page.get_text()
    following = send(top, f"{address}/edit", {"rest": "stay"}).headers["Location"]
    assert "after=" in following
    page = soup_of(top.get(following))
    assert len(page.select("#items tbody tr")) == 15
