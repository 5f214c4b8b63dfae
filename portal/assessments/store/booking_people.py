"""Who is told of a booking: the people behind each part, as they are on a day."""

from __future__ import annotations

from collections.abc import Collection
from datetime import date

from sqlalchemy import ColumnElement, and_, select
from sqlalchemy.orm import Session

from portal.access import ASSESSOR, INVITED, LEAD, OBSERVER, Kind, Role, Thing
from portal.accounts.models.people import Person
from portal.accounts.models.roles import RoleGrant
from portal.accounts.store.grants import holds_on
from portal.assessments.booking_words import Part

_SEATS = {
    Part.LEAD: LEAD, Part.ASSESSOR: ASSESSOR, Part.INVITED: INVITED, Part.OBSERVER: OBSERVER,
}  # fmt: skip


def of_parts(
    session: Session, thing: Thing, parts: Collection[Part], day: date
) -> list[tuple[int, str]]:
    """The ids and addresses of the people who are one of these parts to a booking.

    For the team those with a role on the service or component itself, and only where there is
    none those with one on its organisation; for the assurance team that of the organisation
    where it runs the booking, else the portal's. Never who runs the portal: they are nothing to it.
    """
    seated = {
        id_
        for part in parts
        for seat in thing.parts
        if seat.kind == _SEATS.get(part)
        for id_ in seat.people
    }
    held = set[int]()
    if Part.TEAM in parts:
        held |= _team(session, thing, day)
    if Part.ASSURANCE in parts:
        held |= _assurance(session, thing, day)
    query = select(Person.id, Person.email).where(
        Person.id.in_(seated | held), Person.deactivated_at.is_(None)
    )
    return [(id_, email) for id_, email in session.execute(query.order_by(Person.id))]


def _team(session: Session, thing: Thing, day: date) -> set[int]:
    of = next((part for part in thing.parts if part.kind in (Kind.SERVICE, Kind.COMPONENT)), None)
    if of is None:
        return set()
    owner = Role.SERVICE_OWNER if of.kind == Kind.SERVICE else Role.COMPONENT_PROVIDER
    near = _holders(session, day, Kind(of.kind), {of.id}, {owner, Role.TEAM_MEMBER})
    roles = {owner, Role.TEAM_MEMBER, Role.ORGANISATION_ADMINISTRATOR}
    return near or _holders(session, day, Kind.ORGANISATION, of.organisations, roles)


def _assurance(session: Session, thing: Thing, day: date) -> set[int]:
    roles = {Role.ASSURANCE_TEAM}
    own = _holders(session, day, Kind.ORGANISATION, thing.organisations, roles)
    return own or _holders(session, day, Kind.PORTAL, {0}, roles)


def _holders(
    session: Session, day: date, kind: Kind, ids: Collection[int], roles: Collection[Role]
) -> set[int]:
    g = RoleGrant
    on: ColumnElement[bool] = and_(g.kind == kind, g.thing_id.in_(ids), g.role.in_(roles))
    return set(session.scalars(select(g.person_id).where(on, holds_on(day))))
