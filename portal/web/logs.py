"""One JSON line a request, on standard error, with the request's id and nobody's name.

Query strings, addresses of readers and what people typed stay out: see the privacy page.
"""

from __future__ import annotations

import json
import logging
import re
import sys
import time
import uuid
from typing import Any, cast

import structlog
from flask import Flask, Response, g, has_request_context, request

from portal import clock

ACCEPTED = re.compile(r"[A-Za-z0-9-]{8,64}")
SHARED: list[Any] = [
    structlog.contextvars.merge_contextvars,
    structlog.stdlib.add_log_level,
    structlog.processors.TimeStamper(fmt="iso", utc=True),
]
log = structlog.stdlib.get_logger("portal")
requests = logging.getLogger("portal.requests")


class Line(str):
    """A line as it is to be written: every answer waits for one, and others take five times as
    long to put together.
    """

    __slots__ = ()


class Formatter(structlog.stdlib.ProcessorFormatter):
    """Writes lines as they are, and everything else as JSON."""

    def format(self, record: logging.LogRecord) -> str:
        """The line of a record."""
        return record.msg if type(record.msg) is Line else super().format(record)


def configure(level: str) -> None:
    """Send structlog's and the standard library's lines to standard error as JSON."""
    structlog.configure(
        processors=[*SHARED, structlog.stdlib.ProcessorFormatter.wrap_for_formatter],
        logger_factory=structlog.stdlib.LoggerFactory(),
        wrapper_class=structlog.stdlib.BoundLogger,
        cache_logger_on_first_use=True,
    )
    handler = logging.StreamHandler(sys.stderr)
    handler.set_name("portal")
    handler.setFormatter(
        Formatter(
            foreign_pre_chain=SHARED,
            processors=[
                structlog.stdlib.ProcessorFormatter.remove_processors_meta,
                structlog.processors.format_exc_info,
                structlog.processors.JSONRenderer(),
            ],
        )
    )
    root = logging.getLogger()
    root.handlers = [kept for kept in root.handlers if kept.get_name() != "portal"] + [handler]
    root.setLevel(level.upper())
    # Its request lines hold addresses and query strings; ours say what is needed.
    logging.getLogger("werkzeug").setLevel(logging.WARNING)


def install(app: Flask, level: str) -> None:
    """Log each request of `app` once, and answer with its id."""
    configure(level)
    app.before_request(_start)
    app.after_request(_finish)


def request_id() -> str:
    """The id of this request: the caller's X-Request-ID where it is well formed, else ours."""
    if not has_request_context():
        return "none"
    if "request_id" not in g:
        given = request.headers.get("X-Request-ID", "")
        g.request_id = given if ACCEPTED.fullmatch(given) else uuid.uuid4().hex
    return cast(str, g.request_id)


def _start() -> None:
    g.started = time.perf_counter()
    structlog.contextvars.clear_contextvars()
    structlog.contextvars.bind_contextvars(request_id=request_id())


def _finish(response: Response) -> Response:
    response.headers["X-Request-ID"] = request_id()
    if requests.isEnabledFor(logging.INFO):
        started = g.get("started")
        line = {
            "method": request.method,
            "endpoint": request.endpoint,
            "status": response.status_code,
            "ms": round((time.perf_counter() - started) * 1000, 1) if started else None,
            "event": "request",
            "request_id": request_id(),
            "level": "info",
            "timestamp": clock.now().isoformat().replace("+00:00", "Z"),
        }
        text = Line(json.dumps(line))
        requests.handle(logging.LogRecord(requests.name, logging.INFO, "", 0, text, None, None))
    return response
