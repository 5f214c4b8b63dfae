"""What the search knows of reports."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from sqlalchemy import select
from sqlalchemy.orm import Session

from portal import search
from portal.assessments.models.assessments import Assessment, AssessmentOwner, Report
from portal.assessments.store.report_documents import THING
from portal.catalogue.models.organisations import Organisation
from portal.catalogue.store.gather import lists_of
from portal.db import chunks


def documents(session: Session, ids: Iterable[int] | None = None) -> Iterator[search.Document]:
    """Reports as they are searched for, some at a time: the title and what services were called
    first, then the organisations, then the text.
    """
    every = select(Report.id).order_by(Report.id)
    for some in chunks(list(session.scalars(every).all() if ids is None else ids)):
        yield from _documents(session, some)


def _documents(session: Session, ids: list[int]) -> Iterator[search.Document]:
    r, a, o, body = Report, Assessment, AssessmentOwner, Organisation
    names = lists_of(session, a.report_id, a.id, ids, a.name)
    owners: dict[int, list[str]] = {}
    rows = session.execute(
        select(a.report_id, o.published_name, body.name, body.abbreviation)
        .join(o, o.assessment_id == a.id)
        .outerjoin(body, body.id == o.organisation_id)
        .where(a.report_id.in_(ids))
    )
    for id_, *called in rows:
        owners.setdefault(id_, []).extend(name for name in called if name)
    texts = select(r.id, r.title, r.summary, r.body).where(r.id.in_(ids)).order_by(r.id)
    for id_, title, summary, text in session.execute(texts):
        yield search.Document(
            thing=THING,
            thing_id=id_,
            names=title,
            other_names="\n".join(dict.fromkeys(name for (name,) in names.get(id_, []))),
            organisations="\n".join(dict.fromkeys(owners.get(id_, []))),
            body=f"{summary or ''}\n{text}",
        )
