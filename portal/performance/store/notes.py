"""Notes on figures, and targets, as stored."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Any, TypeVar

from sqlalchemy import ColumnElement, or_, select
from sqlalchemy.orm import Session

from portal.access import Kind
from portal.audit import Document
from portal.errors import N_, Missing, Stale
from portal.performance.models.notes import FigureNote, FigureTarget

NOTE, TARGET = "figure_note", "figure_target"
Row = TypeVar("Row", FigureNote, FigureTarget)


def of_thing(session: Session, kind: Kind, id_: int) -> Sequence[FigureNote]:
    """The notes on the figures of a service or component, the oldest day first."""
    query = select(FigureNote).where(_column(kind) == id_)
    return session.scalars(query.order_by(FigureNote.day, FigureNote.id)).all()


def _column(kind: Kind) -> Any:
    return FigureNote.service_id if kind is Kind.SERVICE else FigureNote.component_id


def of_services(session: Session, ids: Sequence[int]) -> Sequence[FigureTarget]:
    """Every target of some services, the newest first."""
    t = FigureTarget
    query = select(t).where(t.service_id.in_(ids)).order_by(t.since.desc(), t.id.desc())
    return session.scalars(query).all()


def holds(day: date) -> ColumnElement[bool]:
    """Which targets hold on a day."""
    t = FigureTarget
    return (t.since <= day) & or_(t.until.is_(None), t.until > day)


def note(session: Session, kind: Kind, of_id: int, id_: int, base: int | None = None) -> FigureNote:
    """A note on the figures of a service or component; locked for whoever changes the version
    `base` of it. Raises Missing, and Stale where somebody did since.
    """
    query = select(FigureNote).where(FigureNote.id == id_, _column(kind) == of_id)
    return _one(session.scalars(query if base is None else query.with_for_update()).first(), base)


def target(session: Session, service_id: int, id_: int, base: int | None = None) -> FigureTarget:
    """The same of a target of a service."""
    t = FigureTarget
    query = select(t).where(t.id == id_, t.service_id == service_id)
    return _one(session.scalars(query if base is None else query.with_for_update()).first(), base)


def _one(row: Row | None, base: int | None) -> Row:
    if row is None:
        raise Missing(N_("There is nothing at this address"))
    if base is not None and row.version != base:
        raise Stale
    return row


def document(row: FigureNote | FigureTarget) -> Document:
    """What the history keeps of a note or target."""
    if isinstance(row, FigureNote):
        return {
            "service_id": row.service_id, "component_id": row.component_id,
            "day": row.day.isoformat(), "note": row.note,
        }  # fmt: skip
    until = row.until.isoformat() if row.until else None
    return {
        "service_id": row.service_id, "kpi": row.kpi.value, "value": row.value,
        "since": row.since.isoformat(), "until": until,
    }  # fmt: skip
