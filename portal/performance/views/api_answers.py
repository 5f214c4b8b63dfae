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
NO_SET = "data_set not found"
NO_HEADER = "Expected header of form: Authorization: Bearer <token>"
NOT_ALLOWED = "The method is not allowed for the requested URL."


def install(app: Flask) -> None:
    """Whatever goes wrong at these addresses is told as JSON."""
    errors.answered_by(app, _answer)


def told(code: int, **body: Any) -> Response:
    """A short answer, laid out as clients know it."""
    text = json.dumps(body, indent=2, sort_keys=True, separators=(", ", ": "))
    response = Response(text, code, content_type="application/json")
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


def _answer(status: int, sentence: str) -> Response | None:
    if request.path.startswith(("/data/", "/_status")) or _is_ours():
        return error(status, _words(status, sentence))
    if status == 404 and _is_old_address():
        response = error(404, NO_SET)
        response.set_etag(hashlib.sha1(response.get_data(), usedforsecurity=False).hexdigest())
        response.headers["Accept-Ranges"] = "none"
        return response
    return None


def _is_ours() -> bool:
    return (request.endpoint or "").startswith("data_api.")


def _is_old_address() -> bool:
    asks_for_page = "text/html" in request.headers.get("Accept", "")
    return (
        request.method in ("GET", "HEAD")
        and not asks_for_page
        and _ONE_PART.fullmatch(request.path) is not None
    )


def _words(status: int, sentence: str) -> str:
    return {404: "Not Found", 405: NOT_ALLOWED}.get(status, sentence)
