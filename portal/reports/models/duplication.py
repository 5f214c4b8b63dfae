"""In which ways services meet their needs now, ready to be counted, and counted; both follow from
the records.
"""

from __future__ import annotations

from datetime import date

from sqlalchemy import Index, String
from sqlalchemy.orm import Mapped, mapped_column

from portal.db import Base


class DuplicationFact(Base):
    """A way in use (rules/duplication_counts.py), with where its service counts; from `changes_on`
    on it counts otherwise without anybody writing. No row points at another table: facts of a
    service that goes are needed to take it out of the counts.
    """

    __tablename__ = "duplication_fact"
    __table_args__ = (
        Index("ix_duplication_fact_organisation_id", "organisation_id"),
        Index("ix_duplication_fact_changes_on", "changes_on"),
        {"sqlite_with_rowid": False},
    )

    service_id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    usage_id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    capability_id: Mapped[int]
    counted: Mapped[str] = mapped_column(String(20))
    item: Mapped[str] = mapped_column(String(300))
    alike: Mapped[str] = mapped_column(String(80))
    reasoned: Mapped[bool]
    exempt: Mapped[bool]
    contract_end: Mapped[date | None]
    changes_on: Mapped[date | None]
    organisation_id: Mapped[int]
    kind: Mapped[str] = mapped_column(String(20))
    phase: Mapped[str] = mapped_column(String(20))


class DuplicationCount(Base):
    """How many ways in use are alike, of an organisation (-1 for all), kind of organisation and
    phase; parts that are empty are all of them together.
    """

    __tablename__ = "duplication_count"
    __table_args__ = ({"sqlite_with_rowid": False},)

    organisation_id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    kind: Mapped[str] = mapped_column(String(20), primary_key=True)
    phase: Mapped[str] = mapped_column(String(20), primary_key=True)
    counted: Mapped[str] = mapped_column(String(20), primary_key=True)
    capability_id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    whose: Mapped[str] = mapped_column(String(20), primary_key=True)
    item: Mapped[str] = mapped_column(String(300), primary_key=True)
    many: Mapped[int]
