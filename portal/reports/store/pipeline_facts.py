"""What the pipeline report knows of each assessment: kept with each write, rebuilt by command.

It follows from the report, from what its service used (`reuse_counts` says which services a
transaction touched) and from whose bank holidays the organisation has.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable
from datetime import date
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Date,
    String,
    and_,
    delete,
    event,
    func,
    literal,
    or_,
    select,
    type_coerce,
    union,
)
from sqlalchemy.orm import Session

from portal import audit
from portal.assessments.models.assessments import Assessment, AssessmentOwner, Report
from portal.assessments.models.bookings import AssessmentSetting
from portal.assessments.store import booking_settings, counts
from portal.audit import Document
from portal.catalogue.models.usage import Usage
from portal.db import chunks, insert_rows, one_at_a_time
from portal.reports.models.pipeline import PipelineFact
from portal.reports.rules.pipeline import Fact, fact_of

_F, _A = PipelineFact, Assessment
_COLUMNS = [getattr(_F, name) for name in Fact._fields]
#: So many assessments at a time.
MANY = 2_000
_SETTINGS = "pipeline_settings"


def install() -> None:
    """Have the reports and the history say what is written."""
    counts.tell(of_reports)
    audit.tell(_told)


def _told(session: Session, rows: list[Document]) -> None:
    ids = {
        row["thing_id"] for row in rows
        if row["thing"] == booking_settings.THING
        and row["before"].get("nation") != row["after"].get("nation")
    }  # fmt: skip
    if ids:
        session.info.setdefault(_SETTINGS, set()).update(ids)


def of_reports(session: Session, reports: Iterable[int]) -> None:
    """Work afresh what is known of the assessments that reports tell of."""
    for some in chunks(sorted(reports)):
        _renew(session, session.scalars(select(_A.id).where(_A.report_id.in_(some))))


def of_services(session: Session, services: Collection[int]) -> None:
    """The same for the assessments that are, or were, of services."""
    now = select(_A.id).where(_A.service_id.in_(services))
    _renew(session, session.scalars(union(now, select(_F.id).where(_F.service_id.in_(services)))))


def settle(session: Session) -> None:
    """Count working days afresh where an organisation says something else of how it holds
    assessments. The end of a transaction does so by itself.
    """
    ids: set[int] = session.info.pop(_SETTINGS, set())
    if not ids:
        return
    session.flush()
    s = AssessmentSetting
    scopes = set(session.scalars(select(s.scope).where(s.id.in_(ids))))
    query = select(_F.id)
    # What the portal says, or what is gone, can hold for anybody.
    if 0 not in scopes and len(scopes) == len(ids):
        query = query.where(_F.organisation_id.in_(scopes))
    _renew(session, session.scalars(query))


@event.listens_for(Session, "before_commit")
def _at_the_end(session: Session) -> None:
    settle(session)


@event.listens_for(Session, "after_rollback")
def _forget(session: Session) -> None:
    session.info.pop(_SETTINGS, None)


def _renew(session: Session, assessments: Iterable[int]) -> None:
    for some in chunks(sorted(assessments), MANY):
        old, new = facts(session, _F.id.in_(some)), read(session, _A.id.in_(some))
        moved = [id_ for id_ in some if old.get(id_) != new.get(id_)]
        if moved:
            session.execute(delete(_F).where(_F.id.in_(moved)))
            insert_rows(session, _F, [new[id_]._asdict() for id_ in moved if id_ in new])


def facts(session: Session, *where: ColumnElement[bool]) -> dict[int, Fact]:
    """What the table knows of assessments, by id."""
    rows: Any = session.connection().execute(select(*_COLUMNS).where(*where))
    return {row[0]: Fact._make(row) for row in rows}


def read(session: Session, where: ColumnElement[bool]) -> dict[int, Fact]:
    """What the records say of the assessments whose report repeats no other one, by id."""
    o, r = AssessmentOwner, Report
    body = func.coalesce(o.organisation_id, 0)
    query: Any = (
        select(
            _A.id, _A.service_id, body, type_coerce(_A.stage, String), type_coerce(_A.kind, String),
            type_coerce(_A.result, String), _A.held_on, r.published_on,
            booking_settings.column_of("nation", body), _newest(),
        )
        .join(r, r.id == _A.report_id)
        .outerjoin(o, and_(o.assessment_id == _A.id, o.position == 0))
        .where(r.same_as_id.is_(None), where)
        .order_by(_A.id)
    )  # fmt: skip
    rows = session.connection().execute(query)
    return {row[0]: fact_of(tuple(row[:6]), *row[6:]) for row in rows}


def _newest() -> Any:
    """The newest confirmation among the shared components that the service used on the day of the
    assessment; `date.min` where it used some and none is confirmed.
    """
    u = Usage
    said = func.coalesce(u.confirmed_on, literal(date.min, Date))
    return (
        select(func.max(said, type_=Date))
        .where(
            u.service_id == _A.service_id, u.component_id.is_not(None), u.since <= _A.held_on,
            or_(u.until.is_(None), u.until > _A.held_on), u.disputed_on.is_(None),
        )
        .correlate(_A)
        .scalar_subquery()
    )  # fmt: skip


def rebuild(session: Session) -> int:
    """Write everything afresh; returns of how many assessments."""
    _forget(session)
    one_at_a_time(session)
    session.flush()
    session.execute(delete(_F))
    many = 0
    for where in _in_parts(session):
        found = [fact._asdict() for fact in read(session, where).values()]
        insert_rows(session, _F, found)
        many += len(found)
    return many


def _in_parts(session: Session) -> Iterable[ColumnElement[bool]]:
    last = session.scalar(select(func.max(_A.id))) or 0
    return (_A.id.between(first, first + MANY - 1) for first in range(1, last + 1, MANY))


def counted(session: Session) -> dict[int, Fact]:
    """Everything, worked out from the records."""
    return {id_: fact for where in _in_parts(session) for id_, fact in read(session, where).items()}


def kept(session: Session) -> dict[int, Fact]:
    """Everything as the table has it."""
    return facts(session)


def never_kept(session: Session) -> bool:
    """Whether there are assessments and nothing is known of any, as after an upgrade."""
    if session.scalar(select(_F.id).limit(1)) is not None:
        return False
    return session.scalar(select(_A.id).limit(1)) is not None
