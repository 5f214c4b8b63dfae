"""All SQL about what a panel and its team know beforehand: what an earlier assessment left open."""

from __future__ import annotations

from datetime import date
from typing import Any, NamedTuple

from sqlalchemy import ColumnElement, and_, or_, select
from sqlalchemy.orm import Session

from portal.assessments.booking_words import ActionState, State
from portal.assessments.models.assessments import Assessment, AssessmentPoint, Report
from portal.assessments.models.bookings import Booking
from portal.assessments.models.drafting import Section
from portal.assessments.models.publishing import FollowUp
from portal.assessments.models.standards import StandardPoint
from portal.assessments.rules.report_writing import title_of
from portal.assessments.store import publication, report_timelines
from portal.assessments.store.report_timelines import Row
from portal.assessments.words import AssessmentKind, Rating, Stage

#: What the team still has to do, or has decided to live with.
_OPEN = (ActionState.OPEN, ActionState.EVIDENCED, ActionState.ESCALATED, ActionState.ACCEPTED_RISK)
_OVER = (State.PUBLISHED, State.UNPUBLISHED, State.CLOSED_UNPUBLISHED)
_NOT_MET = (Rating.NOT_MET, Rating.MET_WITH_CONDITIONS)
#: More follow-ups than one service ever has at once.
MOST = 200


class Point(NamedTuple):
    """A point that an earlier assessment did not find met."""

    number: int
    title: str | None
    verbatim: str
    rating: Rating


class Earlier(NamedTuple):
    """The assessment that a booking holds again, else the last published one of the same service
    or component; without a slug, one that was never published.
    """

    slug: str | None
    position: int
    title: str
    stage: Stage
    kind: AssessmentKind
    held_on: date | None
    result: Rating
    points: list[Point]


class Left(NamedTuple):
    """An action that follows from an earlier assessment, and is not closed."""

    reference: str
    number: int
    text: str
    state: ActionState
    due_on: date | None
    answer: str | None


def earlier(session: Session, booking: Booking) -> Earlier | None:
    """The assessment that a booking holds again; else the last published one of what it is of, in
    one statement; not its own.
    """
    a, r, p, t = Assessment, Report, AssessmentPoint, StandardPoint
    again = publication.earlier(session, booking)
    if again is None and booking.after_id is not None:
        return _held(session, booking.after_id)
    last: Any = again
    if again is None:
        last = (
            select(a.id)
            .join(r, r.id == a.report_id)
            .where(_same(a, booking), r.same_as_id.is_(None), r.id != (booking.report_id or 0))
            .order_by(a.held_on.is_(None), a.held_on.desc(), a.id.desc())
            .limit(1)
            .scalar_subquery()
        )
    query = (
        select(
            r.slug, a.position, r.title, a.stage, a.kind, a.held_on, a.result, p.number, t.title,
            p.verbatim, p.rating,
        )
        .join(r, r.id == a.report_id)
        .outerjoin(p, and_(p.assessment_id == a.id, p.rating.in_(_NOT_MET)))
        .outerjoin(t, t.id == p.point_id)
        .where(a.id == last)
        .order_by(p.number)
    )  # fmt: skip
    rows = session.execute(query).all()
    if not rows:
        return None
    # Without such a point there is one row, of the assessment alone.
    points = [Point._make(found) for found in (row[7:] for row in rows) if found[3]]
    return Earlier(*rows[0][:7], points)


def _held(session: Session, booking_id: int) -> Earlier | None:
    """One that was held here and is not published."""
    b, s, t = Booking, Section, StandardPoint
    query = (
        select(b.name, b.stage, b.kind, b.held_on, b.result, s.number, t.title, s.verbatim,
               s.rating)
        .outerjoin(s, and_(s.booking_id == b.id, s.rating.in_(_NOT_MET)))
        .outerjoin(t, t.id == s.point_id)
        .where(b.id == booking_id)
        .order_by(s.number)
    )  # fmt: skip
    rows = session.execute(query).all()
    name, stage, kind, held_on, result = rows[0][:5]
    title = title_of(name, stage, kind)
    points = [Point._make(found) for found in (row[5:] for row in rows) if found[2]]
    return Earlier(
        None, 1, title, stage or Stage.UNKNOWN, kind or AssessmentKind.ASSESSMENT, held_on,
        result or Rating.NOT_RATED, points,
    )  # fmt: skip


def _same(model: type[Assessment] | type[Booking], booking: Booking) -> ColumnElement[bool]:
    if booking.service_id is not None:
        return model.service_id == booking.service_id
    return model.component_id == booking.component_id


def left_open(session: Session, booking: Booking) -> list[Left]:
    """What follows from published assessments of the same, and from the one that a booking holds
    again, and is not closed. Of another one that was closed without publication nobody is told.
    """
    b, f, s = Booking, FollowUp, Section
    query = (
        select(b.reference, s.number, f.text, f.state, f.due_on, f.answer)
        .join(b, b.id == f.booking_id)
        .join(s, s.id == f.section_id)
        .where(or_(and_(b.id == booking.after_id, b.state.in_(_OVER)),
                   and_(_same(b, booking), b.id != booking.id, b.state == State.PUBLISHED)),
               f.state.in_(_OPEN))
        .order_by(b.id, s.number, f.id)
        .limit(MOST)
    )  # fmt: skip
    return [Left._make(row) for row in session.execute(query)]


def of_components(session: Session, booking: Booking) -> list[Row]:
    """The last published assessment of each component that the service uses, those that were not
    met first.
    """
    if booking.service_id is None:
        return []
    rows = report_timelines.of_used(session, booking.service_id)
    last = {row.component_slug: row for row in rows}
    return sorted(last.values(), key=lambda row: (row.result != Rating.NOT_MET, row.component))
