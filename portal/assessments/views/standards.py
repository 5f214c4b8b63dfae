"""Standards: the list, one with its versions, one version with its points, one point."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from flask import Blueprint, Response, redirect, request
from werkzeug.wrappers import Response as AnyResponse

from portal.access import Permission, may
from portal.assessments.actions.mapping import related
from portal.assessments.forms.standards import PROFESSIONS, SCHEMES, STATES
from portal.assessments.models.standards import Standard, StandardVersion
from portal.assessments.store import standard_lists, standards
from portal.assessments.store.standard_lists import PointRow, StandardQuery
from portal.assessments.views.point_panels import panels
from portal.assessments.views.standards_base import (
    NUMBER,
    POINT,
    crumbs_to,
    href_of,
    own_point,
    points_of,
    standard_at,
    version_at,
    versions_of,
    with_days,
)
from portal.catalogue.views.base import (
    PAGE_SIZE,
    reading,
    refuse_unknown,
    stream,
    unknown,
    version,
)
from portal.web.caching import unless_unchanged
from portal.web.formats import Format, formats, respond_list, respond_record
from portal.web.guard import public
from portal.web.i18n import _
from portal.web.pages import filter_links, page, paging
from portal.web.people import current_person

if TYPE_CHECKING:
    from sqlalchemy.orm import Session

blueprint = Blueprint("standards", __name__)
COLUMNS = ("slug", "name", "owner", "organisation", "version", "title", "holds_from", "points",
           "versions", "summary", "address")  # fmt: skip
VERSIONS = ("number", "title", "state", "holds_from", "holds_until", "holds_now", "points",
            "scheme", "extends", "source")  # fmt: skip
POINTS = ("number", "title", "asks", "profession", "counterparts", "standard", "version",
          "address")  # fmt: skip


@formats(blueprint, "/standards")
@unless_unchanged(version)
@public
def index(fmt: Format) -> Response:
    """List the standards that the reader may see."""
    query, ignored = _asked()
    refuse_unknown(fmt, ignored)
    seen = standard_lists.seen_by(current_person())
    whole = StandardQuery(query.organisation)
    return respond_list(
        fmt,
        page=lambda: _index(query, ignored),
        rows=stream(lambda session: _rows(session, whole, seen)),
        columns=COLUMNS,
        name="standards",
    )


def _asked() -> tuple[StandardQuery, tuple[str, ...]]:
    """What this address asks for, and what of it nobody knows."""
    given = {name: request.args.get(name, "")[:200] for name in ("organisation", "after")}
    query = StandardQuery(given["organisation"] or None, given["after"] or None)
    return query, unknown("organisation", "after")


def _rows(session: Session, query: StandardQuery, seen: Any) -> Iterator[dict[str, Any]]:
    for row, own in standard_lists.every(session, query, seen):
        now = next((each.row for each in with_days(own) if each.now), None)
        yield {
            "slug": row.slug, "name": row.name, "owner": row.owner,
            "organisation": row.organisation_slug, "version": now.number if now else None,
            "title": now.title if now else None, "holds_from": now.since if now else None,
            "points": now.points if now else None,
            "versions": sum(1 for each in own if each.published),
            "summary": row.summary, "address": row.address,
        }  # fmt: skip


def _index(query: StandardQuery, ignored: tuple[str, ...]) -> Response:
    person = current_person()
    seen = standard_lists.seen_by(person)
    with reading() as session:
        rows = standard_lists.listing(session, query, seen, PAGE_SIZE + 1)
        here = rows[:PAGE_SIZE]
        known = standard_lists.versions(session, [row.id for row in here])
        bodies = standard_lists.bodies(session, seen)
    return page(
        "assessments/standards.html",
        title=_("Standards"),
        rows=[(row, with_days(known.get(row.id, []))) for row in here],
        facet=filter_links("organisation", bodies, query.organisation),
        beside=bool(bodies),
        narrowed=query.organisation is not None,
        adds=may(person, Permission.ADD_STANDARD),
        ignored=ignored,
        first=query.after is None,
        paging=paging(None, {"after": here[-1].slug} if len(rows) > PAGE_SIZE else None),
    )


@formats(blueprint, "/standards/<slug:slug>")
@unless_unchanged(version)
@public
def show(slug: str, fmt: Format) -> Response:
    """Show one standard with its versions: which holds now, and since when."""
    ignored = unknown()
    refuse_unknown(fmt, ignored)
    found, edits = standard_at(slug)
    return respond_list(
        fmt,
        page=lambda: _show(found, edits, ignored),
        rows=lambda: _versions(found, edits),
        columns=VERSIONS,
        name=slug,
        more=standards.document_of(found),
    )


def _versions(found: Standard, edits: bool) -> list[dict[str, Any]]:
    with reading() as session:
        places = {each.id: each.place for each in standard_lists.published(session)}
    return [
        {
            "number": row.number, "title": row.title, "state": row.state.value,
            "holds_from": row.since, "holds_until": until, "holds_now": now,
            "points": row.points, "scheme": row.scheme.value,
            "extends": places.get(row.extends_id) if row.extends_id else None,
            "source": row.source,
        }
        for row, until, now in versions_of(found.id, edits)
    ]  # fmt: skip


def _show(found: Standard, edits: bool, ignored: tuple[str, ...]) -> Response:
    versions = versions_of(found.id, edits)
    return page(
        "assessments/standard.html",
        title=found.name,
        section=_("Standards"),
        crumbs=crumbs_to(found)[:1],
        standard=found,
        versions=versions,
        schemes=SCHEMES,
        states=STATES,
        several=sum(1 for each in versions if each.row.published) > 1,
        deletable=edits and standards.is_unpublished(found),
        edits=edits,
        ignored=ignored,
    )


@formats(blueprint, f"/standards/<slug:slug>/{NUMBER}")
@unless_unchanged(version)
@public
def one(slug: str, number: int, fmt: Format) -> Response:
    """Show one version with its points."""
    ignored = unknown()
    refuse_unknown(fmt, ignored)
    found, its, edits = version_at(slug, number)
    return respond_list(
        fmt,
        page=lambda: _one(found, its, edits, ignored),
        rows=lambda: _points(found, its),
        columns=POINTS,
        name=f"{slug}-{number}",
        more=_frame(its),
        bounded=True,
    )


def _frame(its: StandardVersion) -> dict[str, Any]:
    with reading() as session:
        frame = standards.frame_of(session, its)
    return {"version": its.number, "state": its.state.value, **frame}


def _points(found: Standard, its: StandardVersion) -> list[dict[str, Any]]:
    """The points of a version, those that it extends first."""
    below, own = points_of(its)
    with reading() as session:
        _every, known = related(session, found.id)
        base = standard_lists.named(session, its.extends_id) if its.extends_id else None
    return [
        {
            "number": row.number, "title": row.title, "asks": row.asks,
            "profession": row.profession.value if row.profession else None,
            "counterparts": [each.place for each in known.get(row.id, [])],
            "standard": base.slug if base and row in below else found.slug,
            "version": base.number if base and row in below else its.number,
            "address": row.address,
        }
        for row in [*below, *own]
    ]  # fmt: skip


def _one(found: Standard, its: StandardVersion, edits: bool, ignored: tuple[str, ...]) -> Response:
    below, own = points_of(its)
    with reading() as session:
        every, known = related(session, found.id)
        base = standard_lists.named(session, its.extends_id) if its.extends_id else None
    [shown] = [each for each in versions_of(found.id, edits) if each.row.id == its.id]
    return page(
        "assessments/standard_version.html",
        title=f"{found.name}: {its.title}",
        section=_("Standards"),
        crumbs=crumbs_to(found),
        standard=found,
        version=its,
        shown=shown,
        points=own,
        counterparts=known,
        base=base,
        below=below,
        schemes=SCHEMES,
        professions=PROFESSIONS,
        draft=its.published_at is None,
        several=len({each.version for each in every}) > 1,
        edits=edits,
        here=href_of(found.slug, its.number),
        ignored=ignored,
    )


@formats(blueprint, f"/standards/<slug:slug>/{NUMBER}/points/{POINT}")
@unless_unchanged(version)
@public
def point(slug: str, number: int, point: int, fmt: Format) -> AnyResponse:
    """Show one point: what it asks, who leads on it, what it has in the other versions."""
    found, its, edits = version_at(slug, number)
    below, own = points_of(its)
    if point in {each.number for each in below} - {each.number for each in own}:
        with reading() as session:
            base = standard_lists.named(session, its.extends_id or 0)
        return redirect(href_of(base.slug, base.number, point) + _ending(fmt))
    own_point(own, point)
    return respond_record(
        fmt,
        page=lambda: _point(found, its, own, point, edits),
        document=lambda: _row_of(_points(found, its), point),
        columns=POINTS,
        name=f"{slug}-{number}-{point}",
    )


def _row_of(rows: list[dict[str, Any]], number: int) -> dict[str, Any]:
    """The row of the point with a number."""
    return next(row for row in rows if row["number"] == number)


def _ending(fmt: Format) -> str:
    return "" if fmt == "html" else f".{fmt}"


def _point(
    found: Standard, its: StandardVersion, own: list[PointRow], number: int, edits: bool
) -> Response:
    said = own_point(own, number)
    with reading() as session:
        _every, known = related(session, found.id)
    others = [row for row in versions_of(found.id, False) if row.row.id != its.id]
    mine = known.get(said.id, [])
    numbers = [each.number for each in own]
    at = numbers.index(number)
    return page(
        "assessments/standard_point.html",
        title=f"{said.number}. {said.title}",
        section=f"{found.name}: {its.title}",
        crumbs=crumbs_to(found, (its.title, href_of(found.slug, its.number))),
        standard=found,
        version=its,
        point=said,
        others=[(row.row, [e for e in mine if e.version == row.row.number]) for row in others],
        professions=PROFESSIONS,
        panels=panels(said.id),
        previous=numbers[at - 1] if at else None,
        following=numbers[at + 1] if at + 1 < len(numbers) else None,
        maps=edits and its.published_at is not None and bool(others),
        here=href_of(found.slug, its.number),
    )
