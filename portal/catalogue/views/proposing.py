"""Propose a change to a record that one may not edit oneself."""

from __future__ import annotations

from flask import Blueprint, Response, redirect
from werkzeug.wrappers import Response as AnyResponse

from portal.access import Permission
from portal.accounts.views.base import done
from portal.catalogue.actions import proposals
from portal.catalogue.actions.editing import Answer
from portal.catalogue.actions.proposals import Told
from portal.catalogue.forms.editing import line_of, refuse, row_of, title_of
from portal.catalogue.forms.picking import without_which
from portal.catalogue.forms.service_questions import as_heading
from portal.catalogue.store.editable import Record
from portal.catalogue.views.base import database
from portal.catalogue.views.editing_base import (
    KINDS,
    answered,
    asked_of,
    by_steps,
    crumbs_to,
    edits,
    filled_form,
    href_of,
    is_retired,
    public_url,
    record_at,
    thing_at,
)
from portal.catalogue.words import EditedKind
from portal.errors import Invalid
from portal.web.forms import Form
from portal.web.guard import requires
from portal.web.i18n import _
from portal.web.pages import page
from portal.web.people import act, current_person

BOTH = ("GET", "POST")


def blueprint_of(thing: str) -> Blueprint:
    """The pages that propose a change to one kind of record."""
    folder = KINDS[thing].folder
    blueprint = Blueprint(f"propose_{folder}", __name__)

    @blueprint.get(f"/{folder}/<slug:slug>/propose")
    @requires(Permission.PROPOSE_CHANGE, of=thing_at(thing))
    def index(slug: str) -> AnyResponse:
        """Show what a record says, each question with a link to propose a change."""
        record = record_at(thing, slug)
        if edits(thing, record.slug):
            return redirect(f"{href_of(thing, record.slug)}/edit", 303)
        return _index(record)

    @blueprint.route(f"/{folder}/<slug:slug>/propose/<slug:question>", methods=BOTH)
    @requires(Permission.PROPOSE_CHANGE, of=thing_at(thing))
    def question(slug: str, question: str) -> AnyResponse:
        """Propose another answer to one question, and say why."""
        record = asked_of(thing, slug, question)
        form, shown = filled_form(record, question, "why")
        try:
            answer = answered(form, record, question, shown) if form.validate_on_submit() else None
            if answer is not None:
                return _propose(form, record, answer)
        except Invalid as problem:
            refuse(form, problem)
        return _question(form, record, question)

    return blueprint


def _index(record: Record) -> Response:
    return page(
        "catalogue/edit.html",
        title=_("Propose a change to %(name)s", name=record.name),
        crumbs=crumbs_to(record),
        lead=_("Choose what should change. Those who look after this record decide about it, and "
               "you get an email with their answer."),
        record=record,
        href=href_of(record.thing, record.slug),
        verb="propose",
        retired=is_retired(record),
        more=[],
        **by_steps(record),
    )  # fmt: skip


def _question(form: Form, record: Record, question: str) -> Response:
    without_which(form)
    title = title_of(record.thing, question)
    back = f"{href_of(record.thing, record.slug)}/propose"
    return page(
        "catalogue/question.html",
        title=title,
        crumbs=crumbs_to(record, (_("Propose a change"), back)),
        heading_text=title,
        heading=as_heading(title, form),
        lead=line_of(record.thing, question),
        form=form,
        status=422 if form.errors else 200,
    )


def _propose(form: Form, record: Record, answer: Answer) -> AnyResponse:
    made = proposals.propose(
        database(), (EditedKind(record.thing), record.id), answer, form["why"].data,
        current_person().id, act(), told(record.thing, answer.question),
    )  # fmt: skip
    message = _("Your proposal is sent. You will get an email with the answer.")
    return done(message, f"/proposals/{made}")


def told(thing: str, question: str) -> Told:
    """What mails about a proposal say."""
    return Told(f"{public_url()}/proposals/", row_of(thing, question))
