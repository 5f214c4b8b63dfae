"""Write a section of a draft report, with what the catalogue knows beside it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from flask import Blueprint, Response, jsonify
from werkzeug.wrappers import Response as AnyResponse

from portal.access import Permission
from portal.accounts.views.base import done
from portal.assessments.actions import section_writing
from portal.assessments.actions.section_access import LOCKED
from portal.assessments.actions.section_writing import Outcome, Written
from portal.assessments.forms.sections import SectionForm
from portal.assessments.models.drafting import Section
from portal.assessments.rules import workflow
from portal.assessments.rules.drafting import WHOLE
from portal.assessments.rules.evidence import Topic
from portal.assessments.store import point_actions, section_evidence, sections
from portal.assessments.store.sections import Placed
from portal.assessments.views.booking_base import ONE, Seen, booking_at, opened
from portal.assessments.views.draft_base import (
    NUMBER,
    crumbs_to,
    href_of,
    names_of,
    now,
    owners_of,
    section_at,
    title_of,
    writable,
)
from portal.catalogue.views.base import database, reading
from portal.errors import Invalid
from portal.performance.views.figures_beside import figures_of
from portal.web.filters import moment
from portal.web.guard import requires
from portal.web.i18n import _, translated
from portal.web.markdown import html
from portal.web.pages import page
from portal.web.people import act, current_person

if TYPE_CHECKING:
    from sqlalchemy.orm import Session

blueprint = Blueprint("sections", __name__)


@blueprint.route(f"{ONE}/sections/{NUMBER}", methods=("GET", "POST"))
@requires(Permission.WRITE_REPORT, of=booking_at)
def show(reference: str, number: int) -> AnyResponse:
    """Show a section with a form to write it, and keep what is written."""
    with reading() as session:
        seen = opened(session, reference)
        placed = sections.placed(session, seen.booking.id, number)
    form = form_of(seen, placed.section)
    if not form.is_submitted():
        form.show(sections.said_of(placed.section), placed.section.version)
        return _page(seen, placed, form)
    if form.preview.data:
        return _page(seen, placed, form, preview=True)
    return _sent(seen, placed, form)


def _sent(seen: Seen, placed: Placed, form: SectionForm) -> AnyResponse:
    if form.validate():
        try:
            number = placed.section.number
            return _written(seen, placed.section, form, _keep(seen, number, form))
        except Invalid as problem:
            form.refuse(problem)
    return _page(seen, placed, form)


def form_of(seen: Seen, section: Section) -> SectionForm:
    """The form of a section, in the words in which it is rated."""
    form = SectionForm()
    rated = workflow.rated(seen.booking.stage, seen.booking.kind) and section.number != WHOLE
    form.rate_in(seen.booking.scheme if rated else None)
    return form


def _keep(seen: Seen, number: int, form: SectionForm) -> Written:
    return section_writing.write(
        database(), seen.booking.reference, number, form.base, form.said(), current_person(),
        act(), form.settles,
    )  # fmt: skip


def _written(seen: Seen, section: Section, form: SectionForm, found: Written) -> AnyResponse:
    if found.outcome in (Outcome.SAVED, Outcome.SAME):
        return done(_("Your text is saved."), href_of(seen, section))
    return beside(seen.booking.reference, section.number, form, found.text_id or 0)


def beside(reference: str, number: int, form: SectionForm, text_id: int) -> Response:
    """One's own text that was set aside, beside what the section says now: the form goes on from
    there with both.
    """
    with reading() as session:
        seen = opened(session, reference)
        section = section_at(session, seen, number)
        mine = sections.text(session, section.id, text_id)
        was = sections.text_at(session, section.id, mine.base)
        by = names_of(session, [section.edited_by], seen)[section.edited_by]
    form.version.data, form.aside.data = str(section.version), str(text_id)
    sides = [
        (_("What you wrote"), mine.said),
        (_("What it says now"), sections.said_of(section)),
        (_("What it said when you opened it"), was.said if was else None),
    ]
    return page(
        "assessments/section_conflict.html",
        title=_("Somebody else has written here since you opened it"),
        section=title_of(section),
        crumbs=crumbs_to(seen, section),
        seen=seen,
        row=section,
        by=by,
        sides=sides,
        form=form,
        locked=not writable(seen),
        settle=f"{href_of(seen, section)}/texts/{text_id}/settle",
        status=409,
    )


@blueprint.post(f"{ONE}/sections/{NUMBER}/autosave")
@requires(Permission.WRITE_REPORT, of=booking_at)
def autosave(reference: str, number: int) -> Response:
    """Keep what is being written; the page's script sends it while somebody types."""
    seen = now(reference)
    with reading() as session:
        section = section_at(session, seen, number)
    form = form_of(seen, section)
    form.unfinished = True
    if not form.validate():
        return _told(" ".join(error["text"] for error in form.error_list()), 422)
    try:
        return _kept(_keep(seen, number, form))
    except Invalid as problem:
        return _told(translated(problem), 422)


def _kept(found: Written) -> Response:
    """Say what became of a text that the page's script sent."""
    if found.outcome is Outcome.LOCKED:
        why = _("Not saved: %(why)s. What you wrote is kept aside.", why=_(LOCKED))
        return _told(why, 409, aside=found.text_id)
    if found.outcome is Outcome.ASIDE:
        why = _(
            "Somebody else has written here meanwhile. What you wrote is kept: press Save to see"
            " both."
        )
        return _told(why, 409, aside=found.text_id)
    return _told(_("Saved %(when)s", when=moment(act().at)), 200, version=found.version)


def _told(message: str, status: int, **more: Any) -> Response:
    answer = jsonify(message=message, **more)
    answer.status_code = status
    return answer


def _page(seen: Seen, placed: Placed, form: SectionForm, preview: bool = False) -> Response:
    section = placed.section
    with reading() as session:
        found = _about(session, seen, section)
    return page(
        "assessments/section.html",
        title=title_of(section),
        section=seen.title,
        crumbs=crumbs_to(seen),
        seen=seen,
        row=section,
        form=form,
        writable=writable(seen) and not section.carried,
        preview=form.said() if preview else None,
        markdown=html,
        href=href_of(seen, section),
        before=placed.before,
        after=placed.after,
        status=422 if form.errors else 200,
        **found,
    )


def _about(session: Session, seen: Seen, section: Section) -> dict[str, Any]:
    """What stands beside the form."""
    panel = sections.writers(seen.read.seats)
    owners = [f"person:{id_}" for id_ in owners_of(section, panel)]
    waiting = sections.aside(session, [section.id])
    actors = [*owners, section.edited_by, *(each.actor for each in waiting)]
    names = names_of(session, actors, seen)
    me = current_person().id
    return {
        "owners": [names[actor] for actor in owners],
        "mine": f"person:{me}" in owners,
        "names": names,
        "me": f"person:{me}",
        "waiting": waiting,
        "actions": point_actions.of_sections(session, [section.id]).get(section.id, []),
        **_evidence(session, seen, section),
    }


def _evidence(session: Session, seen: Seen, section: Section) -> dict[str, Any]:
    """What the portal knows of the service that the point asks for."""
    found = section_evidence.of_section(session, seen.booking, section, seen.day)
    if found is None or found.topic is not Topic.PERFORMANCE or found.slug is None:
        return {"evidence": found, "figures": None}
    return {"evidence": found, "figures": figures_of(session, found.slug)}
