"""What moves when a service or an organisation becomes part of another: assessments, standards.

A merge says that two records were always one, so assessments follow; what they were called on the
day stays as it is.
"""

from __future__ import annotations

from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from portal.assessments.models.assessments import Assessment, AssessmentOwner
from portal.assessments.models.standards import Standard
from portal.audit import record_all
from portal.catalogue.store.movers import TAGS, Merge, Mover, register
from portal.catalogue.words import RecordKind
from portal.errors import N_

#: What the history calls an assessment, and a standard.
THING, STANDARD = "assessment", "standard"


def _mover(what: str, thing: str, column: Any, key: Any) -> Mover:
    """Rows that point at a record by `column` and belong to the thing whose id is in `key`."""
    table = column.class_.__tablename__

    def count(session: Session, merge: Merge) -> int:
        return session.scalar(select(func.count()).where(column == merge.goes)) or 0

    def move(session: Session, merge: Merge) -> None:
        field = merge.kind.value
        told = {field: merge.goes_ref}, {field: merge.stays_ref}
        rows = session.scalars(select(column.class_).where(column == merge.goes)).all()
        for row in rows:
            setattr(row, column.key, merge.stays)
        session.flush()
        ids = sorted({getattr(row, key.key) for row in rows})
        record_all(session, merge.act, TAGS[merge.kind], thing, [(id_, *told) for id_ in ids])

    return Mover(what, frozenset({table}), count, move)


def install() -> None:
    """Register what moves."""
    of_service = _mover(N_("Assessments"), THING, Assessment.service_id, Assessment.id)
    register(RecordKind.SERVICE, "assessments", of_service)
    owners = AssessmentOwner
    owned = _mover(N_("Assessments"), THING, owners.organisation_id, owners.assessment_id)
    register(RecordKind.ORGANISATION, "assessments", owned)
    standards = _mover(N_("Standards"), STANDARD, Standard.organisation_id, Standard.id)
    register(RecordKind.ORGANISATION, "standards", standards)
