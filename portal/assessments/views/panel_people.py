"""The panel for those around it: who sits there, who declares what, and what to read beforehand."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from flask import Blueprint, Response, render_template, url_for
from markupsafe import Markup
from werkzeug.wrappers import Response as AnyResponse

from portal.access import Permission
from portal.accounts.views.base import ID, form_page
from portal.assessments.actions import declaring
from portal.assessments.actions import panels as acts
from portal.assessments.booking_words import Part, SeatRole, SeatState, State
from portal.assessments.forms.panel_labels import place_name, seat_name
from portal.assessments.forms.panels import CONFLICT, DeclareForm, ObjectForm, SelfLeaveForm
from portal.assessments.rules.confidentiality import Sees, artefact_open
from portal.assessments.rules.panels import missing
from portal.assessments.store import assessors, panel_reading, panels
from portal.assessments.store.panels import SeatRow
from portal.assessments.views.booking_base import ONE, Seen, booking_at, opened
from portal.assessments.views.panel_base import (
    asked,
    changeable,
    panel_of,
    seat_in,
    shown,
)
from portal.catalogue.views.base import database, reading
from portal.catalogue.views.editing_base import public_url
from portal.digits import id_in
from portal.web.guard import requires
from portal.web.i18n import _
from portal.web.pages import page
from portal.web.people import act, current_person

if TYPE_CHECKING:
    from sqlalchemy.orm import Session

blueprint = Blueprint("panel_people", __name__)
BOTH = ("GET", "POST")
#: Nobody sits anywhere yet.
_BEFORE = (State.DRAFT, State.SUBMITTED, State.REJECTED, State.ACCEPTED)
#: They know what an earlier assessment left open: the team whose actions it is about, and those
#: who assess.
_TOLD = {Part.TEAM, Part.ASSURANCE, Part.LEAD, Part.ASSESSOR}
_SIT = {Part.LEAD, Part.ASSESSOR, Part.OBSERVER}


def section(session: Session, seen: Seen) -> Markup | None:
    """The part of a booking's page about its panel, as far as the reader may see it."""
    if (seen.booking.resumes or seen.booking.state) in _BEFORE:
        return None
    panel = panel_of(session, seen) if Sees.PANEL in seen.sees else None
    parts, can = seen.parts, changeable(seen)
    filled = [each for each in panel.seats if each.state is SeatState.FILLED] if panel else []
    found = render_template(
        "assessments/panel_section.html",
        seen=seen,
        panel=panel,
        seats=[each for each in shown(panel) if _told_of(each.row, parts)] if panel else [],
        lacks=[place_name(each) for each in missing(panel.needed, filled)] if panel else [],
        conflicts=Sees.CONFLICTS in seen.sees,
        me=current_person().id,
        declares=can and Part.INVITED in parts,
        joined=can and bool(parts & _SIT),
        objects=can and Part.TEAM in parts,
        runs=Part.ASSURANCE in parts,
    )
    return Markup(found)  # noqa: S704  the template escapes


def _told_of(row: SeatRow, parts: frozenset[Part]) -> bool:
    """Observers are told who assesses, and of nobody else who watches."""
    return row.role is not SeatRole.OBSERVER or bool(parts & _TOLD)


@blueprint.route(f"{ONE}/declare", methods=BOTH)
@requires(Permission.HAVE_SEAT, of=booking_at)
def declare(reference: str) -> AnyResponse:
    """Ask whether I have a conflict of interest: also later, since one can come to light."""
    seen, form = _seen(reference), DeclareForm()
    conflict = form.said.data == CONFLICT
    out = _("You are no longer on this panel, unless the assurance team finds no conflict.")
    said, after = (out, url_for("work.index")) if conflict else (_("Thank you."), seen.href)
    return asked(
        form, lambda: _declared(form, reference), said, after,
        lambda: form_page(
            form, _("Conflict of interest"), seen.crumbs,
            template="assessments/panel_declare.html", seen=seen, nowhere=_nowhere(),
        ),
    )  # fmt: skip


