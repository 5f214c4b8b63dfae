"""How often one reader may search. Reading is cheap and shared caches help; a search is neither."""

from __future__ import annotations

import logging

from flask import Flask, request
from flask_limiter import Limiter
from flask_limiter.util import get_remote_address


def install(app: Flask, searches: int, storage: str) -> None:
    """Answer 429 where an address asks for more than `searches` a minute; 0 sets no limit.

    Args:
        app: the portal.
        searches: how many, in each process or, with a shared storage, in all.
        storage: where they are counted: `memory://`, or one that all processes share.
    """
    if not searches:
        return
    # Its lines about refusals hold readers' addresses; our own line about each request does not.
    logging.getLogger("flask-limiter").setLevel(logging.WARNING)
    Limiter(
        get_remote_address,
        app=app,
        application_limits=[f"{searches} per minute"],
        application_limits_exempt_when=_no_search,
        storage_uri=storage,
        in_memory_fallback_enabled=True,
    )


def _no_search() -> bool:
    return not request.args.get("q", "").strip()
