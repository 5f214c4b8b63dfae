"""Wires the dashboards: their pages, the link to them, and what can be done about weak figures."""

from __future__ import annotations

from flask import Flask

from portal.performance.views import boards, improving
from portal.web import navigation
from portal.web.i18n import lazy


def install(app: Flask) -> None:
    """Register the pages, and lead to them."""
    app.register_blueprint(boards.blueprint)
    improving.install()
    navigation.add(app, lazy("Performance"), "boards.government", order=24)
