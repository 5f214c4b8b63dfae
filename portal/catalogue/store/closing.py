"""All SQL about components that end: who depends on one, where each is, and who was told."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Any, NamedTuple

from sqlalchemy import and_, case, delete, func, insert, literal, or_, select, tuple_
from sqlalchemy.orm import Session, aliased

from portal.catalogue.component_words import Arrangement, Moving, UsageStatus
from portal.catalogue.models.closing import ClosingNotice
from portal.catalogue.models.components import Capability, Component
from portal.catalogue.models.organisations import Organisation
from portal.catalogue.models.services import Service
from portal.catalogue.models.usage import Usage
from portal.catalogue.rules.closing import COMING, DEPENDING, ended, ends_on
from portal.catalogue.store.claims import reviewed, standing_of
from portal.catalogue.store.organisations import iso
from portal.db import chunks
from portal.errors import Missing

_STOPPED, _STOPPING = UsageStatus.STOPPED, UsageStatus.STOPPING
LISTED = (*DEPENDING, _STOPPED)


class Ending(NamedTuple):
    """A component as the pages about its end show it; `ends` is the day, where there is one."""

    id: int
    slug: str
    name: str
    lifecycle: str
    ends: date | None
    successor: str | None
    successor_slug: str | None
    means: str | None


@dataclass(frozen=True, slots=True)
class DependentQuery:
    """What the list is asked for; `after` is the name and id of the last row before."""

    component: Ending
    day: date
    state: Moving | None = None
    organisation: str | None = None
    after: tuple[str, int] | None = None


class Dependent(NamedTuple):
    """A use of a component that ends, what takes its place, and how far the move is."""

    usage: int
    sort_name: str
    service_id: int
    service_slug: str
    service: str
    phase: str
    organisation_slug: str | None
    organisation: str | None
    capability_slug: str
    capability: str
    status: str
    planned_live: date | None
    since: date | None
    since_basis: str | None
    until: date | None
    until_basis: str | None
    source: str | None
    next_usage: int | None
    next_arrangement: str | None
    next_component_slug: str | None
    next_component: str | None
    next_product: str | None
    next_status: str | None
    next_since: date | None
    next_planned_live: date | None
    told_at: datetime | None
    state: str
    standing: str
    confirmed_on: date | None
    disputed_on: date | None


def ending(session: Session, slug: str) -> Ending:
    """The component at an address. Raises Missing."""
    found = _ending(session, Component.slug == slug)
    if found is None:
        raise Missing("There is no component at this address")
    return found


def ending_by_id(session: Session, id_: int) -> Ending | None:
    """The same by its id; None where it was removed."""
    return _ending(session, Component.id == id_)


def _ending(session: Session, which: Any) -> Ending | None:
    c, successor = Component, aliased(Component)
    row = session.execute(
        select(
            c.id, c.slug, c.name, c.lifecycle, c.closes_on, c.lifecycle_since, successor.name,
            successor.slug, c.closing_means,
        )
        .outerjoin(successor, successor.id == c.successor_id)
        .where(which)
    ).first()  # fmt: skip
    if row is None:
        return None
    ends = ends_on(row[3], iso(row[4]), iso(row[5]))
    day = date.fromisoformat(ends) if ends else None
    return Ending(row[0], row[1], row[2], row[3].value, day, row[6], row[7], row[8])


def following() -> Any:
    """The id of what takes the place of a usage (`rules.closing.comes_next`), or NULL."""
    n = aliased(Usage)
    no_gap = n.arrangement != Arrangement.GAP
    says_so = select(n.id).where(
        n.replaces_id == Usage.id, no_gap, or_(Usage.status == _STOPPED, n.status != _STOPPED)
    )
    beside = select(func.min(n.id)).where(
        n.service_id == Usage.service_id,
        n.capability_id == Usage.capability_id,
        n.id != Usage.id,
        no_gap,
        or_(n.status.in_(COMING), and_(Usage.status == _STOPPED, n.status != _STOPPED)),
    )
    each = (found.correlate(Usage).scalar_subquery() for found in (says_so, beside))
    return func.coalesce(*each)


def state_of(then: Any, over: Any) -> Any:
    """`rules.closing.moving` as SQL.

    Args:
        then: the status of what takes the place of the usage, NULL for nothing.
        over: whether the component has ended; a condition.
    """
    return case(
        (Usage.status == _STOPPED, literal(Moving.MOVED.value)),
        (over, literal(Moving.STILL_THERE.value)),
        (
            or_(Usage.status == _STOPPING, then == UsageStatus.LIVE),
            literal(Moving.MOVING.value),
        ),
        (then.is_not(None), literal(Moving.CHOSEN.value)),
        else_=literal(Moving.NOT_STARTED.value),
    )


def _over(query: DependentQuery) -> Any:
    return literal(ended(query.component.lifecycle, query.component.ends, query.day))


def listing(session: Session, query: DependentQuery, limit: int | None = None) -> list[Dependent]:
    """Who depends on a component or did, by name: a row for each need that it is used for."""
    u, s, o, c, w, d = Usage, Service, Organisation, Capability, aliased(Usage), aliased(Component)
    told = (
        select(func.max(ClosingNotice.told_at))
        .where(ClosingNotice.component_id == u.component_id, ClosingNotice.service_id == s.id)
        .scalar_subquery()
    )
    state = state_of(w.status, _over(query))
    statement = (
        select(
            u.id, s.sort_name, s.id, s.slug, s.name, s.phase, o.slug, o.name, c.slug, c.name,
            u.status, u.planned_live, u.since, u.since_basis, u.until, u.until_basis, u.source,
            w.id, w.arrangement, d.slug, d.name, w.product, w.status, w.since, w.planned_live, told,
            state.label("state"), standing_of(query.day), u.confirmed_on, u.disputed_on,
        )
        .select_from(u)
        .join(s, s.id == u.service_id)
        .join(c, c.id == u.capability_id)
        .outerjoin(o, o.id == s.organisation_id)
        .outerjoin(w, w.id == following())
        .outerjoin(d, d.id == w.component_id)
        .where(u.component_id == query.component.id, u.status.in_(LISTED))
    )  # fmt: skip
    if query.state is not None:
        statement = statement.where(state == query.state.value)
    if query.organisation is not None:
        statement = statement.where(o.slug == query.organisation)
    if query.after is not None:
        statement = statement.where(tuple_(s.sort_name, u.id) > tuple_(*query.after))
    statement = reviewed(statement)
    rows: Any = session.execute(statement.order_by(s.sort_name, u.id).limit(limit))
    return [Dependent(*row) for row in rows]


def every(session: Session, query: DependentQuery) -> Iterator[Dependent]:
    """The same for a download, some at a time."""
    while found := listing(session, query, 500):
        yield from found
        query = replace(query, after=(found[-1].sort_name, found[-1].usage))


class Progress(NamedTuple):
    """How far all are with the move: how many uses are in each state, and the days on which uses
    ended, with how many on each.
    """

    states: dict[str, int]
    ended: list[tuple[date, int]]


def progress(session: Session, query: DependentQuery) -> Progress:
    """How far all rows are, whatever the list is narrowed to; in one statement."""
    w = aliased(Usage)
    # Not joined: PostgreSQL would read every usage there is.
    then = select(w.status).where(w.id == following()).correlate(Usage).scalar_subquery()
    each = (
        select(
            state_of(then, _over(query)).label("state"),
            case((Usage.status == _STOPPED, Usage.until)).label("ended"),
        )
        .where(Usage.component_id == query.component.id, Usage.status.in_(LISTED))
        .subquery()
    )
    rows = session.execute(
        select(each.c.state, each.c.ended, func.count())
        .group_by(each.c.state, each.c.ended)
        .order_by(each.c.ended)
    ).all()
    states: dict[str, int] = {}
    for state, _, many in rows:
        states[state] = states.get(state, 0) + many
    return Progress(states, [(day, many) for _, day, many in rows if day is not None])


def organisations(session: Session, component_id: int) -> list[tuple[str, str, int]]:
    """The organisations of those listed, as (slug, name, rows), the one with most first."""
    o, many = Organisation, func.count()
    rows: Any = session.execute(
        select(o.slug, o.name, many)
        .join(Service, Service.organisation_id == o.id)
        .join(Usage, Usage.service_id == Service.id)
        .where(Usage.component_id == component_id, Usage.status.in_(LISTED))
        .group_by(o.slug, o.name)
        .order_by(many.desc(), o.name)
    )
    return [tuple(row) for row in rows]


def untold(session: Session, component_id: int, ends: date) -> list[int]:
    """The services that depend on a component and were not told of this end, by id."""
    n = ClosingNotice
    known = select(n.service_id).where(n.component_id == component_id, n.closes_on == ends)
    query = (
        select(Usage.service_id)
        .where(
            Usage.component_id == component_id, Usage.status.in_(DEPENDING),
            Usage.service_id.not_in(known),
        )
        .distinct()
        .order_by(Usage.service_id)
    )  # fmt: skip
    return list(session.scalars(query))


def note(
    session: Session, component_id: int, ends: date, services: Sequence[int], at: datetime, job: str
) -> None:
    """Keep that those who answer for these services were told."""
    same = {"component_id": component_id, "closes_on": ends, "told_at": at, "job": job}
    for some in chunks(services):
        session.execute(insert(ClosingNotice), [{**same, "service_id": id_} for id_ in some])


def told_services(session: Session, component_id: int) -> list[int]:
    """The services of which those who answer were told that a component ends, by id."""
    n = ClosingNotice
    query = select(n.service_id).where(n.component_id == component_id).distinct()
    return list(session.scalars(query.order_by(n.service_id)))


def take_back(session: Session, component_id: int) -> None:
    """Forget who was told of a component's end: they are told that it goes on, and that it ends
    would be news to them again.
    """
    session.execute(delete(ClosingNotice).where(ClosingNotice.component_id == component_id))


def told_before(session: Session, component_id: int) -> bool:
    """Whether anybody was told of any end of a component."""
    mine = ClosingNotice.component_id == component_id
    return session.scalar(select(ClosingNotice.service_id).where(mine).limit(1)) is not None
