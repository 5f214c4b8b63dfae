"""All SQL about the actions that follow from assessments."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date
from typing import Any, NamedTuple

from sqlalchemy import ColumnElement, and_, func, select, tuple_
from sqlalchemy.orm import Session, selectinload

from portal.access import Person
from portal.assessments.booking_words import ActionState, Part, State
from portal.assessments.models.bookings import Booking
from portal.assessments.models.drafting import Section
from portal.assessments.models.publishing import FollowUp
from portal.assessments.models.standards import StandardPoint
from portal.assessments.rules import follow_ups as rules
from portal.assessments.rules.follow_ups import Age
from portal.assessments.store import booking_parts
from portal.audit import Act, Document, record
from portal.catalogue.models.organisations import Organisation
from portal.errors import N_, Missing, Stale

THING = "follow_up"
AT_ONCE = 500
#: Who may see the actions of an assessment, once they hold.
READERS = (Part.TEAM, Part.ASSURANCE, Part.LEAD, Part.ASSESSOR)


class Row(NamedTuple):
    """An action as lists show it."""

    id: int
    reference: str
    booking: str
    organisation_slug: str | None
    organisation: str | None
    number: int
    point: str | None
    rating: str | None
    text: str
    owner: str | None
    due_on: date
    state: str
    answer: str | None


@dataclass(frozen=True, slots=True)
class ActionQuery:
    """What a list of actions is asked for; None means "any"; `after` is the place in it."""

    organisation: str | None = None
    state: ActionState | None = None
    age: Age | None = None
    point: int | None = None
    after: tuple[date, int] | None = None


def _holds() -> ColumnElement[bool]:
    """Actions hold once the report has been published; before they are the panel's drafts."""
    return FollowUp.due_on.is_not(None)


def of_booking(session: Session, booking_id: int) -> list[Row]:
    """The actions of one assessment that hold, in the order of the points."""
    query = _rows().where(FollowUp.booking_id == booking_id, _holds())
    return _read(session, query.order_by(Section.number, FollowUp.id))


def _rows() -> Any:
    f, s, b, o = FollowUp, Section, Booking, Organisation
    return (
        select(f.id, b.reference, b.name, o.slug, o.name, s.number, StandardPoint.title,
               s.rating, f.text, f.owner, f.due_on, f.state, f.answer)
        .join(s, s.id == f.section_id)
        .join(b, b.id == f.booking_id)
        .outerjoin(StandardPoint, StandardPoint.id == s.point_id)
        .outerjoin(o, o.id == b.organisation_id)
    )  # fmt: skip


def _read(session: Session, query: Any) -> list[Row]:
    found = []
    for row in session.execute(query):
        values = [getattr(value, "value", value) for value in row]
        found.append(Row._make(values))
    return found


def listing(
    session: Session, person: Person, query: ActionQuery, day: date, limit: int
) -> list[Row]:
    """The actions that somebody may see, the earliest due first."""
    f = FollowUp
    found = _rows().where(*_narrowed(person, query, day))
    if query.after:
        found = found.where(tuple_(f.due_on, f.id) > tuple_(*query.after))
    return _read(session, found.order_by(f.due_on, f.id).limit(limit))


def every(session: Session, person: Person, query: ActionQuery, day: date) -> Iterator[Row]:
    """All of them, some at a time."""
    while rows := listing(session, person, query, day, AT_ONCE):
        yield from rows
        if len(rows) < AT_ONCE:
            return
        query = replace(query, after=(rows[-1].due_on, rows[-1].id))


def _narrowed(person: Person, query: ActionQuery, day: date) -> list[ColumnElement[bool]]:
    f, s, o = FollowUp, Section, Organisation
    found: list[ColumnElement[bool]] = [_holds(), booking_parts.any_of(person, READERS)]
    if query.organisation:
        found.append(o.slug == query.organisation)
    if query.state:
        found.append(f.state == query.state)
    if query.point is not None:
        found.append(s.number == query.point)
    if query.age:
        first, last = rules.between(query.age, day)
        found.append(f.state.in_(rules.OPEN))
        found += [f.due_on >= first] if first else []
        found += [f.due_on <= last] if last else []
    return found


class Counts(NamedTuple):
    """What a reader's list can be narrowed to."""

    states: dict[str, int]
    organisations: dict[str, str]
    points: list[int]


def choices(session: Session, person: Person) -> Counts:
    """The states with how many there are, the organisations and the points of somebody's list."""
    f, s, b, o = FollowUp, Section, Booking, Organisation
    mine = and_(_holds(), booking_parts.any_of(person, READERS))
    query = (
        select(f.state, o.slug, o.name, s.number, func.count())
        .join(s, s.id == f.section_id)
        .join(b, b.id == f.booking_id)
        .outerjoin(o, o.id == b.organisation_id)
        .where(mine)
        .group_by(f.state, o.slug, o.name, s.number)
    )
    states: dict[str, int] = {}
    bodies: dict[str, str] = {}
    points: set[int] = set()
    for state, slug, name, number, many in session.execute(query):
        states[state.value] = states.get(state.value, 0) + many
        points.add(number)
        if slug:
            bodies[slug] = name
    return Counts(states, dict(sorted(bodies.items(), key=lambda x: x[1])), sorted(points))


