"""Figures of assessments that were held here: how long they took, and what is still to be done."""

from __future__ import annotations

from datetime import date
from statistics import median
from typing import Any, NamedTuple

from sqlalchemy import and_, select
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
    # One statement for both figures: a row for each open action, at least one for each report.
    query: Any = (
        select(b.id, b.kind, b.result, b.submitted_at, v.published_at, f.due_on)
        .join(v, and_(v.booking_id == b.id, v.number == 1))
        .outerjoin(f, and_(f.booking_id == b.id, f.state.in_(rules.OPEN), f.due_on.is_not(None)))
        .where(b.state == State.PUBLISHED, b.standard_version_id == (version_id or None))
        .order_by(b.id)
    )
    if stage:
        query = query.where(b.stage == stage)
    rated, days = set[int](), list[int]()
    ages = dict.fromkeys(Age, 0)
    for id_, kind, result, begun, published, due_on in session.execute(query):
        if due_on is not None:
            ages[rules.age(due_on, day)] += 1
        if id_ in rated or result is Rating.NOT_RATED or kind in NEVER_RATED:
            continue
        rated.add(id_)
        days += [(london_day(published) - london_day(begun)).days] if begun else []
    return Held(len(rated), tuple(days), ages)
