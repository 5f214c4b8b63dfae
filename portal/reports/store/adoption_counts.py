"""Adoption of shared components over time: facts and counts kept with each write, rebuilt by
command. `reuse_counts` says which services a transaction touched.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator
from datetime import date
from typing import Any, NamedTuple

from sqlalchemy import ColumnElement, delete, func, select
from sqlalchemy.orm import Session

from portal import audit, clock
from portal.catalogue.component_words import Arrangement
from portal.catalogue.models.organisations import Organisation
from portal.catalogue.models.services import Service
from portal.catalogue.models.usage import Usage
from portal.reports.models.adoption import AdoptionCount, AdoptionFact
from portal.reports.rules.adoption import (
    Fact,
    Key,
    Steps,
    Use,
    counts,
    fact_of,
    months,
    span_of,
    steps,
    wanted,
)
from portal.reports.rules.reuse import NOBODY, Place
from portal.reports.rules.reuse_query import Scope
from portal.reports.store import kept_counts, reuse_facts
from portal.reports.store.reuse_facts import Which, has_no_parts

_F, _C = AdoptionFact, AdoptionCount
_FACT = [getattr(_F, name) for name in (*Fact._fields, *Place._fields)]
_KEY = [getattr(_C, name) for name in Key._fields]


class Counting(NamedTuple):
    """A service with uses of shared components, retired or not, and where it counts."""

    place: Place
    facts: list[Fact]


def read(session: Session, scope: Scope, day: date) -> list[Use]:
    """Needs met by shared components at the end of each month, worked out once for each version of
    the records.

    Args:
        session: where to look.
        scope: what counts.
        day: today.
    """
    key = ("adoption", scope, day)
    return audit.kept(session, key, lambda: months(_steps(session, scope, day), day))


def _steps(session: Session, scope: Scope, day: date) -> Steps:
    of = wanted(scope)
    if of is None:
        rows: Any = session.connection().execute(select(*_FACT[:8]).where(*_within(scope)))
        facts = (Fact._make(row) for row in rows)
        return steps(span for fact in facts if (span := span_of(fact, day)))
    where = [getattr(_C, name).in_(sorted(some)) for name, some in of.items()]
    query = select(_C.counted, _C.month, func.sum(_C.many)).where(*where)
    rows = session.connection().execute(query.group_by(_C.counted, _C.month))
    found: Steps = Counter({(counted, month): int(many) for counted, month, many in rows})
    for key, by in _drift(session, day).items():
        if all(getattr(key, name) in some for name, some in of.items()):
            found[key.counted, key.month] += by
    return found


def _within(scope: Scope) -> Iterator[ColumnElement[bool]]:
    """The conditions of a scope on facts."""
    if scope.bodies is not None:
        yield _F.organisation_id.in_(sorted(scope.bodies))
    if scope.kinds is not None:
        yield _F.kind.in_(sorted(scope.kinds))
    if scope.phase is not None:
        yield _F.phase == scope.phase
    if scope.needs is not None:
        yield _F.capability_id.in_(sorted(scope.needs))
    if scope.component is not None:
        yield _F.component_id == scope.component


def _drift(session: Session, day: date) -> Counter[Key]:
    """By how much counts differ on a day from those that are kept, because something began or
    lapsed that the worker has not counted yet.
    """
    change: Counter[Key] = Counter()
    for each in _kept(session, _F.service_id.in_(_due(day))).values():
        change.subtract(counts(*each))
        change.update(counts(*each, day))
    return change


def _due(day: date) -> Any:
    return select(_F.service_id).where(_F.changes_on <= day)


def due(session: Session, day: date) -> list[int]:
    """The services that count otherwise on a day than they were counted."""
    return list(session.scalars(_due(day).distinct().order_by(_F.service_id)))


def _kept(session: Session, *where: ColumnElement[bool]) -> dict[int, Counting]:
    """The facts of services as the table has them, by the service's id."""
    found: dict[int, Counting] = {}
    query = select(*_FACT).where(*where).order_by(_F.service_id, _F.usage_id)
    rows: Any = session.connection().execute(query)
    for *fact, body, kind, phase in rows:
        known = found.setdefault(fact[0], Counting(Place(body, kind, phase), []))
        known.facts.append(Fact._make(fact))
    return found