def get(session: Session, booking_id: int, id_: int) -> FollowUp:
    """One action that holds, with its evidence. Raises Missing."""
    f = FollowUp
    query = select(f).options(selectinload(f.evidence))
    query = query.where(f.booking_id == booking_id, f.id == id_, _holds())
    found = session.scalars(query.execution_options(populate_existing=True)).first()
    if found is None:
        raise Missing("There is no such action")
    return found


def at_version(session: Session, booking_id: int, id_: int, version: int) -> FollowUp:
    """The same, as somebody read it. Raises Missing, Stale."""
    found = get(session, booking_id, id_)
    if found.version != version:
        raise Stale(N_("The action changed since you opened it"))
    return found


def row_of(session: Session, id_: int) -> Row:
    """One as lists show it. Raises Missing."""
    found = _read(session, _rows().where(FollowUp.id == id_, _holds()))
    if not found:
        raise Missing("There is no such action")
    return found[0]


def document_of(row: FollowUp) -> Document:
    """What the history says of an action: how far it is, never what it says."""
    return {
        "state": row.state.value,
        "due_on": row.due_on.isoformat() if row.due_on else None,
        "evidence": len(row.evidence),
    }


def save(session: Session, row: FollowUp, before: Document, act: Act, tag: str) -> None:
    """Keep what changed since `before`, which is `document_of` it."""
    session.flush()
    record(session, act, tag, THING, row.id, before, document_of(row))
    row.version += 1
    row.edited_at = act.at
    session.flush()


def add(session: Session, row: FollowUp, act: Act) -> None:
    """Keep a new one."""
    row.evidence = []
    row.edited_at = act.at
    session.add(row)
    session.flush()
    record(session, act, "follow_up.added", THING, row.id, None, document_of(row))


def all_of(session: Session, booking_id: int) -> list[FollowUp]:
    """All of an assessment, those that do not hold yet included."""
    f = FollowUp
    query = select(f).options(selectinload(f.evidence)).where(f.booking_id == booking_id)
    return list(session.scalars(query.order_by(f.id)))


def of_points(session: Session, booking_id: int) -> list[tuple[FollowUp, int]]:
    """Those of an assessment that hold and are not closed, each with the number of its point."""
    f, s = FollowUp, Section
    query = select(f, s.number).options(selectinload(f.evidence)).join(s, s.id == f.section_id)
    query = query.where(f.booking_id == booking_id, _holds(), f.state != ActionState.CLOSED)
    return [(row, number) for row, number in session.execute(query.order_by(f.id))]


def near(session: Session, day: date) -> list[FollowUp]:
    """Open actions whose day is near, or past."""
    f = FollowUp
    query = select(f).options(selectinload(f.evidence)).where(
        f.state.in_(rules.OPEN), f.due_on <= day + rules.WARN
    )  # fmt: skip
    return list(session.scalars(query.order_by(f.due_on, f.id)))


def booking_of(session: Session, row: FollowUp) -> str:
    """The reference of the booking that an action is of."""
    query = select(Booking.reference).where(Booking.id == row.booking_id)
    return session.execute(query).scalar_one()


class Waiting(NamedTuple):
    """Something about an action that waits for somebody."""

    id: int
    reference: str
    booking: str
    number: int
    due_on: date


def waiting(
    session: Session, person: Person, parts: tuple[Part, ...], states: tuple[ActionState, ...],
    limit: int,
) -> list[Waiting]:  # fmt: skip
    """The actions in these states of assessments to which somebody is one of these parts."""
    f, s, b = FollowUp, Section, Booking
    query = (
        select(f.id, b.reference, b.name, s.number, f.due_on)
        .join(s, s.id == f.section_id)
        .join(b, b.id == f.booking_id)
        .where(_holds(), f.state.in_(states), booking_parts.any_of(person, parts))
        .order_by(f.due_on, f.id)
    )
    return [Waiting._make(row) for row in session.execute(query.limit(limit))]


def reports(
    session: Session, person: Person, parts: tuple[Part, ...], state: State, limit: int
) -> list[tuple[str, str]]:
    """The bookings so far to which somebody is one of these parts: reference and name."""
    b = Booking
    query = select(b.reference, b.name).where(b.state == state, booking_parts.any_of(person, parts))
    return [(row[0], row[1]) for row in session.execute(query.order_by(b.id).limit(limit))]


def counted(session: Session, booking_id: int) -> tuple[int, int]:
    """How many actions of an assessment hold, and for how many of them something is to be done."""
    f = FollowUp
    query = select(f.state, func.count()).where(f.booking_id == booking_id, _holds())
    found = {state: many for state, many in session.execute(query.group_by(f.state))}  # noqa: C416
    return sum(found.values()), sum(many for state, many in found.items() if state in rules.OPEN)
