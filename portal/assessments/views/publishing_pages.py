"""The pages from the assurance check to closed actions, wired together."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flask import Flask, render_template
from markupsafe import Markup

from portal.accounts.work import register as register_work
from portal.assessments.actions import (
    booking_clocks,
    booking_news,
    challenges,
    correcting,
    follow_ups,
    publication_check,
    publishing,
    publishing_waiting,
)
from portal.assessments.booking_words import Move, Part
from portal.assessments.forms import publication_labels
from portal.assessments.rules.confidentiality import Sees
from portal.assessments.rules.workflow import SHOWN_TO_TEAM
from portal.assessments.store import follow_ups as actions
from portal.assessments.views import (
    action_lists,
    assurance_checks,
    point_standings,
    report_corrections,
    report_reviews,
    report_versions,
)
from portal.assessments.views import follow_ups as follow_up_pages
from portal.assessments.views.booking_base import Seen
from portal.assessments.views.booking_panels import made_on, register
from portal.catalogue.forms import labels
from portal.web import errors
from portal.web.markdown import html

if TYPE_CHECKING:
    from sqlalchemy.orm import Session

#: Moves ask these what they need, and these do what follows: they have to be imported.
HOOKS = (publication_check, challenges, publishing, correcting, follow_ups, booking_news,
         booking_clocks)  # fmt: skip
_PAGES = (assurance_checks, report_reviews, report_versions, report_corrections, follow_up_pages,
          action_lists, point_standings)  # fmt: skip


def install(app: Flask) -> None:
    """Register the pages, what they say, and what of them the page of a booking shows."""
    labels.add(publication_labels.LABELS)
    app.jinja_env.filters["action_colour"] = publication_labels.colour
    app.jinja_env.filters["prose"] = html
    for module in _PAGES:
        app.register_blueprint(module.blueprint)
    made_on(Move.CORRECT, "report_corrections.index")
    made_on(Move.UNPUBLISH, "report_corrections.unpublish")
    register("report", 60, report_panel)
    register("actions", 70, actions_panel)
    register_work("publishing", publishing_waiting.waiting, publishing_waiting.LABELS)
    errors.lead_on(app, report_versions.gone)


def report_panel(_session: Session, seen: Seen) -> Markup | None:
    """Where the draft is read and checked, and the report is published."""
    booking = seen.booking
    reads = Sees.DRAFT in seen.sees and booking.state in SHOWN_TO_TEAM
    checks = Part.ASSURANCE in seen.parts and booking.state in publication_check.OPEN
    if not reads and not checks and not booking.report_id:
        return None
    made = render_template("assessments/panel_report.html", seen=seen, reads=reads, checks=checks)
    return Markup(made)  # noqa: S704  a template of ours


def actions_panel(session: Session, seen: Seen) -> Markup | None:
    """How many actions are not closed."""
    if Sees.FOLLOW_UPS not in seen.sees or seen.booking.state not in SHOWN_TO_TEAM:
        return None
    counted = actions.counted(session, seen.booking.id)
    if not counted[0]:
        return None
    made = render_template("assessments/panel_actions.html", seen=seen, all=counted[0],
                           open=counted[1])  # fmt: skip
    return Markup(made)  # noqa: S704  a template of ours
