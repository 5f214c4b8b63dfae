"""What the weekly mail says of somebody's work."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import date
from itertools import groupby
from typing import TypeVar

from portal.accounts.rules.work_list import Item, key_of
from portal.audit import Document

#: Of one task, as many are in the mail; the page has all of them.
SHOWN = 20
T = TypeVar("T", bound=Item)


def week_of(day: date) -> str:
    """The week of a day, as `2026-W47`: it begins on Monday (ISO 8601)."""
    year, week, _weekday = day.isocalendar()
    return f"{year}-W{week:02}"


def shown(items: Sequence[T]) -> list[tuple[str, list[T], int]]:
    """The tasks, each with the items that the mail names, and how many more there are."""
    found = []
    for task, some in groupby(sorted(items, key=key_of), lambda item: item.task):
        every = list(some)
        found.append((task, every[:SHOWN], max(0, len(every) - SHOWN)))
    return found


def values(
    items: Sequence[T],
    day: date,
    title: Callable[[str], str],
    link: Callable[[T], str],
    all_of_it: str,
) -> Document:
    """What fills the mail.

    Args:
        items: all of somebody's work.
        day: today.
        title: what is said above the items of a task.
        link: where one is done.
        all_of_it: where all of it is.
    """
    groups = [
        {
            "title": title(task),
            "rows": [
                {"name": i.mailed_as or i.name, "due": _due(i.due, day), "link": link(i)}
                for i in some
            ],
            "more": more,
        }
        for task, some, more in shown(items)
    ]
    return {"groups": groups, "count": len(items), "link": all_of_it}


def _due(due: date | None, day: date) -> str:
    if due is None:
        return ""
    words = f"by {due.day} {due:%B %Y}"
    return f"{words}, overdue" if due < day else words
