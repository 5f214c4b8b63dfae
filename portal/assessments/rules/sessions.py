"""The sittings of an assessment: when one cannot be, what is unusual, and their agenda."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from enum import StrEnum

from portal.assessments.booking_words import State
from portal.assessments.rules import working_days
from portal.assessments.rules.booking_settings import HeldHow
from portal.assessments.rules.weeks import monday_of
from portal.assessments.words import Stage
from portal.errors import N_, Invalid

#: The assurance team sets the days between accepting a booking and the assessment.
OPEN_TO = frozenset({State.ACCEPTED, State.PANEL_FORMING, State.PANEL_READY})
LEAST, MOST = 15, 600
_TIME = re.compile(r"([01]?[0-9]|2[0-3])[:.]([0-5][0-9])")
_HALF = re.compile(r"(0?[1-9]|1[0-2])(?:[:.]([0-5][0-9]))? ?(am|pm)", re.ASCII)


class Odd(StrEnum):
    """What is unusual about a day, and can be wanted all the same."""

    WEEKDAY = "weekday"
    WEEK = "week"


@dataclass(frozen=True, slots=True)
class Sitting:
    """A session as it is planned; `starts` is the time in London, as 09:30."""

    held_on: date
    starts: str
    minutes: int

    @property
    def begins(self) -> datetime:
        """The moment it begins, without a zone."""
        return datetime.combine(self.held_on, time.fromisoformat(self.starts))

    @property
    def ends(self) -> datetime:
        """The moment it ends, without a zone."""
        return self.begins + timedelta(minutes=self.minutes)


def time_said(text: str | None) -> str | None:
    """A time as people type it, such as "9.30", "14:00" or "2pm", as it is kept; None for what is
    none.
    """
    typed = (text or "").strip().lower()
    if found := _TIME.fullmatch(typed):
        return f"{int(found[1]):02}:{found[2]}"
    if half := _HALF.fullmatch(typed):
        hour = int(half[1]) % 12 + (12 if half[3] == "pm" else 0)
        return f"{hour:02}:{half[2] or '00'}"
    return None


def wrong(
    sitting: Sitting, others: Iterable[Sitting], held: HeldHow, day: date
) -> Iterator[Invalid]:
    """Why a session cannot be then.

    Args:
        sitting: the session.
        others: the other sessions of the booking.
        held: how assessments are held.
        day: today.
    """
    on = sitting.held_on
    if on < day:
        yield Invalid("held_on", N_("The day of the session must be today or later"))
    elif not working_days.is_working(on, held.nation):
        holiday = working_days.holidays(held.nation).get(on)
        if holiday:
            yield Invalid("held_on", N_("That day is a bank holiday: %(holiday)s"), holiday=holiday)
        else:
            yield Invalid("held_on", N_("The day of the session must be a working day"))
    if any(sitting.begins < each.ends and each.begins < sitting.ends for each in others):
        yield Invalid("starts", N_("Another session of this assessment is at that time"))


def odd(on: date, weeks: Iterable[str], held: HeldHow) -> list[Odd]:
    """What is unusual about a day: no weekday of assessments, no week that was asked for."""
    found = []
    if on.isoweekday() not in held.weekdays:
        found.append(Odd.WEEKDAY)
    if monday_of(on).isoformat() not in set(weeks):
        found.append(Odd.WEEK)
    return found


_WELCOME = N_("Welcome and introductions (10 minutes)")
_TEAM = N_("The team and how it works (15 minutes)")
_LOOK = N_("The panel talks it over (30 minutes)")
_NEXT = N_("What happens next (5 minutes)")
_AGENDAS: dict[Stage, tuple[str, ...]] = {
    Stage.DISCOVERY: (
        _WELCOME,
        N_("The problem, its users and what they need (40 minutes)"),
        N_("What the team learned, and what it would do in alpha (40 minutes)"),
        N_("Questions of the reviewers (20 minutes)"),
        _NEXT,
    ),
    Stage.ALPHA: (
        _WELCOME, _TEAM,
        N_("The problem and the riskiest assumptions (25 minutes)"),
        N_("The prototypes, shown with what users did (45 minutes)"),
        N_("User research, design, technology: questions of the panel (75 minutes)"),
        _LOOK, _NEXT,
    ),
    Stage.BETA: (
        _WELCOME, _TEAM,
        N_("The service, shown from end to end (45 minutes)"),
        N_("User research and accessibility (35 minutes)"),
        N_("Design and content (30 minutes)"),
        N_("Technology and security (30 minutes)"),
        N_("What success looks like, and how it is measured (20 minutes)"),
        _LOOK, _NEXT,
    ),
}  # fmt: skip


def agenda(stage: Stage | None) -> list[str]:
    """What the agenda of a session begins with, a line each; live as in beta."""
    return list(_AGENDAS.get(stage or Stage.BETA, _AGENDAS[Stage.BETA]))
