"""What roles are granted on: each feature says how its records are found and what they are called.

Accounts know nothing of services or organisations. The catalogue registers them here when the
portal starts.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping
from typing import NamedTuple, Protocol, TypeVar

from sqlalchemy.orm import Session

from portal.access import PORTAL, Kind, Thing
from portal.errors import Missing

T = TypeVar("T")


class Named(NamedTuple):
    """A thing as pages show it. `slug` is its part of the address; "" for the portal."""

    slug: str
    name: str


class Finder(Protocol):
    """How the records of one kind are found."""

    def by_slug(self, session: Session, slug: str) -> Thing:
        """The thing at an address. Raises Missing."""

    def by_ids(self, session: Session, ids: Collection[int]) -> Mapping[int, Thing]:
        """The things with these ids that there are."""

    def owned_by(self, session: Session, organisation_id: int) -> Collection[int]:
        """The ids of those that an organisation owns now; none where they own themselves."""

    def names(self, session: Session, ids: Collection[int]) -> Mapping[int, Named]:
        """What the things with these ids are called."""


_FINDERS: dict[Kind, Finder] = {}


def register(kind: Kind, finder: Finder) -> None:
    """Say how the records of a kind are found."""
    _FINDERS[kind] = finder


def by_slug(session: Session, kind: Kind, slug: str) -> Thing:
    """The thing at an address; the portal for its kind. Raises Missing."""
    if kind is Kind.PORTAL:
        return PORTAL
    return _FINDERS[kind].by_slug(session, slug)


def by_id(session: Session, kind: Kind, thing_id: int) -> Thing:
    """The thing with an id. Raises Missing."""
    found = by_ids(session, [(kind, thing_id)])
    if (kind, thing_id) not in found:
        raise Missing("There is no such thing")
    return found[kind, thing_id]


def by_ids(session: Session, things: Iterable[tuple[Kind, int]]) -> dict[tuple[Kind, int], Thing]:
    """The things that there are, with who owns them; one statement or two a kind."""
    return _each(things, lambda kind, ids: _FINDERS[kind].by_ids(session, ids), PORTAL)


def names(session: Session, things: Iterable[tuple[Kind, int]]) -> dict[tuple[Kind, int], Named]:
    """What things are called; one statement a kind. One that was removed is left out."""
    return _each(things, lambda kind, ids: _FINDERS[kind].names(session, ids), Named("", ""))


def reach(session: Session, thing: Thing) -> dict[Kind, Collection[int]]:
    """The ids of all things where somebody with a role on `thing` has a say: itself and, for an
    organisation, what it owns.
    """
    found: dict[Kind, Collection[int]] = {Kind(thing.kind): {thing.id}}
    if thing.kind == Kind.ORGANISATION:
        for kind, finder in _FINDERS.items():
            if kind is not Kind.ORGANISATION:
                found[kind] = finder.owned_by(session, thing.id)
    return found


def _each(
    things: Iterable[tuple[Kind, int]],
    find: Callable[[Kind, set[int]], Mapping[int, T]],
    portal: T,
) -> dict[tuple[Kind, int], T]:
    ids: dict[Kind, set[int]] = {}
    for kind, thing_id in things:
        ids.setdefault(kind, set()).add(thing_id)
    found: dict[tuple[Kind, int], T] = {}
    for kind, wanted in ids.items():
        rows = {PORTAL.id: portal} if kind is Kind.PORTAL else find(kind, wanted)
        found |= {(kind, thing_id): row for thing_id, row in rows.items()}
    return found
