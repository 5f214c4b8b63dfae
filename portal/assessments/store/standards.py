"""All SQL about standards and their versions: found, written, published. Lists have their own."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from typing import Any

from sqlalchemy import delete, func, select
from sqlalchemy.orm import Session, joinedload, selectinload

from portal.access import STANDARD as STANDARD_KIND
from portal.access import Thing
from portal.accounts.words import Profession
from portal.assessments.models.standards import (
    PointRelation,
    Standard,
    StandardPoint,
    StandardVersion,
)
from portal.assessments.rules.pinning import Version
from portal.assessments.words import RatingScheme, VersionState
from portal.audit import Act, Document, record
from portal.catalogue.models.organisations import Organisation
from portal.catalogue.rules.cleaners import sort_key
from portal.catalogue.store.organisations import iso, reference
from portal.errors import N_, Missing, Stale

#: What the history calls them.
THING, VERSION = "standard", "standard_version"
#: More than a version has points.
ASIDE = 1000
_NO_STANDARD = N_("There is no standard at this address")
_NO_VERSION = N_("The standard has no such version")


def by_slug(session: Session, slug: str) -> Standard:
    """The standard at an address, with its organisation and versions. Raises Missing."""
    query = (
        select(Standard)
        .options(
            joinedload(Standard.organisation).joinedload(Organisation.identifiers),
            selectinload(Standard.versions),
        )
        .where(Standard.slug == slug)
    )
    found = session.scalars(query.execution_options(populate_existing=True)).unique().first()
    if found is None:
        raise Missing(_NO_STANDARD)
    return found


def id_at(session: Session, slug: str) -> int | None:
    """The id of the standard at an address, if there is one."""
    return session.scalar(select(Standard.id).where(Standard.slug == slug))


def is_called(session: Session, name: str, without: int | None = None) -> bool:
    """Whether a standard, other than one, is called so; capitals do not matter."""
    rows: Any = session.execute(select(Standard.id, Standard.name))
    return any(id_ != without and sort_key(each) == sort_key(name) for id_, each in rows)


def version_ids(session: Session, standard_id: int) -> dict[int, int]:
    """The ids of the versions of a standard, drafts included, by their numbers."""
    query = select(StandardVersion.number, StandardVersion.id)
    rows = session.execute(query.where(StandardVersion.standard_id == standard_id))
    return {row.number: row.id for row in rows}


def thing_at(session: Session, slug: str) -> Thing:
    """The standard at an address as the policy sees it. Raises Missing."""
    query = select(Standard.id, Standard.organisation_id).where(Standard.slug == slug)
    row = session.execute(query).first()
    if row is None:
        raise Missing(_NO_STANDARD)
    return thing_of(*row)


def thing_of(standard_id: int, organisation_id: int | None) -> Thing:
    """A standard as the policy sees it."""
    bodies = frozenset(() if organisation_id is None else (organisation_id,))
    return Thing(STANDARD_KIND, standard_id, bodies)


def version_at(session: Session, standard_id: int, number: int) -> StandardVersion:
    """A version with its points. Raises Missing."""
    query = select(StandardVersion).where(
        StandardVersion.standard_id == standard_id, StandardVersion.number == number
    )
    return _version(session, query)


def version(session: Session, version_id: int) -> StandardVersion:
    """The same by its id. Raises Missing."""
    return _version(session, select(StandardVersion).where(StandardVersion.id == version_id))


def _version(session: Session, query: Any) -> StandardVersion:
    query = query.options(selectinload(StandardVersion.points))
    found: StandardVersion | None = session.scalars(
        query.execution_options(populate_existing=True)
    ).first()
    if found is None:
        raise Missing(_NO_VERSION)
    return found


def draft(session: Session, version_id: int) -> StandardVersion:
    """A version that can still be changed. Raises Missing, and Stale where it is published."""
    found = version(session, version_id)
    if found.state is not VersionState.DRAFT:
        raise Stale(N_("It is published: nobody can change it any more"))
    return found


def place_of(session: Session, version_id: int | None) -> str | None:
    """How documents name a version: the address of its standard, and its number."""
    if version_id is None:
        return None
    query = select(Standard.slug, StandardVersion.number).join(
        StandardVersion, StandardVersion.standard_id == Standard.id
    )
    row = session.execute(query.where(StandardVersion.id == version_id)).one()
    return f"{row.slug}/{row.number}"


def document_of(standard: Standard) -> Document:
    """The canonical document of a loaded standard (see rules/standards.py)."""
    body = standard.organisation
    return {
        "slug": standard.slug,
        "name": standard.name,
        "owner": standard.owner,
        "organisation": reference(body) if body else None,
        "summary": standard.summary,
        "address": standard.address,
    }


def frame_of(session: Session, found: StandardVersion) -> Document:
    """What a version says beside its points."""
    return {
        "title": found.title,
        "discovery_from": iso(found.discovery_from),
        "scheme": found.scheme.value,
        "extends": place_of(session, found.extends_id),
        "source": found.source,
    }


def point_of(point: Any) -> Document:
    """What a point, or a row of its list, says beside its number."""
    return {
        "title": point.title,
        "asks": point.asks,
        "profession": point.profession.value if point.profession else None,
        "address": point.address,
    }


def version_document(session: Session, found: StandardVersion) -> Document:
    """The canonical document of a version with its points, with whether it is published."""
    points = sorted(found.points, key=lambda each: each.number)
    return {
        "number": found.number,
        **frame_of(session, found),
        "version_state": found.state.value,
        "points": [{"number": each.number, **point_of(each)} for each in points],
    }


def add(session: Session, document: Document, organisation_id: int | None, act: Act) -> int:
    """Add a standard, with its history; its id."""
    made = Standard(slug=document["slug"], edited_at=act.at, organisation_id=organisation_id)
    write(made, document)
    session.add(made)
    session.flush()
    record(session, act, "standard.added", THING, made.id, None, document)
    return made.id


def write(standard: Standard, document: Document) -> None:
    """Make a standard say what a clean document says; whose it is and its address stay."""
    standard.name, standard.owner = document["name"], document["owner"]
    standard.summary, standard.address = document["summary"], document["address"]


def write_frame(found: StandardVersion, frame: Document, extends_id: int | None) -> None:
    """Make a version say what a clean frame says."""
    since = frame["discovery_from"]
    found.title, found.source = frame["title"], frame["source"]
    found.discovery_from = date.fromisoformat(since) if since else None
    found.scheme, found.extends_id = RatingScheme(frame["scheme"]), extends_id


def write_point(point: StandardPoint, said: Document) -> None:
    """Make a point say what a clean document says."""
    point.title, point.asks, point.address = said["title"], said["asks"], said["address"]
    point.profession = Profession(said["profession"]) if said["profession"] else None


def new_version(
    session: Session, standard_id: int, number: int, frame: Document, extends_id: int | None,
    points: Iterable[Document], act: Act, tag: str,
) -> StandardVersion:  # fmt: skip
    """Add a draft with points, in their order, with its history."""
    made = StandardVersion(
        standard_id=standard_id, number=number, state=VersionState.DRAFT, edited_at=act.at,
        points=[],
    )  # fmt: skip
    write_frame(made, frame, extends_id)
    start = points_below(session, extends_id) + 1
    for at, said in enumerate(points, start=start):
        made.points.append(StandardPoint(number=at))
        write_point(made.points[-1], said)
    session.add(made)
    session.flush()
    record(session, act, tag, VERSION, made.id, None, version_document(session, made))
    return made


def changed(session: Session, found: StandardVersion, before: Document, act: Act, tag: str) -> bool:
    """Keep what is changed of a version, with its history; False where nothing differs."""
    session.flush()
    after = version_document(session, found)
    if before == after:
        return False
    if found.state is VersionState.DRAFT:
        found.version, found.edited_at = found.version + 1, act.at
    session.flush()
    return record(session, act, tag, VERSION, found.id, before, after)


def publish(session: Session, found: StandardVersion, act: Act) -> None:
    """Publish a draft: nothing of it changes from here on."""
    before = version_document(session, found)
    found.state, found.published_at = VersionState.PUBLISHED, act.at
    found.version, found.edited_at = found.version + 1, act.at
    changed(session, found, before, act, "standard.published")


def points_below(session: Session, extends_id: int | None) -> int:
    """How many points a version has that another one extends: its own begin after them."""
    if extends_id is None:
        return 0
    query = select(func.count()).where(StandardPoint.version_id == extends_id)
    return session.scalar(query) or 0


def pinnable(session: Session, slug: str) -> list[Version]:
    """The published versions of a standard, for `rules/pinning.py`, with all their points."""
    own, below = many_points(StandardVersion.id), many_points(StandardVersion.extends_id)
    query = (
        select(
            StandardVersion.id, StandardVersion.number, StandardVersion.discovery_from,
            own + below,
        )
        .join(Standard, Standard.id == StandardVersion.standard_id)
        .where(Standard.slug == slug, StandardVersion.state == VersionState.PUBLISHED)
        .order_by(StandardVersion.number)
    )  # fmt: skip
    return [Version(*row) for row in session.execute(query)]


def many_points(version_id: Any) -> Any:
    """How many points the version with this id has of its own, as a column."""
    return (
        select(func.count(StandardPoint.id))
        .where(StandardPoint.version_id == version_id)
        .scalar_subquery()
    )


def point_ids(session: Session, version_id: int) -> dict[int, int]:
    """The ids of the points of a version by their numbers, those that it extends included."""
    base = select(StandardVersion.extends_id).where(StandardVersion.id == version_id)
    query = select(StandardPoint.number, StandardPoint.id).where(
        (StandardPoint.version_id == version_id)
        | StandardPoint.version_id.in_(base.scalar_subquery())
    )
    return {row.number: row.id for row in session.execute(query)}


def number(session: Session, found: StandardVersion, order: list[int]) -> None:
    """Number the points of a draft in this order, after those of the version that it extends."""
    start = points_below(session, found.extends_id) + 1
    wanted = {id_: at for at, id_ in enumerate(order, start=start)}
    if all(each.number == wanted[each.id] for each in found.points):
        return
    # Out of the way first: no two may have the same number at any moment.
    for each in found.points:
        each.number = wanted[each.id] + ASIDE
    session.flush()
    for each in found.points:
        each.number = wanted[each.id]
    session.flush()
    found.points.sort(key=lambda each: each.number)


def told(session: Session, found: Standard, before: Document, act: Act, tag: str) -> None:
    """Keep what is changed of a standard, with its history."""
    found.version, found.edited_at = found.version + 1, act.at
    session.flush()
    record(session, act, tag, THING, found.id, before, document_of(found))


def is_unpublished(standard: Standard) -> bool:
    """Whether nothing of a standard was ever published."""
    return all(each.state is VersionState.DRAFT for each in standard.versions)


def remove(session: Session, found: Standard, act: Act) -> None:
    """Delete a standard with its drafts; the history keeps what they said."""
    for each in list(found.versions):
        with_points = version(session, each.id)
        before = version_document(session, with_points)
        remove_version(session, with_points, before, act)
    session.expire(found, ["versions"])
    before, id_ = document_of(found), found.id
    session.execute(delete(Standard).where(Standard.id == id_))
    record(session, act, "standard.deleted", THING, id_, before, None)


def remove_version(session: Session, found: StandardVersion, before: Document, act: Act) -> None:
    """Delete a draft; the history keeps what it said."""
    id_ = found.id
    session.execute(delete(StandardPoint).where(StandardPoint.version_id == id_))
    session.execute(delete(StandardVersion).where(StandardVersion.id == id_))
    record(session, act, "standard.deleted", VERSION, id_, before, None)


def relate(session: Session, older_id: int, newer_id: int, act: Act) -> None:
    """Say that two points ask for the same."""
    session.add(
        PointRelation(older_id=older_id, newer_id=newer_id, mapped_by=act.actor, mapped_at=act.at)
    )


def unrelate(session: Session, point_id: int, others: Iterable[int]) -> None:
    """Take back that a point and others ask for the same."""
    ids, r = list(others), PointRelation
    if ids:
        of_it = ((r.older_id == point_id) & r.newer_id.in_(ids)) | (
            (r.newer_id == point_id) & r.older_id.in_(ids)
        )
        session.execute(delete(PointRelation).where(of_it))


def mapped(session: Session, standard_id: int, before: Document, after: Document, act: Act) -> None:
    """Keep in the history of a standard which points ask for the same."""
    session.flush()
    record(session, act, "standard.mapped", THING, standard_id, before, after)
