"""Collections as stored, and how each went."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from portal.access import Person
from portal.audit import Document
from portal.errors import N_, Missing
from portal.performance.models.collecting import CollectedHost, Collection, CollectionRun
from portal.performance.models.data_sets import DataSet
from portal.performance.rules.collecting import KEPT_RUNS, TOLD_AFTER
from portal.performance.store.data_set_lists import MOST, Row, kept_by, rows
from portal.performance.words import CollectedOutcome


def find(session: Session, data_set_id: int) -> Collection | None:
    """The collection of a data set."""
    return session.get(Collection, data_set_id)


def get(session: Session, data_set_id: int) -> Collection:
    """The same. Raises Missing."""
    found = find(session, data_set_id)
    if found is None:
        raise Missing(N_("This data set is not collected from a web address"))
    return found


def document(row: Collection) -> Document:
    """What the history keeps of a collection. The path of the address is for its team only."""
    return {
        "collected_from": row.host,
        "address_digest": row.url_digest,
        "collected_as": row.format.value,
        "collected_every": row.every.value,
        "collection_paused": row.paused,
    }


def due(session: Session, at: datetime) -> list[tuple[int, datetime]]:
    """The data sets to collect at a moment from hosts that are allowed, and when each was due."""
    query = (
        select(Collection.data_set_id, Collection.next_at)
        .join(CollectedHost, CollectedHost.host == Collection.host)
        .join(DataSet, DataSet.id == Collection.data_set_id)
        .where(
            Collection.next_at <= at,
            CollectedHost.allowed.is_(True),
            DataSet.closed_on.is_(None),
        )
        .order_by(Collection.next_at, Collection.data_set_id)
    )
    return [(id_, since) for id_, since in session.execute(query) if since is not None]


def add_run(session: Session, run: CollectionRun) -> None:
    """Note how a collection went, and forget the oldest of its data set."""
    session.add(run)
    session.flush()
    mine = CollectionRun.data_set_id == run.data_set_id
    newest = select(CollectionRun.id).where(mine).order_by(CollectionRun.id.desc())
    last = session.scalar(newest.offset(KEPT_RUNS).limit(1))
    if last is not None:
        gone = delete(CollectionRun).where(mine, CollectionRun.id <= last)
        session.execute(gone.execution_options(synchronize_session=False))


def runs(
    session: Session,
    data_set_id: int,
    outcome: CollectedOutcome | None,
    before: int | None,
    limit: int,
) -> list[CollectionRun]:
    """How the last collections of a data set went, newest first.

    Args:
        outcome: only those that went so.
        before: only those from below this id on.
        limit: at most so many.
    """
    query = select(CollectionRun).where(CollectionRun.data_set_id == data_set_id)
    if outcome is not None:
        query = query.where(CollectionRun.outcome == outcome)
    if before is not None:
        query = query.where(CollectionRun.id < before)
    return list(session.scalars(query.order_by(CollectionRun.id.desc()).limit(limit)))


def failing(session: Session, person: Person) -> list[Row]:
    """The data sets that somebody answers for whose collection failed several times in a row."""
    query = rows().join(Collection, Collection.data_set_id == DataSet.id)
    query = query.where(
        kept_by(session, person),
        Collection.failures >= TOLD_AFTER,
        Collection.next_at.is_not(None),
        DataSet.closed_on.is_(None),
    )
    return [Row(*row) for row in session.execute(query.limit(MOST))]
