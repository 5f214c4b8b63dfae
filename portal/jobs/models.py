"""The table of jobs."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import CheckConstraint, Index, String, text
from sqlalchemy.orm import Mapped, mapped_column

from portal.audit import Document
from portal.db import Base, Json, UtcTime

#: What somebody waits for, what comes of a change, and what may take its time: of the work that is
#: due, the smallest number is done first.
URGENT, NORMAL, BULK = 0, 5, 9
_OPEN = text("finished_at IS NULL AND failed_at IS NULL")


class Job(Base):
    """One piece of work: waiting, leased by a worker, finished, or failed for good.

    `payload` and `last_error` hold no personal data: ids, and what sort of error it was.
    """

    __tablename__ = "job"
    __table_args__ = (
        CheckConstraint("finished_at IS NULL OR failed_at IS NULL", "one_end"),
        CheckConstraint("(lease_until IS NULL) = (leased_by IS NULL)", "lease_has_owner"),
        Index(
            "ix_job_priority_run_after_id", "priority", "run_after", "id",
            sqlite_where=_OPEN, postgresql_where=_OPEN,
        ),
    )  # fmt: skip

    id: Mapped[int] = mapped_column(primary_key=True)
    kind: Mapped[str] = mapped_column(String(60))
    payload: Mapped[Document] = mapped_column(Json)
    priority: Mapped[int] = mapped_column(default=NORMAL, server_default=str(NORMAL))
    unique_key: Mapped[str | None] = mapped_column(String(200), unique=True)
    created_at: Mapped[datetime] = mapped_column(UtcTime)
    run_after: Mapped[datetime] = mapped_column(UtcTime)
    attempts: Mapped[int] = mapped_column(default=0)
    lease_until: Mapped[datetime | None] = mapped_column(UtcTime)
    leased_by: Mapped[str | None] = mapped_column(String(80))
    finished_at: Mapped[datetime | None] = mapped_column(UtcTime)
    failed_at: Mapped[datetime | None] = mapped_column(UtcTime)
    last_error: Mapped[str | None] = mapped_column(String(300))
