"""Acts and the append-only history that each of them leaves."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterable
from dataclasses import dataclass, replace
from datetime import date, datetime, time, timedelta
from typing import Any, TypeVar
from zoneinfo import ZoneInfo

from sqlalchemy import ForeignKey, Index, String, func, select
from sqlalchemy.orm import Mapped, Session, mapped_column

from portal.db import Base, Json, UtcTime, insert_rows, one_at_a_time
from portal.fixed import Fixed

Document = dict[str, Any]
T = TypeVar("T")
LONDON = ZoneInfo("Europe/London")


def london_day(at: datetime) -> date:
    """The day of a moment in London."""
    return at.astimezone(LONDON).date()


def end_of(day: date) -> datetime:
    """The first moment after a day in London."""
    return datetime.combine(day + timedelta(days=1), time(), LONDON)


@dataclass(frozen=True, slots=True)
class Act:
    """Who does something, when and from where; made once at the edge.

    Attributes:
        actor: `person:ID`, or `command:NAME` for the command line; never a name.
        at: the moment, with its zone; every row the act writes carries this one.
        origin: the request id or command that asked.
        batch_id: the import batch the act belongs to, if any.
        reason: why, in the actor's words, where a reason was asked for.
    """

    actor: str
    at: datetime
    origin: str
    batch_id: int | None = None
    reason: str | None = None

    @property
    def day(self) -> date:
        """The day of the act in London, where changes of government are dated."""
        return london_day(self.at)

    def in_batch(self, batch_id: int) -> Act:
        """The same act as part of an import batch."""
        return replace(self, batch_id=batch_id)


class HistoryEvent(Base):
    """One change to one record. Triggers refuse UPDATE and DELETE (migration 0001)."""

    __tablename__ = "history_event"
    __table_args__ = (Index("ix_history_event_thing_thing_id_id", "thing", "thing_id", "id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    at: Mapped[datetime] = mapped_column(UtcTime)
    actor: Mapped[str] = mapped_column(String(80))
    origin: Mapped[str] = mapped_column(String(80))
    batch_id: Mapped[int | None] = mapped_column(ForeignKey("import_batch.id"), index=True)
    tag: Mapped[str] = mapped_column(String(60))
    thing: Mapped[str] = mapped_column(String(30))
    thing_id: Mapped[int]
    before: Mapped[Document] = mapped_column(Json)
    after: Mapped[Document] = mapped_column(Json)
    reason: Mapped[str | None] = mapped_column(String(2000))


class ImportBatch(Base):
    """One run of an importer: what it read, did and set aside. Applied and undone whole."""

    __tablename__ = "import_batch"

    id: Mapped[int] = mapped_column(primary_key=True)
    kind: Mapped[str] = mapped_column(String(40))
    files: Mapped[list[Any]] = mapped_column(Json)
    actor: Mapped[str] = mapped_column(String(80))
    applied_at: Mapped[datetime] = mapped_column(UtcTime)
    undone_at: Mapped[datetime | None] = mapped_column(UtcTime)
    counts: Mapped[Document] = mapped_column(Json)


def changes(before: Document | None, after: Document | None) -> tuple[Document, Document]:
    """Keep only the fields that differ: (`before` values, `after` values).

    A missing document counts as having no fields, so a creation has an empty `before`.
    """
    old, new = before or {}, after or {}
    if before is None or after is None:
        return dict(old), dict(new)
    fields = [f for f in {**old, **new} if old.get(f) != new.get(f)]
    return {f: old.get(f) for f in fields}, {f: new.get(f) for f in fields}


def event_row(
    act: Act, tag: str, thing: str, thing_id: int, before: Document | None, after: Document | None
) -> Document | None:
    """The row that tells of a change, or None where nothing differs."""
    old, new = changes(before, after)
    if not old and not new:
        return None
    return {
        "at": act.at,
        "actor": act.actor,
        "origin": act.origin,
        "batch_id": act.batch_id,
        "tag": tag,
        "thing": thing,
        "thing_id": thing_id,
        "before": old,
        "after": new,
        "reason": act.reason,
    }


def record(
    session: Session,
    act: Act,
    tag: str,
    thing: str,
    thing_id: int,
    before: Document | None,
    after: Document | None,
) -> bool:
    """Append what changed to the history; False (and no event) where nothing did."""
    return record_all(session, act, tag, thing, [(thing_id, before, after)]) > 0


def record_all(
    session: Session,
    act: Act,
    tag: str,
    thing: str,
    changed: Iterable[tuple[int, Document | None, Document | None]],
) -> int:
    """Append the changes of many records, (id, before, after) each; how many differed."""
    rows = [row for change in changed if (row := event_row(act, tag, thing, *change)) is not None]
    append(session, rows)
    return len(rows)


#: Who keeps figures of records: told of the events of a session, in its transaction.
_TOLD: list[Callable[[Session, list[Document]], None]] = []


def tell(somebody: Callable[[Session, list[Document]], None]) -> None:
    """Have somebody told of every event that is appended, with its transaction still open."""
    if somebody not in _TOLD:
        _TOLD.append(somebody)


def append(session: Session, rows: list[Document]) -> None:
    """Append events made by `event_row`, in their order."""
    if rows:
        for somebody in _TOLD:
            somebody(session, rows)
        # Ids in the order of commits: else a reader could see the last event, and the one before
        # it come later, with `version` the same.
        one_at_a_time(session)
        insert_rows(session, HistoryEvent, rows)


def history_of(
    session: Session, thing: str, thing_id: int, before_id: int | None = None, limit: int = 50
) -> list[HistoryEvent]:
    """The events of one record, newest first, from below `before_id` on."""
    query = select(HistoryEvent).where(
        HistoryEvent.thing == thing, HistoryEvent.thing_id == thing_id
    )
    if before_id is not None:
        query = query.where(HistoryEvent.id < before_id)
    return list(session.scalars(query.order_by(HistoryEvent.id.desc()).limit(limit)))


def last_before(session: Session, thing: str, thing_id: int, end: datetime) -> HistoryEvent | None:
    """The last event of one record among those before a moment, if there is one.

    Acts are timed before they are written, so one of just before the moment may have been written
    after one of just after it. The record then stands as the later of the two left it.
    """
    query = select(HistoryEvent).where(
        HistoryEvent.thing == thing, HistoryEvent.thing_id == thing_id, HistoryEvent.at < end
    )
    return session.scalars(query.order_by(HistoryEvent.id.desc()).limit(1)).first()


def first_at(session: Session, thing: str, thing_id: int) -> datetime | None:
    """When the history of one record begins, if it has one."""
    query = select(HistoryEvent.at).where(
        HistoryEvent.thing == thing, HistoryEvent.thing_id == thing_id
    )
    return session.scalars(query.order_by(HistoryEvent.id).limit(1)).first()


def changes_after(
    session: Session, thing: str, thing_id: int, after_id: int
) -> list[tuple[Document, Document]]:
    """(`before`, `after`) of the events of one record above `after_id`, newest first."""
    query = select(HistoryEvent.before, HistoryEvent.after).where(
        HistoryEvent.thing == thing,
        HistoryEvent.thing_id == thing_id,
        HistoryEvent.id > after_id,
    )
    rows = session.execute(query.order_by(HistoryEvent.id.desc()))
    return [(before, after) for before, after in rows]


_VERSION = Fixed(select(
    select(func.max(HistoryEvent.id)).scalar_subquery(),
    select(func.max(ImportBatch.id)).scalar_subquery(),
    select(func.max(ImportBatch.undone_at)).scalar_subquery(),
))  # fmt: skip


def version(session: Session) -> str:
    """A mark that changes with every change to the records: the last event and import. A session
    that only reads asks once.
    """
    known = session.info.get("version")
    if known is None:
        known = "-".join(map(str, _VERSION.rows(session)[0]))
        if "kept" in session.info:
            session.info["version"] = known
    return str(known)


def kept(session: Session, key: Hashable, make: Callable[[], T]) -> T:
    """What `make` gives, worked out once for each version of the records and kept by the process.
    Nobody may change it. A session that writes sees what it wrote: there it is always made.

    Args:
        key: names the value, with everything that it depends on but the records.
    """
    store = session.info.get("kept")
    if store is None:
        return make()
    now = version(session)
    found: T | None = store.get(now, key)
    if found is None:
        found = make()
        store.put(now, key, found)
    return found
