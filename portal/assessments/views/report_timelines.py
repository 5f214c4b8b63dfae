"""The assessments of one service or component: its timeline, and where it stands."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from flask import Blueprint, Response, render_template, url_for
from markupsafe import Markup

from portal.assessments.rules import timelines as rules
from portal.assessments.store import report_timelines as store
from portal.assessments.store.report_timelines import Row
from portal.catalogue.store import components, services
from portal.catalogue.views.base import found, reading, version
from portal.catalogue.views.panels import register
from portal.errors import Missing
from portal.web.caching import unless_unchanged
from portal.web.formats import Format, formats, respond_list
from portal.web.guard import public
from portal.web.i18n import _
from portal.web.pages import page

if TYPE_CHECKING:
    from sqlalchemy.orm import Session

blueprint = Blueprint("report_timelines", __name__)
COLUMNS = (
    "report", "title", "assessment", "name", "component", "stage", "kind", "held_on", "result",
    "result_as_published", "standard", "points_not_met", "to_be_checked",
)  # fmt: skip
_FOLDERS = {services.THING: "services", components.THING: "components"}


@formats(blueprint, "/services/<slug:slug>/assessments")
@unless_unchanged(version)
@public
def service(slug: str, fmt: Format) -> Response:
    """Show the assessments of a service, and those of the components that it uses."""
    with reading() as session:
        id_, name = _heading(session, services.THING, slug)
        rows, used = store.of_service(session, id_), store.of_used(session, id_)
    return _answer(fmt, services.THING, slug, name, rows, used)


@formats(blueprint, "/components/<slug:slug>/assessments")
@unless_unchanged(version)
@public
def component(slug: str, fmt: Format) -> Response:
    """Show the assessments of a component."""
    with reading() as session:
        id_, name = _heading(session, components.THING, slug)
        rows = store.of_component(session, id_)
    return _answer(fmt, components.THING, slug, name, rows, [])


def _heading(session: Session, thing: str, slug: str) -> tuple[int, str]:
    def find(session: Session, slug: str) -> tuple[int, str]:
        row = store.heading(session, thing, slug)
        if row is None:
            raise Missing("There is nothing at this address")
        return row.id, row.name

    got: tuple[int, str] = found(session, thing, slug, find)
    return got


def _answer(
    fmt: Format, thing: str, slug: str, name: str, rows: list[Row], used: list[Row]
) -> Response:
    return respond_list(
        fmt,
        page=lambda: _page(thing, slug, name, rows, used),
        rows=lambda: map(_document, [*rows, *used]),
        columns=COLUMNS,
        name=f"{slug}-assessments",
    )


def _document(row: Row) -> dict[str, Any]:
    return {
        "report": row.slug, "title": row.title, "assessment": row.position, "name": row.name,
        "component": row.component_slug, "stage": row.stage, "kind": row.kind,
        "held_on": row.held_on.isoformat() if row.held_on else None, "result": row.result,
        "result_as_published": row.result_verbatim, "standard": row.standard,
        "points_not_met": row.failed_points, "to_be_checked": row.open_checks,
    }  # fmt: skip


def _page(thing: str, slug: str, name: str, rows: list[Row], used: list[Row]) -> Response:
    folder = _FOLDERS[thing]
    crumbs = [
        (_("Services") if thing == services.THING else _("Components"), f"/{folder}"),
        (name, url_for(f"{folder}.show", slug=slug)),
    ]
    return page(
        "assessments/timeline.html",
        title=_("Assessments of %(name)s", name=name),
        crumbs=crumbs,
        of_service=thing == services.THING,
        slug=slug,
        rows=rows,
        used=used,
        standing=rules.standing(rows),
        failed=rules.failed_components(used),
    )


def _panel(thing: str) -> Any:
    def show(session: Session, id_: int, slug: str) -> Markup | None:
        every = store.latest(session, thing, id_)
        rows = [row for row in every if row.component_slug is None]
        failed = rules.failed_components([row for row in every if row.component_slug])
        if not rows and not failed:
            return None
        href = f"/{_FOLDERS[thing]}/{slug}/assessments"
        many, now = len(rows), rules.current(rows)
        html = render_template("assessments/panel.html", many=many, now=now, failed=failed,
                               href=href)  # fmt: skip
        return Markup(html)  # noqa: S704  a template of ours

    return show


def install() -> None:
    """Say on the pages of services and components that they were assessed."""
    for thing in _FOLDERS:
        register(thing, "assessments", _panel(thing))
