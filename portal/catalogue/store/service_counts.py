"""The table of counts: kept with each write of a service, rebuilt by command, read by lists."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from functools import reduce
from operator import add
from typing import Any, NamedTuple

from sqlalchemy import ColumnElement, case, delete, exists, func, insert, select, update
from sqlalchemy.dialects.postgresql import insert as postgresql_insert
from sqlalchemy.dialects.sqlite import insert as sqlite_insert
from sqlalchemy.orm import Session

from portal.catalogue.models.counts import ServiceCount
from portal.catalogue.models.services import Service, ServiceAudience
from portal.catalogue.store import usage_counts
from portal.catalogue.words import Audience
from portal.db import table_of

#: The key of a count: within, within_value, facet, value, organisation_id, delivers_id.
Key = tuple[str, str, str, str, int, int]
_COLUMNS = ("within", "within_value", "facet", "value", "organisation_id", "delivers_id")
ORGANISATION = "organisation"
#: Written with every change, and first: so writers queue here, and no two can wait for each other.
_EVERYTHING: Key = ("", "", "", "", 0, 0)
_CHUNK = 5_000
_WAITING = "service_counts"
#: Who else counts by organisation: told which ones a service left or came to.
_MOVED: list[Callable[[Session, set[int | None]], None]] = []


class Place(NamedTuple):
    """What a service counts as."""

    phase: str
    audience: str
    category: str | None
    apis: str
    organisation_id: int | None
    delivers_id: int | None


_PLACE = (
    Service.phase,
    Service.audience_set,
    Service.category,
    Service.apis_answer,
    Service.organisation_id,
    Service.delivers_id,
)


def place_of(s: Service) -> Place:
    """What a service counts as, by its columns."""
    return Place(s.phase.value, s.audience_set, s.category, s.apis_answer.value,
                 s.organisation_id, s.delivers_id)  # fmt: skip


def _keys(place: Place) -> Iterator[Key]:
    """Every count that a service is in."""
    plain = [
        (facet, value)
        for facet, value in (
            ("phase", place.phase),
            ("audience", place.audience),
            ("category", place.category),
            ("apis", place.apis),
        )
        if value is not None
    ]
    bodies = place.organisation_id or 0, place.delivers_id or 0
    yield _EVERYTHING
    for within in (("", ""), *plain):
        yield (*within, ORGANISATION, "", *bodies)
        for facet in plain:
            if facet[0] != within[0]:
                yield (*within, *facet, 0, 0)


def tell_moves(tell: Callable[[Session, set[int | None]], None]) -> None:
    """Have somebody told of the organisations that a service left or came to."""
    if tell not in _MOVED:
        _MOVED.append(tell)


def moved(session: Session, before: Place | None, after: Place | None) -> None:
    """Count a service where it is now and no longer where it was; None where it is not."""
    if before == after:
        return
    bodies = {place.organisation_id for place in (before, after) if place}
    if before and (after is None or len(bodies) == 2):
        usage_counts.touch(session, bodies)
        for tell in _MOVED:
            tell(session, bodies)
    change: Counter[Place] = session.info.get(_WAITING, Counter())
    if before:
        change[before] -= 1
    if after:
        change[after] += 1
    if _WAITING not in session.info:
        _write(session, change)


@contextmanager
def together(session: Session) -> Iterator[None]:
    """Write what the block changes once, at its end: for many services at a time."""
    if _WAITING in session.info:
        yield
        return
    change: Counter[Place] = Counter()
    session.info[_WAITING] = change
    try:
        yield
    finally:
        del session.info[_WAITING]
    _write(session, change)


def _write(session: Session, change: Counter[Place]) -> None:
    if not change:
        return
    changed = _added_up(change)
    rows = _rows({key: by for key, by in changed.items() if by or key == _EVERYTHING})
    make = sqlite_insert if session.get_bind().dialect.name == "sqlite" else postgresql_insert
    statement = make(table_of(ServiceCount))
    statement = statement.on_conflict_do_update(
        index_elements=_COLUMNS, set_={"many": ServiceCount.many + statement.excluded.many}
    )
    # The order settles who waits for whom; the first key is in every change.
    session.execute(statement, rows[:1])
    if rows[1:]:
        session.execute(statement, rows[1:])


def _added_up(places: Mapping[Place, int]) -> dict[Key, int]:
    """The counts of services, so many at each place."""
    found: dict[Key, int] = {}
    for place, many in places.items():
        for key in _keys(place):
            found[key] = found.get(key, 0) + many
    return found


def _rows(counts: dict[Key, int]) -> list[dict[str, Any]]:
    return [
        {**dict(zip(_COLUMNS, key, strict=True)), "many": many}
        for key, many in sorted(counts.items())
    ]


def counted(session: Session) -> dict[Key, int]:
    """Every count, worked out from the services themselves."""
    rows: Any = session.execute(select(*_PLACE, func.count()).group_by(*_PLACE))
    places: dict[Place, int] = {}
    for phase, audience, category, apis, organisation_id, delivers_id, many in rows:
        place = Place(phase.value, audience, category, apis.value, organisation_id, delivers_id)
        places[place] = many
    return _added_up(places)


def kept(session: Session) -> dict[Key, int]:
    """Every count as the table has it."""
    columns = [getattr(ServiceCount, name) for name in _COLUMNS]
    rows: Any = session.execute(select(*columns, ServiceCount.many).where(ServiceCount.many != 0))
    return {tuple(key): many for *key, many in rows}


def rebuild(session: Session) -> int:
    """Write the table, and the sets of audiences it rests on, afresh; returns how many counts."""
    each = (case((_has(value), f"{value},"), else_="") for value in sorted(Audience))
    session.execute(update(Service).values(audience_set=func.rtrim(reduce(add, each), ",")))
    rows = _rows(counted(session))
    session.execute(delete(ServiceCount))
    for first in range(0, len(rows), _CHUNK):
        session.execute(insert(ServiceCount), rows[first : first + _CHUNK])
    return len(rows)


def _has(audience: Audience) -> ColumnElement[bool]:
    a = ServiceAudience
    return exists().where(a.service_id == Service.id, a.audience == audience)
