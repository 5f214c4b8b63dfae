"""All SQL about the seats of panels: who sits where, and what speaks against them."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from typing import NamedTuple

from sqlalchemy import delete, func, select, update
from sqlalchemy.orm import Session

from portal.accounts.models.people import Person
from portal.accounts.store.people import actor
from portal.accounts.words import Profession
from portal.assessments.booking_words import Declaration, SeatRole, SeatState
from portal.assessments.models.assessments import AssessmentPoint
from portal.assessments.models.bookings import Booking
from portal.assessments.models.drafting import Section
from portal.assessments.models.panels import Assessor, Seat, SeatVolunteer
from portal.assessments.models.standards import StandardPoint
from portal.assessments.rules.booking_settings import HeldHow
from portal.assessments.rules.panels import AGAIN, Around, Place, places
from portal.assessments.store import panel_around
from portal.assessments.words import AssessmentKind
from portal.audit import Act, Document, record
from portal.catalogue.models.organisations import Organisation
from portal.errors import Missing, Stale

THING, SECTION = "seat", "section"


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


def of_booking(
    session: Session, booking: Booking, held: HeldHow, day: date, rows: list[SeatRow] | None = None
) -> Panel:
    """The panel of a booking: a statement, one more of one that assesses some points again, and
    one for its seats where `rows` are not those.
    """
    rows = seats(session, booking.id) if rows is None else rows
    return Panel(
        [row for row in rows if row.state is not SeatState.LEFT],
        [row for row in reversed(rows) if row.state is SeatState.LEFT],
        needed(session, booking),
        panel_around.around(session, booking, held, day),
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
