"""Erase somebody who asked to be forgotten, or has long left."""

from __future__ import annotations

from portal.accounts.store import erasing, people
from portal.audit import Act
from portal.db import Database
from portal.errors import N_, Invalid


def erase(database: Database, person_id: int, name: str, act: Act) -> bool:
    """Forget who somebody was; False where that was done already.

    Args:
        database: the portal's.
        person_id: whose account is closed, so that they hold no role.
        name: what pages call them from now on.
        act: who does it, and when.

    Raises:
        Missing: there is no such person.
        Invalid: their account is open.
    """
    with database.writing() as session:
        person = people.get(session, person_id)
        if person.deactivated_at is None:
            raise Invalid("why", N_("Close their account first, so that somebody takes over"))
        if erasing.is_erased(person):
            return False
        erasing.erase(session, person, name, act)
        return True
