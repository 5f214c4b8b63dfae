"""What waits for a person: each feature says so itself, and one page and one mail show it all.

Features above this one register their sources when the portal is wired; nothing here knows them.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import date

from sqlalchemy.orm import Session

from portal.access import Person


@dataclass(frozen=True, slots=True)
class Item:
    """One thing to do.

    Attributes:
        task: what to do, the same word for all items of a source: a key of the source's labels.
        name: what it is about, as pages call it.
        href: where it is done.
        due: the day to do it by, where there is one.
        detail: a few words more, such as who asks.
        kind: the kind of record it is about, and `thing_id` its id, where it is about one.
        thing_id: see `kind`.
    """

    task: str
    name: str
    href: str
    due: date | None = None
    detail: str = ""
    kind: str = ""
    thing_id: int = 0


#: Gives what waits for a person on a day. It asks `may` or the person's grants by itself.
Source = Callable[[Session, Person, date], Iterable[Item]]
_SOURCES: dict[str, Source] = {}


def register(name: str, source: Source) -> None:
    """Have `source` asked from now on; a second one of the same name takes its place."""
    _SOURCES[name] = source


def items(session: Session, person: Person, day: date) -> list[Item]:
    """All that waits for a person, the earliest due first, what has no date last."""
    found = [item for source in _SOURCES.values() for item in source(session, person, day)]
    return sorted(found, key=lambda item: (item.due or date.max, item.task, item.name, item.href))
