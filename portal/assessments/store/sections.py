"""The sections of draft reports: read with their points, and every text of them kept."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from datetime import datetime
from hashlib import sha256
from typing import Any, NamedTuple

from sqlalchemy import and_, case, exists, func, or_, select, true
from sqlalchemy.orm import Session, aliased, joinedload

from portal.access import ASSESSOR, LEAD
from portal.accounts.store import people
from portal.assessments.booking_words import Declaration, SeatRole, SeatState, State
from portal.assessments.models.bookings import Booking
from portal.assessments.models.drafting import Section, SectionText
from portal.assessments.models.panels import Seat
from portal.assessments.rules.drafting import Said, Sitting
from portal.assessments.store import bookings
from portal.assessments.store.panels import SeatRow
from portal.audit import Act, Document, record
from portal.errors import Missing

#: What the history calls one.
THING = "section"


class Kept(NamedTuple):
    """A text as somebody saved it; without a version it is set aside."""

    id: int
    section_id: int
    version: int | None
    base: int
    said: Said
    actor: str
    at: datetime
    settled_at: datetime | None


class Placed(NamedTuple):
    """A section, and the numbers of those before and after it."""

    section: Section
    before: int | None
    after: int | None


def of_booking(session: Session, booking_id: int) -> list[Section]:
    """The sections of a draft with their points, that of the whole first."""
    query = select(Section).options(joinedload(Section.point))
    query = query.where(Section.booking_id == booking_id).order_by(Section.number)
    return list(session.scalars(query.execution_options(populate_existing=True)))


def at(session: Session, booking_id: int, number: int) -> Section:
    """One section with its point, as it is now. Raises Missing."""
    query = select(Section).options(joinedload(Section.point))
    query = query.where(Section.booking_id == booking_id, Section.number == number)
    found = session.scalars(query.execution_options(populate_existing=True)).first()
    if found is None:
        raise Missing("The report has no such section")
    return found


def placed(session: Session, booking_id: int, number: int) -> Placed:
    """The same with the sections before and after it. Raises Missing."""
    s, other = Section, aliased(Section)
    beside = (
        select(func.max(case((other.number < number, other.number))).label("before"),
               func.min(case((other.number > number, other.number))).label("after"))
        .where(other.booking_id == booking_id)
        .subquery()
    )  # fmt: skip
    query = (
        select(s, beside.c.before, beside.c.after)
        .options(joinedload(s.point))
        .join(beside, true())
        .where(s.booking_id == booking_id, s.number == number)
    )
    row = session.execute(query.execution_options(populate_existing=True)).first()
    if row is None:
        raise Missing("The report has no such section")
    return Placed(*row)


def said_of(section: Section) -> Said:
    """What a section says now."""
    return Said(section.verbatim, section.reason, section.done_well, section.to_explore)


_TEXT = (
    SectionText.id, SectionText.section_id, SectionText.version, SectionText.base,
    SectionText.verbatim, SectionText.reason, SectionText.done_well, SectionText.to_explore,
    SectionText.actor, SectionText.at, SectionText.settled_at,
)  # fmt: skip


def _kept(row: Sequence[Any]) -> Kept:
    id_, section_id, version, base, *said, actor, at_, settled = row
    return Kept(id_, section_id, version, base, Said(*said), actor, at_, settled)


def texts(
    session: Session, section_id: int, before: int | None = None, limit: int = 50
) -> list[Kept]:
    """What a section said, and what was set aside, the newest first, from below an id on."""
    query = select(*_TEXT).where(SectionText.section_id == section_id)
    if before is not None:
        query = query.where(SectionText.id < before)
    rows = session.execute(query.order_by(SectionText.id.desc()).limit(limit))
    return [_kept(row) for row in rows]


def text(session: Session, section_id: int, text_id: int) -> Kept:
    """One of the texts of a section. Raises Missing."""
    query = select(*_TEXT).where(SectionText.section_id == section_id, SectionText.id == text_id)
    row = session.execute(query).first()
    if row is None:
        raise Missing("The section has no such text")
    return _kept(row)


def text_at(session: Session, section_id: int, version: int) -> Kept | None:
    """What a section said at a version; None for the first one, which says nothing."""
    query = select(*_TEXT).where(
        SectionText.section_id == section_id, SectionText.version == version
    )
    row = session.execute(query).first()
    return _kept(row) if row else None


def aside(session: Session, section_ids: Collection[int]) -> list[Kept]:
    """The texts that were set aside and that nobody has settled yet, the oldest first."""
    query = select(*_TEXT).where(
        SectionText.section_id.in_(section_ids),
        SectionText.version.is_(None),
        SectionText.settled_at.is_(None),
    )
    return [_kept(row) for row in session.execute(query.order_by(SectionText.id))]


class Rated(NamedTuple):
    """How somebody rated a section when they last wrote in it."""

    section_id: int
    actor: str
    verbatim: str | None


def ratings(session: Session, section_ids: Collection[int]) -> list[Rated]:
    """How each person rated each section when they last wrote there, by section and time."""
    t = SectionText
    last = (
        select(func.max(t.id).label("id"))
        .where(t.section_id.in_(section_ids), t.version.is_not(None))
        .group_by(t.section_id, t.actor)
        .subquery()
    )
    query = select(t.section_id, t.actor, t.verbatim).join(last, last.c.id == t.id)
    return [Rated(*row) for row in session.execute(query.order_by(t.section_id, t.id))]


#: Who sits on a panel and writes: nobody who has a conflict, or has not said.
_WRITES = and_(
    Seat.state == SeatState.FILLED,
    Seat.role != SeatRole.OBSERVER,
    or_(
        Seat.declaration == Declaration.NONE,
        and_(Seat.declaration == Declaration.CONFLICT, Seat.answer != ""),
    ),
)


def panel(session: Session, booking_id: int) -> list[Sitting]:
    """Who sits on the panel and writes."""
    return panels(session, [booking_id]).get(booking_id, [])


def panels(session: Session, booking_ids: Collection[int]) -> dict[int, list[Sitting]]:
    """The same of several bookings, in one statement."""
    s, found = Seat, dict[int, list[Sitting]]()
    query = select(s.booking_id, s.person_id, s.profession, s.role).where(
        s.booking_id.in_(booking_ids), _WRITES
    )
    for booking_id, person_id, profession, role in session.execute(query.order_by(s.id)):
        if person_id is not None:
            sits = Sitting(person_id, profession, role is SeatRole.LEAD)
            found.setdefault(booking_id, []).append(sits)
    return found


def writers(seats: Iterable[SeatRow]) -> list[Sitting]:
    """The same where the seats of the panel are read already."""
    return [
        Sitting(seat.person_id or 0, seat.profession, seat.role is SeatRole.LEAD)
        for seat in seats
        if seat.state is SeatState.FILLED
        and seat.person_id is not None
        and bookings.part_of(seat) in (LEAD, ASSESSOR)
    ]


class Turn(NamedTuple):
    """A section in the transaction that changes it, how far its booking is and when its result was
    recorded, and whether whoever
    does it still sits on the panel.
    """

    section: Section
    state: State
    decided_at: datetime | None
    sits: bool


def turn(session: Session, section_id: int, person_id: int) -> Turn:
    """One section to be changed by somebody: one statement, since others wait meanwhile. Raises
    Missing.
    """
    sits = exists().where(
        Seat.booking_id == Section.booking_id, Seat.person_id == person_id, _WRITES
    )
    query = (
        select(Section, Booking.state, Booking.decided_at, sits)
        .join(Booking, Booking.id == Section.booking_id)
        .where(Section.id == section_id)
    )
    found = session.execute(query.execution_options(populate_existing=True)).first()
    if found is None:
        raise Missing("The report has no such section")
    return Turn(*found)


def document_of(section: Section) -> Document:
    """What the history says of a section: of its texts, no more than that they changed."""
    said = said_of(section)
    written = any((said.reason, said.done_well, said.to_explore))
    parts = "\0".join((said.reason or "", said.done_well, said.to_explore))
    return {
        "number": section.number,
        "verbatim": section.verbatim,
        "rating": section.rating.value if section.rating else None,
        "owner": people.actor(section.owner_id) if section.owner_id else None,
        "carried": section.carried,
        "text": f"sha256:{sha256(parts.encode()).hexdigest()}" if written else None,
    }


def add(session: Session, made: list[Section], act: Act) -> None:
    """Keep new sections, each with its first event."""
    session.add_all(made)
    session.flush()
    for each in made:
        record(session, act, "section.made", THING, each.id, None, document_of(each))


def changed(session: Session, row: Section, before: Document, act: Act, tag: str) -> None:
    """Keep what somebody who does not write it changed of a section, as a version of its own."""
    old, row.version = row.version, row.version + 1
    row.edited_at, row.edited_by = act.at, act.actor
    keep(session, row.id, row.version, old, said_of(row), act)
    record(session, act, tag, THING, row.id, before, document_of(row))


def keep(
    session: Session, section_id: int, version: int | None, base: int, said: Said, act: Act
) -> int:
    """Keep a text as somebody saved it, set aside where it has no version; its id."""
    made = SectionText(
        section_id=section_id, version=version, base=base, verbatim=said.verbatim,
        reason=said.reason, done_well=said.done_well, to_explore=said.to_explore,
        actor=act.actor, at=act.at,
    )  # fmt: skip
    session.add(made)
    session.flush()
    return made.id


def settle(session: Session, text_id: int, act: Act) -> None:
    """Note that a text which was set aside needs nobody's look any more."""
    found = session.get_one(SectionText, text_id)
    if found.version is None and found.settled_at is None:
        found.settled_at = act.at
        session.flush()
        record(
            session, act, "section.settled", THING, found.section_id,
            {"set_aside": text_id}, {"set_aside": None},
        )  # fmt: skip
