"""How often one reader may search, and who may ask for something again and again. Reading is cheap
and shared caches help; a search is neither, and a mail least of all.
"""

from __future__ import annotations

import hashlib
import ipaddress
import logging
from collections.abc import Callable, Sequence
from typing import Any, cast

from flask import Flask, request
from flask_limiter import Limiter
from flask_limiter.util import get_remote_address

EXTENSION = "portal_limiter"
#: The bits of an IPv6 address that are one household or office.
NETWORK_BITS = 64


def install(app: Flask, searches: int, storage: str) -> None:
    """Answer 429 where an address asks for more than `searches` a minute; 0 sets no limit.

    Args:
        app: the portal.
        searches: how many, in each process or, with a shared storage, in all.
        storage: where they are counted: `memory://`, or one that all processes share.
    """
    app.extensions[EXTENSION] = storage
    if searches:
        limits = {"application_limits": [f"{searches} per minute"]}
        _limiter(app, application_limits_exempt_when=_no_search, **limits)


def posts(
    app: Flask,
    endpoint: str,
    limits: dict[Callable[[], str], int],
    period: str,
    methods: Sequence[str] = ("POST",),
) -> None:
    """Answer 429 where the same is sent to an endpoint too often.

    Args:
        app: the portal, with the endpoint.
        endpoint: whose requests are counted.
        limits: what says who sends (see `network` and `typed`), and how often they may; 0 sets no
            limit.
        period: the time, as in `15 minutes`.
        methods: of the requests that count.
    """
    view: Any = app.view_functions[endpoint]
    for who, many in limits.items():
        if many:
            limiter = app.extensions.get(EXTENSION)
            if not isinstance(limiter, Limiter):
                limiter = _limiter(app)
            view = limiter.limit(f"{many} per {period}", key_func=who, methods=list(methods))(view)
    app.view_functions[endpoint] = view


def network() -> str:
    """Where a request comes from: an IPv4 address, or the network of an IPv6 one."""
    address = get_remote_address()
    try:
        found = ipaddress.ip_address(address)
    except ValueError:
        return address or "nowhere"
    if found.version == 4:
        return address
    return str(ipaddress.ip_network((found, NETWORK_BITS), strict=False))


def typed(field: str) -> Callable[[], str]:
    """Who is meant by what was typed into a field: its digest, which may stand in a storage."""

    def digest() -> str:
        text = request.form.get(field, "").strip().lower()
        return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()

    return digest


class _Limiter(Limiter):
    """The library's own, which is asked before every request; searches alone are counted there."""

    def _check_request_limit(
        self, callable_name: str | None = None, in_middleware: bool = True
    ) -> None:
        if not in_middleware or not _no_search():
            super()._check_request_limit(callable_name, in_middleware)


def _limiter(app: Flask, **options: object) -> Limiter:
    # Its lines about refusals hold readers' addresses; our own line about each request does not.
    logging.getLogger("flask-limiter").setLevel(logging.WARNING)
    limiter = _Limiter(
        get_remote_address,
        app=app,
        storage_uri=cast(str, app.extensions[EXTENSION]),
        in_memory_fallback_enabled=True,
        **options,  # type: ignore[arg-type]
    )
    app.extensions[EXTENSION] = limiter
    return limiter


def _no_search() -> bool:
    return "q" not in request.args or not request.args["q"].strip()
