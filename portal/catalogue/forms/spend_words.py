"""What happened to the conditions of an approval after it, in words."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from datetime import datetime
from typing import Any, NamedTuple, Protocol

from portal.catalogue.forms.history_words import who
from portal.web.filters import long_date
from portal.web.i18n import _


class Event(Protocol):
    """An event of the history."""

    @property
    def at(self) -> datetime: ...  # noqa: D102  as the history has it
    @property
    def actor(self) -> str: ...  # noqa: D102
    @property
    def reason(self) -> str | None: ...  # noqa: D102
    @property
    def before(self) -> Mapping[str, Any]: ...  # noqa: D102
    @property
    def after(self) -> Mapping[str, Any]: ...  # noqa: D102


class Changed(NamedTuple):
    """A change of conditions: when, by whom and why, what was said and what is said since."""

    at: datetime
    by: str
    reason: str | None
    gone: list[str]
    come: list[str]


def in_words(condition: Mapping[str, Any]) -> str:
    """A condition in one line: what, by when, and since when it is met."""
    parts = [str(condition["text"])]
    if condition["due_on"]:
        parts.append(_("by %(day)s", day=long_date(condition["due_on"])))
    if condition["met_on"]:
        parts.append(_("met on %(day)s", day=long_date(condition["met_on"])))
    return ", ".join(parts)


def afterwards(events: Iterable[Event]) -> Iterator[Changed]:
    """These events of a request, as its page tells them."""
    for event in events:
        old, new = event.before.get("conditions") or [], event.after.get("conditions") or []
        yield Changed(
            event.at, who(event.actor), event.reason,
            [in_words(each) for each in old if each not in new],
            [in_words(each) for each in new if each not in old],
        )  # fmt: skip
