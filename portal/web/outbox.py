"""The outbox: in development, mails are read here and go nowhere."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flask import Flask, Response

from portal import mail
from portal.web.guard import public
from portal.web.i18n import _
from portal.web.pages import page

if TYPE_CHECKING:
    from config import Settings
    from portal.db import Database

NEWEST = 20


def install(app: Flask, settings: Settings, database: Database) -> None:
    """Add /outbox in development. Nowhere else: what it shows lets people in."""
    if not settings.development or settings.mail.back_end != "outbox":
        return

    @app.get("/outbox", endpoint="outbox")
    @public
    def outbox() -> Response:
        with database.reading() as session:
            rows = mail.newest(session, NEWEST)
        mails = [(row, mail.letter(row, settings.portal_name)) for row in rows]
        return page("web/outbox.html", title=_("Outbox"), mails=mails)
