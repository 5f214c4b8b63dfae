"""All SQL about what can be a conflict for somebody on a panel, around one booking or many."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any, NamedTuple

from sqlalchemy import (
    ColumnElement,
    String,
    and_,
    cast,
    literal,
    null,
    or_,
    select,
    union_all,
)
from sqlalchemy.orm import Session, aliased

from portal.access import Kind, Role
from portal.accounts.models.roles import RoleGrant
from portal.accounts.store.grants import holds_on
from portal.accounts.words import Profession
from portal.assessments.booking_words import Declaration, PanelBy, SeatRole, SeatState, State
from portal.assessments.models.bookings import Booking
from portal.assessments.models.panels import Assessor, Seat
from portal.assessments.rules.booking_settings import HeldHow
from portal.assessments.rules.panels import Around, standing
from portal.assessments.rules.workflow import SHOWN_TO_TEAM
from portal.assessments.store import booking_settings
from portal.catalogue.component_words import UsageStatus
from portal.catalogue.models.components import Component
from portal.catalogue.models.services import Service
from portal.catalogue.models.usage import Usage

#: How far an assessment is once somebody has led it.
_LED = SHOWN_TO_TEAM | {State.ASSESSED, State.DRAFTING, State.ASSURANCE_CHECK}
#: Who answers for a service or component at its assessment, as portal/access.py has it.
_TEAM = {
    Kind.SERVICE: (Role.TEAM_MEMBER, Role.ORGANISATION_ADMINISTRATOR, Role.SERVICE_OWNER),
    Kind.COMPONENT: (Role.TEAM_MEMBER, Role.ORGANISATION_ADMINISTRATOR, Role.COMPONENT_PROVIDER),
}
_NOTHING = cast(null(), String)
#: What of one booking: its ids, by what they are.
Facts = Mapping[str, set[Any]]
_seat = aliased(Seat)


class Stands(NamedTuple):
    """A panel on which somebody has a conflict that nobody has judged, and how many have."""

    reference: str
    held_on: date | None
    many: int


class _Sat(NamedTuple):
    """Somebody on a seat, as the rules see them."""

    role: SeatRole
    profession: Profession | None
    state: SeatState
    person_id: int | None
    declaration: Declaration
    objection: str | None
    judged: list[str] | None
    organisation_id: int | None
    supplier_key: str | None


def around(session: Session, booking: Booking, held: HeldHow, day: date) -> Around:
    """What can be a conflict for somebody on the panel of a booking, in one statement."""
    found = _facts(session, Booking.id == booking.id, day)
    return _around(found.get(booking.id, {}), booking.panel_by, held)


def _around(found: Facts, panel_by: PanelBy | None, held: HeldHow) -> Around:
    return Around(
        team=frozenset(found.get("team", ())),
        suppliers=frozenset(found.get("supplier_key", ())),
        supplier_bodies=frozenset(found.get("supplier", ())),
        organisations=frozenset(found.get("organisation", ())),
        earlier_leads=frozenset(found.get("lead", ())),
        cross_government=panel_by is PanelBy.CROSS_GOVERNMENT,
        own_allowed=held.same_organisation,
        lead_again=held.earlier_lead,
    )


def standing_on(session: Session, which: ColumnElement[bool], day: date) -> list[Stands]:
    """The panels of these bookings on which a conflict stands, the earliest first: what was said,
    and what only the records say, by the rule that the panel's own page asks. Three statements.
    """
    s, b, a = _seat, Booking, Assessor
    query = (
        select(
            b.id, b.reference, b.held_on, b.panel_by, b.organisation_id, s.role, s.profession,
            s.state, s.person_id, s.declaration, s.objection, s.judged, a.organisation_id,
            a.supplier_key,
        )
        .join(s, s.booking_id == b.id)
        .outerjoin(a, a.person_id == s.person_id)
        .where(which, s.state == SeatState.FILLED)
        .order_by(b.held_on, b.id)
    )  # fmt: skip
    rows = session.execute(query).all()
    if not rows:
        return []
    facts, held = _facts(session, which, day), booking_settings.held_by_each(session)
    found: dict[int, Stands] = {}
    for id_, reference, held_on, panel_by, body, *seat in rows:
        here = _around(facts.get(id_, {}), panel_by, held(body))
        if standing(_Sat._make(seat), here):
            many = found[id_].many if id_ in found else 0
            found[id_] = Stands(reference, held_on, many + 1)
    return list(found.values())


def _facts(session: Session, which: ColumnElement[bool], day: date) -> dict[int, Facts]:
    """What stands around each of these bookings, by its id."""
    found: dict[int, dict[str, set[Any]]] = {}
    for booking_id, what, id_, text in session.execute(union_all(*_legs(which, day))):
        here = found.setdefault(booking_id, {})
        if id_ is not None:
            here.setdefault(what, set()).add(id_)
        if text is not None:
            here.setdefault("supplier_key", set()).add(text)
    return dict(found)


def _legs(which: ColumnElement[bool], day: date) -> list[Any]:
    """The booking, what, an id and a name of each fact."""
    asked = select(Booking.id, Booking.service_id, Booking.component_id).where(which).cte("asked")
    bodies = union_all(*_bodies(asked)).cte("bodies")
    g, u = RoleGrant, Usage

    def leg(what: str, of: Any, id_: Any, model: Any, on: Any, text: Any = _NOTHING) -> Any:
        return select(of, literal(what), id_, text).join(model, on)

    near = [
        leg("team", asked.c.id, g.person_id, g,
            and_(g.kind == kind, g.thing_id == thing, g.role.in_(_TEAM[kind]), holds_on(day)))
        for kind, thing in (
            (Kind.SERVICE, asked.c.service_id), (Kind.COMPONENT, asked.c.component_id),
        )
    ]  # fmt: skip
    roles = or_(*(and_(bodies.c.of == kind, g.role.in_(some)) for kind, some in _TEAM.items()))
    of_body = leg(
        "team", bodies.c.booking_id, g.person_id, g,
        and_(g.kind == Kind.ORGANISATION, g.thing_id == bodies.c.body, roles, holds_on(day)),
    )  # fmt: skip
    own = select(bodies.c.booking_id, literal("organisation"), bodies.c.body, _NOTHING)
    suppliers = leg(
        "supplier", asked.c.id, u.supplier_id, u,
        and_(_same(u, asked), u.status != UsageStatus.STOPPED,
             u.supplier_key.is_not(None)), u.supplier_key,
    )  # fmt: skip
    return [*near, of_body, own, suppliers, _led(asked)]


def _bodies(asked: Any) -> list[Any]:
    """Whose the services and components of bookings are."""
    s, c, id_ = Service, Component, asked.c.id.label("booking_id")
    return [
        select(id_, body.label("body"), literal(kind.value).label("of")).join(model, on)
        for kind, body, model, on in (
            (Kind.SERVICE, s.organisation_id, s, s.id == asked.c.service_id),
            (Kind.SERVICE, s.delivers_id, s, s.id == asked.c.service_id),
            (Kind.COMPONENT, c.provider_id, c, c.id == asked.c.component_id),
        )
    ]


def _led(asked: Any) -> Any:
    """Who has led another assessment of the same."""
    b, s = aliased(Booking), aliased(Seat)
    return (
        select(asked.c.id, literal("lead"), s.person_id, _NOTHING)
        .join(b, and_(_same(b, asked), b.id != asked.c.id))
        .join(s, s.booking_id == b.id)
        .where(b.state.in_(_LED), s.role == SeatRole.LEAD, s.state == SeatState.FILLED)
    )


def _same(model: Any, asked: Any) -> ColumnElement[bool]:
    """What is of the same service, or component; who supplies a component, its users say."""
    return or_(model.service_id == asked.c.service_id, model.component_id == asked.c.component_id)
