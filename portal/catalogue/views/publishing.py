"""A registered service becomes public: check the answers, decide about them, withdraw a mistake."""

from __future__ import annotations

from flask import Blueprint, request, url_for
from werkzeug.wrappers import Response as AnyResponse

from portal.access import Permission, Thing
from portal.accounts.store import people
from portal.accounts.views.base import done, form_page, not_done
from portal.catalogue.actions import publishing
from portal.catalogue.forms.answers import need_line
from portal.catalogue.forms.registering import CheckForm, DecideForm, GoForm, WithdrawForm
from portal.catalogue.models.registrations import Registration
from portal.catalogue.rules.service_questions import question_of, unanswered
from portal.catalogue.store import components, records, registrations, things
from portal.catalogue.views import registering as base
from portal.catalogue.views.registering import (
    AT,
    address,
    crumbs,
    draft_at,
    read,
    said,
    thing_at,
)
from portal.catalogue.words import RegistrationState
from portal.errors import Invalid
from portal.web.guard import requires
from portal.web.i18n import _, translated
from portal.web.pages import page
from portal.web.people import act, current_person
from portal.web.reading import database, reading

blueprint = Blueprint("publishing", __name__)
BOTH = ("GET", "POST")
WITHDRAW = "catalogue/withdraw.html"


@blueprint.route(f"{AT}/check", methods=BOTH)
@requires(Permission.EDIT_REGISTRATION, of=thing_at)
def check(registration_id: int) -> AnyResponse:
    """Check the answers, see what will be public, and publish or ask for consent."""
    row, form = draft_at(registration_id), CheckForm()
    if form.validate_on_submit():
        if form.seen.data != _mark(row):
            return not_done(_("Your answers have changed since: read them again."), request.path)
        try:
            return _submit(row)
        except Invalid as problem:
            question = question_of(problem.field)
            return not_done(translated(problem), address("answers.ask", row, question=question))
    return _check_page(row, form)


def _mark(row: Registration) -> str:
    """Changes with every answer."""
    return row.edited_at.isoformat()


def _submit(row: Registration) -> AnyResponse:
    told = said(row, address("publishing.decide", row))
    state = publishing.submit(database(), row.id, current_person(), act(), told)
    if state is RegistrationState.WAITING:
        message = _("It is submitted. You will get an email when it is published or sent back.")
        return done(message, address("registrations.show", row))
    return done(_("The service is published."), _service_of(row))


def _service_of(row: Registration) -> str:
    with reading() as session:
        found = registrations.slug_of(session, row.id)
    return f"/services/{found}" if found else address("registrations.show", row)


def _check_page(row: Registration, form: CheckForm) -> AnyResponse:
    form.seen.data = _mark(row)
    with reading() as session:
        wanted = {a["component"] for a in row.needs.values() if a.get("component")}
        names = components.names_by_slug(session, wanted)
        straight = base.straight(session, row)
        form.go.label.text = _("Publish the service") if straight else _("Submit for approval")
        return page(
            "catalogue/registration_check.html",
            title=_("Check your answers"),
            crumbs=crumbs(row),
            form=form,
            row=row,
            straight=straight,
            answers=base.answers(session, row, "check"),
            left=unanswered(row.document),
            needs=[
                (leaf.name, need_line(row.needs[need], names), need)
                for need, leaf in base.needed(session, row).items()
            ],
            not_needed=sum(a["answer"] == "not_needed" for a in row.needs.values()),
            similar=[] if row.not_these == row.name else base.similar(session, row.document),
        )


@blueprint.route(f"{AT}/take-back", methods=BOTH)
@requires(Permission.EDIT_REGISTRATION, of=thing_at)
def take_back(registration_id: int) -> AnyResponse:
    """Make a draft again of what waits for consent: ask first."""
    row, form = read(registration_id), GoForm()
    form.go.label.text = _("Take it back")
    if form.validate_on_submit():
        publishing.take_back(database(), row.id, act())
        return done(_("It is a draft again."), address("registrations.show", row))
    return form_page(form, _("Take it back to change it?"), crumbs(row))


@blueprint.route(f"{AT}/decide", methods=BOTH)
@requires(Permission.DECIDE_REGISTRATION, of=thing_at)
def decide(registration_id: int) -> AnyResponse:
    """Publish what somebody registered, or send it back."""
    row, form = read(registration_id), DecideForm()
    if row.state is not RegistrationState.WAITING:
        message = _("It does not wait for a decision any more.")
        return not_done(message, address("registrations.show", row))
    if form.validate_on_submit():
        try:
            return _decide(row, form)
        except Invalid as problem:
            form.refuse(problem)
    return _decide_page(row, form)


def _decide_page(row: Registration, form: DecideForm) -> AnyResponse:
    with reading() as session:
        return page(
            "catalogue/registration_decide.html",
            title=_("Publish %(name)s?", name=row.name),
            crumbs=crumbs(row),
            form=form,
            row=row,
            answers=base.answers(session, row),
            author=people.get(session, row.person_id),
            similar=base.similar(session, row.document),
            status=422 if form.errors else 200,
        )


def _decide(row: Registration, form: DecideForm) -> AnyResponse:
    if form.decision.data == "publish":
        publishing.approve(database(), row.id, act(), said(row, "/services/"))
        return done(_("The service is published."), _service_of(row))
    if not form.answer.data:
        raise Invalid("answer", _("Enter what needs to change"))
    told = said(row, address("registrations.show", row))
    publishing.refuse(database(), row.id, form.answer.data, act(), told)
    return done(_("It is sent back. They get an email."), url_for("registrations.index"))


def service_at(slug: str) -> Thing:
    """The service at an address. Raises Missing."""
    with reading() as session:
        return things.SERVICES.by_slug(session, slug)


@blueprint.route("/services/<slug:slug>/withdraw", methods=BOTH)
@requires(Permission.WITHDRAW_SERVICE, of=service_at)
def withdraw(slug: str) -> AnyResponse:
    """Take a service that was published by mistake out of the catalogue: ask first, and why."""
    with reading() as session:
        service_id, name = records.TITLES["service"](session, slug)
    form = WithdrawForm()
    if form.validate_on_submit():
        try:
            return _withdraw(service_id, form.why.data or "")
        except Invalid as problem:
            form.refuse(problem)
    title, crumbs = _("Withdraw %(name)s?", name=name), [(_("Services"), "/services")]
    return form_page(form, title, [*crumbs, (name, f"/services/{slug}")], template=WITHDRAW)


def _withdraw(service_id: int, why: str) -> AnyResponse:
    back = publishing.withdraw(database(), service_id, act(why))
    message = _("The service is withdrawn. Nobody sees it any more but its author, as a draft.")
    return done(message, _draft_or_list(back))


def _draft_or_list(registration_id: int) -> str:
    row = read(registration_id)
    if row.person_id == current_person().id:
        return address("registrations.show", row)
    return url_for("registrations.index")
