"""Look for sentences in reports that may tell what is broken."""

from __future__ import annotations

from collections.abc import Collection

from sqlalchemy.orm import Session

from portal.assessments.rules.finding import Suggestion, suggestions
from portal.assessments.store import suggestions as store
from portal.db import Database, chunks

#: Texts of so many reports are in memory at once.
AT_ONCE = 200


def suggest(session: Session, reports: Collection[int]) -> int:
    """Suggest the sentences of reports, in the caller's transaction, in place of what was suggested
    of them before and nobody has decided about; how many are new.
    """
    versions, needs, words = store.vocabulary(session)
    new = 0
    for some in chunks(sorted(reports), AT_ONCE):
        rows: dict[int, list[tuple[Suggestion, int | None, int | None]]] = {id_: [] for id_ in some}
        for source in store.sources(session, some):
            titles = versions.get(source.version_id or 0, {})
            points = store.points_of(titles, source.failed) if titles else None
            rows[source.id] = [
                (said, titles[said.point][0] if said.point else None, needs.get(said.need or ""))
                for said in suggestions(source.body, points, words)
            ]
        new += store.put(session, rows)
    return new


def suggest_all(database: Database) -> int:
    """Suggest the sentences of all reports afresh, some at a time; how many are new."""
    with database.reading(fresh=True) as session:
        reports = store.reports(session)
    new = 0
    for some in chunks(reports, AT_ONCE):
        with database.writing() as session:
            new += suggest(session, some)
    return new
