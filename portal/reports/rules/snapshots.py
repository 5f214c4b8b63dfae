"""What is different between two snapshots of a report: pure."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from enum import StrEnum
from typing import Any, NamedTuple

Row = Mapping[str, Any]
#: What floating point adds to a difference is less than this many places.
PLACES = 10


class Difference(StrEnum):
    """What happened to a row from the earlier snapshot to the later one."""

    APPEARED = "appeared"
    VANISHED = "vanished"
    CHANGED = "changed"


class Change(NamedTuple):
    """A row that is in one of two snapshots only, or a value of a row that is in both.

    `column`, `before` and `after` are empty for a row; `by` is the difference of two numbers.
    """

    what: Difference
    row: str
    column: str | None
    before: Any
    after: Any
    by: float | None


def compare(
    earlier: Iterable[Row], later: Iterable[Row], key: Sequence[str], columns: Sequence[str]
) -> list[Change]:
    """Everything that is different, by rows in the order of the later one; what vanished follows.

    Args:
        earlier: the rows of the one.
        later: the rows of the other.
        key: the columns by which a row is known again.
        columns: those that are compared, where they are not of the key.
    """
    old, new = _keyed(earlier, key), _keyed(later, key)
    values = [name for name in columns if name not in key]
    found: list[Change] = []
    for name, row in new.items():
        before = old.get(name)
        if before is None:
            found.append(Change(Difference.APPEARED, name, None, None, None, None))
            continue
        for column in values:
            was, now = before.get(column), row.get(column)
            # A column that the report did not have yet is no change.
            if column in before and was != now:
                change = Change(Difference.CHANGED, name, column, was, now, _by(was, now))
                found.append(change)
    gone = [name for name in old if name not in new]
    return [*found, *(Change(Difference.VANISHED, each, None, None, None, None) for each in gone)]


def _keyed(rows: Iterable[Row], key: Sequence[str]) -> dict[str, Row]:
    """The rows by what they are called; a second one of the same name has its number."""
    seen, found = Counter[str](), dict[str, Row]()
    for row in rows:
        name = " / ".join(str(row[each]) for each in key if row.get(each) not in (None, ""))
        seen[name] += 1
        found[name if seen[name] == 1 else f"{name} ({seen[name]})"] = row
    return found


def _by(was: Any, now: Any) -> float | None:
    if isinstance(was, bool) or isinstance(now, bool):
        return None
    if isinstance(was, int | float) and isinstance(now, int | float):
        return round(now - was, PLACES)
    return None
