"""Who takes a mail for delivery: GOV.UK Notify, an SMTP server, or our own outbox."""

from __future__ import annotations

import re
from collections.abc import Iterable
from functools import lru_cache
from typing import TYPE_CHECKING, Protocol

import structlog

from portal.jobs import Retry
from portal.mail.templates import Letter

if TYPE_CHECKING:
    from config import Settings

LINK = re.compile(r"https?://\S+")
log = structlog.stdlib.get_logger("portal")


class Mailer(Protocol):
    """A back end."""

    def send(self, letter: Letter) -> str | None:
        """Hand a mail over; what the other side calls it, where it says.

        Raises:
            portal.jobs.GiveUp: the address can never work.
            portal.jobs.Retry: anything else.
        """

    def bounced(self) -> Iterable[tuple[str, str]]:
        """Reference and reason of mails that came back, as far as the other side tells."""


class Outbox:
    """Sends nothing: the mail stays in the table, and the outbox page shows it in development."""

    def __init__(self, links_in_log: bool) -> None:
        """Remember whether the log may have the links, which let people in."""
        self.links_in_log = links_in_log

    def send(self, letter: Letter) -> None:
        """Say in the log that a mail was written; never to whom."""
        said: dict[str, object] = {"subject": letter.subject, "reference": letter.reference}
        if self.links_in_log:
            said["links"] = LINK.findall(letter.body)
        log.info("mail_written", **said)

    def bounced(self) -> Iterable[tuple[str, str]]:
        """Nothing left, so nothing came back."""
        return ()


class NoMail:
    """Where nobody said how mail leaves: mails wait for the setting, as long as a job does."""

    def send(self, letter: Letter) -> None:
        """Refuse."""
        raise Retry("PORTAL_MAIL is not set")

    def bounced(self) -> Iterable[tuple[str, str]]:
        """Nothing left, so nothing came back."""
        return ()


@lru_cache(maxsize=1)
def mailer(settings: Settings) -> Mailer:
    """The back end that the settings name; kept, since it holds a connection."""
    # Loaded when they are needed: web processes never send.
    if settings.mail.back_end == "notify":
        from portal.mail.notify import Notify

        return Notify(settings.mail)
    if settings.mail.back_end == "smtp":
        from portal.mail.smtp import Smtp

        return Smtp(settings.mail, settings.portal_name)
    if settings.mail.back_end == "outbox":
        return Outbox(links_in_log=settings.development)
    return NoMail()
