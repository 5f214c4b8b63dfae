"""All SQL about people, and about the domains of organisations."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import replace
from datetime import date

from sqlalchemy import delete, insert, select
from sqlalchemy.orm import Session

from portal.accounts.models.people import OrganisationDomain, Person, PersonProfession
from portal.accounts.rules.addresses import domain_of
from portal.accounts.rules.names import sort_key
from portal.accounts.rules.people import Known
from portal.accounts.store import grants
from portal.accounts.words import Profession
from portal.audit import Act, Document, record
from portal.db import insert_new
from portal.errors import Missing

THING = "person"


def by_email(session: Session, email: str) -> Person | None:
    """The person with a normalised address, active or not."""
    return session.scalar(select(Person).where(Person.email == email))


def get(session: Session, person_id: int) -> Person:
    """One person. Raises Missing."""
    found = session.get(Person, person_id)
    if found is None:
        raise Missing("There is no such person")
    return found


def reachable(session: Session) -> list[int]:
    """The ids of everybody with an open account to whom mail can be sent."""
    query = select(Person.id).where(
        Person.deactivated_at.is_(None), Person.unreachable_at.is_(None)
    )
    return list(session.scalars(query.order_by(Person.id)))


def unreached(session: Session, person: Person, act: Act) -> bool:
    """Note that mail to somebody comes back; False where that is known."""
    if person.unreachable_at is not None:
        return False
    person.unreachable_at = act.at
    session.flush()
    before, after = {"reachable": True}, {"reachable": False}
    return record(session, act, "person.unreachable", THING, person.id, before, after)


def reached(session: Session, person: Person, act: Act) -> bool:
    """Note that somebody is here again; False where nobody doubted it."""
    if person.unreachable_at is None:
        return False
    person.unreachable_at = None
    session.flush()
    before, after = {"reachable": False}, {"reachable": True}
    return record(session, act, "person.reachable", THING, person.id, before, after)


def known(session: Session, person_id: int, day: date) -> Known | None:
    """Somebody with the roles of a day; None where there is no such person, or their account is
    closed.
    """
    found = session.get(Person, person_id)
    if found is None or found.deactivated_at is not None:
        return None
    return Known(person_id, grants.held(session, person_id, day))


def add(session: Session, email: str, name: str, act: Act, by_themselves: bool = False) -> Person:
    """The person with this address, made where there is none yet.

    Two transactions at once make one: the second waits for the first and finds its row.

    Args:
        session: one that writes.
        email: normalised.
        name: as other people see it.
        act: who adds them, and when.
        by_themselves: they signed in for the first time: it is their own act.
    """
    row = {
        "email": email,
        "name": name,
        "sort_name": sort_key(name),
        "created_at": act.at,
        "version": 1,
    }
    made = insert_new(session, Person, row)
    if made is not None:
        act = replace(act, actor=actor(made)) if by_themselves else act
        record(session, act, "person.created", THING, made, None, {"active": True})
    found = by_email(session, email)
    if found is None:
        raise Missing("There is no such person")
    return found


def rename(session: Session, person: Person, name: str, act: Act) -> bool:
    """Change somebody's name; False where it is theirs already. The history knows neither."""
    if person.name == name:
        return False
    before = {"version": person.version}
    person.name, person.sort_name = name, sort_key(name)
    person.version += 1
    session.flush()
    return record(
        session, act, "person.renamed", THING, person.id, before, {"version": person.version}
    )


def deactivate(session: Session, person: Person, act: Act) -> bool:
    """Let somebody sign in no more; False where that is so already."""
    return _set_active(session, person, False, act)


def reactivate(session: Session, person: Person, act: Act) -> bool:
    """Let somebody sign in again, without the roles they had."""
    return _set_active(session, person, True, act)


def _set_active(session: Session, person: Person, active: bool, act: Act) -> bool:
    if (person.deactivated_at is None) == active:
        return False
    person.deactivated_at = None if active else act.at
    person.version += 1
    session.flush()
    tag = "person.reactivated" if active else "person.deactivated"
    return record(session, act, tag, THING, person.id, {"active": not active}, {"active": active})


def professions_of(session: Session, person_id: int) -> list[Profession]:
    """The professions that somebody assesses in, in the order of the list."""
    query = select(PersonProfession.profession).where(PersonProfession.person_id == person_id)
    return sorted(session.scalars(query), key=list(Profession).index)


def profess(session: Session, person: Person, chosen: Collection[Profession], act: Act) -> bool:
    """Say in which professions somebody assesses; False where that is known."""
    before = professions_of(session, person.id)
    after = sorted(chosen, key=list(Profession).index)
    mine = PersonProfession.person_id == person.id
    session.execute(delete(PersonProfession).where(mine))
    for profession in after:
        session.execute(insert(PersonProfession).values(person_id=person.id, profession=profession))
    said = ({"professions": [p.value for p in some]} for some in (before, after))
    return record(session, act, "person.professions", THING, person.id, *said)


def actor(person_id: int) -> str:
    """How the history names somebody."""
    return f"person:{person_id}"


def names_of_actors(session: Session, actors: Collection[str]) -> dict[str, str]:
    """What the people among these actors of the history are called now, by actor."""
    ids = _ids_in(actors)
    if not ids:
        return {}
    rows = session.execute(select(Person.id, Person.name).where(Person.id.in_(ids)))
    return {actor(id_): name for id_, name in rows}


def _ids_in(actors: Collection[str]) -> list[int]:
    parts = [each.partition(":") for each in actors]
    return [int(id_) for kind, _colon, id_ in parts if kind == THING and id_.isdigit()]


def domain(session: Session, email: str) -> OrganisationDomain | None:
    """What is known of the organisation behind an address, by what follows the @."""
    query = select(OrganisationDomain).where(OrganisationDomain.domain == domain_of(email))
    return session.scalar(query)


def set_domain(
    session: Session, name: str, organisation_id: int, may_publish: bool, act: Act
) -> bool:
    """Say whose addresses have a domain; False where that is known."""
    found = session.scalar(select(OrganisationDomain).where(OrganisationDomain.domain == name))
    before = None if found is None else _domain_document(found)
    if found is None:
        found = OrganisationDomain(domain=name)
        session.add(found)
    found.organisation_id, found.may_publish = organisation_id, may_publish
    session.flush()
    after = _domain_document(found)
    return record(session, act, "domain.set", "organisation_domain", found.id, before, after)


def _domain_document(found: OrganisationDomain) -> Document:
    return {
        "domain": found.domain,
        "organisation": found.organisation_id,
        "may_publish": found.may_publish,
    }
