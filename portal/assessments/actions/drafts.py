"""Draft versions of a standard: added, changed point by point, published once, or deleted."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from sqlalchemy.orm import Session

from portal.assessments.actions.standards import Changed, Wanted, settled
from portal.assessments.models.standards import StandardPoint, StandardVersion
from portal.assessments.rules import standards as rules
from portal.assessments.rules.standards import clean_frame, clean_point, mark
from portal.assessments.store import standard_lists, standards
from portal.assessments.words import VersionState
from portal.audit import Act, Document
from portal.db import Database, one_at_a_time
from portal.errors import N_, Invalid, Stale

EDITED = "standard.edited"


def add(
    database: Database, slug: str, values: Mapping[str, Any], copied: str | None, act: Act
) -> int:
    """Add a draft; its number.

    Args:
        database: the portal's.
        slug: of its standard.
        values: what a version says beside its points.
        copied: the published version whose points it begins with, as documents name it.
        act: who adds it.

    Raises:
        Missing: there is no such standard.
        Invalid: a value is wrong.
    """
    with database.writing() as session:
        one_at_a_time(session)
        found = standards.by_slug(session, slug)
        frame = clean_frame(values)
        extends = _extended(session, frame["extends"], found.id)
        last = found.versions[-1] if found.versions else None
        if last is not None and _same_draft(session, last, frame):
            return last.number
        points: list[Document] = []
        if copied:
            source = standards.version(session, _published(session, copied, "copied"))
            points = [standards.point_of(each) for each in source.points]
        number = max((each.number for each in found.versions), default=0) + 1
        standards.new_version(
            session, found.id, number, frame, extends, points, act, "standard.added"
        )
        return number


def _same_draft(session: Session, last: StandardVersion, frame: Document) -> bool:
    """Whether a form was sent twice."""
    return last.state is VersionState.DRAFT and standards.frame_of(session, last) == frame


def _published(session: Session, place: str, field: str) -> int:
    known = {each.place: each.id for each in standard_lists.published(session)}
    if place not in known:
        raise Invalid(field, N_("Select a published version from the list"))
    return known[place]


def _extended(session: Session, place: str | None, standard_id: int) -> int | None:
    """The version that extras come on top of: of another standard, and no extras itself."""
    if not place:
        return None
    for each in standard_lists.published(session):
        if each.place == place and each.standard_id != standard_id and each.extends_id is None:
            return each.id
    raise Invalid("extends", N_("Select a published version of another standard from the list"))


def _draft(session: Session, version_id: int) -> tuple[StandardVersion, Document]:
    """A draft and what it says. Raises Stale where it is published."""
    one_at_a_time(session)
    found = standards.draft(session, version_id)
    return found, standards.version_document(session, found)


def edit(database: Database, version_id: int, wanted: Wanted, act: Act) -> bool:
    """Change what a draft says beside its points; False where nothing differs.

    Raises:
        Missing: there is no such draft any more.
        Stale: it is published.
        Invalid: a value is wrong.
        Changed: somebody else has changed the same since.
    """
    with database.writing() as session:
        found, before = _draft(session, version_id)
        now, clean = standards.frame_of(session, found), clean_frame(wanted.values)
        extends = _extended(session, clean["extends"], found.standard_id)
        if not _settled(wanted, clean, now, version_id):
            return False
        standards.write_frame(found, clean, extends)
        standards.number(session, found, [each.id for each in found.points])
        return standards.changed(session, found, before, act, EDITED)


def _settled(wanted: Wanted, clean: Document, now: Document, version_id: int) -> bool:
    try:
        return settled(wanted, clean, now)
    except Stale:
        raise Changed(now, standards.VERSION, version_id) from None


def add_point(database: Database, version_id: int, values: Mapping[str, Any], act: Act) -> int:
    """Add a point at the end of a draft; its number. Raises as `edit`."""
    with database.writing() as session:
        found, before = _draft(session, version_id)
        clean = clean_point(values)
        if len(found.points) >= rules.MOST_POINTS:
            raise Invalid("title", N_("A version can have 100 points"))
        if any(standards.point_of(each) == clean for each in found.points):
            raise Invalid("title", N_("The draft has this point already"))
        below = standards.points_below(session, found.extends_id)
        made = StandardPoint(number=below + len(found.points) + 1)
        standards.write_point(made, clean)
        found.points.append(made)
        standards.changed(session, found, before, act, "standard.point_added")
        return made.number


def _point(found: StandardVersion, point_id: int) -> StandardPoint:
    for each in found.points:
        if each.id == point_id:
            return each
    raise Stale(N_("Somebody has removed this point"))


def edit_point(
    database: Database, version_id: int, point_id: int, wanted: Wanted, act: Act
) -> bool:
    """Change a point of a draft; False where nothing differs. Raises as `edit`, and Stale where
    somebody has removed the point.
    """
    with database.writing() as session:
        found, before = _draft(session, version_id)
        point, clean = _point(found, point_id), clean_point(wanted.values)
        if not _settled(wanted, clean, standards.point_of(point), version_id):
            return False
        standards.write_point(point, clean)
        return standards.changed(session, found, before, act, EDITED)


def move_point(database: Database, version_id: int, point_id: int, by: int, act: Act) -> bool:
    """Move a point of a draft `by` places; False where it stays. Raises Missing and Stale."""
    with database.writing() as session:
        found, before = _draft(session, version_id)
        _point(found, point_id)
        order = [each.id for each in sorted(found.points, key=lambda each: each.number)]
        standards.number(session, found, rules.moved(order, point_id, by))
        return standards.changed(session, found, before, act, "standard.point_moved")


def remove_point(database: Database, version_id: int, point_id: int, base: str, act: Act) -> None:
    """Take a point out of a draft; those after it move up.

    Raises:
        Missing: there is no such draft any more.
        Stale: it is published, or somebody has changed or removed the point since.
    """
    with database.writing() as session:
        found, before = _draft(session, version_id)
        point = _point(found, point_id)
        if mark(standards.point_of(point)) != base:
            raise Stale(N_("Somebody has changed this point since you opened the page"))
        found.points.remove(point)
        session.flush()
        standards.number(session, found, [each.id for each in found.points])
        standards.changed(session, found, before, act, "standard.point_removed")


def refuse_early(session: Session, found: StandardVersion) -> None:
    """Raise Invalid where a draft cannot be published yet; `field` says what it lacks."""
    before = [
        (each.number, each.since)
        for each in standard_lists.versions(session, [found.standard_id])[found.standard_id]
        if each.published
    ]
    rules.refuse_publication(len(found.points), found.discovery_from, before)


def publish(database: Database, version_id: int, base: str, act: Act) -> None:
    """Publish a draft as it was checked. It never changes again.

    Raises:
        Missing: there is no such draft any more.
        Stale: it is published, or somebody has changed it since it was checked.
        Invalid: it lacks something.
    """
    with database.writing() as session:
        found, before = _draft(session, version_id)
        if mark(before) != base:
            raise Stale(N_("Somebody has changed the draft since you checked it"))
        refuse_early(session, found)
        standards.publish(session, found, act)


def delete(database: Database, version_id: int, act: Act) -> None:
    """Delete a draft; the history keeps what it said. Raises Missing and Stale."""
    with database.writing() as session:
        found, before = _draft(session, version_id)
        standards.remove_version(session, found, before, act)
