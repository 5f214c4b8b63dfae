"""What people say about figures: notes on a series, and targets."""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import CheckConstraint, Double, ForeignKey, Index, String
from sqlalchemy.orm import Mapped, mapped_column

from portal.catalogue.models.organisations import NEVER_AGAIN
from portal.db import Base, UtcTime, enum_column
from portal.performance import words

_ONE = "(service_id IS NULL) <> (component_id IS NULL)"


class FigureNote(Base):
    """What happened on a day, told beside the series of a service or component."""

    __tablename__ = "figure_note"
    __table_args__ = (
        CheckConstraint(_ONE, name="of_one"),
        Index("ix_figure_note_service_id", "service_id", "day"),
        Index("ix_figure_note_component_id", "component_id", "day"),
        NEVER_AGAIN,
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    service_id: Mapped[int | None] = mapped_column(ForeignKey("service.id", ondelete="CASCADE"))
    component_id: Mapped[int | None] = mapped_column(ForeignKey("component.id", ondelete="CASCADE"))
    day: Mapped[date]
    note: Mapped[str] = mapped_column(String(500))
    version: Mapped[int] = mapped_column(default=1)
    edited_at: Mapped[datetime] = mapped_column(UtcTime)


class FigureTarget(Base):
    """What an indicator of a service shall reach, from a day on, and until another if it ended."""

    __tablename__ = "figure_target"
    __table_args__ = (Index("ix_figure_target_service_id", "service_id", "since"), NEVER_AGAIN)

    id: Mapped[int] = mapped_column(primary_key=True)
    service_id: Mapped[int] = mapped_column(ForeignKey("service.id", ondelete="CASCADE"))
    kpi: Mapped[words.Kpi] = mapped_column(enum_column(words.Kpi))
    value: Mapped[float] = mapped_column(Double)
    since: Mapped[date]
    until: Mapped[date | None]
    version: Mapped[int] = mapped_column(default=1)
    edited_at: Mapped[datetime] = mapped_column(UtcTime)
