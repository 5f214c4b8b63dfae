"""Ask to join a team or an organisation, and decide about it."""

from __future__ import annotations

from flask import Blueprint, Response, redirect
from werkzeug.wrappers import Response as AnyResponse

from portal.access import Permission, Role, Thing
from portal.accounts.actions import roles
from portal.accounts.forms.roles import REFUSE, DecideForm, JoinForm, decisions
from portal.accounts.models.roles import JoinRequest
from portal.accounts.store import requests
from portal.accounts.views.base import (
    FOLDERS,
    ID,
    done,
    form_page,
    of_thing,
    on_things,
    people_url,
    said,
    slug_of,
    thing_at,
    title_of,
)
from portal.accounts.words import RequestState
from portal.errors import Invalid
from portal.web.guard import requires
from portal.web.i18n import _
from portal.web.people import act, current_person
from portal.web.reading import database, reading

blueprint = Blueprint("joining", __name__)


@on_things(blueprint, "/join", methods=("GET", "POST"), portal=False)
@requires(Permission.USE_ACCOUNT, of=thing_at)
def ask(folder: str, slug: str) -> AnyResponse:
    """Ask to join; those who may decide get an email."""
    form, thing = JoinForm(), thing_at(folder, slug)
    with reading() as session:
        name = title_of(session, thing)
    if form.validate_on_submit():
        try:
            told = said(name, None, people_url(folder, slug))
            roles.ask(database(), current_person().id, thing, form.why.data or None, act(), told)
            return done(_("You have asked. You will get an email."), "/account")
        except Invalid as problem:
            form.refuse(problem)
    return form_page(form, _("Ask to join %(name)s", name=name), [(name, f"/{folder}/{slug}")])


def request_thing(request_id: int) -> Thing:
    """What somebody asks to join. Raises Missing."""
    with reading() as session:
        found = requests.get(session, request_id)
    return of_thing(found.kind, found.thing_id)


@blueprint.route(f"/join-requests/{ID}request_id>", methods=["GET", "POST"])
@requires(Permission.MANAGE_PEOPLE, of=request_thing)
def decide(request_id: int) -> AnyResponse:
    """Let somebody join, or refuse."""
    with reading() as session:
        found = requests.get(session, request_id)
        slug = slug_of(session, found.kind, found.thing_id)
        name = title_of(session, Thing(found.kind, found.thing_id))
    back = people_url(FOLDERS[found.kind], slug)
    if found.state is not RequestState.WAITING:
        return redirect(back, 303)
    form = DecideForm()
    form.role.choices = decisions(found.kind)
    if form.validate_on_submit():
        return _decide(form, found, name, slug)
    return _page(form, found, name, back)


def _decide(form: DecideForm, found: JoinRequest, name: str, slug: str) -> AnyResponse:
    role = None if form.role.data == REFUSE else Role(form.role.data)
    folder = FOLDERS[found.kind]
    answer = form.answer.data or None
    told = said(name, role, f"/{folder}/{slug}")
    try:
        roles.decide(database(), found.id, role, answer, act(), told)
    except Invalid as problem:
        form.refuse(problem)
        return _page(form, found, name, people_url(folder, slug))
    return done(_("The answer is sent."), people_url(folder, slug))


def _page(form: DecideForm, found: JoinRequest, name: str, back: str) -> Response:
    rows = [
        {"key": _("Who"), "value": f"{found.person.name} ({found.person.email})"},
        {"key": _("Asks to join"), "value": name},
        {"key": _("What they say"), "value": found.why or ""},
    ]
    title = _("Answer a request to join")
    return form_page(form, title, [(_("People"), back)], rows=rows)
