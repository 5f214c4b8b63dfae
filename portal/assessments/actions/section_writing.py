"""Write a section of a draft report: nothing that anybody wrote is ever lost or written over."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from sqlalchemy.orm import Session

from portal.access import Person
from portal.assessments.actions.section_access import LEAD, changed_by, unlocked, with_panel
from portal.assessments.models.bookings import Booking
from portal.assessments.models.drafting import Section
from portal.assessments.rules import drafting, workflow
from portal.assessments.rules.drafting import Said
from portal.assessments.rules.ratings import of_point
from portal.assessments.store import sections
from portal.assessments.words import Rating
from portal.audit import Act, record
from portal.db import Database, one_at_a_time
from portal.errors import N_, Missing, Refused


class Outcome(StrEnum):
    """What became of a text."""

    SAVED = "saved"
    SAME = "same"
    ASIDE = "aside"
    LOCKED = "locked"


@dataclass(frozen=True, slots=True)
class Written:
    """What became of a text.

    Attributes:
        version: of the section now.
        text_id: of the text where it was set aside: the section has another one meanwhile, or
            the report is with others.
    """

    outcome: Outcome
    version: int
    text_id: int | None = None


def write(
    database: Database, reference: str, number: int, base: int, said: Said, person: Person,
    act: Act, settles: int | None = None,
) -> Written:  # fmt: skip
    """Keep what somebody wrote: as the section's text where it is still as they read it, else set
    aside beside the one that came before.

    Args:
        reference: of the booking.
        number: of the section.
        base: the version that was read.
        settles: the text of theirs that was set aside before, and that this one brings together
            with the other.

    Raises:
        Missing: there is no such booking or section, as far as they may know.
        Refused: they do not write this report, or the point is carried forward.
        Invalid: a rating is none of the scheme, or a text is too long.
    """
    # Others wait for a turn to write: what does not need one is asked before.
    with database.reading(fresh=True) as session:
        booking = changed_by(session, reference, person)
        section_id = sections.at(session, booking.id, number).id
        rated = workflow.rated(booking.stage, booking.kind)
        clean = drafting.clean(said, number, booking.scheme, rated)
        rating = _class(booking, clean)
    with database.writing() as session:
        one_at_a_time(session)
        found = sections.turn(session, section_id, person.id)
        if not found.sits:
            raise Missing("There is no such assessment")
        if found.section.carried:
            raise Refused(N_("This point is carried forward: it is not assessed again"))
        locked = workflow.locked(found.state, found.decided_at)
        return _write(session, found.section, locked, base, clean, rating, act, settles)


def _write(
    session: Session, section: Section, locked: bool, base: int, said: Said,
    rating: Rating | None, act: Act, settles: int | None,
) -> Written:  # fmt: skip
    same = said == sections.said_of(section)
    if not same and (locked or base != section.version):
        text_id = _set_aside(session, section, base, said, act, settles)
        return Written(Outcome.LOCKED if locked else Outcome.ASIDE, section.version, text_id)
    _settle(session, section, settles, act)
    if same:
        return Written(Outcome.SAME, section.version)
    before = sections.document_of(section)
    section.verbatim, section.rating, section.reason = said.verbatim, rating, said.reason
    section.done_well, section.to_explore = said.done_well, said.to_explore
    section.version += 1
    section.edited_at, section.edited_by = act.at, act.actor
    sections.keep(session, section.id, section.version, base, said, act)
    after = sections.document_of(section)
    record(session, act, "section.written", sections.THING, section.id, before, after)
    return Written(Outcome.SAVED, section.version)


def _set_aside(
    session: Session, section: Section, base: int, said: Said, act: Act, settles: int | None
) -> int:
    """Keep a text aside, in place of the one that it goes on from; one that says the same once."""
    earlier = sections.text(session, section.id, settles) if settles is not None else None
    waits = earlier and earlier.version is None and earlier.settled_at is None
    if earlier and waits and (earlier.actor, earlier.said) == (act.actor, said):
        return earlier.id
    text_id = sections.keep(session, section.id, None, base, said, act)
    told = {"set_aside": text_id}
    record(session, act, "section.set_aside", sections.THING, section.id, {}, told)
    _settle(session, section, settles, act)
    return text_id


def _class(booking: Booking, said: Said) -> Rating | None:
    return of_point(booking.scheme)[said.verbatim] if booking.scheme and said.verbatim else None


def _settle(session: Session, section: Section, text_id: int | None, act: Act) -> None:
    """Note that one's own text which was set aside is in the one that comes now."""
    if text_id is None:
        return
    found = sections.text(session, section.id, text_id)
    if found.actor == act.actor:
        sections.settle(session, text_id, act)


def settle(
    database: Database, reference: str, number: int, text_id: int, person: Person, act: Act
) -> None:
    """Leave a text aside for good: the section stays as it says. Its author does so, or the lead
    assessor, since its author may no longer sit on the panel.

    Raises:
        Missing: there is no such text, as far as they may know.
        Refused: it is somebody else's.
    """
    with database.writing() as session:
        one_at_a_time(session)
        booking = changed_by(session, reference, person)
        section = sections.at(session, booking.id, number)
        found = sections.text(session, section.id, text_id)
        if found.actor != act.actor:
            changed_by(session, reference, person, LEAD)
        sections.settle(session, text_id, act)


def restore(
    database: Database, reference: str, number: int, text_id: int, base: int, person: Person,
    act: Act,
) -> Written:  # fmt: skip
    """Have a section say again what one of its texts said, as a new version.

    Raises:
        Missing, Refused, Invalid: as `write`.
    """
    with database.reading(fresh=True) as session:
        booking = changed_by(session, reference, person)
        unlocked(booking)
        section = sections.at(session, booking.id, number)
        found = sections.text(session, section.id, text_id)
    aside = text_id if found.version is None else None
    return write(database, reference, number, base, found.said, person, act, aside)


def assign(
    database: Database, reference: str, number: int, owner_id: int | None, person: Person, act: Act
) -> bool:
    """Say who writes a section; None is whoever sits for its profession. False where nothing
    changes.

    Raises:
        Missing: there is no such section, as far as they may know.
        Refused: they do not lead the panel, it is with others, or who is named does not sit there.
    """
    with database.writing() as session:
        one_at_a_time(session)
        booking = changed_by(session, reference, person, LEAD)
        with_panel(booking)
        section = sections.at(session, booking.id, number)
        sits = {each.person_id for each in sections.panel(session, booking.id)}
        if section.carried or (owner_id is not None and owner_id not in sits):
            raise Refused(N_("Only who sits on the panel can write a section"))
        before = sections.document_of(section)
        section.owner_id = owner_id
        session.flush()
        after = sections.document_of(section)
        return record(session, act, "section.assigned", sections.THING, section.id, before, after)
