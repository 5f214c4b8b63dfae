"""What of a booking each may see, and when: one table, asked by every page, feed, file and mail.

Before it is published nothing of a booking is in the tables that the public reads (models/
bookings.py). Whoever is nothing to it is told that there is no such booking.
"""

from __future__ import annotations

from collections.abc import Collection
from datetime import date
from enum import StrEnum

from portal.access import Permission, Person, Thing, may
from portal.assessments.booking_words import Part, State
from portal.assessments.rules.workflow import SHOWN_TO_TEAM


class Sees(StrEnum):
    """A sort of words about a booking."""

    BOOKING = "booking"
    SCHEDULE = "schedule"
    CONTACTS = "contacts"
    ACCESS_NEEDS = "access_needs"
    ARTEFACTS = "artefacts"
    PANEL = "panel"
    CONFLICTS = "conflicts"
    DRAFT = "draft"
    CHALLENGES = "challenges"
    FOLLOW_UPS = "follow_ups"
    HISTORY = "history"


_OWN = frozenset(
    {
        Sees.BOOKING, Sees.SCHEDULE, Sees.CONTACTS, Sees.ACCESS_NEEDS, Sees.ARTEFACTS, Sees.PANEL,
        Sees.HISTORY,
    }
)  # fmt: skip
_FINDINGS = frozenset({Sees.DRAFT, Sees.CHALLENGES, Sees.FOLLOW_UPS})
#: Whatever the state.
ALWAYS: dict[Part, frozenset[Sees]] = {
    Part.TEAM: _OWN,
    Part.ASSURANCE: frozenset(Sees),
    Part.LEAD: frozenset(Sees),
    Part.ASSESSOR: _OWN | _FINDINGS,
    Part.INVITED: frozenset({Sees.BOOKING, Sees.SCHEDULE}),
    Part.OBSERVER: frozenset({Sees.BOOKING, Sees.SCHEDULE, Sees.ARTEFACTS, Sees.PANEL}),
}
_PERMISSIONS = {
    Part.TEAM: Permission.ANSWER_FOR_BOOKING,
    Part.ASSURANCE: Permission.RUN_BOOKING,
    Part.LEAD: Permission.LEAD_PANEL,
    Part.ASSESSOR: Permission.SIT_ON_PANEL,
    Part.INVITED: Permission.JOIN_PANEL,
    Part.OBSERVER: Permission.OBSERVE_PANEL,
}


def parts_of(person: Person, thing: Thing) -> frozenset[Part]:
    """What somebody is to a booking; nothing where they may not know of it."""
    return frozenset(part for part, held in _PERMISSIONS.items() if may(person, held, thing))


def sees(parts: Collection[Part], state: State, resumes: State | None = None) -> frozenset[Sees]:
    """What somebody who is `parts` to a booking may see while it is so far.

    The team sees no rating and no word of the report before the assurance check has sent it; of
    one that is postponed then, what it had seen.
    """
    found = frozenset[Sees]().union(*(ALWAYS.get(part, frozenset()) for part in parts))
    if Part.TEAM in parts and (resumes or state) in SHOWN_TO_TEAM:
        found |= _FINDINGS
    return found


def artefact_open(parts: Collection[Part], until: date | None, day: date) -> bool:
    """Whether somebody still gets the address of an artefact: the panel's access has an end."""
    if {Part.TEAM, Part.ASSURANCE} & set(parts):
        return True
    return until is None or day <= until
