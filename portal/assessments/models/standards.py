"""Standards, their versions with numbered points, and which points of two versions ask the same."""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from portal.accounts.words import Profession
from portal.assessments import words
from portal.catalogue.models.organisations import ALL, NEVER_AGAIN, Organisation
from portal.db import Base, UtcTime, enum_column


class Standard(Base):
    """What services are assessed against: the Service Standard, or an organisation's own."""

    __tablename__ = "standard"
    __table_args__ = (
        CheckConstraint("name <> ''", name="has_name"),
        NEVER_AGAIN,
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    slug: Mapped[str] = mapped_column(String(200), unique=True)
    name: Mapped[str] = mapped_column(String(300))
    owner: Mapped[str] = mapped_column(String(300))
    organisation_id: Mapped[int | None] = mapped_column(
        ForeignKey("organisation.id", ondelete="RESTRICT"), index=True
    )
    summary: Mapped[str | None] = mapped_column(Text)
    address: Mapped[str | None] = mapped_column(String(2000))
    version: Mapped[int] = mapped_column(default=1)
    edited_at: Mapped[datetime] = mapped_column(UtcTime)

    organisation: Mapped[Organisation | None] = relationship(lazy="raise")
    versions: Mapped[list[StandardVersion]] = relationship(
        cascade=ALL, lazy="raise", order_by="StandardVersion.number"
    )


class StandardVersion(Base):
    """The points of a standard as they hold for services whose discovery began on or after
    `discovery_from`, until that of the next version.

    `extends_id` is the version whose points an organisation's extras come on top of. Once it is
    published neither it nor its points change (triggers refuse that, migration 0029).
    """

    __tablename__ = "standard_version"
    __table_args__ = (
        UniqueConstraint("standard_id", "number"),
        CheckConstraint("number >= 1", name="number_from_one"),
        CheckConstraint("(state = 'draft') = (published_at IS NULL)", name="published_has_moment"),
        NEVER_AGAIN,
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    standard_id: Mapped[int] = mapped_column(ForeignKey("standard.id", ondelete="CASCADE"))
    number: Mapped[int]
    title: Mapped[str] = mapped_column(String(200))
    discovery_from: Mapped[date | None]
    scheme: Mapped[words.RatingScheme] = mapped_column(enum_column(words.RatingScheme))
    extends_id: Mapped[int | None] = mapped_column(
        ForeignKey("standard_version.id", ondelete="RESTRICT"), index=True
    )
    source: Mapped[str | None] = mapped_column(String(2000))
    state: Mapped[words.VersionState] = mapped_column(enum_column(words.VersionState))
    published_at: Mapped[datetime | None] = mapped_column(UtcTime)
    version: Mapped[int] = mapped_column(default=1)
    edited_at: Mapped[datetime] = mapped_column(UtcTime)

    points: Mapped[list[StandardPoint]] = relationship(
        cascade=ALL, lazy="raise", order_by="StandardPoint.number"
    )


class StandardPoint(Base):
    """One point of a version: its title as published, and in our words what it asks for."""

    __tablename__ = "standard_point"
    __table_args__ = (
        UniqueConstraint("version_id", "number"),
        CheckConstraint("number >= 1", name="number_from_one"),
        CheckConstraint("title <> ''", name="has_title"),
        NEVER_AGAIN,
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    version_id: Mapped[int] = mapped_column(ForeignKey("standard_version.id", ondelete="CASCADE"))
    number: Mapped[int]
    title: Mapped[str] = mapped_column(String(300))
    asks: Mapped[str | None] = mapped_column(Text)
    profession: Mapped[Profession | None] = mapped_column(enum_column(Profession))
    address: Mapped[str | None] = mapped_column(String(2000))


class PointRelation(Base):
    """Two points of different versions that ask for the same; the older one first. A point with
    no row is unmapped, which says nothing of what it asks.
    """

    __tablename__ = "point_relation"
    __table_args__ = (
        CheckConstraint("older_id <> newer_id", name="of_two"),
        Index("ix_point_relation_newer_id", "newer_id"),
    )

    older_id: Mapped[int] = mapped_column(
        ForeignKey("standard_point.id", ondelete="CASCADE"), primary_key=True
    )
    newer_id: Mapped[int] = mapped_column(
        ForeignKey("standard_point.id", ondelete="CASCADE"), primary_key=True
    )
    mapped_by: Mapped[str] = mapped_column(String(80))
    mapped_at: Mapped[datetime] = mapped_column(UtcTime)
