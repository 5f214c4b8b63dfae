"""Correct a published report, or take it back."""

from __future__ import annotations

from dataclasses import replace
from urllib.parse import urlsplit

from flask import Blueprint, Response, current_app, request
from werkzeug.exceptions import HTTPException
from werkzeug.wrappers import Response as AnyResponse

from portal.access import Permission
from portal.accounts.views.base import done
from portal.assessments.actions import correcting, publishing
from portal.assessments.booking_words import State
from portal.assessments.forms.publication import CorrectForm, UnpublishForm
from portal.assessments.forms.sections import in_words
from portal.assessments.models.bookings import Booking
from portal.assessments.models.drafting import Section
from portal.assessments.rules import pinning, workflow
from portal.assessments.rules.decision import Point, doubts
from portal.assessments.rules.ratings import of_point, of_whole
from portal.assessments.store import (
    point_actions,
    publication,
    report_record,
    section_plans,
    sections,
)
from portal.assessments.views.booking_base import ONE, Seen, booking_at, opened
from portal.assessments.views.report_drafts import about
from portal.assessments.words import RatingScheme
from portal.catalogue.views.base import database, reading
from portal.digits import id_in
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
        stands = section_plans.stands(session, row)
        points = point_actions.points_of(session, seen.booking.id)
    form = _form(seen.booking, row, stands.verbatim if stands else row.verbatim)
    if form.validate_on_submit() and (answer := _corrected(form, seen, number)):
        return answer
    below = [(_("Correct the report"), f"{seen.href}/correct")]
    found = _doubts(form, seen.booking, number, points)
    return about(seen, "correct", _("Correct the report"), form, below=below, row=row, doubts=found)


def _form(booking: Booking, row: Section, stands: str | None) -> CorrectForm:
    data = {name: getattr(row, name) for name in (*publication.TEXTS, "verbatim")}
    chosen = pinning.reason_of(booking.pinned_because)
    form = CorrectForm(data={
        **data, "version": str(booking.version), "result": booking.result_verbatim,
        "result_reason": booking.result_reason, "name": booking.name,
        "chosen_because": chosen,
    })  # fmt: skip
    form.of_section(row.number, bool(chosen))
    if booking.scheme is not None and workflow.rated(booking.stage, booking.kind):
        form.rate_in(booking.scheme, _offered(booking.scheme, row, stands))
    else:
        form.unrated()
    return form


def _offered(scheme: RatingScheme, row: Section, stands: str | None) -> list[str]:
    """How a point can be rated: one that is carried forward as the assessment that found it so
    rates it now, since it is rated there.
    """
    if row.verbatim is None:
        return []
    words = [row.verbatim, stands or row.verbatim] if row.carried else of_point(scheme)
    return list(dict.fromkeys(words))


def _doubts(form: CorrectForm, booking: Booking, number: int, points: list[Point]) -> list[str]:
    """How a result that was sent disagrees with the points as they would be rated."""
    scheme = booking.scheme
    result = of_whole(scheme).get(form.result.data) if scheme and "result" in form else None
    if scheme is None or result is None or not form.errors:
        return []
    rated = of_point(scheme).get(form.verbatim.data) if "verbatim" in form else None
    then = [replace(each, rating=rated) if rated and each.number == number else each
            for each in points]  # fmt: skip
    return [in_words(each) for each in doubts(result, then)]


def _corrected(form: CorrectForm, seen: Seen, number: int) -> AnyResponse | None:
    try:
        correcting.correct(
            database(), seen.booking.reference, id_in(form.version.data), form.wanted(number),
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
    try:
        endpoint, named = adapter.match(urlsplit(address).path, method="GET")
        if endpoint == "reports.show":
            with reading() as session:
                report_record.heading(session, named["slug"])
    except (HTTPException, Missing, ValueError):
        problem = N_("Enter the address of a page that there is")
        raise Invalid("goes_to", problem) from None


def _taken_back(form: UnpublishForm, seen: Seen) -> AnyResponse | None:
    try:
        _leads_somewhere(form.goes_to.data)
        publishing.unpublish(
            database(), seen.booking.reference, id_in(form.version.data),
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
