"""Usages of shared components that the pages around the reuse report list: by what changed, and of
components that end.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date
from typing import Any, NamedTuple

from sqlalchemy import CTE, ColumnElement, case, func, literal, select, tuple_, union_all
from sqlalchemy.orm import Session

from portal.catalogue.component_words import Arrangement, DateBasis, Lifecycle
from portal.catalogue.models.components import Capability, Component
from portal.catalogue.models.organisations import Organisation
from portal.catalogue.models.services import Service
from portal.catalogue.models.usage import Usage
from portal.catalogue.store.usage import USING
from portal.reports.rules.reuse_query import Scope
from portal.reports.words import Changed

#: Components of which services should move away.
ENDING = (Lifecycle.DEPRECATED, Lifecycle.CLOSING, Lifecycle.CLOSED)


def within(scope: Scope) -> list[ColumnElement[bool]]:
    """The conditions of a scope on usages, with their services and organisations joined."""
    u, s, found = Usage, Service, list[ColumnElement[bool]]()
    if scope.bodies is not None:
        found.append(s.organisation_id.in_(sorted(scope.bodies)))
    if scope.kinds is not None:
        found.append(Organisation.kind.in_(sorted(scope.kinds)))
    if scope.phase is not None:
        found.append(s.phase == scope.phase)
    if scope.needs is not None:
        found.append(u.capability_id.in_(sorted(scope.needs)))
    if scope.component is not None:
        found.append(u.component_id == scope.component)
    return found


@dataclass(frozen=True, slots=True)
class ChangeQuery:
    """What the list of changes is asked for; `after` is the day and the place of the last row."""

    scope: Scope
    since: date
    until: date
    changed: Changed | None = None
    after: tuple[str, int] | None = None


class Change(NamedTuple):
    """Something that happened to the use of a shared component."""

    day: date
    place: int
    changed: str
    usage: int
    service_slug: str
    service: str
    organisation_slug: str | None
    organisation: str | None
    capability_slug: str
    capability: str
    component_slug: str
    component: str
    status: str
    basis: str | None

    @property
    def seen(self) -> bool:
        """Whether its day is only that of the first trace."""
        return self.basis == DateBasis.SEEN


_BASES = {Changed.BEGAN.value: Usage.since_basis, Changed.ENDED.value: Usage.until_basis}
_DAYS: dict[Changed, Any] = {
    Changed.BEGAN: Usage.since,
    Changed.ENDED: Usage.until,
    Changed.CONFIRMED: Usage.confirmed_on,
    Changed.DISPUTED: Usage.disputed_on,
}


def _happened(query: ChangeQuery) -> CTE:
    """The day, the kind and the usage of every change; a place orders those of one day. Found by
    their days first: what services are in the scope is asked of those alone.
    """
    u, kinds = Usage, list(_DAYS)
    of_use = within(Scope(needs=query.scope.needs, component=query.scope.component))
    parts = [
        select(column.label("day"), (u.id * len(kinds) + at).label("place"),
               literal(changed.value).label("changed"), u.id.label("usage"),
               u.service_id.label("service"))
        .where(u.arrangement == Arrangement.SHARED_COMPONENT, column >= query.since,
               column <= query.until, *of_use)
        for at, (changed, column) in enumerate(_DAYS.items())
        if query.changed in (None, changed)
    ]  # fmt: skip
    return union_all(*parts).cte("happened").prefix_with("MATERIALIZED")


def _of_services(query: ChangeQuery) -> list[ColumnElement[bool]]:
    return within(replace(query.scope, needs=None, component=None))


def changes(session: Session, query: ChangeQuery, limit: int | None = None) -> list[Change]:
    """What happened since a day, the newest first."""
    h, u, s, o, c, n = (
        _happened(query), Usage, Service, Organisation, Component, Capability,
    )  # fmt: skip
    statement = (
        select(h.c.day, h.c.place, h.c.changed, u.id, s.slug, s.name, o.slug, o.name, n.slug,
               n.name, c.slug, c.name, u.status,
               case(*((h.c.changed == of, basis) for of, basis in _BASES.items()), else_=None))
        .select_from(h)
        .join(u, u.id == h.c.usage)
        .join(s, s.id == u.service_id)
        .join(n, n.id == u.capability_id)
        .join(c, c.id == u.component_id)
        .outerjoin(o, o.id == s.organisation_id)
        .where(*_of_services(query))
    )  # fmt: skip
    if query.after is not None:
        day, place = date.fromisoformat(query.after[0]), query.after[1]
        statement = statement.where(tuple_(h.c.day, h.c.place) < tuple_(day, place))
    rows: Any = session.execute(statement.order_by(h.c.day.desc(), h.c.place.desc()).limit(limit))
    return [Change(*row) for row in rows]


def every_change(session: Session, query: ChangeQuery) -> Iterator[Change]:
    """The same for a download, some at a time."""
    while found := changes(session, query, 500):
        yield from found
        query = replace(query, after=(found[-1].day.isoformat(), found[-1].place))


def changed(session: Session, query: ChangeQuery) -> dict[str, int]:
    """How often each sort of thing happened."""
    h, s, o = _happened(replace(query, changed=None)), Service, Organisation
    counts = select(h.c.changed, func.count()).group_by(h.c.changed)
    if of_services := _of_services(query):
        counts = counts.join(s, s.id == h.c.service).outerjoin(o, o.id == s.organisation_id)
        counts = counts.where(*of_services)
    rows: Any = session.execute(counts)
    return dict(map(tuple, rows))


class Closing(NamedTuple):
    """A use of a component that ends, or has ended."""

    sort_name: str
    usage: int
    component_slug: str
    component: str
    lifecycle: str
    closes_on: date | None
    service_slug: str
    service: str
    organisation_slug: str | None
    organisation: str | None
    capability_slug: str
    capability: str
    status: str
    since: date | None
    until: date | None
    confirmed_on: date | None


def closing(
    session: Session, scope: Scope, after: tuple[str, int] | None = None, limit: int | None = None
) -> list[Closing]:
    """The uses of components that end, by the name of the component."""
    u, s, o, c, n = Usage, Service, Organisation, Component, Capability
    statement = (
        select(c.sort_name, u.id, c.slug, c.name, c.lifecycle, c.closes_on, s.slug, s.name, o.slug,
               o.name, n.slug, n.name, u.status, u.since, u.until, u.confirmed_on)
        .join(c, c.id == u.component_id)
        .join(s, s.id == u.service_id)
        .join(n, n.id == u.capability_id)
        .outerjoin(o, o.id == s.organisation_id)
        .where(c.lifecycle.in_(ENDING), u.status.in_(USING), *within(scope))
    )  # fmt: skip
    if after is not None:
        statement = statement.where(tuple_(c.sort_name, u.id) > tuple_(*after))
    rows: Any = session.execute(statement.order_by(c.sort_name, u.id).limit(limit))
    return [Closing(*row) for row in rows]


def every_closing(session: Session, scope: Scope) -> Iterator[Closing]:
    """The same for a download, some at a time."""
    after = None
    while found := closing(session, scope, after, 500):
        yield from found
        after = (found[-1].sort_name, found[-1].usage)
