"""How services meet their needs, ready to be counted, and counted; both follow from the records."""

from __future__ import annotations

from datetime import date

from sqlalchemy import Index, String
from sqlalchemy.orm import Mapped, mapped_column

from portal.db import Base


class ReuseFact(Base):
    """Something of a service that counts (rules/reuse.py), with where the service counts.

    From `changes_on` on it stands as `next_standing` says, without anybody writing. No row points
    at another table: facts of a service that goes are needed to take it out of the counts. 0 stands
    for no organisation, all needs and no component.
    """

    __tablename__ = "reuse_fact"
    __table_args__ = (
        Index("ix_reuse_fact_organisation_id", "organisation_id", "capability_id"),
        Index("ix_reuse_fact_capability_id", "capability_id", "counted"),
        Index("ix_reuse_fact_component_id", "component_id"),
        Index("ix_reuse_fact_changes_on", "changes_on"),
        {"sqlite_with_rowid": False},
    )

    service_id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    capability_id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    counted: Mapped[str] = mapped_column(String(20), primary_key=True)
    component_id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    standing: Mapped[str] = mapped_column(String(20))
    changes_on: Mapped[date | None]
    next_standing: Mapped[str] = mapped_column(String(20))
    organisation_id: Mapped[int]
    kind: Mapped[str] = mapped_column(String(20))
    phase: Mapped[str] = mapped_column(String(20))


class ReuseCount(Base):
    """How often something of services counts, of an organisation (0 for none, -1 for all), kind of
    organisation or phase. Parts that are empty or 0 are all of them together.
    """

    __tablename__ = "reuse_count"
    __table_args__ = (
        # By organisation, over all needs.
        Index("ix_reuse_count_capability_id", "capability_id", "component_id"),
        {"sqlite_with_rowid": False},
    )

    organisation_id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    kind: Mapped[str] = mapped_column(String(20), primary_key=True)
    phase: Mapped[str] = mapped_column(String(20), primary_key=True)
    capability_id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    component_id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    counted: Mapped[str] = mapped_column(String(20), primary_key=True)
    standing: Mapped[str] = mapped_column(String(20), primary_key=True)
    many: Mapped[int]
