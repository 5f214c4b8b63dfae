"""Change a record: what it says, question by question, each with a page of its own."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, Response, flash, redirect, request
from werkzeug.wrappers import Response as AnyResponse

from portal.access import JOURNEY, Permission, may
from portal.audit import london_day
from portal.catalogue.actions import editing
from portal.catalogue.actions.editing import Answer, Changed
from portal.catalogue.forms.editing import (
    AddressForm,
    line_of,
    refuse,
    row_of,
    title_of,
)
from portal.catalogue.forms.history_words import who
from portal.catalogue.forms.picking import without_which
from portal.catalogue.forms.service_questions import as_heading
from portal.catalogue.rules.books import BOOKS
from portal.catalogue.rules.cleaners import Document, slugify
from portal.catalogue.store import editable, organisations, services
from portal.catalogue.store.editable import Record
from portal.catalogue.views.base import database, reading
from portal.catalogue.views.closing_check import before_saving
from portal.catalogue.views.editing_base import (
    KINDS,
    answered,
    asked_of,
    by_steps,
    crumbs_to,
    filled_form,
    href_of,
    in_words,
    is_retired,
    record_at,
    thing_at,
)
from portal.catalogue.views.histories import names_in
from portal.errors import Invalid
from portal.web.forms import Form
from portal.web.guard import requires
from portal.web.i18n import _
from portal.web.pages import page
from portal.web.people import act, current_person

BOTH = ("GET", "POST")


def blueprint_of(thing: str) -> Blueprint:
    """The pages that edit one kind of record."""
    kind = KINDS[thing]
    blueprint = Blueprint(f"edit_{kind.folder}", __name__)

    @blueprint.get(f"/{kind.folder}/<slug:slug>/edit")
    @requires(kind.permission, of=thing_at(thing))
    def index(slug: str) -> AnyResponse:
        """Show what a record says, each question with a link to change it."""
        return _index(record_at(thing, slug))

    @blueprint.route(f"/{kind.folder}/<slug:slug>/edit/<slug:question>", methods=BOTH)
    @requires(kind.permission, of=thing_at(thing))
    def question(slug: str, question: str) -> AnyResponse:
        """Answer one question again."""
        record = asked_of(thing, slug, question)
        form, shown = filled_form(record, question)
        try:
            answer = answered(form, record, question, shown) if form.validate_on_submit() else None
            if answer is not None:
                return _save(form, record, answer)
        except Invalid as problem:
            refuse(form, problem)
        return _question(form, record, question)

    return blueprint


def _index(record: Record) -> Response:
    return page(
        "catalogue/edit.html",
        title=_("Edit %(name)s", name=record.name),
        crumbs=crumbs_to(record),
        record=record,
        href=href_of(record.thing, record.slug),
        verb="edit",
        retired=is_retired(record),
        more=_more(record),
        **by_steps(record),
    )


def _more(record: Record) -> list[tuple[str, str]]:
    """What else can be done with a record."""
    href = href_of(record.thing, record.slug)
    if record.thing == services.THING and is_retired(record):
        return [(_("Bring this service back"), f"{href}/bring-back")]
    if record.thing == services.THING:
        more = [
            (_("Change how it meets its needs"), f"{href}/needs"),
            (_("Record a request to spend"), f"{href}/spend-requests/new"),
            (_("Retire this service"), f"{href}/retire"),
        ]
        if may(current_person(), Permission.PUBLISH_SERVICE, thing_at(record.thing)(record.slug)):
            more.append((_("Split this service into two"), f"{href}/split"))
        return more
    if record.thing == organisations.THING:
        return [(_("Record a request to spend"), f"{href}/spend-requests/new")]
    return [(_("Delete this journey"), f"{href}/delete")] if record.thing == JOURNEY else []


def _question(form: Form, record: Record, question: str) -> Response:
    without_which(form)
    title = title_of(record.thing, question)
    edit = f"{href_of(record.thing, record.slug)}/edit"
    return page(
        "catalogue/question.html",
        title=title,
        crumbs=crumbs_to(record, (_("Edit"), edit)),
        heading_text=title,
        heading=as_heading(title, form),
        lead=line_of(record.thing, question),
        form=form,
        status=422 if form.errors else 200,
    )


def _save(form: Form, record: Record, answer: Answer) -> AnyResponse:
    if _renames(record, answer):
        asks = AddressForm()
        sent = "move" in request.form or request.form.get("asked") == "move"
        if not sent or not asks.validate():
            return _address(asks, record, str(answer.values["name"]), sent)
        answer = Answer(answer.question, answer.values, answer.base, asks.move.data == "yes")
    check = before_saving(record, answer.question, answer.values)
    if check is not None:
        return check
    try:
        changed = editing.edit(database(), record.thing, record.id, answer, act())
    except Changed as meanwhile:
        return conflict(form, record, answer.question, meanwhile)
    return _done(record, changed)


def _done(record: Record, changed: bool) -> AnyResponse:
    """On to the record's edit page, or to its own for somebody who gave it away."""
    flash(_("Your change is saved.") if changed else _("Nothing was changed."))
    with reading() as session:
        now = editable.load(session, record.thing, record.id)
    thing = thing_at(record.thing)(now.slug)
    stays = may(current_person(), KINDS[record.thing].permission, thing)
    return redirect(href_of(record.thing, now.slug) + ("/edit" if stays else ""), 303)


