"""All SQL about import batches and what importers remember."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from typing import Any, NamedTuple

from sqlalchemy import String, and_, cast, exists, func, or_, select
from sqlalchemy.orm import Session, aliased

from portal.audit import Document, HistoryEvent, ImportBatch
from portal.catalogue.models.imports import ImportedRecord, SetAside
from portal.catalogue.models.organisations import Organisation
from portal.catalogue.models.services import Service
from portal.catalogue.models.usage import Usage
from portal.catalogue.store import further_kinds
from portal.db import insert_rows
from portal.errors import Missing

_IDS = (("service", Service.id), ("organisation", Organisation.id), ("usage", Usage.id))


class Reason(NamedTuple):
    """Something set aside, and why."""

    file: str
    row: int | None
    column: str | None
    value: str | None
    reason: str
    conflict: bool


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
    named: list[tuple[str, Any, Any]] = [
        ("service", Service, Service.name),
        ("organisation", Organisation, Organisation.name),
    ]
    named += [(each.thing, each.model, each.name) for each in further_kinds.kinds()]
    # A usage has no name of its own: it is called after its service, and its address has its id.
    using = aliased(Service)
    query = select(
        a.id, a.file, a.row, a.column, a.value, a.reason, a.conflict, a.thing,
        func.coalesce(*(model.slug for _, model, _ in named), cast(Usage.id, String)),
        func.coalesce(*(name for *_, name in named), using.name),
    )  # fmt: skip
    query = query.outerjoin(Usage, and_(a.thing == "usage", Usage.id == about))
    query = query.outerjoin(using, using.id == Usage.service_id)
    for thing, model, _name in named:
        query = query.outerjoin(model, and_(a.thing == thing, model.id == about))
    rows: Any = session.execute(
        query.where(a.batch_id == batch_id, a.id > after_id).order_by(a.id).limit(limit)
    )
    return [AsideRow(*row) for row in rows]


def add_set_aside(session: Session, rows: Iterable[Document]) -> None:
    """Keep rows that were not accepted."""
    insert_rows(session, SetAside, list(rows))


class Remembered(NamedTuple):
    """The record that a source's key stands for, and where its newest word is."""

    thing: str
    thing_id: int
    word_id: int


def remembered(session: Session, kind: str) -> dict[str, Remembered]:
    """What the keys of a kind of source stand for: by the newest word of an import that is not
    undone, about a record that is still there.
    """
    r = ImportedRecord
    known = [*_IDS, *((each.thing, each.model.id) for each in further_kinds.kinds())]
    there = or_(
        *(and_(r.thing == thing, exists().where(id_ == r.thing_id)) for thing, id_ in known)
    )
    rows: Any = session.execute(
        select(r.key, r.thing, r.thing_id, r.id)
        .join(ImportBatch, ImportBatch.id == r.batch_id)
        .where(r.kind == kind, ImportBatch.undone_at.is_(None), there)
        .order_by(r.batch_id)
    )
    return {key: Remembered(*rest) for key, *rest in rows}


def words(session: Session, ids: Collection[int]) -> dict[int, Document]:
    """What was said, by the ids of the words."""
    r = ImportedRecord
    rows = session.execute(select(r.id, r.said).where(r.id.in_(ids)))
    return {id_: said for id_, said in rows}  # noqa: C416


def remember(session: Session, rows: list[Document]) -> None:
    """Keep words of a source, as columns of `ImportedRecord`."""
    insert_rows(session, ImportedRecord, rows)


def last_of(session: Session, kind: str, files: list[str], before_id: int) -> ImportBatch | None:
    """The import of these files before this one that is not undone, if there is one."""
    rows = session.scalars(
        select(ImportBatch)
        .where(ImportBatch.kind == kind, ImportBatch.undone_at.is_(None))
        .where(ImportBatch.id < before_id)
        .order_by(ImportBatch.id.desc())
    )
    return next((row for row in rows if sorted(row.files) == sorted(files)), None)


def reasons(session: Session, batch_id: int) -> set[Reason]:
    """What a batch set aside, in a form to compare: all but the records it is about."""
    a = SetAside
    rows = session.execute(
        select(a.file, a.row, a.column, a.value, a.reason, a.conflict).where(a.batch_id == batch_id)
    )
    return {Reason(*row) for row in rows}


def reason_of(row: Document) -> Reason:
    """The same of a row that is about to be kept."""
    return Reason(**{name: row[name] for name in Reason._fields})


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
