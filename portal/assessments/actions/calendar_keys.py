"""The secret address of somebody's calendar: made, replaced and withdrawn by themselves."""

from __future__ import annotations

from datetime import datetime

from portal.accounts.rules.sign_in import digest, new_token
from portal.assessments.models.bookings import CalendarKey
from portal.assessments.store import booking_drafts
from portal.db import Database, one_at_a_time


def make(database: Database, person_id: int, at: datetime) -> str:
    """Make somebody's calendar address, in place of the one that they had: its secret part, which
    is told this once and not kept.
    """
    token = new_token()
    with database.writing() as session:
        one_at_a_time(session)
        row = booking_drafts.calendar_key(session, person_id)
        if row is None:
            row = CalendarKey(person_id=person_id, digest=digest(token), made_at=at)
            session.add(row)
        row.digest, row.made_at = digest(token), at
    return token


def withdraw(database: Database, person_id: int) -> bool:
    """End somebody's calendar address; False where they have none."""
    with database.writing() as session:
        row = booking_drafts.calendar_key(session, person_id)
        if row is not None:
            session.delete(row)
        return row is not None
