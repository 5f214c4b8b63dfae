"""Wires the pages of figures and findings."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from flask import Flask

from portal.accounts.work import register as register_work
from portal.assessments.actions import findings as acts
from portal.assessments.forms import findings as words
from portal.assessments.forms.statistics import STAGES
from portal.assessments.store import statistics as statistic_store
from portal.assessments.views import point_panels
from portal.assessments.views.findings import blueprint as findings
from portal.assessments.views.statistics import blueprint as statistics
from portal.assessments.views.statistics import smallest
from portal.assessments.views.suggestions import blueprint as suggestions
from portal.catalogue.views.base import reading


def _ratings(point_id: int) -> Mapping[str, Any] | None:
    """What the page of a point says of how it was rated."""
    with reading() as session:
        found = statistic_store.of_point(session, point_id)
    if found is None:
        return None
    version, point = found
    return {"version": version, "point": point, "smallest": smallest()}


def install(app: Flask) -> None:
    """Register the pages, and that sentences wait for somebody."""
    for blueprint in (statistics, findings, suggestions):
        app.register_blueprint(blueprint)
    app.jinja_env.filters["stage_name"] = lambda stage: STAGES[stage]
    words.teach()
    point_panels.register("assessments/point_ratings.html", _ratings)
    register_work("findings", acts.waiting, acts.LABELS)
