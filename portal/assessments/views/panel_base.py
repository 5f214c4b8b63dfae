"""What the pages of panels share."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from flask import Response, url_for
from werkzeug.wrappers import Response as AnyResponse

from portal.accounts.views.base import done, not_done
from portal.assessments.actions.panels import days_set
from portal.assessments.rules.panels import SEATED, Conflict, conflicts, missing, standing, unknown
from portal.assessments.store import panels
from portal.assessments.store.panels import Panel, SeatRow
from portal.assessments.views.booking_base import Seen
from portal.errors import Invalid, Missing, Refused, Stale
from portal.web.forms import Form
from portal.web.i18n import _

if TYPE_CHECKING:
    from datetime import date

    from sqlalchemy.orm import Session


@dataclass(frozen=True, slots=True)
class Shown:
    """A seat with what is said against whoever sits there.

    Attributes:
        stands: what nobody has judged to be no conflict.
        nowhere: whether it matters where they work, and nobody has recorded it.
    """

    row: SeatRow
    said: list[Conflict]
    stands: list[Conflict]
    nowhere: bool


def panel_of(session: Session, seen: Seen) -> Panel:
    """The panel of a booking: one statement, two of one that repeats another."""
    read = seen.read
    return panels.of_booking(session, read.booking, read.held, seen.day, read.seats)


def shown(panel: Panel) -> list[Shown]:
    """The seats that are open or filled."""
    return [
        Shown(
            row, conflicts(row, panel.around), standing(row, panel.around),
            unknown(row, row.role, panel.around),
        )
        for row in panel.seats
    ]  # fmt: skip


def seat_in(panel: Panel, seat_id: int) -> SeatRow:
    """One of them. Raises Missing."""
    for row in panel.seats:
        if row.id == seat_id:
            return row
    raise Missing("There is no such seat")


def days(seen: Seen) -> list[date]:
    """The days of the assessment, as far as they are set."""
    return days_set(seen.booking)


def is_needed(panel: Panel, seat: SeatRow) -> bool:
    """Whether a panel lacks somebody without a seat."""
    others = [each for each in panel.seats if each.id != seat.id]
    return len(missing(panel.needed, others)) > len(missing(panel.needed, panel.seats))


def changeable(seen: Seen) -> bool:
    """Whether seats can be changed still."""
    return seen.booking.state in SEATED


def panel_url(reference: str) -> str:
    """The page on which the assurance team makes up the panel."""
    return url_for("panel_seats.index", reference=reference)


def crumbs(seen: Seen) -> list[tuple[str, str]]:
    """The trail to a page about a seat."""
    return [*seen.crumbs, (_("Panel"), panel_url(seen.booking.reference))]


def tried(form: Form, do: Callable[[], object], said: str, where: str) -> AnyResponse | None:
    """Do what a form asks for, and go on; None where the form now says what is wrong with it."""
    try:
        do()
    except Invalid as problem:
        form.refuse(problem)
        return None
    except Refused as problem:
        return not_done(_(problem.marked), where)
    except Stale:
        return not_done(_("Somebody has changed the panel since you opened the page."), where)
    return done(said, where)


def asked(
    form: Form, do: Callable[[], object], said: str, where: str, shows: Callable[[], Response]
) -> AnyResponse:
    """Do what a form asks for once it is sent and fine, and go on; else show its page."""
    answer = tried(form, do, said, where) if form.validate_on_submit() else None
    return answer or shows()
