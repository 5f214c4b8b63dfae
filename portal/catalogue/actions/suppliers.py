"""Say which organisations the names of suppliers mean, or put them into the reviewed queue."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta

from portal import jobs
from portal.audit import Act
from portal.catalogue.rules.suppliers import Suppliers
from portal.catalogue.store import matches, organisation_names, organisations, suppliers
from portal.catalogue.words import MatchAbout
from portal.db import Database, one_at_a_time


@dataclass(slots=True)
class Found:
    """How many names of suppliers are sure now, and how many new ones wait."""

    matched: int = 0
    waiting: int = 0


def match(database: Database, act: Act) -> Found:
    """Look at the names of suppliers that are new, and again at those that wait: a sure one links
    what is bought from it, any other waits for a person.
    """
    found = Found()
    with database.writing() as session:
        new = suppliers.unknown(session)
        waiting = suppliers.waiting(session)
        if not new and not waiting:
            return found
        one_at_a_time(session)
        refs = organisations.ids_by_reference(session)
        names = organisations.references(session)
        known = Suppliers(organisation_names.named(session), refs)
        for name in new:
            body, why = known.meant(name)
            row = matches.new(name, body, why, act, MatchAbout.SUPPLIER)
            matches.add(session, [row], names, act)
            if body is None:
                found.waiting += 1
            else:
                found.matched += 1
                suppliers.link(session, name, names[body], act)
        for row in waiting:
            body, why = known.meant(row.published_name)
            if body is not None:
                found.matched += 1
                matches.settle(session, row, body, why, names, act, "match.sure")
                suppliers.link(session, row.published_name, names[body], act)
    return found


@jobs.handler("suppliers.match", every=timedelta(minutes=15))
def _match(run: jobs.Run) -> None:
    """Match the names that came since the last time."""
    match(run.database, Act("command:worker", run.clock(), "suppliers.match"))
