"""Records put together: by fields and periods, with gaps filled, sorted and moved to where there is
something.
"""

from __future__ import annotations

import itertools
import math
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any

from portal.performance.rules import moments
from portal.performance.rules.queries import DEFAULT, Query, WrongQuery

Row = dict[str, Any]
#: The values of the fields that records are grouped by.
Group = tuple[Any, ...]
#: More rows than that nobody reads: a shorter range or a longer period answers.
MOST = 200_000


@dataclass(slots=True)
class Part:
    """Some records of one group and period, put together.

    Attributes:
        count: how many.
        sums: of a field, the sum of its numbers and how many there are.
        values: of a field, all values.
        texts: the fields that hold something that is no number.
    """

    count: int = 0
    sums: dict[str, tuple[float, int]] = field(default_factory=dict)
    values: dict[str, set[Any]] = field(default_factory=dict)
    texts: set[str] = field(default_factory=set)

    def add(self, other: Part) -> None:
        """Add other records."""
        self.count += other.count
        for key, (total, many) in other.sums.items():
            had, before = self.sums.get(key, (0, 0))
            self.sums[key] = had + total, before + many
        for key, values in other.values.items():
            self.values.setdefault(key, set()).update(values)
        self.texts |= other.texts


#: By group and the first moment of the period (None without one).
Parts = dict[tuple[Group, datetime | None], Part]


def fold(parts: Iterable[tuple[Group, datetime | None, Part]], period: str | None) -> Parts:
    """Put parts of shorter periods together into those asked for."""
    made: Parts = {}
    for group, at, part in parts:
        start = moments.start_of(period, at) if period and at is not None else None
        there = made.get((group, start))
        if there is None:
            made[group, start] = part
        else:
            there.add(part)
    return made


def check_length(query: Query, parts: Parts) -> None:
    """Raises WrongQuery where the periods of all groups are too many to tell."""
    groups = {group for group, _ in parts}
    many = len(groups)
    if query.flatten and groups:
        many = math.prod(len(set(of)) for of in zip(*groups, strict=True))
    if query.period and max(many, 1) * _length(query) > MOST:
        raise WrongQuery("The time span is too long for this period")


def moved(query: Query, parts: Parts) -> Query | None:
    """The query for the range in which there is something, where one by duration ends in gaps; None
    where nothing moves.
    """
    if not query.delta or query.flatten or not query.period or not parts:
        return None
    starts = [start for start, _ in _range(query)]
    places = {start: place for place, start in enumerate(starts)}
    told = _told(query, parts)
    of: dict[Group, list[int]] = {}
    for group, start in parts:
        if start in places and group in told:
            of.setdefault(group, []).append(places[start])
    if query.delta < 0:
        shifts = [max(found) - len(starts) + 1 for found in of.values()]
    else:
        shifts = [min(found) for found in of.values()]
    shift = min(shifts, key=abs, default=0)
    if not shift or query.start is None or query.end is None:
        return None
    start = moments.later(query.period, query.start, shift)
    end = moments.later(query.period, query.end, shift)
    return replace(query, start=start, end=end, delta=0)


def _told(query: Query, parts: Parts) -> set[Group]:
    """The groups that an answer has: not all of them where it has a limit."""
    if not query.group_by or not query.limit:
        return {group for group, _ in parts}
    found = _limited(query, list(_nested(query, parts)))
    return {tuple(row[key] for key in query.group_by) for row in found}


def rows(query: Query, parts: Parts) -> list[Row]:
    """What is told of the parts, in the order asked for.

    Raises:
        WrongQuery: a field that holds no numbers is summed, or there is nothing to sort by.
    """
    if not query.group_by:
        made = {start: part for (_, start), part in parts.items()}
        return list(_series(query, made))
    if not query.period:
        found = [_row(query, group, part) for (group, _), part in _by_group(parts)]
        return _limited(query, found)
    if query.flatten:
        return _flat(query, parts)
    return _limited(query, list(_nested(query, parts)))


def _by_group(parts: Parts) -> list[tuple[tuple[Group, datetime | None], Part]]:
    return sorted(parts.items(), key=lambda item: [_order(value) for value in item[0][0]])


