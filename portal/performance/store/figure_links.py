"""Links by which somebody without an account gives the figures of one period."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime
from typing import Any

from sqlalchemy import func, or_, select, update
from sqlalchemy.orm import Session

from portal.errors import N_, Missing
from portal.performance.models.collecting import FigureLink

#: So many links of a data set are told of, the newest first.
TOLD = 100


def of_set(session: Session, data_set_id: int) -> list[FigureLink]:
    """The links of a data set, newest first, those that are over too."""
    query = select(FigureLink).where(FigureLink.data_set_id == data_set_id)
    return list(session.scalars(query.order_by(FigureLink.id.desc()).limit(TOLD)))


def working(session: Session, data_set_id: int, at: datetime) -> int:
    """How many links of a data set work."""
    link = FigureLink
    query = select(func.count()).where(
        link.data_set_id == data_set_id, link.used_at.is_(None), link.revoked_at.is_(None),
        link.ends_at > at,
    )  # fmt: skip
    return session.scalar(query) or 0


def get(session: Session, data_set_id: int, link_id: int) -> FigureLink:
    """A link of a data set. Raises Missing."""
    found = session.get(FigureLink, link_id)
    if found is None or found.data_set_id != data_set_id:
        raise Missing(N_("There is no such link"))
    return found


def by_digest(session: Session, digest: str) -> FigureLink | None:
    """The link whose token has this digest; as it stands, whatever the session knew before."""
    query = select(FigureLink).where(FigureLink.digest == digest)
    return session.scalars(query.execution_options(populate_existing=True)).first()


def askers(session: Session, ids: Collection[int]) -> dict[int, str]:
    """Who had links sent, by the links' ids."""
    if not ids:
        return {}
    query = select(FigureLink.id, FigureLink.asked_by).where(FigureLink.id.in_(ids))
    rows: Any = session.execute(query)
    return dict(map(tuple, rows))


def forget_over(session: Session, at: datetime) -> list[int]:
    """Forget the addresses of links that are used, revoked or ended; their ids."""
    link = FigureLink
    over = or_(link.used_at.is_not(None), link.revoked_at.is_not(None), link.ends_at <= at)
    statement = update(link).where(link.email.is_not(None), over).values(email=None)
    return list(session.scalars(statement.returning(link.id)))
