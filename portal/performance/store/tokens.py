"""Tokens as stored: their digests, never themselves."""

from __future__ import annotations

from datetime import date

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from portal.errors import N_, Missing
from portal.performance.models.data_sets import DataToken


def of_set(session: Session, data_set_id: int) -> list[DataToken]:
    """The tokens of a data set, newest first, those that are over too."""
    query = select(DataToken).where(DataToken.data_set_id == data_set_id)
    return list(session.scalars(query.order_by(DataToken.id.desc())))


def get(session: Session, data_set_id: int, token_id: int) -> DataToken:
    """A token of a data set. Raises Missing."""
    found = session.get(DataToken, token_id)
    if found is None or found.data_set_id != data_set_id:
        raise Missing(N_("There is no such token"))
    return found


def by_digest(session: Session, data_set_id: int, digest: str) -> DataToken | None:
    """The token of a data set with a digest, if there is one."""
    query = select(DataToken).where(
        DataToken.data_set_id == data_set_id, DataToken.digest == digest
    )
    return session.scalars(query).first()


def is_known(session: Session, digest: str) -> bool:
    """Whether it is the digest of a token of any data set, also of one that is over."""
    query = select(DataToken.id).where(DataToken.digest == digest).limit(1)
    return session.scalar(query) is not None


def note_used(session: Session, token_id: int, day: date) -> None:
    """Note the last day on which a token was used; once a day is enough."""
    session.execute(
        update(DataToken)
        .where(DataToken.id == token_id, DataToken.used_on.is_distinct_from(day))
        .values(used_on=day)
    )
