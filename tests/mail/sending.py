"""Writing a mail and sending it, in a test."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from config import MailSettings
from portal import mail
from portal.db import Database
from portal.jobs import Job, Worker
from portal.jobs.handlers import HANDLERS
from portal.mail import Mail
from tests.jobs.clock import START, Clock
from tests.mail import certificates
from tests.mail.servers import KEY, TEMPLATE, Notify, Smtp
from tests.support.provision import settings_for

LINK = "https://catalogue.example.gov.uk/sign-in/token"
VALUES = {"link": LINK, "minutes": 15}


def put(session: Session, to: str = "ada@example.com", key: str = "key") -> bool:
    """Promise a mail."""
    queued = mail.queue(session, to, "sign_in_link", VALUES, key, START)
    session.commit()
    return queued


def only(session: Session) -> tuple[Mail, Job]:
    """The one mail and its job."""
    session.expire_all()
    return session.scalars(select(Mail)).one(), session.scalars(
        select(Job).where(Job.kind == "mail.send")
    ).one()


def worker_for(database: Database, clock: Clock, **mail: Any) -> Worker:
    """A worker whose mail goes there, without its periodic jobs."""
    handlers = {"mail.send": HANDLERS["mail.send"]}
    settings = replace(settings_for(database), mail=MailSettings(**mail))
    return Worker(database, settings, handlers, clock)


def notify_settings(stub: Notify) -> dict[str, Any]:
    return {
        "back_end": "notify", "notify_url": stub.url, "notify_key": KEY,
        "notify_template": TEMPLATE,
    }  # fmt: skip


def smtp_settings(stub: Smtp) -> dict[str, Any]:
    return {
        "back_end": "smtp", "smtp_url": stub.url, "smtp_ca": certificates.files().ca,
        "sender": "portal@example.gov.uk",
    }  # fmt: skip
