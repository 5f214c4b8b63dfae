"""Add people and organisations' domains by command."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from contextlib import suppress

from sqlalchemy.orm import Session

from portal.access import Grant, Kind, Role
from portal.accounts.rules.addresses import clean_email, domain_of
from portal.accounts.rules.names import clean_name
from portal.accounts.store import grants, invitations, people, requests, things
from portal.audit import Act, Document
from portal.db import Database
from portal.errors import Clash


def create(
    database: Database, email: str, name: str, grant: Grant | None, act: Act
) -> tuple[int, bool, bool]:
    """Let somebody sign in, with a role. Whoever is here already keeps their name, and can sign in
    again where their account was closed.

    Args:
        database: the portal's.
        email: their address; what stands before the @ is their name where none is given.
        name: as other people see it.
        grant: the role, from today on.
        act: who adds them, and when.

    Returns:
        The person's id, whether they are new, and whether the role is.

    Raises:
        Invalid: the address or the name is none, or the role is not for such things.
    """
    address = clean_email(email)
    with database.writing() as session:
        known = people.by_email(session, address)
        called = clean_name(name or address.split("@")[0].replace(".", " ").capitalize())
        person = people.add(session, address, called, act)
        people.reactivate(session, person, act)
        given = False
        if grant is not None:
            with suppress(Clash):  # they hold it already
                grants.add(session, person.id, grant, act)
                given = True
        return person.id, known is None, given


def set_domain(
    database: Database, domain: str, organisation: str, may_publish: bool, act: Act
) -> None:
    """Say that addresses with a domain are of an organisation: its people may sign in.

    Raises:
        Missing: there is no organisation with this slug.
        Invalid: it is no domain.
    """
    cleaned = domain_of(clean_email(f"x@{domain.removeprefix('@')}"))
    with database.writing() as session:
        body = things.by_slug(session, Kind.ORGANISATION, organisation)
        people.set_domain(session, cleaned, body.id, may_publish, act)


def add_missing(database: Database, rows: Mapping[str, Sequence[Document]], act: Act) -> int:
    """Add the people of a set who are not here, with their roles and requests; how many.

    Args:
        database: the portal's.
        rows: `domains`, `people`, `invitations` and `requests`, as the demo set has them.
        act: who adds them, and when.

    Raises:
        Missing: a role is on something that is not here.
    """
    with database.writing() as session:
        new = [row for row in rows["people"] if people.by_email(session, row["email"]) is None]
        for row in new:
            person = people.add(session, row["email"], row["name"], act)
            for role in row["roles"]:
                grants.add(session, person.id, _grant(session, role), act)
        if new:
            _add_rest(session, rows, {row["email"] for row in new}, act)
        return len(new)


def _add_rest(
    session: Session, rows: Mapping[str, Sequence[Document]], new: set[str], act: Act
) -> None:
    for row in rows["domains"]:
        body = things.by_slug(session, Kind.ORGANISATION, row["organisation"])
        people.set_domain(session, row["domain"], body.id, row["may_publish"], act)
    for row in rows["invitations"]:
        with suppress(Clash):  # invited already
            invitations.add(session, row["email"], _grant(session, row), act)
    for row in rows["requests"]:
        person = people.by_email(session, row["email"])
        if person is not None and row["email"] in new:
            thing = things.by_slug(session, Kind(row["kind"]), row["slug"])
            requests.add(session, person.id, thing, row["why"], act)


def _grant(session: Session, row: Document) -> Grant:
    kind = Kind(row["kind"])
    return Grant(Role(row["role"]), kind, things.by_slug(session, kind, row["slug"]).id)
