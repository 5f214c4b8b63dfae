"""What waits for a person: each feature says so itself, and one page and one mail show it all.

Features above this one register their sources when the portal is wired; nothing here knows them.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime

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
        signed: the record can be confirmed from a link in a mail, without signing in.
        mailed_as: what mails call it, where its name is only for whoever has signed in.
    """

    task: str
    name: str
    href: str
    due: date | None = None
    detail: str = ""
    kind: str = ""
    thing_id: int = 0
    signed: bool = False
    mailed_as: str = ""


#: Gives what waits for a person on a day. It asks `may` or the person's grants by itself.
Source = Callable[[Session, Person, date], Iterable[Item]]
#: Told which items were mailed to somebody, and when, in the transaction that queues the mail.
Mailed = Callable[[Session, Collection[Item], datetime], None]
_SOURCES: dict[str, Source] = {}
_LABELS: dict[str, str] = {}
_MAILED: dict[str, Mailed] = {}
_OF: dict[str, str] = {}


def register(
    name: str,
    source: Source,
    labels: Mapping[str, str] | None = None,
    mailed: Mailed | None = None,
) -> None:
    """Have `source` asked from now on; a second one of the same name takes its place.

    Args:
        name: of the source.
        source: gives the items.
        labels: what pages and mails say above the items of each task, marked with `N_`.
        mailed: told what was mailed to somebody.

    Raises:
        ValueError: another source has a task of the same name, and says something else above it.
    """
    _SOURCES[name] = source
    for task in labels or {}:
        if _OF.setdefault(task, name) != name:
            raise ValueError(f"{task} is a task of {_OF[task]}")
    _LABELS.update(labels or {})
    if mailed is not None:
        _MAILED[name] = mailed


def label(task: str) -> str:
    """What is said above the items of a task; pages translate it."""
    return _LABELS.get(task, task.replace("_", " ").capitalize())


def items(session: Session, person: Person, day: date) -> list[Item]:
    """All that waits for a person, the earliest due first, what has no date last."""
    found = [item for source in _SOURCES.values() for item in source(session, person, day)]
    return sorted(found, key=lambda item: (item.due or date.max, item.task, item.name, item.href))


def mailed(session: Session, some: Collection[Item], at: datetime) -> None:
    """Tell the features which of their items were mailed."""
    for told in _MAILED.values():
        told(session, some, at)
