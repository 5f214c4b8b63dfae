"""The pages of a draft: one question each, the services it may be, and its needs."""

from __future__ import annotations

from datetime import date
from typing import Any

from flask import Blueprint, Response, jsonify, redirect, request
from werkzeug.wrappers import Response as AnyResponse

from portal.access import Permission
from portal.catalogue.actions import finding_organisations, registering
from portal.catalogue.forms.registering import (
    NONE,
    MeetForm,
    NeedsForm,
    SimilarForm,
    arrangement_of,
    details_form,
    facts_of,
    read_details,
    shown_way,
    similar_choices,
    ways,
)
from portal.catalogue.forms.service_questions import LINES, TITLES, form_of, heading
from portal.catalogue.models.registrations import Registration
from portal.catalogue.rules.registering import unmet
from portal.catalogue.rules.service_questions import Question, values_of
from portal.catalogue.store import capabilities, components, organisation_names
from portal.catalogue.views import registering as base
from portal.catalogue.views.registering import (
    AT,
    address,
    crumbs,
    draft_at,
    next_need,
    next_page,
    read,
    thing_at,
)
from portal.errors import Invalid, Missing
from portal.web.forms import Form, choices
from portal.web.guard import requires
from portal.web.i18n import _
from portal.web.pages import page
from portal.web.people import act
from portal.web.reading import database, reading

blueprint = Blueprint("answers", __name__)
BOTH = ("GET", "POST")
_QUESTIONS = ",".join(f'"{question}"' for question in Question)


@blueprint.route(f"{AT}/<any({_QUESTIONS}):question>", methods=BOTH)
@requires(Permission.EDIT_REGISTRATION, of=thing_at)
def ask(registration_id: int, question: str) -> AnyResponse:
    """Ask one question, and go on to the next."""
    asked, row = Question(question), draft_at(registration_id)
    form = form_of(asked, _shown(asked, row))
    if form.validate_on_submit():
        try:
            registering.answer(database(), row.id, asked, read_values(asked, form), act())
            return redirect(_after(asked, read(row.id)), 303)
        except Invalid as problem:
            form.refuse(problem)
    return _question_page(asked, form, row)


def _shown(question: Question, row: Registration) -> dict[str, Any]:
    values = values_of(question, row.document)
    if question is Question.ORGANISATION and values["reference"]:
        with reading() as session:
            values["organisation"] = base.called(session, row.document).get(values["reference"])
    return values


def read_values(question: Question, form: Form) -> dict[str, Any]:
    """What was typed, as the rules take it; an organisation as its reference.

    Raises:
        Invalid: it is not sure which organisation is meant; the form then offers some.
    """
    values = {name: value for name, value in form.data.items() if name not in ("csrf_token", "go")}
    if question is Question.ORGANISATION:
        values["reference"] = _reference(form)
    return values


def _reference(form: Any) -> str:
    typed, which = form.organisation.data or "", form.which.data
    with reading() as session:
        if which and which in organisation_names.by_reference(session, [which]):
            return str(which)
        meant = finding_organisations.find(session, typed)
    if meant.sure:
        return meant.sure
    if not typed:
        raise Invalid("organisation", _("Enter the organisation that is accountable"))
    if meant.may_be:
        form.which.choices = choices(dict(meant.may_be))
    if meant.ended:
        text = _("%(name)s has closed: choose or enter who took over", name=meant.ended)
        raise Invalid("which" if meant.may_be else "organisation", text)
    if meant.may_be:
        raise Invalid("which", _("Select the organisation you mean, or type its name again"))
    raise Invalid("organisation", _("No organisation is called that: check the spelling"))


def _after(question: Question, row: Registration) -> str:
    if question is Question.NAME and row.name != row.not_these:
        with reading() as session:
            if base.similar(session, row.document):
                return address("answers.similar", row, back=request.args.get("back"))
    return next_page(row)


def _question_page(question: Question, form: Any, row: Registration) -> Response:
    if question is Question.ORGANISATION and not form.which.choices:
        del form.which
    title = TITLES[question][0]
    return _page(
        "catalogue/question.html",
        title,
        row,
        form,
        heading=heading(question, form),
        lead=LINES.get(question),
        caption=_("Register a service"),
        similar=question is Question.NAME,
    )


@blueprint.get("/register/similar.json")
@requires(Permission.REGISTER_SERVICE)
def like() -> Response:
    """The services that a name may be, while it is typed."""
    with reading() as session:
        found = base.similar(session, {"name": request.args.get("name", "")[:300].strip()})
    items = [
        {"name": each.name, "href": f"/services/{each.slug}", "why": facts_of(each)}
        for each in found
    ]
    return jsonify(items=items, count=len(items))


@blueprint.route(f"{AT}/similar", methods=BOTH)
@requires(Permission.EDIT_REGISTRATION, of=thing_at)
def similar(registration_id: int) -> AnyResponse:
    """Is it one of these? One that is leads to its team."""
    row, form = draft_at(registration_id), SimilarForm()
    with reading() as session:
        found = base.similar(session, row.document)
    if not found:
        return redirect(next_page(row), 303)
    form.which.choices = similar_choices(found)
    if form.validate_on_submit():
        return redirect(_is_it(row, form.which.data), 303)
    return _page("catalogue/similar.html", _("Is it one of these?"), row, form, found=found)


