"""What the panel asks of the team at each point, while the report is written."""

from __future__ import annotations

from collections.abc import Collection
from hashlib import sha256

from sqlalchemy import delete, func, select
from sqlalchemy.orm import Session

from portal.assessments.models.drafting import Section
from portal.assessments.models.publishing import FollowUp
from portal.assessments.rules.decision import Point
from portal.audit import Act, Document, record
from portal.errors import N_, Missing, Stale

THING = "follow_up"


def points_of(session: Session, booking_id: int) -> list[Point]:
    """The points of a draft as the decision sees them."""
    s, f = Section, FollowUp
    many = select(func.count(f.id)).where(f.section_id == s.id).scalar_subquery()
    query = select(s.number, s.rating, many, s.carried).where(
        s.booking_id == booking_id, s.number > 0
    )
    return [Point(*row) for row in session.execute(query.order_by(s.number))]


def of_sections(session: Session, section_ids: Collection[int]) -> dict[int, list[FollowUp]]:
    """The actions of each section, in the order in which they were added."""
    found: dict[int, list[FollowUp]] = {}
    query = select(FollowUp).where(FollowUp.section_id.in_(section_ids)).order_by(FollowUp.id)
    for row in session.scalars(query):
        found.setdefault(row.section_id, []).append(row)
    return found


def at(session: Session, section_id: int, id_: int) -> FollowUp:
    """One action of a section, as it is now. Raises Missing."""
    query = select(FollowUp).where(FollowUp.section_id == section_id, FollowUp.id == id_)
    found = session.scalars(query.execution_options(populate_existing=True)).first()
    if found is None:
        raise Missing("The point has no such action")
    return found


def at_version(session: Session, section_id: int, id_: int, version: int) -> FollowUp:
    """The same, to be changed by somebody who read that version. Raises Missing, Stale."""
    found = at(session, section_id, id_)
    if found.version != version:
        raise Stale(N_("The action changed since you opened it"))
    return found


def document_of(row: FollowUp) -> Document:
    """What the history says of an action that is not published: not what it asks, or of whom."""
    said = f"{row.text}\0{row.owner or ''}".encode()
    return {
        "section": row.section_id,
        "state": row.state.value,
        "said": f"sha256:{sha256(said).hexdigest()}",
    }


def add(session: Session, made: FollowUp, act: Act) -> None:
    """Keep a new action."""
    session.add(made)
    session.flush()
    record(session, act, "follow_up.asked", THING, made.id, None, document_of(made))


def changed(session: Session, row: FollowUp, before: Document, act: Act) -> bool:
    """Keep what is changed of one; False where nothing is. `before` is `document_of` it."""
    session.flush()
    if not record(session, act, "follow_up.changed", THING, row.id, before, document_of(row)):
        return False
    row.version, row.edited_at = row.version + 1, act.at
    session.flush()
    return True


def remove(session: Session, row: FollowUp, act: Act) -> None:
    """Take an action back before anybody outside the panel has seen it."""
    before, id_ = document_of(row), row.id
    session.execute(delete(FollowUp).where(FollowUp.id == id_))
    record(session, act, "follow_up.taken_back", THING, id_, before, None)
