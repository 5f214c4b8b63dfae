"""The services behind a figure of the reuse report, with the usages and evidence of each."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Any, NamedTuple

from sqlalchemy import func, literal, or_, select, tuple_
from sqlalchemy.orm import Session, aliased

from portal.catalogue.component_words import Arrangement
from portal.catalogue.models.components import Capability, Component
from portal.catalogue.models.organisations import Organisation
from portal.catalogue.models.services import Service
from portal.catalogue.models.usage import Usage
from portal.catalogue.store.mandates import SPAN
from portal.db import chunks
from portal.reports.models.reuse import ReuseFact
from portal.reports.rules.reuse import BEST, EVERY_NEED, MET, WAYS, units_of
from portal.reports.rules.reuse_query import Question
from portal.reports.store import reuse_as_at
from portal.reports.store.reuse import holds_on, narrowed, ranked
from portal.reports.words import Counted

_F = ReuseFact
_ARRANGEMENTS = {way: how for how, way in WAYS.items()}


@dataclass(frozen=True, slots=True)
class ListQuery:
    """What the list is asked for.

    Attributes:
        counted: what the figure counts; empty for needs that services have not answered.
        standings: only what stands so; empty for any.
        after: the name, service and need of the last row before.
    """

    question: Question
    counted: str
    standings: tuple[str, ...] = ()
    after: tuple[str, int, int] | None = None


class Listed(NamedTuple):
    """A need of a service that a figure counts."""

    service_id: int
    sort_name: str
    service_slug: str
    service: str
    organisation_slug: str | None
    organisation: str | None
    need_id: int
    need_slug: str | None
    need: str | None
    standing: str

    @property
    def place(self) -> tuple[str, int]:
        """Where it stands in the list."""
        return self.sort_name, self.service_id * SPAN + self.need_id


class UsageOf(NamedTuple):
    """A usage behind a row."""

    id: int
    name: str | None
    component_slug: str | None
    status: str
    since: date | None
    until: date | None
    confirmed_on: date | None


def place_of(name: str, number: int) -> tuple[str, int, int]:
    """A place in the list, as the query takes it."""
    return name, *divmod(number, SPAN)


def listing(
    session: Session, query: ListQuery, needs: Collection[int], day: date, limit: int | None = None
) -> list[Listed]:
    """The needs of services that a figure counts, by the service's name.

    Args:
        needs: every need that services are asked for.
        day: today.
    """
    if query.question.on is not None:
        return _as_at(session, query, needs, limit)
    units = _unanswered(query, needs, day) if not query.counted else _units(query, day)
    unit = units.subquery()
    s, o, c = Service, Organisation, Capability
    statement = (
        select(s.id, s.sort_name, s.slug, s.name, o.slug, o.name, unit.c.capability_id, c.slug,
               c.name, unit.c.best)
        .select_from(unit)
        .join(s, s.id == unit.c.service_id)
        .outerjoin(o, o.id == s.organisation_id)
        .outerjoin(c, c.id == unit.c.capability_id)
    )  # fmt: skip
    order = (s.sort_name, s.id, unit.c.capability_id)
    if query.after is not None:
        statement = statement.where(tuple_(*order) > tuple_(*query.after))
    rows: Any = session.execute(statement.order_by(*order).limit(limit))
    return [Listed._make((*row[:9], BEST[row[9]].value if row[9] >= 0 else "")) for row in rows]


def _units(query: ListQuery, day: date) -> Any:
    best = ranked(day)
    found = (
        select(_F.service_id, _F.capability_id, best.label("best"))
        .where(_F.counted == query.counted, holds_on(day), *narrowed(query.question.scope))
        .group_by(_F.service_id, _F.capability_id)
    )
    if not query.standings:
        return found
    ranks = [at for at, each in enumerate(BEST) if each.value in query.standings]
    return found.having(best.in_(ranks))


def _unanswered(query: ListQuery, needs: Collection[int], day: date) -> Any:
    """Services that count, with each need of which they have not said whether they have it."""
    scope = query.question.scope
    said = aliased(_F)
    asked = sorted(needs if scope.needs is None else scope.needs)
    answered = (
        select(said.service_id)
        .where(
            said.service_id == _F.service_id, said.capability_id == Capability.id,
            said.counted.in_((Counted.NEEDED, Counted.NOT_NEEDED)),
            or_(said.changes_on.is_(None), said.changes_on > day),
        )
        .correlate(_F, Capability)
    )  # fmt: skip
    return (
        select(_F.service_id, Capability.id.label("capability_id"), literal(-1).label("best"))
        .join(Capability, Capability.id.in_(asked))
        .where(_F.counted == Counted.SERVICES, *narrowed(replace(scope, needs=None)),
               ~answered.exists())
    )  # fmt: skip


def every(
    session: Session, query: ListQuery, needs: Collection[int], day: date
) -> Iterator[Listed]:  # fmt: skip
    """The same for a download, some at a time."""
    if query.question.on is not None:
        yield from listing(session, query, needs, day)
        return
    while found := listing(session, query, needs, day, 500):
        yield from found
        query = replace(query, after=place_of(*found[-1].place))


def _as_at(
    session: Session, query: ListQuery, needs: Collection[int], limit: int | None
) -> list[Listed]:  # fmt: skip
    """The same on an earlier day."""
    question, scope = query.question, query.question.scope
    assert question.on is not None  # noqa: S101  for the type checker
    found: list[tuple[int, int, str]] = []
    for place, facts in reuse_as_at.read(session, question.on, question.basis):
        if not facts or not scope.has(place):
            continue
        mine = [fact for fact in facts if scope.about(fact)]
        id_ = facts[0].service_id
        if not query.counted:
            said = {f.capability_id for f in mine if f.counted in ("needed", "not_needed")}
            asked = needs if scope.needs is None else scope.needs
            found += [(id_, need, "") for need in asked if need not in said]
            continue
        for need, component, counted, stood in units_of(mine):
            plain = component == 0 and (need != EVERY_NEED or counted == Counted.SERVICES)
            if plain and counted == query.counted and stood in (query.standings or (stood,)):
                found.append((id_, need, stood))
    return _named(session, found, query.after, limit)


def _named(
    session: Session, found: Sequence[tuple[int, int, str]],
    after: tuple[str, int, int] | None, limit: int | None,
) -> list[Listed]:  # fmt: skip
    s, o, c = Service, Organisation, Capability
    needs: dict[int, Any] = {
        row[0]: tuple(row[1:]) for row in session.execute(select(c.id, c.slug, c.name))
    }
    named: dict[int, Any] = {}
    for some in chunks(sorted({each[0] for each in found})):
        query = select(s.id, s.sort_name, s.slug, s.name, o.slug, o.name)
        query = query.outerjoin(o, o.id == s.organisation_id).where(s.id.in_(some))
        named |= {row[0]: row for row in session.execute(query)}
    rows = [
        Listed._make((*named[id_], need, *needs.get(need, (None, None)), stood))
        for id_, need, stood in found
    ]  # fmt: skip
    rows.sort(key=lambda row: (row.sort_name, row.service_id, row.need_id))
    rows = [r for r in rows if not after or (r.sort_name, r.service_id, r.need_id) > after]
    return rows[:limit]


def usages(
    session: Session, rows: Collection[Listed], counted: str, component: int | None
) -> dict[tuple[int, int], list[UsageOf]]:
    """The usages behind rows, by service and need; those that ended too, for rows of earlier days.

    Args:
        counted: the way that the figure counts; for others there are all usages of the need.
    """
    u, c = Usage, Component
    wanted = {(row.service_id, row.need_id) for row in rows}
    query = (
        select(u.service_id, u.capability_id, u.id, func.coalesce(c.name, u.product), c.slug,
               u.status, u.since, u.until, u.confirmed_on)
        .outerjoin(c, c.id == u.component_id)
        .order_by(u.id)
    )  # fmt: skip
    if counted in MET:
        how: Arrangement = _ARRANGEMENTS[Counted(counted)]
        query = query.where(u.arrangement == how)
    if component is not None:
        query = query.where(u.component_id == component)
    found: dict[tuple[int, int], list[UsageOf]] = {}
    for some in chunks(sorted({service for service, _ in wanted})):
        part: Any = session.execute(query.where(u.service_id.in_(some)))
        for service, need, *rest in part:
            if (service, need) in wanted:
                found.setdefault((service, need), []).append(UsageOf(*rest))
    return found
