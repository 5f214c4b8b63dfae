"""Is the process alive, and can it do its work: for whoever keeps it running."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import orjson
from flask import Flask, Response
from sqlalchemy.exc import SQLAlchemyError

from portal.web.guard import public

if TYPE_CHECKING:
    from portal.db import Database


def install(app: Flask, database: Database, head: Path) -> None:
    """Add /health and /health/ready; `head` is the file that names the newest migration."""

    @app.get("/health", endpoint="health")
    @public
    def health() -> Response:
        return _answer(200, {"status": "ok"})

    @app.get("/health/ready", endpoint="ready")
    @public
    def ready() -> Response:
        expected = head.read_text(encoding="ascii").strip()
        try:
            revision = database.revision()
        except SQLAlchemyError:
            body = {"status": "database unavailable", "revision": None, "expected": expected}
            return _answer(503, body)
        same = revision == expected
        status = "ok" if same else "migration needed"
        body = {"status": status, "revision": revision, "expected": expected}
        return _answer(200 if same else 503, body)


def _answer(status: int, body: dict[str, str | None]) -> Response:
    response = Response(orjson.dumps(body), status, mimetype="application/json")
    response.headers["Cache-Control"] = "no-store"
    return response
