"""Security and cache headers on every answer."""

from __future__ import annotations

import secrets

from flask import Flask, Response, g, request, session

from portal.web.people import signed_in

POLICY = (
    "default-src 'self'; script-src 'self' 'nonce-{nonce}'; style-src 'self'; "
    "img-src 'self' data:; form-action 'self'; frame-ancestors 'none'; base-uri 'none'; "
    "object-src 'none'"
)
FIXED = {
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "strict-origin-when-cross-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": (
        "accelerometer=(), camera=(), display-capture=(), geolocation=(), gyroscope=(), "
        "magnetometer=(), microphone=(), midi=(), payment=(), usb=()"
    ),
}


def install(app: Flask, hsts: bool) -> None:
    """Add the headers; `hsts` tells browsers to come back by HTTPS only."""
    app.jinja_env.globals["csp_nonce"] = csp_nonce

    @app.after_request
    def _finish(response: Response) -> Response:
        for name, value in FIXED.items():
            response.headers.setdefault(name, value)
        if hsts:
            response.headers["Strict-Transport-Security"] = "max-age=31536000; includeSubDomains"
        # A cache copies the headers of a 304 onto the page it kept, whose scripts carry the nonce
        # of that page: a new nonce here would stop them.
        if response.status_code != 304:
            policy = POLICY.format(nonce=csp_nonce())
            response.headers.setdefault("Content-Security-Policy", policy)
        return _cache(response)


def csp_nonce() -> str:
    """The value that this page's own scripts carry; new for each answer."""
    if "csp_nonce" not in g:
        g.csp_nonce = secrets.token_urlsafe(16)
    return str(g.csp_nonce)


def _cache(response: Response) -> Response:
    if session or session.modified or (request.endpoint and signed_in()):
        response.headers["Cache-Control"] = "private, no-store"
        response.headers.pop("ETag", None)
    elif "Cache-Control" not in response.headers:
        fresh = response.status_code < 400
        response.headers["Cache-Control"] = "no-cache" if fresh else "no-store"
    return response
