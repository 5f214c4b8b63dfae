"""All SQL about roles: who holds which on what, and since when."""

from __future__ import annotations

from datetime import date

from sqlalchemy import ColumnElement, select
from sqlalchemy.orm import Session, joinedload

from portal.access import GRANTED_ON, Grant, Kind, Role
from portal.accounts.models.roles import RoleGrant
from portal.audit import Act, Document, record
from portal.db import one_at_a_time
from portal.errors import N_, Clash, Invalid, Missing

THING = "role_grant"


def holds_on(day: date) -> ColumnElement[bool]:
    """The condition that a role is held on a day."""
    return (RoleGrant.since <= day) & (RoleGrant.until.is_(None) | (RoleGrant.until > day))


def get(session: Session, grant_id: int) -> RoleGrant:
    """One grant with its person. Raises Missing."""
    query = select(RoleGrant).options(joinedload(RoleGrant.person)).where(RoleGrant.id == grant_id)
    found = session.scalar(query)
    if found is None:
        raise Missing("There is no such role")
    return found


def of_person(session: Session, person_id: int, day: date) -> list[RoleGrant]:
    """The roles that somebody holds on a day or will hold later, in the order of the grants."""
    not_over = RoleGrant.until.is_(None) | (RoleGrant.until > day)
    query = select(RoleGrant).where(RoleGrant.person_id == person_id, not_over)
    return list(session.scalars(query.order_by(RoleGrant.id)))


def held(session: Session, person_id: int, day: date) -> tuple[Grant, ...]:
    """The roles that somebody holds on a day, as the policy reads them."""
    query = select(RoleGrant.role, RoleGrant.kind, RoleGrant.thing_id).where(
        RoleGrant.person_id == person_id, holds_on(day)
    )
    return tuple(Grant(*row) for row in session.execute(query.order_by(RoleGrant.id)))


def document_of(grant: RoleGrant) -> Document:
    """What the history says of a grant: ids, no names."""
    return {
        "person": grant.person_id,
        "role": grant.role.value,
        "kind": grant.kind.value,
        "thing": grant.thing_id,
        "since": grant.since.isoformat(),
        "until": grant.until.isoformat() if grant.until else None,
    }


def add(
    session: Session,
    person_id: int,
    grant: Grant,
    act: Act,
    since: date | None = None,
    until: date | None = None,
) -> RoleGrant:
    """Give somebody a role.

    Args:
        session: one that writes.
        person_id: who gets it.
        grant: the role and the thing.
        act: who gives it, and when.
        since: the first day; the act's without one.
        until: the day after the last; open without one.

    Raises:
        Invalid: the role is not for things of this kind, or the end comes before the start.
        Clash: they hold it on one of these days already.
    """
    since = since or act.day
    if grant.kind not in GRANTED_ON[grant.role]:
        raise Invalid("role", N_("This role cannot be given here"))
    if until is not None and until <= since:
        raise Invalid("until", N_("The end must be after the start"))
    one_at_a_time(session)
    if _overlapping(session, person_id, grant, since, until):
        raise Clash("role", N_("They already have this role on some of these days"))
    made = RoleGrant(
        person_id=person_id,
        role=grant.role,
        kind=grant.kind,
        thing_id=grant.id,
        since=since,
        until=until,
        granted_by=act.actor,
        granted_at=act.at,
    )
    session.add(made)
    session.flush()
    record(session, act, "role.granted", THING, made.id, None, document_of(made))
    return made


def _overlapping(
    session: Session, person_id: int, grant: Grant, since: date, until: date | None
) -> bool:
    query = select(RoleGrant.id).where(
        RoleGrant.person_id == person_id,
        RoleGrant.role == grant.role,
        RoleGrant.kind == grant.kind,
        RoleGrant.thing_id == grant.id,
        RoleGrant.until.is_(None) | (RoleGrant.until > since),
    )
    if until is not None:
        query = query.where(RoleGrant.since < until)
    return session.scalar(query.limit(1)) is not None


def end(session: Session, grant: RoleGrant, act: Act, until: date | None = None) -> bool:
    """End a role on a day, which is the first without it; today without one. False where it ends
    on that day or before it already.

    A role that has not begun yet ends where it begins, and is never held.

    Raises:
        Invalid: the day has passed: who did what as what stays as it was.
    """
    day = until or act.day
    if day < act.day:
        raise Invalid("until", N_("The last day cannot be in the past"))
    day = max(day, grant.since)
    if grant.until is not None and grant.until <= day:
        return False
    before = document_of(grant)
    grant.until = day
    session.flush()
    record(session, act, "role.ended", THING, grant.id, before, document_of(grant))
    return True


def holders(session: Session, kind: Kind, thing_id: int, day: date) -> list[RoleGrant]:
    """Who holds a role on a thing itself, on a day or later, with their people, by name."""
    query = (
        select(RoleGrant)
        .options(joinedload(RoleGrant.person))
        .where(RoleGrant.kind == kind, RoleGrant.thing_id == thing_id)
        .where(RoleGrant.until.is_(None) | (RoleGrant.until > day))
    )
    found = session.scalars(query.order_by(RoleGrant.id))
    return sorted(found, key=lambda grant: (grant.person.name.casefold(), grant.person_id))


def with_role(session: Session, role: Role, kind: Kind, thing_id: int, day: date) -> list[int]:
    """The ids of who holds one role on one thing on a day."""
    query = select(RoleGrant.person_id).where(
        RoleGrant.role == role, RoleGrant.kind == kind, RoleGrant.thing_id == thing_id
    )
    return list(session.scalars(query.where(holds_on(day)).order_by(RoleGrant.person_id)))
