"""All SQL about what is to be checked in reports."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, NamedTuple

from sqlalchemy import distinct, func, select
from sqlalchemy.orm import Session

from portal.assessments.models.assessments import Assessment, Report, ReportCheck
from portal.assessments.words import CheckState
from portal.catalogue.store.wording import has_words


class Check(NamedTuple):
    """Something to be checked, or that was."""

    field: str
    reason: str
    state: str
    note: str | None


class Row(NamedTuple):
    """A report with what is to be checked of it."""

    id: int
    slug: str
    title: str
    checks: list[Check]


class CheckQuery(NamedTuple):
    """Which reports: those with something in this state, about this field, with these words in the
    title.
    """

    state: CheckState | None = None
    field: str | None = None
    words: tuple[str, ...] = ()


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


def _asked(query: CheckQuery) -> list[Any]:
    c, where = ReportCheck, [Report.same_as_id.is_(None), has_words(Report.title, query.words)]
    where += [c.state == query.state] if query.state else []
    return [*where, *([c.field == query.field] if query.field else [])]


def listing(session: Session, query: CheckQuery, after: int | None, limit: int) -> list[Row]:
    """Reports with what of them is to be checked, in the order in which they came."""
    c, some = ReportCheck, select(Report.id, Report.slug, Report.title)
    some = some.join(c, c.report_id == Report.id).where(*_asked(query), Report.id > (after or 0))
    rows: Any = session.execute(some.distinct().order_by(Report.id).limit(limit))
    found = {id_: Row(id_, slug, title, []) for id_, slug, title in rows}
    checks = select(c.report_id, c.field, c.reason, c.state, c.note).order_by(c.id)
    for id_, field, reason, state, note in session.execute(checks.where(c.report_id.in_(found))):
        if query.state in (None, state) and query.field in (None, field):
            found[id_].checks.append(Check(field, reason, state.value, note))
    return list(found.values())


def following(session: Session, report_id: int, query: CheckQuery) -> Row | None:
    """The report of such a list that waits next after one, or else the first."""
    open_ = query._replace(state=CheckState.OPEN)
    for after in (report_id, None):
        if found := listing(session, open_, after, 1):
            return found[0]
    return None


def every(session: Session, query: CheckQuery) -> Iterator[Row]:
    """The same for a download, some at a time."""
    after: int | None = None
    while found := listing(session, query, after, 500):
        yield from found
        after = found[-1].id


def counts(session: Session, query: CheckQuery) -> tuple[dict[str, int], dict[str, int]]:
    """How many reports there are with something in each state, and of each field in the state that
    is asked for.
    """
    c, many = ReportCheck, func.count(distinct(ReportCheck.report_id))
    states = dict.fromkeys((each.value for each in CheckState), 0)
    of_state = select(c.state, many).join(Report, Report.id == c.report_id).group_by(c.state)
    for state, number in session.execute(of_state.where(*_asked(query._replace(state=None)))):
        states[state.value] = number
    of_field = select(c.field, many).join(Report, Report.id == c.report_id).group_by(c.field)
    fields: Any = session.execute(
        of_field.where(*_asked(query._replace(field=None))).order_by(c.field)
    )
    return states, {field: number for field, number in fields}  # noqa: C416
