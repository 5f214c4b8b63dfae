"""The pages of performance data."""

from __future__ import annotations

from flask import Flask

from portal.performance.actions import taking_back
from portal.performance.store import moves
from portal.performance.views import dashboards


def install(app: Flask) -> None:
    """Register the pages, and what a lower package lets a higher one add."""
    moves.install()
    taking_back.install()
    dashboards.install(app)
