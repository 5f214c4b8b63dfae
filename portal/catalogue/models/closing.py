"""Who was told that a component they depend on closes."""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import ForeignKey, String
from sqlalchemy.orm import Mapped, mapped_column

from portal.db import Base, UtcTime


class ClosingNotice(Base):
    """That those who answer for a service were told of a component's end on a day.

    The key is what nobody is told of twice; `job` is the key of the job that queued the mails.
    """

    __tablename__ = "closing_notice"

    component_id: Mapped[int] = mapped_column(
        ForeignKey("component.id", ondelete="CASCADE"), primary_key=True
    )
    service_id: Mapped[int] = mapped_column(
        ForeignKey("service.id", ondelete="CASCADE"), primary_key=True, index=True
    )
    closes_on: Mapped[date] = mapped_column(primary_key=True)
    told_at: Mapped[datetime] = mapped_column(UtcTime)
    job: Mapped[str] = mapped_column(String(200))
