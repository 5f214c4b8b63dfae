"""Add a journey, move and remove its steps, delete one. Its texts are edited like any record's."""

from __future__ import annotations

from functools import partial

from flask import Blueprint
from werkzeug.wrappers import Response as AnyResponse

from portal.access import JOURNEY, Kind, Permission, may
from portal.accounts.store import things
from portal.accounts.views.base import done, form_page
from portal.catalogue.actions import journey_editing as actions
from portal.catalogue.actions.finding_records import FIND
from portal.catalogue.forms.editing import base_in, refuse, settle
from portal.catalogue.forms.journey_questions import DeleteForm, JourneyForm, MoveForm, RemoveForm
from portal.catalogue.forms.picking import without_which
from portal.catalogue.store import services
from portal.catalogue.store.editable import Record
from portal.catalogue.views.base import database, reading
from portal.catalogue.views.editing_base import crumbs_to, href_of, name_of, record_at, thing_at
from portal.digits import id_in
from portal.errors import N_, Invalid, Missing, Stale
from portal.web.guard import requires
from portal.web.i18n import _
from portal.web.people import act, current_person

blueprint = Blueprint("journey_editing", __name__)
BOTH = ("GET", "POST")
_AT = thing_at(JOURNEY)


def adds_journeys() -> bool:
    """Whether the reader may add a journey."""
    return may(current_person(), Permission.ADD_JOURNEY)


@blueprint.route("/journeys/new", methods=BOTH)
@requires(Permission.ADD_JOURNEY)
def new() -> AnyResponse:
    """Add a journey with its first step, at a service that one may edit."""
    form = JourneyForm()
    try:
        if form.validate_on_submit() and (answer := _add(form)):
            return answer
    except Invalid as problem:
        refuse(form, problem)
    without_which(form)
    return form_page(form, _("Add a journey"), [(_("Journeys"), "/journeys")])


def _add(form: JourneyForm) -> AnyResponse | None:
    with reading() as session:
        service = settle(form, "service", (None, ""), partial(FIND[services.THING], session))
        if service is None or form.errors:
            return None
        thing = things.by_slug(session, Kind.SERVICE, service)
    if not may(current_person(), Permission.EDIT_SERVICE, thing):
        raise Invalid("service", N_("Begin with a service that you may edit, then add others"))
    values = {name: form[name].data for name in ("name", "goal", "what_happens", "hand_off")}
    slug = actions.add(database(), {**values, "reference": service}, act())
    return done(_("The journey is added. Add its other steps."), f"/journeys/{slug}/edit")


def _edit(record: Record) -> str:
    return f"{href_of(record.thing, record.slug)}/edit"


@blueprint.post("/journeys/<slug:slug>/move")
@requires(Permission.EDIT_JOURNEY, of=_AT)
def move(slug: str) -> AnyResponse:
    """Move a step one place up or down."""
    form, record = MoveForm(), record_at(JOURNEY, slug)
    by = {"up": -1, "down": 1}.get(str(form.by.data), 0)
    if not form.validate_on_submit() or not by:
        return done(_("Nothing was changed."), _edit(record))
    number = id_in(form.at.data) - 1
    return _moved(record, base_in(form), number, by)


def _moved(record: Record, base: int, at: int, by: int) -> AnyResponse:
    try:
        changed = actions.move(database(), record.id, base, at, by, act())
    except Stale:
        return done(_("Somebody has changed the steps since you opened the page. "
                      "Look at them, then try again."), _edit(record))  # fmt: skip
    except Invalid:
        return done(_("A journey needs at least one step."), _edit(record))
    return done(_("Your change is saved.") if changed else _("Nothing was changed."), _edit(record))


@blueprint.route("/journeys/<slug:slug>/remove/<int(max=9999):number>", methods=BOTH)
@requires(Permission.EDIT_JOURNEY, of=_AT)
def remove(slug: str, number: int) -> AnyResponse:
    """Remove a step: ask first."""
    record = record_at(JOURNEY, slug)
    form = RemoveForm(data={"base": str(record.base)})
    if form.validate_on_submit():
        return _moved(record, base_in(form), number - 1, 0)
    crumbs = crumbs_to(record, (_("Edit"), _edit(record)))
    return form_page(form, _("Remove a step"), crumbs, rows=_rows(record, number))


def _rows(record: Record, number: int) -> list[dict[str, str]]:
    steps = record.document["steps"]
    if not 1 <= number <= len(steps):
        raise Missing("There is no such step")
    step = steps[number - 1]
    with reading() as session:
        name = name_of(session, services.THING, step["service"])
    return [
        {"key": _("Step"), "value": str(number)},
        {"key": _("Service"), "value": name},
        {"key": _("What happens"), "value": step["what_happens"]},
        {"key": _("Handed on"), "value": step["hand_off"] or ""},
    ]


@blueprint.route("/journeys/<slug:slug>/delete", methods=BOTH)
@requires(Permission.EDIT_JOURNEY, of=_AT)
def delete(slug: str) -> AnyResponse:
    """Delete a journey: ask why first."""
    record, form = record_at(JOURNEY, slug), DeleteForm()
    if form.validate_on_submit():
        actions.delete(database(), record.id, act(form.why.data))
        return done(_("The journey is deleted."), "/journeys")
    return form_page(form, _("Delete %(name)s", name=record.name), crumbs_to(record))
