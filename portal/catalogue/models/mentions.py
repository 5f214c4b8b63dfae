"""Sentences of documents that name components: candidates, until a person has decided."""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, Text, false
from sqlalchemy.orm import Mapped, mapped_column

from portal.catalogue import component_words as words
from portal.catalogue.models.organisations import NEVER_AGAIN
from portal.db import Base, UtcTime, enum_column


class Mention(Base):
    """One sentence of a document that names a component.

    `guess` is what it seems to say, `sense` what a person says that it does; `mark` tells it from
    every other one; `service_id` is whom the document is about, where that is known. `address` is
    the path of a page of the portal for what it publishes itself; `shown` says that the catalogue
    had told whoever wrote it that the service uses the component.
    """

    __tablename__ = "mention"
    __table_args__ = (
        CheckConstraint("(state = 'open') = (decided_by IS NULL)", name="decided_by_somebody"),
        CheckConstraint("(state = 'confirmed') = (sense IS NOT NULL)", name="confirmed_has_sense"),
        CheckConstraint("state <> 'rejected' OR reason IS NOT NULL", name="rejected_has_reason"),
        Index("ix_mention_component_id_state", "component_id", "state"),
        Index("ix_mention_address", "address"),
        NEVER_AGAIN,
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    mark: Mapped[str] = mapped_column(String(64), unique=True)
    component_id: Mapped[int] = mapped_column(ForeignKey("component.id", ondelete="CASCADE"))
    service_id: Mapped[int | None] = mapped_column(
        ForeignKey("service.id", ondelete="SET NULL"), index=True
    )
    kind: Mapped[words.DocumentKind] = mapped_column(enum_column(words.DocumentKind))
    address: Mapped[str] = mapped_column(String(2000))
    title: Mapped[str] = mapped_column(String(300))
    sentence: Mapped[str] = mapped_column(Text)
    guess: Mapped[words.MentionSense] = mapped_column(enum_column(words.MentionSense, "guess"))
    state: Mapped[words.MentionState] = mapped_column(enum_column(words.MentionState))
    sense: Mapped[words.MentionSense | None] = mapped_column(
        enum_column(words.MentionSense, "sense")
    )
    written_on: Mapped[date | None]
    shown: Mapped[bool] = mapped_column(default=False, server_default=false())
    reason: Mapped[str | None] = mapped_column(String(1000))
    decided_by: Mapped[str | None] = mapped_column(String(80))
    decided_at: Mapped[datetime | None] = mapped_column(UtcTime)
    found_at: Mapped[datetime] = mapped_column(UtcTime)
