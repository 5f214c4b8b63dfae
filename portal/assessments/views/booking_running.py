"""What the assurance team decides about a booking: the panel, the standard, the days."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, url_for
from werkzeug.wrappers import Response as AnyResponse

from portal.access import Permission
from portal.accounts.views.base import ID, done, form_page, not_done
from portal.assessments.actions import booking_sessions, booking_submitting
from portal.assessments.actions.booking_sessions import Planned, Unusual
from portal.assessments.booking_words import PanelBy, Part, State
from portal.assessments.forms.booking import RemoveForm, TaskForm
from portal.assessments.forms.booking_running import AcceptForm, SessionForm, VersionForm
from portal.assessments.rules import sessions
from portal.assessments.rules.confidentiality import Sees
from portal.assessments.rules.workflow import AHEAD
from portal.assessments.store import standard_lists
from portal.assessments.views.booking_base import ONE, Seen, booking_at, opened
from portal.assessments.views.booking_facts import about_of, standard_of
from portal.assessments.views.booking_sending import saved, sent
from portal.catalogue.views.base import database, reading
from portal.catalogue.views.editing_base import public_url
from portal.errors import Missing
from portal.web.filters import long_date
from portal.web.guard import requires
from portal.web.i18n import _
from portal.web.pages import page

blueprint = Blueprint("booking_running", __name__)
BOTH = ("GET", "POST")
SESSIONS = f"{ONE}/sessions"


def _late(seen: Seen) -> AnyResponse:
    return not_done(_("This can no longer be done: the assessment has moved on."), seen.href)


@blueprint.route(f"{ONE}/accept", methods=BOTH)
@requires(Permission.RUN_BOOKING, of=booking_at)
def accept(reference: str) -> AnyResponse:
    """Accept a booking, and say whose assessors sit on the panel."""
    with reading() as session:
        seen = opened(session, reference)
        worked_out = about_of(session, seen)
    if seen.booking.state is not State.SUBMITTED:
        return _late(seen)
    form = AcceptForm(seen.day, data=_base(seen) | {"panel_by": seen.booking.panel_by})
    if form.validate_on_submit() and saved(form, seen, lambda: _accept(seen, form)) is not None:
        return done(_("The booking is accepted. The team is told."), _still(seen))
    more = {"worked_out": worked_out, "template": "assessments/booking_accept.html"}
    return _page(seen, form, _("Accept this booking"), **more)


def _still(seen: Seen) -> str:
    """The booking, unless accepting handed it to another assurance team."""
    with reading() as session:
        try:
            return opened(session, seen.booking.reference).href
        except Missing:
            return url_for("bookings.index")


def _base(seen: Seen) -> dict[str, Any]:
    return {"version": str(seen.booking.version)}


def _accept(seen: Seen, form: AcceptForm) -> bool:
    panel = PanelBy(form.panel_by.data)
    booking_submitting.accept(database(), sent(seen, form), panel, public_url())
    return True


def _page(seen: Seen, form: TaskForm, title: str, **more: Any) -> AnyResponse:
    crumbs = [*seen.crumbs, *more.pop("above", ())]
    return form_page(form, title, crumbs, section=seen.title, seen=seen, **more)


@blueprint.route(f"{ONE}/standard", methods=BOTH)
@requires(Permission.RUN_BOOKING, of=booking_at)
def standard(reference: str) -> AnyResponse:
    """Say that another version of the standard holds, and why."""
    with reading() as session:
        seen = opened(session, reference)
        known = standard_lists.published(session)
        now = standard_of(session, seen)
    if seen.booking.state not in AHEAD:
        return _late(seen)
    form = VersionForm(seen.day, data=_base(seen))
    form.offer({str(each.id): f"{each.name}: {each.title}" for each in known})
    if form.validate_on_submit() and saved(form, seen, lambda: _override(seen, form)) is not None:
        return done(_("Your change is saved."), seen.href)
    rows = [{"key": _("Now"), "value": now["name"]}, {"key": _("Why"), "value": now["why"]}]
    return _page(seen, form, _("Choose another version of the standard"), rows=rows)


def _override(seen: Seen, form: VersionForm) -> bool:
    reason = form.reason.data or ""
    it = sent(seen, form, reason)
    return booking_submitting.override(database(), it, int(form.chosen.data), reason)


@blueprint.get(SESSIONS)
@requires(Permission.SEE_BOOKING, of=booking_at)
def days(reference: str) -> AnyResponse:
    """Show the sessions of an assessment, with where they are and what is talked about."""
    with reading() as session:
        seen = opened(session, reference)
    if Sees.SCHEDULE not in seen.sees:
        raise Missing("There is no such page")
    return page(
        "assessments/booking_sessions.html",
        title=_("Days of the assessment"),
        section=seen.title,
        crumbs=seen.crumbs,
        seen=seen,
        sets=_sets(seen),
    )


def _sets(seen: Seen) -> bool:
    return Part.ASSURANCE in seen.parts and seen.booking.state in sessions.OPEN_TO


@blueprint.route(f"{SESSIONS}/new", methods=BOTH)
@requires(Permission.RUN_BOOKING, of=booking_at)
def add(reference: str) -> AnyResponse:
    """Set a day of an assessment."""
    with reading() as session:
        seen = opened(session, reference)
    return _session(seen, None, _default(seen), _("Add a session"))


def _default(seen: Seen) -> dict[str, Any]:
    held, stage = seen.read.held, seen.booking.stage
    agenda = "\n".join(_(line) for line in sessions.agenda(stage))
    return {"starts": "10:00", "minutes": held.minutes_of(stage), "agenda": agenda}


@blueprint.route(f"{SESSIONS}/{ID}session_id>", methods=BOTH)
@requires(Permission.RUN_BOOKING, of=booking_at)
def change(reference: str, session_id: int) -> AnyResponse:
    """Change a session."""
    with reading() as session:
        seen = opened(session, reference)
    row = booking_sessions.one(seen.booking, session_id)
    names = ("held_on", "starts", "minutes", "place", "agenda")
    data = {name: getattr(row, name) for name in names}
    return _session(seen, session_id, data, _("Change this session"))


def _session(seen: Seen, session_id: int | None, data: dict[str, Any], title: str) -> AnyResponse:
    if not _sets(seen):
        return _late(seen)
    form = SessionForm(seen.day, data=data | _base(seen))
    odd: list[str] = []
    if form.validate_on_submit():
        try:
            changed = saved(form, seen, lambda: _put(seen, form, session_id))
            if changed is not None:
                told = _("Everybody is told.") if changed else _("Nothing was changed.")
                return done(told, _list(seen))
        except Unusual as unusual:
            odd = form.ask(unusual.odd)
    more = {"odd": odd, "weeks": seen.booking.weeks, "above": [_above(seen)]}
    return _page(seen, form, title, template="assessments/booking_session.html", **more)


def _list(seen: Seen) -> str:
    return url_for("booking_running.days", reference=seen.booking.reference)


def _above(seen: Seen) -> tuple[str, str]:
    return _("Days of the assessment"), _list(seen)


def _put(seen: Seen, form: SessionForm, session_id: int | None) -> bool:
    it = Planned(
        form.sitting(), form.place.data or None, form.agenda.data or None, bool(form.meant.data)
    )  # fmt: skip
    return booking_sessions.put(database(), sent(seen, form), session_id, it, public_url())


@blueprint.route(f"{SESSIONS}/{ID}session_id>/remove", methods=BOTH)
@requires(Permission.RUN_BOOKING, of=booking_at)
def remove(reference: str, session_id: int) -> AnyResponse:
    """Take a session away: ask first."""
    with reading() as session:
        seen = opened(session, reference)
    row = booking_sessions.one(seen.booking, session_id)
    if not _sets(seen):
        return _late(seen)
    form = RemoveForm(seen.day, data=_base(seen))
    if form.validate_on_submit() and _removed(seen, form, session_id):
        return done(_("The session is removed. Everybody is told."), _list(seen))
    rows = [{"key": _("Session"), "value": f"{long_date(row.held_on)}, {row.starts}"}]
    return _page(seen, form, _("Remove this session"), rows=rows, above=[_above(seen)])


def _removed(seen: Seen, form: RemoveForm, session_id: int) -> bool:
    it, url = sent(seen, form), public_url()
    found = saved(form, seen, lambda: booking_sessions.remove(database(), it, session_id, url))
    return found is not None
