"""What of performance data moves when a service becomes part of another one."""

from __future__ import annotations

from typing import Any

from sqlalchemy import delete, func, select
from sqlalchemy.orm import Session

from portal.access import Kind
from portal.audit import record_all
from portal.catalogue.store import service_counts
from portal.catalogue.store.movers import TAGS, Merge, Mover, register
from portal.catalogue.words import RecordKind
from portal.db import Base
from portal.errors import N_
from portal.performance.models.data_sets import DataSet
from portal.performance.models.figures import ThingFigure
from portal.performance.models.notes import FigureNote, FigureTarget
from portal.performance.store import data_sets, figures, folding


def _pointing(what: str, model: type[Base], column: Any, key: Any, thing: str) -> Mover:
    def count(session: Session, merge: Merge) -> int:
        return session.scalar(select(func.count()).where(column == merge.goes)) or 0

    def move(session: Session, merge: Merge) -> None:
        told = {merge.kind.value: merge.goes_ref}, {merge.kind.value: merge.stays_ref}
        ids = session.scalars(select(key).where(column == merge.goes).order_by(key)).all()
        for row in session.scalars(select(model).where(column == merge.goes).order_by(key)):
            setattr(row, column.key, merge.stays)
        session.flush()
        record_all(session, merge.act, TAGS[merge.kind], thing, [(id_, *told) for id_ in ids])

    return Mover(what, frozenset({model.__tablename__}), count, move)


def _move_sets(mover: Mover) -> Mover:
    """The figures follow the data sets; where both services have one, that of the older data set
    counts.
    """

    def move(session: Session, merge: Merge) -> None:
        f = ThingFigure
        goes = (f.kind == Kind.SERVICE, f.of_id == merge.goes)
        query = select(f.data_set_id, f.period, f.start, f.figure).where(*goes)
        was = session.execute(query.order_by(f.data_set_id)).all()
        for row in was:
            figures.touch(session, merge.goes, row.period, [(row.start, row.figure)])
        session.execute(delete(f).where(*goes))
        mover.move(session, merge)
        starts: dict[int, set[Any]] = {}
        for row in was:
            starts.setdefault(row.data_set_id, set()).add(row.start)
        for id_, some in starts.items():
            folding.refold(session, data_sets.get(session, id_), some)

    return Mover(mover.what, mover.tables, mover.count, move)


def install() -> None:
    """Register what moves, and that totals follow a service to another organisation."""
    service_counts.tell_moves(figures.touch_whole)
    s, n, t = DataSet, FigureNote, FigureTarget
    kind = RecordKind.SERVICE
    sets = _pointing(N_("Data sets"), s, s.service_id, s.id, data_sets.THING)
    register(kind, "data_sets", _move_sets(sets))
    register(kind, "figure_notes",
             _pointing(N_("Notes on figures"), n, n.service_id, n.id, "figure_note"))  # fmt: skip
    register(kind, "figure_targets",
             _pointing(N_("Targets"), t, t.service_id, t.id, "figure_target"))  # fmt: skip
