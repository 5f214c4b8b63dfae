"""Wires the dashboards: their pages, the link to them, and what can be done about weak figures."""

from __future__ import annotations

from flask import Flask
from markupsafe import Markup

from portal.catalogue.views import panels
from portal.performance.views import (
    boards,
    doubts,
    figure_notes,
    freshness,
    improving,
    service_figures,
    thing_lines,
    two_periods,
)
from portal.web import navigation
from portal.web.i18n import _, lazy

PANEL = Markup('<p class="govuk-body"><a class="govuk-link" href="{}">{}</a></p>')


def install(app: Flask) -> None:
    """Register the pages, and lead to them."""
    for module in (
        boards, doubts, figure_notes, freshness, service_figures, thing_lines, two_periods
    ):  # fmt: skip
        app.register_blueprint(module.blueprint)
    improving.install()
    for thing in ("service", "component"):
        panels.register(thing, "performance", _panel(f"{thing}s"))
    navigation.add(app, lazy("Performance"), "boards.government", order=24)


def _panel(folder: str) -> panels.Panel:
    """Leads from a record to its dashboard, which says itself where there are no figures."""

    def show(_session: object, _id: int, slug: str) -> Markup:
        text = _("Performance: volumes, take-up, completion, satisfaction and cost")
        return PANEL.format(f"/{folder}/{slug}/performance", text)

    return show
