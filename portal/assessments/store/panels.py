"""All SQL about the seats of panels: who sits where, and what speaks against them."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, NamedTuple

from sqlalchemy import (
    ColumnElement,
    String,
    and_,
    cast,
    delete,
    func,
    literal,
    null,
    or_,
    select,
    union_all,
    update,
)
from sqlalchemy.orm import Session

from portal.access import Kind, Role
from portal.accounts.models.people import Person
from portal.accounts.models.roles import RoleGrant
from portal.accounts.store.grants import holds_on
from portal.accounts.store.people import actor
from portal.accounts.words import Profession
from portal.assessments.booking_words import Declaration, PanelBy, SeatRole, SeatState, State
from portal.assessments.models.assessments import AssessmentPoint
from portal.assessments.models.bookings import Booking
from portal.assessments.models.drafting import Section
from portal.assessments.models.panels import Assessor, Seat, SeatVolunteer
from portal.assessments.models.standards import StandardPoint
from portal.assessments.rules.booking_settings import HeldHow
from portal.assessments.rules.panels import AGAIN, Around, Place, places
from portal.assessments.rules.workflow import SHOWN_TO_TEAM
from portal.assessments.words import AssessmentKind
from portal.audit import Act, Document, record
from portal.catalogue.component_words import UsageStatus
from portal.catalogue.models.components import Component
from portal.catalogue.models.organisations import Organisation
from portal.catalogue.models.services import Service
from portal.catalogue.models.usage import Usage
from portal.errors import Missing, Stale

THING, SECTION = "seat", "section"
#: How far an assessment is once somebody has led it.
_LED = SHOWN_TO_TEAM | {State.ASSESSED, State.DRAFTING, State.ASSURANCE_CHECK}
#: Who answers for a service or component at its assessment, as portal/access.py has it.
_TEAM = {
    Kind.SERVICE: (Role.TEAM_MEMBER, Role.ORGANISATION_ADMINISTRATOR, Role.SERVICE_OWNER),
    Kind.COMPONENT: (Role.TEAM_MEMBER, Role.ORGANISATION_ADMINISTRATOR, Role.COMPONENT_PROVIDER),
}


class SeatRow(NamedTuple):
    """A seat as pages and rules see it, with who sits there."""

    id: int
    role: SeatRole
    profession: Profession | None
    state: SeatState
    person_id: int | None
    name: str | None
    declaration: Declaration
    declared_at: datetime | None
    conflict: str | None
    objection: str | None
    answer: str | None
    judged: list[str] | None
    left_because: str | None
    left_at: datetime | None
    replaces_id: int | None
    organisation_id: int | None
    organisation: str | None
    supplier: str | None
    supplier_key: str | None
    volunteers: int


@dataclass(frozen=True, slots=True)
class Panel:
    """All that is to be known of the panel of a booking.

    Attributes:
        seats: those that are open or filled.
        left: those that somebody has left, the last first.
        needed: the seats that it needs.
    """

    seats: list[SeatRow]
    left: list[SeatRow]
    needed: tuple[Place, ...]
    around: Around


def of_booking(session: Session, booking: Booking, held: HeldHow, day: date) -> Panel:
    """The panel of a booking: two statements, three of one that assesses some points again."""
    rows = seats(session, booking.id)
    return Panel(
        [row for row in rows if row.state is not SeatState.LEFT],
        [row for row in reversed(rows) if row.state is SeatState.LEFT],
        needed(session, booking),
        around(session, booking, held, day),
    )


def seats(session: Session, booking_id: int) -> list[SeatRow]:
    """The seats of a panel: the lead's first, observers' last."""
    s, a, o, v = Seat, Assessor, Organisation, SeatVolunteer
    offers = select(func.count()).where(v.seat_id == s.id).correlate(s).scalar_subquery()
    query = (
        select(
            s.id, s.role, s.profession, s.state, s.person_id, Person.name, s.declaration,
            s.declared_at, s.conflict, s.objection, s.answer, s.judged, s.left_because, s.left_at,
            s.replaces_id, a.organisation_id, o.name, a.supplier, a.supplier_key, offers,
        )
        .outerjoin(Person, Person.id == s.person_id)
        .outerjoin(a, a.person_id == s.person_id)
        .outerjoin(o, o.id == a.organisation_id)
        .where(s.booking_id == booking_id)
        .order_by(s.id)
    )  # fmt: skip
    found = [SeatRow._make(row) for row in session.execute(query)]
    roles, professions = list(SeatRole).index, [None, *Profession].index
    return sorted(found, key=lambda row: (roles(row.role), professions(row.profession), row.id))


def needed(session: Session, booking: Booking) -> tuple[Place, ...]:
    """The seats that the panel of a booking needs."""
    again = _again(session, booking) if booking.kind in AGAIN else None
    return places(booking.stage, booking.kind, again)


def _again(session: Session, booking: Booking) -> set[Profession] | None:
    """The professions of the points that are assessed again; None where those are not known.

    A point that no profession leads on is the lead's.
    """
    rating = AGAIN.get(booking.kind or AssessmentKind.ASSESSMENT)
    if booking.again_of_id is not None:
        p = AssessmentPoint
        query = (
            select(p.number, StandardPoint.profession)
            .outerjoin(StandardPoint, StandardPoint.id == p.point_id)
            .where(p.assessment_id == booking.again_of_id, p.rating == rating)
        )
    elif booking.after_id is not None:
        query = select(Section.number, Section.profession).where(
            Section.booking_id == booking.after_id, Section.rating == rating, Section.number > 0
        )
    else:
        return None
    rows = session.execute(query).all()
    return {profession for _number, profession in rows if profession} if rows else None


def around(session: Session, booking: Booking, held: HeldHow, day: date) -> Around:
    """What can be a conflict for somebody on the panel of a booking, in one statement."""
    found: dict[str, set[Any]] = {}
    for what, id_, text in session.execute(union_all(*_around(booking, day))):
        if id_ is not None:
            found.setdefault(what, set()).add(id_)
        if text is not None:
            found.setdefault("supplier_key", set()).add(text)
    return Around(
        team=frozenset(found.get("team", ())),
        suppliers=frozenset(found.get("supplier_key", ())),
        supplier_bodies=frozenset(found.get("supplier", ())),
        organisations=frozenset(found.get("organisation", ())),
        earlier_leads=frozenset(found.get("lead", ())),
        cross_government=booking.panel_by is PanelBy.CROSS_GOVERNMENT,
        own_allowed=held.same_organisation,
        lead_again=held.earlier_lead,
    )


def _around(booking: Booking, day: date) -> list[Any]:
    """What, an id and a name of each fact."""
    nothing = cast(null(), String)
    g, kind, id_ = RoleGrant, Kind.SERVICE, booking.service_id
    if id_ is None:
        kind, id_ = Kind.COMPONENT, booking.component_id
    bodies = _bodies(kind, id_)
    near = and_(g.kind == kind, g.thing_id == id_)
    of_body = and_(g.kind == Kind.ORGANISATION, g.thing_id.in_(union_all(*bodies)))
    team = select(literal("team"), g.person_id, nothing).where(
        or_(near, of_body), g.role.in_(_TEAM[kind]), holds_on(day)
    )
    own = [select(literal("organisation"), each.subquery().c[0], nothing) for each in bodies]
    u, b, s = Usage, Booking, Seat
    suppliers = select(literal("supplier"), u.supplier_id, u.supplier_key).where(
        _of(u, booking), u.status != UsageStatus.STOPPED, u.supplier_key.is_not(None)
    )  # fmt: skip
    led = (
        select(literal("lead"), s.person_id, nothing)
        .join(b, b.id == s.booking_id)
        .where(_of(b, booking), b.id != booking.id, b.state.in_(_LED), s.role == SeatRole.LEAD,
               s.state == SeatState.FILLED)
    )  # fmt: skip
    return [team, *own, suppliers, led]


def _of(model: type[Booking] | type[Usage], booking: Booking) -> ColumnElement[bool]:
    """What is of the same service, or component; who supplies a component, its users say."""
    if booking.service_id is not None:
        return model.service_id == booking.service_id
    return model.component_id == booking.component_id


def _bodies(kind: Kind, id_: int | None) -> list[Any]:
    """Whose a service or component is."""
    s, c = Service, Component
    if kind is Kind.SERVICE:
        return [
            select(s.organisation_id).where(s.id == id_),
            select(s.delivers_id).where(s.id == id_),
        ]
    return [select(c.provider_id).where(c.id == id_)]


def seat_at(session: Session, booking_id: int, seat_id: int) -> Seat:
    """One seat of a panel. Raises Missing, as for a seat of another one."""
    query = select(Seat).where(Seat.booking_id == booking_id, Seat.id == seat_id)
    found = session.scalars(query.execution_options(populate_existing=True)).first()
    if found is None:
        raise Missing("There is no such seat")
    return found


def seat_now(
    session: Session, booking_id: int, seat_id: int, state: SeatState, person_id: int | None = None
) -> Seat:
    """The same, to be changed by somebody who saw it like this. Raises Missing, Stale."""
    found = seat_at(session, booking_id, seat_id)
    if found.state is not state or found.person_id != person_id:
        raise Stale
    return found


def seats_of_person(session: Session, booking_id: int, person_id: int) -> list[Seat]:
    """Where somebody sits on a panel now."""
    s = Seat
    query = select(s).where(
        s.booking_id == booking_id, s.person_id == person_id, s.state == SeatState.FILLED
    )
    return list(session.scalars(query.order_by(s.id)))


def document_of(seat: Seat) -> Document:
    """What the history says of a seat: who sits there as a number, and no word of anybody's."""
    return {
        "booking": seat.booking_id,
        "role": seat.role.value,
        "profession": seat.profession.value if seat.profession else None,
        "state": seat.state.value,
        "person": actor(seat.person_id) if seat.person_id else None,
        "declaration": seat.declaration.value,
        "objection": bool(seat.objection),
        "judged": [each.partition(":")[0] for each in seat.judged or ()],
        "replaces": seat.replaces_id,
    }


