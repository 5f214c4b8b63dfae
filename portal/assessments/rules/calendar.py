"""A month of a calendar, and what a calendar says of a session."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Generic, Protocol, TypeVar

from portal.assessments.booking_words import Nation, State
from portal.assessments.rules import working_days

#: Months outside these years are no addresses.
FIRST_YEAR, LAST_YEAR = 2000, 2099
_MONTH = re.compile(r"([0-9]{4})-(0[1-9]|1[0-2])")
_DAY = timedelta(days=1)
#: The panel is there: the day stands.
CERTAIN = frozenset(State) - {State.ACCEPTED, State.PANEL_FORMING}


class Held(Protocol):
    """A session on a day."""

    @property
    def held_on(self) -> date:
        """Its day."""


T = TypeVar("T", bound=Held)


@dataclass(frozen=True, slots=True)
class Day(Generic[T]):
    """A day of a month's page; `inside` is false for those of the months around it."""

    on: date
    inside: bool
    holiday: str | None
    items: tuple[T, ...]


def month_said(text: str) -> date | None:
    """The first day of a month in an address, as `2026-05`; None for what is none."""
    found = _MONTH.fullmatch(text)
    if not found or not FIRST_YEAR <= int(found[1]) <= LAST_YEAR:
        return None
    return date(int(found[1]), int(found[2]), 1)


def said(first: date) -> str:
    """A month as its address has it."""
    return f"{first:%Y-%m}"


def next_month(first: date) -> date:
    """The first day of the month after one."""
    return (first + 31 * _DAY).replace(day=1)


def previous_month(first: date) -> date:
    """The first day of the month before one."""
    return (first - _DAY).replace(day=1)


def span(first: date) -> tuple[date, date]:
    """The first and the last day that the page of a month shows: whole weeks from Monday."""
    last = next_month(first) - _DAY
    return first - first.weekday() * _DAY, last + (6 - last.weekday()) * _DAY


def weeks(first: date, rows: Iterable[T], nation: Nation) -> list[list[Day[T]]]:
    """The weeks of a month's page with what is on each day, in the order in which it comes."""
    by_day: dict[date, list[T]] = {}
    for row in rows:
        by_day.setdefault(row.held_on, []).append(row)
    known, (start, end) = working_days.holidays(nation), span(first)
    days = [start + n * _DAY for n in range((end - start).days + 1)]
    made = [
        Day(day, day.month == first.month, known.get(day), tuple(by_day.get(day, ())))
        for day in days
    ]
    return [made[n : n + 7] for n in range(0, len(made), 7)]


def summary(reference: str, name: str, confidential: bool | None) -> str:
    """What a feed calls a session: of a confidential one, or of one of which that is not yet said,
    it says no more than the reference. Calendars are shown to others.
    """
    return f"{reference}: {name}" if confidential is False else reference
