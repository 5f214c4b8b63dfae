"""All SQL about open seats as assessors see them, and what waits for whom about panels."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date
from typing import Any, NamedTuple

from sqlalchemy import ColumnElement, and_, delete, exists, func, or_, select
from sqlalchemy.orm import Session, aliased

from portal.access import Grant, Person, Role
from portal.accounts.models.people import PersonProfession
from portal.accounts.rules.people import Known
from portal.accounts.words import Profession
from portal.assessments.booking_words import Declaration, PanelBy, SeatRole, SeatState
from portal.assessments.models.bookings import Booking
from portal.assessments.models.panels import Assessor, Seat, SeatVolunteer
from portal.assessments.rules.panels import OFFERED, SEATED, week_of
from portal.assessments.store import bookings, panel_around
from portal.assessments.words import Stage
from portal.audit import Act, Document, record
from portal.catalogue.models.organisations import Organisation

#: What is asked of each booking looks at its seats as well, by their own name.
_seat = aliased(Seat)


@dataclass(frozen=True, slots=True)
class OpenQuery:
    """What the list of open seats is asked for.

    Attributes:
        profession: one of theirs; None for all.
        after: the id of the last of the page before.
        only: one seat alone.
    """

    profession: Profession | None = None
    after: int = 0
    only: int | None = None


class OpenSeat(NamedTuple):
    """A seat that somebody could take. Of a confidential assessment nothing is known but this:
    `name`, `stage` and `organisation` are None.
    """

    id: int
    role: SeatRole
    profession: Profession | None
    week: date | None
    volunteered: bool
    name: str | None
    stage: Stage | None
    organisation: str | None


class Waits(NamedTuple):
    """A booking about which something waits: no word of it but its reference and day."""

    reference: str
    held_on: date | None
    many: int = 0


def listing(
    session: Session, person_id: int, query: OpenQuery, limit: int | None = None
) -> list[OpenSeat]:
    """The open seats that an assessor could take: of their professions, on panels of their pool,
    and on none where they have or had a seat.
    """
    s, b, o, v = Seat, Booking, Organisation, SeatVolunteer
    mine = exists().where(v.seat_id == s.id, v.person_id == person_id).correlate(s)
    rows = (
        select(s.id, s.role, s.profession, b.held_on, b.weeks, mine, b.name, b.stage, o.name,
               b.confidential)
        .join(b, b.id == s.booking_id)
        .outerjoin(o, o.id == b.organisation_id)
        .where(*_offered(person_id), s.id > query.after)
    )  # fmt: skip
    if query.profession is not None:
        rows = rows.where(s.profession == query.profession)
    if query.only is not None:
        rows = rows.where(s.id == query.only)
    return [_open(row) for row in session.execute(rows.order_by(s.id).limit(limit))]


def _open(row: Any) -> OpenSeat:
    id_, role, profession, held_on, weeks, mine, name, stage, body, confidential = row
    # What has not been said to be open to all is not told to all.
    told = (name, stage, body) if confidential is False else (None, None, None)
    return OpenSeat(id_, role, profession, week_of(held_on, weeks), bool(mine), *told)


def _offered(person_id: int) -> list[ColumnElement[bool]]:
    s, b, a, j = Seat, Booking, Assessor, PersonProfession
    me = a.person_id == person_id
    professions = select(j.profession).where(j.person_id == person_id)
    leads = select(a.can_lead).where(me).scalar_subquery()
    pool = select(a.cross_government).where(me).scalar_subquery()
    body = select(a.organisation_id).where(me).scalar_subquery()
    other = Seat.__table__.alias("other")
    theirs = select(other.c.booking_id).where(other.c.person_id == person_id)
    return [
        s.state == SeatState.OPEN,
        b.state.in_(OFFERED),
        select(a.listed).where(me).scalar_subquery().is_not(False),
        or_(
            s.role == SeatRole.OBSERVER,
            and_(s.role == SeatRole.LEAD, leads),
            and_(s.role == SeatRole.ASSESSOR, s.profession.in_(professions)),
        ),
        or_(
            and_(b.panel_by == PanelBy.CROSS_GOVERNMENT, pool),
            and_(b.panel_by == PanelBy.ORGANISATION, b.organisation_id == body),
        ),
        b.id.not_in(theirs),
    ]


def every(session: Session, person_id: int, query: OpenQuery) -> Iterator[OpenSeat]:
    """The same for a download, some at a time."""
    while found := listing(session, person_id, query, 500):
        yield from found
        query = replace(query, after=found[-1].id)


def offer(session: Session, seat_id: int, person_id: int, act: Act) -> bool:
    """Keep that somebody would take a seat."""
    session.add(SeatVolunteer(seat_id=seat_id, person_id=person_id, at=act.at))
    session.flush()
    seat: Document = {"seat": seat_id}
    return record(session, act, "assessor.volunteered", "assessor", person_id, None, seat)


def take_back(session: Session, seat_id: int, person_id: int, act: Act) -> bool:
    """Forget it; False where there was nothing to forget."""
    v = SeatVolunteer
    gone = delete(v).where(v.seat_id == seat_id, v.person_id == person_id)
    if session.execute(gone.returning(v.seat_id)).first() is None:
        return False
    seat: Document = {"seat": seat_id}
    return record(session, act, "assessor.withdrew", "assessor", person_id, seat, None)


def to_declare(session: Session, person_id: int, most: int) -> list[Waits]:
    """The panels that somebody is asked to join."""
    s, b = Seat, Booking
    query = select(b.reference, b.held_on).join(s, s.booking_id == b.id)
    query = query.where(_on(person_id), s.declaration == Declaration.WAITING, b.state.in_(SEATED))
    return [Waits(*row) for row in session.execute(query.order_by(b.held_on, b.id).limit(most))]


def next_panels(session: Session, person_id: int, day: date, most: int) -> list[Waits]:
    """The panels on which somebody sits from a day on."""
    s, b = Seat, Booking
    joined = or_(
        s.declaration == Declaration.NONE,
        and_(s.declaration == Declaration.CONFLICT, s.answer.is_not(None)),
    )
    query = select(b.reference, b.held_on).join(s, s.booking_id == b.id)
    query = query.where(_on(person_id), joined, b.state.in_(OFFERED), b.held_on >= day)
    return [Waits(*row) for row in session.execute(query.order_by(b.held_on, b.id).limit(most))]


def _on(person_id: int) -> ColumnElement[bool]:
    return and_(Seat.person_id == person_id, Seat.state == SeatState.FILLED)


def to_fill(session: Session, person: Person, most: int) -> list[Waits]:
    """The bookings that somebody of an assurance team runs and whose panels have open seats."""
    s, b = _seat, Booking
    query = (
        select(b.reference, b.held_on, func.count())
        .join(s, s.booking_id == b.id)
        .where(_run(person), s.state == SeatState.OPEN, b.state.in_(OFFERED))
        .group_by(b.id, b.reference, b.held_on)
        .order_by(b.held_on, b.id)
        .limit(most)
    )
    return [Waits(*row) for row in session.execute(query)]


def to_judge(session: Session, person: Person, day: date, most: int) -> list[Waits]:
    """The same with somebody on the panel who has a conflict that nobody has judged: one that was
    said, or that the records show since the service has moved or has another supplier.
    """
    which = and_(_run(person), Booking.state.in_(SEATED))
    return [Waits(*each) for each in panel_around.standing_on(session, which, day)[:most]]


def _run(person: Person) -> ColumnElement[bool]:
    """The bookings that somebody runs."""
    runs: tuple[Grant, ...] = tuple(g for g in person.grants if g.role is Role.ASSURANCE_TEAM)
    # Nobody: what they see as somebody on a panel is not theirs to run.
    return bookings.seen_by(Known(0, runs))
