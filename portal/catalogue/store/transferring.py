"""What organisations own, as a transfer of functions moves it: each feature says so for its own.

A feature whose things belong to organisations registers how they are listed, checked, moved and
moved back; then they stand in every transfer from the next draft on.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import NamedTuple

from sqlalchemy.orm import Session

from portal.audit import Act, Document
from portal.catalogue.words import TransferKind


class Owned(NamedTuple):
    """Something that an organisation owns now, and in which role."""

    thing_id: int
    role: str
    name: str
    slug: str
    from_id: int


class Move(NamedTuple):
    """Something that goes from one organisation to another; `item` is its row in the transfer.
    Without a new home it only ends.
    """

    item: int
    thing_id: int
    role: str
    from_id: int
    to_id: int | None
    kept: Document | None


@dataclass(frozen=True, slots=True)
class Under:
    """The transfer that moves things: its id, name, day and source, when it was applied, and
    organisations' references by id.
    """

    id: int
    title: str
    day: date
    source: str
    applied_at: datetime | None
    names: dict[int, str]

    @property
    def told(self) -> list[Document]:
        """What the events of the things that move say of it."""
        return [{"name": self.title, "on": self.day.isoformat()}]


class Problem(NamedTuple):
    """A thing that cannot move, and why."""

    item: int
    why: str


#: Moves things, or checks that they can be moved; what it gives back says why some cannot. With
#: an act it writes, and nothing where there is any problem.
Mover = Callable[[Session, Sequence[Move], Under, "Act | None"], list[Problem]]


@dataclass(frozen=True, slots=True)
class Sort:
    """How one kind of thing is transferred.

    Attributes:
        owned: what organisations own of the kind now.
        move: moves some, each in one event of its own.
        back: undoes the same.
        keep: what `back` will need to know of each thing, by its id.
    """

    owned: Callable[[Session, Collection[int], Act], Iterable[Owned]]
    move: Mover
    back: Mover
    keep: Callable[[Session, Collection[int]], Mapping[int, Document]] | None = None


_SORTS: dict[TransferKind, Sort] = {}


def register(kind: TransferKind, sort: Sort) -> None:
    """Have a kind of thing stand in transfers from now on."""
    _SORTS[kind] = sort


def sorts() -> dict[TransferKind, Sort]:
    """Every kind of thing with how it is transferred, in the order in which they move."""
    return {kind: _SORTS[kind] for kind in TransferKind if kind in _SORTS}
