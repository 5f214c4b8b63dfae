"""Records as programs send and read them, and the values that they mean."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from sqlalchemy import (
    BigInteger,
    CheckConstraint,
    Double,
    ForeignKey,
    Index,
    Integer,
    String,
    UniqueConstraint,
    text,
)
from sqlalchemy.orm import Mapped, mapped_column

from portal.catalogue.models.organisations import NEVER_AGAIN
from portal.db import Base, Json, UtcTime, enum_column, sorted_text
from portal.performance import words

#: SQLite counts up by itself in INTEGER keys only.
_BIG = BigInteger().with_variant(Integer(), "sqlite")


class DataBatch(Base):
    """What was sent at once: kept or refused whole, and one event in the history.

    `digest` is of the values sent, with a `salt` that no page or file tells; `way` and `actor` say
    how and from whom they came, and `reason` why published ones changed, where that was asked.
    """

    __tablename__ = "data_batch"
    __table_args__ = (Index("ix_data_batch_data_set_id", "data_set_id", "id"), NEVER_AGAIN)

    id: Mapped[int] = mapped_column(primary_key=True)
    data_set_id: Mapped[int] = mapped_column(ForeignKey("data_set.id", ondelete="CASCADE"))
    token_id: Mapped[int | None] = mapped_column(
        ForeignKey("data_token.id", ondelete="SET NULL"), index=True
    )
    import_id: Mapped[int | None] = mapped_column(
        ForeignKey("import_batch.id", ondelete="SET NULL"), index=True
    )
    way: Mapped[words.Way] = mapped_column(enum_column(words.Way))
    actor: Mapped[str] = mapped_column(String(80))
    at: Mapped[datetime] = mapped_column(UtcTime)
    source: Mapped[str | None] = mapped_column(String(2000))
    digest: Mapped[str] = mapped_column(String(64))
    salt: Mapped[str | None] = mapped_column(String(32))
    reason: Mapped[str | None] = mapped_column(String(2000))
    counts: Mapped[dict[str, Any]] = mapped_column(Json)


class DataRecord(Base):
    """A record as reads give it back, in the order of `seq`: when its id first came. `cell` says
    which values of the dimensions it is for ("" where there are none), in a data set with a closed
    schema, where each period has one record for each cell; NULL where records mean no values.
    """

    __tablename__ = "data_record"
    __table_args__ = (
        UniqueConstraint("data_set_id", "day", "cell"),
        Index("ix_data_record_data_set_id_at", "data_set_id", "at"),
        Index("ix_data_record_data_set_id_seq", "data_set_id", "seq"),
    )

    data_set_id: Mapped[int] = mapped_column(
        ForeignKey("data_set.id", ondelete="CASCADE"), primary_key=True
    )
    record_id: Mapped[str] = mapped_column(sorted_text(500), primary_key=True)
    seq: Mapped[int] = mapped_column(server_default="0")
    updated_at: Mapped[datetime | None] = mapped_column(UtcTime)
    at: Mapped[datetime | None] = mapped_column(UtcTime)
    day: Mapped[date | None]
    cell: Mapped[str | None] = mapped_column(String(400))
    body: Mapped[dict[str, Any]] = mapped_column(Json)


class DataValue(Base):
    """A value of a measure in a cell, for the period that starts on a day. A revision is a new
    row: the highest one is current, and the others stay to be read. None is where the records of
    the period were deleted: the highest one says that nothing is provided any more.

    `note` is for those who answer for the data; it leaves by no export.
    """

    __tablename__ = "data_value"
    __table_args__ = (
        UniqueConstraint("data_set_id", "measure_id", "start", "cell", "revision"),
        Index(
            "ix_data_value_current", "data_set_id", "start", "measure_id",
            sqlite_where=text("current"), postgresql_where=text("current"),
        ),
        Index(
            "ix_data_value_doubt", "start", "id",
            sqlite_where=text("doubt IS NOT NULL"),
            postgresql_where=text("doubt IS NOT NULL"),
        ),
        Index("ix_data_value_batch_id", "batch_id"),
        Index("ix_data_value_measure_id", "measure_id"),
        CheckConstraint("(state = 'number') = (number IS NOT NULL)", name="number_is_one"),
        CheckConstraint("revision >= 1", name="revision_from_one"),
        NEVER_AGAIN,
    )  # fmt: skip

    id: Mapped[int] = mapped_column(_BIG, primary_key=True)
    data_set_id: Mapped[int] = mapped_column(ForeignKey("data_set.id", ondelete="CASCADE"))
    measure_id: Mapped[int] = mapped_column(ForeignKey("data_measure.id", ondelete="CASCADE"))
    start: Mapped[date]
    cell: Mapped[str] = mapped_column(sorted_text(400))
    revision: Mapped[int]
    current: Mapped[bool]
    state: Mapped[words.ValueState] = mapped_column(enum_column(words.ValueState))
    number: Mapped[float | None] = mapped_column(Double)
    status: Mapped[words.ValueStatus] = mapped_column(enum_column(words.ValueStatus))
    definition: Mapped[int]
    doubt: Mapped[words.Doubt | None] = mapped_column(enum_column(words.Doubt))
    batch_id: Mapped[int] = mapped_column(ForeignKey("data_batch.id", ondelete="CASCADE"))
    note: Mapped[str | None] = mapped_column(String(500))
