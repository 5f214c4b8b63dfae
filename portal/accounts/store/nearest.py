"""Who answers for things: those nearest to each, found for many things at once."""

from __future__ import annotations

from collections.abc import Collection
from datetime import date

from sqlalchemy import and_, or_, select
from sqlalchemy.orm import Session

from portal.access import Kind, Role, Thing
from portal.accounts.models.people import Person
from portal.accounts.models.roles import RoleGrant
from portal.accounts.store.grants import holds_on

Key = tuple[Kind, int]
#: Who owns a thing of a kind.
OWNERS = {Kind.SERVICE: Role.SERVICE_OWNER, Kind.COMPONENT: Role.COMPONENT_PROVIDER}
_ABOVE = (Role.SERVICE_OWNER, Role.COMPONENT_PROVIDER, Role.ORGANISATION_ADMINISTRATOR)


def nearest(
    session: Session, things: Collection[Thing], day: date, owners: bool = True
) -> dict[Key, set[int]]:
    """The ids of the people who answer for each thing, in one statement: its owners, else those
    who own all that its organisation has, else the organisation's administrators, else the
    portal's. Closed accounts do not count.

    Args:
        session: where to look.
        things: with who owns them.
        day: of the roles.
        owners: False to begin with the administrators.
    """
    if not things:
        return {}
    held = _held(session, things, day)
    return {(Kind(thing.kind), thing.id): _of(thing, held, owners) for thing in things}


Held = dict[tuple[Role, Kind, int], set[int]]


def _of(thing: Thing, held: Held, owners: bool) -> set[int]:
    kind = Kind(thing.kind)
    bodies = {thing.id} if kind is Kind.ORGANISATION else thing.organisations
    owner = OWNERS.get(kind)
    if owner is not None and owners:
        found = held.get((owner, kind, thing.id)) or _on(held, owner, bodies)
        if found:
            return found
    administrators = _on(held, Role.ORGANISATION_ADMINISTRATOR, bodies)
    return administrators or held.get((Role.PORTAL_ADMINISTRATOR, Kind.PORTAL, 0), set())


def _on(held: Held, role: Role, bodies: Collection[int]) -> set[int]:
    return {who for body in bodies for who in held.get((role, Kind.ORGANISATION, body), ())}


def _held(session: Session, things: Collection[Thing], day: date) -> Held:
    bodies = {body for thing in things for body in thing.organisations}
    bodies |= {thing.id for thing in things if thing.kind == Kind.ORGANISATION}
    on = [
        and_(RoleGrant.role == Role.PORTAL_ADMINISTRATOR, RoleGrant.kind == Kind.PORTAL),
        and_(
            RoleGrant.kind == Kind.ORGANISATION,
            RoleGrant.thing_id.in_(bodies),
            RoleGrant.role.in_(_ABOVE),
        ),
    ]
    for kind, role in OWNERS.items():
        ids = [thing.id for thing in things if thing.kind == kind]
        if ids:
            mine = (RoleGrant.kind == kind, RoleGrant.role == role, RoleGrant.thing_id.in_(ids))
            on.append(and_(*mine))
    query = (
        select(RoleGrant.role, RoleGrant.kind, RoleGrant.thing_id, RoleGrant.person_id)
        .join(Person, Person.id == RoleGrant.person_id)
        .where(holds_on(day), Person.deactivated_at.is_(None), or_(*on))
    )
    found: Held = {}
    for role, kind, thing_id, who in session.execute(query):
        found.setdefault((role, kind, thing_id), set()).add(who)
    return found
