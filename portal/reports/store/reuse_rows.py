"""What of services counts, as rows: of today as it is kept, of an earlier day as it is worked out;
and counted from there, where no counts are kept.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date
from typing import Any

from sqlalchemy import ColumnElement, Subquery, and_, case, func, or_, select
from sqlalchemy.orm import Session

from portal.reports.models.reuse import ReuseFact
from portal.reports.rules.reuse import (
    BEST,
    EVERY_NEED,
    GOVERNMENT,
    MET,
    NO_COMPONENT,
    NOT_RANKED,
    Key,
    is_shown,
)
from portal.reports.rules.reuse_query import Question, Scope
from portal.reports.store import reuse_as_at
from portal.reports.words import Counted

_F = ReuseFact
#: What stands for a way in which a need is not met.
_NONE = len(BEST)
_SAID = {Counted.SERVICES: 3, Counted.NEEDED: 2, Counted.NOT_NEEDED: 1}


def of(question: Question, day: date) -> Subquery:
    """The rows that answer a question, by the day that it asks for; `day` is today."""
    if question.on is not None and question.on != day:
        return reuse_as_at.rows(question.on, question.basis)
    return kept(day)


def kept(day: date) -> Subquery:
    """The facts that are kept as they stand on a day, if nobody wrote since. `best` is the place
    of a standing in `BEST`, or `NOT_RANKED`.
    """
    stood = case((_F.changes_on <= day, _F.next_standing), else_=_F.standing)
    best = case(*((stood == each.value, at) for at, each in enumerate(BEST)), else_=NOT_RANKED)
    holds = or_(_F.changes_on.is_(None), _F.changes_on > day, _F.next_standing != "")
    return select(
        _F.service_id, _F.capability_id, _F.counted, _F.component_id, best.label("best"),
        _F.organisation_id, _F.kind, _F.phase,
    ).where(holds).subquery("counting")  # fmt: skip


def narrowed(rows: Subquery, scope: Scope) -> list[ColumnElement[bool]]:
    """The conditions of a scope on rows."""
    r, found = rows.c, list[ColumnElement[bool]]()
    services = r.counted == Counted.SERVICES
    if scope.bodies is not None:
        found.append(r.organisation_id.in_(sorted(scope.bodies)))
    if scope.kinds is not None:
        found.append(r.kind.in_(sorted(scope.kinds)))
    if scope.phase is not None:
        found.append(r.phase == scope.phase)
    if scope.needs is not None:
        found.append(or_(services, r.capability_id.in_(sorted(scope.needs))))
    if scope.component is not None:
        found.append(or_(services, r.component_id == scope.component))
    return found


def shown(rows: Subquery) -> ColumnElement[bool]:
    """Whether a row is a way that the report has a column for: the same as `is_shown`."""
    return or_(*(
        and_(rows.c.counted == way, rows.c.best == at)
        for way in MET for at, each in enumerate(BEST) if is_shown(way, each)
    ))  # fmt: skip


def counted(
    session: Session, rows: Subquery, scope: Scope, columns: Sequence[str]
) -> Iterator[tuple[Key, int]]:
    """How often needs of services are met in each way, by columns of rows: each need of a service
    is one group, with the best standing of each way in a number.
    """
    r = rows.c
    by = [r[name] for name in columns]
    best = (
        func.coalesce(func.min(case((r.counted == way, r.best))), _NONE) * (_NONE + 1) ** at
        for at, way in enumerate(MET)
    )
    said = case(*((r.counted == each, number) for each, number in _SAID.items()), else_=0)
    inner = (
        select(*by, sum(best, 0).label("ways"), func.max(said).label("said"))
        .where(*narrowed(rows, scope))
        .group_by(r.service_id, r.capability_id, *by)
    ).subquery()
    names = [inner.c[name] for name in (*columns, "ways", "said")]
    empty = Key(GOVERNMENT, "", "", EVERY_NEED, NO_COMPONENT, "", "")
    query = select(*names, func.count()).group_by(*names)
    for *values, ways, what, many in session.connection().execute(query):
        key = empty._replace(**dict(zip(columns, values, strict=True)))
        for name, stood in _meant(ways, what, scope.component is None):
            yield key._replace(counted=name, standing=stood), many


def _meant(ways: int, said: int, answers: bool) -> Iterator[tuple[str, str]]:
    """What counts of a need of a service, with its standing; `answers` whether those do."""
    if said == _SAID[Counted.SERVICES]:
        yield Counted.SERVICES.value, ""
        return
    met = list[tuple[str, str]]()
    for way in MET:
        ways, rank = divmod(ways, _NONE + 1)
        met += [(way.value, BEST[rank].value)] if rank < _NONE else []
    yield from met
    if not answers:
        return
    if met or said == _SAID[Counted.NEEDED]:
        yield Counted.NEEDED.value, ""
        if not any(is_shown(*each) for each in met):
            yield Counted.UNSAID.value, ""
    elif said == _SAID[Counted.NOT_NEEDED]:
        yield Counted.NOT_NEEDED.value, ""


def components(session: Session, rows: Subquery, scope: Scope) -> Iterator[tuple[Key, int]]:
    """How many services use each component, by the best standing of its uses."""
    r = rows.c
    inner = (
        select(r.component_id, func.min(r.best).label("best"))
        .where(*narrowed(rows, scope), r.component_id != NO_COMPONENT)
        .group_by(r.service_id, r.component_id)
    ).subquery()
    query = select(inner.c.component_id, inner.c.best, func.count()).group_by(
        inner.c.component_id, inner.c.best
    )
    found: Any = session.connection().execute(query)
    for component, best, many in found:
        shared = Counted.SHARED.value, BEST[best].value
        yield Key(GOVERNMENT, "", "", EVERY_NEED, component, *shared), many
