"""The edge: everything about HTTP, pages and forms that is not about services or assessments."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

from flask import Flask, Request, Response
from flask.sessions import SecureCookieSession, SecureCookieSessionInterface, SessionMixin
from flask_wtf import CSRFProtect

from portal.web.headers import vary_with_cookie

if TYPE_CHECKING:
    from config import Settings
    from portal.db import Database

ROOT = Path(__file__).resolve().parents[2]
MEBIBYTE = 1024 * 1024
Function = Callable[..., Any]


class App(Flask):
    """Flask, where no function is a coroutine: it asks each one at each request."""

    def ensure_sync(self, func: Function) -> Function:
        """The function as it is."""
        return func


def install(app: Flask, settings: Settings, database: Database) -> None:
    """Wire the whole edge into `app`, before any feature registers its blueprint.

    The order matters: requests are timed first, then checked by the guard, then for forgery.
    """
    from portal.web import (
        assets,
        caching,
        charts,
        compiling,
        errors,
        exports,
        filters,
        formats,
        guard,
        headers,
        health,
        i18n,
        limits,
        links,
        logs,
        navigation,
        outbox,
        pages,
        people,
        reading,
        static_pages,
        templating,
        widgets,
    )

    app.jinja_environment = compiling.Environment
    _configure(app, settings)
    logs.install(app, settings.log_level)
    i18n.install(app)
    reading.install(app, settings.kept_seconds)
    people.install(app)
    templating.install(app, ROOT / "templates")
    filters.install(app)
    charts.install(app)
    navigation.install(app)
    formats.install(app)
    exports.install(app, settings.database_url, settings.max_exports)
    pages.install(app, settings.portal_name, settings.contact_address)
    widgets.install(app)
    guard.install(app, settings.trusted_hosts)
    links.install(app)
    limits.install(app, settings.searches_per_minute, settings.rate_storage)
    CSRFProtect(app)
    headers.install(app, hsts=not settings.development)
    errors.install(app)
    assets.install(app, ROOT / "static" / "dist")
    caching.install(app, ROOT, _shown(settings), settings.kept_pages_mb * MEBIBYTE)
    health.install(app, database, ROOT / "migrations" / "HEAD")
    static_pages.install(app, settings)
    outbox.install(app, settings, database)


class _Sessions(SecureCookieSessionInterface):
    """Flask's own; a visitor without a cookie waits neither for the signer to be made nor for
    settings of the cookie that is not sent.
    """

    def open_session(self, app: Flask, request: Request) -> SecureCookieSession | None:
        if self.get_cookie_name(app) not in request.cookies:
            return self.session_class()
        return super().open_session(app, request)

    def save_session(self, app: Flask, session: SessionMixin, response: Response) -> None:
        if session or session.modified:
            super().save_session(app, session, response)
        elif session.accessed:
            vary_with_cookie(response)


def _shown(settings: Settings) -> tuple[str, ...]:
    rate = str(settings.smallest_rate)
    return settings.portal_name, settings.organisation_name, settings.contact_address, rate


def _configure(app: Flask, settings: Settings) -> None:
    app.secret_key = settings.secret_key
    app.session_interface = _Sessions()
    secure = settings.secure
    app.config.update(
        # A browser refuses a __Host- cookie that another host or plain HTTP tries to set.
        SESSION_COOKIE_NAME="__Host-portal_session" if secure else "portal_session",
        SESSION_COOKIE_HTTPONLY=True,
        SESSION_COOKIE_SECURE=secure,
        SESSION_COOKIE_SAMESITE="Lax",
        WTF_CSRF_TIME_LIMIT=None,  # as long as the session: nobody loses a long text to a clock
        MAX_CONTENT_LENGTH=2 * MEBIBYTE,
        MAX_FORM_MEMORY_SIZE=MEBIBYTE,
    )
