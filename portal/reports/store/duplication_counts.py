"""The facts and counts of the duplication report: kept with each write, rebuilt by command.

`reuse_counts` says which services a transaction touched.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from datetime import date
from typing import Any

from sqlalchemy import ColumnElement, delete, select, tuple_
from sqlalchemy.orm import Session

from portal import clock
from portal.audit import london_day
from portal.catalogue.models.usage import Usage
from portal.catalogue.store.usage import USING
from portal.db import chunks
from portal.reports.models.duplication import DuplicationCount, DuplicationFact
from portal.reports.rules.duplication_counts import Fact, Key, bodies, counts, crossed
from portal.reports.rules.reuse import Place
from portal.reports.store import duplication_facts, kept_counts, reuse_facts
from portal.reports.store.duplication_facts import Counting
from portal.reports.words import Way

_F, _C = DuplicationFact, DuplicationCount
_KEY = [getattr(_C, name) for name in Key._fields]


def renew(session: Session, ids: Iterable[int], day: date) -> None:
    """Count services afresh of which something was written or changed with the day."""
    some = list(ids)
    old = kept_facts(session, _F.service_id.in_(some))
    new = duplication_facts.read(session, reuse_facts.of_ids(some), day)
    moved = [id_ for id_ in some if old.get(id_) != new.get(id_)]
    if not moved:
        return
    session.execute(delete(_F).where(_F.service_id.in_(moved)))
    kept_counts.keep(session, _F, {id_: new[id_] for id_ in moved if id_ in new})
    change = _difference(old, new, moved)
    change.update(crossed(_known(session, change), change))
    kept_counts.add(session, _C, change)


def _difference(
    old: Mapping[int, Counting], new: Mapping[int, Counting], ids: Iterable[int]
) -> Counter[Key]:
    change: Counter[Key] = Counter()
    for id_ in ids:
        if id_ in old:
            change.subtract(counts(*old[id_]))
        if id_ in new:
            change.update(counts(*new[id_]))
    return Counter({key: by for key, by in change.items() if by})


def _known(session: Session, change: Mapping[Key, int]) -> dict[Key, int]:
    """The counts by organisation that change, as they are."""
    found: dict[Key, int] = {}
    keys = [key for key in change if key.counted == Way.BODY]
    for some in chunks(keys, 100):
        rows: Any = session.execute(select(*_KEY, _C.many).where(tuple_(*_KEY).in_(some)))
        found |= {Key(*row[:-1]): row[-1] for row in rows}
    return found


def kept_facts(session: Session, *where: ColumnElement[bool]) -> dict[int, Counting]:
    """The facts of services as the table has them, by the service's id."""
    columns = [getattr(_F, name) for name in (*Fact._fields, *Place._fields)]
    found: dict[int, Counting] = {}
    rows: Any = session.execute(select(*columns).where(*where).order_by(_F.service_id, _F.usage_id))
    for *fact, body, kind, phase in rows:
        known = found.setdefault(fact[0], Counting(Place(body, kind, phase), []))
        known.facts.append(Fact(*fact))
    return found


def rebuild(session: Session, day: date) -> int:
    """Write facts and counts afresh; returns how many counts."""
    for table in (_F, _C):
        session.execute(delete(table))
    found: Counter[Key] = Counter()
    for which in reuse_facts.in_parts(session):
        part = duplication_facts.read(session, which, day)
        kept_counts.keep(session, _F, part)
        for each in part.values():
            found.update(counts(*each))
    found.update(bodies(found))
    kept_counts.fill(session, _C, found)
    return len(found)


def kept(session: Session) -> dict[Key, int]:
    """Every count that is kept."""
    rows: Any = session.execute(select(*_KEY, _C.many).where(_C.many != 0))
    return {Key(*row[:-1]): row[-1] for row in rows}


def counted(session: Session, day: date | None = None) -> dict[Key, int]:
    """Every count of a day (today), worked out from the records themselves; of services that only
    the day has changed since they were counted, from what is kept of them.
    """
    day = day or london_day(clock.now())
    late = set(due(session, day))
    found: Counter[Key] = Counter()
    for which in reuse_facts.in_parts(session):
        for id_, each in duplication_facts.read(session, which, day).items():
            if id_ not in late:
                found.update(counts(*each))
    for some in chunks(sorted(late)):
        for each in kept_facts(session, _F.service_id.in_(some)).values():
            found.update(counts(*each))
    found.update(bodies(found))
    return {key: many for key, many in found.items() if many}


def due(session: Session, day: date) -> list[int]:
    """The services that count otherwise on a day than they were counted."""
    query = select(_F.service_id).where(_F.changes_on <= day).distinct().order_by(_F.service_id)
    return list(session.scalars(query))


def never_counted(session: Session) -> bool:
    """Whether something is in use and there are no facts, as after an upgrade."""
    if session.scalar(select(_F.service_id).limit(1)) is not None:
        return False
    counts = Usage.status.in_(USING), Usage.arrangement.in_(duplication_facts.WAYS)
    return session.scalar(select(Usage.id).where(*counts).limit(1)) is not None
