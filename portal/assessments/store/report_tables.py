"""The table of reports as imports and their undo see it."""

from __future__ import annotations

from collections.abc import Collection

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from portal.assessments.models.assessments import Assessment, AssessmentOwner, Report
from portal.assessments.store import counts
from portal.assessments.store.report_documents import THING
from portal.audit import Act, record_all
from portal.catalogue.store import components, organisations, services
from portal.db import chunks

MODEL, NAME = Report, Report.title
_of_owner = (
    select(Assessment.report_id)
    .where(Assessment.id == AssessmentOwner.assessment_id)
    .scalar_subquery()
)
#: What reports point at: the kind, whose it is, the column that points.
POINTS = (
    (services.THING, Assessment.report_id, Assessment.service_id),
    (components.THING, Assessment.report_id, Assessment.component_id),
    (organisations.THING, _of_owner, AssessmentOwner.organisation_id),
)


def remove(session: Session, ids: Collection[int], act: Act, tag: str) -> None:
    """Take reports out with all that belongs to them, each with its event."""
    r = Report
    counts.touch(session, ids)
    for some in chunks(ids):
        gone = session.execute(select(r.id, r.title, r.source).where(r.id.in_(some)))
        events = [(id_, {"title": title, "source": source}, None) for id_, title, source in gone]
        record_all(session, act, tag, THING, events)
        session.execute(delete(r).where(r.id.in_(some)))
