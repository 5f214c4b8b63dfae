"""Actions from an assessment: when they are due, what may be done with them, how old they are."""

from __future__ import annotations

from calendar import monthrange
from collections.abc import Collection
from datetime import date, timedelta
from enum import StrEnum

from portal.assessments.booking_words import ActionState, Part
from portal.assessments.words import Rating

A, P = ActionState, Part
#: What has to be put right afterwards.
RATINGS = frozenset({Rating.MET_WITH_CONDITIONS, Rating.NOT_MET})
#: Somebody still has to do something.
OPEN = frozenset({A.OPEN, A.EVIDENCED, A.ESCALATED})
#: The team is told so many days before an action is due.
WARN = timedelta(days=14)


class Deed(StrEnum):
    """What is done with an action."""

    EVIDENCE = "evidence"
    ENOUGH = "enough"
    NOT_ENOUGH = "not_enough"
    ACCEPT_RISK = "accept_risk"
    ESCALATE = "escalate"
    REOPEN = "reopen"
    TAKEN_UP = "taken_up"


#: From where, by whom, and what it is then; `ENOUGH` and `NOT_ENOUGH` answer evidence.
TABLE: dict[Deed, tuple[frozenset[ActionState], frozenset[Part], ActionState]] = {
    Deed.EVIDENCE: (frozenset({A.OPEN, A.ESCALATED}), frozenset({P.TEAM}), A.EVIDENCED),
    Deed.ENOUGH: (frozenset({A.EVIDENCED}), frozenset({P.LEAD, P.ASSURANCE}), A.CLOSED),
    Deed.NOT_ENOUGH: (frozenset({A.EVIDENCED}), frozenset({P.LEAD, P.ASSURANCE}), A.OPEN),
    Deed.ACCEPT_RISK: (OPEN, frozenset({P.ASSURANCE}), A.ACCEPTED_RISK),
    Deed.ESCALATE: (frozenset({A.OPEN}), frozenset({P.LEAD, P.ASSURANCE, P.SYSTEM}), A.ESCALATED),
    Deed.REOPEN: (
        frozenset({A.CLOSED, A.ACCEPTED_RISK, A.ESCALATED}), frozenset({P.ASSURANCE}), A.OPEN,
    ),
    Deed.TAKEN_UP: (OPEN | {A.ACCEPTED_RISK}, frozenset({P.SYSTEM}), A.CLOSED),
}  # fmt: skip


def deeds(state: ActionState, parts: Collection[Part]) -> list[Deed]:
    """What somebody who is `parts` to a booking can do with an action, in the table's order."""
    mine = frozenset(parts)
    return [deed for deed, (of, by, _to) in TABLE.items() if state in of and by & mine]


def after(state: ActionState, deed: Deed, parts: Collection[Part]) -> ActionState | None:
    """What an action is once something is done with it; None where that cannot be."""
    return TABLE[deed][2] if deed in deeds(state, parts) else None


def due(held_on: date, months: int) -> date:
    """The same day of the month so many months later, or the last day of that month."""
    year, month = divmod(held_on.month - 1 + months, 12)
    year, month = held_on.year + year, month + 1
    return date(year, month, min(held_on.day, monthrange(year, month)[1]))


class Age(StrEnum):
    """How long an action has been over its day."""

    NOT_DUE = "not_due"
    OVERDUE = "overdue"
    OVERDUE_MONTH = "overdue_month"
    OVERDUE_QUARTER = "overdue_quarter"


#: The first day over which each begins; the age of an action is the last that it has come to.
OVER: dict[Age, int] = {Age.OVERDUE: 1, Age.OVERDUE_MONTH: 31, Age.OVERDUE_QUARTER: 92}


def age(due_on: date, day: date) -> Age:
    """How long an open action has been over its day."""
    over = (day - due_on).days
    return max(
        (each for each, least in OVER.items() if over >= least), key=OVER.__getitem__,
        default=Age.NOT_DUE,
    )  # fmt: skip


def between(wanted: Age, day: date) -> tuple[date | None, date | None]:
    """The first and the last day that actions of an age are due on; None where there is none."""
    starts = [0, *OVER.values()]
    at = list(Age).index(wanted)
    last = day - timedelta(days=starts[at]) if at else None
    first = day - timedelta(days=starts[at + 1] - 1) if at + 1 < len(starts) else None
    return first, last


def reminds(due_on: date, reminded_on: date | None, day: date) -> bool:
    """Whether the team is told today: once as the day comes near, once when it is past."""
    if day > due_on:
        return reminded_on is None or reminded_on <= due_on
    return day >= due_on - WARN and reminded_on is None


def escalates(state: ActionState, due_on: date, day: date, after: int) -> bool:
    """Whether an action for which nobody gave evidence is escalated, `after` days past its own."""
    return state is A.OPEN and day > due_on + timedelta(days=after)
