"""Mail through GOV.UK Notify, by one template there that is only ((subject)) and ((body))."""

from __future__ import annotations

import logging
from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

from notifications_python_client.errors import APIError
from notifications_python_client.notifications import NotificationsAPIClient

from portal.jobs import GiveUp, Retry
from portal.mail.templates import Letter

if TYPE_CHECKING:
    from config import MailSettings

TIMEOUT_SECONDS = 30
# Its lines quote what Notify answers, which may quote the mail; ours say what is needed.
logging.getLogger("notifications_python_client").setLevel(logging.CRITICAL)


class Notify:
    """GOV.UK Notify."""

    def __init__(self, settings: MailSettings) -> None:
        """Keep one client, and with it the connection."""
        self.template = settings.notify_template
        self.client = NotificationsAPIClient(
            settings.notify_key, base_url=settings.notify_url, timeout=TIMEOUT_SECONDS
        )

    def send(self, letter: Letter) -> str | None:
        """Hand a mail over; Notify's id of it."""
        try:
            answer = self.client.send_email_notification(
                email_address=letter.to_address,
                template_id=self.template,
                personalisation={"subject": letter.subject, "body": letter.body},
                reference=letter.reference,
            )
        except APIError as error:
            raise _reason(error) from error
        return str(answer.get("id", "")) or None

    def bounced(self) -> Iterable[tuple[str, str]]:
        """The mails of the last week that could not be delivered."""
        try:
            found: list[dict[str, Any]] = list(
                self.client.get_all_notifications_iterator(
                    status="permanent-failure", template_type="email"
                )
            )
        except APIError as error:
            raise _reason(error) from error
        return [(row["reference"], "there is no such address") for row in found if row["reference"]]


def _reason(error: APIError) -> Exception:
    """Only a wrong address is beyond hope: a wrong key, template or limit can be put right."""
    if error.response is None:
        return Retry("GOV.UK Notify did not answer")
    errors: list[dict[str, Any]] = error.message if isinstance(error.message, list) else []
    kinds = sorted({str(each.get("error", "")) for each in errors})
    said = " ".join(["GOV.UK Notify answered", str(error.status_code), *kinds])
    wrong = any(str(each.get("message", "")).startswith("email_address ") for each in errors)
    return GiveUp(said) if error.status_code == 400 and wrong else Retry(said)
