"""What the provider of a component publishes of its use: figures by day, and lists of its users."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

from sqlalchemy import (
    CheckConstraint,
    ForeignKey,
    Index,
    Numeric,
    String,
    UniqueConstraint,
    select,
)
from sqlalchemy.orm import Mapped, column_property, mapped_column

from portal.catalogue import component_words as words
from portal.catalogue.models.organisations import NEVER_AGAIN, OrganisationMatch
from portal.db import Base, enum_column


class AdoptionDay(Base):
    """A day for which a component's provider published how much it is used."""

    __tablename__ = "adoption_day"
    __table_args__ = (UniqueConstraint("component_id", "day"), NEVER_AGAIN)

    id: Mapped[int] = mapped_column(primary_key=True)
    component_id: Mapped[int] = mapped_column(ForeignKey("component.id", ondelete="CASCADE"))
    day: Mapped[date]
    source: Mapped[str | None] = mapped_column(String(2000))


class AdoptionPoint(Base):
    """One figure of such a day. `measure` is the name that the provider's file gives it; a figure
    that is not published has no row, and is never 0.
    """

    __tablename__ = "adoption_point"
    __table_args__ = (CheckConstraint("value >= 0", name="not_negative"),)

    day_id: Mapped[int] = mapped_column(
        ForeignKey("adoption_day.id", ondelete="CASCADE"), primary_key=True
    )
    measure: Mapped[str] = mapped_column(String(100), primary_key=True)
    value: Mapped[Decimal] = mapped_column(Numeric(22, 4))


class Roster(Base):
    """A list of a component's users that its provider published, as it was on a day."""

    __tablename__ = "roster"
    __table_args__ = (UniqueConstraint("component_id", "taken_on", "sort"), NEVER_AGAIN)

    id: Mapped[int] = mapped_column(primary_key=True)
    component_id: Mapped[int] = mapped_column(ForeignKey("component.id", ondelete="CASCADE"))
    taken_on: Mapped[date]
    sort: Mapped[words.RosterSort] = mapped_column(enum_column(words.RosterSort))
    source: Mapped[str | None] = mapped_column(String(2000))
    batch_id: Mapped[int | None] = mapped_column(ForeignKey("import_batch.id"), index=True)


class RosterRow(Base):
    """A row of such a list, in the words of its provider: one service, or how many services of an
    organisation. A count names no service, so the database lets it point at none.

    `organisation_id` is what the name means today: the reviewed queue alone decides that.
    """

    __tablename__ = "roster_row"
    __table_args__ = (
        CheckConstraint("(service IS NULL) = (services IS NOT NULL)", name="service_or_count"),
        CheckConstraint("services IS NULL OR organisation IS NOT NULL", name="count_has_name"),
        CheckConstraint(
            "service IS NOT NULL OR (service_id IS NULL AND since IS NULL)",
            name="count_confirms_nothing",
        ),
        CheckConstraint("services >= 0", name="not_negative"),
        Index("ix_roster_row_roster_id_position", "roster_id", "position"),
        NEVER_AGAIN,
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    roster_id: Mapped[int] = mapped_column(ForeignKey("roster.id", ondelete="CASCADE"))
    position: Mapped[int]
    organisation: Mapped[str | None] = mapped_column(String(300), index=True)
    service: Mapped[str | None] = mapped_column(String(2000))
    service_id: Mapped[int | None] = mapped_column(
        ForeignKey("service.id", ondelete="RESTRICT"), index=True
    )
    since: Mapped[date | None]
    services: Mapped[int | None]

    organisation_id: Mapped[int | None] = column_property(
        select(OrganisationMatch.organisation_id)
        .where(OrganisationMatch.published_name == organisation)
        .correlate_except(OrganisationMatch)
        .scalar_subquery()
    )
