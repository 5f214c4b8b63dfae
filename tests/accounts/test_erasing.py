"""A person is forgotten: who they were goes, what they did stays."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from flask.testing import FlaskClient
from sqlalchemy import select
from sqlalchemy.orm import Session

from portal import mail
from portal.accounts.models.people import Person
from portal.accounts.models.roles import JoinRequest
from portal.accounts.store import people
from portal.audit import HistoryEvent
from portal.catalogue.actions import registering
from portal.catalogue.models.registrations import Registration
from tests.support.accounts import act, other_browser, send
from tests.support.transactions import RolledBackDatabase

As = Callable[[Person], FlaskClient]


def test_who_somebody_was_is_forgotten(
    cast: Any, as_: As, session: Session, database: RolledBackDatabase
) -> None:
    nobody, top = as_(cast.nobody), as_(cast.top)
    send(nobody, "/services/a-service/join", {"why": "I am the one with the red hair"})
    send(other_browser(nobody.application), "/sign-in", {"email": "nobody@a.example"})
    registering.start(database, cast.nobody.id, "key", act())
    at = f"/people/{cast.nobody.id}"
    open_ = send(top, f"{at}/erase", {"why": "Asked for it"})
    assert open_.status_code == 422 and "Close their account first" in open_.text
    send(top, f"{at}/leave", {"close": "y"})
    assert f"{at}/erase" in top.get(at).text
    assert "Enter why they are erased" in send(top, f"{at}/erase", {}).text
    assert send(top, f"{at}/erase", {"why": "Asked for it"}).status_code == 303
    session.expire_all()
    who = people.get(session, cast.nobody.id)
    assert (who.name, who.email) == ("Somebody who was erased", f"erased-{who.id}@erased.invalid")
    assert session.scalars(select(JoinRequest)).one().why is None
    assert session.scalars(select(Registration)).all() == []
    for letter in mail.newest(session, 100):
        assert letter.to_address != "nobody@a.example"
    event = session.scalars(select(HistoryEvent).where(HistoryEvent.tag == "person.erased")).one()
    assert event.reason == "Asked for it" and "nobody@a" not in str((event.before, event.after))
    assert f"{at}/erase" not in top.get(at).text
    assert send(top, f"{at}/erase", {"why": "Again"}).status_code == 303, "twice does it once"
    events = select(HistoryEvent).where(HistoryEvent.tag == "person.erased")
    assert len(session.scalars(events).all()) == 1


def test_a_mail_that_waits_to_somebody_who_is_erased_is_given_up(session: Session) -> None:
    values = {"link": "https://portal.example/x", "thing": "A", "person": "B"}
    for to in ("gone@a.example", "here@a.example"):
        mail.queue(session, to, "join_asked", values, to, act().at)
    assert mail.forget(session, "gone@a.example", act().at) == 1
    session.expire_all()
    left = mail.newest(session, 10)
    assert [row.to_address for row in left] == ["here@a.example"]
    assert left[0].failed_at is None
