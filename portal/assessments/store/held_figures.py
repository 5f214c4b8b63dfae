"""Figures of assessments that were held here: how long they took, and what is still to be done."""

from __future__ import annotations

from datetime import date
from statistics import median
from typing import Any, NamedTuple

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from portal.assessments.booking_words import State
from portal.assessments.models.bookings import Booking
from portal.assessments.models.publishing import FollowUp, ReportVersion
from portal.assessments.rules import follow_ups as rules
from portal.assessments.rules.follow_ups import Age
from portal.assessments.rules.statistics import NEVER_RATED
from portal.assessments.words import Rating, Stage
from portal.audit import kept, london_day


class Held(NamedTuple):
    """What is known of assessments that were held here and whose reports are published.

    Attributes:
        many: how many have a result.
        days: from the day each was asked for to the day its report was first published.
        ages: open actions, by how long they are over their day.
    """

    many: int
    days: tuple[int, ...]
    ages: dict[Age, int]

    @property
    def median(self) -> int | None:
        """The middle of the days; None where nobody knows any."""
        return round(median(self.days)) if self.days else None

    @property
    def open(self) -> int:
        """How many actions are open."""
        return sum(self.ages.values())


def of_held(session: Session, version_id: int, stage: Stage | None, day: date) -> Held:
    """The figures of assessments against a version of a standard, of one stage or of all."""
    key = "held here", version_id, stage, day
    return kept(session, key, lambda: _of_held(session, version_id, stage, day))


def _of_held(session: Session, version_id: int, stage: Stage | None, day: date) -> Held:
    b, v, f = Booking, ReportVersion, FollowUp
    which: list[Any] = [b.state == State.PUBLISHED, b.standard_version_id == (version_id or None)]
    which += [b.stage == stage] if stage else []
    rated = (*which, b.result != Rating.NOT_RATED, b.kind.not_in(NEVER_RATED))
    query = select(b.submitted_at, v.published_at).join(v, v.booking_id == b.id)
    rows = session.execute(query.where(*rated, v.number == 1)).all()
    days = [(london_day(end) - london_day(begun)).days for begun, end in rows if begun]
    ages = dict.fromkeys(Age, 0)
    due: Any = select(f.due_on, func.count()).join(b, b.id == f.booking_id)
    due = due.where(*which, f.state.in_(rules.OPEN), f.due_on.is_not(None)).group_by(f.due_on)
    for due_on, many in session.execute(due):
        ages[rules.age(due_on, day)] += many
    return Held(len(rows), tuple(days), ages)
