"""What becomes of proposed changes where a record is merged, or whoever made one is erased."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import ColumnElement, and_, func, select, update
from sqlalchemy.orm import Session

from portal.accounts.store import erasing
from portal.audit import record_all
from portal.catalogue.models.proposals import Proposal
from portal.catalogue.store import movers
from portal.catalogue.store.movers import Merge, Mover
from portal.catalogue.store.proposals import THING
from portal.catalogue.words import EditedKind, RecordKind
from portal.errors import N_


def _of(merge: Merge) -> ColumnElement[bool]:
    kind = EditedKind(merge.kind.value)
    return and_(Proposal.kind == kind, Proposal.thing_id == merge.goes)


def _count(session: Session, merge: Merge) -> int:
    query = select(func.count()).select_from(Proposal)
    return session.scalar(query.where(_of(merge))) or 0


def _move(session: Session, merge: Merge) -> None:
    """They are about the record that stays; what it says now is compared when one is decided."""
    ids = session.scalars(select(Proposal.id).where(_of(merge)).order_by(Proposal.id)).all()
    moving = update(Proposal).where(Proposal.id.in_(ids)).values(thing_id=merge.stays)
    session.execute(moving.execution_options(synchronize_session=False))
    before, after = {"thing": merge.goes}, {"thing": merge.stays}
    changed = [(id_, before, after) for id_ in ids]
    record_all(session, merge.act, movers.TAGS[merge.kind], THING, changed)


def forget(session: Session, person_id: int, _at: datetime) -> None:
    """Empty what somebody who is erased wrote, and what they were answered."""
    mine = update(Proposal).where(Proposal.person_id == person_id).values(why="", answer=None)
    session.execute(mine.execution_options(synchronize_session=False))


def install() -> None:
    """Tell merging and erasing."""
    erasing.register("proposals", forget)
    for kind in RecordKind:
        mover = Mover(N_("Proposed changes"), frozenset({"proposal"}), _count, _move)
        movers.register(kind, "proposals", mover)
