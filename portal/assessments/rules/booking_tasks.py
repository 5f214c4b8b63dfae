"""The tasks of a booking: what each asks, whether it is answered, and what cannot be answered so.

Rules read a booking by the names of its fields; nothing here knows how it is stored.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import date, timedelta
from enum import StrEnum
from typing import Any

from portal.assessments.booking_words import ContactRole, Part, State
from portal.assessments.rules.workflow import AHEAD
from portal.assessments.words import AssessmentKind, Stage
from portal.errors import N_, Invalid

PURPOSE_LIMIT = 500
NEEDS_LIMIT = 4000
ARTEFACTS_LIMIT = 40


class Task(StrEnum):
    """A task, as its address names it."""

    ASSESSED = "assessed"
    ABOUT = "about"
    USERS = "users"
    PROJECT_CODE = "project-code"
    CONFIDENTIAL = "confidential"
    DATES = "dates"
    WEEKS = "weeks"
    PEOPLE = "people"
    ARTEFACTS = "artefacts"
    ACCESS_NEEDS = "access-needs"


class Section(StrEnum):
    """The part of the task list that a task belongs to."""

    WHAT = "what"
    WHEN = "when"
    WHO = "who"


SECTIONS: dict[Section, tuple[Task, ...]] = {
    Section.WHAT: (Task.ASSESSED, Task.ABOUT, Task.USERS, Task.PROJECT_CODE, Task.CONFIDENTIAL),
    Section.WHEN: (Task.DATES, Task.WEEKS),
    Section.WHO: (Task.PEOPLE, Task.ARTEFACTS, Task.ACCESS_NEEDS),
}
#: What can be put right once it is submitted, until the assessment is held.
LATER = frozenset({
    Task.CONFIDENTIAL, Task.WEEKS, Task.PEOPLE, Task.ARTEFACTS, Task.ACCESS_NEEDS,
})  # fmt: skip
#: How a stage can be assessed again.
AGAIN = frozenset({AssessmentKind.REASSESSMENT, AssessmentKind.AMBER_REVIEW})
KINDS = (
    AssessmentKind.ASSESSMENT, AssessmentKind.REASSESSMENT, AssessmentKind.AMBER_REVIEW,
    AssessmentKind.PEER_REVIEW, AssessmentKind.MOCK, AssessmentKind.VOLUNTARY,
)  # fmt: skip
STAGES = (Stage.DISCOVERY, Stage.ALPHA, Stage.BETA, Stage.LIVE, Stage.LIVE_REVIEW)
#: Who has to be named; and one of the two managers.
NAMED = {
    ContactRole.SENIOR_RESPONSIBLE_OWNER: N_("Enter the name of the senior responsible owner"),
    ContactRole.SERVICE_OWNER: N_("Enter the name of the service owner"),
}
MANAGERS = frozenset({ContactRole.PRODUCT_MANAGER, ContactRole.DELIVERY_MANAGER})


def answered(task: Task, booking: Any) -> bool:
    """Whether a task of a booking is done."""
    return _ANSWERED[task](booking)


def left(booking: Any) -> list[Task]:
    """The tasks that are still to be done, in the order of the list."""
    return [task for tasks in SECTIONS.values() for task in tasks if not answered(task, booking)]


def open_to(task: Task, state: State, parts: frozenset[Part]) -> bool:
    """Whether somebody who is `parts` to a booking may answer a task while it is so far: its team
    while it is a draft; afterwards, until it is held, the assurance team may help them.
    """
    if state is State.DRAFT:
        return Part.TEAM in parts
    return task in LATER and state in AHEAD and bool(parts & {Part.TEAM, Part.ASSURANCE})


def _assessed(booking: Any) -> bool:
    if booking.stage is None or booking.kind is None:
        return False
    return booking.kind not in AGAIN or bool(
        booking.after_id or booking.again_of_id or elsewhere(booking.needed)
    )


def elsewhere(needed: dict[str, Any]) -> bool:
    """Whether a booking repeats an assessment that the portal does not know."""
    return bool(needed.get("elsewhere"))


def told(needed: dict[str, Any]) -> bool | None:
    """What the team said of users of more than one organisation; None where they do not know."""
    return {"yes": True, "no": False}.get(str(needed.get("told")))


def _code(booking: Any) -> bool:
    known = booking.project_code_known
    return known is False or bool(known and booking.project_code)


def _dates(booking: Any) -> bool:
    known = booking.phase_end_known
    ends = known is False or bool(known and booking.phase_end)
    return bool(booking.discovery_on and booking.phase_start and ends)


def _people(booking: Any) -> bool:
    roles = {each.role for each in booking.contacts}
    return roles >= set(NAMED) and bool(roles & MANAGERS)


_ANSWERED: dict[Task, Callable[[Any], bool]] = {
    Task.ASSESSED: _assessed,
    Task.ABOUT: lambda b: bool(b.name and b.purpose),
    Task.USERS: lambda b: "told" in b.needed,
    Task.DATES: _dates,
    Task.PROJECT_CODE: _code,
    Task.CONFIDENTIAL: lambda b: b.confidential is not None,
    Task.WEEKS: lambda b: bool(b.weeks),
    Task.PEOPLE: _people,
    Task.ARTEFACTS: lambda b: bool(b.artefacts_answered),
    Task.ACCESS_NEEDS: lambda b: bool(b.access_needs_answered),
}


def wrong_kind(stage: Stage | None, kind: AssessmentKind | None, again: str) -> Iterator[Invalid]:
    """What is no such assessment: `again` is the earlier one that it repeats, "" for none."""
    if stage and kind and (stage is Stage.DISCOVERY) != (kind is AssessmentKind.PEER_REVIEW):
        message = (
            N_("A discovery has a peer review")
            if stage is Stage.DISCOVERY
            else N_("Only a discovery has a peer review")
        )
        yield Invalid("kind", message)
    if kind in AGAIN and not again:
        yield Invalid("again", N_("Select the assessment that it repeats"))


def wrong_dates(
    discovery: date | None, start: date | None, end_known: bool | None, end: date | None, day: date
) -> Iterator[Invalid]:
    """What cannot have been, or comes in no such order."""
    if discovery and discovery > day:
        yield Invalid("discovery_on", N_("Discovery must have started today or earlier"))
    if discovery and start and start < discovery:
        yield Invalid("phase_start", N_("The phase cannot start before discovery did"))
    if end_known and end is None:
        yield Invalid("phase_end", N_("Enter the day on which the phase ends"))
    if end_known is False and end:
        said = N_("Leave the day empty, or say that you know when the phase ends")
        yield Invalid("phase_end", said)
    if end_known and start and end and end < start:
        yield Invalid("phase_end", N_("The phase must end on or after the day it starts"))


def wrong_people(rows: dict[ContactRole, tuple[str, str]]) -> Iterator[Invalid]:
    """Who is missing; `rows` has the name and address of each."""
    for role, (name, email) in rows.items():
        if role in NAMED and not name:
            yield Invalid(f"{role}_name", NAMED[role])
        elif email and not name:
            yield Invalid(f"{role}_name", N_("Enter the name as well as the email address"))
    if not any(rows[role][0] for role in rows if role in MANAGERS):
        yield Invalid(
            f"{ContactRole.PRODUCT_MANAGER}_name",
            N_("Enter the name of a product manager or of a delivery manager"),
        )


def access_ends(last: date | None, days: int) -> date | None:
    """Until when the panel can open an artefact where nobody says otherwise: so many days after
    the last day that was asked for.
    """
    return last + timedelta(days=days) if last else None


def code_said(text: str | None) -> str | None:
    """A project code as it is kept, so that the same one is found however it was typed."""
    return " ".join((text or "").split()).upper() or None
