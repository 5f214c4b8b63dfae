"""What moves when a record becomes part of another one: each feature says so for its own tables.

A feature whose rows point at services or organisations registers a mover when the portal is wired.
tests/whole/test_movers.py fails for a table that points at one and that no mover names.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from sqlalchemy.orm import Session

from portal.audit import Act
from portal.catalogue.words import RecordKind


@dataclass(frozen=True, slots=True)
class Merge:
    """One record becomes part of another: ids, what documents call them, and who does it."""

    kind: RecordKind
    stays: int
    goes: int
    stays_ref: str
    goes_ref: str
    act: Act


@dataclass(frozen=True, slots=True)
class Mover:
    """How one sort of row moves.

    Attributes:
        what: names the rows in the list of what will move, marked with `N_`.
        tables: the tables that it looks after.
        count: how many rows would move.
        move: moves them, with their history, in the caller's transaction; afterwards nothing of
            them points at the record that goes.
    """

    what: str
    tables: frozenset[str]
    count: Callable[[Session, Merge], int]
    move: Callable[[Session, Merge], None]


#: The tag of the events of a merge.
TAGS = {kind: f"{kind.value}.merged" for kind in RecordKind}
_MOVERS: dict[RecordKind, dict[str, Mover]] = {kind: {} for kind in RecordKind}


def register(kind: RecordKind, name: str, mover: Mover) -> None:
    """Have a mover called from now on; a second one of the same name takes its place."""
    _MOVERS[kind][name] = mover


def counts(session: Session, merge: Merge) -> list[tuple[str, int]]:
    """What would move and how many rows, of which there are any."""
    found = ((each.what, each.count(session, merge)) for each in _MOVERS[merge.kind].values())
    return [(what, many) for what, many in found if many]


def move(session: Session, merge: Merge) -> None:
    """Move everything."""
    for mover in _MOVERS[merge.kind].values():
        mover.move(session, merge)


def tables(kind: RecordKind) -> set[str]:
    """The tables that movers look after."""
    return {name for mover in _MOVERS[kind].values() for name in mover.tables}
