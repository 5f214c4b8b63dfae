"""Which version of the Service Standard a past report is against: by the length of its table."""

from __future__ import annotations

from collections.abc import Callable

from sqlalchemy.orm import Session

from portal.assessments.rules.pinning import pin
from portal.assessments.store.standards import pinnable

SLUG = "service-standard"


def pins(session: Session) -> Callable[[int | None], tuple[str | None, str | None]]:
    """Gives, for how many points a complete table has (None: there is none), how documents name the
    version, and why it is that one; nothing where it is not known.
    """
    versions = pinnable(session, SLUG)
    numbers = {each.id: each.number for each in versions}

    def find(length: int | None) -> tuple[str | None, str | None]:
        found = pin(versions, table_length=length)
        if found.version_id is None:
            return None, None
        return f"{SLUG}.{numbers[found.version_id]}", found.told

    return find
