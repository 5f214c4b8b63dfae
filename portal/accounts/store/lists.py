"""Lists of people and of their roles, in the order of names."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, func, or_, select, tuple_
from sqlalchemy.orm import Session, contains_eager

from portal.access import Kind, Role
from portal.accounts.models.people import Person
from portal.accounts.models.roles import RoleGrant
from portal.accounts.rules.names import sort_key
from portal.accounts.store.grants import holds_on


@dataclass(frozen=True, slots=True)
class PeopleQuery:
    """What a list of people is asked for; None and "" mean "any".

    Attributes:
        text: a part of a name or an address.
        role: a role that they hold.
        active: whether they may sign in.
        after: the last row of the page before: a grant or, in the list of people, a person.
    """

    text: str = ""
    role: Role | None = None
    active: bool | None = None
    after: int | None = None


def roles(
    session: Session,
    on: Mapping[Kind, Collection[int]],
    query: PeopleQuery,
    day: date,
    limit: int | None = None,
) -> list[RoleGrant]:
    """The roles on some things, held on a day or later, with their people; by name.

    Args:
        session: where to look.
        on: ids of the things by kind.
        query: what is asked for.
        day: today.
        limit: how many at most.
    """
    things = [
        and_(RoleGrant.kind == kind, RoleGrant.thing_id.in_(ids)) for kind, ids in on.items() if ids
    ]
    statement = (
        select(RoleGrant)
        .join(RoleGrant.person)
        .options(contains_eager(RoleGrant.person))
        .where(or_(*things), RoleGrant.until.is_(None) | (RoleGrant.until > day))
        .order_by(Person.sort_name, Person.id, RoleGrant.id)
        .limit(limit)
    )
    if query.text:
        statement = statement.where(_named(query.text))
    if query.role is not None:
        statement = statement.where(RoleGrant.role == query.role)
    if query.after is not None:
        last = select(Person.sort_name, Person.id, RoleGrant.id).join(RoleGrant.person)
        row = session.execute(last.where(RoleGrant.id == query.after)).first()
        if row is not None:
            here = tuple_(Person.sort_name, Person.id, RoleGrant.id)
            statement = statement.where(here > tuple_(*row))
    return list(session.scalars(statement))


def people(
    session: Session, query: PeopleQuery, day: date, limit: int | None = None
) -> list[tuple[Person, int]]:
    """Everybody, with how many roles they hold on a day; by name."""
    held = (
        select(func.count(RoleGrant.id))
        .where(RoleGrant.person_id == Person.id, holds_on(day))
        .scalar_subquery()
    )
    statement: Select[tuple[Person, int]] = (
        select(Person, held).order_by(Person.sort_name, Person.id).limit(limit)
    )
    if query.text:
        statement = statement.where(_named(query.text))
    if query.active is not None:
        gone = Person.deactivated_at.is_not(None)
        statement = statement.where(~gone if query.active else gone)
    if query.role is not None:
        holders = select(RoleGrant.person_id).where(RoleGrant.role == query.role, holds_on(day))
        statement = statement.where(Person.id.in_(holders))
    if query.after is not None:
        row = session.execute(
            select(Person.sort_name, Person.id).where(Person.id == query.after)
        ).first()
        if row is not None:
            statement = statement.where(tuple_(Person.sort_name, Person.id) > tuple_(*row))
    return list(map(_pair, session.execute(statement)))


def _pair(row: Any) -> tuple[Person, int]:
    return row[0], row[1]


def _named(text: str) -> ColumnElement[bool]:
    by_name = Person.sort_name.contains(sort_key(text), autoescape=True)
    return by_name | Person.email.contains(text.lower(), autoescape=True)
