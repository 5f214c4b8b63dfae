"""What the moves of a booking need of its draft report, and what they do to it."""

from __future__ import annotations

from sqlalchemy.orm import Session

from portal.assessments.actions import booking_steps
from portal.assessments.actions.booking_steps import Step
from portal.assessments.booking_words import Move
from portal.assessments.models.bookings import Booking
from portal.assessments.models.drafting import Section
from portal.assessments.rules import drafting, pinning, workflow
from portal.assessments.rules.decision import doubts
from portal.assessments.rules.drafting import WHOLE, Planned
from portal.assessments.store import (
    booking_drafts,
    bookings,
    report_pins,
    section_plans,
    sections,
    standards,
)
from portal.assessments.store.point_actions import points_of
from portal.assessments.words import Rating
from portal.audit import Act
from portal.errors import N_, Invalid, Refused


@booking_steps.effect(Move.HOLD, Move.START_REPORT)
def make(made: Step) -> None:
    """Make the sections of the report, once: one for each point, and one for the whole. Where the
    standard was not known at first, its points come with the next move.
    """
    session, booking = made.session, made.booking
    there = {row.number for row in sections.of_booking(session, booking.id)}
    if there - {WHOLE}:
        return
    _pin(session, booking, made.act)
    version = booking.standard_version_id
    points = section_plans.points(session, version) if version is not None else []
    earlier = section_plans.earlier(session, booking)
    rows = [
        _row(booking.id, each, made.act) for each in drafting.plan(booking.kind, points, earlier)
    ]
    whole = Section(booking_id=booking.id, number=WHOLE, done_well="", to_explore="",
                    edited_at=made.act.at, edited_by=made.act.actor)  # fmt: skip
    sections.add(session, rows if there else [whole, *rows], made.act)


def _pin(session: Session, booking: Booking, act: Act) -> None:
    """Pin the version of the standard and the words of the ratings where nobody has yet."""
    before = bookings.document_of(booking)
    if booking.standard_version_id is None:
        original = booking.again_of_id and section_plans.version_of(session, booking.again_of_id)
        known = standards.pinnable(session, report_pins.SLUG)
        pin = pinning.pin(known, booking.discovery_on, original=original)
        booking.standard_version_id, booking.pinned_because = pin.version_id, pin.told
    if booking.scheme is None and booking.standard_version_id is not None:
        booking.scheme = booking_drafts.scheme_of(session, booking.standard_version_id)
    bookings.save(session, booking, before, act, "booking.pinned")


def _row(booking_id: int, each: Planned, act: Act) -> Section:
    carried = each.carried
    return Section(
        booking_id=booking_id, number=each.asked.number, point_id=each.asked.point_id,
        profession=each.asked.profession, carried=carried is not None,
        carried_from_id=carried.assessment_id if carried else None,
        verbatim=carried.verbatim if carried else None,
        rating=carried.rating if carried else None,
        reason=carried.reason if carried else None,
        done_well="", to_explore="", edited_at=act.at, edited_by=act.actor,
    )  # fmt: skip


@booking_steps.guard(Move.START_REPORT)
def can_start(made: Step) -> None:
    """A report is written against a version of a standard, which has to be known."""
    booking = made.booking
    if booking.standard_version_id is None and workflow.rated(booking.stage, booking.kind):
        raise Refused(N_("Say which version of the standard the assessment is against first"))


@booking_steps.guard(Move.UNLOCK)
def is_locked(made: Step) -> None:
    """Only what is locked is opened again."""
    if made.booking.decided_at is None:
        raise Refused(N_("The report is open"))


@booking_steps.effect(Move.START_REPORT, Move.RETURN_TO_PANEL, Move.UNLOCK)
def unlock(made: Step) -> None:
    """The panel writes, until the result is recorded or sent on as it stands."""
    before = bookings.document_of(made.booking)
    made.booking.decided_at = None
    bookings.save(made.session, made.booking, before, made.act, "booking.unlocked")


@booking_steps.guard(Move.SEND_TO_CHECK, Move.ANSWER_CHALLENGE)
def is_whole(made: Step) -> None:
    """A report leaves the panel complete: every open point rated, the result decided, and no text
    left aside.
    """
    session, booking = made.session, made.booking
    rows = sections.of_booking(session, booking.id)
    if not rows:
        raise Refused(N_("The report has no sections yet"))
    rated = workflow.rated(booking.stage, booking.kind)
    lacking = [
        row.number
        for row in rows
        if drafting.missing(row.number, row.carried, row.verbatim, row.reason, rated)
    ]
    if lacking:
        raise Invalid(
            "sections", N_("Rate these points, or say why they do not apply: %(points)s"),
            points=", ".join(map(str, lacking)),
        )  # fmt: skip
    if sections.aside(session, [row.id for row in rows]):
        raise Invalid("sections", N_("Settle the texts that are set aside first"))
    if rated:
        _is_decided(session, booking)


def _is_decided(session: Session, booking: Booking) -> None:
    if booking.result is None:
        raise Invalid("result", N_("Record the overall result first"))
    found = doubts(booking.result, points_of(session, booking.id))
    if found and not (booking.result_reason or "").strip():
        raise Invalid(
            "result", N_("The overall result disagrees with the points: say why, or change it")
        )


@booking_steps.effect(Move.SEND_TO_CHECK)
def no_result(made: Step) -> None:
    """What is not rated has a result that says so, and nobody decides it."""
    booking = made.booking
    if workflow.rated(booking.stage, booking.kind) or booking.result is not None:
        return
    before = bookings.document_of(booking)
    booking.result = Rating.NOT_RATED
    bookings.save(made.session, booking, before, made.act, "booking.not_rated")
