"""Kinds of records of the packages above, which imports bring as well: what an import, its undo and
the search need to know of them.

A feature above the catalogue registers its kinds when the portal is wired; nothing here knows them.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy.orm import Session

from portal import search
from portal.audit import Act, Document


@dataclass(frozen=True, slots=True)
class Further:
    """A kind of record.

    Attributes:
        thing: what the history calls it; its pages are at `/THINGs/SLUG`.
        model: its table, with `id` and `slug`, and `name` the column of what it is called.
        points: the records it points at: their kind, the column with its own id, and the one that
            points.
        restore: gives records fields back that they had, by id, in undoing an import.
        remove: takes records out again.
        keeps: of these published names of organisations, by the ids of their rows in the queue,
            those that records still carry.
        follow: lets a published name mean another organisation (None: none), or one at all; gives
            how many records changed.
        documents: what the search knows of all of them.
        along: says what people made of some of these records that goes with them, a line each.
    """

    thing: str
    model: Any
    name: Any
    points: tuple[tuple[str, Any, Any], ...]
    restore: Callable[[Session, Mapping[int, Document], Act, str], None]
    remove: Callable[[Session, Collection[int], Act, str], None]
    keeps: Callable[[Session, Collection[int]], set[int]]
    follow: Callable[[Session, str, int | None, Act], int]
    documents: Callable[[Session], Iterable[search.Document]]
    along: Callable[[Session, Collection[int]], Iterable[str]] = lambda _session, _ids: ()


_KINDS: dict[str, Further] = {}


def register(kind: Further) -> None:
    """Have a kind known from now on; a second one of the same name takes its place."""
    _KINDS[kind.thing] = kind


def kinds() -> list[Further]:
    """Those that are registered."""
    return list(_KINDS.values())


def follow(session: Session, published_name: str, organisation_id: int | None, act: Act) -> int:
    """Let a published name mean an organisation in all of them; how many records changed."""
    return sum(each.follow(session, published_name, organisation_id, act) for each in kinds())
