"""The pages of panels and assessors, wired together."""

from __future__ import annotations

from collections.abc import Callable

from flask import Flask

from portal.access import Permission, may
from portal.accounts.store import erasing
from portal.accounts.work import register as register_work
from portal.assessments.actions import assessors as acts
from portal.assessments.forms import panel_labels
from portal.assessments.store import assessors as store
from portal.assessments.views import (
    assessors,
    booking_panels,
    open_seats,
    panel_people,
    panel_seats,
)
from portal.web.people import current_person


def _holds(permission: Permission) -> Callable[[], bool]:
    return lambda: may(current_person(), permission)


def install(app: Flask) -> None:
    """Register the pages, and what bookings and accounts ask of panels."""
    panel_labels.teach()
    app.jinja_env.filters["seat_name"] = panel_labels.seat_of
    app.jinja_env.filters["conflict_name"] = panel_labels.conflict_name
    app.jinja_env.filters["declaration_colour"] = panel_labels.colour
    app.jinja_env.globals["sits_on_panels"] = _holds(Permission.ASSESS)
    app.jinja_env.globals["runs_assessments"] = _holds(Permission.RUN_ASSESSMENTS)
    for module in (assessors, open_seats, panel_seats, panel_people):
        app.register_blueprint(module.blueprint)
    booking_panels.register("panel", 30, panel_people.section)
    register_work("panels", acts.waiting, acts.LABELS)
    erasing.register("assessors", store.erase)
