"""What the pages of a booking share: who may know of it, and what they may see of it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING, Any, cast

from flask import Flask, g, url_for
from werkzeug.routing import BaseConverter

from portal.access import BOOKING, Permission, Thing, may
from portal.assessments.booking_words import Part
from portal.assessments.rules.confidentiality import Sees, parts_of, sees
from portal.assessments.store import booking_reading
from portal.assessments.store.booking_reading import Read
from portal.catalogue.views.base import reading, today
from portal.errors import Missing
from portal.web.i18n import _
from portal.web.people import current_person

if TYPE_CHECKING:
    from sqlalchemy.orm import Session

#: Where a booking is.
ONE = "/assessments/<reference:reference>"


class Reference(BaseConverter):
    """The reference of a booking in an address, as `HKT-4827`."""

    regex = r"[A-Z]{3}-[0-9]{4}"


@dataclass(frozen=True, slots=True)
class Seen:
    """A booking as the reader sees it.

    Attributes:
        read: the booking with what stands around it.
        parts: what the reader is to it.
        sees: what of it they may see.
        day: today in London.
    """

    read: Read
    parts: frozenset[Part]
    sees: frozenset[Sees]
    day: date

    @property
    def booking(self) -> Any:
        """The booking itself."""
        return self.read.booking

    @property
    def href(self) -> str:
        """The page of the booking."""
        return url_for("bookings.show", reference=self.booking.reference)

    @property
    def title(self) -> str:
        """What pages call it."""
        return str(self.booking.name)

    @property
    def crumbs(self) -> list[tuple[str, str]]:
        """The trail to a page of it."""
        return [(_("Assessments"), url_for("bookings.index")), (self.title, self.href)]


def install(app: Flask) -> None:
    """Let routes say `<reference:reference>`."""
    app.url_map.converters.update(reference=Reference)


def booking_at(reference: str, **_rest: object) -> Thing:
    """Finds what the policy is asked about. Raises Missing for whoever is nothing to the booking,
    as for a reference that nobody has. A visitor is asked to sign in, whether there is one or not.
    """
    if not current_person().is_authenticated:
        return Thing(BOOKING, 0)
    with reading() as session:
        thing = _read(session, reference).thing
    if not may(current_person(), Permission.SEE_BOOKING, thing):
        raise Missing("There is no such assessment")
    return thing


def _read(session: Session, reference: str) -> Read:
    """The booking, read once in a session: a page reads in the one that its guard has read in."""
    kept = g.get("booking")
    if kept is None or kept[0] is not session or kept[1] != reference:
        kept = g.booking = (session, reference, booking_reading.by_reference(session, reference))
    return cast("Read", kept[2])


def opened(session: Session, reference: str) -> Seen:
    """A booking with what the reader may see of it. Raises Missing."""
    read = _read(session, reference)
    parts, booking = parts_of(current_person(), read.thing), read.booking
    if not parts:
        raise Missing("There is no such assessment")
    return Seen(read, parts, sees(parts, booking.state, booking.resumes), today())
