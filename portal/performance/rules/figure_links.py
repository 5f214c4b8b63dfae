"""Links for one period's figures: what each is good for, and who gave figures by one."""

from __future__ import annotations

from datetime import datetime
from typing import Protocol

#: For how many days a link works: what can be chosen, and what is unless something is.
DAYS = (7, 14, 28)
USUAL = 14
#: So many links of a data set work at once.
MOST = 50
_ACTOR = "link:"


class Kept(Protocol):
    """The part of a link that says whether it works."""

    ends_at: datetime
    used_at: datetime | None
    revoked_at: datetime | None


def works(link: Kept, at: datetime) -> bool:
    """Whether somebody can give figures by a link at a moment."""
    return link.used_at is None and link.revoked_at is None and link.ends_at > at


def actor(link_id: int) -> str:
    """Who acts by a link: whoever has it."""
    return f"{_ACTOR}{link_id}"


def link_of(actor: str) -> int | None:
    """The link by which somebody acted; None for others."""
    return int(actor.removeprefix(_ACTOR)) if actor.startswith(_ACTOR) else None
