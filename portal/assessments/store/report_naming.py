"""Reports as a form names them: by the address of the page here, or by words of the title."""

from __future__ import annotations

from datetime import date
from typing import NamedTuple

from sqlalchemy import select
from sqlalchemy.orm import Session

from portal import search
from portal.assessments.models.assessments import Assessment, Report
from portal.assessments.store.report_documents import THING

_MOST = 8


class Held(NamedTuple):
    """An assessment that a report tells of."""

    slug: str
    position: int
    title: str
    stage: str
    kind: str
    held_on: date | None


def named(session: Session, text: str, slug: str | None, without: int) -> tuple[list[Held], bool]:
    """The assessments of the reports that a text may mean, and whether it is surely one report:
    that at an address, or the only one of a title.

    Args:
        session: where to look.
        text: what somebody typed.
        slug: the last part of the address that it is, if it may be one.
        without: the id of a report that cannot be meant.
    """
    rows = _rows(session, Report.slug == slug, without) if slug else []
    if rows or "/" in text:
        return rows, True
    rows = _rows(session, Report.title == text, without)
    if len({row.slug for row in rows}) == 1:
        return rows, True
    ids = search.find(session, THING, text, _MOST).ids
    return rows or _rows(session, Report.id.in_(ids), without), False


def _rows(session: Session, which: object, without: int) -> list[Held]:
    r, a = Report, Assessment
    query = (
        select(r.slug, a.position, r.title, a.stage, a.kind, a.held_on)
        .join(a, a.report_id == r.id)
        .where(which, r.same_as_id.is_(None), r.id != without)  # type: ignore[arg-type]
        .order_by(r.title, r.id, a.position)
        .limit(2 * _MOST)
    )
    return [
        Held(slug, position, title, stage.value, kind.value, day)
        for slug, position, title, stage, kind, day in session.execute(query)
    ]
