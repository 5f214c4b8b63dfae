"""Notes and targets of a set of documents."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, timedelta

from portal.access import Kind
from portal.accounts.store import things
from portal.audit import Act, Document
from portal.db import Database
from portal.performance.actions import notes as acts
from portal.performance.store import notes
from portal.performance.words import Kpi


def add_missing(database: Database, rows: Iterable[Document], act: Act) -> int:
    """Add the notes and targets of what has none yet; how many came.

    Args:
        database: the portal's.
        rows: documents with the service or component and how many days ago it was: of a note its
            words, of a target of a service the indicator and the value as it is kept.
        act: who loads the set.
    """
    added, empty = 0, dict[str, bool]()
    for row in rows:
        kind = Kind.SERVICE if "service" in row else Kind.COMPONENT
        slug = row[kind.value]
        with database.reading() as session:
            of = things.by_slug(session, kind, slug).id
            there = notes.of_thing(session, kind, of)
        if not empty.setdefault(slug, not there):
            continue
        day: date = act.day - timedelta(days=row["days"])
        if "note" in row:
            acts.add_note(database, kind, of, day, row["note"], act)
        else:
            acts.set_target(database, of, Kpi(row["kpi"]), row["value"], day, act)
        added += 1
    return added