def _nowhere() -> bool:
    """Whether I have not recorded where I work."""
    with reading() as session:
        row = assessors.recorded(session, current_person().id)
    return row is not None and row.organisation_id is None and row.supplier_key is None


def _declared(form: DeclareForm, reference: str) -> None:
    what = form.what.data if form.said.data == CONFLICT else None
    declaring.declare(database(), reference, current_person().id, what, act(), public_url())


def _seen(reference: str) -> Seen:
    with reading() as session:
        return opened(session, reference)


@blueprint.route(f"{ONE}/leave", methods=BOTH)
@requires(Permission.HAVE_SEAT, of=booking_at)
def leave(reference: str) -> AnyResponse:
    """Ask why I leave the panel."""
    seen, form = _seen(reference), SelfLeaveForm()
    said = _("You are no longer on this panel. The assurance team is told.")
    return asked(
        form, lambda: _left(seen, form.reason.data or ""), said, url_for("work.index"),
        lambda: form_page(form, _("Leave this panel"), seen.crumbs),
    )  # fmt: skip


def _left(seen: Seen, reason: str) -> None:
    me, reference = current_person().id, seen.booking.reference
    with reading() as session:
        mine = [each.id for each in panels.seats_of_person(session, seen.booking.id, me)]
    for seat_id in mine:
        acts.leave(database(), reference, seat_id, acts.Leaving(me, reason), act(), public_url())


@blueprint.route(f"{ONE}/seats/{ID}seat_id>/object", methods=BOTH)
@requires(Permission.ANSWER_FOR_BOOKING, of=booking_at)
def object_to(reference: str, seat_id: int) -> AnyResponse:
    """Ask the team why somebody on the panel has a conflict."""
    with reading() as session:
        seen = opened(session, reference)
        row = seat_in(panel_of(session, seen), seat_id)
    form = ObjectForm(seen=str(row.person_id or ""), reason=row.objection)
    rows = [{"key": seat_name(row.role, row.profession), "value": row.name or _("Nobody yet")}]
    title = _("Say that there is a conflict of interest")
    return asked(
        form, lambda: _objected(form, reference, seat_id),
        _("The assurance team is told, and decides."), seen.href,
        lambda: form_page(form, title, seen.crumbs, rows=rows),
    )  # fmt: skip


def _objected(form: ObjectForm, reference: str, seat_id: int) -> None:
    who, reason = id_in(form.seen.data), form.reason.data or ""
    declaring.object_to(database(), reference, seat_id, who, reason, act(), public_url())


@blueprint.get(f"{ONE}/beforehand")
@requires(Permission.SEE_BOOKING, of=booking_at)
def beforehand(reference: str) -> Response:
    """Show what to read and to know before the assessment."""
    with reading() as session:
        seen = opened(session, reference)
        found = _earlier(session, seen)
    return page(
        "assessments/beforehand.html",
        title=_("What to read beforehand"),
        section=seen.title,
        crumbs=seen.crumbs,
        seen=seen,
        sessions=seen.booking.sessions if Sees.SCHEDULE in seen.sees else [],
        artefacts=_artefacts(seen),
        **found,
    )


def _artefacts(seen: Seen) -> list[tuple[Any, bool]] | None:
    """What the panel reads, each with whether the reader still may; None for whoever is not told
    of it.
    """
    if Sees.ARTEFACTS not in seen.sees:
        return None
    return [
        (each, artefact_open(seen.parts, each.access_until, seen.day))
        for each in seen.booking.artefacts
    ]


def _earlier(session: Session, seen: Seen) -> dict[str, Any]:
    """What earlier assessments left open, for those who are told."""
    if not seen.parts & _TOLD:
        return {"told": False}
    return {
        "told": True,
        "earlier": panel_reading.earlier(session, seen.booking),
        "left": panel_reading.left_open(session, seen.booking),
        "used": panel_reading.of_components(session, seen.booking),
    }
