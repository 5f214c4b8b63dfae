"""Mail through an SMTP server, always over TLS, and only to a server whose certificate is good."""

from __future__ import annotations

import smtplib
import ssl
from collections.abc import Iterable
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime
from typing import TYPE_CHECKING
from urllib.parse import unquote, urlsplit

from portal.jobs import GiveUp, Retry
from portal.mail.templates import Letter

if TYPE_CHECKING:
    from config import MailSettings

TIMEOUT_SECONDS = 20
PORTS = {"smtps": 465, "smtp": 587}


class Smtp:
    """An SMTP server: `smtps` speaks TLS from the start, `smtp` begins it with STARTTLS."""

    def __init__(self, settings: MailSettings, portal_name: str) -> None:
        """Read the server's address and the certificates to trust."""
        url = urlsplit(settings.smtp_url)
        self.scheme, self.host = url.scheme, url.hostname or ""
        self.port = url.port or PORTS[url.scheme]
        self.user, self.password = unquote(url.username or ""), unquote(url.password or "")
        self.sender, self.portal_name = settings.sender, portal_name
        # Checks the chain and the host's name; there is no setting that turns this off.
        self.tls = ssl.create_default_context()
        if settings.smtp_ca:
            self.tls.load_verify_locations(settings.smtp_ca)

    def send(self, letter: Letter) -> None:
        """Hand a mail over, on a connection of its own."""
        message = self.message(letter)
        try:
            with self._connect() as server:
                if self.user:
                    server.login(self.user, self.password)
                server.send_message(message, self.sender, [letter.to_address])
        except (OSError, smtplib.SMTPException) as error:
            raise _reason(error) from error

    def bounced(self) -> Iterable[tuple[str, str]]:
        """What comes back goes to the sender's address, which the portal does not read."""
        return ()

    def message(self, letter: Letter) -> EmailMessage:
        """The mail as it goes over the wire: the same each time, its Message-ID too."""
        message = EmailMessage(policy=SMTP)
        message["Message-ID"] = f"<{letter.reference}@{self.sender.rpartition('@')[2]}>"
        message["Date"] = format_datetime(letter.written_at)
        message["From"] = Address(self.portal_name, addr_spec=self.sender)
        message["To"] = letter.to_address
        message["Subject"] = letter.subject
        message["Auto-Submitted"] = "auto-generated"  # no answers from people on holiday
        message.set_content(letter.body)
        return message

    def _connect(self) -> smtplib.SMTP:
        if self.scheme == "smtps":
            return smtplib.SMTP_SSL(self.host, self.port, timeout=TIMEOUT_SECONDS, context=self.tls)
        server = smtplib.SMTP(self.host, self.port, timeout=TIMEOUT_SECONDS)
        try:
            server.starttls(context=self.tls)  # raises where the server has none
        except BaseException:
            server.close()
            raise
        return server


def _reason(error: Exception) -> Exception:
    """Only a wrong address is beyond hope: anything about the server can be put right."""
    if isinstance(error, ssl.SSLCertVerificationError):
        return Retry(f"the SMTP server's certificate is not good: {error.verify_message}")
    if isinstance(error, smtplib.SMTPRecipientsRefused):
        code = max(code for code, _ in error.recipients.values())
        said = f"the SMTP server refused the address with {code}"
        return GiveUp(said) if code >= 500 else Retry(said)
    if isinstance(error, smtplib.SMTPResponseException):
        return Retry(f"the SMTP server answered {error.smtp_code}")
    return Retry(f"the SMTP server did not answer: {type(error).__name__}")
