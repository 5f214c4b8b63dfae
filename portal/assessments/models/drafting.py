"""The report as the panel writes it: a section a point, every text saved, and challenges."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from portal.accounts.words import Profession
from portal.assessments import booking_words, words
from portal.assessments.models.standards import StandardPoint
from portal.catalogue.models.organisations import NEVER_AGAIN
from portal.db import Base, UtcTime, enum_column


class Section(Base):
    """What the panel says of one point; the section with the number 0 says it of the whole.

    `owner_id` is who writes it where that is not whoever sits for its profession. `carried` means
    that it stands as `carried_from_id` found it, and is not assessed again.
    """

    __tablename__ = "section"
    __table_args__ = (
        UniqueConstraint("booking_id", "number"),
        CheckConstraint("number >= 0", name="number_not_negative"),
        CheckConstraint("(rating IS NULL) = (verbatim IS NULL)", name="rated_in_words"),
        NEVER_AGAIN,
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    booking_id: Mapped[int] = mapped_column(ForeignKey("booking.id", ondelete="CASCADE"))
    number: Mapped[int]
    point_id: Mapped[int | None] = mapped_column(
        ForeignKey("standard_point.id", ondelete="RESTRICT"), index=True
    )
    profession: Mapped[Profession | None] = mapped_column(enum_column(Profession))
    owner_id: Mapped[int | None] = mapped_column(ForeignKey("person.id", ondelete="SET NULL"))
    verbatim: Mapped[str | None] = mapped_column(String(100))
    rating: Mapped[words.Rating | None] = mapped_column(enum_column(words.Rating))
    reason: Mapped[str | None] = mapped_column(Text)
    done_well: Mapped[str] = mapped_column(Text, default="")
    to_explore: Mapped[str] = mapped_column(Text, default="")
    carried: Mapped[bool] = mapped_column(default=False)
    carried_from_id: Mapped[int | None] = mapped_column(
        ForeignKey("assessment.id", ondelete="SET NULL"), index=True
    )
    version: Mapped[int] = mapped_column(default=1)
    edited_at: Mapped[datetime] = mapped_column(UtcTime)
    edited_by: Mapped[str] = mapped_column(String(80))

    point: Mapped[StandardPoint | None] = relationship(lazy="raise")


class SectionText(Base):
    """A text of a section as somebody saved it. `version` is the one that it became, or NULL where
    another had been saved meanwhile: then it is set aside, `base` being what its author had read.
    """

    __tablename__ = "section_text"
    __table_args__ = (
        Index("ix_section_text_section_id_id", "section_id", "id"),
        UniqueConstraint("section_id", "version"),
        NEVER_AGAIN,
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    section_id: Mapped[int] = mapped_column(ForeignKey("section.id", ondelete="CASCADE"))
    version: Mapped[int | None]
    base: Mapped[int]
    verbatim: Mapped[str | None] = mapped_column(String(100))
    reason: Mapped[str | None] = mapped_column(Text)
    done_well: Mapped[str] = mapped_column(Text)
    to_explore: Mapped[str] = mapped_column(Text)
    actor: Mapped[str] = mapped_column(String(80))
    at: Mapped[datetime] = mapped_column(UtcTime)
    settled_at: Mapped[datetime | None] = mapped_column(UtcTime)


class Challenge(Base):
    """A paragraph of a draft report that the service's team challenges, and the panel's answer."""

    __tablename__ = "challenge"
    __table_args__ = (
        CheckConstraint("(state = 'waiting') = (answered_at IS NULL)", name="answered_has_moment"),
        Index("ix_challenge_booking_id", "booking_id"),
        NEVER_AGAIN,
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    booking_id: Mapped[int] = mapped_column(ForeignKey("booking.id", ondelete="CASCADE"))
    section_id: Mapped[int] = mapped_column(
        ForeignKey("section.id", ondelete="CASCADE"), index=True
    )
    paragraph: Mapped[str] = mapped_column(Text)
    text: Mapped[str] = mapped_column(Text)
    raised_by: Mapped[str] = mapped_column(String(80))
    raised_at: Mapped[datetime] = mapped_column(UtcTime)
    sent_at: Mapped[datetime | None] = mapped_column(UtcTime)
    state: Mapped[booking_words.ChallengeState] = mapped_column(
        enum_column(booking_words.ChallengeState)
    )
    answer: Mapped[str | None] = mapped_column(Text)
    answered_by: Mapped[str | None] = mapped_column(String(80))
    answered_at: Mapped[datetime | None] = mapped_column(UtcTime)
