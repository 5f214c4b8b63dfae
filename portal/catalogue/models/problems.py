"""Problems that readers report with a page or a figure, and what was answered."""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from portal.access import Kind
from portal.catalogue.models.organisations import NEVER_AGAIN
from portal.catalogue.words import ProblemOutcome
from portal.db import Base, UtcTime, enum_column


class Problem(Base):
    """What a reader says is wrong with a page (`about`, an address of this portal) of a record;
    the portal itself, with the id 0, where the page is of no record that has people.

    What readers wrote (`figure`, `text`) is for those who answer; the answer is public.
    """

    __tablename__ = "problem"
    __table_args__ = (
        CheckConstraint("(kind = 'portal') = (thing_id = 0)", name="portal_has_no_id"),
        CheckConstraint(
            "(answered_at IS NULL) = (answered_by IS NULL) AND "
            "(answered_at IS NULL) = (outcome IS NULL) AND "
            "(answered_at IS NULL) = (answer IS NULL)",
            name="answered_whole",
        ),
        Index("ix_problem_kind_thing_id", "kind", "thing_id"),
        Index("ix_problem_answered_at_due_on", "answered_at", "due_on"),
        NEVER_AGAIN,
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    about: Mapped[str] = mapped_column(String(500))
    kind: Mapped[Kind] = mapped_column(enum_column(Kind))
    thing_id: Mapped[int]
    figure: Mapped[str | None] = mapped_column(String(300))
    text: Mapped[str] = mapped_column(Text)
    unique_key: Mapped[str] = mapped_column(String(64), unique=True)
    reported_at: Mapped[datetime] = mapped_column(UtcTime)
    due_on: Mapped[date]
    answered_at: Mapped[datetime | None] = mapped_column(UtcTime)
    answered_by: Mapped[str | None] = mapped_column(String(80))
    outcome: Mapped[ProblemOutcome | None] = mapped_column(enum_column(ProblemOutcome))
    answer: Mapped[str | None] = mapped_column(Text)


class ProblemContact(Base):
    """Where whoever reported a problem wants to hear the answer; deleted with the answer."""

    __tablename__ = "problem_contact"

    problem_id: Mapped[int] = mapped_column(
        ForeignKey("problem.id", ondelete="CASCADE"), primary_key=True
    )
    email: Mapped[str] = mapped_column(String(254))
