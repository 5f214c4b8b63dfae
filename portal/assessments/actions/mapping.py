"""Say which points of other versions ask for the same as a point, and take that back."""

from __future__ import annotations

from collections.abc import Iterable

from sqlalchemy.orm import Session

from portal.assessments.actions.standards import Changed
from portal.assessments.rules.crosswalk import Point, counterparts
from portal.assessments.rules.standards import mark
from portal.assessments.store import standard_lists, standards
from portal.audit import Act, Document
from portal.db import Database, one_at_a_time
from portal.errors import N_, Invalid, Missing


def related(session: Session, standard_id: int) -> tuple[list[Point], dict[int, list[Point]]]:
    """The points of the published versions of a standard, and what each has in the others."""
    points = standard_lists.of_standard(session, standard_id)
    several = len({each.version for each in points}) > 1
    return points, counterparts(
        points, standard_lists.pairs(session, standard_id) if several else ()
    )


def document(point: Point, others: Iterable[Point]) -> Document:
    """What the history says: the point, and those that ask for the same."""
    return {"counterparts": [f"{point.place} = {each.place}" for each in others]}


def base_of(point: Point, others: Iterable[Point]) -> str:
    """Tells whether somebody has changed what a point has in other versions."""
    return mark(document(point, others))


def relate(
    database: Database, standard_id: int, point_id: int, wanted: set[int], base: str, act: Act
) -> bool:
    """Relate a point to exactly these points of other versions; False where nothing changes.

    Args:
        database: the portal's.
        standard_id: of all of them.
        point_id: of the point.
        wanted: the ids of the others.
        base: what `base_of` gave when the form was made.
        act: who says so.

    Raises:
        Missing: there is no such published point.
        Invalid: one of the others is none of another published version.
        Changed: somebody else has changed the same since; `now` has the places of the others.
    """
    with database.writing() as session:
        one_at_a_time(session)
        points, known = related(session, standard_id)
        by_id = {each.id: each for each in points}
        if point_id not in by_id:
            raise Missing("There is no such point")
        point, others = by_id[point_id], known[point_id]
        chosen = [each for each in points if each.id in wanted and each.version != point.version]
        if len(chosen) != len(wanted):
            raise Invalid("others", N_("Select points of other versions from the list"))
        before = {each.id for each in others}
        if wanted == before:
            return False
        if base != base_of(point, others):
            raise Changed(document(point, others), standards.THING, standard_id)
        for each in chosen:
            if each.id not in before:
                older, newer = sorted((point, each), key=lambda one: one.version)
                standards.relate(session, older.id, newer.id, act)
        standards.unrelate(session, point_id, before - wanted)
        standards.mapped(
            session, standard_id, document(point, others), document(point, chosen), act
        )
        return True
