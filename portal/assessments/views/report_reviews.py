"""Team review: the team reads the draft and challenges it, the panel answers."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from flask import Blueprint, Response, request
from werkzeug.wrappers import Response as AnyResponse

from portal.access import Permission
from portal.accounts.views.base import ID, done, form_page, not_done
from portal.assessments.actions import challenges as acts
from portal.assessments.booking_words import ChallengeState, Part, State
from portal.assessments.forms.publication import AnswerForm, ChallengeForm, GoForm
from portal.assessments.models.drafting import Challenge, Section
from portal.assessments.models.publishing import FollowUp
from portal.assessments.rules.confidentiality import Sees
from portal.assessments.rules.workflow import SHOWN_TO_TEAM
from portal.assessments.store import challenges, point_actions, sections
from portal.assessments.views.assurance_checks import draft_of
from portal.assessments.views.booking_base import ONE, Seen, booking_at, opened
from portal.assessments.views.report_drafts import about
from portal.catalogue.views.base import database, reading
from portal.catalogue.views.editing_base import public_url
from portal.errors import Invalid, Missing, Refused, Stale
from portal.web.guard import requires
from portal.web.i18n import _
from portal.web.people import act, current_person

if TYPE_CHECKING:
    from sqlalchemy.orm import Session

blueprint = Blueprint("report_reviews", __name__)
HERE = f"{ONE}/review"
BOTH = ("GET", "POST")
PLACE = f"{HERE}/<int(max=99):number>/<any({', '.join(acts.FIELDS)}):field>/<int(max=999):at>"
_PANEL = frozenset({Part.LEAD, Part.ASSESSOR})


def _seen(session: Session, reference: str) -> Seen:
    """The booking, for whoever may read its draft. Raises Missing, Refused."""
    seen = opened(session, reference)
    if Sees.DRAFT not in seen.sees:
        raise Refused("the draft is not for them, or not yet")
    return seen


@blueprint.get(HERE)
@requires(Permission.SEE_BOOKING, of=booking_at)
def show(reference: str) -> Response:
    """Show the draft by paragraphs, what is challenged of it, and the answers."""
    with reading() as session:
        seen = _seen(session, reference)
        rows = sections.of_booking(session, seen.booking.id)
        every = challenges.of_booking(session, seen.booking.id)
        asked = point_actions.of_sections(session, [row.id for row in rows])
    return about(seen, "report_review", _("Draft report"), **_around(seen, rows, every, asked))


def _around(
    seen: Seen, rows: list[Section], every: list[Challenge], asked: dict[int, list[FollowUp]]
) -> dict[str, Any]:
    """The paragraphs, the challenges, and what the reader can do now."""
    booking, team = seen.booking, Part.TEAM in seen.parts
    return {
        **draft_of(seen, rows),
        "with_team": booking.state in SHOWN_TO_TEAM,
        "parts": [
            (row, acts.texts_of(booking, row, asked.get(row.id, [])))
            for row in rows
            if row.number == 0 or not row.carried
        ],
        "numbers": {row.id: row for row in rows},
        "sent": [each for each in every if each.sent_at],
        "unsent": [each for each in every if not each.sent_at] if team else [],
        "challenging": team and booking.state is State.TEAM_REVIEW,
        "answering": bool(seen.parts & _PANEL) and booking.state is State.PANEL_AMENDS,
        "clock": next((c for c in booking.clocks if c.kind == "answer" and not c.ended_on), None),
    }


def _below(seen: Seen) -> list[tuple[str, str]]:
    return [(_("Draft report"), f"{seen.href}/review")]


@blueprint.route(PLACE, methods=BOTH)
@requires(Permission.ANSWER_FOR_BOOKING, of=booking_at)
def challenge(reference: str, number: int, field: str, at: int) -> AnyResponse:
    """Challenge one paragraph."""
    with reading() as session:
        seen = _seen(session, reference)
        row = sections.at(session, seen.booking.id, number)
        asked = point_actions.of_sections(session, [row.id]).get(row.id, [])
    texts = acts.texts_of(seen.booking, row, asked).get(field, [])
    if seen.booking.state is not State.TEAM_REVIEW or at >= len(texts):
        raise Missing("There is no such paragraph to challenge")
    form = ChallengeForm()
    if form.validate_on_submit() and (answer := _write(form, seen, number)):
        return answer
    form.paragraph.data = form.paragraph.data or texts[at]
    said = {"paragraph": form.paragraph.data, "challenge": None}
    title = _("Challenge a paragraph")
    return about(seen, "challenge", title, form, below=_below(seen), **said)


def _write(form: ChallengeForm, seen: Seen, number: int) -> AnyResponse | None:
    back = f"{seen.href}/review"
    try:
        acts.write(
            database(), seen.booking.reference, number,
            (request.form.get("paragraph") or "").replace("\r\n", "\n"), form.text.data or "",
            current_person(), act(),
        )  # fmt: skip
    except Invalid as problem:
        form.refuse(problem)
        return None
    except Stale:
        return not_done(_("The report changed since you opened it. Read it again."), back)
    return done(_("Your challenge is saved. Send all of them together when you are ready."), back)


def _at(reference: str, challenge_id: int) -> tuple[Seen, Challenge]:
    with reading() as session:
        seen = _seen(session, reference)
        return seen, challenges.get(session, seen.booking.id, challenge_id)


@blueprint.route(f"{HERE}/challenges/{ID}challenge_id>/remove", methods=BOTH)
@requires(Permission.ANSWER_FOR_BOOKING, of=booking_at)
def remove(reference: str, challenge_id: int) -> AnyResponse:
    """Forget a challenge that was not sent: ask first."""
    seen, row = _at(reference, challenge_id)
    if row.sent_at or seen.booking.state is not State.TEAM_REVIEW:
        raise Missing("There is no such challenge to remove")
    form = GoForm(_("Remove the challenge"))
    if form.validate_on_submit():
        acts.remove(database(), reference, challenge_id, current_person(), act())
        return done(_("The challenge is removed."), f"{seen.href}/review")
    rows = [
        {"key": _("Paragraph"), "value": row.paragraph}, {"key": _("Challenge"), "value": row.text},
    ]  # fmt: skip
    return form_page(form, _("Remove a challenge"), [*seen.crumbs, *_below(seen)], rows=rows)


@blueprint.route(f"{HERE}/challenges/{ID}challenge_id>/answer", methods=BOTH)
@requires(Permission.WRITE_REPORT, of=booking_at)
def answer(reference: str, challenge_id: int) -> AnyResponse:
    """Say what becomes of a challenged paragraph."""
    seen, row = _at(reference, challenge_id)
    if not row.sent_at or seen.booking.state is not State.PANEL_AMENDS:
        raise Missing("There is no such challenge to answer")
    answered = row.state is not ChallengeState.WAITING
    form = AnswerForm(data={"state": row.state if answered else None, "answer": row.answer})
    if form.validate_on_submit() and (done_now := _answered(form, seen, challenge_id)):
        return done_now
    said = {"paragraph": row.paragraph, "challenge": row}
    return about(seen, "challenge", _("Answer a challenge"), form, below=_below(seen), **said)


def _answered(form: AnswerForm, seen: Seen, challenge_id: int) -> AnyResponse | None:
    amended = form.state.data == ChallengeState.AMENDED
    back = f"{seen.href}/review"
    try:
        left = acts.answer(
            database(), seen.booking.reference, challenge_id, amended, form.answer.data or "",
            current_person(), act(), public_url(),
        )  # fmt: skip
    except Invalid as problem:
        form.refuse(problem)
        return None
    except Stale:
        return not_done(_("The report is no longer with the panel."), back)
    if left:
        return done(_("The answer is saved."), back)
    return done(_("The answer is saved. All challenges are answered now."), back)
