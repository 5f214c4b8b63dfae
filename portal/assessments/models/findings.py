"""What reports say is commonly broken: sentences, and the findings that people make of them."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from portal.assessments import words
from portal.assessments.models.assessments import Report
from portal.assessments.models.standards import StandardPoint
from portal.catalogue.models.components import Capability
from portal.catalogue.models.organisations import NEVER_AGAIN
from portal.db import Base, UtcTime, enum_column


class Finding(Base):
    """One thing that is commonly broken, named by a person; of a need, a point, or both."""

    __tablename__ = "finding"
    __table_args__ = (
        CheckConstraint("title <> ''", name="has_title"),
        CheckConstraint("capability_id IS NOT NULL OR point_id IS NOT NULL", name="of_something"),
        NEVER_AGAIN,
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    slug: Mapped[str] = mapped_column(String(200), unique=True)
    title: Mapped[str] = mapped_column(String(200))
    summary: Mapped[str | None] = mapped_column(Text)
    capability_id: Mapped[int | None] = mapped_column(
        ForeignKey("capability.id", ondelete="RESTRICT"), index=True
    )
    point_id: Mapped[int | None] = mapped_column(
        ForeignKey("standard_point.id", ondelete="RESTRICT"), index=True
    )
    version: Mapped[int] = mapped_column(default=1)
    edited_at: Mapped[datetime] = mapped_column(UtcTime)

    capability: Mapped[Capability | None] = relationship(lazy="raise")
    point: Mapped[StandardPoint | None] = relationship(lazy="raise")


class FindingSentence(Base):
    """A sentence of a report that may tell what is broken, suggested for a need or a point.

    `score` orders suggestions; `position` is the sentence's place in the report.
    """

    __tablename__ = "finding_sentence"
    __table_args__ = (
        UniqueConstraint("report_id", "position"),
        CheckConstraint(
            "(state = 'grouped') = (finding_id IS NOT NULL)", name="grouped_has_finding"
        ),
        CheckConstraint("(state = 'suggested') = (decided_by IS NULL)", name="decided_by_somebody"),
        Index("ix_finding_sentence_state_score_id", "state", "score", "id"),
        # How many there are of each is counted for lists.
        Index("ix_finding_sentence_state_point_id", "state", "point_id"),
        Index("ix_finding_sentence_state_capability_id", "state", "capability_id"),
        NEVER_AGAIN,
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    report_id: Mapped[int] = mapped_column(ForeignKey("report.id", ondelete="CASCADE"))
    position: Mapped[int]
    sentence: Mapped[str] = mapped_column(Text)
    capability_id: Mapped[int | None] = mapped_column(
        ForeignKey("capability.id", ondelete="RESTRICT"), index=True
    )
    point_id: Mapped[int | None] = mapped_column(
        ForeignKey("standard_point.id", ondelete="RESTRICT"), index=True
    )
    score: Mapped[int]
    state: Mapped[words.FindingState] = mapped_column(enum_column(words.FindingState))
    finding_id: Mapped[int | None] = mapped_column(
        ForeignKey("finding.id", ondelete="RESTRICT"), index=True
    )
    decided_by: Mapped[str | None] = mapped_column(String(80))
    decided_at: Mapped[datetime | None] = mapped_column(UtcTime)

    report: Mapped[Report] = relationship(lazy="raise")
    finding: Mapped[Finding | None] = relationship(lazy="raise")
