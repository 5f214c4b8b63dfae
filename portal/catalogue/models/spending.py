"""Requests to spend, what was decided of them, and on which conditions."""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import BigInteger, CheckConstraint, ForeignKey, Index, String, Text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from portal.catalogue import component_words as words
from portal.catalogue.models.components import Capability
from portal.catalogue.models.organisations import ALL, NEVER_AGAIN, Organisation
from portal.catalogue.models.services import Service
from portal.db import Base, UtcTime, enum_column


class SpendRequest(Base):
    """A service, or an organisation where it is for no one service, asks to spend: what on, how
    much in whole pounds over how many years, and what was decided by which body.
    """

    __tablename__ = "spend_request"
    __table_args__ = (
        CheckConstraint(
            "(service_id IS NULL) <> (organisation_id IS NULL)", name="of_one"
        ),
        CheckConstraint("amount >= 0", name="amount_not_negative"),
        CheckConstraint("years BETWEEN 1 AND 30", name="years_are_few"),
        CheckConstraint(
            "(decision IN ('waiting', 'withdrawn')) = (decided_on IS NULL)",
            name="decided_has_day",
        ),
        CheckConstraint(
            "(decided_on IS NULL) = (decided_by IS NULL)", name="decided_has_somebody"
        ),
        CheckConstraint("decision <> 'refused' OR reason IS NOT NULL", name="refused_has_reason"),
        CheckConstraint("decided_on >= asked_on", name="decided_after"),
        Index("ix_spend_request_service_id", "service_id"),
        Index("ix_spend_request_organisation_id", "organisation_id"),
        Index("ix_spend_request_capability_id", "capability_id"),
        Index("ix_spend_request_decision_asked_on_id", "decision", "asked_on", "id"),
        Index("ix_spend_request_asked_on_id", "asked_on", "id"),
        NEVER_AGAIN,
    )  # fmt: skip

    id: Mapped[int] = mapped_column(primary_key=True)
    service_id: Mapped[int | None] = mapped_column(ForeignKey("service.id", ondelete="CASCADE"))
    organisation_id: Mapped[int | None] = mapped_column(
        ForeignKey("organisation.id", ondelete="RESTRICT")
    )
    capability_id: Mapped[int | None] = mapped_column(
        ForeignKey("capability.id", ondelete="RESTRICT")
    )
    what: Mapped[str] = mapped_column(String(300))
    amount: Mapped[int] = mapped_column(BigInteger)
    years: Mapped[int]
    reference: Mapped[str | None] = mapped_column(String(100))
    asked_on: Mapped[date]
    confidential: Mapped[bool] = mapped_column(default=False)
    decision: Mapped[words.SpendDecision] = mapped_column(enum_column(words.SpendDecision))
    decided_on: Mapped[date | None]
    decided_by: Mapped[str | None] = mapped_column(String(300))
    reason: Mapped[str | None] = mapped_column(Text)
    recorded_by: Mapped[str] = mapped_column(String(80))
    recorded_at: Mapped[datetime] = mapped_column(UtcTime)

    service: Mapped[Service | None] = relationship(lazy="raise")
    organisation: Mapped[Organisation | None] = relationship(lazy="raise")
    capability: Mapped[Capability | None] = relationship(lazy="raise")
    conditions: Mapped[list[SpendCondition]] = relationship(
        cascade=ALL, lazy="raise", order_by="SpendCondition.position"
    )
    funds: Mapped[list[SpendUsage]] = relationship(
        cascade=ALL, lazy="raise", order_by="SpendUsage.usage_id"
    )


class SpendCondition(Base):
    """What has to be done for an approval to stand, by when, and when it was."""

    __tablename__ = "spend_condition"

    request_id: Mapped[int] = mapped_column(
        ForeignKey("spend_request.id", ondelete="CASCADE"), primary_key=True
    )
    position: Mapped[int] = mapped_column(primary_key=True)
    text: Mapped[str] = mapped_column(String(1000))
    due_on: Mapped[date | None]
    met_on: Mapped[date | None]


class SpendUsage(Base):
    """A way of meeting a need that a request pays for."""

    __tablename__ = "spend_usage"

    request_id: Mapped[int] = mapped_column(
        ForeignKey("spend_request.id", ondelete="CASCADE"), primary_key=True
    )
    usage_id: Mapped[int] = mapped_column(
        ForeignKey("usage.id", ondelete="CASCADE"), primary_key=True, index=True
    )
