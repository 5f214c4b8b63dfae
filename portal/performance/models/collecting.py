"""How figures come in without a program of the team's: addresses, links and reminders."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from sqlalchemy import ForeignKey, Index, String
from sqlalchemy.orm import Mapped, mapped_column

from portal.catalogue.models.organisations import NEVER_AGAIN
from portal.db import Base, Json, UtcTime, enum_column
from portal.performance import words


class CollectedHost(Base):
    """A host that the portal may collect from, as an administrator allowed."""

    __tablename__ = "collected_host"
    __table_args__ = (NEVER_AGAIN,)

    id: Mapped[int] = mapped_column(primary_key=True)
    host: Mapped[str] = mapped_column(String(253), unique=True)
    reason: Mapped[str] = mapped_column(String(500))
    allowed_at: Mapped[datetime] = mapped_column(UtcTime)


class Collection(Base):
    """The address that a data set is collected from, and how that went the last time."""

    __tablename__ = "data_collection"
    __table_args__ = (Index("ix_data_collection_next_at", "next_at"),)

    data_set_id: Mapped[int] = mapped_column(
        ForeignKey("data_set.id", ondelete="CASCADE"), primary_key=True, autoincrement=False
    )
    url: Mapped[str] = mapped_column(String(2000))
    format: Mapped[words.CollectedFormat] = mapped_column(enum_column(words.CollectedFormat))
    every: Mapped[words.Period] = mapped_column(enum_column(words.Period))
    next_at: Mapped[datetime | None] = mapped_column(UtcTime)
    last_at: Mapped[datetime | None] = mapped_column(UtcTime)
    outcome: Mapped[str | None] = mapped_column(String(500))
    failures: Mapped[int] = mapped_column(default=0)
    version: Mapped[int] = mapped_column(default=1)
    edited_at: Mapped[datetime] = mapped_column(UtcTime)


class FigureLink(Base):
    """A link by which somebody without an account gives the figures of one period.

    The address it was sent to is forgotten when the link is used or ends.
    """

    __tablename__ = "figure_link"
    __table_args__ = (Index("ix_figure_link_data_set_id", "data_set_id", "start"), NEVER_AGAIN)

    id: Mapped[int] = mapped_column(primary_key=True)
    data_set_id: Mapped[int] = mapped_column(ForeignKey("data_set.id", ondelete="CASCADE"))
    start: Mapped[date]
    digest: Mapped[str] = mapped_column(String(64), unique=True)
    email: Mapped[str | None] = mapped_column(String(254))
    asked_by: Mapped[str] = mapped_column(String(80))
    sent_at: Mapped[datetime] = mapped_column(UtcTime)
    ends_at: Mapped[datetime] = mapped_column(UtcTime)
    used_at: Mapped[datetime | None] = mapped_column(UtcTime)
    revoked_at: Mapped[datetime | None] = mapped_column(UtcTime)


class FigureDraft(Base):
    """The answers to the form of one period, until they are sent: the team's, not one person's.

    `answers` are by question, as rules/answers.py writes them.
    """

    __tablename__ = "figure_draft"

    data_set_id: Mapped[int] = mapped_column(
        ForeignKey("data_set.id", ondelete="CASCADE"), primary_key=True
    )
    start: Mapped[date] = mapped_column(primary_key=True)
    answers: Mapped[dict[str, Any]] = mapped_column(Json)
    version: Mapped[int] = mapped_column(default=1)
    edited_by: Mapped[str] = mapped_column(String(80))
    edited_at: Mapped[datetime] = mapped_column(UtcTime)


class FigureReminder(Base):
    """That those who answer for a data set were told of figures that are due, once a step."""

    __tablename__ = "figure_reminder"

    data_set_id: Mapped[int] = mapped_column(
        ForeignKey("data_set.id", ondelete="CASCADE"), primary_key=True
    )
    start: Mapped[date] = mapped_column(primary_key=True)
    step: Mapped[words.Reminder] = mapped_column(enum_column(words.Reminder), primary_key=True)
    at: Mapped[datetime] = mapped_column(UtcTime)
