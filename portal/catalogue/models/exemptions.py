"""Requests of services not to use a mandated component, and what was decided of them."""

from __future__ import annotations

from datetime import date

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, Text
from sqlalchemy import text as sql
from sqlalchemy.orm import Mapped, mapped_column, relationship

from portal.catalogue import component_words as words
from portal.catalogue.models.components import Component
from portal.catalogue.models.organisations import NEVER_AGAIN
from portal.catalogue.models.services import Service
from portal.db import Base, enum_column

WAITS = sql("state = 'asked'")


class ExemptionRequest(Base):
    """A service asks not to use a mandated component. What is granted is a row of
    `component_exemption`; here stands what was asked, what the provider thinks, and the decision.
    """

    __tablename__ = "exemption_request"
    __table_args__ = (
        CheckConstraint(
            "(state IN ('granted', 'refused', 'ended')) = (decided_on IS NOT NULL)",
            name="decided_has_day",
        ),
        CheckConstraint(
            "(decided_on IS NULL) = (decided_by IS NULL)", name="decided_has_somebody"
        ),
        CheckConstraint("state <> 'refused' OR answer IS NOT NULL", name="refused_has_reason"),
        CheckConstraint("(state = 'ended') = (ended_reason IS NOT NULL)", name="ended_has_reason"),
        CheckConstraint("(opinion IS NULL) = (opinion_on IS NULL)", name="opinion_has_day"),
        Index(
            "uq_exemption_request_asked", "service_id", "component_id", unique=True,
            sqlite_where=WAITS, postgresql_where=WAITS,
        ),
        Index("ix_exemption_request_component_id_state", "component_id", "state"),
        Index("ix_exemption_request_service_id", "service_id"),
        NEVER_AGAIN,
    )  # fmt: skip

    id: Mapped[int] = mapped_column(primary_key=True)
    component_id: Mapped[int] = mapped_column(ForeignKey("component.id", ondelete="CASCADE"))
    service_id: Mapped[int] = mapped_column(ForeignKey("service.id", ondelete="CASCADE"))
    state: Mapped[words.ExemptionState] = mapped_column(enum_column(words.ExemptionState))
    reason_kind: Mapped[words.NotSharedReason | None] = mapped_column(
        enum_column(words.NotSharedReason)
    )
    reason: Mapped[str] = mapped_column(Text)
    instead: Mapped[str | None] = mapped_column(Text)
    asked_on: Mapped[date]
    asked_until: Mapped[date | None]
    asked_by: Mapped[str] = mapped_column(String(80))
    opinion: Mapped[str | None] = mapped_column(Text)
    opinion_on: Mapped[date | None]
    decided_on: Mapped[date | None]
    decided_by: Mapped[str | None] = mapped_column(String(300))
    answer: Mapped[str | None] = mapped_column(Text)
    ended_reason: Mapped[str | None] = mapped_column(Text)

    component: Mapped[Component] = relationship(lazy="raise")
    service: Mapped[Service] = relationship(lazy="raise")
