"""Data sets, what they may hold, and the tokens that write to them."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from portal.catalogue.models.components import Component
from portal.catalogue.models.organisations import NEVER_AGAIN
from portal.catalogue.models.services import Service
from portal.db import Base, Json, UtcTime, enum_column
from portal.performance import words


class DataSet(Base):
    """Values of one sort, of a service or component, at the address `group`/`type`.

    One with an open schema takes any flat record: old data that moves in, and nothing is counted
    from it. Any other holds the dimensions and measures that are declared, by its period. One that
    is of nothing in the catalogue need have no period: it checks records and counts nothing.
    `auto_ids` are the fields that a record's id is made from. `max_age_days` is how old the end of
    the newest period may be; `due_days` how many days after a period's end its values are due.
    Numbers of things below `threshold` are not shown (0: all are). `due_on` is when the next values
    are due, from `added_on` on where there are none. A closed one takes no more, and stays to be
    read.
    """

    __tablename__ = "data_set"
    __table_args__ = (
        UniqueConstraint("group", "type"),
        CheckConstraint("service_id IS NULL OR component_id IS NULL", name="of_one"),
        CheckConstraint(
            "open_schema OR period IS NOT NULL OR (service_id IS NULL AND component_id IS NULL)",
            name="closed_has_period",
        ),
        CheckConstraint("threshold >= 0", name="threshold_not_negative"),
        Index("ix_data_set_service_id", "service_id"),
        Index("ix_data_set_component_id", "component_id"),
        Index("ix_data_set_due_on_id", "due_on", "id"),
        NEVER_AGAIN,
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    group: Mapped[str] = mapped_column(String(60))
    type: Mapped[str] = mapped_column(String(60))
    title: Mapped[str] = mapped_column(String(200))
    service_id: Mapped[int | None] = mapped_column(ForeignKey("service.id", ondelete="CASCADE"))
    component_id: Mapped[int | None] = mapped_column(ForeignKey("component.id", ondelete="CASCADE"))
    kind: Mapped[words.SetKind] = mapped_column(enum_column(words.SetKind))
    period: Mapped[words.Period | None] = mapped_column(enum_column(words.Period))
    open_schema: Mapped[bool] = mapped_column(default=False)
    published: Mapped[bool] = mapped_column(default=True)
    raw_queries: Mapped[bool] = mapped_column(default=True)
    realtime: Mapped[bool] = mapped_column(default=False)
    queryable: Mapped[bool] = mapped_column(default=True)
    auto_ids: Mapped[list[str]] = mapped_column(Json, default=list)
    max_age_days: Mapped[int | None]
    due_days: Mapped[int | None]
    threshold: Mapped[int] = mapped_column(default=0)
    definition: Mapped[int] = mapped_column(default=1)
    source: Mapped[str | None] = mapped_column(String(2000))
    first_start: Mapped[date | None]
    last_start: Mapped[date | None]
    received_at: Mapped[datetime | None] = mapped_column(UtcTime)
    due_on: Mapped[date | None]
    added_on: Mapped[date | None]
    closed_on: Mapped[date | None]
    version: Mapped[int] = mapped_column(default=1)
    edited_at: Mapped[datetime] = mapped_column(UtcTime)

    service: Mapped[Service | None] = relationship(lazy="raise")
    component: Mapped[Component | None] = relationship(lazy="raise")
    dimensions: Mapped[list[DataDimension]] = relationship(
        lazy="raise", order_by="DataDimension.position", cascade="all, delete-orphan"
    )
    measures: Mapped[list[DataMeasure]] = relationship(
        lazy="raise", order_by="DataMeasure.position", cascade="all, delete-orphan"
    )


class DataDimension(Base):
    """What values of a data set are told apart by: `values` are all that there may be, each with
    its `value` and `title`.
    """

    __tablename__ = "data_dimension"
    __table_args__ = (UniqueConstraint("data_set_id", "key"), NEVER_AGAIN)

    id: Mapped[int] = mapped_column(primary_key=True)
    data_set_id: Mapped[int] = mapped_column(ForeignKey("data_set.id", ondelete="CASCADE"))
    position: Mapped[int]
    key: Mapped[str] = mapped_column(String(60))
    title: Mapped[str] = mapped_column(String(100))
    values: Mapped[list[dict[str, Any]]] = mapped_column(Json)


class DataMeasure(Base):
    """What a data set measures. Only what is `summable` is ever summed: no average is."""

    __tablename__ = "data_measure"
    __table_args__ = (UniqueConstraint("data_set_id", "key"), NEVER_AGAIN)

    id: Mapped[int] = mapped_column(primary_key=True)
    data_set_id: Mapped[int] = mapped_column(ForeignKey("data_set.id", ondelete="CASCADE"))
    position: Mapped[int]
    key: Mapped[str] = mapped_column(String(60))
    title: Mapped[str] = mapped_column(String(100))
    unit: Mapped[words.Unit] = mapped_column(enum_column(words.Unit))
    summable: Mapped[bool]


class DataToken(Base):
    """A token that writes to a data set: shown once, kept as a digest, known by its label."""

    __tablename__ = "data_token"
    __table_args__ = (Index("ix_data_token_data_set_id", "data_set_id"), NEVER_AGAIN)

    id: Mapped[int] = mapped_column(primary_key=True)
    data_set_id: Mapped[int] = mapped_column(ForeignKey("data_set.id", ondelete="CASCADE"))
    label: Mapped[str] = mapped_column(String(100))
    digest: Mapped[str] = mapped_column(String(64))
    made_by: Mapped[str] = mapped_column(String(80))
    made_at: Mapped[datetime] = mapped_column(UtcTime)
    used_on: Mapped[date | None]
    ends_at: Mapped[datetime | None] = mapped_column(UtcTime)
    revoked_at: Mapped[datetime | None] = mapped_column(UtcTime)
