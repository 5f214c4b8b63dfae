"""What the booking's own part adds to its page: the answers, the standard, and the days."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flask import render_template
from markupsafe import Markup

from portal.assessments.booking_words import Move, Part, State
from portal.assessments.rules import booking_tasks, sessions
from portal.assessments.rules.confidentiality import Sees, artefact_open
from portal.assessments.rules.retention import KEPT_DAYS
from portal.assessments.rules.workflow import AHEAD
from portal.assessments.views import booking_panels
from portal.assessments.views.booking_base import Seen
from portal.assessments.views.booking_facts import again_of, standard_of
from portal.assessments.views.booking_tasks import answers

if TYPE_CHECKING:
    from sqlalchemy.orm import Session


def _answers(session: Session, seen: Seen) -> Markup:
    row, draft = seen.booking, seen.booking.state is State.DRAFT
    artefacts = [
        (each, artefact_open(seen.parts, each.access_until, seen.day)) for each in row.artefacts
    ]
    return _html(
        "assessments/booking_answers.html",
        seen=seen,
        rows=answers(seen, again_of(session, seen)) if not draft else [],
        draft=draft,
        own=draft and Part.TEAM in seen.parts,
        left=len(booking_tasks.left(row)),
        tasks=len(booking_tasks.Task),
        artefacts=artefacts if Sees.ARTEFACTS in seen.sees else None,
        standard=standard_of(session, seen),
        overrides=Part.ASSURANCE in seen.parts and row.state in AHEAD,
        contacts=Sees.CONTACTS in seen.sees,
        kept_days=KEPT_DAYS,
    )


def _days(_session: Session, seen: Seen) -> Markup | None:
    sets = Part.ASSURANCE in seen.parts and seen.booking.state in sessions.OPEN_TO
    if Sees.SCHEDULE not in seen.sees or not (seen.booking.sessions or sets):
        return None
    return _html("assessments/booking_days.html", seen=seen, sets=sets)


def _html(template: str, **values: object) -> Markup:
    return Markup(render_template(template, **values))  # noqa: S704  a template of ours


def install() -> None:
    """Add the sections to the page of a booking, and the pages of two of its moves."""
    booking_panels.register("days", 10, _days)
    booking_panels.register("answers", 80, _answers)
    booking_panels.made_on(Move.SUBMIT, "booking_tasks.check")
    booking_panels.made_on(Move.ACCEPT, "booking_running.accept")
