"""Which version of the Service Standard a past report is against: by the length of its table."""

from __future__ import annotations

from collections.abc import Callable

from sqlalchemy.orm import Session

from portal.assessments.rules.pinning import Version, pin
from portal.assessments.store.standards import pinnable

SLUG = "service-standard"


def versions(session: Session) -> dict[str, Version]:
    """The published versions, by how documents name them."""
    return {f"{SLUG}.{each.number}": each for each in pinnable(session, SLUG)}


def pins(session: Session) -> Callable[[int | None], tuple[str | None, str | None]]:
    """Gives, for how many points a complete table has (None: there is none), how documents name the
    version, and why it is that one; nothing where it is not known.
    """
    known = pinnable(session, SLUG)
    numbers = {each.id: each.number for each in known}

    def find(length: int | None) -> tuple[str | None, str | None]:
        found = pin(known, table_length=length)
        if found.version_id is None:
            return None, None
        return f"{SLUG}.{numbers[found.version_id]}", found.told

    return find
