"""All SQL about which sections of draft reports wait for their writers."""

from __future__ import annotations

from collections.abc import Collection
from datetime import date
from typing import Any, NamedTuple

from sqlalchemy import and_, select
from sqlalchemy.orm import Session

from portal.access import Person
from portal.assessments.booking_words import ClockKind, Part, State
from portal.assessments.models.bookings import Booking, BookingClock
from portal.assessments.models.drafting import Section
from portal.assessments.rules import drafting, workflow
from portal.assessments.rules.drafting import Sitting
from portal.assessments.store import booking_parts, sections

#: The panel writes; what it amends after a challenge waits as a challenge.
_WRITTEN = (State.ASSESSED, State.DRAFTING)


class Unwritten(NamedTuple):
    """A booking of which somebody has sections to write."""

    reference: str
    name: str
    due_on: date | None


def to_write(session: Session, person: Person, most: int) -> list[Unwritten]:
    """The assessments that were held and of which somebody has sections that are not finished, the
    earliest due first. Three statements at most.
    """
    rows = _held(session, person, most)
    if not rows:
        return []
    held = {row.id: row for row in rows}
    panels = sections.panels(session, held)
    waits = {
        each.booking_id
        for each in _open(session, held)
        if _waits(each, held[each.booking_id], panels.get(each.booking_id, []), person.id)
    }
    return [Unwritten(row.reference, row.name, row.due_on) for row in rows if row.id in waits]


def _held(session: Session, person: Person, most: int) -> list[Any]:
    b, c = Booking, BookingClock
    clock = and_(c.booking_id == b.id, c.kind == ClockKind.REPORT, c.ended_on.is_(None))
    query = (
        select(b.id, b.reference, b.name, b.stage, b.kind, c.due_on)
        .outerjoin(c, clock)
        .where(b.state.in_(_WRITTEN), booking_parts.any_of(person, (Part.LEAD, Part.ASSESSOR)))
        .order_by(c.due_on.is_(None), c.due_on, b.id)
        .limit(most)
    )
    return list(session.execute(query))


def _open(session: Session, booking_ids: Collection[int]) -> list[Any]:
    s = Section
    written = (s.done_well != "") | (s.to_explore != "")
    query = select(
        s.booking_id, s.number, s.profession, s.owner_id, s.verbatim, s.reason,
        written.label("written"),
    ).where(s.booking_id.in_(booking_ids), s.carried.is_(False))  # fmt: skip
    return list(session.execute(query))


def _waits(section: Any, booking: Any, panel: list[Sitting], person_id: int) -> bool:
    rated = workflow.rated(booking.stage, booking.kind)
    if not drafting.unfinished(
        section.number, section.verbatim, section.reason, bool(section.written), rated
    ):
        return False
    return person_id in drafting.owners(section.number, section.profession, section.owner_id, panel)
