"""Who may see a page: found by asking, so that a new permission needs no line in a list."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import UTC, datetime

from flask import Flask, Response
from sqlalchemy import select
from werkzeug.exceptions import HTTPException

from portal.access import Grant, Kind, Person, Role, Visitor
from portal.assessments.booking_words import SeatState
from portal.assessments.models.panels import Seat
from portal.errors import Problem
from portal.web.people import as_person
from tests.support.pages import plain_client
from tests.support.summary import unnoticed

MISSING = 404
#: Carries the roles of the person a browser test plays: see tests/browser/server.py.
HEADER = "X-Test-Roles"
NO_ROLE = "none"


@dataclass(frozen=True, slots=True)
class Somebody:
    """A person with given roles, signed in without a session: whom tests act as."""

    grants: tuple[Grant, ...] = ()
    id: int = 1
    name: str = "Siân O’Brien"
    email: str = "sian.obrien@example.gov.uk"
    session_id: int = 0
    expires_at: datetime = datetime(2030, 1, 1, tzinfo=UTC)
    is_authenticated = True


def everywhere(*roles: Role) -> Somebody:
    """A person whose roles count on everything."""
    return Somebody(tuple(Grant(role, Kind.PORTAL, 0) for role in roles))


def reader_of(app: Flask, address: str) -> Person:
    """A visitor where one is let in, else somebody without a role, or with the first that is; at
    last those who sit on panels. Whoever is told that there is no such page does only where all
    are told so.
    """
    people: list[Person] = [Visitor(), Somebody(), *(everywhere(role) for role in Role)]
    told: Person | None = None
    for person in people:
        answer = _guard_says(app, address, person)
        if answer is not None and answer.status_code == MISSING:
            told = told or person
        elif not _turned_away(answer):
            return person
    for person in seated(app):
        # Only the page itself knows what is on which seat.
        with unnoticed(), as_person(app, person):
            answer = plain_client(app).get(address)
        if answer.status_code != MISSING and not _turned_away(answer):
            return person
    if told is None:
        raise AssertionError(f"no role may see {address}")
    return told


def _guard_says(app: Flask, address: str, person: Person) -> Response | None:
    """What the guard answers before the page is made; None where it lets somebody in."""
    with as_person(app, person), app.test_request_context(address):
        try:
            answer = app.preprocess_request()
        except (HTTPException, Problem) as problem:
            answer = app.handle_user_exception(problem)
        return None if answer is None else app.make_response(answer)


def _turned_away(answer: Response | None) -> bool:
    return answer is not None and (answer.status_code in (401, 403) or led_to_sign_in(answer))


def seated(app: Flask) -> Iterator[Person]:
    """Who sits on a panel."""
    if "portal" not in app.extensions:
        return
    sits = select(Seat.person_id).where(Seat.state == SeatState.FILLED).distinct()
    with app.extensions["portal"].database.reading() as session:
        ids = list(session.scalars(sits.order_by(Seat.person_id)))
    for id_ in ids:
        yield replace(everywhere(Role.ASSESSOR), id=id_)


def led_to_sign_in(answer: object) -> bool:
    """True for an answer that asks a visitor to sign in first."""
    return str(getattr(answer, "headers", {}).get("Location", "")).startswith("/sign-in?")


def header_for(person: Person) -> dict[str, str]:
    """What a browser sends to be that person; nothing for a visitor."""
    if isinstance(person, Visitor):
        return {}
    roles = " ".join(sorted(grant.role for grant in person.grants)) or NO_ROLE
    return {HEADER: roles if person.id == Somebody().id else f"{roles} {person.id}"}


def person_of(header: str) -> Somebody:
    """The person that `header_for` gave."""
    words = header.split()
    ids = [int(word) for word in words if word.isdigit()]
    roles = (Role(word) for word in words if word != NO_ROLE and not word.isdigit())
    return replace(everywhere(*roles), id=ids[0] if ids else Somebody().id)
