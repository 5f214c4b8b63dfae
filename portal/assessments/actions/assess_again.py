"""From the actions of an assessment to the next one: of its ambers, or of its reds."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy.orm import Session

from portal.access import Person
from portal.assessments.booking_words import Part, State
from portal.assessments.models.bookings import Booking
from portal.assessments.rules.confidentiality import parts_of
from portal.assessments.store import bookings, publication, sections
from portal.assessments.words import AssessmentKind, Rating
from portal.audit import Act
from portal.db import Database, one_at_a_time
from portal.errors import N_, Missing, Refused

#: What is looked at again, by the kind of the next assessment.
AGAIN = {
    AssessmentKind.AMBER_REVIEW: Rating.MET_WITH_CONDITIONS,
    AssessmentKind.REASSESSMENT: Rating.NOT_MET,
}
_OVER = frozenset({State.PUBLISHED, State.CLOSED_UNPUBLISHED})
_COPIED = (
    "service_id", "component_id", "organisation_id", "name", "sort_name", "purpose", "stage",
    "confidential", "project_code_known", "project_code", "discovery_on", "scheme",
    "standard_version_id", "pinned_because",
)  # fmt: skip
_TRIES = 20


def numbers(session: Session, booking: Booking) -> dict[AssessmentKind, list[int]]:
    """The points of an assessment that one of each kind would look at again."""
    found = sections.of_booking(session, booking.id)
    return {
        kind: [row.number for row in found if row.number and row.rating is rating]
        for kind, rating in AGAIN.items()
    }


def possible(
    session: Session, booking: Booking, parts: frozenset[Part],
    after: Sequence[Booking] | None = None,
) -> list[AssessmentKind]:  # fmt: skip
    """The kinds of assessments that somebody who is `parts` to one can book after it. Once one of
    them is over, what comes next is booked after that. `after` are those, where they are known.
    """
    if booking.state not in _OVER or Part.TEAM not in parts:
        return []
    after = publication.followers(session, booking) if after is None else after
    if any(each.state in _OVER for each in after):
        return []
    booked = {each.kind for each in after}
    return [kind for kind, points in numbers(session, booking).items()
            if points and kind not in booked]  # fmt: skip


def begin(
    database: Database, reference: str, kind: AssessmentKind, person: Person, act: Act
) -> str:
    """Begin to book the assessment that looks again at what another found.

    Returns:
        The reference of the new booking, a draft.

    Raises:
        Missing: there is no such booking, as far as they may know.
        Refused: there is nothing to look at again, or it is booked already.
    """
    with database.writing() as session:
        one_at_a_time(session)
        before = bookings.by_reference(session, reference)
        parts = parts_of(person, bookings.thing_of(session, before))
        if not parts:
            raise Missing("There is no such assessment")
        if kind not in possible(session, before, parts):
            raise Refused(N_("There is nothing to assess again, or it is booked already"))
        made = Booking(
            reference=_reference(session), state=State.DRAFT, kind=kind, weeks=[], needed={},
            after_id=before.id, again_of_id=_assessment(session, before),
            access_needs_answered=False, artefacts_answered=False,
            **{name: getattr(before, name) for name in _COPIED},
        )  # fmt: skip
        made.contacts, made.artefacts, made.sessions, made.clocks = [], [], [], []
        bookings.add(session, made, act)
        return made.reference


def _assessment(session: Session, before: Booking) -> int | None:
    if before.report_id is None:
        return None
    return publication.assessment_of(session, before.report_id)


def _reference(session: Session) -> str:
    for _try in range(_TRIES):
        found = bookings.new_reference()
        if not publication.is_taken(session, found):
            return found
    raise Refused(N_("Try again"))