def _order(value: Any) -> tuple[int, Any]:
    """Values of any sort in one order: nothing, then numbers, then lists, then texts."""
    if value is None:
        return 0, 0
    if isinstance(value, list):
        return 2, [_order(each) for each in value]
    return (3, value) if isinstance(value, str) else (1, value)


def _row(query: Query, group: Group, part: Part) -> Row:
    named = dict(zip(query.group_by, group, strict=True))
    return {**named, "_count": part.count, **_collected(query, part)}


def _collected(query: Query, part: Part) -> Row:
    made: Row = {}
    for key, method in query.collect:
        value = _value(part, key, method)
        made[_name(key, method)] = value
        if method == DEFAULT:
            made[key] = value
    return made


def _name(key: str, method: str) -> str:
    return f"{key}:{'set' if method == DEFAULT else method}"


def _value(part: Part, key: str, method: str) -> Any:
    if method == "count":
        return part.count
    if method in ("set", DEFAULT):
        return sorted(part.values.get(key, ()), key=_order)
    if key in part.texts:
        raise WrongQuery("invalid collect function")
    total, many = part.sums.get(key, (0, 0))
    if not many:
        return None
    return total if method == "sum" else total / many


def _range(query: Query) -> Iterator[tuple[datetime, datetime]]:
    """The first moments of the periods asked for, each with that of the next."""
    if query.period is None or query.start is None or query.end is None:
        return
    at = moments.start_of(query.period, query.start)
    while at < query.end:
        after = moments.later(query.period, at)
        yield at, after
        at = after


#: At the least, how many hours a period lasts.
_HOURS = {"hour": 1, "day": 24, "week": 168, "month": 672, "quarter": 2160, "year": 8760}


def _length(query: Query) -> float:
    if query.start is None or query.end is None or query.period is None:
        return 0
    return (query.end - query.start).total_seconds() / 3600 / _HOURS[query.period]


def _series(query: Query, parts: dict[datetime | None, Part]) -> Iterator[Row]:
    gap = {_name(key, method): None for key, method in query.collect}
    for start, end in _range(query):
        part = parts.get(start)
        told = gap if part is None else _collected(query, part)
        yield {
            "_start_at": start.isoformat(), "_end_at": end.isoformat(),
            "_count": part.count if part else 0, **told,
        }  # fmt: skip


def _groups(parts: Parts) -> dict[Group, dict[datetime | None, Part]]:
    of: dict[Group, dict[datetime | None, Part]] = {}
    for (group, start), part in _by_group(parts):
        of.setdefault(group, {})[start] = part
    return of


def _nested(query: Query, parts: Parts) -> Iterator[Row]:
    for group, series in _groups(parts).items():
        whole = Part()
        for part in series.values():
            whole.add(part)
        told = _row(query, group, whole)
        yield {**told, "_group_count": len(series), "values": list(_series(query, series))}


def _flat(query: Query, parts: Parts) -> list[Row]:
    """One row for each period and each way in which the values of the fields go together, in the
    order in which clients know them: fields and values from Z to A.
    """
    groups = _groups(parts)
    of = [
        [
            {**dict(zip(query.group_by, group, strict=True)), **row}
            for row in _series(query, groups.get(group, {}))
        ]
        for group in _together(query, groups)
    ]
    return _limited(query, [row for at in zip(*of, strict=True) for row in at])


def _together(query: Query, groups: Iterable[Group]) -> list[Group]:
    """Every way in which the values of the fields go together, in the order of flat rows."""
    known = [sorted(set(of), key=_order)[::-1] for of in zip(*groups, strict=True)]
    if not known:
        return []
    places = sorted(range(len(known)), key=lambda place: query.group_by[place], reverse=True)
    made = itertools.product(*(known[place] for place in places))
    by = [places.index(place) for place in range(len(known))]
    return [tuple(values[place] for place in by) for values in made]


def _limited(query: Query, found: list[Row]) -> list[Row]:
    if query.sort:
        found = in_order(found, *query.sort)
    return found[: query.limit] if query.limit else found


def in_order(found: Sequence[Row], key: str, descending: bool) -> list[Row]:
    """Rows by one of what they tell; those that are equal stay in their order."""
    if key == "values" or (found and all(key not in row for row in found)):
        raise WrongQuery(f"Invalid sort key {key}")
    return sorted(found, key=lambda row: _order(row.get(key)), reverse=descending)
