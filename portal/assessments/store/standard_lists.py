"""Lists of standards, of their versions and points, and of what points have in common."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, NamedTuple

from sqlalchemy import ColumnElement, exists, or_, select, true
from sqlalchemy.orm import Session, aliased

from portal.access import Kind, Person, Role
from portal.accounts.words import Profession
from portal.assessments.models.standards import (
    PointRelation,
    Standard,
    StandardPoint,
    StandardVersion,
)
from portal.assessments.rules.crosswalk import Point
from portal.assessments.store.standards import many_points
from portal.assessments.words import RatingScheme, VersionState
from portal.catalogue.models.organisations import Organisation

_ADMINISTRATORS = (Role.ORGANISATION_ADMINISTRATOR, Role.PORTAL_ADMINISTRATOR)


class Row(NamedTuple):
    """A standard as its list shows it."""

    id: int
    slug: str
    name: str
    owner: str
    summary: str | None
    address: str | None
    organisation_slug: str | None
    organisation: str | None


class VersionRow(NamedTuple):
    """A version as lists show it; `points` counts those that it extends as well."""

    standard_id: int
    id: int
    number: int
    title: str
    since: date | None
    scheme: RatingScheme
    source: str | None
    state: VersionState
    published_at: datetime | None
    points: int
    extends_id: int | None

    @property
    def published(self) -> bool:
        """Whether everybody may read it."""
        return self.state is VersionState.PUBLISHED


@dataclass(frozen=True, slots=True)
class StandardQuery:
    """What the list is narrowed to; `after` is the address of the last row before the page."""

    organisation: str | None = None
    after: str | None = None


def seen_by(person: Person) -> ColumnElement[bool]:
    """Which standards somebody may read: those with a published version, and all of what is
    theirs to edit.
    """
    held = [grant for grant in person.grants if grant.role in _ADMINISTRATORS]
    if any(grant.kind is Kind.PORTAL for grant in held):
        return true()
    bodies = [grant.id for grant in held if grant.kind is Kind.ORGANISATION]
    published = exists().where(
        StandardVersion.standard_id == Standard.id,
        StandardVersion.state == VersionState.PUBLISHED,
    )
    return or_(published, Standard.organisation_id.in_(bodies)) if bodies else published


def _rows(query: StandardQuery, seen: ColumnElement[bool]) -> Any:
    statement = (
        select(
            Standard.id, Standard.slug, Standard.name, Standard.owner, Standard.summary,
            Standard.address, Organisation.slug, Organisation.name,
        )
        .outerjoin(Organisation, Organisation.id == Standard.organisation_id)
        .where(seen)
        .order_by(Standard.slug)
    )  # fmt: skip
    if query.organisation:
        statement = statement.where(Organisation.slug == query.organisation)
    if query.after:
        statement = statement.where(Standard.slug > query.after)
    return statement


def listing(
    session: Session, query: StandardQuery, seen: ColumnElement[bool], most: int | None = None
) -> list[Row]:
    """The standards that a query asks for, by address."""
    return [Row(*row) for row in session.execute(_rows(query, seen).limit(most))]


def bodies(session: Session, seen: ColumnElement[bool]) -> dict[str, str]:
    """The names of the organisations that have a standard of their own, by their addresses."""
    query = (
        select(Organisation.slug, Organisation.name)
        .join(Standard, Standard.organisation_id == Organisation.id)
        .where(seen)
        .distinct()
        .order_by(Organisation.name, Organisation.slug)
    )
    return {row.slug: row.name for row in session.execute(query)}


def versions(session: Session, standard_ids: Iterable[int]) -> dict[int, list[VersionRow]]:
    """The versions of standards, drafts included, by their numbers."""
    v = StandardVersion
    query = (
        select(
            v.standard_id, v.id, v.number, v.title, v.discovery_from, v.scheme, v.source, v.state,
            v.published_at, many_points(v.id) + many_points(v.extends_id), v.extends_id,
        )
        .where(v.standard_id.in_(list(standard_ids)))
        .order_by(v.standard_id, v.number)
    )  # fmt: skip
    found: dict[int, list[VersionRow]] = {}
    for row in session.execute(query):
        found.setdefault(row.standard_id, []).append(VersionRow(*row))
    return found


class Named(NamedTuple):
    """A published version with its standard, for links and choices."""

    id: int
    standard_id: int
    slug: str
    name: str
    number: int
    title: str
    extends_id: int | None
    scheme: RatingScheme

    @property
    def place(self) -> str:
        """How documents name it."""
        return f"{self.slug}/{self.number}"


#: The columns of one.
NAMED = (
    StandardVersion.id, Standard.id, Standard.slug, Standard.name, StandardVersion.number,
    StandardVersion.title, StandardVersion.extends_id, StandardVersion.scheme,
)  # fmt: skip


def published(session: Session) -> list[Named]:
    """Every published version, by the address of its standard and its number."""
    query = (
        select(*NAMED)
        .join(Standard, Standard.id == StandardVersion.standard_id)
        .where(StandardVersion.state == VersionState.PUBLISHED)
        .order_by(Standard.slug, StandardVersion.number)
    )
    return [Named(*row) for row in session.execute(query)]


def named(session: Session, version_id: int) -> Named:
    """One version with its standard."""
    query = (
        select(*NAMED)
        .join(Standard, Standard.id == StandardVersion.standard_id)
        .where(StandardVersion.id == version_id)
    )
    return Named(*session.execute(query).one())


class PointRow(NamedTuple):
    """A point as pages show it."""

    id: int
    version_id: int
    number: int
    title: str
    asks: str | None
    profession: Profession | None
    address: str | None


def points(session: Session, version_ids: Iterable[int]) -> list[PointRow]:
    """The points of versions, by their numbers."""
    p = StandardPoint
    query = (
        select(p.id, p.version_id, p.number, p.title, p.asks, p.profession, p.address)
        .where(p.version_id.in_(list(version_ids)))
        .order_by(p.number, p.version_id)
    )
    return [PointRow(*row) for row in session.execute(query)]


def of_standard(session: Session, standard_id: int) -> list[Point]:
    """The points of all published versions of a standard, for the crosswalk."""
    query = (
        select(StandardPoint.id, StandardVersion.number, StandardPoint.number, StandardPoint.title)
        .join(StandardVersion, StandardVersion.id == StandardPoint.version_id)
        .where(
            StandardVersion.standard_id == standard_id,
            StandardVersion.state == VersionState.PUBLISHED,
        )
        .order_by(StandardVersion.number, StandardPoint.number)
    )
    return [Point(*row) for row in session.execute(query)]


def pairs(session: Session, standard_id: int) -> list[tuple[int, int]]:
    """The points of a standard that ask for the same, two by two, the older first."""
    point, its = aliased(StandardPoint), aliased(StandardVersion)
    query = (
        select(PointRelation.older_id, PointRelation.newer_id)
        .join(point, point.id == PointRelation.older_id)
        .join(its, its.id == point.version_id)
        .where(its.standard_id == standard_id)
        .order_by(PointRelation.older_id, PointRelation.newer_id)
    )
    return [(row.older_id, row.newer_id) for row in session.execute(query)]


def every(
    session: Session, query: StandardQuery, seen: ColumnElement[bool]
) -> Iterator[tuple[Row, list[VersionRow]]]:
    """All standards of a query, each with its versions, in two statements."""
    rows = listing(session, query, seen)
    known = versions(session, [row.id for row in rows])
    return ((row, known.get(row.id, [])) for row in rows)


def numbers(session: Session, slug: str, version: int) -> list[int]:
    """The numbers of the points of a published version."""
    query = (
        select(StandardPoint.number)
        .join(StandardVersion, StandardVersion.id == StandardPoint.version_id)
        .join(Standard, Standard.id == StandardVersion.standard_id)
        .where(
            Standard.slug == slug,
            StandardVersion.number == version,
            StandardVersion.state == VersionState.PUBLISHED,
        )
        .order_by(StandardPoint.number)
    )
    return list(session.scalars(query))
