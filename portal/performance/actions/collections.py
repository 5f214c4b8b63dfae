"""Register the web address that a data set is collected from, change, pause and remove it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from sqlalchemy.orm import Session

from portal import fetching, jobs
from portal.audit import Act, Document, record
from portal.db import Database
from portal.errors import N_, Invalid, Stale
from portal.performance.models.collecting import Collection
from portal.performance.rules import collecting as rules
from portal.performance.store import collecting, data_sets
from portal.performance.words import CollectedFormat, Period

#: The kind of job that collects one data set.
COLLECT = "collections.collect"


@dataclass(frozen=True, slots=True)
class Wanted:
    """What to collect: an address, what stands there, and how often it is asked."""

    url: str
    format: CollectedFormat
    every: Period


def put(
    database: Database, data_set_id: int, base: int, wanted: Wanted, act: Act,
    loopback: bool = False,
) -> bool:  # fmt: skip
    """Register the address of a data set, or change what is registered; whether anything differs.

    Args:
        base: the version that was read; 0 where nothing was registered.
        loopback: as `fetching.read` has it.

    Raises:
        Invalid: the address cannot be one, holds a key, or the data set is closed.
        Stale: somebody else registered or changed it.
    """
    rules.check_address(wanted.url)
    host = fetching.read(wanted.url, loopback).host
    with database.writing() as session:
        if data_sets.locked(session, data_set_id).closed_on is not None:
            raise Invalid("url", N_("This data set is closed, so nothing is collected"))
        row = collecting.find(session, data_set_id)
        if (row.version if row else 0) != base:
            raise Stale
        before = collecting.document(row) if row else None
        if row is None:
            row = Collection(data_set_id=data_set_id, version=0)
            session.add(row)
        elif (row.url, row.format) != (wanted.url, wanted.format):
            row.digest = row.etag = row.modified = row.told_at = None
            row.failures = 0
        if not (before and row.paused):
            row.next_at = act.at
        row.url, row.host = wanted.url, host
        row.format, row.every = wanted.format, wanted.every
        tag = "data_set.collection_changed" if before else "data_set.collection_registered"
        return _kept(session, row, tag, before, act)


def pause(database: Database, data_set_id: int, base: int, act: Act) -> bool:
    """Collect no more until somebody resumes it. Raises Missing and Stale."""

    def put_off(row: Collection) -> None:
        row.next_at = None

    return _change(database, data_set_id, base, put_off, "data_set.collection_paused", act)


def resume(database: Database, data_set_id: int, base: int, act: Act) -> bool:
    """Collect again, soon. Raises Missing and Stale."""

    def put_on(row: Collection) -> None:
        row.next_at = row.next_at or act.at

    return _change(database, data_set_id, base, put_on, "data_set.collection_resumed", act)


def remove(database: Database, data_set_id: int, act: Act) -> None:
    """Forget the address; what was collected stays. Raises Missing where there is none."""
    with database.writing() as session:
        data_sets.locked(session, data_set_id)
        row = collecting.get(session, data_set_id)
        before = collecting.document(row)
        session.delete(row)
        nothing: Document = dict.fromkeys(before)
        tag = "data_set.collection_removed"
        record(session, act, tag, data_sets.THING, data_set_id, before, nothing)


def ask_now(database: Database, data_set_id: int, act: Act) -> bool:
    """Have a data set collected by the next free worker; False where that was asked within the
    same minute. Raises Missing.
    """
    key = f"collect:{data_set_id}:now:{act.at:%Y-%m-%dT%H:%M}"
    with database.writing() as session:
        collecting.get(session, data_set_id)
        return jobs.add(session, COLLECT, {"data_set": data_set_id}, act.at, key)


def _change(
    database: Database, data_set_id: int, base: int, put_: Callable[[Collection], None],
    tag: str, act: Act,
) -> bool:  # fmt: skip
    with database.writing() as session:
        data_sets.locked(session, data_set_id)
        row = collecting.get(session, data_set_id)
        if row.version != base:
            raise Stale
        before = collecting.document(row)
        put_(row)
        return _kept(session, row, tag, before, act)


def _kept(session: Session, row: Collection, tag: str, before: Document | None, act: Act) -> bool:
    row.version, row.edited_at = row.version + 1, act.at
    session.flush()
    after = collecting.document(row)
    return record(session, act, tag, data_sets.THING, row.data_set_id, before, after)
