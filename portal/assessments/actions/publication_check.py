"""The assurance check: what may not be for the public in a draft, and what a person did about it.

A draft goes to the team, and a report to the public, only once somebody has decided about each.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Sequence
from dataclasses import dataclass
from typing import NamedTuple

from sqlalchemy.orm import Session

from portal.access import Person
from portal.assessments.actions import booking_steps
from portal.assessments.actions.booking_steps import Step
from portal.assessments.booking_words import FlagState, Move, Part, State
from portal.assessments.models.bookings import Booking
from portal.assessments.models.drafting import Section
from portal.assessments.models.publishing import FollowUp, PublicationFlag
from portal.assessments.rules import pinning, publication_filter
from portal.assessments.rules.confidentiality import parts_of
from portal.assessments.rules.publication_filter import Hit, Sentence, digest
from portal.assessments.store import bookings, point_actions, publication, sections
from portal.audit import Act
from portal.db import Database, one_at_a_time
from portal.errors import N_, Invalid, Missing, Refused, Stale

#: What of a booking, and of the actions that follow, is read beyond the panel like its sections.
RESULT, NAME, STANDARD, ACTION = "result_reason", "name", "pinned_because", "action"
REDACTED = "flag.redacted"
#: Before the report goes on to somebody who did not write it, words can be decided about.
OPEN = frozenset({
    State.ASSURANCE_CHECK, State.PANEL_AMENDS, State.READY_TO_PUBLISH, State.UNPUBLISHED,
})  # fmt: skip
_LONGEST = 500


class Flagged(NamedTuple):
    """Words in a draft that somebody has to decide about, or has."""

    section_id: int
    number: int
    title: str
    field: str
    hit: Hit
    sentence: Sentence
    kept_because: str | None

    @property
    def mark(self) -> str:
        """What tells the words apart."""
        return digest(self.hit.words)


@dataclass(frozen=True, slots=True)
class Said:
    """What a person decides of words.

    Attributes:
        redact: whether they go.
        instead: what stands there then; the filter's own word without it.
        reason: why they go or stay.
    """

    redact: bool
    instead: str
    reason: str


def flagged(
    session: Session, booking: Booking, rows: Sequence[Section] | None = None
) -> list[Flagged]:
    """Everything in a draft that is not for the public as it stands, in the order of the report;
    `rows` are its sections, where they are known.
    """
    people = publication.people_of(session, booking)
    decided = publication.flags(session, booking.id)
    rows = rows if rows is not None else sections.of_booking(session, booking.id)
    asked = point_actions.of_sections(session, [row.id for row in rows])
    found = []
    for row in rows:
        for field, text in _texts(booking, row, asked.get(row.id, [])):
            for hit in publication_filter.find(text, people):
                flag = decided.get((row.id, digest(hit.words)))
                kept = flag.reason if flag and flag.state is FlagState.KEPT else None
                title = row.point.title if row.point else ""
                said = publication_filter.sentence(text, hit)
                found.append(Flagged(row.id, row.number, title, field, hit, said, kept))
    return found


def _texts(booking: Booking, row: Section, asked: Iterable[FollowUp]) -> list[tuple[str, str]]:
    """What is read beyond the panel with a section; with that of the whole, what the booking says
    of itself.
    """
    found = [(name, getattr(row, name) or "") for name in publication.TEXTS]
    found += [(ACTION, text) for each in asked for text in (each.text, each.owner or "")]
    if row.number == 0:
        found += [(RESULT, booking.result_reason or ""), (NAME, booking.name)]
        found.append((STANDARD, pinning.reason_of(booking.pinned_because) or ""))
    return found


def undecided(session: Session, booking: Booking) -> list[Flagged]:
    """Those of them about which nobody has decided."""
    return [each for each in flagged(session, booking) if each.kept_because is None]


@booking_steps.guard(Move.SEND_TO_TEAM, Move.ANSWER_CHALLENGE, Move.PUBLISH, Move.PUBLISH_AGAIN)
def all_decided(made: Step) -> None:
    """Whatever may not be for the public was looked at by somebody."""
    if not undecided(made.session, made.booking):
        return
    if Part.ASSURANCE in made.parts:
        raise Refused(N_("Decide first about the words that may not be for the public"))
    raise Refused(
        N_("The assurance team has to decide first about words that may not be for the public")
    )


def decide(
    database: Database, reference: str, number: int, mark: str, said: Said, person: Person, act: Act
) -> int:
    """Take words out of a section of a draft, or let them stay.

    Args:
        database: the portal's.
        reference: of the booking.
        number: of the section.
        mark: what tells the words apart.
        said: what is decided.
        person: whoever decides; of the assurance team.
        act: who, and when.

    Returns:
        About how many words nobody has decided yet.

    Raises:
        Missing: there is no such booking or section.
        Refused: it is not theirs to decide, or not now.
        Stale: the words are no longer there.
        Invalid: no reason is given, or what stands instead is no better.
    """
    with database.writing() as session:
        one_at_a_time(session)
        booking = bookings.by_reference(session, reference)
        _may(session, booking, person)
        row = sections.at(session, booking.id, number)
        people = publication.people_of(session, booking)
        asked = point_actions.of_sections(session, [row.id]).get(row.id, [])
        kinds = [
            hit.kind for _, text in _texts(booking, row, asked)
            for hit in publication_filter.find(text, people) if digest(hit.words) == mark
        ]  # fmt: skip
        if not kinds:
            raise Stale(N_("These words are no longer in the report"))
        _check(said, people)
        if said.redact:

            def without(text: str) -> str:
                return publication_filter.redact(text, mark, said.instead, people)

            _redact(session, booking, row, asked, without, act)
        state = FlagState.REDACTED if said.redact else FlagState.KEPT
        flag = PublicationFlag(
            section_id=row.id, kind=kinds[0], digest=mark, state=state, reason=said.reason.strip(),
            decided_by=act.actor, decided_at=act.at,
        )  # fmt: skip
        publication.keep_flag(session, flag, act)
        return len(undecided(session, booking))


def _may(session: Session, booking: Booking, person: Person) -> None:
    parts = parts_of(person, bookings.thing_of(session, booking))
    if not parts:
        raise Missing("There is no such assessment")
    if Part.ASSURANCE not in parts or booking.state not in OPEN:
        raise Refused(N_("This is decided by the assurance team while it checks the report"))


def _check(said: Said, people: Collection[str]) -> None:
    if not said.reason.strip():
        raise Invalid("reason", N_("Enter why these words go or stay"))
    if len(said.reason) > _LONGEST:
        raise Invalid("reason", N_("The reason must be 500 characters or fewer"))
    if said.redact and publication_filter.find(said.instead, people):
        raise Invalid("instead", N_("What stands instead must not be for the team alone either"))
    if publication_filter.find(said.reason, people):
        raise Invalid("reason", N_("Give the reason without names, addresses or weaknesses"))


def _redact(
    session: Session, booking: Booking, row: Section, asked: Iterable[FollowUp],
    without: Callable[[str], str], act: Act,
) -> None:  # fmt: skip
    values = {name: without(getattr(row, name) or "") or None for name in publication.TEXTS}
    values |= {name: values[name] or "" for name in ("done_well", "to_explore")}
    publication.rewrite(session, row, values, act, REDACTED)
    for each in asked:
        said = point_actions.document_of(each)
        each.text, each.owner = without(each.text), without(each.owner or "")[:200] or None
        point_actions.changed(session, each, said, act)
    if row.number == 0:
        before = bookings.document_of(booking)
        booking.result_reason = without(booking.result_reason or "") or None
        publication.call(booking, without(booking.name))
        booking.pinned_because = without(booking.pinned_because or "")[:1000] or None
        bookings.save(session, booking, before, act, REDACTED)


def keep_all(session: Session, booking: Booking, reason: str, act: Act) -> None:
    """Let everything stay that nobody has decided about, for one reason."""
    for each in undecided(session, booking):
        flag = PublicationFlag(
            section_id=each.section_id, kind=each.hit.kind, digest=each.mark,
            state=FlagState.KEPT, reason=reason[:_LONGEST], decided_by=act.actor,
            decided_at=act.at,
        )  # fmt: skip
        publication.keep_flag(session, flag, act)