def _read(session: Session, which: Which, day: date) -> dict[int, Counting]:
    """The facts of services from the records, by the service's id."""
    found: dict[int, Counting] = {}
    rows: Any = session.connection().execute(_uses().where(which(Service.id)))
    for body, kind, phase, *fact in rows:
        place = Place(body or NOBODY, kind.value if kind else "", phase.value)
        known = found.setdefault(fact[0], Counting(place, []))
        known.facts.append(fact_of(day, *fact))
    return found


def _uses() -> Any:
    u, s, o = Usage, Service, Organisation
    return (
        select(s.organisation_id, o.kind, s.phase, s.id, u.id, u.capability_id, u.component_id,
               u.since, u.until, u.confirmed_on)
        .join(s, s.id == u.service_id)
        .outerjoin(o, o.id == s.organisation_id)
        .where(u.arrangement == Arrangement.SHARED_COMPONENT, u.since.is_not(None),
               u.disputed_on.is_(None), has_no_parts())
        .order_by(s.id, u.id)
    )  # fmt: skip


def renew(session: Session, ids: Iterable[int], day: date) -> None:
    """Count services afresh of which something was written or changed with the day."""
    some = list(ids)
    old = _kept(session, _F.service_id.in_(some))
    new = _read(session, reuse_facts.of_ids(some), day)
    moved = [id_ for id_ in some if old.get(id_) != new.get(id_)]
    if not moved:
        return
    session.execute(delete(_F).where(_F.service_id.in_(moved)))
    kept_counts.keep(session, _F, {id_: new[id_] for id_ in moved if id_ in new})
    change: Counter[Key] = Counter()
    for id_ in moved:
        if id_ in old:
            change.subtract(counts(*old[id_]))
        if id_ in new:
            change.update(counts(*new[id_]))
    kept_counts.add(session, _C, change)


def moved(session: Session, bodies: list[int]) -> set[int]:
    """The services that count for organisations whose kind says otherwise now."""
    o = Organisation
    query = select(_F.service_id).outerjoin(o, o.id == _F.organisation_id)
    differs = o.id.is_(None) | (_F.kind != o.kind)
    return set(session.scalars(query.where(_F.organisation_id.in_(bodies), differs).distinct()))


def rebuild(session: Session, day: date) -> int:
    """Write facts and counts afresh; returns how many counts."""
    for table in (_F, _C):
        session.execute(delete(table))
    found: Counter[Key] = Counter()
    for which in reuse_facts.in_parts(session):
        part = _read(session, which, day)
        kept_counts.keep(session, _F, part)
        for each in part.values():
            found.update(counts(*each))
    kept_counts.fill(session, _C, found)
    return len(found)


def counted(session: Session) -> dict[Key, int]:
    """Every count of today, worked out from the records themselves."""
    day = audit.london_day(clock.now())
    found: Counter[Key] = Counter()
    for which in reuse_facts.in_parts(session):
        for each in _read(session, which, day).values():
            found.update(counts(*each))
    return {key: many for key, many in found.items() if many}


def kept(session: Session) -> dict[Key, int]:
    """Every count of today as the tables have it."""
    rows: Any = session.execute(select(*_KEY, _C.many).where(_C.many != 0))
    found = Counter({Key(*row[:-1]): row[-1] for row in rows})
    found.update(_drift(session, audit.london_day(clock.now())))
    return {key: many for key, many in found.items() if many}


def never_counted(session: Session) -> bool:
    """Whether shared components are used and there are no facts, as after an upgrade."""
    if session.scalar(select(_F.service_id).limit(1)) is not None:
        return False
    return session.execute(_uses().limit(1)).first() is not None
