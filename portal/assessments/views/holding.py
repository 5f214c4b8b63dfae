"""The pages of assessments from booking to closed actions, wired together."""

from __future__ import annotations

from flask import Flask

from portal.assessments.actions import section_making as _section_making  # noqa: F401  its hooks
from portal.assessments.forms import booking_labels
from portal.assessments.views import (
    assessment_needed,
    booking_base,
    booking_panel,
    booking_running,
    booking_settings,
    booking_tasks,
    bookings,
    calendar,
    paneling,
    publishing_pages,
    section_actions,
    section_texts,
    sections,
    wash_up,
)


def install(app: Flask) -> None:
    """Register the pages, their words, and what moves need and bring about."""
    booking_base.install(app)
    booking_labels.teach()
    app.jinja_env.filters["booking_colour"] = booking_labels.colour
    booking_panel.install()
    booking_settings.install(app)
    wash_up.install()
    for module in (
        bookings, assessment_needed, booking_tasks, booking_running, booking_settings, calendar,
        wash_up, sections, section_texts, section_actions,
    ):  # fmt: skip
        app.register_blueprint(module.blueprint)
    paneling.install(app)
    publishing_pages.install(app)
