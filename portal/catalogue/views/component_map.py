"""The map of components: how evolved each is against how visible, today or on a day."""

from __future__ import annotations

from datetime import date
from typing import Any

from flask import Blueprint, Response, request

from portal.catalogue.forms.as_at import AsAt
from portal.catalogue.forms.storefront import advice
from portal.catalogue.rules.component_map import Drawing as Layout
from portal.catalogue.rules.component_map import draw
from portal.catalogue.rules.components import ENDING, wardley
from portal.catalogue.store import service_lists
from portal.catalogue.store.component_map import Found, Mapped, components
from portal.catalogue.views.base import (
    DATE,
    day_asked,
    reading,
    refuse_unknown,
    today,
    unknown,
    version,
)
from portal.catalogue.views.component_map_drawing import picture
from portal.errors import N_, Missing
from portal.web.caching import unless_unchanged
from portal.web.charts import Drawn, drawings, respond_drawing
from portal.web.formats import Format, formats, respond_list
from portal.web.guard import public
from portal.web.i18n import _
from portal.web.pages import filter_links, page

blueprint = Blueprint("component_map", __name__)
COLUMNS = (
    "component", "name", "provider", "lifecycle", "has_interface", "sectors",
    "eligibility_note", "stage", "since", "rationale", "source", "users", "users_not_known",
    "advice", "closes_on", "successor",
)  # fmt: skip


@formats(blueprint, "/component-map")
@unless_unchanged(version)
@public
def index(fmt: Format) -> Response:
    """Map the components, today or as they were on the day asked for."""
    form = AsAt(request.args, today())
    on = day_asked(form, fmt)
    found, group, ignored = _asked(on)
    with reading() as session:
        services = service_lists.total(session)
    refuse_unknown(fmt, ignored)
    return respond_list(
        fmt, page=lambda: _page(found, form, on, group, services, ignored),
        rows=lambda: map(document, found.components), columns=COLUMNS, name="component-map",
    )  # fmt: skip


def _asked(on: date | None) -> tuple[Found, str | None, tuple[str, ...]]:
    """The components on a day, the need that they are narrowed to, and what nobody knows."""
    ignored, group = unknown(*DATE, "group"), request.args.get("group") or None
    with reading() as session:
        found = components(session, on or today(), group, now=on is None)
    if group and group not in dict(found.groups):
        ignored += (f"group={group[:80]}",)
    return found, group, ignored


@drawings(blueprint, "/component-map")
@unless_unchanged(version)
@public
def drawing(fmt: Drawn) -> Response:
    """Draw the map as a file."""
    on = day_asked(AsAt(request.args, today()), "json")
    found, _group, ignored = _asked(on)
    refuse_unknown("json", ignored)
    if not any(each.steps for each in found.components):
        raise Missing(N_("There is no such chart"))
    lifecycles = {each.slug: each.lifecycle for each in found.components}
    return respond_drawing(fmt, picture(_layout(found), lifecycles, on))


def _layout(found: Found) -> Layout:
    placed = [c for c in found.components if c.steps]
    stages = {c.slug: c.steps[-1].stage for c in placed}
    behind = {c.slug for c in placed if not c.has_interface}
    places = wardley(stages, {c.slug: c.users for c in placed}, behind)
    return draw(places, {c.slug: c.name for c in placed}, behind)


def _page(
    found: Found, form: AsAt, on: date | None, group: str | None, services: int,
    ignored: tuple[str, ...],
) -> Response:  # fmt: skip
    placed = {c.slug: c for c in found.components if c.steps}
    return page(
        "catalogue/component_map.html",
        title=_("Map of components"),
        section=_("Components"),
        crumbs=[(_("Components"), "/components")],
        form=form,
        on=on,
        group=group,
        options=filter_links("group", dict(found.groups), group),
        drawing=_layout(found),
        placed=placed,
        services=services,
        today=today(),
        advice={slug: _advice(c) for slug, c in placed.items()},
        closed=found.closed,
        without=[c for c in found.components if not c.steps],
        ending=ENDING,
        ignored=ignored,
    )


def _advice(c: Mapped) -> str | None:
    return (
        advice(c.steps[-1].stage, c.lifecycle, c.sectors, c.eligibility_note) if c.steps else None
    )


def document(c: Mapped) -> dict[str, Any]:
    """A component as the map's downloads have it; no stage where none is recorded."""
    step = c.steps[-1] if c.steps else None
    return {
        "component": c.slug,
        "name": c.name,
        "provider": c.provider,
        "lifecycle": c.lifecycle,
        "has_interface": c.has_interface,
        "sectors": c.sectors,
        "eligibility_note": c.eligibility_note,
        "stage": step.stage.value if step else None,
        "since": step.since if step else None,
        "rationale": step.rationale if step else None,
        "source": step.source if step else None,
        "users": c.users if c.users or not c.unknown else None,
        "users_not_known": c.unknown,
        "advice": _advice(c),
        "closes_on": c.closes_on,
        "successor": c.successor_slug,
        "stages": [{"stage": s.stage.value, "since": s.since} for s in c.steps],
    }
