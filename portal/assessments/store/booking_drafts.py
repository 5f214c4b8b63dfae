"""All SQL about what a booking chooses from, and what else is booked."""

from __future__ import annotations

from datetime import date
from typing import Any, NamedTuple

from sqlalchemy import ColumnElement, or_, select
from sqlalchemy.orm import Session

from portal.access import Kind, Person
from portal.assessments.booking_words import State
from portal.assessments.models.assessments import Assessment, Report
from portal.assessments.models.bookings import Booking, BookingArtefact, CalendarKey
from portal.assessments.models.standards import StandardVersion
from portal.assessments.rules.pinning import Because, Pin, Version, pin
from portal.assessments.rules.ratings import used_now
from portal.assessments.rules.workflow import OPEN
from portal.assessments.store import bookings, standards
from portal.assessments.store.report_pins import SLUG
from portal.assessments.words import RatingScheme, VersionState
from portal.catalogue.models.components import Component
from portal.catalogue.models.services import Service
from portal.errors import Missing

#: They were held, and can be held again.
_HELD = (State.PUBLISHED, State.UNPUBLISHED, State.CLOSED_UNPUBLISHED)
_MODELS: dict[Kind, Any] = {Kind.SERVICE: Service, Kind.COMPONENT: Component}


class Of(NamedTuple):
    """The service or component that is assessed, or asked to be."""

    kind: Kind
    id: int
    slug: str
    name: str
    organisation_id: int | None


class Earlier(NamedTuple):
    """An assessment that can be held again; `value` is how a form names it."""

    value: str
    stage: str
    kind: str
    held_on: date | None
    result: str
    after_id: int | None
    again_of_id: int | None
    version_id: int | None


class Other(NamedTuple):
    """Another booking that is open."""

    reference: str
    name: str
    state: State
    same_project: bool


def of_slug(session: Session, kind: Kind, slug: str) -> Of:
    """The service or component at an address. Raises Missing."""
    return _of(session, kind, _MODELS[kind].slug == slug)


def of_booking(session: Session, booking: Booking) -> Of | None:
    """What a booking is about; None where it is gone."""
    for kind, id_ in ((Kind.SERVICE, booking.service_id), (Kind.COMPONENT, booking.component_id)):
        if id_ is not None:
            return _of(session, kind, _MODELS[kind].id == id_)
    return None


def _of(session: Session, kind: Kind, which: ColumnElement[bool]) -> Of:
    if kind is Kind.SERVICE:
        query = select(Service.id, Service.slug, Service.name, Service.organisation_id)
    else:
        query = select(Component.id, Component.slug, Component.name, Component.provider_id)
    row = session.execute(query.where(which)).first()
    if row is None:
        raise Missing("There is no such record")
    return Of(kind, *row)


def about(booking: Booking) -> ColumnElement[bool]:
    """Which bookings are of the same service or component."""
    if booking.service_id is not None:
        return Booking.service_id == booking.service_id
    return Booking.component_id == booking.component_id


def bare(session: Session, of: Of) -> Booking | None:
    """A draft about a service or component in which nothing is answered yet."""
    b = Booking
    column = b.service_id if of.kind is Kind.SERVICE else b.component_id
    query = select(b).where(column == of.id, b.state == State.DRAFT, b.version == 1)
    return session.scalars(query.order_by(b.id)).first()


def open_of(session: Session, of: Of, person: Person) -> list[Other]:
    """The open bookings of a service or component that somebody may know of."""
    column = Booking.service_id if of.kind is Kind.SERVICE else Booking.component_id
    return _open(session, column == of.id, person)


def others(session: Session, booking: Booking, person: Person) -> list[Other]:
    """Open bookings of the same service, component or project, as far as somebody may know of
    them: one that is not theirs to see is not hinted at.
    """
    which = [about(booking)] if booking.service_id or booking.component_id else []
    if booking.project_code:
        which.append(Booking.project_code == booking.project_code)
    if not which:
        return []
    found = _open(session, or_(*which), person, booking.project_code)
    return [each for each in found if each.reference != booking.reference]


def _open(
    session: Session, which: ColumnElement[bool], person: Person, code: str | None = None
) -> list[Other]:
    b = Booking
    query = (
        select(b.reference, b.name, b.state, b.project_code)
        .where(which, b.state.in_(OPEN | {State.POSTPONED}), bookings.seen_by(person))
        .order_by(b.id)
        .limit(20)
    )
    rows = session.execute(query)
    return [Other(*row[:3], code is not None and row[3] == code) for row in rows]


