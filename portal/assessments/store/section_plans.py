"""What the sections of a report are made from: the points asked, and how they stood before."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

from sqlalchemy import select
from sqlalchemy.orm import Session

from portal.assessments.models.assessments import Assessment, AssessmentPoint, Report
from portal.assessments.models.bookings import Booking
from portal.assessments.models.drafting import Section
from portal.assessments.models.standards import StandardPoint, StandardVersion
from portal.assessments.rules.drafting import Asked, Found

#: So many assessments of a service that each looked again at the one before are followed.
FAR = 20


def points(session: Session, version_id: int) -> list[Asked]:
    """The points of a version, those that it extends included."""
    p = StandardPoint
    base = select(StandardVersion.extends_id).where(StandardVersion.id == version_id)
    query = select(p.number, p.id, p.profession).where(
        (p.version_id == version_id) | (p.version_id == base.scalar_subquery())
    )
    return [Asked(*row) for row in session.execute(query.order_by(p.number))]


def version_of(session: Session, assessment_id: int) -> int | None:
    """The version that a published assessment is against."""
    query = select(Assessment.standard_version_id).where(Assessment.id == assessment_id)
    return session.scalars(query).first()


def earlier(session: Session, booking: Booking) -> dict[int, Found]:
    """How the assessment that a booking holds again rated the points, by number; nothing where it
    was against another version, or is not known.
    """
    if booking.again_of_id is not None:
        return _published(session, booking.again_of_id, booking.standard_version_id)
    if booking.after_id is not None:
        return _held(session, booking.after_id, booking.standard_version_id)
    return {}


def _published(session: Session, assessment_id: int, version_id: int | None) -> dict[int, Found]:
    """Each point by the assessment that found it so, which of one that was carried forward is an
    earlier one, and of one that was looked at again meanwhile a later one.
    """
    found = _known(session, assessment_id, version_id)
    for later in _later(session, assessment_id, version_id) if found else ():
        for number, each, carried in _points(session, later):
            if not carried:
                found[number] = replace(each, assessment_id=later)
    return found


def _later(session: Session, assessment_id: int, version_id: int | None) -> list[int]:
    """The published assessments that looked again at one, or at what did, the earliest first."""
    a, r = Assessment, Report
    found: dict[int, date | None] = {}
    new = {assessment_id}
    while new:
        query = select(a.id, a.held_on).join(r, r.id == a.report_id)
        rows = session.execute(query.where(
            a.again_of_id.in_(new), a.standard_version_id == version_id, r.same_as_id.is_(None)
        ))  # fmt: skip
        more = {id_: held_on for id_, held_on in rows if id_ not in found and id_ != assessment_id}
        found |= more
        new = set(more)
    return sorted(found, key=lambda id_: (found[id_] or date.min, id_))


def _known(session: Session, assessment_id: int, version_id: int | None) -> dict[int, Found]:
    """Each point as an assessment has it, by whichever before found it so where it carried it."""
    found: dict[int, Found] = {}
    at: int | None = assessment_id
    for step in range(FAR):
        query = select(Assessment.again_of_id, Assessment.standard_version_id)
        row = session.execute(query.where(Assessment.id == at)).first()
        if row is None or row.standard_version_id != version_id:
            break
        for number, each, carried in _points(session, at):
            before = each if step == 0 else found.get(number)
            if before is None or before.assessment_id is not None:
                continue
            known = not carried and before.rating is each.rating
            found[number] = replace(before, assessment_id=at if known else None)
        at = row.again_of_id
        if at is None or all(each.assessment_id for each in found.values()):
            break
    return {
        number: replace(each, assessment_id=each.assessment_id or assessment_id)
        for number, each in found.items()
    }


def stands(session: Session, section: Section) -> Found | None:
    """How the assessment that a point is carried forward from rates it now; None where it is not
    carried, or that report is gone.
    """
    rows = _points(session, section.carried_from_id) if section.carried_from_id else []
    return next((found for number, found, _ in rows if number == section.number), None)


def carrying(session: Session, report_id: int, number: int) -> list[tuple[Booking, Section]]:
    """The sections that carry a point forward from the assessment of a report, with whose they
    are.
    """
    s, b, a = Section, Booking, Assessment
    query = select(b, s).join(s, s.booking_id == b.id).join(a, a.id == s.carried_from_id)
    query = query.where(a.report_id == report_id, s.number == number, s.carried.is_(True))
    return [(booking, section) for booking, section in session.execute(query.order_by(s.id))]


def _points(session: Session, assessment_id: int | None) -> list[tuple[int, Found, bool]]:
    p = AssessmentPoint
    query = select(p.number, p.verbatim, p.rating, p.reason, p.carried).where(
        p.assessment_id == assessment_id
    )
    return [
        (number, Found(verbatim, rating, reason, None), carried)
        for number, verbatim, rating, reason, carried in session.execute(query.order_by(p.number))
    ]


def _held(session: Session, booking_id: int, version_id: int | None) -> dict[int, Found]:
    """The same of an assessment that was held here and never published."""
    query = select(Booking.standard_version_id, Booking.report_id)
    row = session.execute(query.where(Booking.id == booking_id)).first()
    if row is None or row.standard_version_id != version_id:
        return {}
    if row.report_id is not None:
        of_it = select(Assessment.id).where(Assessment.report_id == row.report_id)
        last = session.scalars(of_it.order_by(Assessment.position.desc())).first()
        return _published(session, last, version_id) if last is not None else {}
    s = Section
    said = select(s.number, s.verbatim, s.rating, s.reason, s.carried_from_id)
    rows = session.execute(said.where(s.booking_id == booking_id).order_by(s.number))
    return {
        number: Found(verbatim, rating, reason, from_id)
        for number, verbatim, rating, reason, from_id in rows
        if verbatim is not None and rating is not None
    }
