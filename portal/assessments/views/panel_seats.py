"""The panel as the assurance team makes it up: its seats, who takes them, and who leaves."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, Response, request
from werkzeug.wrappers import Response as AnyResponse

from portal.access import Permission
from portal.accounts.views.base import ID, form_page
from portal.accounts.words import Profession
from portal.assessments.actions import declaring
from portal.assessments.actions import panels as acts
from portal.assessments.booking_words import SeatRole, SeatState
from portal.assessments.forms.panel_labels import conflict_name, place_name, seat_name
from portal.assessments.forms.panels import (
    NOBODY,
    FillForm,
    JudgeForm,
    LeaveForm,
    SeatForm,
    offered,
    why_not,
)
from portal.assessments.rules import panels as rules
from portal.assessments.rules.assessors import Ranked, ranked
from portal.assessments.store import assessors, panels
from portal.assessments.store.panels import Panel, SeatRow
from portal.assessments.views.booking_base import ONE, Seen, booking_at, opened
from portal.assessments.views.panel_base import (
    asked,
    changeable,
    crumbs,
    days,
    is_needed,
    panel_of,
    panel_url,
    seat_in,
    shown,
)
from portal.catalogue.views.base import database, reading
from portal.catalogue.views.editing_base import public_url
from portal.digits import whole_number
from portal.web.guard import requires
from portal.web.i18n import _, translated
from portal.web.pages import page
from portal.web.people import act

blueprint = Blueprint("panel_seats", __name__)
BOTH = ("GET", "POST")
SEAT = f"{ONE}/seats/{ID}seat_id>"


@blueprint.get(f"{ONE}/panel")
@requires(Permission.RUN_BOOKING, of=booking_at)
def index(reference: str) -> Response:
    """Show the panel with all that is to be done about it."""
    with reading() as session:
        seen = opened(session, reference)
        panel = panel_of(session, seen)
    return page(
        "assessments/panel_seats.html",
        title=_("Panel"),
        section=seen.title,
        crumbs=seen.crumbs,
        seen=seen,
        changeable=changeable(seen),
        **_made_up(seen, panel),
    )


def _made_up(seen: Seen, panel: Panel) -> dict[str, Any]:
    lacks = rules.lacks(panel.needed, panel.seats, panel.around, bool(days(seen)))
    return {
        "seats": shown(panel),
        "left": panel.left,
        "needed": [place_name(each) for each in panel.needed],
        "lacks": [translated(each) for each in lacks],
    }


def _at(reference: str, seat_id: int) -> tuple[Seen, Panel, SeatRow]:
    """A seat that somebody changes. Raises Missing."""
    with reading() as session:
        seen = opened(session, reference)
        panel = panel_of(session, seen)
    return seen, panel, seat_in(panel, seat_id)


def _ranked(seen: Seen, panel: Panel, seat: SeatRow, everybody: bool = False) -> list[Ranked]:
    with reading() as session:
        row = panels.seat_at(session, seen.booking.id, seat.id)
        some = assessors.candidates(session, seen.booking, row, days(seen), seen.day, everybody)
        return ranked(some, acts.rules_asked(row, seen.booking, panel.around))


@blueprint.route(f"{ONE}/seats/add", methods=BOTH)
@requires(Permission.RUN_BOOKING, of=booking_at)
def add(reference: str) -> AnyResponse:
    """Ask for one more seat, such as an observer's."""
    with reading() as session:
        seen = opened(session, reference)
    form = SeatForm().offer()
    said = _("The seat is there. Now choose who takes it.")
    return asked(
        form, lambda: _added(form, reference), said, panel_url(reference),
        lambda: form_page(form, _("Add a seat"), crumbs(seen)),
    )  # fmt: skip


def _added(form: SeatForm, reference: str) -> None:
    of = Profession(form.profession.data) if form.profession.data else None
    acts.add_seat(database(), reference, SeatRole(form.role.data), of, act())


