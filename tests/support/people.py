"""Who may see a page: found by asking, so that a new permission needs no line in a list."""

from __future__ import annotations

from flask import Flask

from portal.access import Person, Role, Somebody, Visitor
from portal.web.people import as_person
from tests.support.summary import unnoticed

#: Carries the roles of the person a browser test plays: see tests/browser/server.py.
HEADER = "X-Test-Roles"


def reader_of(app: Flask, address: str) -> Person:
    """A visitor where one is let in, else somebody with the first role that is."""
    people: list[Person] = [Visitor(), *(Somebody(frozenset({role})) for role in Role)]
    for person in people:
        with unnoticed(), as_person(app, person):
            if Flask.test_client(app).get(address).status_code != 403:
                return person
    raise AssertionError(f"no role may see {address}")


def header_for(person: Person) -> dict[str, str]:
    """What a browser sends to be that person; nothing for a visitor."""
    if isinstance(person, Visitor):
        return {}
    return {HEADER: " ".join(sorted(person.roles))}
