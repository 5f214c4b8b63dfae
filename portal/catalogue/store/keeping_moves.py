"""What moves when a record becomes part of another: the problems that readers reported. The review
of the one that goes is over: the one that stays has its own, and is asked about anew.
"""

from __future__ import annotations

from sqlalchemy import func, select, update
from sqlalchemy.orm import Session

from portal.access import Kind
from portal.catalogue.models.problems import Problem
from portal.catalogue.store import reviews
from portal.catalogue.store.movers import Merge, Mover, register
from portal.catalogue.words import RecordKind, Reviewed
from portal.errors import N_


def _many(session: Session, merge: Merge) -> int:
    mine = (Problem.kind == Kind(merge.kind), Problem.thing_id == merge.goes)
    return session.scalar(select(func.count()).select_from(Problem).where(*mine)) or 0


def _move(session: Session, merge: Merge) -> None:
    mine = (Problem.kind == Kind(merge.kind), Problem.thing_id == merge.goes)
    statement = update(Problem).where(*mine).values(thing_id=merge.stays)
    session.execute(statement.execution_options(synchronize_session=False))
    if merge.kind is RecordKind.SERVICE:
        reviews.remove(session, Reviewed.SERVICE, [merge.goes])
        reviews.ask_anew(session, Reviewed.SERVICE, merge.stays, merge.act.day)


def install() -> None:
    """Register what moves."""
    for kind in RecordKind:
        tables = frozenset({"problem", "review"})
        mover = Mover(N_("Problems that readers reported"), tables, _many, _move)
        register(kind, "problems", mover)
