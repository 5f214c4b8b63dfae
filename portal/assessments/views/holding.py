"""The pages of assessments from booking to closed actions, wired together."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flask import Flask

from portal.assessments.actions import section_making as _section_making  # noqa: F401  its hooks
from portal.assessments.forms import booking_labels
from portal.assessments.store import service_actions
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
from portal.performance.views import improving
from portal.web.i18n import _
from portal.web.people import current_person

if TYPE_CHECKING:
    from sqlalchemy.orm import Session


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
    improving.register("actions", _actions)


def _actions(session: Session, service_id: int, _slug: str) -> list[improving.Step]:
    """Actions of its assessments that somebody may see, for a figure that is weak."""
    person = current_person()
    if not person.is_authenticated:
        return []
    return [
        improving.Step(
            _("An action of its assessment: %(text)s", text=text[:100]),
            f"/assessments/{reference}/actions/{id_}",
        )
        for reference, id_, text in service_actions.of_service(session, person, service_id)
    ]
