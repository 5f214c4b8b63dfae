"""Dashboards: how a service, a component, a journey, an organisation and government perform."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from flask import Blueprint, Response, url_for

from portal.access import Kind
from portal.catalogue.store import journeys, organisations
from portal.catalogue.views.base import reading, refuse_unknown, today, version
from portal.performance.rules import histories as rules
from portal.performance.store import histories
from portal.performance.views import board_reading as read
from portal.performance.views import improving
from portal.performance.views.board_base import edits
from portal.performance.views.board_page import COLUMNS, board_page, chart_at, rows_of
from portal.performance.views.board_reading import Loaded
from portal.performance.views.board_tiles import tiles
from portal.performance.views.history_charts import summary
from portal.web.caching import unless_unchanged
from portal.web.charts import File, files, respond_chart
from portal.web.formats import Format, formats, respond_list
from portal.web.guard import public
from portal.web.i18n import _

if TYPE_CHECKING:
    from sqlalchemy.orm import Session

blueprint = Blueprint("boards", __name__)
_CHART = "/performance/charts/<slug:chart>"


def _respond(
    fmt: Format, load: Callable[[Session], Loaded], title: str, section: tuple[str, str] | None,
    **more: Any,
) -> Response:  # fmt: skip
    """Answer with a dashboard in the format asked for."""
    with reading() as session:
        loaded = load(session)
    shown = loaded.shown
    refuse_unknown(fmt, shown.asked.ignored)
    crumbs = [section, (shown.place.name, shown.place.href)] if section else []
    more = {key: each(loaded) if callable(each) else each for key, each in more.items()}
    return respond_list(
        fmt,
        page=lambda: board_page(loaded, title % {"name": shown.place.name}, crumbs, **more),
        rows=lambda: rows_of(shown),
        columns=COLUMNS,
        name=f"{shown.place.file}-performance",
        more=_said(loaded),
    )


def _said(loaded: Loaded) -> dict[str, Any]:
    """What JSON says of a dashboard beside its figures."""
    shown = loaded.shown
    return {
        "of": shown.place.name or _("All of government"),
        "period": shown.choice.period.value if shown.choice else None,
        "services": shown.board.units if shown.board else None,
        "targets": {kpi.value: value for kpi, value in (shown.targets or {}).items()},
        "notes": [{"day": each.day.isoformat(), "note": each.note} for each in shown.notes],
    }


def _chart(fmt: File, load: Callable[[Session], Loaded], chart: str) -> Response:
    with reading() as session:
        loaded = load(session)
    return respond_chart(fmt, chart_at(loaded, chart), f"{loaded.shown.place.file}-{chart}")


@formats(blueprint, "/performance")
@unless_unchanged(version)
@public
def government(fmt: Format) -> Response:
    """Show how all of government performs."""
    return _respond(fmt, read.of_government, _("Performance of government services"), None)


@files(blueprint, _CHART)
@public
def government_chart(fmt: File, chart: str) -> Response:
    """Draw a chart of government."""
    return _chart(fmt, read.of_government, chart)


@formats(blueprint, "/services/<slug:slug>/performance")
@unless_unchanged(version)
@public
def service(slug: str, fmt: Format) -> Response:
    """Show how a service performs."""
    return _respond(
        fmt, lambda session: read.of_service(session, slug), _("Performance of %(name)s"),
        (_("Services"), url_for("services.index")), kind=Kind.SERVICE.value,
        keeps=lambda _loaded: edits(Kind.SERVICE, slug), steps=lambda found: _steps(found, slug),
    )  # fmt: skip


def _steps(loaded: Loaded, slug: str) -> list[improving.Step]:
    """What can be done, where a figure is weak."""
    if not any(tile.weak for tile in tiles(loaded.shown)):
        return []
    with reading() as session:
        return improving.steps(session, loaded.id, slug)


@files(blueprint, f"/services/<slug:slug>{_CHART}")
@public
def service_chart(slug: str, fmt: File, chart: str) -> Response:
    """Draw a chart of a service."""
    return _chart(fmt, lambda session: read.of_service(session, slug), chart)


@formats(blueprint, "/components/<slug:slug>/performance")
@unless_unchanged(version)
@public
def component(slug: str, fmt: Format) -> Response:
    """Show how a component performs."""
    return _respond(
        fmt, lambda session: read.of_component(session, slug), _("Performance of %(name)s"),
        (_("Components"), url_for("components.index")), kind=Kind.COMPONENT.value,
        keeps=lambda _loaded: edits(Kind.COMPONENT, slug), totals=_totals,
    )  # fmt: skip


def _totals(loaded: Loaded) -> list[dict[str, Any]]:
    """What a component without figures did since its first use, as far as that is published."""
    if loaded.shown.board is not None:
        return []
    with reading() as session:
        (known,) = histories.published(session, today(), loaded.id)
    return [summary(known, each) for each in rules.histories(known) if each.newest]


@files(blueprint, f"/components/<slug:slug>{_CHART}")
@public
def component_chart(slug: str, fmt: File, chart: str) -> Response:
    """Draw a chart of a component."""
    return _chart(fmt, lambda session: read.of_component(session, slug), chart)


@formats(blueprint, "/journeys/<slug:slug>/performance")
@unless_unchanged(version)
@public
def journey(slug: str, fmt: Format) -> Response:
    """Show how the services on a journey perform."""
    return _respond(
        fmt, lambda session: read.of_journey(session, slug), _("Performance of %(name)s"),
        (_("Journeys"), url_for("journeys.index")), kind=journeys.THING,
    )  # fmt: skip


@files(blueprint, f"/journeys/<slug:slug>{_CHART}")
@public
def journey_chart(slug: str, fmt: File, chart: str) -> Response:
    """Draw a chart of a journey."""
    return _chart(fmt, lambda session: read.of_journey(session, slug), chart)


@formats(blueprint, "/organisations/<slug:slug>/performance")
@unless_unchanged(version)
@public
def organisation(slug: str, fmt: Format) -> Response:
    """Show how the services of an organisation and of all below it perform."""
    return _respond(
        fmt, lambda session: read.of_organisation(session, slug), _("Performance of %(name)s"),
        (_("Organisations"), url_for("organisations.index")), kind=organisations.THING,
    )  # fmt: skip


@files(blueprint, f"/organisations/<slug:slug>{_CHART}")
@public
def organisation_chart(slug: str, fmt: File, chart: str) -> Response:
    """Draw a chart of an organisation."""
    return _chart(fmt, lambda session: read.of_organisation(session, slug), chart)
