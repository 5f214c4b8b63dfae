"""The facts and counts of the reuse report: kept with each write, rebuilt by command.

Every write is in the history, so the history says which services a transaction touched. What
counts of these is worked out afresh just before it ends, and the counts change by the difference.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from datetime import date
from typing import Any

from sqlalchemy import delete, event, or_, select
from sqlalchemy.orm import Session

from portal import audit, clock
from portal.audit import Document, london_day
from portal.catalogue.models.organisations import Organisation
from portal.catalogue.models.services import Service, ServiceSlug
from portal.catalogue.models.usage import Usage
from portal.catalogue.store import components, evidence, organisations, services, usage
from portal.catalogue.words import ServiceRelation
from portal.db import chunks, one_at_a_time
from portal.reports.models.reuse import ReuseCount, ReuseFact
from portal.reports.rules.reuse import Fact, Key, Place, counts, later
from portal.reports.store import (
    adoption_counts,
    duplication_counts,
    duplication_facts,
    kept_counts,
    pipeline_facts,
    reuse_facts,
)
from portal.reports.store.reuse_facts import Counting

_SERVICES, _USAGES, _BODIES, _SLUGS, _COMPONENTS = _ALL = tuple(
    f"reuse_{what}" for what in ("services", "usages", "bodies", "slugs", "components")
)
_FACT = (
    ReuseFact.service_id, ReuseFact.capability_id, ReuseFact.counted, ReuseFact.component_id,
    ReuseFact.standing, ReuseFact.changes_on, ReuseFact.next_standing,
)  # fmt: skip
_PLACE = (ReuseFact.organisation_id, ReuseFact.kind, ReuseFact.phase)


def install() -> None:
    """Have the history and the evidence say what is written."""
    audit.tell(_told)
    evidence.tell_standing(lambda session, id_: _put(session, _USAGES, [id_]))


def touch(session: Session, ids: Iterable[int]) -> None:
    """Say that what counts of services may have changed."""
    _put(session, _SERVICES, ids)


def _put(session: Session, what: str, found: Iterable[Any]) -> None:
    session.info.setdefault(what, set()).update(found)


def _told(session: Session, rows: list[Document]) -> None:
    for row in rows:
        if row["thing"] == services.THING:
            _put(session, _SERVICES, [row["thing_id"]])
            _put(session, _SLUGS, _wholes(row["before"]))
        elif row["thing"] == usage.THING:
            _put(session, _USAGES, [row["thing_id"]])
            for said in (row["before"], row["after"]):
                _put(session, _SLUGS, [said["service"]] if "service" in said else [])
        elif row["thing"] == organisations.THING:
            _put(session, _BODIES, [row["thing_id"]])
        elif row["thing"] == components.THING:
            _put(session, _COMPONENTS, [row["thing_id"]])


def _wholes(before: Document) -> list[str]:
    """The addresses of the services that one was part of."""
    return [
        each["service"]
        for each in before.get("relations") or ()
        if each["relation"] == ServiceRelation.PART_OF
    ]


def settle(session: Session) -> None:
    """Count what was touched. The end of a transaction does so by itself."""
    told = [session.info.pop(what, set()) for what in _ALL]
    if not any(told):
        return
    session.flush()
    one_at_a_time(session)
    ids = _touched(session, *told)
    day = today()
    for some in chunks(sorted(ids), reuse_facts.MANY):
        change: Counter[Key] = Counter()
        for old in kept_facts(session, some).values():
            change.subtract(counts(*old))
        session.execute(delete(ReuseFact).where(ReuseFact.service_id.in_(some)))
        new = reuse_facts.read(session, reuse_facts.of_ids(some), day)
        kept_counts.keep(session, ReuseFact, new)
        for each in new.values():
            change.update(counts(*each))
        kept_counts.add(session, ReuseCount, change)
        duplication_counts.renew(session, some, day)
        adoption_counts.renew(session, some, day)
        pipeline_facts.of_services(session, some)


def today() -> date:
    """The day in London."""
    return london_day(clock.now())


def _touched(
    session: Session, ids: set[int], usages: set[int], bodies: set[int], slugs: set[str],
    built: set[int],
) -> set[int]:  # fmt: skip
    found = set(ids)
    for some in chunks(sorted(usages)):
        found.update(session.scalars(select(Usage.service_id).where(Usage.id.in_(some))))
    for part in chunks(sorted(slugs)):
        found.update(session.scalars(select(Service.id).where(Service.slug.in_(part))))
        s = ServiceSlug
        found.update(session.scalars(select(s.service_id).where(s.slug.in_(part))))
    for some in chunks(sorted(bodies)):
        found.update(_of_bodies(session, some))
        found |= adoption_counts.moved(session, some)
    for some in chunks(sorted(built)):
        found |= duplication_facts.exempt_from(session, some)
    for some in chunks(sorted(found)):
        found |= reuse_facts.whole_of(session, some)
    return found


def _of_bodies(session: Session, bodies: list[int]) -> set[int]:
    """The services that count, or counted, for organisations whose kind says otherwise now."""
    f, o = ReuseFact, Organisation
    moved = (
        select(f.service_id)
        .outerjoin(o, o.id == f.organisation_id)
        .where(f.organisation_id.in_(bodies), or_(o.id.is_(None), f.kind != o.kind))
    )
    return set(session.scalars(moved.distinct()))


@event.listens_for(Session, "before_commit")
def _at_the_end(session: Session) -> None:
    settle(session)


@event.listens_for(Session, "after_rollback")
def _forget(session: Session) -> None:
    for what in _ALL:
        session.info.pop(what, None)


def kept_facts(session: Session, ids: Iterable[int]) -> dict[int, Counting]:
    """The facts of services as the table has them, by id."""
    found: dict[int, Counting] = {}
    rows: Any = session.execute(select(*_FACT, *_PLACE).where(ReuseFact.service_id.in_(list(ids))))
    for *fact, body, kind, phase in rows:
        known = found.setdefault(fact[0], Counting(Place(body, kind, phase), []))
        known.facts.append(Fact(*fact))
    return found


def rebuild(session: Session) -> int:
    """Write facts and counts afresh; returns how many counts."""
    _forget(session)
    session.flush()
    for table in (ReuseFact, ReuseCount):
        session.execute(delete(table))
    found: Counter[Key] = Counter()
    for which in reuse_facts.in_parts(session):
        part = reuse_facts.read(session, which, today())
        kept_counts.keep(session, ReuseFact, part)
        for each in part.values():
            found.update(counts(*each))
    kept_counts.fill(session, ReuseCount, found)
    beside = duplication_counts.rebuild(session, today())
    return len(found) + beside + adoption_counts.rebuild(session, today())


def counted(session: Session) -> dict[Key, int]:
    """Every count of today, worked out from the records themselves."""
    found: Counter[Key] = Counter()
    for which in reuse_facts.in_parts(session):
        for each in reuse_facts.read(session, which, today()).values():
            found.update(counts(*each))
    return dict(found)


def kept(session: Session) -> dict[Key, int]:
    """Every count of today as the tables have it."""
    c = ReuseCount
    columns = [getattr(c, name) for name in Key._fields]
    rows: Any = session.execute(select(*columns, c.many).where(c.many != 0))
    found = Counter({Key(*key): many for *key, many in rows})
    found.update(drift(session, today()))
    return {key: many for key, many in found.items() if many}


def drift(session: Session, day: date) -> dict[Key, int]:
    """By how much counts differ on a day from those that are kept, because something lapsed, got
    stale or ended since it was counted: nothing, once the worker has counted that (`due`).
    """
    change: Counter[Key] = Counter()
    for some in chunks(due(session, day), reuse_facts.MANY):
        for place, facts in kept_facts(session, some).values():
            change.subtract(counts(place, facts))
            change.update(counts(place, later(facts, day)))
    return {key: by for key, by in change.items() if by}


def due(session: Session, day: date) -> list[int]:
    """The services of which something stands otherwise on a day than it was counted."""
    f = ReuseFact
    query = select(f.service_id).where(f.changes_on <= day).distinct().order_by(f.service_id)
    return list(session.scalars(query))


def never_counted(session: Session) -> bool:
    """Whether there are services and no facts, as after an upgrade."""
    if session.scalar(select(ReuseFact.service_id).limit(1)) is not None:
        return False
    return session.scalar(select(Service.id).limit(1)) is not None
