"""What programs send: who they are, and the JSON in their bodies."""

from __future__ import annotations

import json
import re
from typing import Any

import orjson
from flask import request
from werkzeug.exceptions import RequestEntityTooLarge

from portal.fetching import NotGzip, TooLarge, unpacked
from portal.performance.rules.records import LARGEST, MOST

_BEARER = re.compile(r"Bearer (\S+)\s*")
#: Old clients' libraries read these as forms, of which nothing was left.
_FORMS = ("application/x-www-form-urlencoded", "multipart/form-data")
_JSON = "application/json"
NO_JSON = "ValidationError('Expected header: Content-type: application/json',)"
#: Above it a token is somebody's secret, perhaps for another data set.
REPEATED = 16


class BadBody(Exception):
    """A body that cannot be read. `listed` says in which of the two shapes that is told."""

    def __init__(self, message: str, listed: bool = False) -> None:
        """Keep both."""
        super().__init__(message)
        self.message, self.listed = message, listed


def sent_token() -> str | None:
    """The token in the header; None where the header has another form."""
    found = _BEARER.fullmatch(request.headers.get("Authorization", ""))
    return found[1] if found else None


def sent_json() -> Any:
    """The JSON that was sent, gzip or not.

    Raises:
        BadBody: there is none, or it cannot be read.
        RequestEntityTooLarge: it is longer than `LARGEST`.
    """
    data = b"" if request.mimetype in _FORMS else _data()
    if not data:
        raise BadBody("Expected JSON request body but received zero bytes.")
    if request.mimetype != _JSON:
        raise BadBody(NO_JSON, listed=True)
    found = _parsed(data)
    if found is None:
        raise BadBody(NO_JSON, listed=True)
    return found


def sent_records() -> list[Any]:
    """The records that were sent: a list, or one alone. Raises as `sent_json`."""
    found = sent_json()
    rows = found if isinstance(found, list) else [found]
    if len(rows) > MOST:
        raise BadBody(f"At most {MOST} records can be sent at once.")
    return rows


def _data() -> bytes:
    request.max_content_length = LARGEST
    if (request.content_length or 0) > LARGEST:
        raise RequestEntityTooLarge
    data = request.get_data(cache=False, parse_form_data=False)
    coding = request.headers.get("Content-Encoding", "").strip().lower()
    if coding in ("gzip", "x-gzip") and data:
        return _unpacked(data)
    if coding not in ("", "identity", "gzip", "x-gzip"):
        raise BadBody("Content-Encoding can be gzip only.")
    return data


def _unpacked(data: bytes) -> bytes:
    try:
        return unpacked(data, LARGEST)
    except TooLarge:
        raise RequestEntityTooLarge from None
    except NotGzip as problem:
        why = "the end is missing" if problem.cut_off else "not a gzipped file"
        raise BadBody(f"Error parsing gzip: {why}") from None


def _parsed(data: bytes) -> Any:
    try:
        return orjson.loads(data)
    except orjson.JSONDecodeError:
        pass
    # Its words are the ones that clients know. It reads NaN and 1e400, which no field may be.
    try:
        return json.loads(data)
    except (ValueError, RecursionError) as problem:
        why = "it is nested too deeply" if isinstance(problem, RecursionError) else _why(problem)
        raise BadBody(f'Error parsing JSON: "{why}"') from None


def _why(problem: ValueError) -> str:
    return "it is not UTF-8" if isinstance(problem, UnicodeError) else str(problem)
