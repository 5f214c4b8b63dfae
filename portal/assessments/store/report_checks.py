"""All SQL about what is to be checked in reports."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, NamedTuple

from sqlalchemy import distinct, func, select
from sqlalchemy.orm import Session

from portal.assessments.models.assessments import Assessment, Report, ReportCheck
from portal.assessments.words import CheckState


class Row(NamedTuple):
    """Something to be checked, with its report."""

    id: int
    report: str
    title: str
    field: str
    reason: str
    state: str
    note: str | None


def open_of(report_id: Any) -> Any:
    """How many doubts about a report nobody has looked at, as a column of another statement."""
    c = ReportCheck
    many = select(func.count()).where(c.report_id == report_id, c.state == CheckState.OPEN)
    return many.correlate(Report, Assessment).scalar_subquery()


def open_reports(session: Session) -> int:
    """How many reports have something that nobody has looked at."""
    c = ReportCheck
    query = (
        select(func.count(distinct(c.report_id)))
        .join(Report, Report.id == c.report_id)
        .where(c.state == CheckState.OPEN, Report.same_as_id.is_(None))
    )
    return session.scalar(query) or 0


def listing(
    session: Session, state: CheckState | None, field: str | None, after: int | None, limit: int
) -> list[Row]:
    """What is to be checked, in the order in which it came."""
    c = ReportCheck
    query = select(c.id, Report.slug, Report.title, c.field, c.reason, c.state, c.note)
    query = query.join(Report, Report.id == c.report_id).where(Report.same_as_id.is_(None))
    if state is not None:
        query = query.where(c.state == state)
    if field is not None:
        query = query.where(c.field == field)
    if after is not None:
        query = query.where(c.id > after)
    rows = session.execute(query.order_by(c.id).limit(limit))
    return [Row(*row)._replace(state=row[5].value) for row in rows]


def every(session: Session, state: CheckState | None, field: str | None) -> Iterator[Row]:
    """The same for a download, some at a time."""
    after: int | None = None
    while found := listing(session, state, field, after, 500):
        yield from found
        after = found[-1].id


def counts(session: Session, state: CheckState | None) -> tuple[dict[str, int], dict[str, int]]:
    """How many there are in each state, and of each field in the state asked for."""
    c = ReportCheck
    query = (
        select(c.state, c.field, func.count())
        .join(Report, Report.id == c.report_id)
        .where(Report.same_as_id.is_(None))
        .group_by(c.state, c.field)
        .order_by(c.field)
    )
    states = dict.fromkeys((each.value for each in CheckState), 0)
    fields: dict[str, int] = {}
    for found, field, many in session.execute(query):
        states[found.value] += many
        if state in (None, found):
            fields[field] = fields.get(field, 0) + many
    return states, fields
