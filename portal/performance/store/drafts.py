"""Answers to the form of a period, until they are sent."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from portal.audit import Act
from portal.performance.models.collecting import FigureDraft


def find(session: Session, data_set_id: int, start: date) -> FigureDraft | None:
    """The answers of a period that wait to be sent."""
    return session.get(FigureDraft, (data_set_id, start))


def waiting(session: Session, data_set_id: int) -> set[date]:
    """The periods of a data set with such answers."""
    query = select(FigureDraft.start).where(FigureDraft.data_set_id == data_set_id)
    return set(session.scalars(query))


def put(
    session: Session,
    data_set_id: int,
    start: date,
    number: int,
    answer: Mapping[str, Any],
    act: Act,
) -> None:
    """Keep the answer to one question. The caller holds the data set."""
    found = find(session, data_set_id, start)
    if found is None:
        found = FigureDraft(data_set_id=data_set_id, start=start, answers={}, version=0)
        session.add(found)
    found.answers = {**found.answers, str(number): {**answer, "by": act.actor}}
    found.version += 1
    found.edited_by, found.edited_at = act.actor, act.at


def remove(session: Session, data_set_id: int, start: date) -> None:
    """Forget the answers of a period."""
    d = FigureDraft
    session.execute(delete(d).where(d.data_set_id == data_set_id, d.start == start))
