"""Bookings in lists: only those that the reader may know of, with what all of them may see."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date
from typing import Any, NamedTuple

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from portal.access import Person
from portal.assessments.booking_words import Move, State
from portal.assessments.models.bookings import Booking
from portal.assessments.store.bookings import seen_by
from portal.assessments.words import Stage
from portal.audit import HistoryEvent
from portal.catalogue.models.components import Component
from portal.catalogue.models.organisations import Organisation
from portal.catalogue.models.services import Service

BATCH = 500


@dataclass(frozen=True, slots=True)
class BookingQuery:
    """What a list of bookings asks for.

    Attributes:
        service: slug of the service.
        organisation: slug of the organisation that answers for it.
        after: the id of the last row of the page before.
    """

    state: State | None = None
    stage: Stage | None = None
    service: str | None = None
    component: str | None = None
    organisation: str | None = None
    after: int | None = None


class Row(NamedTuple):
    """One booking of a list."""

    id: int
    reference: str
    name: str
    service: str | None
    component: str | None
    organisation: str | None
    organisation_name: str | None
    stage: str | None
    kind: str | None
    state: str
    confidential: bool | None
    held_on: date | None


def _rows(person: Person, query: BookingQuery) -> Any:
    b, s, c, o = Booking, Service, Component, Organisation
    found = (
        select(
            b.id, b.reference, b.name, s.slug, c.slug, o.slug, o.name, b.stage, b.kind, b.state,
            b.confidential, b.held_on,
        )
        .outerjoin(s, s.id == b.service_id)
        .outerjoin(c, c.id == b.component_id)
        .outerjoin(o, o.id == b.organisation_id)
        .where(seen_by(person))
        .order_by(b.id.desc())
    )  # fmt: skip
    for column, value in (
        (b.state, query.state), (b.stage, query.stage), (s.slug, query.service),
        (c.slug, query.component), (o.slug, query.organisation),
    ):  # fmt: skip
        if value is not None:
            found = found.where(column == value)
    return found


def _row(values: Any) -> Row:
    return Row(*(getattr(value, "value", value) for value in values))


def listing(session: Session, person: Person, query: BookingQuery, limit: int) -> list[Row]:
    """A page of the bookings that somebody may know of, the newest first."""
    found = _rows(person, query)
    if query.after is not None:
        found = found.where(Booking.id < query.after)
    return [_row(each) for each in session.execute(found.limit(limit))]


def every(session: Session, person: Person, query: BookingQuery) -> Iterator[Row]:
    """All of them."""
    found = session.execute(_rows(person, query).execution_options(yield_per=BATCH))
    yield from (_row(each) for each in found)


def counts(session: Session, person: Person) -> tuple[dict[str, int], dict[str, int]]:
    """How many that somebody may know of are so far, and how many are of each stage."""
    b = Booking
    query = select(b.state, b.stage, func.count()).where(seen_by(person)).group_by(b.state, b.stage)
    states, stages = dict[str, int](), dict[str, int]()
    for state, stage, many in session.execute(query):
        states[state.value] = states.get(state.value, 0) + many
        if stage is not None:
            stages[stage.value] = stages.get(stage.value, 0) + many
    return states, stages


def why(session: Session, booking_id: int, moves: Iterable[Move]) -> str | None:
    """The reason given for the last of these moves of a booking."""
    h = HistoryEvent
    tags = [f"booking.{move.value}" for move in moves]
    query = select(h.reason).where(h.thing == "booking", h.thing_id == booking_id, h.tag.in_(tags))
    return session.scalar(query.order_by(h.id.desc()).limit(1))


def events(
    session: Session, booking_id: int, without: tuple[str, ...], before: int | None, limit: int
) -> list[HistoryEvent]:
    """The events of a booking, the newest first, but for those with some tags."""
    h = HistoryEvent
    query = select(h).where(h.thing == "booking", h.thing_id == booking_id, h.tag.not_in(without))
    if before is not None:
        query = query.where(h.id < before)
    return list(session.scalars(query.order_by(h.id.desc()).limit(limit)))
