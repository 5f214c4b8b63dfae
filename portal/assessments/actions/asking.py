"""Ask the team to do something about a point, while the report is written."""

from __future__ import annotations

from sqlalchemy.orm import Session

from portal.access import Person
from portal.assessments.actions.section_access import changed_by, unlocked
from portal.assessments.booking_words import ActionState
from portal.assessments.models.drafting import Section
from portal.assessments.models.publishing import FollowUp
from portal.assessments.rules.drafting import WHOLE
from portal.assessments.store import point_actions, sections
from portal.audit import Act
from portal.db import Database, one_at_a_time
from portal.errors import N_, Invalid, Refused

LONGEST, LONGEST_OWNER = 2_000, 200


def ask(
    database: Database, reference: str, number: int, text: str, owner: str | None, person: Person,
    act: Act,
) -> int:  # fmt: skip
    """Add an action to a point; its id. Nobody outside the panel and the assurance team sees it
    before the report is sent to the team.

    Args:
        owner: whose it is, as a role in the team: never a name.

    Raises:
        Missing, Refused: as `section_access.changed_by`; the report is with others, or the point
            is carried forward.
        Invalid: nothing is asked, or too much.
    """
    with database.writing() as session:
        one_at_a_time(session)
        section = _section(session, reference, number, person)
        what, whose = _clean(text, owner)
        made = FollowUp(
            booking_id=section.booking_id, section_id=section.id, text=what, owner=whose,
            state=ActionState.OPEN, edited_at=act.at,
        )  # fmt: skip
        point_actions.add(session, made, act)
        return made.id


def change(
    database: Database, reference: str, number: int, id_: int, version: int, text: str,
    owner: str | None, person: Person, act: Act,
) -> bool:  # fmt: skip
    """Say an action in other words; False where it says so already. Raises Stale where somebody
    else did meanwhile, and as `ask`.
    """
    with database.writing() as session:
        one_at_a_time(session)
        section = _section(session, reference, number, person)
        row = point_actions.at_version(session, section.id, id_, version)
        before = point_actions.document_of(row)
        row.text, row.owner = _clean(text, owner)
        return point_actions.changed(session, row, before, act)


def take_back(
    database: Database, reference: str, number: int, id_: int, version: int, person: Person,
    act: Act,
) -> None:  # fmt: skip
    """Ask for it no more. Raises as `change`."""
    with database.writing() as session:
        one_at_a_time(session)
        section = _section(session, reference, number, person)
        row = point_actions.at_version(session, section.id, id_, version)
        point_actions.remove(session, row, act)


def _section(session: Session, reference: str, number: int, person: Person) -> Section:
    booking = changed_by(session, reference, person)
    unlocked(booking)
    section = sections.at(session, booking.id, number)
    if section.carried or number == WHOLE:
        raise Refused(N_("Actions follow from points that are assessed now"))
    return section


def _clean(text: str, owner: str | None) -> tuple[str, str | None]:
    what, whose = text.strip(), (owner or "").strip() or None
    if not what:
        raise Invalid("text", N_("Enter what the team has to do"))
    for field, said, most in (("text", what, LONGEST), ("owner", whose or "", LONGEST_OWNER)):
        if len(said) > most:
            message = N_("This must be %(most)s characters or fewer")
            raise Invalid(field, message, most=f"{most:,}")
    return what, whose
