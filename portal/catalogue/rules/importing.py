"""What importers agree on: desired documents, what is set aside, and whose word counts."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

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


@dataclass(slots=True)
class Parsed:
    """A source's files, read but not applied."""

    kind: str
    files: list[str]
    read: int = 0
    desired: list[Desired] = field(default_factory=list)
    aside: list[Aside] = field(default_factory=list)


@dataclass(slots=True)
class Outcome:
    """What an import did, or would do."""

    kind: str
    read: int
    created: int = 0
    updated: int = 0
    unchanged: int = 0
    waiting: int = 0
    aside: list[Aside] = field(default_factory=list)
    batch_id: int | None = None

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
        }


def merge(current: Document, said: Document | None, wanted: Document) -> tuple[Document, list[str]]:
    """Take from a source what nobody here has said otherwise.

    A source's new word replaces its own old word, and fills what is empty. Where a person (or
    another source) has said something else since, the record stays and the field is a conflict.

    Args:
        current: the record's document now.
        said: what this source said last time, None the first time.
        wanted: what it says now; only the fields it speaks of.

    Returns:
        The merged document and the names of the fields in conflict.
    """
    merged, conflicts = dict(current), []
    for name, new in wanted.items():
        now = current.get(name)
        if now == new:
            continue
        if name in ROW_KEYS:
            merged[name] = merge_rows(now or [], (said or {}).get(name) or [], new, ROW_KEYS[name])
            continue
        if said is not None and name in said:
            if said[name] == new:
                continue
            if said[name] == now:
                merged[name] = new
            else:
                conflicts.append(name)
        elif _empty(now):
            merged[name] = new
        elif not _empty(new):
            conflicts.append(name)
    return merged, conflicts


def merge_rows(
    current: list[Any], said: list[Any], wanted: list[Any], key: tuple[str, ...]
) -> list[Any]:
    """Merge a list whose rows stand for themselves (names, aliases, links).

    Rows that others added stay; rows that the source withdraws go, unless somebody changed them;
    rows that somebody removed here do not come back.

    Args:
        key: the fields that make two rows the same; empty for plain values.
    """

    def of(row: Any) -> Any:
        return tuple(row[k] for k in key) if key else row

    old, new = {of(r): r for r in said}, {of(r): r for r in wanted}
    merged = []
    for row in current:
        mine = old.get(of(row)) == row
        if of(row) in new:
            merged.append(new[of(row)] if mine else row)
        elif not mine:
            merged.append(row)
    known = {of(r) for r in current}
    return merged + [r for k, r in new.items() if k not in known and k not in old]


def _empty(value: object) -> bool:
    """Nothing said: None, no rows, "unknown", or only the open unknown phase of an import."""
    unknown_phase = [{"phase": "unknown", "since": None, "until": None}]
    return value in (None, "", [], "unknown", unknown_phase)
