"""The texts of a section: what it said before and who wrote it, read, restored and settled."""

from __future__ import annotations

from flask import Blueprint, Response
from werkzeug.wrappers import Response as AnyResponse

from portal.access import Permission
from portal.accounts.views.base import ID, done
from portal.assessments.actions import section_writing
from portal.assessments.actions.section_writing import Outcome
from portal.assessments.booking_words import Part
from portal.assessments.forms.sections import VersionForm
from portal.assessments.models.drafting import Section
from portal.assessments.store import sections
from portal.assessments.store.sections import Kept
from portal.assessments.views.booking_base import ONE, Seen, booking_at, opened
from portal.assessments.views.draft_base import (
    NUMBER,
    crumbs_to,
    href_of,
    names_of,
    section_at,
    title_of,
    writable,
)
from portal.assessments.views.sections import beside, form_of
from portal.catalogue.views.base import database, place, reading, unknown
from portal.errors import Missing, Refused
from portal.web.guard import requires
from portal.web.i18n import _
from portal.web.pages import page, paging
from portal.web.people import act, current_person

blueprint = Blueprint("section_texts", __name__)
TEXTS = f"{ONE}/sections/{NUMBER}/texts"
TEXT = f"{TEXTS}/{ID}text_id>"
#: A text can be long.
MOST = 10


@blueprint.get(TEXTS)
@requires(Permission.READ_DRAFT, of=booking_at)
def index(reference: str, number: int) -> Response:
    """List what a section said, and what was set aside, the newest first."""
    before = place("before")
    with reading() as session:
        seen = opened(session, reference)
        section = section_at(session, seen, number)
        rows = sections.texts(session, section.id, before, MOST + 1)
        names = names_of(session, [row.actor for row in rows], seen)
    return _index(seen, section, rows, names)


def _index(seen: Seen, section: Section, rows: list[Kept], names: dict[str, str]) -> Response:
    following = {"before": rows[MOST - 1].id} if len(rows) > MOST else None
    return page(
        "assessments/section_texts.html",
        title=_("Earlier texts"),
        section=title_of(section),
        crumbs=crumbs_to(seen, section),
        seen=seen,
        row=section,
        texts=rows[:MOST],
        names=names,
        writable=writable(seen) and not section.carried,
        me=f"person:{current_person().id}",
        leads=Part.LEAD in seen.parts,
        href=href_of(seen, section),
        first=place("before") is None,
        ignored=unknown(at="before"),
        paging=paging(None, following),
    )


def _at(reference: str, number: int, text_id: int) -> tuple[Seen, Section, Kept]:
    with reading() as session:
        seen = opened(session, reference)
        section = section_at(session, seen, number)
        return seen, section, sections.text(session, section.id, text_id)


@blueprint.get(f"{TEXT}/compare")
@requires(Permission.WRITE_REPORT, of=booking_at)
def compare(reference: str, number: int, text_id: int) -> Response:
    """Show one's own text that was set aside beside what the section says."""
    seen, section, text = _at(reference, number, text_id)
    if text.version is not None or text.settled_at is not None:
        raise Missing("The text is not set aside")
    if text.actor != f"person:{current_person().id}":
        raise Refused("it is somebody else's")
    form = form_of(seen, section)
    form.show(text.said, section.version)
    answer = beside(reference, number, form, text_id)
    answer.status_code = 200
    return answer


def _restoring(seen: Seen, section: Section) -> VersionForm:
    if not writable(seen) or section.carried:
        raise Refused("the report is with others")
    form = VersionForm()
    form.go.label.text = _("Restore this text")
    return form


@blueprint.route(f"{TEXT}/restore", methods=("GET", "POST"))
@requires(Permission.WRITE_REPORT, of=booking_at)
def restore(reference: str, number: int, text_id: int) -> AnyResponse:
    """Ask before a section says again what it said, and have it say so."""
    seen, section, text = _at(reference, number, text_id)
    form = _restoring(seen, section)
    if not form.validate_on_submit():
        form.version.data = str(section.version)
        return _ask(seen, section, text, form, _("Restore this text?"))
    found = section_writing.restore(
        database(), reference, number, text_id, form.base, current_person(), act()
    )
    if found.outcome in (Outcome.SAVED, Outcome.SAME):
        return done(_("The text is restored. What it said before is kept."), href_of(seen, section))
    again = form_of(seen, section)
    again.show(text.said, section.version)
    return beside(reference, number, again, found.text_id or 0)


@blueprint.route(f"{TEXT}/settle", methods=("GET", "POST"))
@requires(Permission.WRITE_REPORT, of=booking_at)
def settle(reference: str, number: int, text_id: int) -> AnyResponse:
    """Ask before a text is left aside for good, and leave it."""
    seen, section, text = _at(reference, number, text_id)
    form = VersionForm()
    form.go.label.text = _("Leave it aside")
    if not form.validate_on_submit():
        return _ask(seen, section, text, form, _("Leave this text aside?"))
    section_writing.settle(database(), reference, number, text_id, current_person(), act())
    return done(_("The text is left aside. It can still be read."), href_of(seen, section))


def _ask(seen: Seen, section: Section, text: Kept, form: VersionForm, title: str) -> Response:
    with reading() as session:
        names = names_of(session, [text.actor], seen)
    return page(
        "assessments/section_text.html",
        title=title,
        section=title_of(section),
        crumbs=crumbs_to(seen, section),
        row=section,
        text=text,
        by=names[text.actor],
        said=sections.said_of(section),
        form=form,
        href=href_of(seen, section),
    )
