"""What the page that edits a component, and its history, say of the rows of its lists."""

from __future__ import annotations

from flask import Flask
from sqlalchemy.orm import Session

from portal.catalogue.forms.component_rows import in_words
from portal.web.people import as_person
from tests.support.data import add_organisation
from tests.support.pages import PageClient, soup_of
from tests.support.people import reader_of
from tests.support.storefront import add_capability, add_component

DATES = {"since": "2026-04-01", "until": None, "note": None, "source": None}


def test_rows_are_said_in_words(app: Flask, client: PageClient, session: Session) -> None:
    add_organisation(session, "ministry")
    add_capability(session, "needs")
    add_capability(session, "texts", "needs")
    add_component(
        session, "notify", "texts", lifecycle="live",
        steps=[{"text": "Make an account.", "days": 0}, {"text": "Go live.", "days": 12},
               {"text": "Wait.", "days": None}],
        prices=[{"item": "Text message", "unit": "fragment", "pence": "2.4", "per_cent": None,
                 **DATES, "source": "https://prices.example/"}],
        mandates=[{"scope": "All of us.", "needs": ["texts"], "sectors": ["nhs"],
                   "audiences": ["public"], "from_phase": "live", "since": "2024-02-23",
                   "new_since": "2024-01-01", "policy": "https://policy.example/"}],
        incidents=[{"what": "It was down", "since": "2026-01-02", "until": "2026-01-03",
                    "source": None}],
    )  # fmt: skip
    session.commit()
    with as_person(app, reader_of(app, "/components/notify/edit")):
        edit = client.get("/components/notify/edit")
    history = client.get("/components/notify/history")
    for page in (edit, history):
        text = soup_of(page).get_text(" ", strip=True)
        for said in (
            "Make an account. Typically the same day", "Go live. Typically 12 days", "Wait",
            "Text message: 2.4p per fragment. From 1 April 2026. Source: https://prices.example/",
            "All of us. From 23 February 2024. Needs: Texts. Services of: NHS. Used by: The public",
            "The public. From this phase on: Live. Only services that began on 1 January 2024",
            "2024 or later. Policy: https://policy.example/",
            "It was down. From 2 January 2026 until 3 January 2026",
        ):  # fmt: skip
            assert said in text, said


def test_other_lists(app: Flask) -> None:
    with app.test_request_context():
        allowance = {"what": "Emails", "group": None, "amount": 1000, "period": "a year", **DATES}
        assert in_words("allowances", allowance, {}) == "Emails: 1,000 (a year). From 1 April 2026"
        volume = {"measure": "messages", "amount": None, "since": None, "to": "2026-05-01",
                  "note": "So far", "source": None}  # fmt: skip
        assert in_words("volumes", volume, {}) == "Messages: not known. 1 May 2026. So far"
        cost = {"pounds": 5, "basis": "published", "since": "2025-04-01", "until": "2026-04-01"}
        said = in_words("costs", cost, {})
        assert (
            said is not None
            and said.startswith("£5 (")
            and said.endswith("From 1 April 2025 until 1 April 2026")
        )
        stage = {"stage": "product", "since": "2026-04-01", "rationale": "Many.", "source": None}
        assert in_words("evolution", stage, {}) == "Product. From 1 April 2026. Many"
        assert in_words("steps", {"service": "a", "what_happens": "b"}, {}) is None, "a journey's"
        assert in_words("owners", {"role": "accountable"}, {}) is None
