"""Sign in at one's own department, by OpenID Connect with a code and PKCE."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, cast

import requests
from authlib.common.errors import AuthlibBaseError
from authlib.integrations.flask_client import OAuth
from flask import Blueprint, Flask, Response, current_app, redirect, request, session, url_for
from joserfc.errors import JoseError
from werkzeug.wrappers import Response as AnyResponse

from portal.accounts.actions import openid
from portal.accounts.rules.addresses import local_path
from portal.accounts.rules.openid import NotSignedIn, arrival
from portal.accounts.rules.people import SignedIn
from portal.accounts.words import NotIn
from portal.errors import Missing
from portal.web.guard import public
from portal.web.i18n import _
from portal.web.logs import log
from portal.web.pages import page
from portal.web.people import act, current_person, start_session
from portal.web.reading import database

if TYPE_CHECKING:
    from config import AccountSettings, Issuer

blueprint = Blueprint("openid", __name__)
EXTENSION = "portal_issuers"
NEXT = "sign_in_next"
SECONDS = 10
#: Whatever an issuer can do wrong: refuse, not answer, answer nonsense, sign badly.
TROUBLE = (AuthlibBaseError, JoseError, requests.RequestException, ValueError, KeyError, TypeError,
           RuntimeError)  # fmt: skip


def install(app: Flask, settings: AccountSettings) -> None:
    """Know the issuers; without any there is nothing to see."""
    oauth = OAuth(app)
    for issuer in settings.issuers:
        oauth.register(
            issuer.key,
            client_id=issuer.client_id,
            client_secret=issuer.client_secret,
            server_metadata_url=f"{issuer.url}/.well-known/openid-configuration",
            client_kwargs={
                "scope": "openid email profile",
                "code_challenge_method": "S256",
                "default_timeout": SECONDS,
            },
        )
    app.extensions[EXTENSION] = oauth, {issuer.key: issuer for issuer in settings.issuers}
    app.jinja_env.globals["issuers"] = settings.issuers


def _issuer(key: str) -> tuple[Any, Issuer]:
    oauth, issuers = current_app.extensions[EXTENSION]
    if key not in issuers:
        raise Missing("There is no such issuer")
    return oauth.create_client(key), cast("Issuer", issuers[key])


@blueprint.get("/sign-in/with/<key>")
@public
def start(key: str) -> AnyResponse:
    """Send the reader to the issuer; what must come back unchanged is in their cookie."""
    client, issuer = _issuer(key)
    path = url_for("openid.back", key=key)
    where = f"{current_app.extensions['portal'].settings.public_url}{path}"
    try:
        _same_issuer(client, issuer)
        answer = cast(AnyResponse, client.authorize_redirect(where))
    except TROUBLE as problem:
        return _problem(NotIn.FAILED, key, problem)
    session[NEXT] = local_path(request.args.get("next")) or ""
    return answer


def _same_issuer(client: Any, issuer: Issuer) -> None:
    if str(client.load_server_metadata().get("issuer", "")).rstrip("/") != issuer.url:
        raise ValueError("the metadata are another issuer's")


@blueprint.get("/sign-in/with/<key>/back")
@public
def back(key: str) -> AnyResponse:
    """Come back from the issuer: the one GET that writes, since the protocol has it so."""
    client, issuer = _issuer(key)
    try:
        _same_issuer(client, issuer)
        claims = client.authorize_access_token()["userinfo"]
        return _entered(arrival(claims, issuer))
    except NotSignedIn as problem:
        return _problem(problem.why, key)
    except TROUBLE as problem:
        refused = request.args.get("error") == "access_denied"
        return _problem(NotIn.REFUSED if refused else NotIn.FAILED, key, problem)


def _entered(arrived: Any) -> AnyResponse:
    settings = current_app.extensions["portal"].settings
    who = current_person()
    leaving = who if isinstance(who, SignedIn) else None
    entered = openid.arrive(database(), arrived, act(), settings.accounts, leaving)
    where = local_path(session.get(NEXT)) or url_for("home.index")
    start_session(entered.token)
    return redirect(where, 303)


def _problem(why: NotIn, key: str, cause: Exception | None = None) -> Response:
    # The kind of problem only: what an issuer says may hold names or tokens.
    log.warning("openid_failed", issuer=key, why=why.value, error=type(cause).__name__)
    failed = why is NotIn.FAILED
    return page(
        "accounts/openid_problem.html",
        title=_("Signing in did not work") if failed else _("You are not signed in"),
        section=_("Sign in"),
        why=why,
        key=key,
        status=502 if failed and isinstance(cause, requests.RequestException) else 403,
    )
