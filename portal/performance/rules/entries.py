"""What comes in: records as programs send them, and the values that they mean."""

from __future__ import annotations

import hashlib
from collections.abc import Collection, Iterable
from dataclasses import dataclass, replace
from datetime import date, datetime
from operator import attrgetter
from typing import Any, NamedTuple, Protocol

import orjson

from portal.errors import N_, Invalid
from portal.performance.words import Doubt, Figure, ValueState, ValueStatus, Way

#: The states by which nothing is known of a value, but that it should be: a sum has a gap there.
#: Of several in one figure, the first here counts.
UNKNOWN = (ValueState.NOT_PROVIDED, ValueState.NOT_COLLECTED, ValueState.SUPPRESSED)
AGAIN = N_("A published figure cannot be provisional again: say that it is final")
#: Of several in one figure, the first here counts.
STATUSES = (ValueStatus.PROVISIONAL, ValueStatus.REVISED, ValueStatus.PUBLISHED)


class Record(NamedTuple):
    """A record of a data set as reads give it back.

    Attributes:
        record_id: unique in the data set; another of the same id takes its place.
        at: its moment; None where it has none.
        cell: for which values of the dimensions it is, where the schema is closed.
        body: all its fields, `_id` and `_timestamp` among them.
    """

    record_id: str
    at: datetime | None
    cell: str | None
    body: dict[str, Any]


class Was(Protocol):
    """What stands for a value."""

    @property
    def state(self) -> ValueState:
        """A number, or why there is none."""

    @property
    def status(self) -> ValueStatus:
        """How far it is."""


class SteppedBack(Invalid):
    """Numbers that are published would be provisional again: `keys` says which, in any order."""

    def __init__(self, keys: Collection[tuple[date, str, str]]) -> None:
        """Keep what they are values of."""
        super().__init__("status", AGAIN)
        self.keys = frozenset(keys)


@dataclass(frozen=True, slots=True)
class Entry:
    """A value of a measure in a cell for the period from `start`: a number, or why there is none.

    `note` is for those who answer for the data only.
    """

    start: date
    cell: str
    measure: str
    state: ValueState
    number: float | None = None
    status: ValueStatus = ValueStatus.PUBLISHED
    doubt: Doubt | None = None
    note: str | None = None

    @property
    def key(self) -> tuple[date, str, str]:
        """What it is a value of."""
        return self.start, self.cell, self.measure


def steps_back(status: ValueStatus, was: Was) -> bool:
    """Whether a number that is published would be provisional again: it was relied on."""
    firm = was.state is ValueState.NUMBER and was.status is not ValueStatus.PROVISIONAL
    return status is ValueStatus.PROVISIONAL and firm


@dataclass(frozen=True, slots=True)
class Gone:
    """What becomes of records that there were: the ids of those to delete, and the periods and
    cells for which there was one that is deleted, or is for another cell now.
    """

    ids: Collection[str] = ()
    places: Collection[tuple[date, str]] = ()


@dataclass(frozen=True, slots=True)
class Sent:
    """How a batch came in: the way, the address or file, and the token or import, if any."""

    way: Way
    source: str | None = None
    token_id: int | None = None
    import_id: int | None = None


@dataclass(frozen=True, slots=True)
class Known:
    """A figure of a service or component for a period: folded from the cells of its data set."""

    state: ValueState
    number: float | None
    status: ValueStatus
    definition: int
    doubt: Doubt | None


#: A figure, the weight of the number in it, the value, and the version of its definition.
Part = tuple[Figure, int, Entry, int]


_KEY = attrgetter("key")


def digest(
    salt: str, entries: Iterable[Entry], records: Iterable[Record], gone: Iterable[str] = ()
) -> str:
    """A digest of what was sent, in whichever order, and of which records are gone.

    Args:
        salt: known to nobody outside: numbers that are not shown are few enough to be tried one
            after the other otherwise, as the history tells the digest to everybody.
    """
    said = (
        salt,
        [[*each.key, each.state, each.number] for each in sorted(entries, key=_KEY)],
        {id_: body for id_, _at, _cell, body in records},
        sorted(gone),
    )
    return hashlib.sha256(orjson.dumps(said, option=orjson.OPT_SORT_KEYS)).hexdigest()


def fold(parts: Iterable[Part]) -> dict[tuple[date, Figure], Known]:
    """The figures of periods from the values that count towards them.

    Cells are summed with their weights. Where one is not known, the figure is not either: a sum
    without it would be too small. What does not apply is left out, and is the figure's state
    where nothing applies. Of digital transactions that are the only channel that came the number
    is not provided: they would be 100% of themselves, whatever the other channels are.
    """
    of: dict[tuple[date, Figure], list[tuple[int, Entry, int]]] = {}
    for figure, weight, entry, definition in parts:
        of.setdefault((entry.start, figure), []).append((weight, entry, definition))
    found = {key: _folded(cells) for key, cells in of.items()}
    for (start, figure), known in found.items():
        if figure is Figure.DIGITAL and known.state is ValueState.NUMBER:
            whole = of.get((start, Figure.TRANSACTIONS), [])
            if [each for _, each, _ in of[start, figure]] == [each for _, each, _ in whole]:
                found[start, figure] = replace(known, state=ValueState.NOT_PROVIDED, number=None)
    return found


def _folded(cells: list[tuple[int, Entry, int]]) -> Known:
    entries = [entry for _, entry, _ in cells]
    states, doubts = {entry.state for entry in entries}, {entry.doubt for entry in entries}
    unknown = next((state for state in UNKNOWN if state in states), None)
    numbers = [(w, entry.number) for w, entry, _ in cells if entry.number is not None]
    state = unknown or (ValueState.NUMBER if numbers else ValueState.NOT_APPLICABLE)
    number = None if state is not ValueState.NUMBER else float(sum(w * n for w, n in numbers))
    statuses = {entry.status for entry in entries}
    status = next(each for each in STATUSES if each in statuses)
    doubt = next((each for each in Doubt if each in doubts), None)
    return Known(state, number, status, max(d for _, _, d in cells), doubt)
