"""What is new in a list of reports: by the day of the assessment, or when it was published here."""

from __future__ import annotations

from collections.abc import Collection
from datetime import UTC, datetime, time

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from portal.assessments.booking_words import VersionKind
from portal.assessments.models.assessments import Assessment
from portal.assessments.models.bookings import Booking
from portal.assessments.models.publishing import ReportVersion
from portal.assessments.rules.report_queries import fits
from portal.assessments.store import report_lists, report_rows
from portal.assessments.store.report_lists import Scope
from portal.assessments.store.report_rows import Row
from portal.audit import LONDON

#: The moment of what has no day.
NEVER = datetime(2011, 1, 1, tzinfo=UTC)


def newest(session: Session, where: Scope, most: int) -> list[tuple[datetime, Row]]:
    """The newest assessments of a list, with when each was published or last corrected here in
    more than small things; for one that came from elsewhere, its own day.
    """
    published = _published(session, None, most)
    rows = {row.id: row for row in report_lists.page(session, where, most)[0]}
    if published:
        rows |= {row.id: row for row in _of_reports(session, where, published, most)}
    if len(published) == most:
        published |= _published(session, {row.report_id for row in rows.values()}, len(rows))
    found = [(published.get(row.report_id) or _moment(row), row) for row in rows.values()]
    return sorted(found, key=lambda each: (each[0], each[1].id), reverse=True)[:most]


def _published(session: Session, reports: Collection[int] | None, most: int) -> dict[int, datetime]:
    """When reports were published, a small correction apart: of these, or the newest of all."""
    b, v = Booking, ReportVersion
    at = func.max(v.published_at)
    query = (
        select(b.report_id, at)
        .join(v, v.booking_id == b.id)
        .where(v.kind != VersionKind.MINOR, b.report_id.is_not(None))
        .group_by(b.report_id)
        .order_by(at.desc())
        .limit(most)
    )
    if reports is not None:
        query = query.where(b.report_id.in_(reports))
    return {id_: moment for id_, moment in session.execute(query) if id_ is not None}


def _of_reports(session: Session, where: Scope, reports: Collection[int], most: int) -> list[Row]:
    """The assessments of these reports that are in the list."""
    if where.facts is None:
        among = [*where.conditions, Assessment.report_id.in_(reports)]
        return report_rows.by_day(session, where.query, among, most)[0]
    ids = [f.id for f in where.facts if f.report_id in reports and fits(f.cell, where.query)]
    return report_rows.ones(session, ids)


def _moment(row: Row) -> datetime:
    """The day of the assessment: what an old report says does not change."""
    return datetime.combine(row.held_on, time(), LONDON) if row.held_on else NEVER
