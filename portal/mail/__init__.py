"""Mail: written into a table in the caller's transaction, sent by a job after it.

`queue` is all that features call. The text of a mail is templates/mail/KIND.txt, the subject on
its first line. A mail keeps its reference whatever happens, so that a repeat is recognised.
"""

from portal.mail import sending as _sending  # noqa: F401  registers its handlers
from portal.mail.models import Mail
from portal.mail.store import Returned, forget, forget_these, newest, on_returned, queue
from portal.mail.templates import Letter, letter

__all__ = [
    "Letter",
    "Mail",
    "Returned",
    "forget",
    "forget_these",
    "letter",
    "newest",
    "on_returned",
    "queue",
]
