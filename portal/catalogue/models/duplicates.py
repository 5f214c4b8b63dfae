"""Two records that may be one: what was found, what a person said, and what was merged."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import CheckConstraint, Index, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from portal.catalogue import words
from portal.catalogue.models.organisations import NEVER_AGAIN
from portal.db import Base, UtcTime, enum_column


class DuplicatePair(Base):
    """Two records of one kind, the older id first, with how alike they are (in thousandths) and
    why. A decided pair stays, so that it is never suggested again.
    """

    __tablename__ = "duplicate_pair"
    __table_args__ = (
        UniqueConstraint("kind", "low_id", "high_id"),
        CheckConstraint("low_id < high_id", name="in_order"),
        CheckConstraint("score >= 0 AND score <= 1000", name="score_in_thousandths"),
        CheckConstraint(
            "(decision = 'waiting') = (decided_at IS NULL) "
            "AND (decided_at IS NULL) = (decided_by IS NULL)",
            name="decided",
        ),
        Index("ix_duplicate_pair_score_id", "score", "id"),
        Index("ix_duplicate_pair_kind_high_id", "kind", "high_id"),
        NEVER_AGAIN,
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    kind: Mapped[words.RecordKind] = mapped_column(enum_column(words.RecordKind))
    low_id: Mapped[int]
    high_id: Mapped[int]
    score: Mapped[int]
    why: Mapped[str] = mapped_column(String(1000))
    found_at: Mapped[datetime] = mapped_column(UtcTime)
    decision: Mapped[words.PairDecision] = mapped_column(enum_column(words.PairDecision))
    decided_at: Mapped[datetime | None] = mapped_column(UtcTime)
    decided_by: Mapped[str | None] = mapped_column(String(80))
    reason: Mapped[str | None] = mapped_column(String(2000))


class DuplicatePass(Base):
    """How far the search for pairs has read the history of one kind of record."""

    __tablename__ = "duplicate_pass"

    kind: Mapped[words.RecordKind] = mapped_column(enum_column(words.RecordKind), primary_key=True)
    event_id: Mapped[int]
    passed_at: Mapped[datetime] = mapped_column(UtcTime)


class MergedRecord(Base):
    """A record that went into another one: its history stays under its own id and address."""

    __tablename__ = "merged_record"
    __table_args__ = (
        UniqueConstraint("kind", "thing_id"),
        Index("ix_merged_record_kind_slug", "kind", "slug"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    kind: Mapped[words.RecordKind] = mapped_column(enum_column(words.RecordKind))
    thing_id: Mapped[int]
    slug: Mapped[str] = mapped_column(String(200))
    name: Mapped[str] = mapped_column(String(300))
    into_id: Mapped[int]
    merged_at: Mapped[datetime] = mapped_column(UtcTime)
