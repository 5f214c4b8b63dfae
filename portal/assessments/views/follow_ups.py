"""The actions of one assessment: what is to be put right, its evidence, and what became of it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from flask import Blueprint, Response, current_app
from werkzeug.wrappers import Response as AnyResponse

from portal.access import Permission
from portal.accounts.views.base import ID, done, form_page, not_done
from portal.assessments.actions import assess_again
from portal.assessments.actions import follow_ups as acts
from portal.assessments.actions.follow_ups import Wanted
from portal.assessments.booking_words import Part
from portal.assessments.forms.publication import DeedForm, GoForm
from portal.assessments.rules import follow_ups as rules
from portal.assessments.rules.confidentiality import Sees
from portal.assessments.rules.follow_ups import Deed
from portal.assessments.store import follow_ups, publication
from portal.assessments.views.booking_base import ONE, Seen, booking_at, opened
from portal.assessments.views.report_drafts import about
from portal.assessments.words import AssessmentKind
from portal.catalogue.forms.labels import label
from portal.catalogue.views.base import database, reading
from portal.digits import id_in
from portal.errors import Invalid, Missing, Refused, Stale
from portal.web.formats import Format, formats, respond_list
from portal.web.guard import requires
from portal.web.i18n import _
from portal.web.people import act, current_person

if TYPE_CHECKING:
    from sqlalchemy.orm import Session

blueprint = Blueprint("follow_ups", __name__)
HERE = f"{ONE}/actions"
BOTH = ("GET", "POST")
COLUMNS = ("id", "number", "point", "rating", "text", "owner", "due_on", "state", "answer")
ACTION = f"{HERE}/{ID}action_id>"
KINDS = ", ".join(repr(str(kind)) for kind in assess_again.AGAIN)


def _any(part: Part) -> str:
    """What somebody who is this part can do with actions, for a route."""
    return ", ".join(repr(str(deed)) for deed, (_of, by, _to) in rules.TABLE.items() if part in by)


def _seen(session: Session, reference: str) -> Seen:
    """The booking, for whoever may see its actions. Raises Missing, Refused."""
    seen = opened(session, reference)
    if Sees.FOLLOW_UPS not in seen.sees:
        raise Refused("its actions are not for them")
    return seen


@formats(blueprint, HERE)
@requires(Permission.SEE_BOOKING, of=booking_at)
def index(reference: str, fmt: Format) -> Response:
    """List the actions of an assessment in the order of its points."""
    with reading() as session:
        seen = _seen(session, reference)
        rows = follow_ups.of_booking(session, seen.booking.id)
        later = [] if rows else follow_ups.all_of(session, seen.booking.id)
        after = publication.followers(session, seen.booking)
        again = assess_again.possible(session, seen.booking, seen.parts, after)
    return respond_list(
        fmt,
        page=lambda: _index(seen, rows, again=again, followers=after, later=later),
        rows=lambda: ({name: getattr(row, name) for name in COLUMNS} for row in rows),
        columns=COLUMNS,
        name=f"assessment-{reference}-actions",
        bounded=True,
    )


def _index(seen: Seen, rows: list[follow_ups.Row], **more: Any) -> Response:
    ages = {row.id: rules.age(row.due_on, seen.day) for row in rows if row.state in rules.OPEN}
    return about(seen, "actions", _("Actions"), rows=rows, over=ages, **more)


@blueprint.get(ACTION)
@requires(Permission.SEE_BOOKING, of=booking_at)
def show(reference: str, action_id: int) -> Response:
    """Show one action with its evidence."""
    with reading() as session:
        seen = _seen(session, reference)
        found = follow_ups.get(session, seen.booking.id, action_id)
        row = follow_ups.row_of(session, action_id)
    return about(
        seen, "action", _("Action from point %(number)s", number=row.number), below=_below(seen),
        found=found, row=row,
        deeds=[(each, _page(each, seen)) for each in rules.deeds(found.state, seen.parts)],
        over=rules.age(row.due_on, seen.day) if found.state in rules.OPEN else None,
    )  # fmt: skip


def _page(deed: Deed, seen: Seen) -> str:
    """Where somebody does it, below the action."""
    if deed is Deed.EVIDENCE:
        return "evidence"
    part = Part.LEAD if Part.LEAD in rules.TABLE[deed][1] & seen.parts else Part.ASSURANCE
    return f"{'review' if part is Part.LEAD else 'decide'}/{deed}"


def _below(seen: Seen) -> list[tuple[str, str]]:
    return [(_("Actions"), f"{seen.href}/actions")]


@blueprint.route(f"{ACTION}/evidence", methods=BOTH)
@requires(Permission.ANSWER_FOR_BOOKING, of=booking_at)
def evidence(reference: str, action_id: int) -> AnyResponse:
    """Say what was done, and where it can be seen."""
    return _do(reference, action_id, Deed.EVIDENCE)


@blueprint.route(f"{ACTION}/review/<any({_any(Part.LEAD)}):deed>", methods=BOTH)
@requires(Permission.LEAD_PANEL, of=booking_at)
def review(reference: str, action_id: int, deed: str) -> AnyResponse:
    """Say whether the evidence is enough, or escalate an action, as its lead assessor."""
    return _do(reference, action_id, Deed(deed))


@blueprint.route(f"{ACTION}/decide/<any({_any(Part.ASSURANCE)}):deed>", methods=BOTH)
@requires(Permission.RUN_BOOKING, of=booking_at)
def decide(reference: str, action_id: int, deed: str) -> AnyResponse:
    """The same for the assurance team, which also accepts risks and opens actions again."""
    return _do(reference, action_id, Deed(deed))


def _do(reference: str, action_id: int, asked: Deed) -> AnyResponse:
    with reading() as session:
        seen = _seen(session, reference)
        found = follow_ups.get(session, seen.booking.id, action_id)
        row = follow_ups.row_of(session, action_id)
    if asked not in rules.deeds(found.state, seen.parts):
        raise Missing("There is nothing of this sort to do now")
    form = DeedForm(asked, data={"version": str(found.version)})
    if form.validate_on_submit() and (answer := _done(form, seen, action_id, asked)):
        return answer
    below = [*_below(seen), (_("One action"), f"{seen.href}/actions/{action_id}")]
    said = [row.text, *[given.text for given in found.evidence[-1:]]]
    return about(seen, "booking_form", label(asked, "deed"), form, below=below, told=said)


def _done(form: DeedForm, seen: Seen, action_id: int, deed: Deed) -> AnyResponse | None:
    back = f"{seen.href}/actions/{action_id}"
    address = form.address.data if "address" in form else None
    wanted = Wanted(deed, form.text.data or "", address or None)
    try:
        acts.do(
            database(), seen.booking.reference, action_id,
            id_in(form.version.data), wanted, current_person(), act(),
            str(current_app.extensions["portal"].settings.public_url),
        )  # fmt: skip
    except Invalid as problem:
        form.refuse(problem)
        return None
    except Stale:
        return not_done(_("The action changed since you opened it."), back)
    return done(_("That is done."), back)


@blueprint.route(f"{ONE}/assess-again/<any({KINDS}):kind>", methods=BOTH)
@requires(Permission.ANSWER_FOR_BOOKING, of=booking_at)
def again(reference: str, kind: str) -> AnyResponse:
    """Begin to book the assessment that looks at these points again."""
    asked = AssessmentKind(kind)
    with reading() as session:
        seen = _seen(session, reference)
        if asked not in assess_again.possible(session, seen.booking, seen.parts):
            raise Missing("There is nothing to assess again, or it is booked already")
        numbers = assess_again.numbers(session, seen.booking)[asked]
    form = GoForm(label(asked, "assess_again"))
    if form.validate_on_submit():
        return _begun(seen, asked)
    crumbs = [*seen.crumbs, *_below(seen)]
    return form_page(form, label(asked, "assess_again"), crumbs, rows=_again_rows(seen, numbers))


def _begun(seen: Seen, kind: AssessmentKind) -> AnyResponse:
    reference = seen.booking.reference
    try:
        made = assess_again.begin(database(), reference, kind, current_person(), act())
    except Refused:
        return not_done(_("It is booked already."), f"{seen.href}/actions")
    return done(_("The booking is begun. Complete it, then submit it."), f"/assessments/{made}")


def _again_rows(seen: Seen, numbers: list[int]) -> list[dict[str, Any]]:
    return [
        {"key": _("After"), "value": f"{seen.title}, {seen.booking.reference}"},
        {"key": _("Points to be looked at again"), "value": ", ".join(map(str, numbers))},
        {"key": _("All other points"), "value": _("Carried forward as they are")},
    ]
