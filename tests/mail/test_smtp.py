from __future__ import annotations

from dataclasses import replace

import pytest
from sqlalchemy.orm import Session

from config import MailSettings
from portal.mail.smtp import Smtp
from portal.mail.templates import Letter
from tests.jobs.clock import START, Clock
from tests.mail import servers
from tests.mail.sending import LINK, only, put, smtp_settings, worker_for
from tests.support.transactions import RolledBackDatabase

LETTER = Letter("ref", "ada@example.com", "Subject", "Text\n", START)


@pytest.mark.parametrize("tls", ["tls", "starttls"])
def test_a_mail_goes_out_over_tls(
    session: Session, database: RolledBackDatabase, clock: Clock, tls: str
) -> None:
    put(session)
    with servers.smtp(tls) as stub:
        settings = smtp_settings(stub)
        settings["smtp_url"] = settings["smtp_url"].replace("//", "//us%40er:p%3Ass@")
        worker = worker_for(database, clock, **settings)
        worker.until_idle()
        worker.until_idle()
    row, job = only(session)
    [message] = stub.arrived
    assert message["Message-ID"] == f"<{row.reference}@example.gov.uk>"
    assert message["To"] == "ada@example.com"
    assert message["From"] == "Service catalogue and assessments <portal@example.gov.uk>"
    assert message["Subject"] == "Sign in to Service catalogue and assessments"
    assert message["Auto-Submitted"] == "auto-generated"
    assert LINK in message.get_content()
    assert stub.envelopes[0][0].startswith("mail FROM:<portal@example.gov.uk>")
    assert stub.envelopes[0][1] == "rcpt TO:<ada@example.com>"
    assert stub.logins == ["\0us@er\0p:ss"]
    assert stub.in_clear == []
    assert row.sent_at == job.finished_at == START


def failing(
    session: Session, database: RolledBackDatabase, clock: Clock, **settings: object
) -> str:
    """Why a mail did not leave, which is tried again."""
    put(session)
    worker_for(database, clock, **settings).until_idle()
    row, job = only(session)
    assert (row.sent_at, row.failed_at, job.failed_at) == (None, None, None)
    return job.last_error or ""


@pytest.mark.parametrize("tls", ["tls", "starttls"])
def test_a_certificate_nobody_vouches_for_is_refused(
    session: Session, database: RolledBackDatabase, clock: Clock, tls: str
) -> None:
    with servers.smtp(tls) as stub:
        said = failing(session, database, clock, **{**smtp_settings(stub), "smtp_ca": None})
    assert said.startswith("the SMTP server's certificate is not good")
    assert not stub.arrived and not stub.logins


@pytest.mark.parametrize("tls", ["tls", "starttls"])
def test_a_certificate_of_another_host_is_refused(
    session: Session, database: RolledBackDatabase, clock: Clock, tls: str
) -> None:
    with servers.smtp(tls) as stub:
        url = stub.url.replace("127.0.0.1", "user:secret@localhost")
        said = failing(session, database, clock, **{**smtp_settings(stub), "smtp_url": url})
    assert said.startswith("the SMTP server's certificate is not good")
    assert not stub.arrived and not stub.logins


def test_a_server_without_tls_gets_neither_password_nor_mail(
    session: Session, database: RolledBackDatabase, clock: Clock
) -> None:
    with servers.smtp("none") as stub:
        url = stub.url.replace("//", "//user:secret@")
        said = failing(session, database, clock, **{**smtp_settings(stub), "smtp_url": url})
    assert said == "the SMTP server did not answer: SMTPNotSupportedError"
    assert stub.in_clear == []


@pytest.mark.parametrize(
    ("answer", "given_up"), [("550 no such user", True), ("450 come back later", False)]
)
def test_a_refused_address(
    session: Session, database: RolledBackDatabase, clock: Clock, smtp: servers.Smtp,
    answer: str, given_up: bool,
) -> None:  # fmt: skip
    put(session)
    smtp.answers.append(answer)
    worker = worker_for(database, clock, **smtp_settings(smtp))
    worker.until_idle()
    row, job = only(session)
    assert job.last_error == f"the SMTP server refused the address with {answer[:3]}"
    assert (row.failed_at, job.failed_at) == ((START, START) if given_up else (None, None))
    clock.tick(10)
    worker.until_idle()
    assert len(smtp.arrived) == (0 if given_up else 1)


def test_a_server_that_is_away(
    session: Session, database: RolledBackDatabase, clock: Clock, smtp: servers.Smtp
) -> None:
    settings = {**smtp_settings(smtp), "smtp_url": "smtp://127.0.0.1:1"}
    said = failing(session, database, clock, **settings)
    assert said == "the SMTP server did not answer: ConnectionRefusedError"


def test_letters_of_all_sorts_arrive(smtp: servers.Smtp) -> None:
    mailer = Smtp(MailSettings(**smtp_settings(smtp)), 'Gwasanaethau "Cymru" – catalog')
    body = "Ŵyn a’r môr\n.\n.dot\n" + "x" * 2000 + "\n"
    mailer.send(replace(LETTER, subject="Croeso i’r gwasanaeth " * 9, body=body))
    [message] = smtp.arrived
    assert message["From"].addresses[0].display_name == 'Gwasanaethau "Cymru" – catalog'
    assert message["Subject"].split() == ("Croeso i’r gwasanaeth " * 9).split()
    assert message.get_content().splitlines() == body.splitlines()


def test_a_header_cannot_be_added(smtp: servers.Smtp) -> None:
    mailer = Smtp(MailSettings(**smtp_settings(smtp)), "Portal")
    with pytest.raises(ValueError, match="linefeed"):
        mailer.message(replace(LETTER, subject="A\r\nBcc: eve@example.com"))


def test_the_message_is_the_same_each_time(smtp: servers.Smtp) -> None:
    mailer = Smtp(MailSettings(**smtp_settings(smtp)), "Portal")
    assert mailer.message(LETTER).as_bytes() == mailer.message(LETTER).as_bytes()
