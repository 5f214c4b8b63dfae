"""All SQL about mails."""

from __future__ import annotations

import re
import uuid
from collections.abc import Callable, Collection
from datetime import datetime
from typing import NamedTuple

from sqlalchemy import ColumnElement, func, select, update
from sqlalchemy.orm import Session

from portal import jobs
from portal.audit import Document
from portal.db import insert_new
from portal.errors import N_, Invalid
from portal.mail.models import Mail
from portal.mail.templates import placeholders, plain

ADDRESS = re.compile(r"[^\s@<>\"(),:;\\\[\]]+@[^\s@<>\"(),:;\\\[\]]+\.[^\s@<>\"(),:;\\\[\]]+")
LONGEST_ADDRESS = 254
SEND = "mail.send"


def queue(
    session: Session,
    to: str,
    kind: str,
    values: Document,
    unique_key: str,
    at: datetime,
    run_after: datetime | None = None,
    priority: int = jobs.NORMAL,
) -> bool:
    """Promise a mail, in the caller's transaction; a worker sends it after the commit.

    Args:
        session: one that writes.
        to: the address.
        kind: the name of its template.
        values: for exactly the template's placeholders, as JSON; each text becomes one line.
        unique_key: of two mails with the same key only the first is sent, ever. No personal data.
        at: the moment of the act.
        run_after: not before this moment.
        priority: `jobs.URGENT` for what somebody waits for, `jobs.BULK` where many are queued at
            once: these leave after all others that are due.

    Returns:
        False where the key is known already.

    Raises:
        portal.errors.Invalid: `to` is no address that a mail can go to.
        ValueError: there is no such template, or the values are not those it needs.
    """
    if len(to) > LONGEST_ADDRESS or not ADDRESS.fullmatch(to):
        message = N_("Enter an email address in the correct format, like name@example.com")
        raise Invalid("email", message)
    if set(values) != placeholders(kind):
        raise ValueError(f"the mail {kind} needs {sorted(placeholders(kind))}")
    row = {
        "unique_key": unique_key,
        "reference": uuid.uuid4().hex,
        "kind": kind,
        "to_address": to,
        "personalisation": plain(values),
        "created_at": at,
    }
    mail_id = insert_new(session, Mail, row)
    if mail_id is None:
        return False
    key = f"{SEND}:{row['reference']}"
    jobs.add(session, SEND, {"mail": mail_id}, at, key, run_after, priority)
    return True


def find(session: Session, mail_id: int) -> Mail | None:
    """One mail."""
    return session.get(Mail, mail_id)


def newest(session: Session, limit: int) -> list[Mail]:
    """The mails that still have their text, newest first."""
    query = select(Mail).where(Mail.blanked_at.is_(None)).order_by(Mail.id.desc())
    return list(session.scalars(query.limit(limit)))


class Returned(NamedTuple):
    """A mail that could not be delivered."""

    to_address: str
    kind: str
    written_at: datetime
    at: datetime


Listener = Callable[[Session, Returned], None]
_LISTENERS: list[Listener] = []


def on_returned(listener: Listener) -> Listener:
    """Have a feature told, in the transaction that notes it, of each mail whose address does not
    work: refused for good, or come back. What failed because of a server says nothing of anybody.
    """
    if listener not in _LISTENERS:
        _LISTENERS.append(listener)
    return listener


def returned(session: Session, mail_id: int, at: datetime) -> None:
    """Tell features of a mail that could not be delivered; once its text is forgotten, nobody."""
    mail = session.get(Mail, mail_id)
    if mail is None or not mail.to_address:
        return
    for listener in _LISTENERS:
        listener(session, Returned(mail.to_address, mail.kind, mail.created_at, at))


def mark_sent(session: Session, mail_id: int, provider_id: str | None, at: datetime) -> None:
    """Note that somebody took the mail for delivery, and what they call it."""
    sent = {"sent_at": at, "provider_id": provider_id, "failed_at": None, "reason": None}
    session.execute(update(Mail).where(Mail.id == mail_id).values(**sent))


def mark_failed(session: Session, mail_id: int, reason: str, at: datetime) -> None:
    """Note that the mail is given up."""
    session.execute(update(Mail).where(Mail.id == mail_id).values(failed_at=at, reason=reason))


def mark_bounced(session: Session, reference: str, reason: str, at: datetime) -> bool:
    """Note that a sent mail came back; False where that is known, or it is none of ours."""
    fresh = (Mail.reference == reference, Mail.bounced_at.is_(None))
    statement = update(Mail).where(*fresh).values(bounced_at=at, reason=reason)
    mail_id = session.scalar(statement.returning(Mail.id))
    if mail_id is not None:
        returned(session, mail_id, at)
    return mail_id is not None


def blank(session: Session, before: datetime, at: datetime) -> int:
    """Forget address and text of the mails that ended before a moment; how many."""
    over = (Mail.blanked_at.is_(None), func.coalesce(Mail.sent_at, Mail.failed_at) < before)
    nothing = {"to_address": "", "personalisation": {}, "blanked_at": at}
    statement = update(Mail).where(*over).values(**nothing).returning(Mail.id)
    return len(session.scalars(statement).all())


def forget(session: Session, to: str, at: datetime) -> int:
    """Forget address and text of all mails to somebody; how many. One that was not sent yet is
    given up.
    """
    return _forget(session, Mail.to_address == to, "the person was erased", at)


def forget_these(session: Session, unique_keys: Collection[str], at: datetime) -> int:
    """The same of mails with these keys, which nobody needs any more."""
    if not unique_keys:
        return 0
    return _forget(session, Mail.unique_key.in_(unique_keys), "it is no longer needed", at)


def _forget(session: Session, which: ColumnElement[bool], reason: str, at: datetime) -> int:
    some = (Mail.blanked_at.is_(None), which)
    unsent = (*some, Mail.sent_at.is_(None), Mail.failed_at.is_(None))
    gone = {"failed_at": at, "reason": reason}
    session.execute(update(Mail).where(*unsent).values(**gone))
    nothing = {"to_address": "", "personalisation": {}, "blanked_at": at}
    statement = update(Mail).where(*some).values(**nothing).returning(Mail.id)
    return len(session.scalars(statement).all())
