"""The service list: filters, facets with counts, keyset pages."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Integer,
    Select,
    String,
    cast,
    exists,
    false,
    func,
    literal,
    null,
    or_,
    select,
    union_all,
)
from sqlalchemy.orm import Session

from portal import search
from portal.catalogue.models.organisations import Organisation, OrganisationParent
from portal.catalogue.models.services import Service, ServiceAudience, ServiceOwner
from portal.catalogue.rules.filters import (
    PAGE_SIZE,
    Key,
    ServiceQuery,
    ServiceSort,
)
from portal.catalogue.store import service_matches
from portal.catalogue.store.hierarchy import family, open_links
from portal.catalogue.store.paging import Slice, by_column, by_rank
from portal.catalogue.words import OwnerRole

Owners = tuple[int | None, int | None]


@dataclass(frozen=True, slots=True)
class Row:
    """A service as a list shows it."""

    id: int
    slug: str
    name: str
    purpose: str | None
    phase: str
    organisation: str | None
    organisation_slug: str | None
    organisation_ended: date | None
    waiting: bool
    yearly_transactions: int | None
    transactions_to: date | None
    key: Key


@dataclass(frozen=True, slots=True)
class Choice:
    """One value of a facet and how many services it would leave."""

    value: str
    label: str
    count: int


@dataclass(frozen=True, slots=True)
class Listing:
    """A page of services with what surrounds it."""

    rows: list[Row]
    total: int
    capped: bool
    found: search.Found
    facets: dict[str, list[Choice]]
    previous: Key | None = None
    next: Key | None = None
    organisation: str | None = None
    above: list[tuple[str, str]] = field(default_factory=list)
    reasons: dict[int, service_matches.Reason] = field(default_factory=dict)


@dataclass(slots=True)
class Scope:
    """What a query means on this database today: organisation and search resolved once."""

    query: ServiceQuery
    on: date
    organisation_id: int | None = None
    organisation: str | None = None
    bodies: Select[tuple[int]] | None = None
    unknown_organisation: bool = False
    found: search.Found | None = None
    positions: dict[int, int] = field(default_factory=dict)


def scope(session: Session, query: ServiceQuery, on: date) -> Scope:
    """Look up the organisation and the words of a query."""
    result = Scope(query, on)
    if query.organisation:
        row = session.execute(
            select(Organisation.id, Organisation.name).where(
                Organisation.slug == query.organisation
            )
        ).first()
        result.unknown_organisation = row is None
        if row:
            result.organisation_id, result.organisation = row
            # One object for every part of the facet statement: SQL takes each CTE name once.
            result.bodies = family(row[0], on)
    if query.text:
        result.found = search.find(session, "service", query.text)
        ids = service_matches.in_order(session, result.found)
        result.positions = {id_: at for at, id_ in enumerate(ids)}
    return result


def conditions(scope: Scope, leave_out: str | None = None) -> list[ColumnElement[bool]]:
    """What a service must meet to be listed; with one facet left open for its own counts."""
    query = scope.query.without(leave_out) if leave_out else scope.query
    found: list[ColumnElement[bool]] = []
    if query.phases:
        found.append(Service.phase.in_(query.phases))
    if query.audiences:
        found.append(
            Service.id.in_(
                select(ServiceAudience.service_id).where(
                    ServiceAudience.audience.in_(query.audiences)
                )
            )
        )
    if query.categories:
        found.append(Service.category.in_(query.categories))
    if query.apis:
        found.append(Service.apis_answer.in_(query.apis))
    if scope.bodies is not None:
        # The organisation facet counts inside the chosen body, so it is never left out.
        bodies = scope.bodies
        found.append(or_(Service.organisation_id.in_(bodies), Service.delivers_id.in_(bodies)))
    elif scope.unknown_organisation:
        found.append(false())
    if scope.found is not None:
        found.append(Service.id.in_(scope.found.ids))
    return found


#: The column of each order, and whether it falls.
SORT: dict[ServiceSort, tuple[Any, bool]] = {
    ServiceSort.NAME: (Service.sort_name, False),
    ServiceSort.TRANSACTIONS: (func.coalesce(Service.yearly_transactions, -1), True),
}


def _base() -> Any:
    return (
        select(
            Service.id,
            Service.slug,
            Service.name,
            Service.purpose,
            Service.phase,
            Organisation.name.label("organisation"),
            Organisation.slug.label("organisation_slug"),
            Organisation.end_date.label("organisation_ended"),
            _waiting().label("waiting"),
            Service.yearly_transactions,
            Service.transactions_to,
        )
        .select_from(Service)
        .outerjoin(Organisation, Organisation.id == Service.organisation_id)
    )


def _waiting() -> ColumnElement[bool]:
    """Whether somebody is accountable now whose published name is not matched yet."""
    o = ServiceOwner
    return exists().where(
        o.service_id == Service.id,
        o.role == OwnerRole.ACCOUNTABLE,
        o.until.is_(None),
        o.organisation_id.is_(None),
    )


def _row(r: Any, key: Key) -> Row:
    return Row(
        r.id,
        r.slug,
        r.name,
        r.purpose,
        r.phase.value,
        r.organisation,
        r.organisation_slug,
        r.organisation_ended,
        bool(r.waiting),
        r.yearly_transactions,
        r.transactions_to,
        key,
    )


def listing(session: Session, query: ServiceQuery, on: date, size: int = PAGE_SIZE) -> Listing:
    """One page of services, the counts of each facet, and the keys of the pages around it."""
    where = scope(session, query, on)
    counts = _facets(session, where)
    if query.sort is ServiceSort.RELEVANCE:
        rows, more_before, more_after = _ranked(session, where, counts.ids, size)
    else:
        rows, more_before, more_after = _sorted(session, where, size)
    return Listing(
        rows=rows,
        total=counts.total,
        capped=bool(where.found and where.found.capped),
        found=where.found or search.Found(),
        facets=counts.facets,
        previous=rows[0].key if rows and more_before else None,
        next=rows[-1].key if rows and more_after else None,
        organisation=where.organisation,
        above=counts.above,
        reasons=(
            service_matches.reasons(session, where.found, [(row.id, row.name) for row in rows])
            if where.found
            else {}
        ),
    )


def _sorted(session: Session, where: Scope, size: int) -> Slice:
    column, falling = SORT[where.query.sort]
    statement = _base().where(*conditions(where))
    found, before, after = by_column(
        session, statement, column, Service.id, where.query.cursor, size, falling
    )
    return [_row(r, (r.sort_value, r.id)) for r in found], before, after


def _ranked(session: Session, where: Scope, found_ids: list[int], size: int) -> Slice:
    """A page in order of relevance: at most 1,000 found ids, ranked by the search."""
    chosen, before, after = by_rank(found_ids, where.positions, where.query.cursor, size)
    found = {r.id: r for r in session.execute(_base().where(Service.id.in_(chosen)))}
    return [_row(found[id_], (where.positions[id_], id_)) for id_ in chosen], before, after


def _counted(
    facet: str, value: Any, owner: Any = None, delivers: Any = None, many: Any = None
) -> Any:
    return select(
        literal(facet).label("facet"),
        cast(value, String).label("value"),
        cast(null() if owner is None else owner, Integer).label("owner"),
        cast(null() if delivers is None else delivers, Integer).label("delivers"),
        (func.count() if many is None else many).label("many"),
    )


@dataclass(slots=True)
class _Counts:
    """What surrounds the rows: counts of every facet and of all, the ids where the search ranks
    them, and the bodies directly above the chosen one.
    """

    facets: dict[str, list[Choice]]
    total: int = 0
    ids: list[int] = field(default_factory=list)
    above: list[tuple[str, str]] = field(default_factory=list)


def _facets(session: Session, where: Scope) -> _Counts:
    """Counts of every facet in one statement; a facet ignores its own choices."""
    counts = _Counts({name: [] for name in ("phases", "audiences", "categories", "apis")})
    owned: dict[Owners, int] = {}
    parents: dict[int, list[int]] = {}
    for facet, value, owner, delivers, many in session.execute(union_all(*_parts(where))):
        if facet == "organisation":
            owned[owner, delivers] = many
        elif facet == "link":
            parents.setdefault(owner, []).append(delivers)
        elif facet == "id":
            counts.ids.append(owner)
        elif value is not None:
            counts.facets[facet].append(Choice(value, value, many))
    counts.facets["categories"].sort(key=lambda c: c.label)
    counts.total = sum(owned.values())
    _organisation_facet(session, where, owned, parents, counts)
    return counts


def _parts(where: Scope) -> list[Select[Any]]:
    parts: list[Select[Any]] = [
        _counted(name, column).select_from(Service).where(*conditions(where, name)).group_by(column)
        for name, column in (
            ("phases", Service.phase),
            ("categories", Service.category),
            ("apis", Service.apis_answer),
        )
    ]
    parts.append(
        _counted("audiences", ServiceAudience.audience)
        .join(Service, Service.id == ServiceAudience.service_id)
        .where(*conditions(where, "audiences"))
        .group_by(ServiceAudience.audience)
    )
    parts.append(
        _counted("organisation", null(), Service.organisation_id, Service.delivers_id)
        .select_from(Service)
        .where(*conditions(where))
        .group_by(Service.organisation_id, Service.delivers_id)
    )
    # Riding along saves a statement each: who is below whom, and what the search will rank.
    link = OrganisationParent
    parts.append(
        _counted("link", null(), link.child_id, link.parent_id, literal(1))
        .select_from(link)
        .where(open_links(where.on))
    )
    if where.query.sort is ServiceSort.RELEVANCE:
        parts.append(
            _counted("id", null(), Service.id, null(), literal(1))
            .select_from(Service)
            .where(*conditions(where))
        )
    return parts


def _organisation_facet(
    session: Session,
    where: Scope,
    owned: dict[Owners, int],
    parents: dict[int, list[int]],
    counts: _Counts,
) -> None:
    """One level of organisations: the tops, or, inside a chosen body, those directly below.
    Each counts the services that it, or anything below it, is accountable for or delivers.
    """
    totals: dict[int, int] = {}
    for owners, many in owned.items():
        for body in _with_ancestors([o for o in owners if o is not None], parents):
            totals[body] = totals.get(body, 0) + many
    inside = where.organisation_id
    level = {b for b in totals if (inside in parents.get(b, []) if inside else b not in parents)}
    up = parents.get(inside, []) if inside else []
    rows = session.execute(
        select(Organisation.id, Organisation.slug, Organisation.name)
        .where(Organisation.id.in_([*level, *up]))
        .order_by(Organisation.sort_name, Organisation.id)
    ).all()
    counts.above = [(slug, name) for id_, slug, name in rows if id_ in up]
    counts.facets["organisation"] = [
        Choice(slug, name, totals[id_]) for id_, slug, name in rows if id_ in level
    ]


def _with_ancestors(bodies: list[int], above: dict[int, list[int]]) -> set[int]:
    found: set[int] = set()
    while bodies:
        body = bodies.pop()
        if body not in found:
            found.add(body)
            bodies.extend(above.get(body, []))
    return found


def counts_by_answer(session: Session) -> dict[str, int]:
    """How many services offer APIs, offer none, or have not said."""
    return {
        answer.value: many
        for answer, many in session.execute(
            select(Service.apis_answer, func.count()).group_by(Service.apis_answer)
        )
    }
