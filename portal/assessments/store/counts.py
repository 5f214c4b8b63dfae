"""The counts that figures of assessments are read from: kept with each write, rebuilt by command.

A write says which reports it touches. Just before the transaction ends, the slices that these are
and were in (a version of a standard and a year) are counted afresh, so that an import of many
reports costs as much as one of few.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import date
from typing import Any

from sqlalchemy import (
    ColumnElement,
    and_,
    case,
    delete,
    event,
    exists,
    extract,
    func,
    insert,
    select,
    text,
)
from sqlalchemy.orm import Session

from portal.assessments.models.assessments import Assessment, AssessmentPoint, Report
from portal.assessments.models.counts import AssessmentCount, PointCount
from portal.assessments.rules.statistics import ALL_MET, NEVER_RATED, NO_POINTS, SOME_NOT_MET
from portal.assessments.words import Rating
from portal.db import chunks

#: A version of a standard and a year; 0 where one is not known.
Slice = tuple[int, int]
_REPORTS, _SLICES = "counted_reports", "counted_slices"
#: Held to the end of the transaction by whoever counts, after the turn of the usage counts.
_TURN = text("SELECT pg_advisory_xact_lock(20161003)")
_TOLD: list[Callable[[Session, set[int]], None]] = []
_VERSION = func.coalesce(Assessment.standard_version_id, 0)
_YEAR = func.coalesce(extract("year", Assessment.held_on), 0)
#: Under names that no column of the tables has: PostgreSQL would group by that column.
_SLICE = (_VERSION.label("slice_version"), _YEAR.label("slice_year"))


def tell(somebody: Callable[[Session, set[int]], None]) -> None:
    """Have somebody told of the reports that a transaction touched, just before it ends."""
    if somebody not in _TOLD:
        _TOLD.append(somebody)


def touch(session: Session, reports: Iterable[int]) -> None:
    """Say that these reports change, come or go. Called before one goes or moves to another year
    or version, and before or after all else. One that repeats another counts once that is gone.
    """
    some = set(reports)
    for ids in chunks(sorted(some)):
        some |= set(session.scalars(select(Report.id).where(Report.same_as_id.in_(ids))))
    session.info.setdefault(_REPORTS, set()).update(some)
    session.info.setdefault(_SLICES, set()).update(_slices(session, some))


def _slices(session: Session, reports: Iterable[int]) -> set[Slice]:
    found: set[Slice] = set()
    for ids in chunks(sorted(reports)):
        query = select(_VERSION, _YEAR).where(Assessment.report_id.in_(ids)).distinct()
        found |= {(version, int(year)) for version, year in session.execute(query)}
    return found


def settle(session: Session) -> None:
    """Count what was touched. The end of a transaction does so by itself."""
    slices: set[Slice] = session.info.pop(_SLICES, set())
    reports: set[int] = session.info.pop(_REPORTS, set())
    if not reports:
        return
    session.flush()
    if session.get_bind().dialect.name == "postgresql":
        session.execute(_TURN)
    for version, year in sorted(slices | _slices(session, reports)):
        for table in (AssessmentCount, PointCount):
            here = and_(table.version_id == version, table.year == year)
            session.execute(delete(table).where(here))
        _count(session, _within(version, year))
    for somebody in _TOLD:
        somebody(session, reports)


@event.listens_for(Session, "before_commit")
def _at_the_end(session: Session) -> None:
    settle(session)


@event.listens_for(Session, "after_rollback")
def _forget(session: Session) -> None:
    session.info.pop(_SLICES, None)
    session.info.pop(_REPORTS, None)


def _within(version: int, year: int) -> ColumnElement[bool]:
    a = Assessment
    pinned = a.standard_version_id == version if version else a.standard_version_id.is_(None)
    if not year:
        return and_(pinned, a.held_on.is_(None))
    return and_(pinned, a.held_on.between(date(year, 1, 1), date(year, 12, 31)))


def _count(session: Session, where: ColumnElement[bool] | None = None) -> None:
    for table, rows in ((AssessmentCount, _assessments()), (PointCount, _points())):
        narrowed = rows if where is None else rows.where(where)
        names = [column.name for column in table.__table__.columns]
        session.execute(insert(table).from_select(names, narrowed))


def _assessments() -> Any:
    a, p = Assessment, AssessmentPoint
    any_ = exists().where(p.assessment_id == a.id)
    failed = any_.where(p.rating == Rating.NOT_MET)
    points = case((failed, SOME_NOT_MET), (any_, ALL_MET), else_=NO_POINTS).label("all_points")
    copy = case((Report.same_as_id.is_(None), 0), else_=1).label("is_copy")
    keys = [*_SLICE, a.stage, a.kind, a.result, points, copy]
    rows = select(*keys, func.count()).join(Report, Report.id == a.report_id)
    return rows.group_by(*keys)


def _points() -> Any:
    a, p = Assessment, AssessmentPoint
    keys = [*_SLICE, p.number, a.stage, a.kind, p.rating]
    return (
        select(*keys, func.count())
        .select_from(a)
        .join(Report, Report.id == a.report_id)
        .join(p, p.assessment_id == a.id)
        .where(
            Report.same_as_id.is_(None),
            a.kind.not_in(NEVER_RATED),
            a.result != Rating.NOT_RATED,
        )
        .group_by(*keys)
    )


def rebuild(session: Session) -> int:
    """Write both tables afresh; returns how many counts."""
    session.info.pop(_SLICES, None)
    session.info.pop(_REPORTS, None)
    for table in (AssessmentCount, PointCount):
        session.execute(delete(table))
    _count(session)
    return sum(
        session.scalar(select(func.count()).select_from(table)) or 0
        for table in (AssessmentCount, PointCount)
    )


def counted(session: Session) -> dict[tuple[Any, ...], int]:
    """Every count, worked out from the assessments themselves."""
    rows = [*session.execute(_assessments()), *session.execute(_points())]
    return {_key(row[:-1]): row[-1] for row in rows}


def kept(session: Session) -> dict[tuple[Any, ...], int]:
    """Every count as the tables have it."""
    tables = (AssessmentCount.__table__, PointCount.__table__)
    rows = [row for table in tables for row in session.execute(select(*table.columns))]
    return {_key(row[:-1]): row[-1] for row in rows}


def _key(values: Iterable[Any]) -> tuple[Any, ...]:
    return tuple(int(v) if not isinstance(v, str) else str(v) for v in values)
