"""What the pages of standards share: records by their addresses, who may edit them, trails."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, timedelta
from typing import NamedTuple, Protocol, TypeVar

from flask import url_for

from portal.access import Permission, Thing, may
from portal.assessments.models.standards import Standard, StandardVersion
from portal.assessments.rules.pinning import Version, holding
from portal.assessments.store import standard_lists, standards
from portal.assessments.store.standard_lists import PointRow, VersionRow
from portal.catalogue.views.base import reading, today
from portal.errors import Missing
from portal.web.i18n import _
from portal.web.people import current_person

NUMBER = "<int(min=1, max=9999):number>"
POINT = "<int(min=1, max=9999):point>"


class Shown(NamedTuple):
    """A version with when it holds.

    Attributes:
        until: the last day for which it holds, where a newer one follows.
        now: whether it holds for a discovery that begins today.
    """

    row: VersionRow
    until: date | None
    now: bool


def thing_at(slug: str, number: int | None = None, point: int | None = None) -> Thing:
    """The standard of an address as the policy sees it. Raises Missing, also where it has no such
    version, or that no such point.
    """
    with reading() as session:
        thing = standards.thing_at(session, slug)
        if number is not None:
            found = standards.version_at(session, thing.id, number)
            if point is not None:
                own_point(found.points, point)
    return thing


class HasNumber(Protocol):
    """A point, in whichever form."""

    @property
    def number(self) -> int:
        """Its place."""


Point = TypeVar("Point", bound=HasNumber)


def own_point(points: Iterable[Point], number: int) -> Point:
    """The point with a number. Raises Missing."""
    for each in points:
        if each.number == number:
            return each
    raise Missing("The version has no such point")


def edits_standard(thing: Thing) -> bool:
    """Whether the reader may edit a standard."""
    return may(current_person(), Permission.EDIT_STANDARD, thing)


def standard_at(slug: str) -> tuple[Standard, bool]:
    """The standard at an address, and whether the reader may edit it. Raises Missing where nothing
    of it is published and the reader may not.
    """
    with reading() as session:
        found = standards.by_slug(session, slug)
    edits = edits_standard(standards.thing_of(found.id, found.organisation_id))
    if standards.is_unpublished(found) and not edits:
        raise Missing("There is no standard at this address")
    return found, edits


def version_at(slug: str, number: int) -> tuple[Standard, StandardVersion, bool]:
    """A version at an address. Raises Missing, also for a draft that the reader may not edit."""
    found, edits = standard_at(slug)
    for version in found.versions:
        if version.number == number and (version.published_at or edits):
            return found, version, edits
    raise Missing("The standard has no such version")


def points_of(its: StandardVersion) -> tuple[list[PointRow], list[PointRow]]:
    """The points of the version that one extends, and its own."""
    ids = [its.id] if its.extends_id is None else [its.extends_id, its.id]
    with reading() as session:
        rows = standard_lists.points(session, ids)
    own = [row for row in rows if row.version_id == its.id]
    return [row for row in rows if row.version_id != its.id], own


def with_days(rows: list[VersionRow]) -> list[Shown]:
    """Versions with when each holds."""
    published = [row for row in rows if row.published]
    facts = [Version(row.id, row.number, row.since, row.points) for row in published]
    held = holding(facts, today())
    found = []
    for row in rows:
        later = [each.since for each in published if each.number > row.number and each.since]
        until = min(later) - timedelta(days=1) if later and row.published else None
        found.append(Shown(row, until, held is not None and held.id == row.id))
    return found


def versions_of(standard_id: int, edits: bool) -> list[Shown]:
    """The versions of a standard that the reader may see, the newest first."""
    with reading() as session:
        rows = standard_lists.versions(session, [standard_id]).get(standard_id, [])
    return with_days([row for row in rows if edits or row.published])[::-1]


def crumbs_to(found: Standard, *more: tuple[str, str]) -> list[tuple[str, str]]:
    """The trail to a page below a standard's own."""
    index = (_("Standards"), url_for("standards.index"))
    return [index, (found.name, f"/standards/{found.slug}"), *more]


def href_of(slug: str, number: int | None = None, point: int | None = None) -> str:
    """The page of a standard, of a version of it, or of a point of that."""
    parts = ["", "standards", slug]
    parts += [] if number is None else [str(number)]
    parts += [] if point is None else ["points", str(point)]
    return "/".join(parts)