@blueprint.route(f"{SEAT}/fill", methods=BOTH)
@requires(Permission.RUN_BOOKING, of=booking_at)
def fill(reference: str, seat_id: int) -> AnyResponse:
    """Ask who takes an open seat."""
    seen, panel, seat = _at(reference, seat_id)
    some, form = _ranked(seen, panel, seat, _everybody()), FillForm()
    form.person.choices = offered(some)
    return asked(
        form,
        lambda: acts.fill(
            database(), reference, seat_id, int(form.person.data), act(), public_url()
        ),
        _("They are asked to join the panel."), panel_url(reference),
        lambda: _who_fills(form, seen, seat, some),
    )  # fmt: skip


def _everybody() -> bool:
    return request.args.get("all") == "yes"


def _who_fills(form: FillForm, seen: Seen, seat: SeatRow, some: list[Ranked]) -> Response:
    return form_page(
        form, _("Fill a seat"), crumbs(seen), template="assessments/panel_fill.html", seen=seen,
        called=seat_name(seat.role, seat.profession), days=days(seen), everybody=_everybody(),
        unable=[(each.who.name, why_not(each)) for each in some if not each.can],
        taken=seat.state is not SeatState.OPEN,
    )  # fmt: skip


@blueprint.route(f"{SEAT}/leave", methods=BOTH)
@requires(Permission.RUN_BOOKING, of=booking_at)
def leave(reference: str, seat_id: int) -> AnyResponse:
    """Ask why somebody leaves a seat, and who takes it."""
    seen, panel, seat = _at(reference, seat_id)
    form = LeaveForm(seen=str(seat.person_id or ""))
    form.offer(_ranked(seen, panel, seat), is_needed(panel, seat))
    title = _("Replace %(name)s", name=seat.name) if seat.name else _("Remove a seat")
    rows = [{"key": _("Seat"), "value": seat_name(seat.role, seat.profession)}]
    return asked(
        form, lambda: _left(form, reference, seat_id), _("The panel is changed."),
        panel_url(reference), lambda: form_page(form, title, crumbs(seen), rows=rows),
    )  # fmt: skip


def _left(form: LeaveForm, reference: str, seat_id: int) -> None:
    chosen = whole_number(form.person.data)
    leaving = acts.Leaving(
        whole_number(form.seen.data), form.reason.data or "", chosen,
        again=chosen is not None or form.person.data == NOBODY,
    )  # fmt: skip
    acts.leave(database(), reference, seat_id, leaving, act(), public_url())


@blueprint.route(f"{SEAT}/judge", methods=BOTH)
@requires(Permission.RUN_BOOKING, of=booking_at)
def judge(reference: str, seat_id: int) -> AnyResponse:
    """Ask why what stands against somebody is no conflict."""
    seen, panel, seat = _at(reference, seat_id)
    said = rules.conflicts(seat, panel.around)
    form = JudgeForm(seen=" ".join(sorted(each.key for each in said)))
    rows = [{"key": _("Who"), "value": seat.name or seat_name(seat.role, seat.profession)}]
    rows += [{"key": conflict_name(each), "value": _words(each, seat)} for each in said]
    return asked(
        form, lambda: _judged(form, reference, seat_id), _("What you decided is saved."),
        panel_url(reference),
        lambda: form_page(form, _("Judge a conflict of interest"), crumbs(seen), rows=rows),
    )  # fmt: skip


def _judged(form: JudgeForm, reference: str, seat_id: int) -> None:
    keys, answer = frozenset((form.seen.data or "").split(" ")), form.answer.data or ""
    declaring.judge(database(), reference, seat_id, keys, answer, act(), public_url())


def _words(conflict: rules.Conflict, seat: SeatRow) -> str:
    """What is said of a conflict, beside that there is one."""
    said = {
        rules.ConflictKind.DECLARED: seat.conflict,
        rules.ConflictKind.OBJECTION: seat.objection,
        rules.ConflictKind.SUPPLIER: seat.supplier or seat.organisation,
        rules.ConflictKind.ORGANISATION: seat.organisation,
    }
    return said.get(conflict.kind) or _("As the records say")
