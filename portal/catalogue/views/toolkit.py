"""The toolkit: what matters in each phase of a service, and the components that help then."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from flask import Blueprint, Response, url_for

from portal.catalogue.forms.labels import label
from portal.catalogue.rules.toolkit import SERVICE_PHASES, Stage, stage, stages
from portal.catalogue.store.toolkit import Need, needs
from portal.catalogue.views.base import reading, refuse_unknown, today, unknown, version
from portal.errors import Missing
from portal.web.caching import unless_unchanged
from portal.web.formats import Column, Format, formats, respond_list, respond_record
from portal.web.guard import public
from portal.web.i18n import _
from portal.web.pages import page

blueprint = Blueprint("toolkit", __name__)
Pages = Callable[[], Mapping[int, str]]
_PAGES: list[Pages] = []
LIST = (
    "phase",
    "what_for",
    Column("points", lambda row: [point["number"] for point in row["points"]]),
    "capabilities",
)
COLUMNS = (
    *LIST[:3],
    Column("needs", lambda row: [need["capability"] for need in row["needs"]]),
    Column("components", lambda row: _slugs(row["needs"])),
    Column("guidance", lambda row: [each["address"] for each in row["guidance"]]),
    Column("next", lambda row: [each["text"] for each in row["next"]]),
)


def link_points(pages: Pages) -> None:
    """Link the points of the Service Standard to pages of the portal, by their numbers."""
    _PAGES[:] = [pages]


@formats(blueprint, "/toolkit")
@unless_unchanged(version)
@public
def index(fmt: Format) -> Response:
    """List the phases."""
    ignored = unknown()
    refuse_unknown(fmt, ignored)
    rows = [document(each) for each in stages()]
    return respond_list(
        fmt, page=lambda: _index(ignored), rows=lambda: rows, columns=LIST, name="toolkit"
    )


def _index(ignored: tuple[str, ...]) -> Response:
    return page(
        "catalogue/toolkit.html",
        title=_("What matters in each phase"),
        section=_("Toolkit"),
        crumbs=[(_("Components"), "/components")],
        stages=stages(),
        ignored=ignored,
    )


@formats(blueprint, "/toolkit/<slug:phase>")
@unless_unchanged(version)
@public
def show(phase: str, fmt: Format) -> Response:
    """Show one phase: points, needs with components, guidance, what to do next."""
    ignored, known = unknown(), stage(phase)
    if known is None:
        raise Missing("The toolkit has no phase of this name")
    refuse_unknown(fmt, ignored)
    with reading() as session:
        met = needs(session, known.capabilities, today())
    return respond_record(
        fmt,
        page=lambda: _show(known, met, ignored),
        document=lambda: document(known, met),
        columns=COLUMNS,
        name=f"toolkit-{phase}",
    )


def _show(known: Stage, met: list[Need], ignored: tuple[str, ...]) -> Response:
    phases = [each.phase for each in stages()]
    at = phases.index(known.phase)
    return page(
        "catalogue/toolkit_phase.html",
        title=label(known.phase, "toolkit"),
        section=_("Toolkit"),
        crumbs=[(_("Components"), "/components"), (_("Toolkit"), url_for("toolkit.index"))],
        stage=known,
        needs=met,
        point_pages={number: at for find in _PAGES for number, at in find().items()},
        phases=phases,
        following=phases[at + 1] if at + 1 < len(phases) else None,
        services=url_for("services.index", phase=[p.value for p in SERVICE_PHASES[known.phase]]),
        ignored=ignored,
    )


def document(known: Stage, met: list[Need] | None = None) -> dict[str, Any]:
    """A phase as the downloads have it; with its needs where they are given."""
    found: dict[str, Any] = {
        "phase": known.phase,
        "what_for": known.what_for,
        "points": known.points,
        "capabilities": known.capabilities,
        "guidance": known.guidance,
        "next": known.next,
    }
    if met is not None:
        found["needs"] = [
            {
                "capability": need.slug,
                "name": need.name,
                "components": [
                    {"component": c.row.slug, "name": c.row.name, "lifecycle": c.offer.lifecycle}
                    for c in need.components
                ],
            }
            for need in met
        ]
    return found


def _slugs(rows: list[dict[str, Any]]) -> list[str]:
    slugs = (each["component"] for row in rows for each in row["components"])
    return list(dict.fromkeys(slugs))
