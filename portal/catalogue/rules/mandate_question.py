"""The question about a component that records its mandate: in words, and as it is counted."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any

from portal.catalogue.rules.cleaners import Document
from portal.errors import N_, Invalid

MANDATE = "mandate"
FIELDS = ("mandates",)
_WORDS = ("scope", "note", "policy", "from_phase")
_LISTS = ("needs", "sectors", "audiences")
_DAYS = ("since", "until", "new_since")


def shown(document: Document) -> dict[str, Any]:
    """What the form shows: the mandate that began last, of those without an end."""
    open_ = [row for row in document["mandates"] if not row["until"]]
    row = max(open_, key=lambda row: row["since"] or "", default=None) or {}
    days = {name: _day(row.get(name)) for name in _DAYS}
    lists = {name: row.get(name) or [] for name in _LISTS}
    words = {name: row.get(name) for name in _WORDS}
    return {**words, "from_phase": row.get("from_phase") or "", **lists, **days}


def patch(document: Document, values: Mapping[str, Any], _today: date) -> Document:
    """A mandate of another day stands beside those that are there; one of the same day is put
    right. One that is over gets its end, and stays.

    Raises:
        Invalid: it ends before it starts.
    """
    made: dict[str, Any] = {
        **{name: values.get(name) or None for name in _WORDS},
        **{name: sorted(values.get(name) or []) for name in _LISTS},
        **{name: _iso(values.get(name)) for name in _DAYS},
    }
    if made["since"] and made["until"] and made["until"] < made["since"]:
        raise Invalid("until", N_("The end must not be before the start"))
    rest = [row for row in document["mandates"] if row["since"] != made["since"]]
    return {"mandates": sorted([*rest, made], key=lambda row: row["since"] or "")}


def _day(text: str | None) -> date | None:
    return date.fromisoformat(text) if text else None


def _iso(day: date | None) -> str | None:
    return day.isoformat() if day else None