def save(session: Session, seat: Seat, before: Document | None, act: Act, tag: str) -> None:
    """Keep a seat, with its event. `before` is `document_of` it; None for a new one."""
    session.add(seat)
    session.flush()
    record(session, act, tag, THING, seat.id, before, document_of(seat))


def make(
    session: Session, booking_id: int, wanted: Iterable[Place], act: Act,
    replaces_id: int | None = None,
) -> list[Seat]:  # fmt: skip
    """Add open seats to a panel."""
    made = []
    for place in wanted:
        seat = Seat(
            booking_id=booking_id, role=place.role, profession=place.offered_as,
            state=SeatState.OPEN, declaration=Declaration.WAITING, replaces_id=replaces_id,
        )  # fmt: skip
        save(session, seat, None, act, "seat.made")
        made.append(seat)
    return made


def without_volunteers(session: Session, seat_id: int) -> None:
    """Forget who would have taken a seat that is taken or gone."""
    session.execute(delete(SeatVolunteer).where(SeatVolunteer.seat_id == seat_id))


def hand_over(session: Session, booking_id: int, goes: int, comes: int, act: Act) -> int:
    """Let sections that are somebody's own be another's; their texts keep their authors. How many
    there were.
    """
    s = Section
    mine = s.booking_id == booking_id, s.owner_id == goes
    ids = list(session.scalars(select(s.id).where(*mine).order_by(s.id)))
    session.execute(
        update(s).where(*mine).values(owner_id=comes).execution_options(synchronize_session=False)
    )
    told = {"owner": actor(goes)}, {"owner": actor(comes)}
    for id_ in ids:
        record(session, act, "section.handed_over", SECTION, id_, *told)
    return len(ids)
