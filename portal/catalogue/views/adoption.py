"""Adoption over time: what the provider of a component published of its use, day by day."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from typing import TYPE_CHECKING, Any

from flask import Blueprint, Response, request, url_for

from portal.catalogue.rules.adoption_chart import draw
from portal.catalogue.store import adoption, components, records
from portal.catalogue.views.base import (
    PAGE_SIZE,
    found,
    reading,
    refuse_unknown,
    stream,
    unknown,
    version,
)
from portal.web.caching import unless_unchanged
from portal.web.formats import Format, formats, respond_list
from portal.web.guard import public
from portal.web.i18n import _
from portal.web.pages import page, paging

if TYPE_CHECKING:
    from sqlalchemy.orm import Session

blueprint = Blueprint("adoption", __name__)
#: The measures that are drawn, where they are published.
DRAWN = ("live_services", "services", "published_forms", "organisations")


@formats(blueprint, "/components/<slug:slug>/adoption")
@unless_unchanged(version)
@public
def index(slug: str, fmt: Format) -> Response:
    """List the published figures of a component, the newest day first."""
    before, ignored = _asked()
    refuse_unknown(fmt, ignored)
    with reading() as session:
        id_, name = found(session, components.THING, slug, records.TITLES[components.THING])
        measures = adoption.measures(session, id_)
    return respond_list(
        fmt,
        page=lambda: _page(id_, slug, name, measures, before, ignored),
        rows=stream(lambda session: _rows(session, id_, measures)),
        columns=("recorded_on", *measures, "source"),
        name=f"{slug}-adoption",
    )


def _asked() -> tuple[date | None, tuple[str, ...]]:
    ignored, text = unknown("before"), request.args.get("before", "")
    try:
        return (date.fromisoformat(text) if text else None), ignored
    except ValueError:
        return None, (*ignored, f"before={text[:80]}")


def _page(
    id_: int, slug: str, name: str, measures: list[str], before: date | None,
    ignored: tuple[str, ...],
) -> Response:  # fmt: skip
    with reading() as session:
        days = adoption.days(session, id_, before, PAGE_SIZE + 1)
        latest = adoption.latest(session, id_)
        series = {m: adoption.series(session, id_, m) for m in DRAWN if m in measures}
    following = {"before": days[PAGE_SIZE - 1].day} if len(days) > PAGE_SIZE else None
    return page(
        "catalogue/adoption.html",
        title=_("Adoption of %(name)s over time", name=name),
        section=_("Components"),
        crumbs=[
            (_("Components"), url_for("components.index")),
            (name, url_for("components.show", slug=slug)),
        ],
        name=name,
        slug=slug,
        measures=measures,
        days=days[:PAGE_SIZE],
        latest=latest,
        chart=draw(series),
        ignored=ignored,
        first=before is None,
        paging=paging(None, following),
    )


def _rows(session: Session, id_: int, measures: list[str]) -> Iterator[dict[str, Any]]:
    before = None
    while days := adoption.days(session, id_, before, 10 * PAGE_SIZE):
        for each in days:
            figures = {measure: each.figures.get(measure) for measure in measures}
            yield {"recorded_on": each.day.isoformat(), **figures, "source": each.source}
        before = days[-1].day
