"""Does the jobs that are due, one after the other. For more at once, run more workers."""

from __future__ import annotations

import os
import secrets
import socket
import threading
import time
from collections.abc import Callable, Mapping
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

import structlog

from portal import clock
from portal.jobs import rules, store
from portal.jobs.handlers import HANDLERS, GiveUp, Handler, Retry, Run
from portal.jobs.models import Job

if TYPE_CHECKING:
    from config import Settings
    from portal.db import Database

#: Seconds between two looks for work, and after an error of the database.
POLL_SECONDS = 1.0
AWAY_SECONDS = 5.0
log = structlog.stdlib.get_logger("portal")


class Worker:
    """One process that works.

    Args:
        database: where the jobs are.
        settings: handed to the handlers.
        handlers: the kinds it does; jobs of other kinds are left to workers that know them.
        clock: the moment, with its zone.
    """

    def __init__(
        self,
        database: Database,
        settings: Settings,
        handlers: Mapping[str, Handler] = HANDLERS,
        clock: Callable[[], datetime] = clock.now,
    ) -> None:
        """Think of a name of its own."""
        self.database, self.settings, self.clock = database, settings, clock
        self.handlers = handlers
        usual = timedelta(seconds=settings.job_lease_seconds)
        self.leases = {kind: handler.lease or usual for kind, handler in handlers.items()}
        self.owner = f"{socket.gethostname()[:50]}:{os.getpid()}:{secrets.token_hex(4)}"
        self._added: dict[str, datetime] = {}

    def forever(self, stop: threading.Event, alive: Callable[[], bool] = lambda: True) -> None:
        """Work until `stop` is set or `alive` says no, outliving a database that is away."""

        def going() -> bool:
            return not stop.is_set() and alive()

        while going():
            pause = POLL_SECONDS
            try:
                if self._due():
                    while going() and self.step():
                        pass
            except Exception as error:  # noqa: BLE001  most likely the database is away
                # Whatever was in hand stays leased, and is done again when the lease runs out.
                log.error(
                    "worker_waits", error=str(getattr(error, "orig", "") or rules.said(error))
                )
                pause = AWAY_SECONDS
            stop.wait(pause)

    def until_idle(self) -> int:
        """Do everything that is due now; how many jobs that were."""
        many = 0
        while self.step():
            many += 1
        return many

    def step(self) -> bool:
        """Do one job; False where none is due.

        Raises:
            sqlalchemy.exc.SQLAlchemyError: the database went away; the job stays leased.
        """
        self._add_periodic()
        with self.database.writing() as session:
            job = store.claim(session, self.leases, self.owner, self.clock())
        if job is None:
            return False
        with structlog.contextvars.bound_contextvars(job=job.id, kind=job.kind):
            self._do(job)
        return True

    def _due(self) -> bool:
        # A look that takes no writer's turn, since most looks find nothing.
        self._add_periodic()
        with self.database.reading() as session:
            return store.due(session, self.leases, self.clock())

    def _do(self, job: Job) -> None:
        handler, started, why = self.handlers[job.kind], time.perf_counter(), {}
        try:
            if job.attempts > rules.ATTEMPTS:
                raise GiveUp("every worker that tried it stopped")
            run = Run(self.database, self.settings, job.payload, job.attempts, self.clock)
            handler.work(run)
        except GiveUp as reason:
            why = {"reason": str(reason)}
            outcome = self._fail(job, handler, **why)
        except Retry as reason:
            why = {"reason": str(reason)}
            outcome = self._later(job, handler, **why)
        except Exception as error:  # noqa: BLE001  one bad job must not stop the others
            why = {"reason": rules.said(error)}
            outcome = self._later(job, handler, **why)
        else:
            with self.database.writing() as session:
                outcome = "done" if store.finish(session, job, self.clock()) else "lease_lost"
        took = round((time.perf_counter() - started) * 1000, 1)
        say = log.info if outcome == "done" else log.warning
        say("job", outcome=outcome, attempt=job.attempts, ms=took, **why)

    def _later(self, job: Job, handler: Handler, reason: str) -> str:
        if job.attempts >= rules.ATTEMPTS:
            return self._fail(job, handler, reason)
        reason, run_after = reason[: rules.LONGEST_ERROR], self.clock() + rules.delay(job.attempts)
        with self.database.writing() as session:
            kept = store.retry(session, job, run_after, reason)
        return "later" if kept else "lease_lost"

    def _fail(self, job: Job, handler: Handler, reason: str) -> str:
        reason, at = reason[: rules.LONGEST_ERROR], self.clock()
        with self.database.writing() as session:
            kept = store.fail(session, job, at, reason)
            if kept and handler.failed is not None:
                handler.failed(session, job.payload, at, reason)
        return "failed" if kept else "lease_lost"

    def _add_periodic(self) -> None:
        for kind, handler in self.handlers.items():
            if handler.every is None:
                continue
            start = rules.period(self.clock(), handler.every)
            if self._added.get(kind) != start:
                with self.database.writing() as session:
                    store.add(session, kind, {}, start, f"{kind}:{start.isoformat()}")
                self._added[kind] = start
