"""What is published of a booking, and the actions that follow from its report."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from portal.assessments import booking_words
from portal.catalogue.models.organisations import ALL, NEVER_AGAIN
from portal.db import Base, Json, UtcTime, enum_column


class PublicationFlag(Base):
    """Words of a section that may not be for the public, and what a person did about them. The
    words themselves are not kept: `digest` is theirs.
    """

    __tablename__ = "publication_flag"
    __table_args__ = (
        UniqueConstraint("section_id", "digest"),
        CheckConstraint("reason <> ''", name="has_reason"),
        NEVER_AGAIN,
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    section_id: Mapped[int] = mapped_column(ForeignKey("section.id", ondelete="CASCADE"))
    kind: Mapped[booking_words.FlagKind] = mapped_column(enum_column(booking_words.FlagKind))
    digest: Mapped[str] = mapped_column(String(64))
    state: Mapped[booking_words.FlagState] = mapped_column(enum_column(booking_words.FlagState))
    reason: Mapped[str] = mapped_column(String(500))
    decided_by: Mapped[str] = mapped_column(String(80))
    decided_at: Mapped[datetime] = mapped_column(UtcTime)


class ReportVersion(Base):
    """A report as it was published at a moment; earlier ones stay to be read."""

    __tablename__ = "report_version"
    __table_args__ = (
        UniqueConstraint("booking_id", "number"),
        CheckConstraint("number >= 1", name="number_from_one"),
        CheckConstraint("kind <> 'major' OR note IS NOT NULL", name="major_has_note"),
        NEVER_AGAIN,
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    booking_id: Mapped[int] = mapped_column(ForeignKey("booking.id", ondelete="CASCADE"))
    number: Mapped[int]
    kind: Mapped[booking_words.VersionKind] = mapped_column(enum_column(booking_words.VersionKind))
    note: Mapped[str | None] = mapped_column(String(1000))
    document: Mapped[dict[str, Any]] = mapped_column(Json)
    published_by: Mapped[str] = mapped_column(String(80))
    published_at: Mapped[datetime] = mapped_column(UtcTime)


class WithdrawnReport(Base):
    """The address of a report that is no longer published: gone, or moved to another address."""

    __tablename__ = "withdrawn_report"

    slug: Mapped[str] = mapped_column(String(200), primary_key=True)
    booking_id: Mapped[int | None] = mapped_column(
        ForeignKey("booking.id", ondelete="SET NULL"), index=True
    )
    reason: Mapped[str] = mapped_column(String(1000))
    goes_to: Mapped[str | None] = mapped_column(String(2000))
    at: Mapped[datetime] = mapped_column(UtcTime)


class FollowUp(Base):
    """An action from a point that was not met, or met with conditions.

    `owner` is a role in the team ("service owner"), never a name. `due_on` is a day; a risk that
    was accepted says why in `answer`, and is shown at the next assessment.
    """

    __tablename__ = "follow_up"
    __table_args__ = (
        CheckConstraint("text <> ''", name="has_text"),
        CheckConstraint(
            "state <> 'accepted_risk' OR answer IS NOT NULL", name="accepted_risk_has_reason"
        ),
        Index("ix_follow_up_state_due_on", "state", "due_on"),
        Index("ix_follow_up_section_id", "section_id"),
        Index("ix_follow_up_booking_id", "booking_id"),
        NEVER_AGAIN,
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    booking_id: Mapped[int] = mapped_column(ForeignKey("booking.id", ondelete="CASCADE"))
    section_id: Mapped[int] = mapped_column(ForeignKey("section.id", ondelete="CASCADE"))
    text: Mapped[str] = mapped_column(Text)
    owner: Mapped[str | None] = mapped_column(String(200))
    due_on: Mapped[date | None]
    state: Mapped[booking_words.ActionState] = mapped_column(enum_column(booking_words.ActionState))
    answer: Mapped[str | None] = mapped_column(Text)
    closed_at: Mapped[datetime | None] = mapped_column(UtcTime)
    reminded_on: Mapped[date | None]
    version: Mapped[int] = mapped_column(default=1)
    edited_at: Mapped[datetime] = mapped_column(UtcTime)

    evidence: Mapped[list[ActionEvidence]] = relationship(
        cascade=ALL, lazy="raise", order_by="ActionEvidence.id"
    )


class ActionEvidence(Base):
    """What the team says was done, with an address of what shows it, and the lead's answer."""

    __tablename__ = "action_evidence"
    __table_args__ = (
        CheckConstraint("(state = 'waiting') = (answered_at IS NULL)", name="answered_has_moment"),
        Index("ix_action_evidence_follow_up_id", "follow_up_id"),
        NEVER_AGAIN,
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    follow_up_id: Mapped[int] = mapped_column(ForeignKey("follow_up.id", ondelete="CASCADE"))
    text: Mapped[str] = mapped_column(Text)
    address: Mapped[str | None] = mapped_column(String(2000))
    given_by: Mapped[str] = mapped_column(String(80))
    given_at: Mapped[datetime] = mapped_column(UtcTime)
    state: Mapped[booking_words.EvidenceState] = mapped_column(
        enum_column(booking_words.EvidenceState)
    )
    answer: Mapped[str | None] = mapped_column(Text)
    answered_by: Mapped[str | None] = mapped_column(String(80))
    answered_at: Mapped[datetime | None] = mapped_column(UtcTime)
