"""A feed of sessions for calendars (RFC 5545), and its form."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import TYPE_CHECKING
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo

from icalendar import Calendar, Event
from wtforms import SubmitField

from portal.assessments.rules import calendar as rules
from portal.assessments.rules.sessions import Sitting
from portal.web.forms import Form
from portal.web.i18n import _, lazy

if TYPE_CHECKING:
    from portal.assessments.store.calendar import Row

LONDON = ZoneInfo("Europe/London")


class KeyForm(Form):
    """Makes, replaces or withdraws the address of a calendar."""

    make = SubmitField(lazy("Make an address"))
    withdraw = SubmitField(lazy("Withdraw the address"))

    def of_keeper(self, has_one: bool) -> None:
        """Offer what can be done: whoever has an address replaces or withdraws it."""
        if has_one:
            self.make.label.text = _("Make a new address in its place")
        else:
            del self.withdraw


def feed(rows: Iterable[Row], url: str, name: str) -> bytes:
    """The sessions as a calendar; of a confidential one its day, time and reference alone.

    Args:
        rows: the sessions that its keeper may know of.
        url: where the portal is.
        name: of the calendar.
    """
    made, host = Calendar(), urlsplit(url).hostname or "portal"
    made.add("prodid", "-//Service assessments//Calendar//EN")
    made.add("version", "2.0")
    made.add("method", "PUBLISH")
    made.add("x-wr-calname", name)
    for row in rows:
        made.add_component(_event(row, url, host))
    # The zone is told with the events, as the standard asks.
    made.add_missing_timezones()
    return bytes(made.to_ical())


def _event(row: Row, url: str, host: str) -> Event:
    sitting = Sitting(row.held_on, row.starts, row.minutes)
    begins = sitting.begins.replace(tzinfo=LONDON)
    event = Event()
    event.add("uid", f"session-{row.id}@{host}")
    event.add("dtstamp", row.edited_at)
    event.add("last-modified", row.edited_at)
    event.add("sequence", row.version)
    event.add("summary", rules.summary(row.reference, row.name, row.confidential))
    event.add("dtstart", begins)
    event.add("dtend", _end(begins, sitting.minutes))
    event.add("status", "CONFIRMED" if row.state in rules.CERTAIN else "TENTATIVE")
    event.add("class", "PRIVATE")
    event.add("url", f"{url}/assessments/{row.reference}")
    if row.confidential is False and row.place:
        event.add("location", row.place)
    return event


def _end(begins: datetime, minutes: int) -> datetime:
    """So many minutes later, whatever the clocks do."""
    return (begins.astimezone(ZoneInfo("UTC")) + timedelta(minutes=minutes)).astimezone(LONDON)


def name_of() -> str:
    """What a calendar program calls the feed."""
    return _("Service assessments")
