"""How many assessments and points there are of each sort, kept with every write of a report."""

from __future__ import annotations

from sqlalchemy import String
from sqlalchemy.orm import Mapped, mapped_column

from portal.db import Base


class AssessmentCount(Base):
    """How many assessments are alike in all that the figures look at; see rules/statistics.py.

    0 stands for a version or a year that is not known; `copy` is 1 where the report repeats another
    one.
    """

    __tablename__ = "assessment_count"
    __table_args__ = ({"sqlite_with_rowid": False},)

    version_id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    year: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    stage: Mapped[str] = mapped_column(String(40), primary_key=True)
    kind: Mapped[str] = mapped_column(String(40), primary_key=True)
    result: Mapped[str] = mapped_column(String(40), primary_key=True)
    points: Mapped[str] = mapped_column(String(20), primary_key=True)
    copy: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    many: Mapped[int]


class PointCount(Base):
    """How often a point was rated so, in the assessments that are in the figures."""

    __tablename__ = "point_count"
    __table_args__ = ({"sqlite_with_rowid": False},)

    version_id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    year: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    number: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    stage: Mapped[str] = mapped_column(String(40), primary_key=True)
    kind: Mapped[str] = mapped_column(String(40), primary_key=True)
    rating: Mapped[str] = mapped_column(String(40), primary_key=True)
    many: Mapped[int]
