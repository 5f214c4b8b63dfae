"""My account: who I am here, what I may do, and where I am signed in."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from flask import Blueprint, Response, redirect, url_for
from werkzeug.wrappers import Response as AnyResponse

from portal import clock
from portal.access import Kind, Permission, Role
from portal.accounts.actions import account, signing_in
from portal.accounts.forms.account import NameForm, ProfessionsForm
from portal.accounts.models.roles import JoinRequest
from portal.accounts.rules.people import SignedIn
from portal.accounts.store import grants, people, requests, sessions, things
from portal.accounts.views.base import ID, named
from portal.audit import london_day
from portal.errors import Invalid
from portal.web.forms import Form
from portal.web.guard import requires
from portal.web.i18n import _
from portal.web.pages import page
from portal.web.people import act, current_person, end_session
from portal.web.reading import database, reading

if TYPE_CHECKING:
    from sqlalchemy.orm import Session

blueprint = Blueprint("account", __name__)


@blueprint.get("/account")
@requires(Permission.USE_ACCOUNT)
def show() -> Response:
    """Show my name, roles, professions, requests and sessions."""
    with reading() as session:
        found = _mine(session, current_person().id)
    return page(
        "accounts/account.html",
        title=_("My account"),
        who=current_person(),
        assesses=is_assessor(),
        **found,
    )


def _mine(session: Session, person_id: int) -> dict[str, Any]:
    now = clock.now()
    asked = requests.of_person(session, person_id)
    names = things.names(session, [(each.kind, each.thing_id) for each in asked])
    return {
        "roles": named(session, grants.of_person(session, person_id, london_day(now))),
        "professions": people.professions_of(session, person_id),
        "sessions": sessions.open_ones(session, person_id, now),
        "requests": [_named(each, names) for each in asked],
    }


def _named(asked: JoinRequest, names: dict[tuple[Kind, int], things.Named]) -> tuple[Any, str]:
    thing = names.get((asked.kind, asked.thing_id))
    return asked, thing.name if thing else ""


def is_assessor() -> bool:
    """Whether the reader sits on panels."""
    return any(grant.role is Role.ASSESSOR for grant in current_person().grants)


@blueprint.route("/account/name", methods=["GET", "POST"])
@requires(Permission.USE_ACCOUNT)
def name() -> AnyResponse:
    """Change my name."""
    form = NameForm(name=getattr(current_person(), "name", ""))
    if form.validate_on_submit():
        try:
            account.rename(database(), current_person().id, form.name.data, act())
            return redirect(url_for("account.show"), 303)
        except Invalid as problem:
            form.refuse(problem)
    return _form(form, _("Change your name"))


@blueprint.route("/account/professions", methods=["GET", "POST"])
@requires(Permission.USE_ACCOUNT)
def professions() -> AnyResponse:
    """Say in which professions I assess."""
    with reading() as session:
        known = people.professions_of(session, current_person().id)
    form = ProfessionsForm(professions=[each.value for each in known]).offer()
    if form.validate_on_submit():
        chosen = form.professions.data or []
        account.profess(database(), current_person().id, chosen, act())
        return redirect(url_for("account.show"), 303)
    return _form(form, _("Your professions"))


def _form(form: Form, title: str) -> Response:
    return page(
        "accounts/form.html",
        title=title,
        section=_("My account"),
        crumbs=[(_("My account"), url_for("account.show"))],
        form=form,
        status=422 if form.errors else 200,
    )


@blueprint.post(f"/account/sessions/{ID}session_id>/end")
@requires(Permission.USE_ACCOUNT)
def end(session_id: int) -> AnyResponse:
    """Sign out of another browser."""
    signing_in.leave(database(), current_person().id, clock.now(), only=session_id)
    return redirect(url_for("account.show"), 303)


@blueprint.post("/account/sign-out-everywhere")
@requires(Permission.USE_ACCOUNT)
def end_all() -> AnyResponse:
    """Sign out everywhere, here too."""
    who = current_person()
    if isinstance(who, SignedIn):
        signing_in.leave(database(), who.id, clock.now())
    end_session()
    return redirect(url_for("sign_in.left"), 303)
