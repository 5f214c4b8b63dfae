"""How figures come in without a program of the team's: addresses, links and reminders."""

from __future__ import annotations

import hashlib
from datetime import date, datetime
from typing import Any

from sqlalchemy import ForeignKey, Index, String
from sqlalchemy.orm import Mapped, mapped_column

from portal.catalogue.models.organisations import NEVER_AGAIN
from portal.db import Base, Json, UtcTime, enum_column, sorted_text
from portal.performance import words


class CollectedHost(Base):
    """A host that an administrator decided about: whether the portal may collect from it, and why.

    A host without a row waits for that.
    """

    __tablename__ = "collected_host"
    __table_args__ = (NEVER_AGAIN,)

    id: Mapped[int] = mapped_column(primary_key=True)
    host: Mapped[str] = mapped_column(sorted_text(253), unique=True)
    allowed: Mapped[bool]
    reason: Mapped[str] = mapped_column(String(500))
    decided_at: Mapped[datetime] = mapped_column(UtcTime)


class Collection(Base):
    """The address that a data set is collected from, and what the last collection left.

    It is paused where there is no next time. `digest`, `etag` and `modified` tell a body that is
    the same as the last one kept. `failures` are those in a row; `told_at` is when its people were
    told of them.
    """

    __tablename__ = "data_collection"
    __table_args__ = (Index("ix_data_collection_next_at", "next_at"),)

    data_set_id: Mapped[int] = mapped_column(
        ForeignKey("data_set.id", ondelete="CASCADE"), primary_key=True, autoincrement=False
    )
    url: Mapped[str] = mapped_column(String(2000))
    host: Mapped[str] = mapped_column(sorted_text(253), index=True)
    format: Mapped[words.CollectedFormat] = mapped_column(enum_column(words.CollectedFormat))
    every: Mapped[words.Period] = mapped_column(enum_column(words.Period))
    next_at: Mapped[datetime | None] = mapped_column(UtcTime)
    digest: Mapped[str | None] = mapped_column(String(64))
    etag: Mapped[str | None] = mapped_column(String(200))
    modified: Mapped[str | None] = mapped_column(String(200))
    failures: Mapped[int] = mapped_column(default=0)
    told_at: Mapped[datetime | None] = mapped_column(UtcTime)
    version: Mapped[int] = mapped_column(default=1)
    edited_at: Mapped[datetime] = mapped_column(UtcTime)

    @property
    def paused(self) -> bool:
        """Whether nothing is collected until somebody resumes it."""
        return self.next_at is None

    @property
    def url_digest(self) -> str:
        """Tells one address from another where only its host may be said."""
        return hashlib.sha256(self.url.encode()).hexdigest()[:16]


class CollectionRun(Base):
    """How one collection went. The newest of a data set are kept.

    `faults` are the first things wrong with records, each with the place of the record (its number,
    or its line in a CSV file; 0 for none), the field and which `Fault`; `wrong` is how many there
    were.
    """

    __tablename__ = "collection_run"
    __table_args__ = (Index("ix_collection_run_data_set_id", "data_set_id", "id"), NEVER_AGAIN)

    id: Mapped[int] = mapped_column(primary_key=True)
    data_set_id: Mapped[int] = mapped_column(ForeignKey("data_set.id", ondelete="CASCADE"))
    at: Mapped[datetime] = mapped_column(UtcTime)
    host: Mapped[str] = mapped_column(String(253))
    format: Mapped[words.CollectedFormat] = mapped_column(enum_column(words.CollectedFormat))
    outcome: Mapped[words.CollectedOutcome] = mapped_column(enum_column(words.CollectedOutcome))
    trouble: Mapped[words.CollectedTrouble | None] = mapped_column(
        enum_column(words.CollectedTrouble)
    )
    status: Mapped[int | None]
    records: Mapped[int] = mapped_column(default=0)
    wrong: Mapped[int] = mapped_column(default=0)
    faults: Mapped[list[Any]] = mapped_column(Json, default=list)


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
