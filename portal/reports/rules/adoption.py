"""How many needs were met by shared components at the end of each month."""

from __future__ import annotations

from collections import Counter
from collections.abc import Hashable, Iterable
from datetime import date
from typing import NamedTuple

#: So many months are shown, up to this one.
MONTHS = 120


class Span(NamedTuple):
    """From when until when a need was met; `until` is the first day on which it was not."""

    of: Hashable
    since: date
    until: date | None
    confirmed: bool


class Use(NamedTuple):
    """A month by its first day, and how many needs were met at its end: in all, and of those that
    are confirmed by now.
    """

    month: date
    met: int
    confirmed: int


def by_month(spans: Iterable[Span], day: date) -> list[Use]:
    """The months from the first use on, `MONTHS` at most, up to the one of a day. A need that is
    met twice at a time counts once.
    """
    last = _number(day)
    first = last + 1 - MONTHS
    every: dict[Hashable, list[tuple[int, int]]] = {}
    sure: dict[Hashable, list[tuple[int, int]]] = {}
    for span in spans:
        ends = last + 1 if span.until is None else min(_number(span.until), last + 1)
        begins = max(_number(span.since), first)
        if begins < ends:
            every.setdefault(span.of, []).append((begins, ends))
            if span.confirmed:
                sure.setdefault(span.of, []).append((begins, ends))
    if not every:
        return []
    earliest = min(begins for some in every.values() for begins, _ in some)
    met, confirmed = _steps(every.values()), _steps(sure.values())
    found, now, now_sure = [], 0, 0
    for number in range(earliest, last + 1):
        now += met[number]
        now_sure += confirmed[number]
        month = date(number // 12, number % 12 + 1, 1)
        found.append(Use(month, now, now_sure))
    return found


def _number(day: date) -> int:
    """Months counted from the year 0."""
    return day.year * 12 + day.month - 1


def _steps(some: Iterable[list[tuple[int, int]]]) -> Counter[int]:
    """By how many needs more or fewer each month differs from the one before."""
    found: Counter[int] = Counter()
    for spans in some:
        upto = -1
        for begins, ends in sorted(spans):
            if begins > upto:
                found[begins] += 1
                found[ends] -= 1
            elif ends > upto:
                found[upto] += 1
                found[ends] -= 1
            upto = max(upto, ends)
    return found
