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

    fixed = [(name, name.lower(), value) for name, value in FIXED.items()]

    @app.after_request
    def _finish(response: Response) -> Response:
        headers = response.headers
        known = {name.lower() for name, _value in headers}
        for name, lower, value in fixed:
            if lower not in known:
                headers.add(name, value)
        if hsts:
            headers["Strict-Transport-Security"] = "max-age=31536000; includeSubDomains"
        # A cache copies the headers of a 304 onto the page it kept, whose scripts carry the nonce
        # of that page: a new nonce here would stop them.
        if response.status_code != 304 and "content-security-policy" not in known:
            headers.add("Content-Security-Policy", POLICY.format(nonce=csp_nonce()))
        return _cache(response)


def csp_nonce() -> str:
    """The value that this page's own scripts carry; new for each answer."""
    known = g._get_current_object().__dict__
    if "csp_nonce" not in known:
        known["csp_nonce"] = secrets.token_urlsafe(16)
    return str(known["csp_nonce"])


def vary_with_cookie(response: Response) -> None:
    """Tell shared caches that who asks makes a difference."""
    now = response.headers.get("Vary")
    if now is None:
        response.headers["Vary"] = "Cookie"
    elif now != "Cookie":
        response.vary.add("Cookie")


def _cache(response: Response) -> Response:
    if session or session.modified or (request.endpoint and signed_in()):
        response.headers["Cache-Control"] = "private, no-store"
        response.headers.pop("ETag", None)
    elif "Cache-Control" not in response.headers:
        fresh = response.status_code < 400
        response.headers["Cache-Control"] = "no-cache" if fresh else "no-store"
    return response
