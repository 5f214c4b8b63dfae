"""What the reuse report reads: counts where they say it, or else what counts of each service."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date
from typing import Any

from sqlalchemy import ColumnElement, and_, literal, or_, select, union_all
from sqlalchemy.orm import Session

from portal.audit import kept
from portal.reports.models.reuse import ReuseCount, ReuseFact
from portal.reports.rules.reuse import EVERY_NEED, GOVERNMENT, NO_COMPONENT, Key
from portal.reports.rules.reuse_query import Answer, Of, Question, Scope
from portal.reports.rules.reuse_rates import Numbers
from portal.reports.store import reuse_rows
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
    found = Answer()
    where = from_counts(question) if question.on in (None, day) else None
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
_COLUMNS = {
    By.CAPABILITY: "capability_id", By.COMPONENT: "capability_id",
    By.ORGANISATION: "organisation_id", By.SECTOR: "kind", By.PHASE: "phase",
}  # fmt: skip


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


def _facts(session: Session, question: Question, day: date) -> Iterator[tuple[Key, int]]:
    """The same from what counts of each service: each way to meet a need of a service once."""
    rows, scope = reuse_rows.of(question, day), question.scope
    yield from reuse_rows.counted(session, rows, scope, [_COLUMNS[question.by]])
    if question.by is By.COMPONENT:
        yield from reuse_rows.components(session, rows, scope)


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
        facts, scope = reuse_rows.kept(day), Scope(bodies=bodies, needs=needs)
        columns = ["organisation_id", "capability_id"]
        rows = list(reuse_rows.counted(session, facts, scope, columns))
    found: dict[tuple[int, int], Numbers] = {}
    for key, many in rows:
        if key.counted != Counted.SERVICES:
            of = key.organisation_id, key.capability_id
            found.setdefault(of, Numbers()).add(key.counted, key.standing, many)
    return found
