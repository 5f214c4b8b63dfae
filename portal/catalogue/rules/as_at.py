"""A record as it was recorded on a day, worked out from what it says now and what changed since."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

Document = dict[str, Any]
#: What the fields of an event said before and after it (see portal/audit.py).
Change = tuple[Mapping[str, Any], Mapping[str, Any]]
#: What an event tells of the act itself; no record has these fields.
TOLD = frozenset(
    {
        "duplicates",
        "evidence",
        "exemption",
        "merged_from",
        "merged_into",
        "spend",
        "split_from",
        "split_into",
        "transfer",
        "voices",
    }
)


def rebuilt(now: Mapping[str, Any], later: Iterable[Change]) -> Document:
    """What a record said before the changes in `later`.

    It goes backwards, since only the document of now has every field: the events of old releases
    lack the newer ones, which reads as "did not change".

    Args:
        now: the record's document.
        later: (before, after) of each event to take back, the newest first; none of them the one
            that made the record.
    """
    then = dict(now)
    for before, after in later:
        for field, old in before.items():
            if field in TOLD:
                continue
            new = after.get(field)
            if isinstance(old, dict) or isinstance(new, dict):
                then[field] = _answers(then.get(field) or {}, old or {}, new or {})
            else:
                then[field] = old
    return then


def _answers(now: Document, old: Document, new: Document) -> Document:
    """Answers by capability, of which an event names only those that it changed."""
    kept = {key: value for key, value in now.items() if key not in old and key not in new}
    return dict(sorted((kept | {key: value for key, value in old.items() if value}).items()))
