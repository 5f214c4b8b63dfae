"""Somebody as the policy knows them: who has signed in, and whom a mail is for."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from portal.access import Grant


@dataclass(frozen=True, slots=True)
class Known:
    """Somebody with an open account and the roles of a day, whether signed in or not: whom a mail
    is for, or who opens the link in it.
    """

    id: int
    grants: tuple[Grant, ...]

    is_authenticated = True


@dataclass(frozen=True, slots=True)
class SignedIn:
    """A person with the roles of today, in one session.

    Attributes:
        id: the person's.
        session_id: the session's.
        name: as other people see it.
        email: as it was normalised.
        expires_at: the moment at which the session ends.
    """

    id: int
    session_id: int
    name: str
    email: str
    expires_at: datetime
    grants: tuple[Grant, ...]

    is_authenticated = True
    is_active = True
    is_anonymous = False

    def get_id(self) -> str:
        """What Flask-Login asks for."""
        return str(self.id)
