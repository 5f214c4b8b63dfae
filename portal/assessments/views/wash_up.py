"""The wash-up: all points of a draft on one page, whose they are, and the overall result."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from flask import Blueprint, Response, render_template
from markupsafe import Markup
from werkzeug.wrappers import Response as AnyResponse

from portal.access import Permission
from portal.accounts.store import people
from portal.accounts.views.base import done, form_page
from portal.assessments.actions import deciding, section_writing
from portal.assessments.booking_words import Part
from portal.assessments.forms.sections import DecisionForm, OwnerForm, in_words
from portal.assessments.models.drafting import Section
from portal.assessments.rules import workflow
from portal.assessments.rules.confidentiality import Sees
from portal.assessments.rules.decision import Point, doubts
from portal.assessments.rules.drafting import WHOLE
from portal.assessments.rules.ratings import of_whole
from portal.assessments.store import point_actions, sections
from portal.assessments.views import booking_panels
from portal.assessments.views.booking_base import ONE, Seen, booking_at, opened
from portal.assessments.views.draft_base import (
    NUMBER,
    PANEL,
    Shown,
    crumbs_to,
    listed,
    names_of,
    section_at,
    shown,
    title_of,
    with_panel,
    writable,
)
from portal.catalogue.views.base import database, reading
from portal.errors import Invalid, Missing, Refused, Stale
from portal.web.guard import requires
from portal.web.i18n import _
from portal.web.markdown import html
from portal.web.pages import page
from portal.web.people import act, current_person

if TYPE_CHECKING:
    from sqlalchemy.orm import Session

blueprint = Blueprint("wash_up", __name__)


@blueprint.get(f"{ONE}/sections")
@requires(Permission.READ_DRAFT, of=booking_at)
def index(reference: str) -> Response:
    """Show the whole draft: every point with its rating, whose it is, and what is missing."""
    with reading() as session:
        seen = opened(session, reference)
        return _index(seen, shown(session, seen))


def _index(seen: Seen, rows: list[Shown]) -> Response:
    return page(
        "assessments/wash_up.html",
        title=_("Report"),
        section=seen.title,
        crumbs=seen.crumbs,
        seen=seen,
        booking=seen.booking,
        rows=rows,
        doubts=_doubts(seen, rows),
        rated=workflow.rated(seen.booking.stage, seen.booking.kind),
        with_panel=with_panel(seen),
        locked=with_panel(seen) and not writable(seen),
        leads=Part.LEAD in seen.parts,
        writes=bool(seen.parts & PANEL),
        markdown=html,
    )


def _doubts(seen: Seen, rows: list[Shown]) -> list[str]:
    if seen.booking.result is None:
        return []
    points = [
        Point(each.row.number, each.row.rating, len(each.actions), each.row.carried)
        for each in rows
        if each.row.number != WHOLE
    ]
    return [in_words(each) for each in doubts(seen.booking.result, points)]


@blueprint.route(f"{ONE}/decision", methods=("GET", "POST"))
@requires(Permission.LEAD_PANEL, of=booking_at)
def decide(reference: str) -> AnyResponse:
    """Record the overall result."""
    with reading() as session:
        seen = opened(session, reference)
        points = point_actions.points_of(session, seen.booking.id)
    form = _decision(seen)
    if form.validate_on_submit():
        try:
            _decided(seen, form)
            return done(_("The overall result is recorded."), f"{seen.href}/sections")
        except Invalid as problem:
            form.refuse(problem)
        except Stale as problem:
            form.refuse(Invalid("go", problem.marked))
            form.version.data = str(seen.booking.version)
    return _asks(seen, points, form)


def _asks(seen: Seen, points: list[Point], form: DecisionForm) -> Response:
    word = of_whole(seen.booking.scheme).get(form.result.data or "")
    return page(
        "assessments/decision.html",
        title=_("Overall result"),
        section=seen.title,
        crumbs=crumbs_to(seen),
        form=form,
        seen=seen,
        points=points,
        doubts=[in_words(each) for each in doubts(word, points)] if word else [],
        status=422 if form.errors else 200,
    )


def _decision(seen: Seen) -> DecisionForm:
    """The form, with what is decided already. Raises Missing of what is not rated."""
    booking = seen.booking
    if booking.scheme is None or not workflow.rated(booking.stage, booking.kind):
        raise Missing("This review has no overall result")
    if not with_panel(seen):
        raise Refused("the report is with others")
    form = DecisionForm()
    form.rate_in(booking.scheme)
    if not form.is_submitted():
        form.result.data, form.reason.data = booking.result_verbatim, booking.result_reason
        form.version.data = str(booking.version)
    return form


def _decided(seen: Seen, form: DecisionForm) -> None:
    deciding.decide(
        database(), seen.booking.reference, form.base, form.result.data, form.reason.data,
        current_person(), act(),
    )  # fmt: skip


@blueprint.route(f"{ONE}/sections/{NUMBER}/owner", methods=("GET", "POST"))
@requires(Permission.LEAD_PANEL, of=booking_at)
def owner(reference: str, number: int) -> AnyResponse:
    """Say who writes a section."""
    with reading() as session:
        seen = opened(session, reference)
        section = section_at(session, seen, number)
        form = _owner(session, seen, section)
    if form.validate_on_submit():
        id_ = int(form.owner.data) if form.owner.data else None
        section_writing.assign(database(), reference, number, id_, current_person(), act())
        return done(_("Who writes it is saved."), f"{seen.href}/sections")
    title = _("Who writes it: %(section)s", section=title_of(section))
    return form_page(form, title, crumbs_to(seen), section=seen.title)


def _owner(session: Session, seen: Seen, section: Section) -> OwnerForm:
    if not with_panel(seen) or section.carried:
        raise Refused("the report is with others")
    ids = {each.person_id for each in sections.writers(seen.read.seats)}
    names = names_of(session, [people.actor(id_) for id_ in ids], seen)
    form = OwnerForm()
    form.offer(sorted(((str(i), names[people.actor(i)]) for i in ids), key=lambda pair: pair[1]))
    if not form.is_submitted():
        form.owner.data = str(section.owner_id or "")
    return form


def panel(session: Session, seen: Seen) -> Markup | None:
    """On the page of a booking: how far the report is, for who writes or checks it."""
    if Sees.DRAFT not in seen.sees or not seen.parts & (PANEL | {Part.ASSURANCE}):
        return None
    rows = listed(session, seen)
    if not rows:
        return None
    found: dict[str, Any] = {
        "seen": seen, "rows": rows, "points": [each for each in rows if each.row.number],
        "writable": writable(seen),
    }  # fmt: skip
    return Markup(render_template("assessments/draft_panel.html", **found))  # noqa: S704


def install() -> None:
    """Have the report shown on the pages of bookings."""
    booking_panels.register("drafting", 40, panel)
