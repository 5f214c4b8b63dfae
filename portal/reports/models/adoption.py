"""Since when needs are met by shared components, ready to be counted, and counted; both follow
from the records.
"""

from __future__ import annotations

from datetime import date

from sqlalchemy import Index, String
from sqlalchemy.orm import Mapped, mapped_column

from portal.db import Base


class AdoptionFact(Base):
    """A use of a shared component (rules/adoption.py), with where its service counts; from
    `changes_on` on it counts otherwise without anybody writing. No row points at another table:
    facts of a service that goes are needed to take it out of the counts.
    """

    __tablename__ = "adoption_fact"
    __table_args__ = (
        Index("ix_adoption_fact_organisation_id", "organisation_id"),
        Index("ix_adoption_fact_capability_id", "capability_id"),
        Index("ix_adoption_fact_changes_on", "changes_on"),
        {"sqlite_with_rowid": False},
    )

    service_id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    usage_id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    capability_id: Mapped[int]
    component_id: Mapped[int]
    since: Mapped[date]
    until: Mapped[date | None]
    holds_until: Mapped[date | None]
    changes_on: Mapped[date | None]
    organisation_id: Mapped[int]
    kind: Mapped[str] = mapped_column(String(20))
    phase: Mapped[str] = mapped_column(String(20))


class AdoptionCount(Base):
    """By how many needs more or fewer are met by shared components at the end of a month than at
    that of the one before, of an organisation (0 for none, -1 for all), kind of organisation,
    phase, need and component. Parts that are empty or 0 are all of them together.
    """

    __tablename__ = "adoption_count"
    __table_args__ = ({"sqlite_with_rowid": False},)

    organisation_id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    kind: Mapped[str] = mapped_column(String(20), primary_key=True)
    phase: Mapped[str] = mapped_column(String(20), primary_key=True)
    capability_id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    component_id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    counted: Mapped[str] = mapped_column(String(20), primary_key=True)
    month: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    many: Mapped[int]
