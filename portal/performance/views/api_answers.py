"""Answers to programs: always JSON, in the form that clients of such data sets know."""

from __future__ import annotations

import hashlib
import json
import re
from typing import Any

from flask import Flask, Response, request

from portal.web import errors

NO_CACHE = "no-cache"
#: An address as data sets had it before they had groups and types.
_ONE_PART = re.compile(r"/[A-Za-z0-9_-]+")
_NAME = re.compile(r"/[a-z0-9-]+_[a-z0-9_-]+")
_READS = ("GET", "HEAD", "OPTIONS")
NO_SET = "data_set not found"
NO_HEADER = "Expected header of form: Authorization: Bearer <token>"
NOT_ALLOWED = "The method is not allowed for the requested URL."
NO_CONFIG = "Could not find data_set_config"
#: What programs that write are told of an address that there is not; those that read are told less.
NO_ADDRESS = (
    "The requested URL was not found on the server.  If you entered the URL manually please check "
    "your spelling and try again."
)


def install(app: Flask) -> None:
    """Whatever goes wrong at these addresses is told as JSON."""
    errors.answered_by(app, _answer)


def laid_out(body: Any) -> str:
    """JSON, laid out as clients know it."""
    return json.dumps(body, indent=2, sort_keys=True, separators=(", ", ": "))


def marked(response: Response) -> Response:
    """An answer to a read at the old form of an address, with the mark that clients know: a digest
    of all that it says.
    """
    response.headers["Accept-Ranges"] = "none"
    if "ETag" not in response.headers and request.method != "OPTIONS":
        digest = hashlib.sha1(response.get_data(), usedforsecurity=False).hexdigest()
        response.set_etag(digest)
        response.make_conditional(request)
    return response


def told(code: int, **body: Any) -> Response:
    """A short answer, laid out as clients know it."""
    response = Response(laid_out(body), code, content_type="application/json")
    if request.method in ("GET", "HEAD", "OPTIONS"):
        shared(response)
    if code == 401:
        response.headers["WWW-Authenticate"] = "bearer"
    return response


def error(status: int, message: str) -> Response:
    """That something is wrong with a request."""
    return told(status, status="error", message=message)


def wrong(messages: list[str]) -> Response:
    """That something is wrong with records."""
    response = told(400, messages=messages)
    response.headers["Cache-Control"] = NO_CACHE
    return response


def done(**body: str) -> Response:
    """That a write is done."""
    response = told(200, status="ok", **body)
    response.headers["Cache-Control"] = NO_CACHE
    return response


def shared(response: Response) -> Response:
    """Let pages of other portals read an answer."""
    response.headers["Access-Control-Allow-Origin"] = "*"
    response.headers["Cross-Origin-Resource-Policy"] = "cross-origin"
    return response


def not_found() -> Response:
    """That there is no such address."""
    return error(404, "Not Found" if request.method in _READS else NO_ADDRESS)


def _answer(status: int, sentence: str) -> Response | None:
    if request.path.startswith(("/data/", "/_status")) or _is_ours():
        return _told(status, sentence)
    if not _is_program() or not _ONE_PART.fullmatch(request.path):
        return None
    if request.method not in _READS:
        return _no_name(status)
    if status == 404 and request.method != "OPTIONS":
        return marked(error(404, NO_SET))
    return None


def _told(status: int, sentence: str) -> Response:
    if status == 404:
        return not_found()
    return error(status, NOT_ALLOWED if status == 405 else sentence)


def _no_name(status: int) -> Response | None:
    """What is told of a write to an address of one part that no data set has."""
    if status == 405 and _NAME.fullmatch(request.path):
        return error(405, NOT_ALLOWED)
    if status != 404:
        return None
    return error(404, NO_ADDRESS if request.path.startswith("/_") else NO_CONFIG)


def _is_ours() -> bool:
    return (request.endpoint or "").startswith("data_api.")


def _is_program() -> bool:
    return "text/html" not in request.headers.get("Accept", "")
