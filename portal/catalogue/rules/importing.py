"""What importers agree on: desired documents, what is set aside, and whose word counts."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any, Protocol

Document = dict[str, Any]
Progress = Callable[[int, int], None]


#: Lists that are merged row by row, and what makes two rows the same.
ROW_KEYS: dict[str, tuple[str, ...]] = {
    "identifiers": (),
    "names": ("name", "language", "kind"),
    "aliases": ("alias",),
    "parents": ("organisation", "relation", "since"),
    "successions": ("kind", "successor", "on"),
    "keywords": (),
    "links": ("url",),
    "apis": ("name",),
    "sources": (),
}


#: Fields that mean something only together: so many in these 12 months.
TRANSACTIONS = ("yearly_transactions", "transactions_from", "transactions_to")


@dataclass(frozen=True, slots=True)
class Aside:
    """A row or cell that is not accepted, as it stood, with why.

    Attributes:
        row: line in the file, the header being 1; None for the whole file.
        conflict: True where the source and the record here disagree.
        thing: the kind of record a conflict is about.
        thing_id: its id.
    """

    file: str
    row: int | None
    column: str | None
    value: str | None
    reason: str
    conflict: bool = False
    thing: str | None = None
    thing_id: int | None = None


@dataclass(frozen=True, slots=True)
class Desired:
    """What one row wants a record to say.

    Attributes:
        key: the source's own key for the record.
        fields: the fields of the record's document that the source speaks of.
        ref: how to find the record before the source was ever imported (an identifier, a slug).
    """

    key: str
    file: str
    row: int
    fields: Document
    ref: str


class Rows(Protocol):
    """The rows of a source, in a list or wherever they are kept."""

    def append(self, row: Desired, /) -> None:
        """Keep one more."""

    def __len__(self) -> int:
        """How many there are."""

    def __iter__(self) -> Iterator[Desired]:
        """All of them."""

    def __getitem__(self, place: slice, /) -> Sequence[Desired]:
        """Some that follow each other."""


@dataclass(slots=True)
class Parsed:
    """A source's files, read but not applied."""

    kind: str
    files: list[str]
    read: int = 0
    desired: Rows = field(default_factory=list[Desired])
    aside: list[Aside] = field(default_factory=list)


@dataclass(slots=True)
class Outcome:
    """What an import did, or would do.

    Attributes:
        waiting: names that it put into the queue.
        settled: names that waited, and are matched now.
        heard: records of which the source says something new, even where the record stays.
        further: how many of what a package above keeps with the records, by what is counted.
        wrote: whether any of that is new.
        notes: what whoever imports should know, in words.
        batch_id: None where nothing was kept.
    """

    kind: str
    read: int
    created: int = 0
    updated: int = 0
    unchanged: int = 0
    waiting: int = 0
    settled: int = 0
    heard: int = 0
    aside: list[Aside] = field(default_factory=list)
    batch_id: int | None = None
    further: dict[str, int] = field(default_factory=dict)
    wrote: bool = False
    notes: list[str] = field(default_factory=list)

    @property
    def changed(self) -> bool:
        """Whether the catalogue, or what is known of its sources, is another than before."""
        return bool(self.created or self.updated or self.settled or self.heard or self.wrote)

    @property
    def conflicts(self) -> list[Aside]:
        """Where source and record disagree."""
        return [a for a in self.aside if a.conflict]

    def counts(self) -> dict[str, int]:
        """The figures printed and kept with the batch."""
        return {
            "read": self.read,
            "created": self.created,
            "updated": self.updated,
            "unchanged": self.unchanged,
            "set_aside": len(self.aside) - len(self.conflicts),
            "conflicts": len(self.conflicts),
            "names_waiting": self.waiting,
            **self.further,
        }


@dataclass(frozen=True, slots=True)
class Conflict:
    """Where a source and the record disagree: a field, or one row of a list."""

    field: str
    here: Any
    wanted: Any


@dataclass(slots=True)
class Merged:
    """A record with a source's words taken in.

    Attributes:
        document: what the record says now.
        said: what the source is taken to have said: in conflicts its old word, so that they are
            found again next time.
    """

    document: Document
    said: Document
    conflicts: list[Conflict] = field(default_factory=list)


