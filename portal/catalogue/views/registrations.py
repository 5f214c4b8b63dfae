"""Services being registered: the list, the first page, the task list, and the end of a draft."""

from __future__ import annotations

from secrets import token_urlsafe
from typing import TYPE_CHECKING, Any

from flask import Blueprint, Response, redirect, url_for
from werkzeug.wrappers import Response as AnyResponse

from portal.access import Permission, may
from portal.accounts.views.base import done, form_page
from portal.catalogue.actions import registering
from portal.catalogue.actions.waiting import decides_for
from portal.catalogue.forms.labels import labels
from portal.catalogue.forms.registering import GoForm, StartForm
from portal.catalogue.forms.service_questions import SECTIONS, TITLES
from portal.catalogue.models.registrations import Registration
from portal.catalogue.rules.registering import unmet
from portal.catalogue.rules.service_questions import ASKED, Section, answered, unanswered
from portal.catalogue.store import registrations
from portal.catalogue.store.registrations import Asked
from portal.catalogue.views import registering as base
from portal.catalogue.views.registering import AT, address, crumbs, read, thing_at, title_of
from portal.catalogue.words import RegistrationState
from portal.errors import Invalid
from portal.web.arguments import PAGE_SIZE, one_of, place, refuse_unknown, unknown
from portal.web.formats import Format, formats, respond_list
from portal.web.guard import requires
from portal.web.i18n import _
from portal.web.pages import filter_links, page, paging
from portal.web.people import act, current_person
from portal.web.reading import database, reading

if TYPE_CHECKING:
    from sqlalchemy.orm import Session

blueprint = Blueprint("registrations", __name__)
BOTH = ("GET", "POST")
COLUMNS = ("id", "name", "state", "organisation", "own", "edited", "submitted", "service")


@blueprint.route("/register", methods=BOTH)
@requires(Permission.REGISTER_SERVICE)
def start() -> AnyResponse:
    """Say what registering takes, and start a draft."""
    form = StartForm(started_by=token_urlsafe(20))
    if form.validate_on_submit():
        key = (form.started_by.data or "")[:40] or token_urlsafe(20)
        try:
            made = registering.start(database(), current_person().id, key, act())
            return redirect(url_for("registrations.show", registration_id=made), 303)
        except Invalid as problem:
            form.refuse(problem)
    return _start_page(form)


def _start_page(form: StartForm) -> Response:
    with reading() as session:
        drafts = registrations.drafts_of(session, current_person().id, PAGE_SIZE)
    return page(
        "catalogue/register.html",
        title=_("Register a service"),
        form=form,
        drafts=[(title_of(row), address("registrations.show", row)) for row in drafts],
        status=422 if form.errors else 200,
    )


@formats(blueprint, "/registrations")
@requires(Permission.REGISTER_SERVICE)
def index(fmt: Format) -> Response:
    """List the reader's own, and those for which they decide."""
    asked, ignored = _asked()
    refuse_unknown(fmt, ignored)
    return respond_list(
        fmt,
        page=lambda: _list(asked, ignored),
        rows=lambda: _rows(asked),
        columns=COLUMNS,
        name="registrations",
    )


def _asked() -> tuple[Asked, tuple[str, ...]]:
    ignored = list(unknown("state", at="after"))
    chosen = one_of("state", RegistrationState, ignored)
    person = current_person()
    return Asked(person.id, decides_for(person), chosen, place("after")), tuple(ignored)


def _rows(asked: Asked) -> list[dict[str, Any]]:
    with reading() as session:
        found = registrations.rows(session, asked, 10_000)
    return [{name: getattr(row, name) for name in COLUMNS} for row in found]


def _list(asked: Asked, ignored: tuple[str, ...]) -> Response:
    with reading() as session:
        rows = registrations.rows(session, asked, PAGE_SIZE + 1)
    following = {"after": rows[PAGE_SIZE - 1].id} if len(rows) > PAGE_SIZE else None
    states = filter_links("state", labels("registration"), asked.state)
    return page(
        "catalogue/registrations.html",
        title=_("Services being registered"),
        rows=rows[:PAGE_SIZE],
        states=states,
        filtered=asked.state is not None,
        ignored=ignored,
        paging=paging(None, following),
    )


@blueprint.get(AT)
@requires(Permission.SEE_REGISTRATION, of=thing_at)
def show(registration_id: int) -> AnyResponse:
    """What there is to do: the task list of a draft, or what became of it."""
    row = read(registration_id)
    thing = registrations.thing_of(row)
    with reading() as session:
        return page(
            "catalogue/registration.html",
            title=title_of(row),
            crumbs=[(_("Services being registered"), "/registrations")],
            row=row,
            own=may(current_person(), Permission.EDIT_REGISTRATION, thing),
            decides=may(current_person(), Permission.DECIDE_REGISTRATION, thing),
            **_shown(session, row),
        )


def _shown(session: Session, row: Registration) -> dict[str, Any]:
    return {
        "sections": _sections(row),
        "needs": _needs(session, row),
        "ready": not unanswered(row.document),
        "straight": base.straight(session, row),
        "answers": base.answers(session, row),
        "service": registrations.slug_of(session, row.id),
    }


def _sections(row: Registration) -> list[tuple[str, list[dict[str, Any]]]]:
    found: dict[Section, list[dict[str, Any]]] = {section: [] for section in SECTIONS}
    for question, asked in ASKED.items():
        found[asked.section].append(
            {
                "title": TITLES[question][1],
                "href": address("answers.ask", row, question=question),
                "done": answered(question, row.document),
                "needed": asked.needed,
            }
        )
    return [(SECTIONS[section], tasks) for section, tasks in found.items()]


def _needs(session: Session, row: Registration) -> list[dict[str, Any]]:
    """The needs chosen so far as tasks: how each is met."""
    left = set(unmet(row.needs))
    return [
        {"title": leaf.question or leaf.name,
         "href": address("answers.meet", row, need=need), "done": need not in left}
        for need, leaf in base.needed(session, row).items()
    ]  # fmt: skip


@blueprint.route(f"{AT}/delete", methods=BOTH)
@requires(Permission.EDIT_REGISTRATION, of=thing_at)
def delete(registration_id: int) -> AnyResponse:
    """Throw a draft away: ask first."""
    row, form = base.draft_at(registration_id), GoForm()
    form.go.label.text = _("Delete the draft")
    if form.validate_on_submit():
        registering.throw_away(database(), registration_id, act())
        return done(_("The draft is deleted."), url_for("registrations.index"))
    rows = [{"key": _("Name"), "value": title_of(row)}]
    return form_page(form, _("Delete this draft?"), crumbs(row), rows=rows)
