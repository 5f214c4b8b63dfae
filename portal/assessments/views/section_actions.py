"""What the panel asks of the team at a point: added, changed and taken back while it writes."""

from __future__ import annotations

from flask import Blueprint, Response
from werkzeug.wrappers import Response as AnyResponse

from portal.access import Permission
from portal.accounts.views.base import ID, done, form_page
from portal.assessments.actions import asking
from portal.assessments.forms.sections import ActionForm, VersionForm
from portal.assessments.models.drafting import Section
from portal.assessments.models.publishing import FollowUp
from portal.assessments.rules.drafting import WHOLE
from portal.assessments.store import point_actions
from portal.assessments.views.booking_base import ONE, Seen, booking_at, opened
from portal.assessments.views.draft_base import (
    NUMBER,
    crumbs_to,
    href_of,
    section_at,
    title_of,
    writable,
)
from portal.catalogue.views.base import database, reading
from portal.errors import Invalid, Refused, Stale
from portal.web.guard import requires
from portal.web.i18n import _
from portal.web.people import act, current_person

blueprint = Blueprint("section_actions", __name__)
ACTIONS = f"{ONE}/sections/{NUMBER}/actions"
ACTION = f"{ACTIONS}/{ID}action_id>"


def _at(reference: str, number: int) -> tuple[Seen, Section]:
    with reading() as session:
        seen = opened(session, reference)
        section = section_at(session, seen, number)
    if not writable(seen) or section.carried or section.number == WHOLE:
        raise Refused("nothing can be asked here now")
    return seen, section


@blueprint.route(f"{ACTIONS}/new", methods=("GET", "POST"))
@requires(Permission.WRITE_REPORT, of=booking_at)
def add(reference: str, number: int) -> AnyResponse:
    """Ask the team to do something about a point."""
    seen, section = _at(reference, number)
    form = ActionForm()
    if form.validate_on_submit():
        asking.ask(
            database(),
            reference,
            number,
            form.text.data or "",
            form.owner.data,
            current_person(),
            act(),
        )
        return done(_("The action is added."), href_of(seen, section))
    return _page(seen, section, form, _("Add an action"))


@blueprint.route(ACTION, methods=("GET", "POST"))
@requires(Permission.WRITE_REPORT, of=booking_at)
def change(reference: str, number: int, action_id: int) -> AnyResponse:
    """Say an action in other words."""
    seen, section = _at(reference, number)
    row = _row(section, action_id)
    form = ActionForm(data={"text": row.text, "owner": row.owner})
    if not form.is_submitted():
        form.version.data = str(row.version)
    elif form.validate():
        return _change(seen, section, row, form)
    return _page(seen, section, form, _("Change an action"))


def _change(seen: Seen, section: Section, row: FollowUp, form: ActionForm) -> AnyResponse:
    try:
        asking.change(
            database(), seen.booking.reference, section.number, row.id, form.base,
            form.text.data or "", form.owner.data, current_person(), act(),
        )  # fmt: skip
        return done(_("The action is saved."), href_of(seen, section))
    except Stale as problem:
        form.refuse(Invalid("text", problem.marked))
        form.version.data = str(row.version)
        return _page(seen, section, form, _("Change an action"), row)


def _row(section: Section, action_id: int) -> FollowUp:
    with reading() as session:
        return point_actions.at(session, section.id, action_id)


@blueprint.route(f"{ACTION}/take-back", methods=("GET", "POST"))
@requires(Permission.WRITE_REPORT, of=booking_at)
def take_back(reference: str, number: int, action_id: int) -> AnyResponse:
    """Ask before an action is taken back, and take it back."""
    seen, section = _at(reference, number)
    row = _row(section, action_id)
    form = VersionForm()
    form.go.label.text = _("Take the action back")
    if form.validate_on_submit():
        try:
            asking.take_back(
                database(), reference, number, action_id, form.base, current_person(), act()
            )
            return done(_("The action is taken back."), href_of(seen, section))
        except Stale as problem:
            form.refuse(Invalid("go", problem.marked))
    form.version.data = str(row.version)
    return _page(seen, section, form, _("Take this action back?"), row)


def _page(
    seen: Seen, section: Section, form: VersionForm, title: str, row: FollowUp | None = None
) -> Response:
    rows = [] if row is None else [
        {"key": _("What the team has to do"), "value": row.text},
        {"key": _("Who in the team"), "value": row.owner},
    ]  # fmt: skip
    return form_page(form, title, crumbs_to(seen, section), section=title_of(section), rows=rows)
