"""All SQL about jobs."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from datetime import datetime, timedelta

from sqlalchemy import Select, delete, func, or_, select, update
from sqlalchemy.orm import Session

from portal.audit import Document
from portal.db import insert_new
from portal.errors import N_, Missing
from portal.jobs.models import NORMAL, Job

_OPEN = Job.finished_at.is_(None) & Job.failed_at.is_(None)


def add(
    session: Session,
    kind: str,
    payload: Document,
    at: datetime,
    unique_key: str | None = None,
    run_after: datetime | None = None,
    priority: int = NORMAL,
) -> bool:
    """Promise a piece of work, in the caller's transaction.

    Args:
        session: one that writes; the job is there when it commits.
        kind: the name of its handler.
        payload: for the handler, as JSON; ids, no personal data.
        at: the moment of the act.
        unique_key: of two jobs with the same key only the first is written. A key is kept as
            long as its row: 30 days after the job is done, and for good where it failed.
        run_after: not before this moment; due at once without it.
        priority: `URGENT`, `NORMAL` or `BULK`: which work that is due is done first.

    Returns:
        False where the key is known already.
    """
    row = {
        "kind": kind,
        "payload": payload,
        "unique_key": unique_key,
        "created_at": at,
        "run_after": run_after or at,
        "priority": priority,
        "attempts": 0,
    }
    return insert_new(session, Job, row) is not None


def due(session: Session, kinds: Collection[str], at: datetime) -> bool:
    """Whether there is work now for somebody who knows these kinds."""
    return session.scalar(_due(kinds, at)) is not None


def claim(
    session: Session, leases: Mapping[str, timedelta], owner: str, at: datetime
) -> Job | None:
    """Lease a job that is due, or whose lease ran out: the most urgent, of these the oldest; None
    where there is none.

    Two workers never get the same: on PostgreSQL the second skips what the first has locked, on
    SQLite writers come one after the other.

    Args:
        session: one that writes; commit before the work begins.
        leases: the kinds this worker knows, and for how long it takes each.
        owner: who takes it.
        at: now.
    """
    job = session.scalar(_due(leases, at).with_for_update(skip_locked=True))
    if job is not None:
        job.attempts += 1
        job.leased_by, job.lease_until = owner, at + leases[job.kind]
        session.flush()
    return job


def _due(kinds: Collection[str], at: datetime) -> Select[Job]:
    free = or_(Job.lease_until.is_(None), Job.lease_until < at)
    mine = select(Job).where(_OPEN, Job.run_after <= at, free, Job.kind.in_(list(kinds)))
    return mine.order_by(Job.priority, Job.run_after, Job.id).limit(1)


def finish(session: Session, job: Job, at: datetime) -> bool:
    """Note that a job is done; False where somebody else has it by now."""
    return _give_back(session, job, finished_at=at, last_error=None)


def retry(session: Session, job: Job, run_after: datetime, error: str) -> bool:
    """Give a job back until later; False where somebody else has it by now."""
    return _give_back(session, job, run_after=run_after, last_error=error)


def fail(session: Session, job: Job, at: datetime, error: str) -> bool:
    """Give a job up; False where somebody else has it by now."""
    return _give_back(session, job, failed_at=at, last_error=error)


def _give_back(session: Session, job: Job, **changes: object) -> bool:
    # Each lease is a new attempt, so owner and attempt together name this one.
    mine = (Job.id == job.id, Job.leased_by == job.leased_by, Job.attempts == job.attempts, _OPEN)
    free = {"leased_by": None, "lease_until": None}
    statement = update(Job).where(*mine).values(**free, **changes).returning(Job.id)
    statement = statement.execution_options(synchronize_session=False)
    return session.scalar(statement) is not None


def tidy(session: Session, before: datetime) -> int:
    """Delete the jobs that were finished before a moment; how many."""
    gone = delete(Job).where(Job.finished_at < before).returning(Job.id)
    return len(session.scalars(gone.execution_options(synchronize_session=False)).all())


def waiting(session: Session) -> int:
    """How many jobs are neither finished nor given up."""
    return session.scalar(select(func.count()).select_from(Job).where(_OPEN)) or 0


def failures(session: Session, before_id: int | None = None, limit: int = 50) -> list[Job]:
    """The jobs that were given up, newest first, from below `before_id` on."""
    query = select(Job).where(Job.failed_at.is_not(None))
    if before_id is not None:
        query = query.where(Job.id < before_id)
    return list(session.scalars(query.order_by(Job.id.desc()).limit(limit)))


def again(session: Session, job_id: int, at: datetime) -> Job:
    """Put a job that was given up back in its place, with all its attempts.

    Raises:
        Missing: there is no such job, or it was not given up.
    """
    job = session.get(Job, job_id, with_for_update=True)
    if job is None or job.failed_at is None:
        raise Missing(N_("No job %(number)s was given up"), number=job_id)
    job.failed_at, job.attempts, job.run_after = None, 0, at
    session.flush()
    return job