def _renames(record: Record, answer: Answer) -> bool:
    """Whether a service would get another name, and could have another address. What somebody else
    has changed meanwhile is a conflict first.
    """
    if record.thing != services.THING or answer.question != "name":
        return False
    with reading() as session:
        was = editable.at_base(record, editable.since(session, record, answer.base))
    part = BOOKS[record.thing].part
    if part("name", was) != part("name", record.document):
        return False
    name = str(answer.values["name"])
    return name != record.name and slugify(name) != record.slug


def _address(form: Form, record: Record, name: str, sent: bool) -> Response:
    """Ask whether the address should change with the name; all that was typed goes along."""
    with reading() as session:
        new = editable.free_slug(session, slugify(name), record.id)
    if not sent:
        form.move.errors = []
    own = ("csrf_token", "go", "move", "asked")
    title = _("Change the address of the page too?")
    return page(
        "catalogue/address.html",
        title=title,
        crumbs=crumbs_to(record),
        form=form,
        name=name,
        old=request.host_url.rstrip("/") + href_of(record.thing, record.slug),
        new=request.host_url.rstrip("/") + href_of(record.thing, new),
        kept=[pair for pair in request.form.items(multi=True) if pair[0] not in own],
        heading=as_heading(title, form),
        status=422 if form.errors else 200,
    )


def conflict(
    form: Form, record: Record, question: str, meanwhile: Changed, action: str = ""
) -> Response:
    """What was typed, what stands now and what it was; the form goes on from what stands now.

    Args:
        action: where it is sent; the page that edits the question without it.
    """
    found = meanwhile.conflict
    with reading() as session:
        names = names_in(session, found.was, found.now, found.mine)
    without_which(form)
    form["base"].data = str(meanwhile.base)
    href = href_of(record.thing, record.slug)
    return page(
        "catalogue/conflict.html",
        title=_("This has been changed since you opened it"),
        crumbs=crumbs_to(record, (_("Edit"), f"{href}/edit")),
        what=row_of(record.thing, question),
        by=_("you") if meanwhile.actor == act().actor else _who(meanwhile.actor),
        at=meanwhile.at,
        day=london_day(meanwhile.at),
        sides=_sides(found.was, found.now, found.mine, names),
        form=form,
        action=action or f"{href}/edit/{found.question}",
        leave=f"{href}/edit",
        status=409,
    )


def _who(actor: str) -> str:
    return _("a colleague") if actor.startswith("person:") else who(actor).lower()


def _sides(was: Document, now: Document, mine: Document, names: Any) -> list[tuple[str, Any]]:
    return [
        (_("What you entered"), in_words(mine, names)),
        (_("What it says now"), in_words(now, names)),
        (_("What it said when you opened the page"), in_words(was, names)),
    ]
