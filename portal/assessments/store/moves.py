"""What moves when a service or an organisation becomes part of another: assessments, standards.

A merge says that two records were always one, so assessments follow; what they were called on the
day stays as it is.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from portal.assessments.models.assessments import Assessment, AssessmentOwner
from portal.assessments.models.standards import Standard
from portal.assessments.rules.report_documents import parted
from portal.assessments.store.report_documents import Change, Reports
from portal.audit import Document, record_all
from portal.catalogue.store.movers import TAGS, Merge, Mover, register
from portal.catalogue.words import RecordKind
from portal.db import chunks
from portal.errors import N_

#: What the history calls a standard.
STANDARD = "standard"


def _assessments(column: Any, reports: Any, moved: Callable[[Document, Merge], Document]) -> Mover:
    """Assessments that point at a record by `column`, of the reports that `reports` selects; the
    history of these reports tells of it.

    Args:
        moved: gives what a report says once a merge is done.
    """

    def count(session: Session, merge: Merge) -> int:
        return session.scalar(select(func.count()).where(column == merge.goes)) or 0

    def move(session: Session, merge: Merge) -> None:
        documents = Reports(session)
        ids = session.scalars(reports.where(column == merge.goes).distinct()).all()
        for some in chunks(sorted(ids)):
            now = documents.documents(some)
            changes = [Change(id_, now[id_], moved(now[id_], merge)) for id_ in some]
            documents.write(changes, merge.act, TAGS[merge.kind])

    return Mover(N_("Assessments"), frozenset({column.class_.__tablename__}), count, move)


def _of_service(now: Document, merge: Merge) -> Document:
    def said(name: str, value: Any) -> Any:
        mine = (parted(name) or (0, ""))[1] == "service"
        return merge.stays_ref if mine and value == merge.goes_ref else value

    return {name: said(name, value) for name, value in now.items()}


def _of_owners(now: Document, merge: Merge) -> Document:
    def said(name: str, value: Any) -> Any:
        if (parted(name) or (0, ""))[1] != "organisations":
            return value
        return [merge.stays_ref if body == merge.goes_ref else body for body in value]

    return {name: said(name, value) for name, value in now.items()}


def _count_standards(session: Session, merge: Merge) -> int:
    mine = Standard.organisation_id == merge.goes
    return session.scalar(select(func.count()).where(mine)) or 0


def _move_standards(session: Session, merge: Merge) -> None:
    field = merge.kind.value
    told = {field: merge.goes_ref}, {field: merge.stays_ref}
    rows = session.scalars(select(Standard).where(Standard.organisation_id == merge.goes)).all()
    for row in rows:
        row.organisation_id = merge.stays
    session.flush()
    ids = sorted(row.id for row in rows)
    record_all(session, merge.act, TAGS[merge.kind], STANDARD, [(id_, *told) for id_ in ids])


def install() -> None:
    """Register what moves."""
    a, o = Assessment, AssessmentOwner
    of_service = _assessments(a.service_id, select(a.report_id), _of_service)
    register(RecordKind.SERVICE, "assessments", of_service)
    owners = select(a.report_id).join(o, o.assessment_id == a.id)
    owned = _assessments(o.organisation_id, owners, _of_owners)
    register(RecordKind.ORGANISATION, "assessments", owned)
    standards = Mover(N_("Standards"), frozenset({"standard"}), _count_standards, _move_standards)
    register(RecordKind.ORGANISATION, "standards", standards)
