"""All SQL about import batches and what importers remember."""

from __future__ import annotations

from collections.abc import Iterable

from sqlalchemy import delete, insert, select
from sqlalchemy.orm import Session

from portal.audit import Document, HistoryEvent, ImportBatch
from portal.catalogue.models.imports import ImportedRecord, SetAside
from portal.errors import Missing


def batches(session: Session, before_id: int | None = None, limit: int = 50) -> list[ImportBatch]:
    """Import batches, newest first."""
    query = select(ImportBatch).order_by(ImportBatch.id.desc()).limit(limit)
    if before_id is not None:
        query = query.where(ImportBatch.id < before_id)
    return list(session.scalars(query))


def batch(session: Session, batch_id: int) -> ImportBatch:
    """One batch. Raises Missing."""
    found = session.get(ImportBatch, batch_id)
    if found is None:
        raise Missing("There is no such import")
    return found


def set_aside(
    session: Session, batch_id: int, after_id: int = 0, limit: int = 50
) -> list[SetAside]:
    """What a batch did not accept, in the order of its files."""
    return list(
        session.scalars(
            select(SetAside)
            .where(SetAside.batch_id == batch_id, SetAside.id > after_id)
            .order_by(SetAside.id)
            .limit(limit)
        )
    )


def add_set_aside(session: Session, rows: Iterable[Document]) -> None:
    """Keep rows that were not accepted."""
    found = list(rows)
    if found:
        session.execute(insert(SetAside), found)


def remembered(session: Session, kind: str) -> dict[str, ImportedRecord]:
    """What a kind of source last said, by its own key."""
    rows = session.scalars(select(ImportedRecord).where(ImportedRecord.kind == kind))
    return {row.key: row for row in rows}


def forget(session: Session, thing: str, thing_id: int) -> None:
    """Drop the memory of a record that is deleted."""
    session.execute(
        delete(ImportedRecord).where(
            ImportedRecord.thing == thing, ImportedRecord.thing_id == thing_id
        )
    )


def events_of(session: Session, batch_id: int) -> list[HistoryEvent]:
    """The history of a batch, newest first: the order in which to undo it."""
    return list(
        session.scalars(
            select(HistoryEvent)
            .where(HistoryEvent.batch_id == batch_id)
            .order_by(HistoryEvent.id.desc())
        )
    )
