"""How far published data sets are up to date: by data set, by what they are of, by organisation."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Any, NamedTuple

from sqlalchemy import ColumnElement, and_, case, func, or_, select, tuple_, union_all
from sqlalchemy.orm import Session, aliased

from portal.access import Kind
from portal.audit import kept
from portal.catalogue.models.components import Component
from portal.catalogue.models.organisations import Organisation
from portal.catalogue.models.services import Service
from portal.catalogue.store import hierarchy
from portal.db import chunks
from portal.performance.models.data_sets import DataSet
from portal.performance.rules import freshness as rules
from portal.performance.rules.freshness import DATED, SOON
from portal.performance.words import DueState, Period, SetKind

_body = aliased(Organisation, name="body")
#: After all days: of what has none.
_NEVER = date(9999, 12, 31)
_WHOSE = func.coalesce(Service.organisation_id, Component.provider_id)


class Row(NamedTuple):
    """A data set, and how far it is up to date."""

    id: int
    group: str
    type: str
    title: str
    kind: SetKind
    period: Period | None
    service_slug: str | None
    service: str | None
    component_slug: str | None
    component: str | None
    organisation_slug: str | None
    organisation: str | None
    state: DueState
    due_on: date | None
    due_days: int | None
    last_start: date | None
    received_at: datetime | None
    added_on: date | None


class Owner(NamedTuple):
    """A service or component with data sets: `first_due` is when the first of them is due, and
    `first_id` which that is.
    """

    kind: Kind
    slug: str
    name: str
    organisation_slug: str | None
    organisation: str | None
    data_sets: int
    overdue: int
    first_due: date | None
    first_id: int


class Count(NamedTuple):
    """Data sets of an organisation: how many, how many are overdue, and when the first is due."""

    data_sets: int
    overdue: int
    first_due: date | None


@dataclass(frozen=True, slots=True)
class FreshQuery:
    """What a list is narrowed to: slugs (an organisation with all below it), values of closed
    lists, whether nothing ever came, words, and the place after which the page begins.
    """

    service: str | None = None
    component: str | None = None
    organisation: str | None = None
    state: DueState | None = None
    kind: SetKind | None = None
    period: Period | None = None
    never: bool | None = None
    words: str = ""
    after: tuple[date, int] | None = None


def listing(session: Session, query: FreshQuery, day: date, limit: int) -> list[Row]:
    """A page of the list: what is due first comes first. Data sets without a date are listed only
    where their state is asked for.
    """
    found = session.execute(_select(session, query, day).limit(limit))
    return [_row(row, day) for row in found]


def every(session: Session, query: FreshQuery, day: date) -> Iterator[Row]:
    """All of the list."""
    found = session.execute(_select(session, query, day)).yield_per(500)
    return (_row(row, day) for row in found)


def _row(row: Any, day: date) -> Row:
    *said, closed_on, due_on, due_days, last_start, received_at, added_on = row
    state = rules.state(due_on, closed_on, day)
    return Row._make((*said, state, due_on, due_days, last_start, received_at, added_on))


def _select(session: Session, query: FreshQuery, day: date) -> Any:
    d = DataSet
    found = _joined(
        select(
            d.id, d.group, d.type, d.title, d.kind, d.period, Service.slug, Service.name,
            Component.slug, Component.name, _body.slug, _body.name, d.closed_on, d.due_on,
            d.due_days, d.last_start, d.received_at, d.added_on,
        )
    ).where(*_where(session, query, day))  # fmt: skip
    return _after(found, query).order_by(d.due_on, d.id)


def _after(found: Any, query: FreshQuery) -> Any:
    if query.after is None:
        return found
    if query.after[0] == _NEVER:
        return found.where(DataSet.id > query.after[1])
    return found.where(tuple_(DataSet.due_on, DataSet.id) > query.after)


def place(row: Row) -> tuple[date, int]:
    """Where a row stands in the list."""
    return row.due_on or _NEVER, row.id


def _joined(query: Any) -> Any:
    return (
        query.select_from(DataSet)
        .outerjoin(Service, Service.id == DataSet.service_id)
        .outerjoin(Component, Component.id == DataSet.component_id)
        .outerjoin(_body, _body.id == _WHOSE)
    )


def _which(d: type[DataSet], day: date) -> dict[DueState, ColumnElement[bool]]:
    """What tells the states apart, by the days that an index knows."""
    return {
        DueState.OVERDUE: d.due_on < day,
        DueState.SOON: and_(d.due_on >= day, d.due_on <= day + SOON),
        DueState.ON_TIME: d.due_on > day + SOON,
        DueState.UNDATED: and_(d.due_on.is_(None), d.closed_on.is_(None)),
        DueState.CLOSED: and_(d.due_on.is_(None), d.closed_on.is_not(None)),
    }


def _where(session: Session, query: FreshQuery, day: date) -> list[ColumnElement[bool]]:
    """All that a list is narrowed to but its place."""
    own = _own(query, DataSet)
    return [_state(query, DataSet, day), *_whose(session, query, day), *own]


def _state(query: FreshQuery, d: type[DataSet], day: date) -> ColumnElement[bool]:
    """The state that is asked for, or any with a day."""
    return _which(d, day)[query.state] if query.state else d.due_on.is_not(None)


def _whose(session: Session, query: FreshQuery, day: date) -> list[ColumnElement[bool]]:
    """What is asked of the service or component."""
    d = DataSet
    where: list[ColumnElement[bool]] = []
    for column, value in ((Service.slug, query.service), (Component.slug, query.component)):
        if value is not None:
            where.append(column == value)
    if query.organisation is not None:
        body = hierarchy.tree(session, day).ids.get(query.organisation, 0)
        family = hierarchy.family(body, day)
        services = select(d.id).join(Service, Service.id == d.service_id)
        components = select(d.id).join(Component, Component.id == d.component_id)
        where.append(d.id.in_(union_all(
            services.where(Service.organisation_id.in_(family)),
            components.where(Component.provider_id.in_(family)),
        )))  # fmt: skip
    return where


def _own(query: FreshQuery, d: type[DataSet]) -> list[ColumnElement[bool]]:
    """What is asked of a data set, beside names of what it is of."""
    where: list[ColumnElement[bool]] = [d.published.is_(True)]
    for column, value in ((d.kind, query.kind), (d.period, query.period)):
        if value is not None:
            where.append(column == value)
    if query.never is not None:
        where.append(d.received_at.is_(None) if query.never else d.received_at.is_not(None))
    for word in query.words.lower().split():
        texts = (d.title, Service.name, Component.name, d.group)
        where.append(or_(*(func.lower(each).contains(word, autoescape=True) for each in texts)))
    return where


def _of_sets(query: FreshQuery, *columns: Any) -> Any:
    """From data sets; from what they are of as well, where something is asked of that."""
    asked = select(*columns).select_from(DataSet)
    return _joined(asked) if query.service or query.component or query.words else asked


Facets = dict[str, dict[Any, int]]


def counts(session: Session, query: FreshQuery, day: date) -> Facets:
    """How many data sets are in each `state` whichever is asked for; and of those in that which is,
    how many there are of each `kind` and `period`, and of how many nothing ever came (`never`).
    """
    bare = replace(query, after=None)
    return kept(session, ("freshness", bare, day), lambda: _counts(session, bare, day))


def _counts(session: Session, query: FreshQuery, day: date) -> Facets:
    d, states = DataSet, _which(DataSet, day)
    never = d.received_at.is_(None)
    sums = [func.sum(case((which, 1), else_=0)) for which in states.values()]
    asked = _of_sets(query, d.kind, d.period, never, *sums)
    asked = asked.where(*_whose(session, query, day), *_own(query, d))
    found: Facets = {"state": dict.fromkeys(DueState, 0), "kind": {}, "period": {}, "never": {}}
    counted = (query.state,) if query.state else DATED
    for kind, period, none, *sums_of in session.execute(asked.group_by(d.kind, d.period, never)):
        by_state = dict(zip(states, sums_of, strict=True))
        many = sum(by_state[state] for state in counted)
        for state, each in by_state.items():
            found["state"][state] += each
        for name, value in (("kind", kind), ("period", period), ("never", bool(none))):
            if many:
                found[name][value] = found[name].get(value, 0) + many
    return found


def owners(
    session: Session, query: FreshQuery, day: date, limit: int | None = None
) -> Iterator[Owner]:
    """The services and components of the list, those whose data sets are due first at the top;
    `query.after` is the place of the last one's data set that is due first.
    """
    for some in chunks(session.execute(_firsts(session, query, day).limit(limit)).all()):
        sums = _sums(session, query, day, some)
        for service_id, component_id, *said, due_on, first_id in some:
            kind = Kind.COMPONENT if service_id is None else Kind.SERVICE
            many, late = sums[service_id, component_id]
            yield Owner._make((kind, *said, many, late, due_on, first_id))


def _firsts(session: Session, query: FreshQuery, day: date) -> Any:
    """Of each service or component the data set that is due first: those that have one before them
    in the order of the index are left out, so that a page reads no more than it shows.
    """
    d, e = DataSet, aliased(DataSet)
    if query.state in (DueState.UNDATED, DueState.CLOSED):
        before = e.id < d.id
    else:
        before = tuple_(e.due_on, e.id) < tuple_(d.due_on, d.id)
    earlier = [_state(query, e, day), before, *_own(query, e)]
    found = _joined(
        select(
            d.service_id, d.component_id, func.coalesce(Service.slug, Component.slug),
            func.coalesce(Service.name, Component.name), _body.slug, _body.name, d.due_on, d.id,
        )
    ).where(
        *_where(session, query, day),
        or_(d.service_id.is_not(None), d.component_id.is_not(None)),
        ~select(e.id).where(e.service_id == d.service_id, *earlier).exists(),
        ~select(e.id).where(e.component_id == d.component_id, *earlier).exists(),
    )  # fmt: skip
    return _after(found, query).order_by(d.due_on, d.id)


def _sums(
    session: Session, query: FreshQuery, day: date, some: Sequence[Any]
) -> dict[tuple[int | None, int | None], tuple[int, int]]:
    """How many data sets of the list these have, and how many are overdue."""
    d = DataSet
    late = func.sum(case((d.due_on < day, 1), else_=0))
    asked = _joined(select(d.service_id, d.component_id, func.count(), late)).where(
        *_where(session, query, day),
        or_(
            d.service_id.in_([row.service_id for row in some if row.service_id]),
            d.component_id.in_([row.component_id for row in some if row.component_id]),
        ),
    )
    found = session.execute(asked.group_by(d.service_id, d.component_id))
    return {(service, component): (many, overdue) for service, component, many, overdue in found}


def owner_place(row: Owner) -> tuple[date, int]:
    """Where an owner stands in their list."""
    return row.first_due or _NEVER, row.first_id


def by_organisation(session: Session, query: FreshQuery, day: date) -> dict[int, Count]:
    """What there is of each organisation itself, by its id."""
    bare = replace(query, after=None)
    return kept(session, ("stale", bare, day), lambda: _by_organisation(session, bare, day))


def _by_organisation(session: Session, query: FreshQuery, day: date) -> dict[int, Count]:
    d = DataSet
    late = func.sum(case((d.due_on < day, 1), else_=0))
    asked = (
        select(_WHOSE, func.count(), late, func.min(d.due_on))
        .select_from(d)
        .outerjoin(Service, Service.id == d.service_id)
        .outerjoin(Component, Component.id == d.component_id)
        .where(*_where(session, query, day), _WHOSE.is_not(None))
        .group_by(_WHOSE)
    )
    return {body: Count(many, overdue, due) for body, many, overdue, due in session.execute(asked)}
