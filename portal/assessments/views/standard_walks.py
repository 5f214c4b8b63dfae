"""The versions of a standard side by side, and what changed of it."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, Response

from portal.assessments.models.standards import Standard
from portal.assessments.rules.crosswalk import Line, Point, counterparts, lines
from portal.assessments.store import standard_lists, standards
from portal.assessments.views.standards_base import (
    NUMBER,
    crumbs_to,
    href_of,
    standard_at,
    version_at,
    versions_of,
)
from portal.catalogue.views.base import reading, refuse_unknown, unknown, version
from portal.catalogue.views.histories import told
from portal.web.caching import unless_unchanged
from portal.web.formats import Format, formats, respond_list
from portal.web.guard import public
from portal.web.i18n import _
from portal.web.pages import page

blueprint = Blueprint("standard_walks", __name__)
WALK = ("version", "number", "title", "counterparts")


@formats(blueprint, "/standards/<slug:slug>/crosswalk")
@unless_unchanged(version)
@public
def crosswalk(slug: str, fmt: Format) -> Response:
    """Show the versions of a standard side by side."""
    ignored = unknown()
    refuse_unknown(fmt, ignored)
    found, _edits = standard_at(slug)
    with reading() as session:
        points = standard_lists.of_standard(session, found.id)
        pairs = standard_lists.pairs(session, found.id)
    return respond_list(
        fmt,
        page=lambda: _crosswalk(found, lines(points, pairs), ignored),
        rows=lambda: _rows(points, pairs),
        columns=WALK,
        name=f"{slug}-crosswalk",
        bounded=True,
    )


def _rows(points: list[Point], pairs: list[tuple[int, int]]) -> list[dict[str, Any]]:
    known = counterparts(points, pairs)
    return [
        {
            "version": each.version, "number": each.number, "title": each.title,
            "counterparts": [other.place for other in known[each.id]],
        }
        for each in points
    ]  # fmt: skip


def _crosswalk(found: Standard, rows: list[Line], ignored: tuple[str, ...]) -> Response:
    versions = [each.row for each in versions_of(found.id, False)]
    return page(
        "assessments/crosswalk.html",
        title=_("Versions of %(name)s side by side", name=found.name),
        section=_("Standards"),
        crumbs=crumbs_to(found),
        standard=found,
        versions=versions,
        lines=rows,
        ignored=ignored,
    )


@formats(blueprint, "/standards/<slug:slug>/history")
@unless_unchanged(version)
@public
def history(slug: str, fmt: Format) -> Response:
    """Tell what changed about one standard, newest first."""
    found, edits = standard_at(slug)
    about = [
        (
            _("History of %(name)s", name=each.row.title),
            f"/standards/{slug}/{each.row.number}/history",
        )
        for each in versions_of(found.id, edits)
    ]
    crumbs = crumbs_to(found)
    return told(fmt, standards.THING, found.id, found.name, crumbs, file=slug, about=about)


@formats(blueprint, f"/standards/<slug:slug>/{NUMBER}/history")
@unless_unchanged(version)
@public
def version_history(slug: str, number: int, fmt: Format) -> Response:
    """Tell what changed about one version until it was published, newest first."""
    found, its, _edits = version_at(slug, number)
    crumbs = crumbs_to(found, (its.title, href_of(slug, number)))
    name = f"{found.name}: {its.title}"
    return told(fmt, standards.VERSION, its.id, name, crumbs, file=f"{slug}-{number}")
