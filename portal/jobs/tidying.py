"""Finished jobs go after a while; those that were given up stay until somebody looks."""

from __future__ import annotations

from datetime import timedelta

from portal.jobs import store
from portal.jobs.handlers import Run, handler

KEPT = timedelta(days=30)


@handler("jobs.tidy", every=timedelta(days=1))
def tidy(run: Run) -> None:
    """Delete the jobs that were finished 30 days ago."""
    with run.database.writing() as session:
        store.tidy(session, run.clock() - KEPT)
