"""The jobs of mail: send one, ask which came back, forget old texts."""

from __future__ import annotations

from datetime import datetime, timedelta

from sqlalchemy.orm import Session

from portal.audit import Document
from portal.jobs import GiveUp, Run, handler
from portal.mail import store
from portal.mail.mailer import mailer
from portal.mail.templates import letter


def _failed(session: Session, payload: Document, at: datetime, reason: str) -> None:
    store.mark_failed(session, payload["mail"], reason, at)


@handler(store.SEND, failed=_failed)
def send(run: Run) -> None:
    """Send one mail, once.

    A worker killed between the sending and its note leaves the mail to be sent a second time, with
    the same reference: no other order loses none.

    Raises:
        portal.jobs.GiveUp: the address is wrong, or the text is gone.
        portal.jobs.Retry: anything that may be better later.
    """
    mail_id = run.payload["mail"]
    # Not `reading`, which may ask a standby that has not heard of the last attempt.
    with run.database.writing() as session:
        mail = store.find(session, mail_id)
    if mail is None or mail.sent_at is not None:
        return
    if mail.blanked_at is not None:
        raise GiveUp("its text is no longer kept")
    try:
        provider_id = mailer(run.settings).send(letter(mail, run.settings.portal_name))
    except GiveUp:
        with run.database.writing() as session:
            store.returned(session, mail_id, run.clock())
        raise
    with run.database.writing() as session:
        store.mark_sent(session, mail_id, provider_id, run.clock())


@handler("mail.bounces", every=timedelta(hours=1))
def bounces(run: Run) -> None:
    """Note the mails that came back, as far as the back end says."""
    for reference, reason in mailer(run.settings).bounced():
        with run.database.writing() as session:
            store.mark_bounced(session, reference, reason, run.clock())


@handler("mail.blank", every=timedelta(days=1))
def blank(run: Run) -> None:
    """Forget address and text of mails that are long over."""
    at = run.clock()
    with run.database.writing() as session:
        store.blank(session, at - timedelta(days=run.settings.mail.days), at)
