"""Mails about a booking: a reference, what happened and a link, and never a word of the rest.

The subject of a mail is read over shoulders and on locked telephones, so it has the reference
alone; whoever follows the link signs in first.
"""

from __future__ import annotations

from collections.abc import Collection

from sqlalchemy.orm import Session

from portal import mail
from portal.accounts.store import people
from portal.assessments.booking_words import Part
from portal.assessments.models.bookings import Booking
from portal.assessments.store import booking_people, bookings
from portal.audit import Act

KIND = "assessment_news"


def tell(
    session: Session, booking: Booking, parts: Collection[Part], news: str, act: Act, url: str,
    page: str = "", only: Collection[int] = (),
) -> int:  # fmt: skip
    """Queue a mail to everybody who is one of these parts to a booking, but for who does it.

    Args:
        news: what happened, in one sentence that says nothing of the service, of a person or of
            what the panel found.
        act: who does it, and when; one mail a person for one act.
        url: where the portal is.
        page: of the booking, after its address; "" for the booking itself.
        only: ids of the people to tell, where not all of those parts are.

    Returns:
        How many mails were queued.
    """
    thing, sent = bookings.thing_of(session, booking), 0
    link = f"{url}/assessments/{booking.reference}{page}"
    for who, address in booking_people.of_parts(session, thing, parts, act.day):
        if people.actor(who) == act.actor or (only and who not in only):
            continue
        values = {"reference": booking.reference, "news": news, "link": link}
        key = f"{KIND}:{booking.id}:{booking.version}:{act.at.isoformat()}:{who}"
        sent += mail.queue(session, address, KIND, values, key, act.at)
    return sent
