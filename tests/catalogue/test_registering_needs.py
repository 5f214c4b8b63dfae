"""What a registration says of needs becomes usages; the demo set's registrations."""

from __future__ import annotations

import pytest
from flask import Flask
from sqlalchemy import select
from sqlalchemy.orm import Session

from portal.accounts.store import people
from portal.audit import HistoryEvent
from portal.catalogue.models.registrations import Registration
from portal.catalogue.models.services import Service
from portal.catalogue.models.usage import CapabilityNeed, Usage
from portal.catalogue.words import RegistrationState
from portal.db import Database
from tests.support.accounts import (
    act,
    other_browser,
    send,
    signed_in,
)
from tests.support.data import load_demo
from tests.support.pages import soup_of
from tests.support.registering import ANSWERS, publish

DEMO = pytest.mark.parametrize("demo", [True])


@DEMO
def test_needs_become_usages(app: Flask, session: Session, database: Database) -> None:
    owner = people.by_email(session, "service.owner@dvla.demo.example")
    assert owner is not None
    client = other_browser(app)
    signed_in(client, session, owner)
    at = str(send(client, "/register", {}).headers["Location"])
    for question, values in ANSWERS.items():
        send(client, f"{at}/{question}", values)
    chosen = {"needs": ["card-payments", "letters", "e-sign", "maps"]}
    first = send(client, f"{at}/needs", chosen).headers["Location"]
    assert first == f"{at}/needs/card-payments", "in the order of the tree"
    page = client.get(first).text
    assert "How do you take card payments?" in page and "GOV.UK Pay" in page
    assert "GOV.UK Verify" not in page
    assert "Select how you meet this need" in send(client, first, {}).text
    pay = send(client, first, {"how": "component:govuk-pay"}).headers["Location"]
    assert client.get(pay.replace("govuk-pay", "govuk-verify")).headers["Location"] == first
    assert "Why no shared component" not in client.get(pay).text
    assert "Select whether it is in use" in send(client, pay, {}).text
    dated = {"since-day": "", "since-month": "3", "since-year": "2024"}
    planned = send(client, pay, {"status": "planned", **dated})
    assert "it is not in use yet" in planned.text
    assert (
        send(client, pay, {"status": "live", **dated}).headers["Location"] == f"{at}/needs/letters"
    )
    bought = send(client, f"{at}/needs/e-sign", {"how": "bought_product"}).headers["Location"]
    assert "Enter the name of the product" in send(client, bought, {"status": "live"}).text
    send(client, bought, {"status": "live", "product": "Sign-O-Matic", "reason": "cost"})
    send(client, f"{at}/needs/letters", {"how": "by_hand"})
    assert client.get(f"{at}/needs/search").status_code == 404, "was not chosen"
    assert client.get(f"{at}/needs/nothing").status_code == 404
    check = client.get(f"{at}/check").text
    assert "GOV.UK Pay: in use since March 2024" in check
    assert "Sign-O-Matic: in use, since when is not known" in check
    publish(client, at)
    made = session.scalars(select(Service.id).where(Service.slug == "cofrestruch-cwch")).one()
    used = {
        (u.arrangement.value, u.product, str(u.since), u.since_basis)
        for u in session.scalars(select(Usage).where(Usage.service_id == made))
    }
    today = str(act().day)
    assert used == {
        ("shared_component", None, "2024-03-01", "month"),
        ("bought_product", "Sign-O-Matic", today, "seen"),
        ("by_hand", None, today, "seen"),
    }
    said = session.scalars(select(CapabilityNeed).where(CapabilityNeed.service_id == made))
    answers = [row.answer.value for row in said]
    assert answers == ["needed"] * 4, "of the others nothing is known"
    assert "Cofrestru’ch cwch" in client.get("/services?component=govuk-pay").text
    why = {"why": "Too early"}
    assert send(client, "/services/cofrestruch-cwch/withdraw", why).status_code == 303
    session.expire_all()
    assert session.scalars(select(Usage).where(Usage.service_id == made)).all() == []
    gone = select(HistoryEvent).where(
        HistoryEvent.tag == "withdrawn", HistoryEvent.thing == "usage"
    )
    assert len(session.scalars(gone).all()) == 3


@DEMO
def test_all_needs_are_answered_on_one_page(app: Flask, session: Session) -> None:
    owner = people.by_email(session, "service.owner@dvla.demo.example")
    assert owner is not None
    client = other_browser(app)
    signed_in(client, session, owner)
    at = str(send(client, "/register", {}).headers["Location"])
    page, chosen = f"{at}/needs/together", {"needs": ["card-payments", "letters", "maps"]}
    assert client.get(page).headers["Location"] == at, "no need is said yet"
    first = send(client, f"{at}/needs", chosen).headers["Location"]
    assert page in client.get(first).text
    text = soup_of(client.get(page)).get_text(" ", strip=True)
    assert "How do you take card payments?" in text and "My service does not need" not in text
    bad = {"card-payments--how": "component:govuk-pay", "letters--how": "bought_product",
           "letters--status": "live"}  # fmt: skip
    wrong = send(client, page, bad)
    errors = [e.get_text() for e in soup_of(wrong).select(".govuk-error-summary__list a")]
    assert errors == ["Take card payments: Select whether it is in use",
                      "Send letters: Enter the name of the product"]  # fmt: skip
    right = {"card-payments--how": "component:govuk-pay", "card-payments--status": "live",
             "card-payments--since-month": "3", "card-payments--since-year": "2024",
             "letters--how": "by_hand"}  # fmt: skip
    assert send(client, page, right).headers["Location"] == f"{at}/needs/maps", "the one left"
    session.expire_all()
    row = session.get_one(Registration, int(at.rpartition("/")[2]))
    assert row.needs["card-payments"]["component"] == "govuk-pay"
    assert row.needs["card-payments"]["since"] == "2024-03-01"
    assert row.needs["letters"]["arrangement"] == "by_hand"


@DEMO
def test_the_demo_set_has_a_draft_and_one_that_waits(app: Flask, session: Session) -> None:
    rows = session.scalars(select(Registration)).all()
    assert {row.state for row in rows} == {RegistrationState.DRAFT, RegistrationState.WAITING}
    load_demo(app)
    assert len(session.scalars(select(Registration)).all()) == len(rows), "a second run adds none"


@DEMO
def test_what_is_not_needed_is_said_so(app: Flask, session: Session) -> None:
    owner = people.by_email(session, "service.owner@dvla.demo.example")
    assert owner is not None
    client = other_browser(app)
    signed_in(client, session, owner)
    at = str(send(client, "/register", {}).headers["Location"])
    assert send(client, f"{at}/needs", {"needs": ["maps"]}).status_code == 303
    assert "recorded as not needed" not in client.get(f"{at}/check").text
    send(client, f"{at}/needs", {"needs": ["maps"], "no_more": "y"})
    assert "32 other needs are recorded as not needed" in client.get(f"{at}/check").text
    assert "checked" in str(soup_of(client.get(f"{at}/needs")).select("input[name=no_more]")[0])
