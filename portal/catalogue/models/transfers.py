"""Transfers of functions between organisations: who loses, who gains, and what moved."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, Index, String
from sqlalchemy.orm import Mapped, mapped_column, relationship

from portal.catalogue import words
from portal.catalogue.models.organisations import ALL, NEVER_AGAIN, Organisation
from portal.db import Base, Json, UtcTime, enum_column


class Transfer(Base):
    """A change of the machinery of government, and what becomes of the bodies that lose by it. A
    reversal is a transfer of its own, which names the one that it takes back.
    """

    __tablename__ = "transfer"
    __table_args__ = (
        CheckConstraint("(state = 'draft') = (applied_at IS NULL)", name="applied"),
        CheckConstraint("reverses_id <> id", name="not_itself"),
        Index("ix_transfer_happened_on_id", "happened_on", "id"),
        NEVER_AGAIN,
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    title: Mapped[str] = mapped_column(String(300))
    kind: Mapped[words.SuccessionKind] = mapped_column(enum_column(words.SuccessionKind))
    happened_on: Mapped[date]
    source: Mapped[str] = mapped_column(String(1000))
    state: Mapped[words.TransferState] = mapped_column(enum_column(words.TransferState))
    made_by: Mapped[str] = mapped_column(String(80))
    made_at: Mapped[datetime] = mapped_column(UtcTime)
    applied_at: Mapped[datetime | None] = mapped_column(UtcTime)
    reason: Mapped[str | None] = mapped_column(String(2000))
    reverses_id: Mapped[int | None] = mapped_column(
        ForeignKey("transfer.id", ondelete="RESTRICT"), unique=True
    )

    bodies: Mapped[list[TransferBody]] = relationship(
        cascade=ALL, lazy="raise", order_by="TransferBody.id"
    )


class TransferBody(Base):
    """An organisation that loses or gains. `ended` and `succeeded` say what the transfer wrote
    into its record: its end, and rows of what became of it.
    """

    __tablename__ = "transfer_body"

    id: Mapped[int] = mapped_column(primary_key=True)
    transfer_id: Mapped[int] = mapped_column(
        ForeignKey("transfer.id", ondelete="CASCADE"), index=True
    )
    organisation_id: Mapped[int] = mapped_column(
        ForeignKey("organisation.id", ondelete="RESTRICT"), index=True
    )
    side: Mapped[words.TransferSide] = mapped_column(enum_column(words.TransferSide))
    ended: Mapped[bool] = mapped_column(default=False)
    succeeded: Mapped[list[dict[str, Any]]] = mapped_column(Json, default=list)

    organisation: Mapped[Organisation] = relationship(lazy="raise")


class TransferItem(Base):
    """Something that a body that loses owns, and its new home. `name` and `slug` are those of the
    day; of the role of a person there is none. `kept` is what a reversal needs to know.
    """

    __tablename__ = "transfer_item"
    __table_args__ = (
        CheckConstraint("(action = 'move') = (to_id IS NOT NULL)", name="moves_somewhere"),
        Index("ix_transfer_item_transfer_id_kind_id", "transfer_id", "kind", "id"),
        Index("ix_transfer_item_kind_thing_id", "kind", "thing_id"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    transfer_id: Mapped[int] = mapped_column(ForeignKey("transfer.id", ondelete="CASCADE"))
    kind: Mapped[words.TransferKind] = mapped_column(enum_column(words.TransferKind))
    thing_id: Mapped[int]
    role: Mapped[str] = mapped_column(String(40))
    name: Mapped[str] = mapped_column(String(300))
    slug: Mapped[str] = mapped_column(String(200))
    from_id: Mapped[int] = mapped_column(
        ForeignKey("organisation.id", ondelete="RESTRICT"), index=True
    )
    to_id: Mapped[int | None] = mapped_column(
        ForeignKey("organisation.id", ondelete="RESTRICT"), index=True
    )
    action: Mapped[words.TransferAction] = mapped_column(enum_column(words.TransferAction))
    kept: Mapped[dict[str, Any] | None] = mapped_column(Json)
