"""What speaks for a usage, or against it: rows that are only ever added."""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from portal.catalogue import component_words as words
from portal.catalogue.models.organisations import NEVER_AGAIN
from portal.db import Base, UtcTime, enum_column


class UsageEvidence(Base):
    """One piece of evidence. `said_on` is the day that it speaks of; `in_use_since` and
    `stopped_on` are what a provider says in place of the declaration.
    """

    __tablename__ = "usage_evidence"
    __table_args__ = (
        CheckConstraint(
            "(kind = 'provider_disputed') = (reason IS NOT NULL)", name="disputed_has_reason"
        ),
        CheckConstraint(
            "(in_use_since IS NOT NULL) = (reason IS NOT NULL AND reason = 'other_date')",
            name="other_date_has_date",
        ),
        CheckConstraint(
            "(stopped_on IS NOT NULL) = (reason IS NOT NULL AND reason = 'stopped')",
            name="stopped_has_date",
        ),
        Index("ix_usage_evidence_usage_id_said_on", "usage_id", "said_on"),
        NEVER_AGAIN,
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    usage_id: Mapped[int] = mapped_column(ForeignKey("usage.id", ondelete="CASCADE"))
    kind: Mapped[words.EvidenceKind] = mapped_column(enum_column(words.EvidenceKind))
    said_on: Mapped[date]
    reason: Mapped[words.DisputeReason | None] = mapped_column(enum_column(words.DisputeReason))
    in_use_since: Mapped[date | None]
    stopped_on: Mapped[date | None]
    note: Mapped[str | None] = mapped_column(Text)
    source: Mapped[str | None] = mapped_column(String(2000))
    actor: Mapped[str] = mapped_column(String(80))
    recorded_at: Mapped[datetime] = mapped_column(UtcTime)
