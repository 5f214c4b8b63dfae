"""The jobs that collect: one looks for what is due, one reads an address and keeps all or nothing.

The address is read outside any transaction. What becomes of it is kept in one: the records, what
tells them from the next ones, and how it went; so a worker may be killed at any moment.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from sqlalchemy.orm import Session

from portal import jobs, mail
from portal.access import PORTAL, Kind
from portal.accounts.store import people, things
from portal.accounts.store.nearest import nearest
from portal.audit import Act, Document, london_day
from portal.fetching import Fetched, Fetcher, NotFetched
from portal.performance.actions import receiving
from portal.performance.actions.collections import COLLECT
from portal.performance.models.collecting import Collection, CollectionRun
from portal.performance.models.data_sets import DataSet
from portal.performance.rules import collecting as rules
from portal.performance.rules.collected_bodies import Found, Rows, Unreadable, rows_of
from portal.performance.rules.collected_faults import faults, without_ids
from portal.performance.rules.collected_words import TROUBLES
from portal.performance.rules.entries import Sent
from portal.performance.rules.records import LARGEST, Asked, WrongRecords
from portal.performance.rules.schema_checks import STATUS
from portal.performance.store import collected_hosts, collecting, data_sets, records
from portal.performance.words import (
    CollectedFormat,
    CollectedOutcome,
    CollectedTrouble,
    Fault,
    Way,
)

if TYPE_CHECKING:
    from config import Settings

EVERY = timedelta(minutes=15)
ACCEPT = {
    CollectedFormat.JSON: "application/json",
    CollectedFormat.CSV: "text/csv",
}


@dataclass(frozen=True, slots=True)
class Task:
    """A collection as it was read before the address is asked."""

    data_set_id: int
    version: int
    url: str
    host: str
    format: CollectedFormat
    digest: str | None
    etag: str | None
    modified: str | None
    asked: Asked


class Failed(Exception):
    """A collection failed: why, the status of the answer, and what is wrong with which records."""

    def __init__(
        self, trouble: CollectedTrouble, status: int | None = None, found: Sequence[Found] = ()
    ) -> None:
        """Keep all three."""
        super().__init__(trouble.value)
        self.trouble, self.status, self.found = trouble, status, list(found)


@jobs.handler("collections.plan", every=EVERY)
def plan(run: jobs.Run) -> None:
    """Promise to collect whatever is due."""
    if not run.settings.collecting:
        return
    at = run.clock()
    with run.database.writing() as session:
        for data_set_id, since in collecting.due(session, at):
            key = f"collect:{data_set_id}:{at.isoformat()}"
            payload = {"data_set": data_set_id, "due": since.isoformat()}
            jobs.add(session, COLLECT, payload, at, key, priority=jobs.BULK)


def _given_up(session: Session, payload: Document, at: datetime, _reason: str) -> None:
    """Every attempt ended in an error of ours: the collection is tried again, as another job."""
    row = collecting.find(session, payload["data_set"])
    if row is not None and not row.paused:
        _put_off(row, at)


@jobs.handler(COLLECT, failed=_given_up)
def collect(run: jobs.Run) -> None:
    """Collect one data set, unless something stands in the way by now."""
    task = _task(run)
    if task is None:
        return
    try:
        found = _fetched(task, run.settings)
        rows = None if found.body is None else _read(found.body, task)
        _keep(run, task, found, rows)
    except Failed as problem:
        _note_failure(run, task, problem)


def _task(run: jobs.Run) -> Task | None:
    with run.database.writing() as session:  # not a standby, which may not know of it yet
        row = collecting.find(session, run.payload["data_set"])
        due = run.payload.get("due")
        if row is None or row.next_at is None or (due and due != row.next_at.isoformat()):
            return None  # paused by now; or promised twice, while no worker had time
        data_set = data_sets.get(session, row.data_set_id)
        if not _standing(session, run.settings, data_set, row).runs:
            return None
        return Task(
            row.data_set_id, row.version, row.url, row.host, row.format, row.digest, row.etag,
            row.modified, records.asked_of(data_set),
        )  # fmt: skip


def _standing(
    session: Session, settings: Settings, data_set: DataSet, row: Collection
) -> rules.Standing:
    host = collected_hosts.state_of(collected_hosts.find(session, row.host))
    return rules.standing(settings.collecting, data_set.closed_on is not None, row, host)


def _fetched(task: Task, settings: Settings) -> Fetched:
    """What stands at the address; without a body where it is what was kept the last time."""
    agent = f"figures-collector (+{settings.public_url})"
    fetcher = Fetcher(agent, largest=LARGEST, loopback=settings.collect_loopback)
    try:
        found = fetcher.fetch(task.url, ACCEPT[task.format], task.etag, task.modified)
    except NotFetched as problem:
        raise Failed(CollectedTrouble(problem.why.value), problem.status) from None
    if found.body is not None and _digest(found.body) == task.digest:
        return Fetched(None)
    return found


def _digest(body: bytes) -> str:
    return hashlib.sha256(body).hexdigest()


def _read(body: bytes, task: Task) -> Rows:
    try:
        rows = rows_of(body, task.format, task.asked)
    except Unreadable as problem:
        raise Failed(problem.trouble, found=problem.faults) from None
    missing = without_ids(rows, task.asked)
    if missing:
        raise Failed(CollectedTrouble.RECORDS, found=missing)
    return rows


def _keep(run: jobs.Run, task: Task, found: Fetched, rows: Rows | None) -> None:
    at = run.clock()
    with run.database.writing() as session:
        row = _still(session, run.settings, task)
        if row is None:
            return
        made = CollectionRun(
            data_set_id=task.data_set_id, at=at, host=task.host, format=task.format,
            outcome=CollectedOutcome.UNCHANGED, faults=[],
        )  # fmt: skip
        if rows is not None and found.body is not None:
            _receive(session, task, rows, at)
            row.digest, row.etag = _digest(found.body), found.etag
            row.modified = found.modified
            made.outcome, made.records = CollectedOutcome.KEPT, len(rows.records)
        row.failures, row.told_at = 0, None
        row.next_at = rules.next_at(row.every, at)
        collecting.add_run(session, made)


def _still(session: Session, settings: Settings, task: Task) -> Collection | None:
    """The collection, unless somebody changed or stopped it while its address was asked."""
    data_set = data_sets.locked(session, task.data_set_id)
    row = collecting.find(session, task.data_set_id)
    if row is None or row.version != task.version:
        return None
    return row if _standing(session, settings, data_set, row).runs else None


def _receive(session: Session, task: Task, rows: Rows, at: datetime) -> None:
    data_set = data_sets.get(session, task.data_set_id)
    act = Act("command:worker", at, COLLECT)
    sent = Sent(Way.COLLECTED, source=task.host)
    try:
        receiving.receive(session, data_set, rows.records, sent, act)
    except receiving.Reopened as problem:
        found = [(rows.places[n], STATUS, Fault.NOT_TAKEN) for n in problem.numbers]
        raise Failed(CollectedTrouble.RECORDS, found=found) from None
    except WrongRecords:
        found = faults(rows, records.asked_of(data_set))
        raise Failed(CollectedTrouble.RECORDS, found=found) from None


def _put_off(row: Collection, at: datetime) -> None:
    row.failures += 1
    row.next_at = rules.again_at(row.failures, at)


def _note_failure(run: jobs.Run, task: Task, problem: Failed) -> None:
    at = run.clock()
    with run.database.writing() as session:
        row = _still(session, run.settings, task)
        if row is None:
            return
        _put_off(row, at)
        made = CollectionRun(
            data_set_id=task.data_set_id, at=at, host=task.host, format=task.format,
            outcome=CollectedOutcome.FAILED, trouble=problem.trouble, status=problem.status,
            wrong=len(problem.found),
            faults=[list(each) for each in problem.found[: rules.KEPT_FAULTS]],
        )  # fmt: skip
        collecting.add_run(session, made)
        if row.failures >= rules.TOLD_AFTER and row.told_at is None:
            row.told_at = at
            _tell(session, row, problem.trouble, at, run.settings.public_url)


def _tell(
    session: Session, row: Collection, trouble: CollectedTrouble, at: datetime, public_url: str
) -> None:
    """Tell those who answer for a data set, once until it is collected again."""
    data_set = data_sets.get(session, row.data_set_id)
    key = data_sets.thing_of(data_set)
    thing = things.by_id(session, *key) if key else PORTAL
    name = things.names(session, [key])[key].name if key else ""
    title = f"{name}: {data_set.title}" if name else data_set.title
    link = f"{public_url}/data-sets/{data_set.group}/{data_set.type}/collection"
    values = {"title": title, "host": row.host, "why": TROUBLES[trouble], "link": link,
              "count": row.failures}  # fmt: skip
    day = london_day(at)
    for who in sorted(nearest(session, [thing], day)[Kind(thing.kind), thing.id]):
        once = f"collection_failing:{row.data_set_id}:{who}:{at.isoformat()}"
        mail.queue(session, people.get(session, who).email, "collection_failing", values, once, at)
