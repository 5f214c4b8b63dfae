"""Sign in by an e-mailed link, and sign out."""

from __future__ import annotations

from flask import Blueprint, Response, current_app, redirect, request, session, url_for
from werkzeug.wrappers import Response as AnyResponse

from portal import clock
from portal.access import Permission
from portal.accounts.actions import signing_in
from portal.accounts.forms.sign_in import AskForm, EnterForm, NewPersonForm
from portal.accounts.rules.addresses import local_path
from portal.accounts.rules.people import SignedIn
from portal.accounts.words import LinkState
from portal.errors import Invalid
from portal.web.forms import Form
from portal.web.guard import public, requires
from portal.web.i18n import _, lazy
from portal.web.pages import page
from portal.web.people import act, current_person, end_session, start_session
from portal.web.reading import database, reading

blueprint = Blueprint("sign_in", __name__)
#: The address that a link was asked for, to say where it went.
ASKED = "sign_in_email"
TITLES = {
    LinkState.USED: lazy("This link has been used"),
    LinkState.EXPIRED: lazy("This link has expired"),
    LinkState.UNKNOWN: lazy("This link does not work"),
    LinkState.CLOSED: lazy("You cannot sign in"),
}
STATUS = {
    LinkState.READY: 200,
    LinkState.USED: 410,
    LinkState.EXPIRED: 410,
    LinkState.UNKNOWN: 404,
    LinkState.CLOSED: 403,
}


@blueprint.route("/sign-in", methods=["GET", "POST"])
@public
def start() -> AnyResponse:
    """Ask for the address; the answer is the same whoever it belongs to."""
    form = AskForm(next=local_path(request.args.get("next")) or "")
    email = form.normalised()
    if email is None:
        status = 422 if form.errors else 200
        return page("accounts/sign_in.html", title=_("Sign in"), form=form, status=status)
    signing_in.ask(database(), email, local_path(form.next.data), clock.now())
    session[ASKED] = email
    return redirect(url_for("sign_in.sent"), 303)


@blueprint.get("/sign-in/check-your-email")
@public
def sent() -> Response:
    """Say where the link went, if it went anywhere."""
    return page(
        "accounts/check_your_email.html",
        title=_("Check your email"),
        email=session.get(ASKED),
        outbox="outbox" in current_app.view_functions,
    )


@blueprint.route("/sign-in/link/<token>", methods=["GET", "POST"])
@public
def link(token: str) -> AnyResponse:
    """Open a link: a page with one button. Sending that uses the link up."""
    with reading() as reader:
        found = signing_in.opened(reader, token, clock.now())
    if found.state is not LinkState.READY:
        return _not_ready(found.state)
    form = NewPersonForm() if found.new else EnterForm()
    if not form.validate_on_submit():
        return _confirm(form, found)
    try:
        return _entered(token, form)
    except Invalid as problem:
        form.refuse(problem)
        return _confirm(form, found)
    except signing_in.NotReady as late:
        return _not_ready(late.state)


def _confirm(form: Form, found: signing_in.Opened) -> Response:
    response = page(
        "accounts/link.html",
        title=_("Sign in"),
        form=form,
        email=found.email,
        status=422 if form.errors else 200,
    )
    response.headers["Referrer-Policy"] = "no-referrer"  # the address lets people in
    return response


def _entered(token: str, form: Form) -> AnyResponse:
    settings = current_app.extensions["portal"].settings
    name = form.name.data if isinstance(form, NewPersonForm) else None
    who = current_person()
    leaving = who if isinstance(who, SignedIn) else None
    entered = signing_in.enter(database(), token, name, act(), settings.accounts, leaving)
    start_session(entered.token)
    return redirect(local_path(entered.next_path) or url_for("home.index"), 303)


def _not_ready(state: LinkState) -> Response:
    response = page(
        "accounts/link_problem.html",
        title=str(TITLES[state]),
        section=_("Sign in"),
        state=state,
        status=STATUS[state],
    )
    response.headers["Referrer-Policy"] = "no-referrer"
    return response


@blueprint.post("/sign-out")
@requires(Permission.USE_ACCOUNT)
def leave() -> AnyResponse:
    """Sign out of this browser."""
    who = current_person()
    if isinstance(who, SignedIn):
        signing_in.leave(database(), who.id, clock.now(), only=who.session_id)
    end_session()
    return redirect(url_for("sign_in.left"), 303)


@blueprint.get("/signed-out")
@public
def left() -> Response:
    """Say that it worked."""
    return page("accounts/signed_out.html", title=_("You have signed out"))
