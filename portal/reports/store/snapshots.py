"""All SQL about snapshots of reports."""

from __future__ import annotations

import hashlib
import zlib
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Any, NamedTuple

import orjson
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from portal.audit import Act, record
from portal.db import insert_new
from portal.errors import N_, Missing
from portal.reports.models.snapshots import Snapshot

THING = "report_snapshot"
AT_ONCE = 500


class Made(NamedTuple):
    """A snapshot without its document."""

    id: int
    report: str
    query: str
    month: str | None
    as_at: date
    rows: int
    code: str
    digest: str
    reason: str | None
    made_at: datetime


@dataclass(frozen=True, slots=True)
class SnapshotQuery:
    """What a list of snapshots asks for; `monthly` is None for any."""

    report: str | None = None
    monthly: bool | None = None
    after: int | None = None


_COLUMNS = [getattr(Snapshot, name) for name in Made._fields]


def listing(session: Session, query: SnapshotQuery, limit: int) -> list[Made]:
    """The snapshots, the newest first."""
    s = Snapshot
    found = select(*_COLUMNS).order_by(s.id.desc()).limit(limit)
    if query.report is not None:
        found = found.where(s.report == query.report)
    if query.monthly is not None:
        found = found.where(s.month.is_not(None) if query.monthly else s.month.is_(None))
    if query.after is not None:
        found = found.where(s.id < query.after)
    return [Made(*row) for row in session.execute(found)]


def every(session: Session, query: SnapshotQuery) -> Iterator[Made]:
    """All of them, some at a time."""
    while found := listing(session, query, AT_ONCE):
        yield from found
        query = replace(query, after=found[-1].id)


def counts(session: Session) -> dict[str, int]:
    """How many there are of each report."""
    s = Snapshot
    rows: Any = session.execute(select(s.report, func.count()).group_by(s.report))
    return dict(map(tuple, rows))


def by_id(session: Session, snapshot_id: int) -> Made:
    """One of them. Raises Missing."""
    row = session.execute(select(*_COLUMNS).where(Snapshot.id == snapshot_id)).first()
    if row is None:
        raise Missing(N_("There is no such snapshot"))
    return Made(*row)


def body(session: Session, snapshot_id: int) -> bytes:
    """The document as it was stored, byte for byte. Raises Missing."""
    found = session.scalar(select(Snapshot.body).where(Snapshot.id == snapshot_id))
    if found is None:
        raise Missing(N_("There is no such snapshot"))
    return zlib.decompress(found)


def document(session: Session, snapshot_id: int) -> dict[str, Any]:
    """The same, read."""
    found: dict[str, Any] = orjson.loads(body(session, snapshot_id))
    return found


def digest_of(said: bytes) -> str:
    """The SHA-256 of a document, in hexadecimal."""
    return hashlib.sha256(said).hexdigest()


def others(session: Session, of: Made) -> list[Made]:
    """The other snapshots of the same report, the newest first, up to 500."""
    s = Snapshot
    query = select(*_COLUMNS).where(s.report == of.report, s.id != of.id)
    return [Made(*row) for row in session.execute(query.order_by(s.id.desc()).limit(AT_ONCE))]


def is_made(session: Session, report: str, query: str, month: str) -> bool:
    """Whether the snapshot of a month is there."""
    s = Snapshot
    found = select(s.id).where(s.report == report, s.query == query, s.month == month)
    return session.scalar(found) is not None


def add(session: Session, row: dict[str, Any], said: bytes, act: Act) -> int | None:
    """Keep a document with what is said of it; its id. None where that of the month is there."""
    values = {
        **row, "digest": digest_of(said), "made_by": act.actor, "made_at": act.at,
        "reason": act.reason, "body": zlib.compress(said, 9),
    }  # fmt: skip
    made = insert_new(session, Snapshot, values)
    if made is not None:
        told = {"report": row["report"], "query": row["query"], "month": row["month"],
                "as_at": row["as_at"].isoformat(), "digest": values["digest"]}  # fmt: skip
        record(session, act, "report_snapshot.made", THING, made, None, told)
    return made
