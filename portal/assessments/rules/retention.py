"""How long what is personal about a booking is kept."""

from __future__ import annotations

from datetime import timedelta

from portal.assessments.booking_words import Move

#: Once a booking has ended, the names and addresses of who answers for the service, and what
#: attendees need, are kept for so many days.
KEPT_DAYS = 90
KEPT = timedelta(days=KEPT_DAYS)
#: The moves that end a booking; a correction of what is published begins nothing anew.
ENDS = frozenset(
    {Move.REJECT, Move.PUBLISH, Move.CLOSE_UNPUBLISHED, Move.WITHDRAW, Move.STOP}
)  # fmt: skip
