"""All SQL about paragraphs of draft reports that teams challenge."""

from __future__ import annotations

from collections.abc import Collection

from sqlalchemy import delete, func, select, update
from sqlalchemy.orm import Session

from portal.assessments.booking_words import ChallengeState
from portal.assessments.models.drafting import Challenge
from portal.audit import Act, record
from portal.errors import Missing

#: The history tells of it at its section: what is challenged is nobody else's business.
THING = "section"


def of_booking(session: Session, booking_id: int, sent: bool | None = None) -> list[Challenge]:
    """The challenges of a report in the order of its sections; `sent` only those that were sent, or
    were not yet.
    """
    c = Challenge
    query = select(c).where(c.booking_id == booking_id)
    if sent is not None:
        query = query.where(c.sent_at.is_not(None) if sent else c.sent_at.is_(None))
    return list(session.scalars(query.order_by(c.section_id, c.id)))


def get(session: Session, booking_id: int, id_: int) -> Challenge:
    """One of them. Raises Missing."""
    c = Challenge
    found = session.scalars(select(c).where(c.booking_id == booking_id, c.id == id_)).first()
    if found is None:
        raise Missing("There is no such challenge")
    return found


def add(session: Session, row: Challenge, act: Act) -> None:
    """Keep one that is not sent yet."""
    session.add(row)
    session.flush()
    record(session, act, "challenge.written", THING, row.section_id, {}, {"challenge": row.id})


def remove(session: Session, row: Challenge, act: Act) -> None:
    """Forget one that was not sent."""
    record(session, act, "challenge.removed", THING, row.section_id, {"challenge": row.id}, {})
    session.delete(row)
    session.flush()


def forget_unsent(session: Session, booking_id: int) -> None:
    """Forget those that nobody sent."""
    c = Challenge
    session.execute(delete(c).where(c.booking_id == booking_id, c.sent_at.is_(None)))


def send(session: Session, booking_id: int, act: Act) -> None:
    """Send those that were not sent yet."""
    c = Challenge
    query = update(c).where(c.booking_id == booking_id, c.sent_at.is_(None))
    session.execute(query.values(sent_at=act.at))


def answered(session: Session, row: Challenge, before: ChallengeState, act: Act) -> None:
    """Keep an answer."""
    session.flush()
    said = {"challenge": row.id, "state": before.value}
    record(
        session, act, "challenge.answered", THING, row.section_id, said,
        {"challenge": row.id, "state": row.state.value},
    )  # fmt: skip


def waiting(session: Session, bookings: Collection[int]) -> dict[int, int]:
    """How many challenges that were sent wait for an answer, by booking."""
    c = Challenge
    query = select(c.booking_id, func.count()).where(
        c.booking_id.in_(bookings), c.sent_at.is_not(None), c.state == ChallengeState.WAITING
    )
    return {id_: many for id_, many in session.execute(query.group_by(c.booking_id))}  # noqa: C416
