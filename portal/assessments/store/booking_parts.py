"""Which bookings somebody is a part of, for lists, as `confidentiality.parts_of` says of one."""

from __future__ import annotations

from collections.abc import Collection

from sqlalchemy import (
    ColumnElement,
    String,
    and_,
    cast,
    exists,
    false,
    func,
    not_,
    or_,
    select,
    true,
)

from portal.access import Kind, Person, Role
from portal.assessments.booking_words import Declaration, PanelBy, Part, SeatRole, SeatState
from portal.assessments.models.bookings import Booking
from portal.assessments.models.panels import Seat
from portal.assessments.rules.panels import ConflictKind
from portal.catalogue.models.components import Component
from portal.catalogue.models.services import Service

_TEAM = {Role.TEAM_MEMBER, Role.ORGANISATION_ADMINISTRATOR}
_ON = {
    Kind.SERVICE: _TEAM | {Role.SERVICE_OWNER},
    Kind.COMPONENT: _TEAM | {Role.COMPONENT_PROVIDER},
}
_SEATS = {
    Part.LEAD: SeatRole.LEAD, Part.ASSESSOR: SeatRole.ASSESSOR, Part.OBSERVER: SeatRole.OBSERVER,
}  # fmt: skip


def any_of(person: Person, parts: Collection[Part]) -> ColumnElement[bool]:
    """The bookings to which somebody is one of these parts."""
    found: list[ColumnElement[bool]] = []
    if Part.TEAM in parts:
        found.append(_team(person))
    if Part.ASSURANCE in parts:
        found.append(_assurance(person))
    roles = [_SEATS[part] for part in parts if part in _SEATS]
    if roles:
        found.append(_sits(person, roles))
    return or_(false(), *found)


def _ids(person: Person, roles: Collection[Role], kind: Kind) -> list[int]:
    return [grant.id for grant in person.grants if grant.role in roles and grant.kind is kind]


def _team(person: Person) -> ColumnElement[bool]:
    b = Booking
    bodies = {kind: _ids(person, roles, Kind.ORGANISATION) for kind, roles in _ON.items()}
    return or_(
        b.service_id.in_(_ids(person, _ON[Kind.SERVICE], Kind.SERVICE)),
        b.component_id.in_(_ids(person, _ON[Kind.COMPONENT], Kind.COMPONENT)),
        _service_of(bodies[Kind.SERVICE]),
        _component_of(bodies[Kind.COMPONENT]),
    )


def _assurance(person: Person) -> ColumnElement[bool]:
    if _ids(person, {Role.ASSURANCE_TEAM}, Kind.PORTAL):
        return true()
    bodies = _ids(person, {Role.ASSURANCE_TEAM}, Kind.ORGANISATION)
    own = or_(_service_of(bodies), _component_of(bodies))
    return and_(own, Booking.panel_by.is_distinct_from(PanelBy.CROSS_GOVERNMENT))


def _sits(person: Person, roles: Collection[SeatRole]) -> ColumnElement[bool]:
    s = Seat
    judged = and_(s.declaration == Declaration.CONFLICT, s.answer.is_not(None), s.answer != "")
    cleared = cast(s.judged, String).contains(f'"{ConflictKind.TEAM}"')
    return exists().where(
        s.booking_id == Booking.id, s.person_id == person.id, s.state == SeatState.FILLED,
        s.role.in_(roles), or_(s.declaration == Declaration.NONE, judged),
        or_(cleared, not_(func.coalesce(_team(person), false()))),
    )  # fmt: skip


def _service_of(bodies: list[int]) -> ColumnElement[bool]:
    s = Service
    of = select(s.id).where(or_(s.organisation_id.in_(bodies), s.delivers_id.in_(bodies)))
    return Booking.service_id.in_(of)


def _component_of(bodies: list[int]) -> ColumnElement[bool]:
    c = Component
    return Booking.component_id.in_(select(c.id).where(c.provider_id.in_(bodies)))
