"""Reports that were frozen."""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import CheckConstraint, Index, LargeBinary, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from portal.catalogue.models.organisations import NEVER_AGAIN
from portal.db import Base, UtcTime


class Snapshot(Base):
    """A report as it stood on a day: never changed, never deleted (triggers refuse both).

    `body` is the document, compressed; `digest` is the SHA-256 of the document itself and `rows`
    how many it has. `query` are the filters as the address of the report has them, in their order.
    `month` is of those that are made by schedule ("2026-12"); the others say why.
    """

    __tablename__ = "report_snapshot"
    __table_args__ = (
        UniqueConstraint("report", "query", "month"),
        CheckConstraint("(month IS NULL) = (reason IS NOT NULL)", name="by_hand_has_reason"),
        CheckConstraint("rows > 0", name="has_rows"),
        Index("ix_report_snapshot_report_id", "report", "id"),
        NEVER_AGAIN,
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    report: Mapped[str] = mapped_column(String(40))
    query: Mapped[str] = mapped_column(String(1000))
    month: Mapped[str | None] = mapped_column(String(7))
    as_at: Mapped[date]
    rows: Mapped[int]
    code: Mapped[str] = mapped_column(String(64))
    digest: Mapped[str] = mapped_column(String(64))
    reason: Mapped[str | None] = mapped_column(String(500))
    made_by: Mapped[str] = mapped_column(String(80))
    made_at: Mapped[datetime] = mapped_column(UtcTime)
    body: Mapped[bytes] = mapped_column(LargeBinary)
