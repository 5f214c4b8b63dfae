"""The table of mails."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import String
from sqlalchemy.orm import Mapped, mapped_column

from portal.audit import Document
from portal.db import Base, Json, UtcTime


class Mail(Base):
    """One mail to one person, from the moment it is promised.

    `reference` is the mail's name outside: GOV.UK Notify's `reference`, the start of an SMTP
    Message-ID. `to_address` and `personalisation` are personal data; they are blanked some days
    after the mail was sent or given up. `reason` holds none.
    """

    __tablename__ = "mail"

    id: Mapped[int] = mapped_column(primary_key=True)
    unique_key: Mapped[str] = mapped_column(String(200), unique=True)
    reference: Mapped[str] = mapped_column(String(40), unique=True)
    kind: Mapped[str] = mapped_column(String(60))
    to_address: Mapped[str] = mapped_column(String(254))
    personalisation: Mapped[Document] = mapped_column(Json)
    created_at: Mapped[datetime] = mapped_column(UtcTime)
    sent_at: Mapped[datetime | None] = mapped_column(UtcTime)
    provider_id: Mapped[str | None] = mapped_column(String(200))
    failed_at: Mapped[datetime | None] = mapped_column(UtcTime)
    bounced_at: Mapped[datetime | None] = mapped_column(UtcTime)
    reason: Mapped[str | None] = mapped_column(String(300))
    blanked_at: Mapped[datetime | None] = mapped_column(UtcTime)
