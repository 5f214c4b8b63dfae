"""Count what lapsed, got stale or ended, which nobody writes."""

from __future__ import annotations

from datetime import date, timedelta

from portal import jobs
from portal.db import Database, chunks
from portal.reports.store import (
    adoption_counts,
    duplication_counts,
    pipeline_facts,
    reuse_counts,
)

SOME = 500
_KEPT = (reuse_counts, duplication_counts, adoption_counts)


def catch_up(database: Database, day: date) -> int:
    """Count afresh the services of which something stands otherwise by now, some at a time so that
    others can write in between; everything where nothing was ever counted. Returns how many
    services.
    """
    with database.reading() as session:
        due = {id_ for of in _KEPT for id_ in of.due(session, day)}
        empty = any(of.never_counted(session) for of in _KEPT)
        unknown = pipeline_facts.never_kept(session)
    if unknown:
        with database.writing() as session:
            pipeline_facts.rebuild(session)
    if empty:
        with database.writing() as session:
            return reuse_counts.rebuild(session)
    for some in chunks(sorted(due), SOME):
        with database.writing() as session:
            reuse_counts.touch(session, some)
    return len(due)


@jobs.handler("reports.reuse", every=timedelta(minutes=15))
def _catch_up(run: jobs.Run) -> None:
    """Count what changed with the day."""
    catch_up(run.database, reuse_counts.today())
