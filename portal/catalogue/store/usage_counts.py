"""The table of who uses what, by organisation: kept with each write, rebuilt by command.

A write says which organisations it touches; what they use is counted afresh just before the
transaction ends, so that many writes of one organisation cost as much as one.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from sqlalchemy import delete, event, func, insert, select, text
from sqlalchemy.orm import Session

from portal.catalogue.component_words import UsageStatus
from portal.catalogue.models.counts import UsageCount
from portal.catalogue.models.services import Service
from portal.catalogue.models.usage import Usage
from portal.db import chunks

#: What counts as using a component now.
USING = (UsageStatus.LIVE, UsageStatus.STOPPING)
_WAITING = "usage_counts"
#: Held to the end of the transaction by whoever counts. Nothing else is waited for after it.
_TURN = text("SELECT pg_advisory_xact_lock(20161002)")
_BODY = func.coalesce(Service.organisation_id, 0)


def touch(session: Session, organisations: Iterable[int | None]) -> None:
    """Say that what these organisations use may have changed; None is for no organisation."""
    session.info.setdefault(_WAITING, set()).update(each or 0 for each in organisations)


def touch_services(session: Session, services: Iterable[int]) -> None:
    """The same for the organisations that answer for these services."""
    for some in chunks(list(services)):
        query = select(Service.organisation_id).where(Service.id.in_(some)).distinct()
        touch(session, session.scalars(query).all())


def settle(session: Session) -> None:
    """Count what was touched. The end of a transaction does so by itself."""
    waiting: set[int] = session.info.pop(_WAITING, set())
    if not waiting:
        return
    session.flush()
    if session.get_bind().dialect.name == "postgresql":
        session.execute(_TURN)
    for some in chunks(sorted(waiting)):
        session.execute(delete(UsageCount).where(UsageCount.organisation_id.in_(some)))
        _insert(session, _counted().where(_BODY.in_(some)))


@event.listens_for(Session, "before_commit")
def _at_the_end(session: Session) -> None:
    settle(session)


@event.listens_for(Session, "after_rollback")
def _forget(session: Session) -> None:
    session.info.pop(_WAITING, None)


def _counted() -> Any:
    pairs = (
        select(Usage.component_id, Usage.service_id)
        .where(Usage.component_id.is_not(None), Usage.status.in_(USING))
        .distinct()
        .subquery()
    )
    return (
        select(_BODY.label("body"), pairs.c.component_id, func.count())
        .select_from(pairs)
        .join(Service, Service.id == pairs.c.service_id)
        .group_by(_BODY, pairs.c.component_id)
    )


def _insert(session: Session, rows: Any) -> None:
    names = ["organisation_id", "component_id", "services"]
    session.execute(insert(UsageCount).from_select(names, rows))


def rebuild(session: Session) -> int:
    """Write the table afresh; returns how many counts."""
    session.info.pop(_WAITING, None)
    session.execute(delete(UsageCount))
    _insert(session, _counted())
    return session.scalar(select(func.count()).select_from(UsageCount)) or 0


def counted(session: Session) -> dict[tuple[int, int], int]:
    """Every count, worked out from the usages themselves."""
    return {(body, component): many for body, component, many in session.execute(_counted())}


def kept(session: Session) -> dict[tuple[int, int], int]:
    """Every count as the table has it."""
    c = UsageCount
    rows = session.execute(select(c.organisation_id, c.component_id, c.services))
    return {(body, component): many for body, component, many in rows}
