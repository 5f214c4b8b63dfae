"""A service being registered, for tests: who does it, and what they answer."""

from __future__ import annotations

from typing import Any

from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select
from sqlalchemy.orm import Session
from werkzeug.test import TestResponse

from portal.access import Grant, Kind, Role
from portal.accounts.models.people import Person
from portal.catalogue.models.registrations import Registration
from tests.support.accounts import (
    add_domain,
    add_person,
    other_browser,
    send,
    signed_in,
)
from tests.support.data import add_organisation
from tests.support.pages import soup_of

ANSWERS: dict[str, dict[str, Any]] = {
    "name": {
        "name": "Cofrestru’ch cwch",
        "welsh_name": "Cofrestru’ch cwch hwylio",
        "other_names": "Boat reg\nO’Brien’s register",
    },
    "purpose": {"purpose": "Put a boat on the register."},
    "user-need": {"user_need": "Sail lawfully."},
    "audiences": {"audiences": ["public", "business"]},
    "phase": {"phase": "private_beta", "since-day": "3", "since-month": "2", "since-year": "2025"},
    "channels": {"channels": ["online"], "transactional": "yes"},
    "apis": {"answer": "none"},
}


class Cast:
    """A body whose people publish at once, one whose do not, and people of both."""

    def __init__(self, app: Flask, session: Session) -> None:
        self.app, self.session = app, session
        self.body = add_organisation(session, "boat-office", name="Boat Office").id
        self.other = add_organisation(session, "river-trust", name="River Trust").id
        add_domain(session, "boats.example", self.body, publish=True)
        add_domain(session, "rivers.example", self.other)
        self.team = add_person(session, "team@boats.example", name="Team")
        self.keen = add_person(session, "keen@rivers.example", name="Keen")
        admin = Grant(Role.ORGANISATION_ADMINISTRATOR, Kind.ORGANISATION, self.other)
        self.admin = add_person(session, "admin@rivers.example", admin, name="Admin")
        session.commit()

    def browser(self, who: Person) -> FlaskClient:
        """A browser in which somebody is signed in."""
        client = other_browser(self.app)
        signed_in(client, self.session, who)
        return client

    def draft(self, client: FlaskClient, **answers: dict[str, Any]) -> str:
        """Start a draft and answer everything; its address."""
        at = str(send(client, "/register", {"started_by": "x" * 20}).headers["Location"])
        for question, values in (ANSWERS | answers).items():
            answer = send(client, f"{at}/{question}", values)
            assert answer.status_code == 303, (question, answer.text)
        return at

    def row(self) -> Registration:
        """The newest registration."""
        self.session.expire_all()
        query = select(Registration).order_by(Registration.id.desc())
        return self.session.scalars(query).first()  # type: ignore[return-value]


def publish(client: FlaskClient, at: str) -> TestResponse:
    """Send the answers as the check page shows them."""
    page = soup_of(client.get(f"{at}/check"))
    names = ("csrf_token", "seen")
    sent = {name: str(page.select(f"main input[name={name}]")[0]["value"]) for name in names}
    return client.post(f"{at}/check", data=sent)
