"""The list of data sets, and what of a service or component is due."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, NamedTuple

from sqlalchemy import ColumnElement, and_, bindparam, false, func, or_, select, true, tuple_
from sqlalchemy.orm import Session, aliased

from portal.access import PORTAL, Kind, Permission, Person, Role, may
from portal.accounts.store import things
from portal.catalogue.models.components import Component
from portal.catalogue.models.organisations import Organisation
from portal.catalogue.models.services import Service
from portal.fixed import Fixed
from portal.performance.models.data_sets import DataSet
from portal.performance.store.first_sets import counts_after
from portal.performance.words import Period, SetKind

#: So many data sets wait for somebody at most.
MOST = 200
_body = aliased(Organisation, name="body")


class Row(NamedTuple):
    """A data set in the list. Of what both have, the one at `counts_after` counts, if there is one:
    see `first_sets`.
    """

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
    published: bool
    first_start: date | None
    last_start: date | None
    received_at: datetime | None
    due_on: date | None
    closed_on: date | None
    added_on: date | None
    threshold: int
    counts_after: str | None


class Own(NamedTuple):
    """A data set as the page of its service or component tells of it; see `Row`."""

    group: str
    type: str
    title: str
    period: Period | None
    published: bool
    last_start: date | None
    due_on: date | None
    closed_on: date | None
    counts_after: str | None


@dataclass(frozen=True, slots=True)
class SetQuery:
    """What a list is narrowed to: slugs, values of closed lists, the place after which the
    page begins, and words: each stands in the title, the address or the name of what it is of.
    """

    service: str | None = None
    component: str | None = None
    organisation: str | None = None
    kind: SetKind | None = None
    period: Period | None = None
    overdue: bool | None = None
    published: bool | None = None
    after: tuple[str, str] | None = None
    text: str = ""


def seen_by(session: Session, person: Person) -> ColumnElement[bool]:
    """Which data sets somebody may read: published ones, and those that they answer for."""
    if not person.is_authenticated:
        return DataSet.published.is_(True)
    if may(person, Permission.KEEP_FIGURES, PORTAL):
        return true()
    return or_(DataSet.published, kept_by(session, person))


def kept_by(session: Session, person: Person) -> ColumnElement[bool]:
    """Which data sets somebody answers for by a role on a service or component, or on the
    organisation that it is of.
    """
    ids = _reach(session, person)
    return or_(
        false(),
        DataSet.service_id.in_(ids[Kind.SERVICE]),
        DataSet.component_id.in_(ids[Kind.COMPONENT]),
    )


def keepable(session: Session, person: Person) -> list[tuple[Kind, str, str]]:
    """The services and components that somebody answers for: kind, slug and name, by name."""
    found = []
    for kind, ids in _reach(session, person).items():
        named = things.names(session, [(kind, id_) for id_ in ids])
        found += [(kind, each.slug, each.name) for each in named.values()]
    return sorted(found, key=lambda each: (each[2].casefold(), each[1]))


def _reach(session: Session, person: Person) -> dict[Kind, set[int]]:
    """The ids of the services and components that somebody answers for."""
    ids: dict[Kind, set[int]] = {kind: set() for kind in _KEEPERS}
    granted = {(grant.kind, grant.id) for grant in person.grants if grant.kind is not Kind.PORTAL}
    known = things.by_ids(session, granted)
    for grant in person.grants:
        thing = known.get((grant.kind, grant.id))
        reach = things.reach(session, thing) if thing else {}
        for kind, roles in _KEEPERS.items():
            if grant.role in roles:
                ids[kind].update(reach.get(kind, ()))
    return ids


_TEAM = (Role.TEAM_MEMBER, Role.ORGANISATION_ADMINISTRATOR)
#: Who may edit what data sets are of, as the policy has it.
_KEEPERS: dict[Kind, tuple[Role, ...]] = {
    Kind.SERVICE: (*_TEAM, Role.SERVICE_OWNER),
    Kind.COMPONENT: (*_TEAM, Role.COMPONENT_PROVIDER),
}


def listing(
    session: Session, query: SetQuery, seen: ColumnElement[bool], day: date, limit: int
) -> list[Row]:
    """A page of the list, by address."""
    return [Row(*row) for row in session.execute(_select(query, seen, day).limit(limit))]


def every(session: Session, query: SetQuery, seen: ColumnElement[bool], day: date) -> Iterator[Row]:
    """All of the list."""
    found = session.execute(_select(query, seen, day)).yield_per(500)
    return (Row(*row) for row in found)


def counts(
    session: Session, query: SetQuery, seen: ColumnElement[bool], day: date
) -> dict[str, dict[Any, int]]:
    """How many of the list have each kind and period, and how many are overdue."""
    d = DataSet
    late = func.coalesce(d.due_on < day, false())
    asked = _joined(select(d.kind, d.period, late, func.count())).where(
        *_where(query, seen, day)
    )  # fmt: skip
    found: dict[str, dict[Any, int]] = {"kind": {}, "period": {}, "overdue": {}}
    for kind, period, overdue, many in session.execute(asked.group_by(d.kind, d.period, late)):
        for name, value in (("kind", kind), ("period", period), ("overdue", bool(overdue))):
            found[name][value] = found[name].get(value, 0) + many
    return found


def of_thing(session: Session, kind: Kind, id_: int) -> list[Own]:
    """The data sets of a service or component, by address."""
    return [Own(*row) for row in _OF_THING[kind].rows(session, id=id_)]


def waiting(session: Session, person: Person, day: date) -> list[Row]:
    """The data sets that somebody answers for with values due by a day, the first due first; not
    more than anybody would go through.
    """
    query = rows().where(kept_by(session, person), DataSet.due_on <= day).order_by(None)
    found = session.execute(query.order_by(DataSet.due_on, DataSet.id).limit(MOST))
    return [Row(*row) for row in found]


def _select(query: SetQuery, seen: ColumnElement[bool], day: date) -> Any:
    d = DataSet
    found = rows().where(*_where(query, seen, day))
    if query.after is not None:
        found = found.where(tuple_(d.group, d.type) > query.after)
    return found


def _where(query: SetQuery, seen: ColumnElement[bool], day: date) -> list[ColumnElement[bool]]:
    d = DataSet
    where = [seen]
    for column, value in (
        (Service.slug, query.service), (Component.slug, query.component),
        (_body.slug, query.organisation), (d.kind, query.kind), (d.period, query.period),
    ):  # fmt: skip
        if value is not None:
            where.append(column == value)
    if query.overdue is not None:
        late = and_(d.due_on.is_not(None), d.due_on < day)
        where.append(late if query.overdue else ~late)
    if query.published is not None:
        where.append(d.published == query.published)
    told = (d.title, d.group, d.type, Service.name, Component.name)
    for word in query.text.lower().split():
        where.append(or_(*(func.lower(each).contains(word, autoescape=True) for each in told)))
    return where


def rows() -> Any:
    """Data sets as they stand in lists, by address: a statement to narrow."""
    d = DataSet
    query = select(
        d.id, d.group, d.type, d.title, d.kind, d.period, Service.slug, Service.name,
        Component.slug, Component.name, _body.slug, _body.name, d.published, d.first_start,
        d.last_start, d.received_at, d.due_on, d.closed_on, d.added_on, d.threshold,
        counts_after(),
    )  # fmt: skip
    return _joined(query).order_by(d.group, d.type)


def _joined(query: Any) -> Any:
    d = DataSet
    whose = func.coalesce(Service.organisation_id, Component.provider_id)
    return (
        query.select_from(d)
        .outerjoin(Service, Service.id == d.service_id)
        .outerjoin(Component, Component.id == d.component_id)
        .outerjoin(_body, _body.id == whose)
    )


_OF_THING = {
    kind: Fixed(
        select(*(getattr(DataSet, name) for name in Own._fields[:-1]), counts_after())
        .where(column == bindparam("id"))
        .order_by(DataSet.group, DataSet.type)
    )
    for kind, column in (
        (Kind.SERVICE, DataSet.service_id), (Kind.COMPONENT, DataSet.component_id),
    )
}  # fmt: skip
