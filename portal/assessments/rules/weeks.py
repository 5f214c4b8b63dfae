"""The weeks that can be asked for, and on which of their days an assessment can be held."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta

from portal.assessments.rules import working_days
from portal.assessments.rules.booking_settings import HeldHow
from portal.errors import N_, Invalid

WEEK = timedelta(weeks=1)


@dataclass(frozen=True, slots=True)
class Week:
    """A week that can be asked for.

    Attributes:
        monday: its first day, which names it.
        days: the days on which an assessment can be held.
        holidays: its bank holidays with their names.
    """

    monday: date
    days: tuple[date, ...]
    holidays: tuple[tuple[date, str], ...]

    @property
    def value(self) -> str:
        """What a booking keeps of it."""
        return self.monday.isoformat()


def monday_of(day: date) -> date:
    """The Monday of the week of a day."""
    return day - timedelta(days=day.isoweekday() - 1)


def week_of(day: date, held: HeldHow) -> Week:
    """The week of a day."""
    monday = monday_of(day)
    every = [monday + timedelta(days=n) for n in range(7)]
    known = working_days.holidays(held.nation)
    return Week(
        monday,
        tuple(d for d in every if can_be_held(d, held)),
        tuple((d, known[d]) for d in every if d in known),
    )


def can_be_held(day: date, held: HeldHow) -> bool:
    """Whether assessments are held on a day: a working day, and a weekday of the settings."""
    return working_days.is_working(day, held.nation) and day.isoweekday() in held.weekdays


def bookable(day: date, held: HeldHow) -> list[Week]:
    """The weeks that can be asked for on a day: the first one begins when the lead time is over,
    the last one when the furthest time ahead has not passed.
    """
    earliest, latest = day + held.lead_weeks * WEEK, day + held.ahead_weeks * WEEK
    monday = monday_of(earliest)
    if monday < earliest:
        monday += WEEK
    found = []
    while monday <= latest:
        found.append(week_of(monday, held))
        monday += WEEK
    return found


def refuse(chosen: Iterable[str], day: date, held: HeldHow) -> None:
    """Refuse weeks that cannot be asked for. Raises Invalid."""
    wanted = set(chosen)
    if not wanted:
        raise Invalid("weeks", N_("Select at least one week"))
    if not wanted <= {week.value for week in bookable(day, held) if week.days}:
        raise Invalid(
            "weeks",
            N_("A week that you selected can no longer be booked: select the weeks again"),
        )


def last_day(chosen: Iterable[str]) -> date | None:
    """The Friday of the last week that was asked for."""
    days = [date.fromisoformat(each) for each in chosen]
    return max(days) + timedelta(days=4) if days else None
