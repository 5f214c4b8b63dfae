"""What the pages of a draft report share: its sections, who writes them, and what is missing."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING, Any, NamedTuple

from portal.accounts.store import people
from portal.assessments.booking_words import Part
from portal.assessments.models.drafting import Section
from portal.assessments.rules import drafting, workflow
from portal.assessments.rules.drafting import WHOLE, Sitting
from portal.assessments.store import point_actions, sections
from portal.assessments.store.sections import Kept
from portal.assessments.views.booking_base import Seen, opened
from portal.web.i18n import _
from portal.web.people import current_person
from portal.web.reading import reading

if TYPE_CHECKING:
    from sqlalchemy.orm import Session

PANEL = frozenset({Part.LEAD, Part.ASSESSOR})
#: A section of a draft; 0 is the whole.
NUMBER = "<int(min=0, max=999):number>"


class Listed(NamedTuple):
    """A section with who writes it.

    Attributes:
        owners: their ids; `mine` whether the reader is one of them.
        missing: what it still needs, in words.
    """

    row: Section
    owners: list[int]
    mine: bool
    missing: str | None

    @property
    def title(self) -> str:
        """What pages call it."""
        return title_of(self.row)


class Shown(NamedTuple):
    """A section as pages show it.

    Attributes:
        owners: who writes it, by name; `mine` whether the reader is one of them.
        missing: what it still needs, in words.
        aside: texts that wait for their authors to settle them.
        differ: how people rated it where they did not agree: name and word.
    """

    row: Section
    owners: list[str]
    mine: bool
    missing: str | None
    actions: list[Any]
    aside: list[Kept]
    differ: list[tuple[str, str]]

    @property
    def title(self) -> str:
        """What pages call it."""
        return title_of(self.row)


def title_of(section: Section) -> str:
    """What pages call a section."""
    if section.number == WHOLE:
        return _("The service as a whole")
    title = section.point.title if section.point else ""
    return f"{section.number}. {title}"


def writable(seen: Seen) -> bool:
    """Whether the reader can write in the draft now."""
    booking = seen.booking
    return bool(seen.parts & PANEL) and not workflow.locked(booking.state, booking.decided_at)


def with_panel(seen: Seen) -> bool:
    """Whether the draft is with the panel, and the reader is of it."""
    return bool(seen.parts & PANEL) and seen.booking.state in workflow.WRITING


def listed(session: Session, seen: Seen) -> list[Listed]:
    """The sections of a draft, each with whose it is and what it lacks, in one statement."""
    panel, me = sections.writers(seen.read.seats), current_person().id
    is_rated = workflow.rated(seen.booking.stage, seen.booking.kind)
    found = []
    for row in sections.of_booking(session, seen.booking.id):
        owners = owners_of(row, panel)
        lacks = drafting.missing(row.number, row.carried, row.verbatim, row.reason, is_rated)
        found.append(Listed(row, owners, me in owners, lacks))
    return found


def shown(session: Session, seen: Seen) -> list[Shown]:
    """The same with all that the panel has to know of each, in few statements."""
    found = listed(session, seen)
    ids = [each.row.id for each in found]
    aside, rated = sections.aside(session, ids), sections.ratings(session, ids)
    actions = point_actions.of_sections(session, ids)
    actors = [people.actor(id_) for each in found for id_ in each.owners]
    actors += [*(each.actor for each in aside), *(each.actor for each in rated)]
    names = names_of(session, actors, seen)
    return [
        Shown(
            row,
            [names[people.actor(id_)] for id_ in owners],
            mine,
            missing,
            actions.get(row.id, []),
            [each for each in aside if each.section_id == row.id],
            _differ([(names[r.actor], r.verbatim) for r in rated if r.section_id == row.id]),
        )
        for row, owners, mine, missing in found
    ]


def owners_of(section: Section, panel: list[Sitting]) -> list[int]:
    """Who writes a section."""
    return drafting.owners(section.number, section.profession, section.owner_id, panel)


def _differ(said: list[tuple[str, str | None]]) -> list[tuple[str, str]]:
    words = [(name, word) for name, word in said if word]
    return words if len({word for _name, word in words}) > 1 else []


def names_of(session: Session, actors: Iterable[str], seen: Seen) -> dict[str, str]:
    """What people are called now, by actor; who is no longer here is somebody. Who sits or sat on
    the panel is read already.
    """
    every = set(actors)
    known = {people.actor(seat.person_id or 0): seat.name for seat in seen.read.seats if seat.name}
    known |= people.names_of_actors(session, every - known.keys())
    return {actor: known.get(actor) or _("Somebody who is no longer here") for actor in every}


def section_at(session: Session, seen: Seen, number: int) -> Section:
    """One section of a draft. Raises Missing."""
    return sections.at(session, seen.booking.id, number)


def href_of(seen: Seen, section: Section) -> str:
    """The page on which a section is written."""
    return f"{seen.href}/sections/{section.number}"


def crumbs_to(seen: Seen, section: Section | None = None) -> list[tuple[str, str]]:
    """The trail to a page about a draft, or about one of its sections."""
    trail = [*seen.crumbs, (_("Report"), f"{seen.href}/sections")]
    return [*trail, (title_of(section), href_of(seen, section))] if section else trail


def now(reference: str) -> Seen:
    """The booking as the reader sees it now."""
    with reading() as session:
        return opened(session, reference)
