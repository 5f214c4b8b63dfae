"""Correct a published report, or take it back."""

from __future__ import annotations

from dataclasses import replace
from urllib.parse import urlsplit

from flask import Blueprint, Response, current_app, request
from werkzeug.exceptions import HTTPException
from werkzeug.wrappers import Response as AnyResponse

from portal.access import Permission
from portal.accounts.views.base import done
from portal.assessments.actions import publishing
from portal.assessments.actions.publishing import Correction, Wanted
from portal.assessments.booking_words import State, VersionKind
from portal.assessments.forms.publication import CorrectForm, UnpublishForm
from portal.assessments.store import publication, report_record, sections
from portal.assessments.views.booking_base import ONE, Seen, booking_at, opened
from portal.assessments.views.report_drafts import about
from portal.catalogue.views.base import database, reading
from portal.errors import N_, Invalid, Missing, Refused, Stale
from portal.web.guard import requires
from portal.web.i18n import _
from portal.web.people import act, current_person

blueprint = Blueprint("report_corrections", __name__)
BOTH = ("GET", "POST")


def _published(reference: str) -> Seen:
    """The booking of a report that is published now. Raises Missing."""
    with reading() as session:
        seen = opened(session, reference)
    if seen.booking.state is not State.PUBLISHED:
        raise Missing("The report is not published")
    return seen


def _url() -> str:
    return str(current_app.extensions["portal"].settings.public_url)


def _number(text: str | None) -> int:
    return int(text) if text and text.isdigit() and len(text) < 10 else 0


@blueprint.get(f"{ONE}/correct")
@requires(Permission.RUN_BOOKING, of=booking_at)
def index(reference: str) -> Response:
    """Choose the part of a report that is to be corrected."""
    seen = _published(reference)
    with reading() as session:
        rows = sections.of_booking(session, seen.booking.id)
    return about(seen, "correct_which", _("Correct the report"), rows=rows)


@blueprint.route(f"{ONE}/correct/<int(max=99):number>", methods=BOTH)
@requires(Permission.RUN_BOOKING, of=booking_at)
def correct(reference: str, number: int) -> AnyResponse:
    """Correct one part of it."""
    seen = _published(reference)
    with reading() as session:
        row = sections.at(session, seen.booking.id, number)
    data = {name: getattr(row, name) for name in publication.TEXTS}
    form = CorrectForm(data={**data, "version": str(seen.booking.version)})
    if form.validate_on_submit() and (answer := _corrected(form, seen, number)):
        return answer
    below = [(_("Correct the report"), f"{seen.href}/correct")]
    return about(seen, "correct", _("Correct the report"), form, below=below, row=row)


def _corrected(form: CorrectForm, seen: Seen, number: int) -> AnyResponse | None:
    kind = VersionKind(form.kind.data)
    said = Correction(kind, form.note.data or None, bool(form.withhold.data))
    wanted = Wanted(number, form.values(), said, bool(form.keep.data))
    try:
        publishing.correct(
            database(), seen.booking.reference, _number(form.version.data), wanted,
            current_person(), replace(act(), reason=form.why.data), _url(),
        )  # fmt: skip
    except Invalid as problem:
        form.refuse(problem)
        return None
    except (Refused, Stale) as problem:
        form.refuse(Invalid("", problem.marked, **problem.values))
        return None
    return done(_("The correction is published."), f"/reports/{seen.booking.report_slug}")


@blueprint.route(f"{ONE}/unpublish", methods=BOTH)
@requires(Permission.RUN_BOOKING, of=booking_at)
def unpublish(reference: str) -> AnyResponse:
    """Take a report back."""
    seen = _published(reference)
    form = UnpublishForm(data={"version": str(seen.booking.version)})
    if form.validate_on_submit() and (answer := _taken_back(form, seen)):
        return answer
    said = _("The report leaves all lists, figures, feeds and searches. The assurance team can"
             " publish it again.")  # fmt: skip
    return about(seen, "booking_form", _("Take the report back"), form, told=[said])


def _leads_somewhere(address: str | None) -> None:
    """Raises Invalid for an address at which the portal has no page."""
    adapter = current_app.create_url_adapter(request)
    if not address or adapter is None:
        return
    path = urlsplit(address).path
    try:
        endpoint, named = adapter.match(path, method="GET")
        if endpoint == "reports.show":
            with reading() as session:
                report_record.heading(session, named["slug"])
    except (HTTPException, Missing):
        problem = N_("Enter the address of a page that there is")
        raise Invalid("goes_to", problem) from None


def _taken_back(form: UnpublishForm, seen: Seen) -> AnyResponse | None:
    try:
        _leads_somewhere(form.goes_to.data)
        publishing.unpublish(
            database(), seen.booking.reference, _number(form.version.data),
            form.goes_to.data or None, current_person(),
            replace(act(), reason=form.reason.data), _url(),
        )  # fmt: skip
    except Invalid as problem:
        form.refuse(problem)
        return None
    except (Refused, Stale) as problem:
        form.refuse(Invalid("", problem.marked, **problem.values))
        return None
    return done(_("The report is no longer published."), seen.href)
