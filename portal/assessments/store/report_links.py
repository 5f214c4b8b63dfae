"""Which reports repeat others, and which assessments follow which."""

from __future__ import annotations

from sqlalchemy import exists, select
from sqlalchemy.orm import Session

from portal.assessments.models.assessments import Assessment, Report

#: An assessment is held again a few times at most.
_LONGEST = 20


def is_repeated(session: Session, report_id: int) -> bool:
    """Whether another report repeats one."""
    return bool(session.scalar(select(exists().where(Report.same_as_id == report_id))))


def can_be_repeated(session: Session, slug: str, by: int) -> bool:
    """Whether there is a report at an address that repeats none itself, and is another one."""
    found = select(Report.id).where(Report.slug == slug, Report.same_as_id.is_(None))
    id_ = session.scalar(found)
    return id_ is not None and id_ != by


def follows(session: Session, reference: str, report_id: int, position: int) -> bool:
    """Whether the assessment that a document names, as `hire-a-boat.2`, looks again at the one at
    a place of a report, or at what does.
    """
    a, (slug, _dot, place) = Assessment, reference.rpartition(".")
    query = select(a.id).join(Report, Report.id == a.report_id)
    at = session.scalar(query.where(Report.slug == slug, a.position == int(place)))
    mine = session.scalar(select(a.id).where(a.report_id == report_id, a.position == position))
    for _step in range(_LONGEST):
        if at is None or at == mine:
            return at is not None
        at = session.scalar(select(a.again_of_id).where(a.id == at))
    return True
