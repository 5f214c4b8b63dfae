"""Look again at the names on providers' lists that wait: organisations may have come since."""

from __future__ import annotations

from datetime import timedelta

from portal import jobs
from portal.audit import Act
from portal.catalogue.actions.indexing import refresh
from portal.catalogue.actions.matching import Resolver
from portal.catalogue.store import matches, services
from portal.catalogue.words import MatchAbout, MatchState
from portal.db import Database, one_at_a_time


def match(database: Database, act: Act) -> int:
    """Match the waiting names that are sure now; how many they were."""
    with database.writing() as session:
        about = MatchAbout.ROSTER
        if not matches.queue(session, MatchState.WAITING, limit=1, about=about):
            return 0
        one_at_a_time(session)
        resolver = Resolver(session, act, about)
        settled = resolver.settle(about)
        refresh(session, {services.THING: resolver.moved})
        return settled


@jobs.handler("rosters.match", every=timedelta(minutes=15))
def _match(run: jobs.Run) -> None:
    """Match the names whose organisations came since the last time."""
    match(run.database, Act("command:worker", run.clock(), "rosters.match"))
