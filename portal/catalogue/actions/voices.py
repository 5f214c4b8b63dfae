"""A service asks for a shared component that there is not, or takes that back."""

from __future__ import annotations

from collections.abc import Iterable

from portal.audit import Act, Document
from portal.catalogue.store import capabilities, services, unmet
from portal.db import Database, one_at_a_time


def speak(database: Database, service_id: int, capability: str, text: str | None, act: Act) -> bool:
    """Keep what a service asks for, None to take it back; False where it said so already.

    Raises:
        Missing: there is no such need, or it is a group of needs.
    """
    with database.writing() as session:
        one_at_a_time(session)
        node = capabilities.leaf(session, capability)
        return unmet.speak(session, service_id, (node.id, node.slug), text, act)


def add_missing(database: Database, rows: Iterable[Document], act: Act) -> int:
    """Add what services of the demo set ask for and do not ask for yet; how many.

    Args:
        rows: of each the `service`, the `capability` and the `text`.

    Raises:
        Missing: there is no such need.
    """
    with database.reading(fresh=True) as session:
        known, needs = services.ids_by_slug(session), capabilities.ids_by_slug(session)
        new = [
            row
            for row in rows
            if unmet.voice(session, known[row["service"]], needs[row["capability"]]) is None
        ]
    for row in new:
        speak(database, known[row["service"]], row["capability"], row["text"], act)
    return len(new)
