"""Bookings: found, read as the policy and the history see them, and written."""

from __future__ import annotations

import secrets
from collections.abc import Iterable
from typing import Any

from sqlalchemy import (
    ColumnElement,
    and_,
    exists,
    literal_column,
    or_,
    select,
    true,
    union_all,
)
from sqlalchemy.orm import Session, contains_eager, selectinload

from portal.access import (
    ASSESSOR,
    BOOKING,
    CLEARED,
    INVITED,
    LEAD,
    OBSERVER,
    Kind,
    Person,
    Role,
    Thing,
)
from portal.accounts.store import things
from portal.assessments.booking_words import Declaration, PanelBy, SeatRole, SeatState
from portal.assessments.models.bookings import (
    Booking,
    BookingArtefact,
    BookingClock,
    BookingContact,
    BookingSession,
)
from portal.assessments.models.panels import Seat
from portal.assessments.rules.panels import ConflictKind
from portal.audit import Act, Document, HistoryEvent, record
from portal.catalogue.models.components import Component
from portal.catalogue.models.services import Service
from portal.db import Base
from portal.errors import N_, Missing, Stale

THING = BOOKING
#: No letter that can be read as another or as a number.
_LETTERS = "BCDFGHJKLMNPQRSTVWXYZ"
_DIGITS = "23456789"
#: Columns that the history does not repeat: whose moment it knows itself, or that are personal.
_UNSAID = {"id", "version", "edited_at", "sort_name", "access_needs", "needed"}
#: What belongs to a booking, each with the order in which it comes.
_OF: tuple[tuple[Any, type[Any], tuple[Any, ...]], ...] = (
    (Booking.contacts, BookingContact, (BookingContact.role,)),
    (Booking.artefacts, BookingArtefact, (BookingArtefact.id,)),
    (Booking.sessions, BookingSession, (BookingSession.held_on, BookingSession.starts)),
    (Booking.clocks, BookingClock, (BookingClock.id,)),
)


def new_reference() -> str:
    """A reference that says nothing of how many there are: "HKT-4827"."""
    letters = "".join(secrets.choice(_LETTERS) for _ in range(3))
    return f"{letters}-{''.join(secrets.choice(_DIGITS) for _ in range(4))}"


def row_of(session: Session, reference: str) -> Booking:
    """One booking by itself. Raises Missing."""
    found = session.scalars(select(Booking).where(Booking.reference == reference)).first()
    if found is None:
        raise Missing("There is no such assessment")
    return found


def by_reference(session: Session, reference: str) -> Booking:
    """One booking with what belongs to it, as it is now. Raises Missing."""
    query = whole(select(Booking)).where(Booking.reference == reference)
    found: list[Booking] = list(session.scalars(query).unique())
    if not found:
        raise Missing("There is no such assessment")
    return found[0]


def whole(query: Any) -> Any:
    """A query for bookings that reads what belongs to them as well, in the same statement: a row
    for each contact, artefact, session and clock, not for each combination of them.
    """
    rows: list[Any] = [select(literal_column(str(n)).label("sort")) for n in range(len(_OF))]
    sorts = union_all(*rows).subquery("sorts")
    found = query.select_from(Booking).join(sorts, true())
    order = [sorts.c.sort]
    for n, (part, model, by) in enumerate(_OF):
        on = and_(model.booking_id == Booking.id, sorts.c.sort == n)
        found = found.outerjoin(model, on).options(contains_eager(part))
        order += by
    return found.order_by(Booking.id, *order).execution_options(populate_existing=True)


def at_version(session: Session, reference: str, version: int) -> Booking:
    """The same, to be changed by somebody who read that version. Raises Missing, Stale."""
    found = by_reference(session, reference)
    if found.version != version:
        raise Stale(N_("The assessment changed since you opened it"))
    return found


def seats_of(session: Session, booking_id: int) -> list[Seat]:
    """The seats of its panel with who sits there, those that were left included."""
    query = select(Seat).options(selectinload(Seat.person)).where(Seat.booking_id == booking_id)
    return list(session.scalars(query.order_by(Seat.id)))


def thing_of(session: Session, booking: Booking) -> Thing:
    """A booking as the policy sees it.

    The assurance team of an organisation runs what its own panels assess; what a panel from
    across government assesses, the portal's alone does.
    """
    s = Seat
    query = select(s.state, s.role, s.declaration, s.answer, s.person_id, s.judged)
    return thing_with(session, booking, session.execute(query.where(s.booking_id == booking.id)))


def thing_with(session: Session, booking: Booking, seats: Iterable[Any]) -> Thing:
    """The same where the seats of its panel are read already."""
    of = _whose(session, booking)
    own = of.organisations if of and booking.panel_by is not PanelBy.CROSS_GOVERNMENT else ()
    return Thing(
        THING,
        booking.id,
        frozenset(own),
        parts=(*((of,) if of else ()), *_seated(booking, seats)),
    )


def _whose(session: Session, booking: Booking) -> Thing | None:
    for kind, id_ in ((Kind.SERVICE, booking.service_id), (Kind.COMPONENT, booking.component_id)):
        if id_ is not None:
            return things.by_id(session, kind, id_)
    return None


