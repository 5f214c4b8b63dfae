"""The team reads the draft and challenges it, paragraph by paragraph; the panel answers each."""

from __future__ import annotations

from collections.abc import Collection

from sqlalchemy.orm import Session

from portal.access import Person
from portal.assessments.actions import (
    booking_mail,
    booking_steps,
    follow_ups,
    publication_check,
)
from portal.assessments.actions.booking_steps import Step
from portal.assessments.booking_words import ChallengeState, Move, Part, State
from portal.assessments.models.bookings import Booking
from portal.assessments.models.drafting import Challenge, Section
from portal.assessments.models.publishing import FollowUp
from portal.assessments.rules.confidentiality import parts_of
from portal.assessments.rules.paragraphs import paragraphs
from portal.assessments.store import (
    bookings,
    challenges,
    point_actions,
    publication,
    sections,
)
from portal.audit import Act
from portal.db import Database, one_at_a_time
from portal.errors import N_, Invalid, Missing, Refused, Stale

_LONGEST = 5000
_PANEL = frozenset({Part.LEAD, Part.ASSESSOR})
_WORDS = N_("The amended report has words to decide about before it goes back to the team.")
_LATE = N_("This can no longer be done: the assessment has moved on")


def texts_of(booking: Booking, row: Section, asked: Collection[FollowUp]) -> dict[str, list[str]]:
    """The paragraphs of each text of a section, and what else of it can be challenged: how it is
    rated and the actions that follow; of the whole, the result and its reason.
    """
    found = {"rating": [row.verbatim] if row.verbatim and not row.carried else []}
    if row.number == 0:
        found["result"] = [booking.result_verbatim] if booking.result_verbatim else []
        found["result_reason"] = paragraphs(booking.result_reason or "")
    found |= {name: paragraphs(getattr(row, name) or "") for name in publication.TEXTS}
    follow = follow_ups.will_follow(row, asked)
    return {**found, "action": [f"{text} ({who})" if who else text for text, who in follow]}


#: What a paragraph can be of.
FIELDS = ("rating", "result", "result_reason", *publication.TEXTS, "action")


def _opened(
    session: Session, reference: str, person: Person, state: State, allowed: frozenset[Part]
) -> Booking:
    one_at_a_time(session)
    booking = bookings.by_reference(session, reference)
    parts = parts_of(person, bookings.thing_of(session, booking))
    if not parts:
        raise Missing("There is no such assessment")
    if not parts & allowed:
        raise Refused(N_("You cannot do this"))
    if booking.state is not state:
        raise Stale(_LATE)
    return booking


def write(
    database: Database, reference: str, number: int, paragraph: str, text: str, person: Person,
    act: Act,
) -> None:  # fmt: skip
    """Note that the team challenges a paragraph; it is sent with the others.

    Raises:
        Missing: there is no such booking or section.
        Refused: it is not theirs to do.
        Stale: the report is not with the team, or says something else by now.
        Invalid: nothing is said, or too much.
    """
    said = text.strip()
    if not said:
        raise Invalid("text", N_("Enter what is not right, and what you would say instead"))
    if len(said) > _LONGEST:
        raise Invalid("text", N_("What you say must be 5,000 characters or fewer"))
    with database.writing() as session:
        booking = _opened(session, reference, person, State.TEAM_REVIEW, frozenset({Part.TEAM}))
        row = sections.at(session, booking.id, number)
        asked = point_actions.of_sections(session, [row.id]).get(row.id, [])
        texts = texts_of(booking, row, asked)
        if paragraph not in [each for some in texts.values() for each in some]:
            raise Stale(N_("The report changed since you opened it"))
        made = Challenge(
            booking_id=booking.id, section_id=row.id, paragraph=paragraph, text=said,
            raised_by=act.actor, raised_at=act.at, state=ChallengeState.WAITING,
        )  # fmt: skip
        challenges.add(session, made, act)


def remove(database: Database, reference: str, id_: int, person: Person, act: Act) -> None:
    """Forget a challenge that was not sent. Raises Missing, Refused, Stale."""
    with database.writing() as session:
        booking = _opened(session, reference, person, State.TEAM_REVIEW, frozenset({Part.TEAM}))
        row = challenges.get(session, booking.id, id_)
        if row.sent_at is not None:
            raise Stale(N_("It was sent already"))
        challenges.remove(session, row, act)


def answer(
    database: Database, reference: str, id_: int, amended: bool, why: str, person: Person, act: Act,
    url: str,
) -> int:  # fmt: skip
    """Keep what the panel answers to a challenge: the report is amended, or it stays as it is. With
    the last answer the assurance team is told where words keep the report with the panel.

    Returns:
        How many challenges still wait for an answer.

    Raises:
        Missing: there is no such booking or challenge.
        Refused: they do not sit on the panel.
        Stale: the report is not with the panel.
        Invalid: why is not said.
    """
    said = why.strip()
    if not said:
        raise Invalid("answer", N_("Enter what you amended, or why it stays as it is"))
    if len(said) > _LONGEST:
        raise Invalid("answer", N_("The answer must be 5,000 characters or fewer"))
    with database.writing() as session:
        booking = _opened(session, reference, person, State.PANEL_AMENDS, _PANEL)
        row = challenges.get(session, booking.id, id_)
        if row.sent_at is None:
            raise Missing("There is no such challenge")
        before = row.state
        row.state = ChallengeState.AMENDED if amended else ChallengeState.KEPT
        row.answer, row.answered_by, row.answered_at = said, act.actor, act.at
        challenges.answered(session, row, before, act)
        left = challenges.waiting(session, [booking.id]).get(booking.id, 0)
        if not left and publication_check.undecided(session, booking):
            booking_mail.tell(session, booking, (Part.ASSURANCE,), _WORDS, act, url, "/check")
        return left


@booking_steps.guard(Move.CHALLENGE)
def says_something(made: Step) -> None:
    """The team says what it challenges."""
    if not challenges.of_booking(made.session, made.booking.id, sent=False):
        raise Refused(N_("Say first which paragraph you challenge, and why"))


@booking_steps.effect(Move.CHALLENGE)
def send(made: Step) -> None:
    """All that the team wrote goes to the panel together."""
    challenges.send(made.session, made.booking.id, made.act)


@booking_steps.guard(Move.ANSWER_CHALLENGE)
def all_answered(made: Step) -> None:
    """The panel answers each challenge."""
    if challenges.waiting(made.session, [made.booking.id]):
        raise Refused(N_("Answer each challenge first"))


@booking_steps.guard(Move.ACCEPT_REPORT)
def nothing_unsent(made: Step) -> None:
    """Nobody accepts a report and leaves a challenge unsent by mistake."""
    if challenges.of_booking(made.session, made.booking.id, sent=False):
        raise Refused(N_("Send your challenges, or remove them, before you accept the report"))


@booking_steps.effect(Move.TIME_RUNS_OUT)
def forget(made: Step) -> None:
    """What was not sent in time was never said."""
    challenges.forget_unsent(made.session, made.booking.id)
