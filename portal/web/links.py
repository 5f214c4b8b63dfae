"""Addresses made from this request: its path by the route, its query as it came.

What a reader typed after the `?` never becomes an argument of `url_for`, where names such as
`_external` or `endpoint` mean something.
"""

from __future__ import annotations

from collections.abc import Iterable
from functools import lru_cache
from typing import Any
from urllib.parse import quote, urlencode

from flask import Flask, current_app, redirect, request, url_for
from werkzeug.wrappers import Response

#: What may stand in a path as it is (RFC 3986).
IN_PATH = "/:@!$&'()*+,;=~-._"


def install(app: Flask) -> None:
    """Lead an address with a slash too many to the one without it."""
    app.before_request(_without_last_slash)


def pairs(*left_out: str) -> list[tuple[str, str]]:
    """The arguments of this address, in their order, without those named."""
    if not request.query_string:
        return []
    return [pair for pair in request.args.items(multi=True) if pair[0] not in left_out]


def with_query(path: str, query: Iterable[tuple[str, str]]) -> str:
    """A path that is ready to be sent, with arguments."""
    found = tuple(query)
    return f"{path}?{_encoded(found)}" if found else path


@lru_cache(256)
def _encoded(query: tuple[tuple[str, str], ...]) -> str:
    return urlencode(query)


def same_route(query: Iterable[tuple[str, str]], **changes: Any) -> str:
    """The address of this route with other values in its path, and these arguments."""
    values = {**(request.view_args or {}), **changes}
    return with_query(url_for(str(request.endpoint), **values), query)


def _without_last_slash() -> Response | None:
    if request.url_rule is not None or not request.path.endswith("/"):
        return None
    # Slashes inside are made one: an address that begins with two leads to another host.
    path = "/" + "/".join(part for part in request.path.split("/") if part)
    if not current_app.url_map.bind("").test(path, request.method):
        return None
    return redirect(with_query(quote(path, safe=IN_PATH), pairs()), 308)
