"""What a sign-in link is good for, and how long a session lasts."""

from __future__ import annotations

import hashlib
import secrets
from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Protocol

from portal.access import Role
from portal.accounts.words import LinkState

LINK_MINUTES = 15
LINK_LIFE = timedelta(minutes=LINK_MINUTES)
#: Links and sessions that are over are kept so long, to say what became of them.
KEPT = timedelta(days=1)
SESSIONS_KEPT = timedelta(days=30)


def new_token() -> str:
    """32 random bytes as text for an address or a cookie."""
    return secrets.token_urlsafe(32)


def digest(token: str) -> str:
    """What is kept of a token: SHA-256 is enough, since nobody can try all of 32 bytes."""
    return hashlib.sha256(token.encode("utf-8", "surrogatepass")).hexdigest()


class Link(Protocol):
    """The part of a link that says what it is good for."""

    expires_at: datetime
    used_at: datetime | None


def state_of(link: Link | None, active: bool, at: datetime) -> LinkState:
    """What a link is good for at a moment.

    Args:
        link: as stored; None where no link has the token.
        active: whether its person, where there is one, may sign in.
        at: the moment.
    """
    if link is None:
        return LinkState.UNKNOWN
    if link.used_at is not None:
        return LinkState.USED
    if at >= link.expires_at:
        return LinkState.EXPIRED
    return LinkState.READY if active else LinkState.CLOSED


def session_end(
    started_at: datetime, roles: Iterable[Role], usual: timedelta, administrator: timedelta
) -> datetime:
    """When a session ends, however much it is used: sooner for those who can change everything."""
    sooner = Role.PORTAL_ADMINISTRATOR in set(roles)
    return started_at + (min(usual, administrator) if sooner else usual)
