"""What moves when a record becomes part of another: exemptions, and requests to spend."""

from __future__ import annotations

from typing import Any

from sqlalchemy import func, or_, select
from sqlalchemy.orm import Session

from portal.audit import record
from portal.catalogue.component_words import ExemptionState
from portal.catalogue.models.components import ComponentExemption
from portal.catalogue.models.exemptions import ExemptionRequest
from portal.catalogue.models.spending import SpendRequest
from portal.catalogue.store import exemptions, spending
from portal.catalogue.store.movers import TAGS, Merge, Mover, register
from portal.catalogue.words import RecordKind
from portal.errors import N_


def _many(session: Session, *where: Any) -> int:
    return session.scalar(select(func.count()).where(or_(*where))) or 0


def _count_exemptions(session: Session, merge: Merge) -> int:
    r, e = ExemptionRequest, ComponentExemption
    alone = _many(session, (e.service_id == merge.goes) & e.request_id.is_(None))
    return _many(session, r.service_id == merge.goes) + alone


def _move_exemptions(session: Session, merge: Merge) -> None:
    """What both were granted on one day is one exemption; what both ask for is asked once."""
    e, r = ComponentExemption, ExemptionRequest
    mine = select(e.component_id, e.granted_on).where(e.service_id == merge.stays)
    known = {(component, granted) for component, granted in session.execute(mine)}
    for row in session.scalars(select(e).where(e.service_id == merge.goes)).all():
        if (row.component_id, row.granted_on) in known:
            session.delete(row)
        else:
            row.service_id = merge.stays
    session.flush()
    ids = session.scalars(select(r.id).where(r.service_id == merge.goes).order_by(r.id)).all()
    for request in (exemptions.get(session, id_) for id_ in ids):
        waits = request.state is ExemptionState.ASKED
        if waits and exemptions.waiting_for(session, merge.stays, request.component_id):
            exemptions.move(session, request, ExemptionState.WITHDRAWN, merge.act)
        request.service_id = merge.stays
        session.flush()
        told = {"service": merge.goes_ref}, {"service": merge.stays_ref}
        record(session, merge.act, TAGS[merge.kind], exemptions.THING, request.id, *told)


def _column(merge: Merge) -> Any:
    is_service = merge.kind is RecordKind.SERVICE
    return SpendRequest.service_id if is_service else SpendRequest.organisation_id


def _count_spend(session: Session, merge: Merge) -> int:
    return _many(session, _column(merge) == merge.goes)


def _move_spend(session: Session, merge: Merge) -> None:
    column, field = _column(merge), merge.kind.value
    rows = session.scalars(select(SpendRequest).where(column == merge.goes)).all()
    for row in rows:
        setattr(row, column.key, merge.stays)
        told = {field: merge.goes_ref}, {field: merge.stays_ref}
        record(session, merge.act, TAGS[merge.kind], spending.THING, row.id, *told)
    session.flush()


def install() -> None:
    """Register what moves."""
    tables = frozenset({"component_exemption", "exemption_request"})
    leave = Mover(N_("Exemptions from a mandate"), tables, _count_exemptions, _move_exemptions)
    register(RecordKind.SERVICE, "exemptions", leave)
    spend = Mover(N_("Requests to spend"), frozenset({"spend_request"}), _count_spend, _move_spend)
    for kind in RecordKind:
        register(kind, "spend", spend)
