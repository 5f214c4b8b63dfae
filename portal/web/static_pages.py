"""Pages about the portal itself: accessibility, privacy, cookies, and files that robots read."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Protocol, cast

from flask import Blueprint, Flask, Response, current_app, redirect, url_for
from werkzeug.wrappers import Response as AnyResponse

from portal import clock
from portal.web import assets
from portal.web.guard import public
from portal.web.i18n import _
from portal.web.pages import page

blueprint = Blueprint("web", __name__)
EXTENSION = "portal_operator"
#: When each statement was last read through and found true.
ACCESSIBILITY_REVIEWED = date(2026, 11, 21)
PRIVACY_REVIEWED = date(2026, 11, 21)
VALID_DAYS = 180


class Operator(Protocol):
    """Who runs this portal: the part of the settings these pages name."""

    @property
    def organisation_name(self) -> str:
        """Named as responsible."""

    @property
    def contact_address(self) -> str:
        """Where to write."""


def install(app: Flask, operator: Operator) -> None:
    """Add the pages."""
    app.extensions[EXTENSION] = operator
    app.register_blueprint(blueprint)


def _operator() -> Operator:
    return cast(Operator, current_app.extensions[EXTENSION])


@blueprint.get("/accessibility-statement")
@public
def accessibility() -> Response:
    """Say how accessible the portal is, and whom to tell."""
    title = _("Accessibility statement")
    return page(
        "web/accessibility.html",
        title=title,
        operator=_operator(),
        reviewed=ACCESSIBILITY_REVIEWED,
    )


@blueprint.get("/privacy")
@public
def privacy() -> Response:
    """Say what is kept about people who use the portal."""
    title = _("Privacy notice")
    return page("web/privacy.html", title=title, operator=_operator(), reviewed=PRIVACY_REVIEWED)


@blueprint.get("/cookies")
@public
def cookies() -> Response:
    """Say which cookies there are."""
    name = current_app.config["SESSION_COOKIE_NAME"]
    return page("web/cookies.html", title=_("Cookies"), operator=_operator(), cookie_name=name)


@blueprint.get("/.well-known/security.txt")
@public
def security_txt() -> Response:
    """Say how to report a vulnerability (RFC 9116)."""
    midnight = clock.now().replace(hour=0, minute=0, second=0, microsecond=0)
    lines = [
        f"Contact: mailto:{_operator().contact_address}",
        f"Expires: {(midnight + timedelta(days=VALID_DAYS)):%Y-%m-%dT%H:%M:%SZ}",
        "Preferred-Languages: en",
        f"Canonical: {url_for('web.security_txt', _external=True)}",
    ]
    return _text(lines)


@blueprint.get("/security.txt")
@public
def old_security_txt() -> AnyResponse:
    """Lead on from the place where it was before RFC 9116."""
    return redirect(url_for("web.security_txt"), 301)


@blueprint.get("/robots.txt")
@public
def robots() -> Response:
    """Let search engines read everything but downloads and health pages."""
    return _text(["User-agent: *", "Disallow: /health", "Disallow: /*.csv", "Disallow: /*.json"])


@blueprint.get("/favicon.ico")
@public
def favicon() -> AnyResponse:
    """Lead readers that do not look at a page's own link to the icon it names."""
    return redirect(assets.address("favicon.svg"))


def _text(lines: list[str]) -> Response:
    response = Response("\n".join(lines) + "\n", mimetype="text/plain")
    response.headers["Cache-Control"] = "public, max-age=3600"
    return response
