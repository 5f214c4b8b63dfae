"""Earlier versions of reports that the portal published, and addresses of those that are gone."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import orjson
from flask import Blueprint, Response, redirect, request, url_for
from werkzeug.wrappers import Response as AnyResponse

from portal.assessments.rules.report_documents import assessment
from portal.assessments.rules.report_writing import Part
from portal.assessments.store import publication, report_record
from portal.assessments.views.report_drafts import told
from portal.assessments.words import Rating
from portal.catalogue.views.base import reading, version
from portal.digits import LAST_ID
from portal.web.caching import unless_unchanged
from portal.web.errors import wants_json
from portal.web.formats import Format, formats, respond_list, respond_record
from portal.web.guard import public
from portal.web.i18n import _
from portal.web.pages import page

if TYPE_CHECKING:
    from portal.assessments.models.publishing import ReportVersion, WithdrawnReport

blueprint = Blueprint("report_versions", __name__)
COLUMNS = ("number", "kind", "note", "published_at")
ONE = (*COLUMNS, "title", "result", "result_as_published", "body")
_FOLDER = "reports"


@formats(blueprint, "/reports/<slug:slug>/versions")
@unless_unchanged(version)
@public
def index(slug: str, fmt: Format) -> Response:
    """List the versions of a report, the newest first."""
    with reading() as session:
        id_, title = report_record.heading(session, slug)
        rows = publication.published(session, id_)
    return respond_list(
        fmt,
        page=lambda: _index(slug, title, rows[::-1]),
        rows=lambda: ({**row._asdict(), "published_at": row.at.isoformat()} for row in rows[::-1]),
        columns=COLUMNS,
        name=f"{slug}-versions",
        bounded=True,
    )


def _index(slug: str, title: str, rows: list[publication.Published]) -> Response:
    return page(
        "assessments/report_versions.html",
        title=_("Versions of %(title)s", title=title),
        section=_("Reports"),
        crumbs=_crumbs(slug, title),
        slug=slug,
        versions=rows,
    )


def _crumbs(slug: str, title: str) -> list[tuple[str, str]]:
    return [
        (_("Reports of assessments"), url_for("reports.index")),
        (title, url_for("reports.show", slug=slug)),
    ]


@formats(blueprint, f"/reports/<slug:slug>/versions/<int(min=1, max={LAST_ID}):number>")
@unless_unchanged(version)
@public
def show(slug: str, number: int, fmt: Format) -> Response:
    """Show a report as it was published at one time."""
    with reading() as session:
        found = publication.version_of(session, slug, number)
        last = len(publication.versions(session, found.booking_id))
        titles = publication.titles_of(session, found.booking_id)
    return respond_record(
        fmt,
        page=lambda: _show(slug, found, last, titles),
        document=lambda: _document(found),
        columns=ONE,
        name=f"{slug}-version-{number}",
    )


def _document(found: ReportVersion) -> dict[str, Any]:
    of = assessment(found.document, 1)
    return {
        "number": found.number, "kind": found.kind.value, "note": found.note,
        "published_at": found.published_at.isoformat(), "title": found.document["title"],
        "result": of["result"], "result_as_published": of["result_verbatim"],
        "points": of["points"], "body": found.document["body"],
    }  # fmt: skip


def _show(slug: str, found: ReportVersion, last: int, titles: dict[int, str]) -> Response:
    of = assessment(found.document, 1)
    points = [
        Part(row["number"], titles.get(row["number"], ""), row["verbatim"], Rating(row["rating"]),
             row["reason"], "", "", row["carried"])
        for row in of["points"]
    ]  # fmt: skip
    title = found.document["title"]
    return page(
        "assessments/report_version.html",
        title=_("Version %(number)s of %(title)s", number=found.number, title=title),
        section=_("Reports"),
        crumbs=[*_crumbs(slug, title), (_("Versions"), f"/reports/{slug}/versions")],
        slug=slug,
        found=found,
        of=of,
        points=points,
        latest=found.number == last,
        sections=told(found.document["verbatim"].get("sections", [])),
    )


def gone() -> AnyResponse | None:
    """What is said at the address of a report that is no longer published; None elsewhere."""
    slug = (request.view_args or {}).get("slug")
    if slug is None or request.path.split("/")[1] != _FOLDER:
        return None
    with reading() as session:
        found = publication.withdrawn(session, slug)
    if found is None:
        return None
    if found.goes_to and request.method in ("GET", "HEAD"):
        return redirect(found.goes_to, 302)
    return _gone(found)


def _gone(found: WithdrawnReport) -> AnyResponse:
    if wants_json():
        body = {
            "type": "about:blank", "title": str(_("This report is no longer published")),
            "status": 410, "detail": found.reason,
        }  # fmt: skip
        return Response(orjson.dumps(body), 410, mimetype="application/problem+json")
    return page(
        "assessments/report_gone.html",
        title=_("This report is no longer published"),
        section=_("Reports"),
        crumbs=[(_("Reports of assessments"), url_for("reports.index"))],
        found=found,
        status=410,
    )
