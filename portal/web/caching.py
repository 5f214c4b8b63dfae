"""Conditional requests: a page that has not changed is not built again."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from functools import wraps
from typing import ParamSpec

from flask import Response, g, make_response, request, session
from werkzeug.wrappers import Response as AnyResponse

from portal.web import assets
from portal.web.i18n import html_lang
from portal.web.people import signed_in

Arguments = ParamSpec("Arguments")

#: Long enough to spare us a rush, short enough that nobody waits for a correction.
PUBLIC = "public, max-age=60"


def etag_of(*parts: object) -> str:
    """A tag for this address, in this language, with these style sheets, at this `version`."""
    path = request.full_path
    text = "\x1f".join(map(str, (*parts, path, html_lang(), assets.digest())))
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()[:24]


def conditional(response: Response, etag: str) -> Response:
    """Give an anonymous reader's answer its tag, and 304 where they have it already."""
    if not _shareable() or response.status_code != 200:
        return response
    # Weak: two copies of a page differ in the nonce of their scripts.
    response.set_etag(etag, weak=True)
    response.headers["Cache-Control"] = PUBLIC
    response.vary.add("Cookie")
    response.make_conditional(request)
    return response


def unless_unchanged(
    version: Callable[[], object],
) -> Callable[[Callable[Arguments, AnyResponse]], Callable[Arguments, AnyResponse]]:
    """Run the view only where the reader's copy is out of date.

    Args:
        version: gives what the page depends on, such as the catalogue's version number.
    """

    def wrap(view: Callable[Arguments, AnyResponse]) -> Callable[Arguments, AnyResponse]:
        @wraps(view)
        def answer(*args: Arguments.args, **kwargs: Arguments.kwargs) -> AnyResponse:
            if request.method not in ("GET", "HEAD") or not _shareable():
                return view(*args, **kwargs)
            etag = etag_of(version())
            if request.if_none_match.contains_weak(etag):
                return conditional(Response(status=200), etag)
            return conditional(make_response(view(*args, **kwargs)), etag)

        return answer

    return wrap


def _shareable() -> bool:
    """True where the answer is the same for everybody, so that a shared cache may keep it."""
    return not (signed_in() or session or session.modified or "csrf_token" in g)
