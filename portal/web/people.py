"""Who is asking: a visitor, or the person whose session the cookie names."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import cast

from flask import (
    Flask,
    Response,
    abort,
    appcontext_pushed,
    current_app,
    g,
    redirect,
    request,
    session,
)
from flask_login import LoginManager, current_user

from portal import clock
from portal.access import Person, Visitor
from portal.audit import Act
from portal.errors import Refused
from portal.web.links import pairs, with_query
from portal.web.logs import request_id

#: Where the cookie says which session it is: Flask-Login's name for it.
NAMED = "_user_id"
SIGN_IN = "portal_sign_in"


def install(app: Flask) -> None:
    """Wire Flask-Login; whoever has not signed in is a Visitor."""
    manager = LoginManager()
    manager.anonymous_user = Visitor
    # It would tie a session to an address and a browser; ours are rows that can be revoked.
    manager.session_protection = None
    manager.init_app(app, add_context_processor=False)  # templates ask for `current_person`
    manager.user_loader(lambda _token: None)
    app.jinja_env.globals.update(current_person=current_person, sign_in_address=None)


def signs_in(app: Flask, load: Callable[[str], Person | None], address: str) -> None:
    """Let people sign in.

    Args:
        app: the portal.
        load: gives the person whose session has this token, or None where it is over.
        address: the page where a visitor signs in.
    """
    app.extensions[SIGN_IN] = app.jinja_env.globals["sign_in_address"] = address
    app.login_manager.user_loader(load)  # type: ignore[attr-defined]


def current_person() -> Person:
    """The person who sent this request. Without a cookie that names a session, nothing is read."""
    known = g._get_current_object().__dict__  # a page asks ten times
    if "person" not in known:
        g.person = Visitor()  # stays so where the database is away: its error page needs nobody
        if session.get(NAMED) is not None:
            g.person = current_user._get_current_object()
            if not g.person.is_authenticated:
                session.pop(NAMED)  # it is over: the next request need not ask
    return cast(Person, known["person"])


def signed_in() -> bool:
    """True where the answer is for one person's eyes."""
    return current_person().is_authenticated


def start_session(token: str) -> None:
    """Answer with a cookie that names a new session, and forget what the old one held: whoever
    knew that cookie knows nothing of this one.
    """
    session.clear()
    session[NAMED] = token


def end_session() -> None:
    """Answer with no cookie."""
    session.clear()


def act(reason: str | None = None) -> Act:
    """What the person who sent this request does, now."""
    return Act(f"person:{current_person().id}", clock.now(), request_id(), reason=reason)


def to_sign_in() -> Response:
    """Lead a visitor to the sign-in page, and from there back to the page they asked for.

    Raises:
        werkzeug.exceptions.Unauthorized: for what is no page, and for what was sent.
        Refused: nobody can sign in to this app.
    """
    if SIGN_IN not in current_app.extensions:
        raise Refused("nobody can sign in here")
    if request.method not in ("GET", "HEAD") or request.path.endswith((".json", ".csv")):
        abort(401)
    back = with_query(request.path, pairs())
    address = with_query(current_app.extensions[SIGN_IN], [("next", back)])
    return cast(Response, redirect(address))


@contextmanager
def as_person(app: Flask, person: Person) -> Iterator[None]:
    """Within the block, every request to `app` comes from `person`: for tests."""

    def set_person(sender: Flask, **_extra: object) -> None:
        g.person = person

    with appcontext_pushed.connected_to(set_person, app):
        yield