def earlier(session: Session, booking: Booking, person: Person) -> list[Earlier]:
    """The assessments of the same service or component that a booking can repeat, the latest
    first: those that were held here, and those of which a report tells.
    """
    held, reports = _held(session, booking, person), _told(session, booking)
    known = {report for report, _row in held if report is not None}
    found = [row for _report, row in held] + [row for report, row in reports if report not in known]
    return sorted(found, key=lambda row: (row.held_on or date.min, row.value), reverse=True)


def again(session: Session, booking: Booking, person: Person) -> Earlier | None:
    """The one that a booking repeats, as far as somebody may know of it."""
    if booking.after_id is not None:
        found = [row for _report, row in _held(session, booking, person, booking.after_id)]
    elif booking.again_of_id is not None:
        found = [row for _report, row in _told(session, booking, booking.again_of_id)]
    else:
        found = []
    return found[0] if found else None


def _held(
    session: Session, booking: Booking, person: Person, only: int | None = None
) -> list[tuple[int | None, Earlier]]:
    b, a = Booking, Assessment
    query = (
        select(b.report_id, b.id, b.stage, b.kind, b.held_on, b.result, a.id, b.standard_version_id)
        .outerjoin(a, a.report_id == b.report_id)
        .where(about(booking), b.state.in_(_HELD), b.id != booking.id, bookings.seen_by(person),
               *([b.id == only] if only else ()))
        .order_by(b.id)
    )  # fmt: skip
    return [
        (row[0], Earlier(f"b{row[1]}", _text(row[2]), _text(row[3]), row[4], _text(row[5]), row[1],
                         row[6], row[7]))
        for row in session.execute(query)
    ]  # fmt: skip


def _told(session: Session, booking: Booking, only: int | None = None) -> list[tuple[int, Earlier]]:
    a, r = Assessment, Report
    own = (
        a.service_id == booking.service_id
        if booking.service_id is not None
        else a.component_id == booking.component_id
    )
    query = (
        select(a.report_id, a.id, a.stage, a.kind, a.held_on, a.result, a.standard_version_id)
        .join(r, r.id == a.report_id)
        .where(own, r.same_as_id.is_(None), *([a.id == only] if only else ()))
        .order_by(a.id)
    )
    return [
        (row[0], Earlier(f"a{row[1]}", _text(row[2]), _text(row[3]), row[4], _text(row[5]), None,
                         row[1], row[6]))
        for row in session.execute(query)
    ]  # fmt: skip


def _text(value: object) -> str:
    return str(getattr(value, "value", value) or "")


def pin_of(session: Session, booking: Booking) -> Pin:
    """The version of the standard that holds for a booking: that of the assessment which it
    repeats, else the one that held when discovery began.
    """
    original = _original(session, booking)
    known = standards.pinnable(session, SLUG)
    if original is not None and original not in {each.id for each in known}:
        return Pin(original, Because.ORIGINAL)  # of another standard than the portal's own
    return pin(known, discovery_on=booking.discovery_on, original=original)


def _original(session: Session, booking: Booking) -> int | None:
    found: int | None = None
    if booking.after_id is not None:
        query = select(Booking.standard_version_id).where(Booking.id == booking.after_id)
        found = session.scalar(query)
    if found is None and booking.again_of_id is not None:
        told = select(Assessment.standard_version_id).where(Assessment.id == booking.again_of_id)
        found = session.scalar(told)
    return found


def every_version(session: Session) -> list[Version]:
    """The published versions of all standards, for the assurance team to choose from."""
    v = StandardVersion
    query = select(v.id, v.number, v.discovery_from).where(v.state == VersionState.PUBLISHED)
    return [Version(*row, 0) for row in session.execute(query.order_by(v.id))]


def scheme_of(session: Session, version_id: int | None) -> RatingScheme | None:
    """The words in which what is held now against a version is rated."""
    v = StandardVersion
    published = session.scalar(select(v.scheme).where(v.id == version_id))
    return used_now(published) if published else None


def artefact(booking: Booking, artefact_id: int) -> BookingArtefact:
    """One of the artefacts of a booking. Raises Missing."""
    for each in booking.artefacts:
        if each.id == artefact_id:
            return each
    raise Missing("There is no such link")


def calendar_key(session: Session, person_id: int) -> CalendarKey | None:
    """What is known of somebody's calendar address."""
    return session.get(CalendarKey, person_id)


def keeper(session: Session, digest: str) -> int | None:
    """Whose calendar address has this digest."""
    return session.scalar(select(CalendarKey.person_id).where(CalendarKey.digest == digest))
