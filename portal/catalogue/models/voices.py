"""Services that ask for a shared component that there is not."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import ForeignKey, String
from sqlalchemy.orm import Mapped, mapped_column

from portal.db import Base, UtcTime


class NeedVoice(Base):
    """What a service would need of a component that meets a need, in its team's words."""

    __tablename__ = "need_voice"

    service_id: Mapped[int] = mapped_column(
        ForeignKey("service.id", ondelete="CASCADE"), primary_key=True
    )
    capability_id: Mapped[int] = mapped_column(
        ForeignKey("capability.id", ondelete="RESTRICT"), primary_key=True, index=True
    )
    text: Mapped[str] = mapped_column(String(1000))
    actor: Mapped[str] = mapped_column(String(80))
    said_at: Mapped[datetime] = mapped_column(UtcTime)
