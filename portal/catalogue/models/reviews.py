"""When a record was confirmed, and by when it must be again."""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import CheckConstraint, Index, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from portal.access import Role
from portal.catalogue.words import Reviewed
from portal.db import Base, UtcTime, enum_column


class Review(Base):
    """The review of one record, which `kind` and `thing_id` name; each has its row from the day on
    which it came into the catalogue (`since`).

    `review_by` follows from the last confirmation and from what the record says
    (rules/reviews.py); nobody is asked about what has ended, which has none. `confirmed_as` is the
    role in which somebody confirmed it: pages say that, and no name. `disowned_at` is when an
    owner said that it is not theirs, until somebody else has it. `anew_from` is when another record
    became part of it, until somebody confirms what it says since.
    """

    __tablename__ = "review"
    __table_args__ = (
        UniqueConstraint("kind", "thing_id"),
        CheckConstraint(
            "(confirmed_at IS NULL) = (confirmed_by IS NULL)", name="confirmed_by_somebody"
        ),
        CheckConstraint(
            "(disowned_at IS NULL) = (disowned_by IS NULL)", name="disowned_by_somebody"
        ),
        Index("ix_review_kind_review_by_thing_id", "kind", "review_by", "thing_id"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    kind: Mapped[Reviewed] = mapped_column(enum_column(Reviewed))
    thing_id: Mapped[int]
    since: Mapped[date]
    review_by: Mapped[date | None]
    confirmed_at: Mapped[datetime | None] = mapped_column(UtcTime)
    confirmed_by: Mapped[str | None] = mapped_column(String(80))
    confirmed_as: Mapped[Role | None] = mapped_column(enum_column(Role, "confirmed_as"))
    anew_from: Mapped[date | None]
    asked_at: Mapped[datetime | None] = mapped_column(UtcTime)
    disowned_at: Mapped[datetime | None] = mapped_column(UtcTime)
    disowned_by: Mapped[str | None] = mapped_column(String(80))
