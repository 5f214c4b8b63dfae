"""Hosts that the portal may collect from: what was decided, and what waits for a decision."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any, NamedTuple

from sqlalchemy import case, func, select, tuple_, union
from sqlalchemy.orm import Session

from portal.audit import Document
from portal.errors import N_, Missing
from portal.performance.models.collecting import CollectedHost, Collection
from portal.performance.models.data_sets import DataSet
from portal.performance.store.data_set_lists import MOST, Row, rows
from portal.performance.words import HostState

THING = "collected_host"
#: The order of the list.
RANKS = {state: rank for rank, state in enumerate(HostState)}


class Host(NamedTuple):
    """A host in the list, with how many data sets are collected from it, or would be."""

    rank: int
    host: str
    id: int | None
    reason: str | None
    decided_at: datetime | None
    data_sets: int

    @property
    def state(self) -> HostState:
        """What was decided."""
        return list(HostState)[self.rank]


@dataclass(frozen=True, slots=True)
class HostQuery:
    """What the list is narrowed to, and the place (rank and host) after which a page begins."""

    state: HostState | None = None
    host: str | None = None
    after: tuple[int, str] | None = None


def find(session: Session, host: str) -> CollectedHost | None:
    """What was decided of a host."""
    return session.scalars(select(CollectedHost).where(CollectedHost.host == host)).first()


def get(session: Session, id_: int) -> CollectedHost:
    """A decision by its id. Raises Missing."""
    found = session.get(CollectedHost, id_)
    if found is None:
        raise Missing(N_("Nothing was decided of such a host"))
    return found


def locked(session: Session, host: str) -> CollectedHost:
    """What was decided of a host, for a transaction that decides otherwise. Raises Missing."""
    query = select(CollectedHost).where(CollectedHost.host == host).with_for_update()
    found = session.scalars(query.execution_options(populate_existing=True)).first()
    if found is None:
        raise Missing(N_("Nothing was decided of such a host"))
    return found


def state_of(found: CollectedHost | None) -> HostState:
    """What was decided, in a word."""
    if found is None:
        return HostState.WAITING
    return HostState.ALLOWED if found.allowed else HostState.REFUSED


def document(row: CollectedHost) -> Document:
    """What the history keeps of a decision; its reason is that of the event."""
    return {"host": row.host, "allowed": row.allowed}


def listing(session: Session, query: HostQuery, limit: int) -> list[Host]:
    """A page of the list: hosts that wait first, then by name."""
    return [Host(*row) for row in session.execute(_select(query).limit(limit))]


def every(session: Session, query: HostQuery) -> Iterator[Host]:
    """All of the list."""
    return (Host(*row) for row in session.execute(_select(query)))


def counts(session: Session) -> dict[HostState, int]:
    """How many hosts there are of each state."""
    found = _select(HostQuery()).order_by(None).subquery()
    query = select(found.c.rank, func.count()).group_by(found.c.rank)
    states = list(HostState)
    return {states[rank]: many for rank, many in session.execute(query)}


def data_sets_of(session: Session, host: str) -> list[Row]:
    """The data sets that are collected from a host, or would be, by address: the first of many."""
    query = rows().join(Collection, Collection.data_set_id == DataSet.id)
    query = query.where(Collection.host == host).limit(MOST)
    return [Row(*row) for row in session.execute(query)]


def _select(query: HostQuery) -> Any:
    known = union(select(CollectedHost.host), select(Collection.host)).subquery()
    many = (
        select(func.count())
        .where(Collection.host == known.c.host)
        .correlate(known)
        .scalar_subquery()
    )
    rank = case(
        (CollectedHost.id.is_(None), RANKS[HostState.WAITING]),
        (CollectedHost.allowed, RANKS[HostState.ALLOWED]),
        else_=RANKS[HostState.REFUSED],
    )
    found = (
        select(
            rank.label("rank"), known.c.host, CollectedHost.id, CollectedHost.reason,
            CollectedHost.decided_at, many.label("data_sets"),
        )
        .select_from(known)
        .outerjoin(CollectedHost, CollectedHost.host == known.c.host)
    )  # fmt: skip
    if query.host is not None:
        found = found.where(known.c.host == query.host)
    if query.state is not None:
        found = found.where(rank == RANKS[query.state])
    if query.after is not None:
        found = found.where(tuple_(rank, known.c.host) > query.after)
    return found.order_by(rank, known.c.host)
