"""Where each point of a standard stands across the assessments of one service."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from flask import Blueprint, Response, url_for

from portal.assessments.rules import point_standing as rules
from portal.assessments.rules.point_standing import Rated, Standing
from portal.assessments.store import publication, report_timelines
from portal.catalogue.store import services
from portal.catalogue.views.base import found, reading, version
from portal.errors import Missing
from portal.web.caching import unless_unchanged
from portal.web.formats import Format, formats, respond_list
from portal.web.guard import public
from portal.web.i18n import _
from portal.web.pages import page

if TYPE_CHECKING:
    from sqlalchemy.orm import Session

blueprint = Blueprint("point_standings", __name__)
COLUMNS = ("standard", "number", "title", "rating", "verbatim", "reason", "report", "stage",
           "kind", "held_on", "carried_by", "earlier_ratings")  # fmt: skip


@formats(blueprint, "/services/<slug:slug>/points")
@unless_unchanged(version)
@public
def show(slug: str, fmt: Format) -> Response:
    """Show the latest rating of each point, whichever assessment gave it."""
    with reading() as session:
        id_, name = _heading(session, slug)
        rows = [Rated._make((row[0] or 0, *row[1:9], row[9].value, *row[10:]))
                for row in publication.rated_points(session, id_)]  # fmt: skip
        titles = publication.titles(session, {row.version for row in rows})
    stands = rules.standings(rows)
    return respond_list(
        fmt,
        page=lambda: _page(slug, name, stands, titles),
        rows=lambda: (_row(key, each, titles) for key, each in stands.items()),
        columns=COLUMNS,
        name=f"{slug}-points",
        bounded=True,
    )


def _heading(session: Session, slug: str) -> tuple[int, str]:
    def find(session: Session, slug: str) -> tuple[int, str]:
        row = report_timelines.heading(session, services.THING, slug)
        if row is None:
            raise Missing("There is no such service")
        return row.id, row.name

    got: tuple[int, str] = found(session, services.THING, slug, find)
    return got


def _row(key: tuple[int, int], each: Standing, titles: publication.Titles) -> dict[str, Any]:
    now = each.now
    return {
        "standard": titles.versions.get(key[0], (None,))[0], "number": key[1],
        "title": titles.points.get(key), "rating": now.rating.value, "verbatim": now.verbatim,
        "reason": now.reason, "report": now.report, "stage": now.stage, "kind": now.kind.value,
        "held_on": now.held_on.isoformat() if now.held_on else None,
        "carried_by": each.carried.report if each.carried else None,
        "earlier_ratings": [row.verbatim for row in each.before],
    }  # fmt: skip


def _page(
    slug: str, name: str, stands: dict[tuple[int, int], Standing], titles: publication.Titles
) -> Response:
    known = sorted({key[0] for key in stands}, reverse=True)
    return page(
        "assessments/point_standings.html",
        title=_("Points of %(name)s", name=name),
        crumbs=[
            (_("Services"), url_for("services.index")),
            (name, url_for("services.show", slug=slug)),
            (_("Assessments"), url_for("report_timelines.service", slug=slug)),
        ],
        versions=[
            (titles.versions.get(id_), [(k[1], each) for k, each in stands.items() if k[0] == id_],
             {rating: many for rating, many in rules.summary(stands, id_).items() if many}, id_)
            for id_ in known
        ],
        titles=titles.points,
    )  # fmt: skip
