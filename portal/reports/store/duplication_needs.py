"""What the duplication report reads, in one statement: how each need is met, what is offered for
it, what services have answered, and pairs that may be one service.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Collection, Iterable
from datetime import date
from typing import Any, NamedTuple

from sqlalchemy import (
    ColumnElement,
    Select,
    String,
    Text,
    case,
    cast,
    exists,
    func,
    literal,
    select,
    type_coerce,
    union_all,
)
from sqlalchemy.orm import Session, aliased

from portal.audit import kept
from portal.catalogue.component_words import ComponentKind, Lifecycle
from portal.catalogue.models.components import Component, ComponentCapability
from portal.catalogue.models.duplicates import DuplicatePair
from portal.catalogue.words import RecordKind
from portal.db import chunks
from portal.reports.models.duplication import DuplicationCount, DuplicationFact
from portal.reports.models.reuse import ReuseCount, ReuseFact
from portal.reports.rules.duplication import Duplication, Offered, offer
from portal.reports.rules.duplication_counts import BEHIND, Item, Row, items, rows_of, together
from portal.reports.rules.reuse import GOVERNMENT
from portal.reports.rules.reuse_query import Question, Scope
from portal.reports.rules.reuse_rates import Numbers
from portal.reports.store import duplication_counts, duplication_facts, reuse
from portal.reports.store.duplication_facts import Counting
from portal.reports.store.reuse_facts import MANY, of_ids
from portal.reports.words import Counted, Way

_C, _F = DuplicationCount, DuplicationFact
_OF = (_C.capability_id, _C.counted, _C.whose)
#: The columns of the statement's parts beside which part a row is of.
_PARTS = ("need", "counted", "whose", "items", "many", "squares", "repeated", "said")
_TEXTS = ("counted", "whose", "said")


class Report(NamedTuple):
    """How needs are met.

    Attributes:
        needs: by need.
        numbers: what services have answered, by need.
        services: how many count.
        pairs: pairs of services that may be one, by what was decided.
    """

    needs: dict[int, Duplication]
    numbers: dict[int, Numbers]
    services: int
    pairs: dict[str, int]


def read(session: Session, scope: Scope, day: date) -> Report:
    """The report, worked out once for each version of the records.

    Args:
        session: where to look.
        scope: what counts.
        day: today.
    """
    return kept(session, ("duplication", scope, day), lambda: _read(session, scope, day))


def _read(session: Session, scope: Scope, day: date) -> Report:
    level, answered = _level(scope), reuse.from_counts(Question(scope=scope))
    parts = [_due(_F.changes_on, "ways", day), _due(ReuseFact.changes_on, "answers", day)]
    parts += [_offered(scope.needs), _pairs()]
    parts += [] if level is None else [_ways(level), _ends(level, day)]
    parts += [] if answered is None else [_answers(answered)]
    found: dict[str, list[Any]] = {}
    for part, *row in session.connection().execute(union_all(*parts)):
        found.setdefault(part, []).append(row)
    late = {row[1] for row in found.get("due", ())}
    if level is None or "ways" in late:
        rows: Iterable[Row] = rows_of(_from_facts(session, scope, day), day)
    else:
        rows = map(_row, found.get("ways", ()))
    numbers, services = _numbers(found.get("answers", ()))
    if answered is None or "answers" in late:
        answer = reuse.answer(session, Question(scope=scope), day)
        numbers, services = answer.rows, answer.total.services  # type: ignore[assignment]
    pairs = {row[1]: int(row[4]) for row in found.get("pairs", ())}
    return Report(together(rows, _offers(found.get("offered", ()))), numbers, services, pairs)


def _level(scope: Scope) -> list[ColumnElement[bool]] | None:
    """Where the counts are that are of a scope; None where none are."""
    if scope.bodies is not None and (scope.kinds is not None or scope.phase is not None):
        return None
    found: list[ColumnElement[bool]] = [
        _C.organisation_id == GOVERNMENT if scope.bodies is None
        else _C.organisation_id.in_(sorted(scope.bodies)),
        _C.kind == "" if scope.kinds is None else _C.kind.in_(sorted(scope.kinds)),
        _C.phase == (scope.phase or ""),
    ]  # fmt: skip
    if scope.needs is not None:
        found.append(_C.capability_id.in_(sorted(scope.needs)))
    if scope.component is not None:
        found += [_C.counted == Way.SHARED, _C.item == str(scope.component)]
    return found


def _part(part: str, **columns: Any) -> Select[Any]:
    """A part of the statement; what it does not say is 0 or empty."""
    empty: dict[str, Any] = dict.fromkeys(_PARTS, 0) | dict.fromkeys(
        ("counted", "whose", "said"), ""
    )
    values = [columns.get(name, literal(value)) for name, value in empty.items()]
    return select(literal(part), *values)


def _due(changes_on: Any, what: str, day: date) -> Select[Any]:
    """A row where something counts otherwise on a day than it was counted."""
    return _part("due", counted=literal(what)).where(exists().where(changes_on <= day))


def _offered(needs: Collection[int] | None) -> Select[Any]:
    """Live components that meet needs, with who may use each."""
    c, of = Component, ComponentCapability
    query = _part("offered", need=of.capability_id, said=cast(c.sectors, Text)).join_from(
        of, c, c.id == of.component_id
    )
    query = query.where(c.lifecycle == Lifecycle.LIVE, c.kind != ComponentKind.CONTRACT)
    return query if needs is None else query.where(of.capability_id.in_(sorted(needs)))


def _pairs() -> Select[Any]:
    p = DuplicatePair
    decision = type_coerce(p.decision, String)
    query = _part("pairs", counted=decision, many=func.count())
    return query.where(p.kind == RecordKind.SERVICE).group_by(p.decision)


def _ways(level: list[ColumnElement[bool]]) -> Select[Any]:
    shown = [way.value for way in Way if way not in BEHIND]
    same = (
        select(*_OF, func.sum(_C.many).label("many"))
        .where(*level, _C.counted.in_(shown), _C.many > 0)
        .group_by(*_OF, _C.item)
    ).subquery()
    many, of = same.c.many, [same.c[column.key] for column in _OF]
    return _part(
        "ways", need=of[0], counted=of[1], whose=of[2], items=func.count(), many=func.sum(many),
        squares=func.sum(many * many), repeated=func.sum(case((many > 1, many), else_=0)),
    ).group_by(*of)  # fmt: skip


def _ends(level: list[ColumnElement[bool]], day: date) -> Select[Any]:
    """The first ends of contracts, each found at once in the order of the days."""
    e = aliased(_C)
    same = ("organisation_id", "kind", "phase", "capability_id", "whose")
    first = (
        select(e.item)
        .where(*(getattr(e, name) == getattr(_C, name) for name in same), e.counted == Way.END,
               e.item >= day.isoformat(), e.many > 0)
        .order_by(e.item).limit(1).correlate(_C).scalar_subquery()
    )  # fmt: skip
    query = _part("ways", need=_C.capability_id, counted=literal(Way.END.value), whose=_C.whose,
                  said=func.coalesce(first, ""))  # fmt: skip
    return query.where(*level, _C.counted == Way.OPEN, _C.many > 0)


def _answers(where: list[ColumnElement[bool]]) -> Select[Any]:
    c, said = ReuseCount, (Counted.SERVICES, Counted.NEEDED, Counted.NOT_NEEDED)
    query = _part("answers", need=c.capability_id, counted=c.counted, many=func.sum(c.many))
    return query.where(*where, c.counted.in_(said)).group_by(c.capability_id, c.counted)


def _row(row: Any) -> Row:
    need, counted, whose, *numbers, said = row
    first = date.fromisoformat(said) if said else None
    return Row._make((counted, need, whose, *map(int, numbers), first))


def _numbers(rows: Iterable[Any]) -> tuple[dict[int, Numbers], int]:
    found: dict[int, Numbers] = {}
    for need, counted, _whose, _items, many, *_rest in rows:
        found.setdefault(need, Numbers()).add(counted, "", int(many))
    return found, sum(each.services for each in found.values())


def _offers(rows: Iterable[Any]) -> dict[int, Offered]:
    found: dict[int, list[Any]] = {}
    for need, *_rest, sectors in rows:
        found.setdefault(need, []).append(json.loads(sectors))
    return {need: offer(some) for need, some in found.items()}


def _from_facts(session: Session, scope: Scope, day: date) -> Counter[Item]:
    """Counts of a scope from the facts of services, as they are on a day."""
    late = duplication_counts.due(session, day)
    known = duplication_counts.kept_facts(session, *_narrowed(scope))
    for some in chunks(late, MANY):
        for id_ in some:
            known.pop(id_, None)
        fresh = duplication_facts.read(session, of_ids(some), day)
        known |= {id_: each for id_, each in fresh.items() if scope.has(each.place)}
    found: Counter[Item] = Counter()
    for each in known.values():
        found.update(items(*_about(each, scope)))
    return found


def _narrowed(scope: Scope) -> list[ColumnElement[bool]]:
    found: list[ColumnElement[bool]] = []
    for column, some in ((_F.organisation_id, scope.bodies), (_F.kind, scope.kinds)):
        found += [] if some is None else [column.in_(some)]
    return [*found, _F.phase == scope.phase] if scope.phase is not None else found


def _about(of: Counting, scope: Scope) -> Counting:
    """The same with only the ways that a scope is about."""
    facts = [
        fact for fact in of.facts
        if (scope.needs is None or fact.capability_id in scope.needs)
        and (scope.component is None
             or (fact.counted, fact.item) == (Way.SHARED, str(scope.component)))
    ]  # fmt: skip
    return Counting(of.place, facts)
