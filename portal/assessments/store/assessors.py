"""All SQL about assessors: the directory, what each says of themselves, who could take a seat."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from typing import Any, NamedTuple

from sqlalchemy import (
    ColumnElement,
    and_,
    delete,
    exists,
    false,
    func,
    literal,
    or_,
    select,
    tuple_,
    update,
)
from sqlalchemy.orm import Session, joinedload

from portal.access import Role
from portal.accounts.models.people import Person, PersonProfession
from portal.accounts.models.roles import RoleGrant
from portal.accounts.store.grants import holds_on
from portal.accounts.words import Profession
from portal.assessments.booking_words import SeatRole, SeatState, State, Training
from portal.assessments.models.bookings import Booking, BookingSession
from portal.assessments.models.panels import Assessor, AssessorAway, Seat, SeatVolunteer
from portal.assessments.rules.assessors import Candidate
from portal.assessments.rules.workflow import OPEN, SHOWN_TO_TEAM
from portal.audit import Act, Document, record
from portal.catalogue.models.organisations import Organisation
from portal.errors import Missing

THING = "assessor"
#: How far back and ahead their load is counted, in days.
LOAD = timedelta(days=90)
#: A seat counts unless its assessment did not, or will not now, take place.
_COUNTS = OPEN | SHOWN_TO_TEAM
#: Training is counted from panels that have sat.
_HELD = SHOWN_TO_TEAM | {State.ASSESSED, State.DRAFTING, State.ASSURANCE_CHECK}


@dataclass(frozen=True, slots=True)
class AssessorQuery:
    """What the directory is asked for; None means "any".

    Attributes:
        organisation: the slug of theirs.
        available: a day on which they are neither away nor on a panel.
        after: the name that sorts and the id of the last of the page before.
    """

    profession: Profession | None = None
    organisation: str | None = None
    cross_government: bool = False
    training: Training | None = None
    can_lead: bool = False
    available: date | None = None
    after: tuple[str, int] | None = None


class Row(NamedTuple):
    """An assessor as the directory shows them."""

    id: int
    sort_name: str
    name: str
    organisation_slug: str | None
    organisation: str | None
    supplier: str | None
    cross_government: bool
    can_lead: bool
    training: Training
    listed: bool
    most_a_month: int | None
    behind: int
    ahead: int
    professions: tuple[Profession, ...] = ()


class Own(NamedTuple):
    """What is recorded of one assessor; the record is None before anything was."""

    person: Person
    record: Assessor | None
    professions: tuple[Profession, ...]
    away: list[AssessorAway]


def is_assessor(person_id: Any, day: date) -> ColumnElement[bool]:
    """The condition that somebody has the role of an assessor on a day."""
    g = RoleGrant
    held = select(g.person_id).where(g.role == Role.ASSESSOR, holds_on(day))
    found: ColumnElement[bool] = person_id.in_(held)
    return found


def _load(first: date, last: date) -> Any:
    """How many seats somebody holds of assessments on these days."""
    s, b = Seat, Booking
    return (
        select(func.count())
        .select_from(s)
        .join(b, b.id == s.booking_id)
        .where(
            s.person_id == Person.id, s.state == SeatState.FILLED, b.held_on.between(first, last),
            b.state.in_(_COUNTS),
        )
        .correlate(Person)
        .scalar_subquery()
    )  # fmt: skip


def _away(days: Collection[date]) -> ColumnElement[bool]:
    w = AssessorAway
    over = [and_(w.since <= day, w.until >= day) for day in days]
    return exists().where(w.person_id == Person.id, or_(false(), *over)).correlate(Person)


def _sits(days: Collection[date], but: int = 0) -> ColumnElement[bool]:
    """Whether somebody sits on a panel on one of these days, other than of the booking `but`."""
    s, b, t = Seat, Booking, BookingSession
    that_day = select(t.booking_id).where(t.held_on.in_(days))
    return exists().where(
        s.person_id == Person.id, s.state == SeatState.FILLED, s.booking_id == b.id, b.id != but,
        b.state.in_(_COUNTS), or_(b.held_on.in_(days), b.id.in_(that_day)),
    ).correlate(Person)  # fmt: skip


def _rows(query: AssessorQuery, day: date) -> Any:
    p, a, o = Person, Assessor, Organisation
    before, after = _load(day - LOAD, day - timedelta(days=1)), _load(day, day + LOAD)
    rows = (
        select(
            p.id, p.sort_name, p.name, o.slug, o.name, a.supplier, a.cross_government, a.can_lead,
            a.training, a.listed, a.most_a_month, before, after,
        )
        .outerjoin(a, a.person_id == p.id)
        .outerjoin(o, o.id == a.organisation_id)
        .where(p.deactivated_at.is_(None), is_assessor(p.id, day))
    )  # fmt: skip
    if query.profession is not None:
        rows = rows.where(_professes(query.profession))
    if query.organisation is not None:
        rows = rows.where(o.slug == query.organisation)
    if query.cross_government:
        rows = rows.where(a.cross_government)
    if query.can_lead:
        rows = rows.where(a.can_lead)
    if query.training is not None:
        rows = rows.where(func.coalesce(a.training, Training.NOT_BEGUN.value) == query.training)
    if query.available is not None:
        listed = or_(a.listed, a.listed.is_(None))
        days = [query.available]
        rows = rows.where(listed, ~_away(days), ~_sits(days))
    return rows


def _professes(profession: Profession) -> ColumnElement[bool]:
    j = PersonProfession
    own = select(j.person_id).where(j.profession == profession)
    return Person.id.in_(own)


def listing(
    session: Session, query: AssessorQuery, day: date, limit: int | None = None
) -> list[Row]:
    """The assessors of a day by name, in two statements."""
    p, rows = Person, _rows(query, day)
    if query.after is not None:
        rows = rows.where(tuple_(p.sort_name, p.id) > tuple_(*query.after))
    found = session.execute(rows.order_by(p.sort_name, p.id).limit(limit)).all()
    professions = _professions(session, [row[0] for row in found])
    return [_row(row, professions.get(row[0], ())) for row in found]


def _row(row: Any, professions: tuple[Profession, ...]) -> Row:
    found = Row._make((*row, professions))
    return found._replace(
        cross_government=bool(found.cross_government), can_lead=bool(found.can_lead),
        training=found.training or Training.NOT_BEGUN, listed=found.listed is not False,
    )  # fmt: skip


def every(session: Session, query: AssessorQuery, day: date) -> Iterator[Row]:
    """The same for a download, some at a time."""
    while found := listing(session, query, day, 500):
        yield from found
        query = replace(query, after=(found[-1].sort_name, found[-1].id))


def _professions(session: Session, ids: Collection[int]) -> dict[int, tuple[Profession, ...]]:
    j, found = PersonProfession, dict[int, list[Profession]]()
    query = select(j.person_id, j.profession).where(j.person_id.in_(ids))
    for id_, profession in session.execute(query):
        found.setdefault(id_, []).append(profession)
    order = list(Profession).index
    return {id_: tuple(sorted(each, key=order)) for id_, each in found.items()}


def organisations(session: Session, day: date) -> dict[str, str]:
    """The organisations of assessors, for a filter: slug and name."""
    a, o = Assessor, Organisation
    query = select(o.slug, o.name).join(a, a.organisation_id == o.id)
    query = query.where(is_assessor(a.person_id, day)).distinct().order_by(o.name, o.slug)
    return dict(session.execute(query).all())


def own(session: Session, person_id: int, day: date, anybody: bool = False) -> Own:
    """What is recorded of an assessor, with the days away that are not over. Raises Missing for
    somebody who is none on that day, unless it is for `anybody`.
    """
    query = select(Person).where(Person.id == person_id)
    if not anybody:
        query = query.where(is_assessor(Person.id, day))
    person = session.scalars(query).first()
    if person is None:
        raise Missing("There is no such assessor")
    w = AssessorAway
    away = select(w).where(w.person_id == person_id, w.until >= day).order_by(w.since, w.id)
    return Own(
        person,
        recorded(session, person_id),
        _professions(session, [person_id]).get(person_id, ()),
        list(session.scalars(away)),
    )


def recorded(session: Session, person_id: int) -> Assessor | None:
    """The record of an assessor, if there is one yet."""
    a = Assessor
    query = select(a).options(joinedload(a.organisation)).where(a.person_id == person_id)
    return session.scalars(query.execution_options(populate_existing=True)).first()


def begun(session: Session, person_id: int, act: Act) -> Assessor:
    """The same, made where there is none."""
    found = recorded(session, person_id)
    if found is None:
        found = Assessor(
            person_id=person_id, training=Training.NOT_BEGUN, cross_government=False,
            can_lead=False, listed=True, version=1, edited_at=act.at,
        )  # fmt: skip
        session.add(found)
        session.flush()
        record(session, act, "assessor.begun", THING, person_id, None, document_of(found))
    return found


def document_of(row: Assessor) -> Document:
    """What the history says of an assessor: nothing that they wrote of themselves."""
    return {
        "organisation": row.organisation_id, "of_supplier": row.supplier is not None,
        "cross_government": row.cross_government, "can_lead": row.can_lead,
        "training": row.training.value, "listed": row.listed, "most_a_month": row.most_a_month,
        "about": bool(row.about),
    }  # fmt: skip


def save(session: Session, row: Assessor, before: Document, act: Act, tag: str) -> None:
    """Keep what changed, also where the history is not told what."""
    if not session.is_modified(row):
        return
    row.version += 1
    row.edited_at = act.at
    session.flush()
    record(session, act, tag, THING, row.person_id, before, document_of(row))


def add_away(session: Session, person_id: int, since: date, until: date, act: Act) -> None:
    """Note days away; the same days once."""
    w = AssessorAway
    same = select(w.id).where(w.person_id == person_id, w.since == since, w.until == until)
    if session.scalar(same.limit(1)) is None:
        session.add(w(person_id=person_id, since=since, until=until))
        session.flush()
        record(session, act, "assessor.away", THING, person_id, {"away": None}, {"away": True})


def remove_away(session: Session, person_id: int, away_id: int, act: Act) -> None:
    """Forget days away. Raises Missing where they are not that person's."""
    w = AssessorAway
    gone = delete(w).where(w.id == away_id, w.person_id == person_id)
    if session.execute(gone.returning(w.id)).first() is None:
        raise Missing("There are no such days")
    record(session, act, "assessor.back", THING, person_id, {"away": True}, {"away": None})


