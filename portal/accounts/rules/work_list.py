"""The list of somebody's work: what of it is asked for, and the pages of it."""

from __future__ import annotations

import base64
import binascii
import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Protocol, TypeVar

Key = tuple[str, str, str, str]


class Item(Protocol):
    """A thing to do: see `portal.accounts.work`."""

    @property
    def task(self) -> str:
        """What to do."""

    @property
    def name(self) -> str:
        """What it is about."""

    @property
    def mailed_as(self) -> str:
        """What mails call it; "" for its name."""

    @property
    def href(self) -> str:
        """Where it is done."""

    @property
    def due(self) -> date | None:
        """The day to do it by."""


T = TypeVar("T", bound=Item)


@dataclass(frozen=True, slots=True)
class WorkQuery:
    """What the list is asked for.

    Attributes:
        task: one sort of work; "" for all.
        overdue: only what should have been done before today.
        after: the last item of the page before.
    """

    task: str = ""
    overdue: bool = False
    after: Key | None = None


def narrowed(items: Iterable[T], query: WorkQuery, day: date) -> list[T]:
    """The items that are asked for: by what to do, then the earliest due first."""
    found = [item for item in items if query.task in ("", item.task)]
    if query.overdue:
        found = [item for item in found if item.due is not None and item.due < day]
    return sorted(found, key=key_of)


def key_of(item: Item) -> Key:
    """Where an item stands in the list."""
    return item.task, (item.due or date.max).isoformat(), item.name, item.href


def page_of(items: Sequence[T], after: Key | None, size: int) -> tuple[list[T], Key | None]:
    """A page of the sorted items, and the key that the next one comes after."""
    rest = [item for item in items if after is None or key_of(item) > after]
    return list(rest[:size]), key_of(rest[size - 1]) if len(rest) > size else None


def encode(key: Key) -> str:
    """A key as address text."""
    raw = json.dumps(key, ensure_ascii=False, separators=(",", ":")).encode()
    return base64.urlsafe_b64encode(raw).decode().rstrip("=")


def decode(text: str) -> Key | None:
    """The key in an address; None where it is none of ours."""
    try:
        found = json.loads(base64.urlsafe_b64decode(text + "=" * (-len(text) % 4)))
    except (binascii.Error, ValueError, RecursionError):
        return None
    if not isinstance(found, list) or len(found) != 4:
        return None
    if not all(isinstance(part, str) for part in found):
        return None
    task, due, name, href = found
    return task, due, name, href
