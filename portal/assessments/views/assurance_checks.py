"""The assurance check: the draft as it will read, and what of it may not be for the public."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from flask import Blueprint, Response
from werkzeug.wrappers import Response as AnyResponse

from portal.access import Permission
from portal.accounts.views.base import done, not_done
from portal.assessments.actions import publication_check as acts
from portal.assessments.actions.follow_ups import will_follow
from portal.assessments.actions.publication_check import Flagged
from portal.assessments.forms.publication import FlagForm
from portal.assessments.models.drafting import Section
from portal.assessments.rules import report_writing
from portal.assessments.store import point_actions, publication, sections
from portal.assessments.views.booking_base import ONE, Seen, booking_at, opened
from portal.assessments.views.report_drafts import about, told
from portal.catalogue.views.base import database, reading
from portal.errors import Invalid, Missing, Stale
from portal.web.guard import requires
from portal.web.i18n import _
from portal.web.people import act, current_person

if TYPE_CHECKING:
    pass

blueprint = Blueprint("assurance_checks", __name__)
HERE = f"{ONE}/check"


@blueprint.get(HERE)
@requires(Permission.RUN_BOOKING, of=booking_at)
def show(reference: str) -> Response:
    """Show the draft as it will read, with what somebody has to decide about first."""
    with reading() as session:
        seen = opened(session, reference)
        rows = sections.of_booking(session, seen.booking.id)
        flags = acts.flagged(session, seen.booking, rows)
        asked = point_actions.of_sections(session, [row.id for row in rows])
    waiting, kept = ([f for f in flags if (f.kept_because is None) == new] for new in (True, False))
    return about(
        seen, "assurance_check", _("Assurance check"), open=seen.booking.state in acts.OPEN,
        waiting=_once(waiting), kept=_once(kept),
        follow=[(r, *each) for r in rows for each in will_follow(r, asked.get(r.id, []))],
        **draft_of(seen, rows),
    )  # fmt: skip


def draft_of(seen: Seen, rows: list[Section]) -> dict[str, Any]:
    """What the report says now, as its page will: points in a table, texts under headings."""
    parts = publication.parts(rows)
    return {
        "points": [part for part in parts if part.number and part.rating],
        "unrated": [part for part in parts if part.number and not part.rating],
        "sections": told(report_writing.sections(parts, seen.booking.result_reason)),
        "report_title": report_writing.title_of(
            seen.booking.name, seen.booking.stage, seen.booking.kind
        ),
    }


def _once(flags: list[Flagged]) -> list[Flagged]:
    """The same words of one section once: they are decided about together."""
    found = {(each.section_id, each.mark): each for each in reversed(flags)}
    return list(reversed(found.values()))


@blueprint.route(f"{HERE}/<int(max=99):number>/<string(length=64):mark>", methods=("GET", "POST"))
@requires(Permission.RUN_BOOKING, of=booking_at)
def decide(reference: str, number: int, mark: str) -> AnyResponse:
    """Take words out of the draft, or let them stay."""
    with reading() as session:
        seen = opened(session, reference)
        every = acts.flagged(session, seen.booking)
    flags = [each for each in every if (each.number, each.mark) == (number, mark)]
    if not flags or seen.booking.state not in acts.OPEN:
        raise Missing("There are no such words")
    form = FlagForm(data={"reason": flags[0].kept_because})
    if form.validate_on_submit() and (answer := _decided(form, seen, number, mark)):
        return answer
    title = _("Words that may not be for the public")
    below = [(_("Assurance check"), f"{seen.href}/check")]
    return about(seen, "flag", title, form, below=below, flags=flags)


def _decided(form: FlagForm, seen: Seen, number: int, mark: str) -> AnyResponse | None:
    back = f"{seen.href}/check"
    try:
        left = acts.decide(
            database(), seen.booking.reference, number, mark, form.said(), current_person(), act()
        )
    except Invalid as problem:
        form.refuse(problem)
        return None
    except Stale:
        return not_done(_("These words are no longer in the report."), back)
    if left:
        return done(_("Your decision is saved."), back)
    return done(_("Your decision is saved. Nothing more has to be decided."), back)