def training_seats(session: Session, person_id: int) -> tuple[int, int]:
    """How many panels that have sat somebody watched, and sat on."""
    s, b = Seat, Booking
    query = (
        select(s.role, func.count())
        .join(b, b.id == s.booking_id)
        .where(s.person_id == person_id, s.state == SeatState.FILLED, b.state.in_(_HELD))
        .group_by(s.role)
    )
    found = dict(session.execute(query).all())
    watched = found.pop(SeatRole.OBSERVER, 0)
    return watched, sum(found.values())


def candidates(
    session: Session, booking: Booking, seat: Seat, days: list[date], day: date,
    everybody: bool = False,
) -> list[Candidate]:  # fmt: skip
    """Who could take a seat, in two statements: those of its profession, or who can lead.

    Args:
        days: those of the assessment, as far as they are set.
        day: today.
        everybody: also assessors of other professions, and who cannot lead.
    """
    p, a, o, v, s = Person, Assessor, Organisation, SeatVolunteer, Seat
    first = min(days).replace(day=1) if days else None
    month = _load(first, _month_end(first)) if first else literal(0)
    here = exists().where(
        s.booking_id == booking.id, s.person_id == p.id, s.state == SeatState.FILLED
    ).correlate(p)  # fmt: skip
    offers = exists().where(v.seat_id == seat.id, v.person_id == p.id).correlate(p)
    query = (
        select(
            p.id, p.name, a.organisation_id, o.name, a.supplier, a.supplier_key,
            a.cross_government, a.can_lead, a.training, a.listed, a.most_a_month,
            _load(day, day + LOAD), _load(day - LOAD, day - timedelta(days=1)),
            _away(days), _sits(days, booking.id), month, here, offers,
        )
        .outerjoin(a, a.person_id == p.id)
        .outerjoin(o, o.id == a.organisation_id)
        .where(p.deactivated_at.is_(None), is_assessor(p.id, day))
    )  # fmt: skip
    if not everybody and seat.role is SeatRole.LEAD:
        query = query.where(a.can_lead)
    if not everybody and seat.role is SeatRole.ASSESSOR and seat.profession is not None:
        query = query.where(_professes(seat.profession))
    rows = session.execute(query.order_by(p.sort_name, p.id)).all()
    professions = _professions(session, [row[0] for row in rows])
    return [_candidate(row, professions) for row in rows]


