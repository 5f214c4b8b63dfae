"""Say of whom there is a conflict of interest, and judge whether it is one.

What exactly a conflict is stands in the seat alone: the history knows only that there is one.
"""

from __future__ import annotations

from portal.assessments.actions import booking_mail
from portal.assessments.actions.panels import opened, panel_of
from portal.assessments.booking_words import Declaration, Part, SeatState
from portal.assessments.rules.panels import ConflictKind, conflicts
from portal.assessments.store import panels
from portal.audit import Act
from portal.db import Database
from portal.errors import N_, Invalid, Refused, Stale


def declare(
    database: Database, reference: str, person_id: int, conflict: str | None, act: Act, url: str
) -> bool:
    """Say for oneself whether there is a conflict; whether one stands now.

    With one, whatever somebody could see of the booking is closed to them from this moment on,
    until the assurance team says that it is none.

    Args:
        conflict: what it is; None for none.

    Raises:
        Missing: there is no such booking.
        Refused: they do not sit on its panel, or it can no longer be changed.
    """
    with database.writing() as session:
        booking = opened(session, reference)
        mine = panels.seats_of_person(session, booking.id, person_id)
        if not mine:
            raise Refused(N_("You do not sit on this panel"))
        said = Declaration.NONE if conflict is None else Declaration.CONFLICT
        for seat in mine:
            if seat.declaration is said and seat.conflict == conflict:
                continue
            before = panels.document_of(seat)
            seat.declaration, seat.declared_at, seat.conflict = said, act.at, conflict
            if conflict is not None:
                seat.answer = None
                seat.judged = [k for k in seat.judged or () if k != ConflictKind.DECLARED]
            panels.save(session, seat, before, act, "seat.declared")
        if conflict is not None:
            news = N_("Somebody on the panel has declared a conflict of interest.")
            booking_mail.tell(session, booking, [Part.ASSURANCE], news, act, url, "/panel")
        return conflict is not None


def object_to(
    database: Database, reference: str, seat_id: int, person_id: int, reason: str, act: Act,
    url: str,
) -> None:  # fmt: skip
    """Say for the service's team that somebody on the panel has a conflict.

    Raises:
        Missing: there is no such booking or seat.
        Stale: somebody else sits there meanwhile.
        Refused: the panel can no longer be changed.
        Invalid: there is no reason.
    """
    if not reason.strip():
        raise Invalid("reason", N_("Enter a reason"))
    with database.writing() as session:
        booking = opened(session, reference)
        seat = panels.seat_now(session, booking.id, seat_id, SeatState.FILLED, person_id)
        if seat.objection == reason:
            return
        before = panels.document_of(seat)
        seat.objection = reason
        seat.judged = [key for key in seat.judged or () if key != ConflictKind.OBJECTION]
        panels.save(session, seat, before, act, "seat.objected")
        news = N_("The team says that somebody on the panel has a conflict of interest.")
        booking_mail.tell(session, booking, [Part.ASSURANCE], news, act, url, "/panel")


def judge(
    database: Database, reference: str, seat_id: int, seen: frozenset[str], answer: str, act: Act,
    url: str,
) -> None:  # fmt: skip
    """Say for the assurance team that all that stands against somebody is no conflict, and why.

    Args:
        seen: the keys of what was seen to stand against them.

    Raises:
        Missing: there is no such booking or seat.
        Stale: something else stands against them by now, or somebody else sits there.
        Refused: the panel can no longer be changed.
        Invalid: there is no reason.
    """
    if not answer.strip():
        raise Invalid("answer", N_("Enter why it is no conflict"))
    with database.writing() as session:
        booking = opened(session, reference)
        seat = panels.seat_at(session, booking.id, seat_id)
        panel = panel_of(session, booking, act)
        row = next((each for each in panel.seats if each.id == seat_id), None)
        keys = {each.key for each in conflicts(row, panel.around)} if row else set()
        if not keys or keys != seen:
            raise Stale
        before = panels.document_of(seat)
        seat.answer, seat.judged = answer, sorted(keys)
        panels.save(session, seat, before, act, "seat.judged")
        if seat.declaration is Declaration.CONFLICT and seat.person_id is not None:
            news = N_("What you declared was judged to be no conflict of interest.")
            parts = (Part.LEAD, Part.ASSESSOR, Part.OBSERVER)
            booking_mail.tell(session, booking, parts, news, act, url, "", {seat.person_id})
