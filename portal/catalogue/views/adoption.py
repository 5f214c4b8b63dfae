"""Adoption over time: what the provider of a component published of its use, day by day."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from typing import TYPE_CHECKING, Any

from flask import Blueprint, Response, request, url_for

from portal.catalogue.forms.published import measure_name
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
from portal.charts.data import Lines, Point, Series
from portal.errors import N_, Missing
from portal.web.caching import unless_unchanged
from portal.web.chart_texts import trend
from portal.web.charts import Figure, File, files, respond_chart, shown
from portal.web.filters import long_date
from portal.web.formats import Format, formats, respond_list
from portal.web.guard import public
from portal.web.i18n import _, html_lang
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
        chart = _chart(session, id_, name, measures)
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
        chart=_figure(slug, chart) if chart else None,
        ignored=ignored,
        first=before is None,
        paging=paging(None, following),
    )


def _chart(session: Session, id_: int, name: str, measures: list[str]) -> Lines | None:
    """How many use it over time; None where that is not published."""
    series = [
        Series(measure_name(each), tuple(Point(*at) for at in adoption.series(session, id_, each)))
        for each in DRAWN
        if each in measures
    ]
    title = _("Adoption of %(name)s over time", name=name)
    return Lines(title, tuple(series), language=html_lang()) if series else None


def _figure(slug: str, chart: Lines) -> Figure:
    first = chart.series[0]
    title = trend(first.name, first, chart.scale, long_date)
    return shown(chart, f"/components/{slug}/adoption/chart", title, called=long_date)


@files(blueprint, "/components/<slug:slug>/adoption/chart")
@public
def chart(slug: str, fmt: File) -> Response:
    """Draw how many use a component over time."""
    with reading() as session:
        id_, name = found(session, components.THING, slug, records.TITLES[components.THING])
        drawn = _chart(session, id_, name, adoption.measures(session, id_))
    if drawn is None:
        raise Missing(N_("There is no such chart"))
    return respond_chart(fmt, drawn, f"{slug}-adoption-chart")


def _rows(session: Session, id_: int, measures: list[str]) -> Iterator[dict[str, Any]]:
    before = None
    while days := adoption.days(session, id_, before, 10 * PAGE_SIZE):
        for each in days:
            figures = {measure: each.figures.get(measure) for measure in measures}
            yield {"recorded_on": each.day.isoformat(), **figures, "source": each.source}
        before = days[-1].day
