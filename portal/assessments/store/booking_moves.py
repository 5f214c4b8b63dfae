"""What of bookings moves when a service or an organisation becomes part of another."""

from __future__ import annotations

from typing import Any

from sqlalchemy import delete, func, select
from sqlalchemy.orm import Session

from portal.assessments.models.bookings import AssessmentSetting, Booking
from portal.assessments.models.panels import Assessor
from portal.assessments.store import booking_settings
from portal.assessments.store.bookings import THING
from portal.audit import record, record_all
from portal.catalogue.store.movers import TAGS, Merge, Mover, register
from portal.catalogue.words import RecordKind
from portal.db import Base
from portal.errors import N_


def _pointing(what: str, model: type[Base], column: Any, key: Any, thing: str) -> Mover:
    """Rows that point at a record by `column`; the history of each tells of it."""

    def count(session: Session, merge: Merge) -> int:
        return session.scalar(select(func.count()).where(column == merge.goes)) or 0

    def move(session: Session, merge: Merge) -> None:
        told = {merge.kind.value: merge.goes_ref}, {merge.kind.value: merge.stays_ref}
        rows = session.scalars(select(model).where(column == merge.goes).order_by(key)).all()
        for row in rows:
            setattr(row, column.key, merge.stays)
        session.flush()
        ids = [getattr(row, key.key) for row in rows]
        record_all(session, merge.act, TAGS[merge.kind], thing, [(id_, *told) for id_ in ids])

    return Mover(what, frozenset({model.__tablename__}), count, move)


def _count_settings(session: Session, merge: Merge) -> int:
    return int(booking_settings.row_of(session, merge.goes) is not None)


def _end_settings(session: Session, merge: Merge) -> None:
    """The organisation that stays holds assessments as it said; what the other one said ends."""
    row = booking_settings.row_of(session, merge.goes)
    if row is not None:
        before = booking_settings.said(row) | {"nation": row.nation and row.nation.value}
        tag, thing = TAGS[merge.kind], booking_settings.THING
        record(session, merge.act, tag, thing, row.id, before, None)
        session.execute(delete(AssessmentSetting).where(AssessmentSetting.id == row.id))


def install() -> None:
    """Register what moves."""
    b, a = Booking, Assessor
    for kind, column in (
        (RecordKind.SERVICE, b.service_id), (RecordKind.ORGANISATION, b.organisation_id),
    ):  # fmt: skip
        register(kind, "bookings", _pointing(N_("Booked assessments"), b, column, b.id, THING))
    body = RecordKind.ORGANISATION
    assessors = _pointing(N_("Assessors"), a, a.organisation_id, a.person_id, "assessor")
    register(body, "assessors", assessors)
    settings = frozenset({"assessment_setting"})
    said = N_("How assessments are held")
    register(body, "assessment_settings", Mover(said, settings, _count_settings, _end_settings))
