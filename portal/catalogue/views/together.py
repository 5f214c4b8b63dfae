"""How a service meets all the needs that it has, on one page."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flask import Blueprint, redirect, url_for
from werkzeug.wrappers import Response as AnyResponse

from portal.access import Permission
from portal.accounts.views.base import done, form_page
from portal.catalogue.actions import meeting, registering
from portal.catalogue.actions.meeting import Place, Said
from portal.catalogue.component_words import NeedAnswer
from portal.catalogue.forms.together import PARTS, field, refuse, said_of, together_form
from portal.catalogue.rules.registering import Several, unmet
from portal.catalogue.store import capabilities, service_mandates, services
from portal.catalogue.store import meeting as store
from portal.catalogue.views.base import database, reading, today
from portal.catalogue.views.editing_base import crumbs_to, record_at, thing_at
from portal.catalogue.views.registering import (
    AT,
    address,
    crumbs,
    draft_at,
    needed,
    next_need,
    read,
)
from portal.catalogue.views.registering import thing_at as draft_thing
from portal.web.guard import requires
from portal.web.i18n import _, ngettext
from portal.web.people import act

if TYPE_CHECKING:
    from portal.catalogue.models.registrations import Registration
    from portal.catalogue.store.capabilities import Node
    from portal.catalogue.store.editable import Record
    from portal.web.forms import Form

blueprint = Blueprint("together", __name__)


@blueprint.route("/services/<slug:slug>/needs/together", methods=("GET", "POST"))
@requires(Permission.EDIT_SERVICE, of=thing_at(services.THING))
def index(slug: str) -> AnyResponse:
    """Ask of every need that the service has, and of which that is not known, how it is met."""
    record = record_at(services.THING, slug)
    needs = _left(record)
    back = url_for("meeting.index", slug=record.slug)
    if not needs:
        return done(_("Say first which needs the service has."), back)
    form = _form(needs)
    if form.validate_on_submit():
        try:
            return done(_save(form, record, needs), back)
        except Several as wrong:
            refuse(form, {need.slug: need.name for need in needs}, wrong.problems)
    return _page(form, record, needs)


def _form(needs: list[Node], no_need: bool = True) -> Form:
    with reading() as session:
        offerings = store.offerings(session, [need.slug for need in needs])
    return together_form(needs, offerings, no_need)


def _left(record: Record) -> list[Node]:
    """The needs that it has, and of which nobody has said how they are met."""
    with reading() as session:
        said, met = store.answers(session, record.id), store.met_now(session, record.id)
        leaves = [leaf for top in capabilities.tree(session) for leaf in top.below]
    return [n for n in leaves if said.get(n.slug) is NeedAnswer.NEEDED and n.slug not in met]


def _save(form: Form, record: Record, needs: list[Node]) -> str:
    said = [
        (Place(record.id, record.slug, need.slug), each)
        for need in needs
        if (each := said_of(form, need.slug)) is not None
    ]
    many = meeting.record_all(database(), said, act())
    if not many:
        return _("Nothing was changed.")
    return ngettext("%(num)s answer is saved.", "%(num)s answers are saved.", many)


def _page(form: Form, record: Record, needs: list[Node]) -> AnyResponse:
    with reading() as session:
        mandated = service_mandates.of_service(
            session, record.id, today(), [need.slug for need in needs]
        )
    about = (_("How it meets its needs"), url_for("meeting.index", slug=record.slug))
    return form_page(
        form,
        _("How each need is met"),
        crumbs_to(record, about),
        template="catalogue/needs_together.html",
        record=record,
        asked=[(need, [form[field(need.slug, part)] for part in PARTS]) for need in needs],
        mandated=mandated,
    )


@blueprint.route(f"{AT}/needs/together", methods=("GET", "POST"))
@requires(Permission.EDIT_REGISTRATION, of=draft_thing)
def of_draft(registration_id: int) -> AnyResponse:
    """The same while a service is registered."""
    row = draft_at(registration_id)
    left = set(unmet(row.needs))
    with reading() as session:
        needs = [leaf for slug, leaf in needed(session, row).items() if slug in left]
    form = _form(needs, no_need=False)
    if not needs or form.validate_on_submit():
        try:
            return _save_draft(form, row, needs)
        except Several as wrong:
            refuse(form, {need.slug: need.name for need in needs}, wrong.problems)
    return _draft_page(form, row, needs)


def _save_draft(form: Form, row: Registration, needs: list[Node]) -> AnyResponse:
    said = [
        (need.slug, each.arrangement, each.values)
        for need in needs
        if isinstance(each := said_of(form, need.slug), Said)
    ]
    if said:
        registering.meet_all(database(), row.id, said, act())
    return redirect(next_need(read(row.id)), 303)


def _draft_page(form: Form, row: Registration, needs: list[Node]) -> AnyResponse:
    return form_page(
        form,
        _("How each need is met"),
        crumbs(row),
        template="catalogue/needs_together.html",
        record=None,
        back=address("answers.needs", row),
        asked=[(need, [form[field(need.slug, part)] for part in PARTS]) for need in needs],
        mandated={},
    )
