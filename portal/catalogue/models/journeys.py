"""Journeys: an end-to-end user goal as ordered services."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from portal.catalogue.models.organisations import ALL, NEVER_AGAIN
from portal.catalogue.models.services import Service
from portal.db import Base, Json, UtcTime, sorted_text


class Journey(Base):
    """A goal a person has, whoever in government serves it."""

    __tablename__ = "journey"
    __table_args__ = (Index("ix_journey_sort_name_id", "sort_name", "id"), NEVER_AGAIN)

    id: Mapped[int] = mapped_column(primary_key=True)
    slug: Mapped[str] = mapped_column(String(200), unique=True)
    name: Mapped[str] = mapped_column(String(300))
    sort_name: Mapped[str] = mapped_column(sorted_text(300), server_default="")
    goal: Mapped[str] = mapped_column(Text)
    sources: Mapped[list[str]] = mapped_column(Json, default=list)
    version: Mapped[int] = mapped_column(default=1)
    edited_at: Mapped[datetime] = mapped_column(UtcTime)

    steps: Mapped[list[JourneyStep]] = relationship(
        cascade=ALL, lazy="raise", order_by="JourneyStep.position"
    )


class JourneyStep(Base):
    """A service's place in a journey, and what is handed to the next."""

    __tablename__ = "journey_step"
    __table_args__ = (
        UniqueConstraint("journey_id", "position"),
        CheckConstraint("position >= 1", name="position_from_one"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    journey_id: Mapped[int] = mapped_column(ForeignKey("journey.id", ondelete="CASCADE"))
    position: Mapped[int]
    service_id: Mapped[int] = mapped_column(
        ForeignKey("service.id", ondelete="RESTRICT"), index=True
    )
    what_happens: Mapped[str] = mapped_column(Text)
    hand_off: Mapped[str | None] = mapped_column(Text)

    service: Mapped[Service] = relationship(lazy="raise")