def _seated(booking: Booking, seats: Iterable[Any]) -> list[Thing]:
    people: dict[str, set[int]] = {}
    for seat in seats:
        if seat.state is SeatState.FILLED and seat.person_id is not None:
            people.setdefault(part_of(seat), set()).add(seat.person_id)
            if ConflictKind.TEAM in (seat.judged or ()):
                people.setdefault(CLEARED, set()).add(seat.person_id)
    people.pop("", None)
    return [Thing(kind, booking.id, people=frozenset(ids)) for kind, ids in people.items()]


def part_of(seat: Any) -> str:
    """What somebody on a seat is to the booking: nothing while a conflict stands."""
    if seat.declaration is Declaration.WAITING:
        return INVITED
    if seat.declaration is Declaration.CONFLICT and not seat.answer:
        return ""
    kinds = {SeatRole.LEAD: LEAD, SeatRole.ASSESSOR: ASSESSOR, SeatRole.OBSERVER: OBSERVER}
    return kinds[seat.role]


def seen_by(person: Person) -> ColumnElement[bool]:
    """Which bookings somebody may know of, as `Permission.SEE_BOOKING` says of each: every list,
    count and feed of bookings asks with this.
    """
    b = Booking
    runs = [grant for grant in person.grants if grant.role is Role.ASSURANCE_TEAM]
    if any(grant.kind is Kind.PORTAL for grant in runs):
        return true()
    bodies = [grant.id for grant in runs if grant.kind is Kind.ORGANISATION]
    on = {Kind.SERVICE: _TEAM_OF_SERVICE, Kind.COMPONENT: _TEAM_OF_COMPONENT}
    own = {
        (kind, where): [g.id for g in person.grants if g.role in roles and g.kind is where]
        for kind, roles in on.items()
        for where in (kind, Kind.ORGANISATION)
    }
    mine = Seat.person_id == person.id
    sits = exists().where(
        Seat.booking_id == b.id, mine, Seat.state == SeatState.FILLED,
        or_(Seat.declaration != Declaration.CONFLICT, Seat.answer.is_not(None)),
    )  # fmt: skip
    return or_(
        b.service_id.in_(own[Kind.SERVICE, Kind.SERVICE]),
        b.component_id.in_(own[Kind.COMPONENT, Kind.COMPONENT]),
        _service_of(own[Kind.SERVICE, Kind.ORGANISATION]),
        _component_of(own[Kind.COMPONENT, Kind.ORGANISATION]),
        and_(
            or_(_service_of(bodies), _component_of(bodies)),
            b.panel_by.is_distinct_from(PanelBy.CROSS_GOVERNMENT),
        ),
        sits,
    )  # fmt: skip


_TEAM = {Role.TEAM_MEMBER, Role.ORGANISATION_ADMINISTRATOR}
_TEAM_OF_SERVICE = _TEAM | {Role.SERVICE_OWNER}
_TEAM_OF_COMPONENT = _TEAM | {Role.COMPONENT_PROVIDER}


def _service_of(bodies: list[int]) -> ColumnElement[bool]:
    s = Service
    of = select(s.id).where(or_(s.organisation_id.in_(bodies), s.delivers_id.in_(bodies)))
    return Booking.service_id.in_(of)


def _component_of(bodies: list[int]) -> ColumnElement[bool]:
    c = Component
    return Booking.component_id.in_(select(c.id).where(c.provider_id.in_(bodies)))


def document_of(booking: Booking) -> Document:
    """What the history of a booking says: no name, address or need of a person."""
    found: Document = {
        column.key: _plain(getattr(booking, column.key))
        for column in Booking.__table__.columns
        if column.key not in _UNSAID
    }
    found["contacts"] = sorted(each.role.value for each in booking.contacts)
    found["artefacts"] = [_row(each, "address", "description", "access_until")
                          for each in booking.artefacts]  # fmt: skip
    found["sessions"] = [_row(each, "held_on", "starts", "minutes", "place")
                         for each in booking.sessions]  # fmt: skip
    return found


def _row(row: Base, *names: str) -> Document:
    return {name: _plain(getattr(row, name)) for name in names}


def _plain(value: Any) -> Any:
    found = getattr(value, "value", value)
    return found.isoformat() if hasattr(found, "isoformat") else found


def was(session: Session, booking_id: int, tag: str) -> bool:
    """Whether the history of a booking has an event of this sort."""
    h = HistoryEvent
    query = select(h.id).where(h.thing == THING, h.thing_id == booking_id, h.tag == tag)
    return session.scalars(query.limit(1)).first() is not None


def add(session: Session, booking: Booking, act: Act) -> Booking:
    """Keep a new booking, with its first event; the booking as it is read."""
    booking.edited_at = act.at
    session.add(booking)
    session.flush()
    made = by_reference(session, booking.reference)
    record(session, act, "booking.begun", THING, made.id, None, document_of(made))
    return made


def save(session: Session, booking: Booking, before: Document, act: Act, tag: str) -> bool:
    """Keep what changed since `before`, with one event; False (and no new version) where nothing
    did. `before` is `document_of` it.
    """
    session.flush()
    if not record(session, act, tag, THING, booking.id, before, document_of(booking)):
        return False
    booking.version += 1
    booking.edited_at = act.at
    session.flush()
    return True


def moved(session: Session, booking: Booking, before: Document, act: Act, tag: str) -> None:
    """The same for a move, which is told even where it leaves the booking as far as it was."""
    if not save(session, booking, before, act, tag):
        state = {"state": booking.state.value}
        record(session, act, tag, THING, booking.id, {}, state)
        booking.version += 1
        booking.edited_at = act.at
        session.flush()
