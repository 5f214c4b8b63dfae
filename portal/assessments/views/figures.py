"""Wires the pages of figures."""

from __future__ import annotations

from flask import Flask

from portal.assessments.forms.statistics import STAGES
from portal.assessments.views.statistics import blueprint as statistics


def install(app: Flask) -> None:
    """Register the pages."""
    app.register_blueprint(statistics)
    app.jinja_env.filters["stage_name"] = lambda stage: STAGES[stage]