def _candidate(row: Any, professions: dict[int, tuple[Profession, ...]]) -> Candidate:
    id_, name, body_id, body, supplier, key, cross, leads, training, listed, most, *rest = row
    ahead, behind, away, elsewhere, month, here, offers = rest
    return Candidate(
        id_, name, frozenset(professions.get(id_, ())), body_id, body, supplier, key, bool(cross),
        bool(leads), training or Training.NOT_BEGUN, listed is not False, most, ahead, behind,
        bool(away), bool(elsewhere), month or 0, bool(here), bool(offers),
    )  # fmt: skip


def _month_end(first: date) -> date:
    return (first.replace(day=28) + timedelta(days=4)).replace(day=1) - timedelta(days=1)


def erase(session: Session, person_id: int, _at: datetime) -> None:
    """Forget what somebody wrote of themselves, and what others wrote of them on panels."""
    mine = Seat.person_id == person_id
    for gone in (
        delete(AssessorAway).where(AssessorAway.person_id == person_id),
        delete(SeatVolunteer).where(SeatVolunteer.person_id == person_id),
        delete(Assessor).where(Assessor.person_id == person_id),
        update(Seat).where(mine).values(
            conflict=None, objection=None, answer=None, left_because=None
        ),
    ):  # fmt: skip
        session.execute(gone)