def merge(current: Document, said: Document | None, wanted: Document) -> Merged:
    """Take from a source what nobody here has said otherwise.

    A source's new word replaces its own old word, and fills what is empty. Where a person (or
    another source) has said something else since, the record stays and the field is a conflict.

    Args:
        current: the record's document now.
        said: what this source said last time, None the first time.
        wanted: what it says now; only the fields it speaks of.
    """
    old = said or {}
    merged = Merged(dict(current), dict(wanted))
    for name in wanted:
        if name in ROW_KEYS:
            _merge_rows(merged, name, old.get(name) or [])
        elif name not in TRANSACTIONS[1:]:
            _merge_values(merged, TRANSACTIONS if name == TRANSACTIONS[0] else (name,), old)
    return merged


def _merge_values(merged: Merged, names: tuple[str, ...], old: Document) -> None:
    """Merge fields that only make sense together, most often one alone."""
    now = [merged.document.get(n) for n in names]
    new = [merged.said.get(n) for n in names]
    known = names[0] in old
    before = [old.get(n) for n in names]
    if now == new or (known and before == new):
        return
    if names == TRANSACTIONS and new[2] and now[2] and new[2] < now[2]:
        _say(merged.said, names, old)  # figures of a year before say nothing about the newest
    elif before == now if known else _empty(now):
        merged.document.update(zip(names, new, strict=True))
    elif known or not _empty(new):
        merged.conflicts.append(Conflict(names[0], now[0], new[0]))
        _say(merged.said, names, old)


def _say(said: Document, names: tuple[str, ...], old: Document) -> None:
    for name in names:
        said.pop(name, None)
        if name in old:
            said[name] = old[name]


def _merge_rows(merged: Merged, name: str, said: list[Any]) -> None:
    """Merge a list whose rows stand for themselves (names, aliases, links).

    Rows that others added stay; rows that the source withdraws go, unless somebody changed them;
    rows that somebody removed here do not come back. In a row that both have, each field is
    merged like a field of the record.
    """
    here = merged.document.get(name) or []
    key = _key(name, here, said, merged.said[name])

    def of(row: Any) -> Any:
        return _of(row, key)

    old, new = {of(r): r for r in said}, {of(r): r for r in merged.said[name]}
    rows = []
    for row in here:
        if of(row) in new and key:
            wanted, told = new[of(row)], old.get(of(row))
            # Two may say the same from different sources: that is no conflict.
            one = merge(row, told or {"source": wanted.get("source")}, wanted)
            if one.conflicts:
                merged.conflicts.append(Conflict(name, row, wanted))
            new[of(row)] = one.said
            rows.append(one.document)
        elif of(row) in new or old.get(of(row)) != row:
            rows.append(row)
    there = {of(r) for r in here}
    merged.document[name] = rows + [r for k, r in new.items() if k not in there and k not in old]
    merged.said[name] = list(new.values())


def _key(name: str, *lists: list[Any]) -> tuple[str, ...]:
    """What makes two rows the same: with its start where a body bore a name twice."""
    key = ROW_KEYS[name]
    if name == "names" and any(len(rows) > len({_of(r, key) for r in rows}) for rows in lists):
        return (*key, "since")
    return key


def _of(row: Any, key: tuple[str, ...]) -> Any:
    return tuple(row[k] for k in key) if key else row


def _empty(value: object) -> bool:
    """Nothing said: None, no rows, "unknown", or only the open unknown phase of an import."""
    if isinstance(value, list) and value and all(_empty(v) for v in value):
        return True
    unknown_phase = [{"phase": "unknown", "since": None, "until": None}]
    return value in (None, "", [], "unknown", unknown_phase)


def without_echoes(owners: list[Document]) -> list[Document]:
    """Owners without those that are found to be who is accountable now: who is accountable does
    not also deliver, and one period of theirs that goes on in the next is one period.
    """
    now = next((o for o in owners if o["role"] == "accountable" and o["until"] is None), None)
    if now is None:
        return owners
    kept, since = [], now["since"]
    for owner in owners:
        same = owner is not now and _body(owner) == _body(now)
        if same and since and (owner["role"], owner["until"]) == ("accountable", since):
            since = owner["since"]
        elif not (same and owner["role"] == "delivers" and owner["until"] is None):
            kept.append(owner)
    return [{**o, "since": since} if o is now else o for o in kept]


def _body(owner: Document) -> tuple[str | None, str | None]:
    return owner["organisation"], None if owner["organisation"] else owner["published_name"]
