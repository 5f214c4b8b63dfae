"""Add the standards of a set, with their versions."""

from __future__ import annotations

from collections.abc import Iterable

from sqlalchemy.orm import Session

from portal.assessments.rules.standards import clean_frame, clean_point, clean_standard
from portal.assessments.store import standard_lists, standards
from portal.audit import Act, Document
from portal.catalogue.store import organisations
from portal.db import Database, one_at_a_time


def add_missing(database: Database, rows: Iterable[Document], act: Act) -> int:
    """Add the standards of a set that are not there yet; how many versions came.

    Args:
        database: the portal's.
        rows: documents of standards, each with `versions`: documents of versions whose points have
            no numbers, with `published`.
        act: who loads the set.
    """
    added = 0
    with database.writing() as session:
        one_at_a_time(session)
        bodies = organisations.ids_by_reference(session)
        for row in rows:
            versions = row["versions"]
            said = clean_standard({k: value for k, value in row.items() if k != "versions"})
            if standards.id_at(session, said["slug"]) is None:
                made = standards.add(session, said, bodies[said["organisation"]], act)
                added += sum(_version(session, made, each, act) for each in versions)
    return added


def _version(session: Session, standard_id: int, row: Document, act: Act) -> int:
    places = {each.place: each.id for each in standard_lists.published(session)}
    names = ("title", "discovery_from", "scheme", "extends", "source")
    frame = clean_frame({name: row[name] for name in names})
    points = [clean_point(each) for each in row["points"]]
    extends = places[frame["extends"]] if frame["extends"] else None
    made = standards.new_version(
        session, standard_id, row["number"], frame, extends, points, act, "standard.added"
    )
    if row["published"]:
        standards.publish(session, made, act)
    return 1
