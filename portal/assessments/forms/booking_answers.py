"""What pages call the tasks of a booking, and what it says of each in words."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

from portal.assessments.booking_words import ContactRole
from portal.assessments.forms.report_labels import LABELS as REPORT_LABELS
from portal.assessments.rules import booking_tasks as rules
from portal.assessments.rules.booking_tasks import Section, Task
from portal.web.filters import long_date
from portal.web.i18n import _, lazy

TITLES: Mapping[Task, str] = {
    Task.ASSESSED: lazy("What is assessed"),
    Task.ABOUT: lazy("Name and purpose"),
    Task.USERS: lazy("Who uses it"),
    Task.PROJECT_CODE: lazy("Project code"),
    Task.CONFIDENTIAL: lazy("Whether it is confidential"),
    Task.DATES: lazy("When discovery and this phase began"),
    Task.WEEKS: lazy("Weeks that suit you"),
    Task.PEOPLE: lazy("Who answers for the service"),
    Task.ARTEFACTS: lazy("Links for the panel"),
    Task.ACCESS_NEEDS: lazy("What people who take part need"),
}
SECTIONS: Mapping[Section, str] = {
    Section.WHAT: lazy("What is assessed"),
    Section.WHEN: lazy("When"),
    Section.WHO: lazy("Who and with what"),
}
ROLES: Mapping[ContactRole, str] = {
    ContactRole.SENIOR_RESPONSIBLE_OWNER: lazy("Senior responsible owner"),
    ContactRole.SERVICE_OWNER: lazy("Service owner"),
    ContactRole.PRODUCT_MANAGER: lazy("Product manager"),
    ContactRole.DELIVERY_MANAGER: lazy("Delivery manager"),
}
#: What the team says of users of more than one organisation.
TOLD: Mapping[str, str] = {
    "yes": lazy("Yes, staff of several organisations use it"),
    "no": lazy("No"),
    "unknown": lazy("We do not know"),
}
YES_NO = {"yes": lazy("Yes"), "no": lazy("No")}
STAGES = {each.value: REPORT_LABELS["assessment_stage"][each.value] for each in rules.STAGES}
KINDS = {each.value: REPORT_LABELS["assessment_kind"][each.value] for each in rules.KINDS}


WEEKDAYS: Mapping[int, str] = {
    1: lazy("Monday"), 2: lazy("Tuesday"), 3: lazy("Wednesday"), 4: lazy("Thursday"),
    5: lazy("Friday"), 6: lazy("Saturday"), 7: lazy("Sunday"),
}  # fmt: skip


def yes_no(value: bool | None) -> str | None:
    """What a form shows of an answer."""
    return None if value is None else "yes" if value else "no"


def shown(task: Task, booking: Any) -> dict[str, Any]:
    """What the form of a task shows for a booking."""
    if task is Task.PEOPLE:
        return {
            key: value
            for each in booking.contacts
            for key, value in (
                (f"{each.role}_name", each.name), (f"{each.role}_email", each.email),
            )
        }  # fmt: skip
    found: dict[str, Any] = _SHOWN[task](booking)
    return found


def _again(booking: Any) -> str | None:
    if rules.elsewhere(booking.needed):
        return "elsewhere"
    if booking.after_id:
        return f"b{booking.after_id}"
    return f"a{booking.again_of_id}" if booking.again_of_id else None


_SHOWN: Mapping[Task, Any] = {
    Task.ASSESSED: lambda b: {"stage": b.stage, "kind": b.kind, "again": _again(b)},
    Task.ABOUT: lambda b: {"name": b.name, "purpose": b.purpose},
    Task.USERS: lambda b: {"told": b.needed.get("told")},
    Task.PROJECT_CODE: lambda b: {
        "known": yes_no(b.project_code_known), "project_code": b.project_code,
    },
    Task.CONFIDENTIAL: lambda b: {"confidential": yes_no(b.confidential)},
    Task.DATES: lambda b: {
        "discovery_on": b.discovery_on, "phase_start": b.phase_start,
        "phase_end_known": yes_no(b.phase_end_known), "phase_end": b.phase_end,
    },
    Task.WEEKS: lambda b: {"weeks": list(b.weeks)},
    Task.ARTEFACTS: lambda _b: {},
    Task.ACCESS_NEEDS: lambda b: {"access_needs": b.access_needs},
}  # fmt: skip


def rows_of(task: Task, booking: Any, again: str = "") -> Sequence[str]:
    """What a booking says of a task, in words, a line each; nothing where it is not answered."""
    if not rules.answered(task, booking):
        return ()
    return [line for line in _LINES[task](booking) if line] + ([again] if again else [])


def _week_lines(booking: Any) -> list[str]:
    return [
        _("Week of %(day)s", day=long_date(date.fromisoformat(each))) for each in booking.weeks
    ]  # fmt: skip


def _date_lines(booking: Any) -> list[str]:
    end = booking.phase_end
    return [
        _("Discovery started on %(day)s", day=long_date(booking.discovery_on)),
        _("The phase starts on %(day)s", day=long_date(booking.phase_start)),
        _("The phase ends on %(day)s", day=long_date(end)) if end
        else _("The end of the phase is not known"),
    ]  # fmt: skip


def _people_lines(booking: Any) -> list[str]:
    said = {each.role: each for each in booking.contacts}
    return [
        f"{ROLES[role]}: {said[role].name}" + (f", {said[role].email}" if said[role].email else "")
        for role in ContactRole
        if role in said
    ]


_LINES: Mapping[Task, Any] = {
    Task.ASSESSED: lambda b: [str(STAGES[b.stage]), str(KINDS[b.kind])],
    Task.ABOUT: lambda b: [b.name, b.purpose],
    Task.USERS: lambda b: [str(TOLD[b.needed["told"]])],
    Task.PROJECT_CODE: lambda b: [b.project_code or _("Not known")],
    Task.CONFIDENTIAL: lambda b: [_("Yes, it is confidential") if b.confidential else _("No")],
    Task.DATES: _date_lines,
    Task.WEEKS: _week_lines,
    Task.PEOPLE: _people_lines,
    Task.ARTEFACTS: lambda b: [each.description for each in b.artefacts] or [_("No links")],
    Task.ACCESS_NEEDS: lambda b: [b.access_needs or _("Nothing in particular")],
}


def earlier_words(row: Any) -> str:
    """An assessment that can be held again, in words."""
    results = REPORT_LABELS["assessment_result"]
    said = [
        str(REPORT_LABELS["assessment_stage"][row.stage]),
        str(REPORT_LABELS["assessment_kind"][row.kind]),
        long_date(row.held_on) if row.held_on else _("Day not known"),
    ]
    return ", ".join([*said, *([str(results[row.result])] if row.result in results else [])])
