"""How assessments are held: what the portal assumes, and what an organisation says instead."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass, fields
from typing import Any

from portal.assessments.booking_words import ClockKind, Nation
from portal.assessments.words import Stage
from portal.errors import N_, Invalid


@dataclass(frozen=True, slots=True)
class HeldHow:
    """The settings of an organisation; the values here are the portal's where nobody says more.

    They are those in use in government (design page "Assessments"), for want of a rule.

    Attributes:
        nation: whose bank holidays are no working days.
        lead_weeks: whole weeks from the booking to the first week that can be asked for.
        ahead_weeks: how many weeks ahead of the booking the last one is.
        report_days: working days from the assessment to the draft report.
        check_days: working days for the assurance check.
        answer_days: working days for the team to accept or challenge the draft.
        amber_months: months in which a point that was met with conditions is to be put right.
        escalate_days: days after which an action that is past its day, without evidence, is
            escalated.
        access_days: days after the assessment on which the panel's access to artefacts ends.
        weekdays: on which assessments are held; Monday is 1.
        minutes: how long one takes.
        discovery_minutes: how long the review of a discovery takes.
        cross_transactions: with more of them a year, the panel is from across government.
        same_organisation: whether people of the service's organisation may sit on a panel from
            across government.
        earlier_lead: whether the lead of an earlier assessment may lead again.
    """

    nation: Nation = Nation.ENGLAND_AND_WALES
    lead_weeks: int = 4
    ahead_weeks: int = 10
    report_days: int = 5
    check_days: int = 3
    answer_days: int = 10
    amber_months: int = 3
    escalate_days: int = 28
    access_days: int = 28
    weekdays: tuple[int, ...] = (2, 3, 4)
    minutes: int = 240
    discovery_minutes: int = 120
    cross_transactions: int = 100_000
    same_organisation: bool = False
    earlier_lead: bool = True

    def days(self, kind: ClockKind) -> int:
        """Working days that a clock gives."""
        return {
            ClockKind.REPORT: self.report_days,
            ClockKind.CHECK: self.check_days,
            ClockKind.ANSWER: self.answer_days,
        }[kind]

    def minutes_of(self, stage: Stage | None) -> int:
        """How long an assessment of a stage takes."""
        return self.discovery_minutes if stage is Stage.DISCOVERY else self.minutes


NAMES = tuple(each.name for each in fields(HeldHow))
DEFAULT = HeldHow()
#: The least and the most of each number.
BOUNDS: dict[str, tuple[int, int]] = {
    "lead_weeks": (0, 26),
    "ahead_weeks": (1, 52),
    "report_days": (1, 60),
    "check_days": (1, 60),
    "answer_days": (1, 60),
    "amber_months": (1, 24),
    "escalate_days": (1, 366),
    "access_days": (0, 366),
    "minutes": (15, 600),
    "discovery_minutes": (15, 600),
    "cross_transactions": (0, 1_000_000_000),
}


def held_how(*rows: Mapping[str, Any]) -> HeldHow:
    """What holds, of rows of which the first that says something of a setting wins."""
    found = asdict(DEFAULT)
    for row in reversed(rows):
        found.update({n: row[n] for n in NAMES if row.get(n) is not None})
    found["weekdays"] = tuple(found["weekdays"])
    return HeldHow(**found)


def clean(row: Mapping[str, Any]) -> dict[str, Any]:
    """The settings that a row says, checked; what it does not say is None.

    Raises:
        Invalid: a number is out of its bounds, there is no weekday, or the last week that can be
            asked for comes before the first one.
    """
    found: dict[str, Any] = {name: row.get(name) for name in NAMES}
    for name, (least, most) in BOUNDS.items():
        value = found[name]
        if value is not None and not least <= value <= most:
            raise Invalid(
                name, N_("Enter a number between %(least)s and %(most)s"), least=least, most=most
            )
    days = found["weekdays"]
    if days is not None:
        found["weekdays"] = sorted({day for day in days if 1 <= day <= 7})
        if not found["weekdays"]:
            raise Invalid("weekdays", N_("Select the weekdays on which assessments are held"))
    return found


def together(settings: HeldHow) -> None:
    """Check what holds as a whole. Raises Invalid."""
    if settings.ahead_weeks < settings.lead_weeks:
        raise Invalid(
            "ahead_weeks", N_("The last week must be later than the first one that can be booked")
        )
