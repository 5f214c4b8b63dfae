"""What moves when a service becomes part of another: that its people were told of an end."""

from __future__ import annotations

from sqlalchemy import delete, func, select, update
from sqlalchemy.orm import Session, aliased

from portal.catalogue.models.closing import ClosingNotice
from portal.catalogue.store.movers import Merge, Mover, register
from portal.catalogue.words import RecordKind
from portal.errors import N_


def _many(session: Session, merge: Merge) -> int:
    mine = ClosingNotice.service_id == merge.goes
    return session.scalar(select(func.count()).select_from(ClosingNotice).where(mine)) or 0


def _move(session: Session, merge: Merge) -> None:
    """What both were told of is kept once."""
    n, other = ClosingNotice, aliased(ClosingNotice)
    twice = select(other.component_id).where(
        other.service_id == merge.stays,
        other.component_id == n.component_id,
        other.closes_on == n.closes_on,
    )
    lost = delete(n).where(n.service_id == merge.goes, twice.exists())
    moved = update(n).where(n.service_id == merge.goes).values(service_id=merge.stays)
    for statement in (lost, moved):
        session.execute(statement.execution_options(synchronize_session=False))


def install() -> None:
    """Say what happens to the notices of a service that becomes part of another one."""
    mover = Mover(N_("Notices that a component ends"), frozenset({"closing_notice"}), _many, _move)
    register(RecordKind.SERVICE, "closing_notices", mover)
