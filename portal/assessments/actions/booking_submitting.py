"""What submitting a booking needs, what follows from its moves, and who is told of each."""

from __future__ import annotations

from sqlalchemy.orm import Session

from portal.assessments.actions import booking_mail
from portal.assessments.actions.booking import Sent
from portal.assessments.actions.booking_steps import Step, effect, guard, take
from portal.assessments.booking_words import Move, PanelBy, Part, State
from portal.assessments.models.bookings import Booking
from portal.assessments.rules import booking_tasks, weeks
from portal.assessments.rules.assessment_needed import Answer
from portal.assessments.rules.confidentiality import parts_of
from portal.assessments.rules.pinning import Override, pin
from portal.assessments.rules.workflow import AHEAD
from portal.assessments.store import assessment_inputs, booking_drafts, bookings, sections
from portal.db import Database, one_at_a_time
from portal.errors import N_, Missing, Refused

EVERYBODY = tuple(part for part in Part if part is not Part.SYSTEM)


def needed_by(session: Session, booking: Booking) -> Answer | None:
    """Whether the portal says that what is booked is needed; None where the record is gone."""
    if booking.service_id is not None:
        said = booking_tasks.told(booking.needed)
        return assessment_inputs.about_service_id(session, booking.service_id, said).answer
    if booking.component_id is not None:
        return assessment_inputs.about_component_id(session, booking.component_id).answer
    return None


@guard(Move.SUBMIT)
def complete(step: Step) -> None:
    """Everything is answered, and the weeks can still be booked."""
    if booking_tasks.left(step.booking):
        raise Refused(N_("Answer every question first"))
    weeks.refuse(step.booking.weeks, step.act.day, step.held)
    if booking_drafts.of_booking(step.session, step.booking) is None:
        raise Refused(N_("What was to be assessed is no longer in the catalogue"))


@effect(Move.SUBMIT)
def note(step: Step) -> None:
    """Keep what holds on the day: the organisation, the answer to "do I need one?", whose panel,
    and the version of the standard, unless the assurance team has chosen one before.
    """
    session, booking = step.session, step.booking
    before = bookings.document_of(booking)
    of, answer = booking_drafts.of_booking(session, booking), needed_by(session, booking)
    if of is not None and answer is not None:
        booking.organisation_id = of.organisation_id
        booking.needed = {
            **booking.needed, **answer.document(), "on": step.act.day.isoformat()
        }  # fmt: skip
        booking.panel_by = answer.panel or PanelBy.ORGANISATION
    booking.submitted_at = step.act.at
    if not (booking.pinned_because or "").startswith("override"):
        found = booking_drafts.pin_of(session, booking)
        booking.standard_version_id, booking.pinned_because = found.version_id, found.told
        booking.scheme = booking_drafts.scheme_of(session, found.version_id)
    bookings.save(session, booking, before, step.act, "booking.noted")
    _tell(step, (Part.ASSURANCE,), N_("An assessment was asked for: accept or reject it."))


@guard(Move.ACCEPT)
def has_panel(step: Step) -> None:
    """It is said whose assessors sit on the panel."""
    if step.booking.panel_by is None:
        raise Refused(N_("Say first whose assessors sit on the panel"))


@effect(Move.ACCEPT)
def accepted(step: Step) -> None:
    """The team hears of it."""
    _tell(step, (Part.TEAM,), N_("Your booking was accepted. The panel and the day come next."))


@effect(Move.REJECT)
def rejected(step: Step) -> None:
    """The team hears of it; the reason is on the page."""
    _tell(step, (Part.TEAM,), N_("Your booking was not accepted. The page says why."))


@effect(Move.REOPEN)
def reopened(step: Step) -> None:
    """The team hears of it."""
    _tell(step, (Part.TEAM,), N_("Your booking is being looked at again."))


@effect(Move.REVISE)
def revised(step: Step) -> None:
    """Who rejected it hears that it comes again. Which version of the standard holds follows from
    the answers afresh, unless the assurance team has chosen one.
    """
    booking = step.booking
    if not (booking.pinned_because or "").startswith("override"):
        before = bookings.document_of(booking)
        booking.standard_version_id = booking.pinned_because = booking.scheme = None
        bookings.save(step.session, booking, before, step.act, "booking.noted")
    _tell(step, (Part.ASSURANCE,), N_("A booking that was not accepted is being changed."))


@effect(Move.NOT_HELD, Move.POSTPONE, Move.RESUME, Move.WITHDRAW, Move.STOP)
def stopped(step: Step) -> None:
    """Everybody who has to do with it hears of it; of a draft that was never submitted only those
    who wrote it.
    """
    news = {
        Move.NOT_HELD: N_("The assessment was not held after all."),
        Move.POSTPONE: N_("The assessment is postponed."),
        Move.RESUME: N_("The assessment goes on."),
        Move.WITHDRAW: N_("The booking is withdrawn: there will be no assessment."),
        Move.STOP: N_("What was to be assessed is stopped: there will be no assessment."),
    }[step.move]
    told = EVERYBODY if step.booking.submitted_at else (Part.TEAM,)
    _tell(step, told, news)


def _tell(step: Step, parts: tuple[Part, ...], news: str) -> None:
    booking_mail.tell(step.session, step.booking, parts, news, step.act, step.url)


def accept(database: Database, sent: Sent, panel_by: PanelBy, url: str) -> State:
    """Accept a booking with whose assessors sit on its panel. Raises as a move does.

    Where that is from across government, the portal's assurance team runs it from now on.
    """
    with database.writing() as session:
        booking, parts = opened(session, sent)
        if booking.state is not State.SUBMITTED:
            raise Refused(N_("This can no longer be done: the assessment has moved on"))
        before = bookings.document_of(booking)
        booking.panel_by = panel_by
        handed = bookings.save(session, booking, before, sent.act, "booking.panel_by")
        state = take(session, booking, Move.ACCEPT, parts, sent.act, url)
        if handed:
            news = N_("A booking was accepted whose panel is yours to form.")
            booking_mail.tell(session, booking, (Part.ASSURANCE,), news, sent.act, url)
        return state


def override(database: Database, sent: Sent, version_id: int, reason: str) -> bool:
    """The assurance team says against which version it is, and why; False where nothing changes.

    Raises:
        Missing, Stale, Refused: as a move does.
        Invalid: there is no reason, or no such version.
    """
    with database.writing() as session:
        booking, _parts = opened(session, sent)
        if booking.state not in AHEAD:
            raise Refused(N_("This can no longer be changed"))
        if sections.of_booking(session, booking.id):
            raise Refused(N_("The report is begun against the version that holds now"))
        known = booking_drafts.every_version(session)
        found = pin(known, override=Override(version_id, reason))
        before = bookings.document_of(booking)
        booking.standard_version_id, booking.pinned_because = found.version_id, found.told
        booking.scheme = booking_drafts.scheme_of(session, found.version_id)
        return bookings.save(session, booking, before, sent.act, "booking.pinned")


def opened(session: Session, sent: Sent) -> tuple[Booking, frozenset[Part]]:
    """A booking that the assurance team works on, and what whoever sends something is to it.

    Raises:
        Missing: there is no such booking, as far as they may know.
        Stale: it changed since they read it.
        Refused: they are not of the assurance team.
    """
    one_at_a_time(session)
    booking = bookings.at_version(session, sent.reference, sent.version)
    parts = parts_of(sent.person, bookings.thing_of(session, booking))
    if not parts:
        raise Missing("There is no such assessment")
    if Part.ASSURANCE not in parts:
        raise Refused(N_("You cannot do this"))
    return booking, parts
