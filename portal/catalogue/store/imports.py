"""All SQL about import batches and what importers remember."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from sqlalchemy import and_, delete, func, insert, or_, select
from sqlalchemy.orm import Session

from portal.audit import Document, HistoryEvent, ImportBatch
from portal.catalogue.models.imports import ImportedRecord, SetAside
from portal.catalogue.models.organisations import Organisation
from portal.catalogue.models.services import Service
from portal.errors import Missing


@dataclass(frozen=True, slots=True)
class AsideRow:
    """Something set aside; a conflict with the address and name of its record, if it is there."""

    id: int
    file: str
    row: int | None
    column: str | None
    value: str | None
    reason: str
    conflict: bool
    thing: str | None
    slug: str | None
    name: str | None


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
) -> list[AsideRow]:
    """What a batch did not accept, in the order of its files."""
    a, about = SetAside, SetAside.thing_id
    rows: Any = session.execute(
        select(
            a.id, a.file, a.row, a.column, a.value, a.reason, a.conflict, a.thing,
            func.coalesce(Service.slug, Organisation.slug),
            func.coalesce(Service.name, Organisation.name),
        )
        .outerjoin(Service, and_(a.thing == "service", Service.id == about))
        .outerjoin(Organisation, and_(a.thing == "organisation", Organisation.id == about))
        .where(a.batch_id == batch_id, a.id > after_id)
        .order_by(a.id)
        .limit(limit)
    )  # fmt: skip
    return [AsideRow(*row) for row in rows]


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


def changed_since(session: Session, batch_id: int) -> list[tuple[str, int]]:
    """The records of a batch that changed again after it, other than by batches undone since."""
    mine = (
        select(HistoryEvent.thing, HistoryEvent.thing_id)
        .where(HistoryEvent.batch_id == batch_id)
        .distinct()
        .subquery()
    )
    first = session.scalar(
        select(func.min(HistoryEvent.id)).where(HistoryEvent.batch_id == batch_id)
    )
    undone = select(ImportBatch.id).where(ImportBatch.undone_at.is_not(None))
    same = and_(mine.c.thing == HistoryEvent.thing, mine.c.thing_id == HistoryEvent.thing_id)
    rows = session.execute(
        select(HistoryEvent.thing, HistoryEvent.thing_id)
        .join(mine, same)
        .where(
            HistoryEvent.id > (first or 0),
            HistoryEvent.batch_id.is_distinct_from(batch_id),
            or_(HistoryEvent.batch_id.is_(None), HistoryEvent.batch_id.not_in(undone)),
        )
        .distinct()
        .order_by(HistoryEvent.thing, HistoryEvent.thing_id)
    )
    return [(thing, thing_id) for thing, thing_id in rows]


def recall(session: Session, batch_id: int) -> None:
    """Give each source back the memory it had before the batch."""
    rows = session.scalars(select(ImportedRecord).where(ImportedRecord.batch_id == batch_id)).all()
    gone = [r.id for r in rows if r.said_before is None]
    for row in rows:
        if row.said_before is not None:
            row.said, row.said_before = row.said_before, None
    session.execute(delete(ImportedRecord).where(ImportedRecord.id.in_(gone)))
