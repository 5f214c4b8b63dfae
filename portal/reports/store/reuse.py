"""What the reuse report reads: counts where they say it, or else what counts of each service."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date
from typing import Any

from sqlalchemy import ColumnElement, and_, case, func, literal, or_, select, union_all
from sqlalchemy.orm import Session

from portal.audit import kept
from portal.reports.models.reuse import ReuseCount, ReuseFact
from portal.reports.rules.reuse import (
    BEST,
    EVERY_NEED,
    GOVERNMENT,
    NO_COMPONENT,
    Key,
)
from portal.reports.rules.reuse_query import Answer, Of, Question, Scope, tally
from portal.reports.rules.reuse_rates import Numbers
from portal.reports.store import reuse_as_at
from portal.reports.words import By, Counted

_C, _F = ReuseCount, ReuseFact
_KEY = [getattr(_C, name) for name in Key._fields]


def answer(session: Session, question: Question, day: date) -> Answer:
    """The rows of the report, worked out once for each version of the records.

    Args:
        session: where to look.
        question: what is asked for.
        day: today.
    """
    return kept(session, ("reuse", question, day), lambda: _answer(session, question, day))


def _answer(session: Session, question: Question, day: date) -> Answer:
    if question.on is not None and question.on != day:
        return tally(question, reuse_as_at.read(session, question.on, question.basis))
    found = Answer()
    where = from_counts(question)
    rows = _counts(session, where, day) if where is not None else None
    for key, many in _facts(session, question, day) if rows is None else rows:
        _put(found, question, key, many)
    return found


def answers(session: Session, questions: Sequence[Question], day: date) -> list[Answer]:
    """The rows of several questions of today; from the counts that are kept in one statement."""
    wheres = [from_counts(question) for question in questions]
    if any(where is None for where in wheres):
        return [answer(session, question, day) for question in questions]
    parts = [select(literal(at), *_KEY, _C.many, _due(day)).where(_C.many != 0, *(where or ()))
             for at, where in enumerate(wheres)]  # fmt: skip
    rows: Any = session.connection().execute(union_all(*parts)).all()
    if any(row[-1] is not None for row in rows[:1]):
        return [answer(session, question, day) for question in questions]
    found = [Answer() for _question in questions]
    for at, *key, many, _changes in rows:
        _put(found[at], questions[at], Key._make(key), many)
    return found


def _put(found: Answer, question: Question, key: Key, many: int) -> None:
    by, said = question.by, (key.counted, key.standing, many)
    if key.counted == Counted.SERVICES:
        found.add(_row(by, key) if by in _PLACES else None, *said)
    elif by is By.COMPONENT and key.component_id != NO_COMPONENT:
        of = found.rows.setdefault(key.component_id, Numbers())
        of.add(*said)
    elif by is By.COMPONENT:
        found.total.add(*said)
    else:
        found.add(_row(by, key), *said)


_PLACES = (By.ORGANISATION, By.SECTOR, By.PHASE)


def _row(by: By, key: Key) -> Of:
    match by:
        case By.ORGANISATION:
            return key.organisation_id
        case By.SECTOR:
            return key.kind
        case By.PHASE:
            return key.phase
    return key.capability_id


def from_counts(question: Question) -> list[ColumnElement[bool]] | None:
    """Which of the counts that are kept answer a question; None where none do."""
    by, scope = question.by, question.scope
    if scope.component is not None:
        return None
    level = _level(by, scope)
    if level is None:
        return None
    needs = scope.needs
    if by is By.COMPONENT:
        if needs is not None and len(needs) != 1:
            return None
        of = next(iter(needs)) if needs else EVERY_NEED
        ways = [_C.counted == Counted.SHARED, _C.capability_id == of]
        return [*level, or_(and_(*ways), _plain(needs))]
    return [*level, _plain(needs, over=by is not By.CAPABILITY)]


def _plain(needs: frozenset[int] | None, over: bool = True) -> ColumnElement[bool]:
    """The counts of needs; over all of them where `over` says so and none is chosen."""
    services = _C.counted == Counted.SERVICES
    mine: ColumnElement[bool] = _C.capability_id != EVERY_NEED
    if needs is not None:
        mine = _C.capability_id.in_(sorted(needs))
    elif over:
        mine = _C.capability_id == EVERY_NEED
    return and_(_C.component_id == NO_COMPONENT, or_(services, mine))


def _level(by: By, scope: Scope) -> list[ColumnElement[bool]] | None:
    """Where the counts are that are of a scope; None where none are."""
    kinds, phase = scope.kinds, scope.phase
    if by is By.ORGANISATION or scope.bodies is not None:
        if phase is not None or kinds is not None or by not in (By.ORGANISATION, By.CAPABILITY):
            return None
        mine = _C.organisation_id != GOVERNMENT
        return [mine if scope.bodies is None else _C.organisation_id.in_(sorted(scope.bodies))]
    if by is By.COMPONENT and (kinds is not None or phase is not None):
        return None
    of_kind = _C.kind == "" if kinds is None else _C.kind.in_(sorted(kinds))
    of_phase = _C.phase == (phase or "")
    if by is By.SECTOR:
        of_kind = of_kind if kinds is not None else _C.kind != ""
    elif by is By.PHASE:
        of_phase = of_phase if phase is not None else _C.phase != ""
    return [_C.organisation_id == GOVERNMENT, of_kind, of_phase]


def _counts(
    session: Session, where: list[ColumnElement[bool]], day: date
) -> list[tuple[Key, int]] | None:
    """The counts that are kept; None where something lapsed, got stale or ended since then."""
    query = select(*_KEY, _C.many, _due(day)).where(_C.many != 0, *where)
    rows: Any = session.connection().execute(query).all()
    if any(row[-1] is not None for row in rows[:1]):
        return None
    return [(Key(*row[:7]), row[7]) for row in rows]


def _due(day: date) -> Any:
    """A day on which something changed that is not counted yet; None where there is none."""
    return select(_F.changes_on).where(_F.changes_on <= day).limit(1).scalar_subquery()


def standing_on(day: date) -> ColumnElement[str]:
    """How a fact stands on a day, if nobody wrote since; empty where it is over."""
    turned = _F.changes_on <= day
    return case((turned, _F.next_standing), else_=_F.standing)


def holds_on(day: date) -> ColumnElement[bool]:
    """The condition that a fact still holds on a day."""
    return or_(_F.changes_on.is_(None), _F.changes_on > day, _F.next_standing != "")


def narrowed(scope: Scope) -> list[ColumnElement[bool]]:
    """The conditions of a scope on facts."""
    services = _F.counted == Counted.SERVICES
    found: list[ColumnElement[bool]] = []
    if scope.bodies is not None:
        found.append(_F.organisation_id.in_(sorted(scope.bodies)))
    if scope.kinds is not None:
        found.append(_F.kind.in_(sorted(scope.kinds)))
    if scope.phase is not None:
        found.append(_F.phase == scope.phase)
    if scope.needs is not None:
        found.append(or_(services, _F.capability_id.in_(sorted(scope.needs))))
    if scope.component is not None:
        found.append(or_(services, _F.component_id == scope.component))
    return found


def ranked(day: date) -> ColumnElement[int]:
    """The place of the best standing of several facts in `BEST`."""
    stood = standing_on(day)
    return func.min(case(*((stood == each.value, at) for at, each in enumerate(BEST)), else_=-1))


def _facts(session: Session, question: Question, day: date) -> Iterator[tuple[Key, int]]:
    """The same from the facts: each way to meet a need of a service once."""
    by = question.by
    of = {By.ORGANISATION: _F.organisation_id, By.SECTOR: _F.kind, By.PHASE: _F.phase}.get(by)
    columns = [_F.capability_id, _F.counted] if of is None else [of, _F.counted]
    unit = [_F.service_id, _F.capability_id, _F.counted]
    where = [holds_on(day), *narrowed(question.scope)]
    yield from _units(session, where, unit, columns, day)
    if by is By.COMPONENT:
        shared = [*where, _F.component_id != NO_COMPONENT]
        unit = [_F.service_id, _F.component_id, _F.counted]
        yield from _units(session, shared, unit, [_F.component_id, _F.counted], day)


def _units(
    session: Session, where: list[ColumnElement[bool]], unit: list[Any], columns: list[Any],
    day: date,
) -> Iterator[tuple[Key, int]]:  # fmt: skip
    inner = (
        select(*columns, ranked(day).label("best")).where(*where).group_by(*{*unit, *columns})
    ).subquery()
    names = [inner.c[each.key] for each in columns]
    query = select(*names, inner.c.best, func.count()).group_by(*names, inner.c.best)
    empty = Key(GOVERNMENT, "", "", EVERY_NEED, NO_COMPONENT, "", "")
    for *values, best, many in session.connection().execute(query):
        named = {column.key: value for column, value in zip(columns, values, strict=True)}
        stood = BEST[best].value if best >= 0 else ""
        yield empty._replace(**named, standing=stood), many


def cells(
    session: Session, bodies: frozenset[int], needs: frozenset[int], day: date
) -> dict[tuple[int, int], Numbers]:
    """How organisations meet needs with their own services, by (organisation, need)."""
    where = [
        _C.organisation_id.in_(sorted(bodies)), _C.kind == "", _C.phase == "",
        _C.capability_id.in_(sorted(needs)), _C.component_id == NO_COMPONENT,
    ]  # fmt: skip
    rows = _counts(session, where, day)
    if rows is None:
        unit = [_F.service_id, _F.capability_id, _F.counted]
        scope = [holds_on(day), *narrowed(Scope(bodies=bodies, needs=needs))]
        columns = [_F.organisation_id, _F.capability_id, _F.counted]
        rows = list(_units(session, scope, unit, columns, day))
    found: dict[tuple[int, int], Numbers] = {}
    for key, many in rows:
        if key.counted != Counted.SERVICES:
            of = key.organisation_id, key.capability_id
            found.setdefault(of, Numbers()).add(key.counted, key.standing, many)
    return found