def _is_it(row: Registration, which: str) -> str:
    """Where the choice leads: the page of the one that it is, or the next question."""
    if which != NONE:
        return address("answers.theirs", row, slug=which)
    registering.none_of_these(database(), row.id, act())
    return next_page(row)


def _page(template: str, title: str, row: Registration, form: Form, **more: Any) -> Response:
    status = 422 if form.errors else 200
    more |= {"row": row, "crumbs": crumbs(row)}
    return page(template, title=title, form=form, status=status, **more)


@blueprint.get(f"{AT}/similar/<slug:slug>")
@requires(Permission.EDIT_REGISTRATION, of=thing_at)
def theirs(registration_id: int, slug: str) -> AnyResponse:
    """It is in the catalogue already: say how to join its team or mend its record."""
    row = draft_at(registration_id)
    with reading() as session:
        service = base.found_service(session, slug)
    return page(
        "catalogue/similar_one.html",
        title=_("It is in the catalogue already"),
        crumbs=crumbs(row),
        row=row,
        service=service,
        slug=slug,
    )


@blueprint.route(f"{AT}/needs", methods=BOTH)
@requires(Permission.EDIT_REGISTRATION, of=thing_at)
def needs(registration_id: int) -> AnyResponse:
    """Choose what the service needs."""
    row = draft_at(registration_id)
    chosen = [need for need, answer in row.needs.items() if answer["answer"] == "needed"]
    form = NeedsForm(data={"needs": chosen, "no_more": len(chosen) < len(row.needs)})
    with reading() as session:
        tree = capabilities.tree(session)
    form.needs.choices = choices({leaf.slug: leaf.name for top in tree for leaf in top.below})
    if form.validate_on_submit():
        no_more = bool(form.no_more.data)
        registering.choose_needs(database(), row.id, form.needs.data or [], no_more, act())
        return redirect(next_need(read(row.id)), 303)
    template = "catalogue/needs_chosen.html"
    return _page(template, _("What does your service need?"), row, form, tree=tree)


@blueprint.route(f"{AT}/needs/<slug:need>", methods=BOTH)
@requires(Permission.EDIT_REGISTRATION, of=thing_at)
def meet(registration_id: int, need: str) -> AnyResponse:
    """Ask what meets one need; more about it is asked on a page of its own."""
    row = draft_at(registration_id)
    form, leaf = MeetForm(data=shown_way(_answer(row, need))), _leaf(need)
    with reading() as session:
        form.how.choices = ways(components.offering(session, need))
    if form.validate_on_submit():
        return redirect(_met(row, need, form.how.data), 303)
    return _meet_page(form, row, leaf)


def _met(row: Registration, need: str, how: str) -> str:
    """Where the choice leads: to more about it, or to the next need."""
    if details_form(how, {}, None) is not None:
        back = request.args.get("back")
        return address("answers.details", row, need=need, how=how, back=back)
    registering.meet(database(), row.id, need, how, {}, act())
    return next_need(read(row.id))


@blueprint.route(f"{AT}/needs/<slug:need>/details", methods=BOTH)
@requires(Permission.EDIT_REGISTRATION, of=thing_at)
def details(registration_id: int, need: str) -> AnyResponse:
    """Ask more about what meets a need: since when, and why it is not shared."""
    row, how = draft_at(registration_id), request.args.get("how", "")
    name, form = _way(need, how), _details(row, need, how)
    if name is None or form is None:
        return redirect(address("answers.meet", row, need=need), 303)
    if form.validate_on_submit():
        try:
            values = read_details(form, how)
            registering.meet(database(), row.id, need, arrangement_of(how), values, act())
            return redirect(next_need(read(row.id)), 303)
        except Invalid as problem:
            form.refuse(problem)
    return _page("catalogue/question.html", name, row, form, heading={}, caption=_leaf(need).name)


def _details(row: Registration, need: str, how: str) -> Any:
    answer = _answer(row, need)
    since = answer.get("since")
    return details_form(how, answer, date.fromisoformat(since) if since else None)


def _answer(row: Registration, need: str) -> dict[str, Any]:
    """What was said of a need so far. Raises Missing for one that was not chosen."""
    found: dict[str, Any] | None = row.needs.get(need)
    if found is None:
        raise Missing("The service does not need this")
    return found


def _leaf(need: str) -> capabilities.Node:
    with reading() as session:
        return capabilities.in_tree(session, need)[0]


def _way(need: str, how: str) -> str | None:
    """What pages call a way to meet a need; None for one that is not offered."""
    with reading() as session:
        offered = ways(components.offering(session, need))
    return next((str(way.label) for way in offered if way.value == how), None)


def _meet_page(form: Any, row: Registration, leaf: capabilities.Node) -> Response:
    title = leaf.question or leaf.name
    form.how.label.text = title
    form.how.description = leaf.hint or ""
    legend = {"text": title, "isPageHeading": True, "classes": "govuk-fieldset__legend--l"}
    return _page(
        "catalogue/question.html",
        title,
        row,
        form,
        heading={"how": {"fieldset": {"legend": legend}}},
        caption=_("What your service needs"),
        together=address("together.of_draft", row) if len(unmet(row.needs)) > 1 else "",
    )
