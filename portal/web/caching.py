"""Conditional requests: a page that has not changed is not built again."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable
from functools import cache, wraps
from pathlib import Path
from typing import NamedTuple, ParamSpec

from flask import Flask, Response, current_app, g, make_response, request, session
from werkzeug.wrappers import Response as AnyResponse

from portal.kept import Kept
from portal.web import assets
from portal.web.headers import csp_nonce, vary_with_cookie
from portal.web.i18n import html_lang
from portal.web.people import signed_in

Arguments = ParamSpec("Arguments")

#: Long enough to spare us a rush, short enough that nobody waits for a correction.
PUBLIC = "public, max-age=60"
EXTENSION = "portal_release"
PAGES = "portal_pages"
#: The headers that can make an answer one without a body, or a part of it.
CONDITIONS = (
    "HTTP_IF_NONE_MATCH", "HTTP_IF_MATCH", "HTTP_IF_MODIFIED_SINCE", "HTTP_IF_UNMODIFIED_SINCE",
    "HTTP_RANGE", "HTTP_IF_RANGE",
)  # fmt: skip
OVERHEAD = 1_000  # bytes that a kept page takes beside its body


def install(app: Flask, root: Path, settings: Iterable[str], kept_bytes: int = 0) -> None:
    """Note what is running, so that no tag outlives a deployment; keep pages.

    Args:
        app: the portal.
        root: the folder with the code, the templates and the lock file.
        settings: those that pages show; none of them secret.
        kept_bytes: how much of public pages to keep in memory.
    """
    app.extensions[PAGES] = Kept(kept_bytes)
    text = "\x1f".join((_code(root), *settings))
    app.extensions[EXTENSION] = hashlib.sha256(text.encode()).hexdigest()


@cache
def _code(root: Path) -> str:
    """A digest of the files that pages are made from, the same on every machine."""
    files = [root / "requirements.txt", *(root / "templates").rglob("*.html")]
    files += [
        path
        for path in (root / "portal").rglob("*")
        if path.is_file() and "__pycache__" not in path.parts
    ]
    found = hashlib.sha256()
    for path in sorted(files):
        found.update(str(path.relative_to(root)).encode() + path.read_bytes())
    return found.hexdigest()


def etag_of(*parts: object) -> str:
    """A tag for this address, in this language, at this `version` of what the portal holds,
    from this code with these style sheets.
    """
    running = (current_app.extensions[EXTENSION], assets.digest())
    text = "\x1f".join(map(str, (*parts, request.full_path, html_lang(), *running)))
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()[:24]


def conditional(response: Response, etag: str) -> Response:
    """Give an anonymous reader's answer its tag, and 304 where they have it already."""
    if not _shareable() or response.status_code != 200:
        return response
    # Weak: two copies of a page differ in the nonce of their scripts.
    response.headers["ETag"] = f'W/"{etag}"'
    response.headers["Cache-Control"] = PUBLIC
    vary_with_cookie(response)
    if not any(name in request.environ for name in CONDITIONS):
        return response
    if not response.is_sequence:
        # Else the whole download would be read into memory first, to say how long it is.
        response.implicit_sequence_conversion = False
    response.make_conditional(request)
    return response


def unless_unchanged(
    version: Callable[[], str],
) -> Callable[[Callable[Arguments, AnyResponse]], Callable[Arguments, AnyResponse]]:
    """Run the view only where the reader's copy is out of date, and once for all readers.

    Args:
        version: gives what the page depends on, such as the catalogue's version number.
    """

    def wrap(view: Callable[Arguments, AnyResponse]) -> Callable[Arguments, AnyResponse]:
        @wraps(view)
        def answer(*args: Arguments.args, **kwargs: Arguments.kwargs) -> AnyResponse:
            if request.method not in ("GET", "HEAD") or not _shareable():
                return view(*args, **kwargs)
            now = version()
            etag = etag_of(now)
            if "HTTP_IF_NONE_MATCH" in request.environ:
                known = request.if_none_match
                # "*" means "any copy": only the view can say whether there is a page at all.
                if not known.star_tag and known.contains_weak(etag):
                    return conditional(Response(status=200), etag)
            response = _kept(now, etag)
            if response is None:
                response = make_response(view(*args, **kwargs))
                _keep(now, etag, response)
            return conditional(response, etag)

        return answer

    return wrap


class _Page(NamedTuple):
    body: bytes
    nonce: bytes
    headers: list[tuple[str, str]]


def _keep(version: str, etag: str, response: Response) -> None:
    """Keep what everybody may see; not what is still being written, as a long download is."""
    pages = current_app.extensions[PAGES]
    if pages.most and response.status_code == 200 and response.is_sequence and _shareable():
        body = response.get_data()
        page = _Page(body, csp_nonce().encode(), response.headers.to_wsgi_list())
        pages.put(version, etag, page, len(body) + OVERHEAD)


def _kept(version: str, etag: str) -> Response | None:
    """The page as another reader got it, with a nonce of this answer's own."""
    page: _Page | None = current_app.extensions[PAGES].get(version, etag)
    if page is None:
        return None
    body = page.body.replace(page.nonce, csp_nonce().encode())
    return Response(body, headers=page.headers)


def _shareable() -> bool:
    """True where the answer is the same for everybody, so that a shared cache may keep it."""
    return not (signed_in() or session or session.modified or "csrf_token" in g)
