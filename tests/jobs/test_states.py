"""The states of a job, told by the database and by a model that knows nothing of SQL."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)
from sqlalchemy import delete, select

from portal import jobs
from portal.jobs import Job, store
from tests.jobs.clock import Clock
from tests.support.transactions import RolledBackDatabase

LEASES = {"one": timedelta(seconds=30), "two": timedelta(seconds=90)}
KINDS = ("one", "two", "unknown")
WORKERS = st.sampled_from(["ada", "bob", "cy"])
SECONDS = st.integers(0, 100)
PICK = st.randoms(use_true_random=False)


@dataclass
class Told:
    """What the model believes of a job."""

    id: int
    kind: str
    run_after: datetime
    attempts: int = 0
    owner: str | None = None
    until: datetime | None = None
    end: str | None = None

    def due(self, now: datetime) -> bool:
        free = self.until is None or self.until < now
        return self.end is None and self.kind in LEASES and self.run_after <= now and free


class Jobs(RuleBasedStateMachine):
    """Workers take jobs, do them, fail, vanish and come back late."""

    database: RolledBackDatabase

    def __init__(self) -> None:
        super().__init__()
        self.clock = Clock()
        self.told: dict[int, Told] = {}
        self.keys: set[str] = set()
        self.held: list[Job] = []
        with self.database.writing() as session:
            session.execute(delete(Job))

    @rule(kind=st.sampled_from(KINDS), key=st.none() | st.sampled_from("abc"), wait=SECONDS)
    def add(self, kind: str, key: str | None, wait: int) -> None:
        run_after = self.clock() + timedelta(seconds=wait)
        with self.database.writing() as session:
            added = jobs.add(session, kind, {"n": wait}, self.clock(), key, run_after)
            rows = session.scalars(select(Job.id).where(Job.id.not_in(list(self.told)))).all()
        assert added == (key not in self.keys) == (len(rows) == 1)
        if added:
            self.told[rows[0]] = Told(rows[0], kind, run_after)
            self.keys |= {key} - {None}  # type: ignore[arg-type]

    @rule(seconds=SECONDS)
    def time_passes(self, seconds: int) -> None:
        self.clock.tick(seconds)

    @rule(owner=WORKERS)
    def claim(self, owner: str) -> None:
        due = [told for told in self.told.values() if told.due(self.clock())]
        with self.database.writing() as session:
            assert store.due(session, LEASES, self.clock()) == bool(due)
            job = store.claim(session, LEASES, owner, self.clock())
        if not due:
            assert job is None
            return
        told = min(due, key=lambda each: (each.run_after, each.id))
        assert job is not None and job.id == told.id, "the oldest first"
        told.attempts += 1
        told.owner, told.until = owner, self.clock() + LEASES[told.kind]
        self.held.append(job)

    @precondition(lambda self: self.held)
    @rule(random=PICK, how=st.sampled_from(["finish", "retry", "fail"]), wait=SECONDS)
    def give_back(self, random: Any, how: str, wait: int) -> None:
        """Also what was lost long ago: whoever took it since must not notice."""
        job = random.choice(self.held)
        told, now = self.told[job.id], self.clock()
        mine = told.end is None and (told.owner, told.attempts) == (job.leased_by, job.attempts)
        run_after = now + timedelta(seconds=wait)
        with self.database.writing() as session:
            if how == "finish":
                kept = store.finish(session, job, now)
            elif how == "retry":
                kept = store.retry(session, job, run_after, "later")
            else:
                kept = store.fail(session, job, now, "never")
        assert kept == mine
        if mine:
            told.owner = told.until = None
            if how == "retry":
                told.run_after = run_after
            else:
                told.end = how

    @rule()
    def the_failed_wait_again(self) -> None:
        for told in self.told.values():
            if told.end == "fail":
                with self.database.writing() as session:
                    jobs.again(session, told.id, self.clock())
                told.end, told.attempts, told.run_after = None, 0, self.clock()
                # A worker that held it before may hold the same attempt again.
                self.held = [job for job in self.held if job.id != told.id]

    @invariant()
    def both_tell_the_same(self) -> None:
        with self.database.writing() as session:
            rows = {job.id: job for job in session.scalars(select(Job))}
            open_ = [told for told in self.told.values() if told.end is None]
            assert jobs.waiting(session) == len(open_)
        assert set(rows) == set(self.told)
        for told in self.told.values():
            row = rows[told.id]
            end = "finish" if row.finished_at else "fail" if row.failed_at else None
            assert (end, row.attempts, row.run_after) == (told.end, told.attempts, told.run_after)
            assert (row.leased_by, row.lease_until) == (told.owner, told.until)


def test_the_database_and_the_model_agree(database: RolledBackDatabase) -> None:
    machine = type("Bound", (Jobs,), {"database": database})
    run_state_machine_as_test(
        machine,
        settings=settings(
            max_examples=30,
            stateful_step_count=30,
            deadline=None,
            suppress_health_check=list(HealthCheck),
        ),
    )
