"""The service list: filters, facets with counts, keyset pages."""

from __future__ import annotations

from collections.abc import Hashable, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from sqlalchemy import ColumnElement, Date, bindparam, exists, func, select
from sqlalchemy.orm import Session

from portal import search
from portal.audit import kept
from portal.catalogue.models.organisations import Organisation
from portal.catalogue.models.reviews import Review
from portal.catalogue.models.services import Service, ServiceOwner
from portal.catalogue.rules.filters import PAGE_SIZE, Key, ServiceQuery, ServiceSort
from portal.catalogue.rules.reviews import STALE
from portal.catalogue.store import reviews, service_facets, service_matches
from portal.catalogue.store.paging import Slice, by_rank, column_page, cut, edge
from portal.catalogue.store.service_facets import Choice
from portal.catalogue.store.service_scope import Scope, conditions, scope, shape, values
from portal.catalogue.words import OwnerRole, Reviewed


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
    stale: bool
    key: Key


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
            _stale().label("stale"),
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


def _stale() -> ColumnElement[bool]:
    """Whether a service's review is long overdue. It asks for the day, not whether there is such a
    row: for that, PostgreSQL would read all the stale reviews for a page of fifty services.
    """
    by = select(Review.review_by).where(reviews.of(Reviewed.SERVICE, Service.id)).scalar_subquery()
    return by <= bindparam("stale_on", type_=Date)


_ONES = _base().where(Service.id.in_(bindparam("ids", expanding=True)))


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
        bool(r.stale),
        key,
    )


def listing(session: Session, query: ServiceQuery, on: date, size: int = PAGE_SIZE) -> Listing:
    """One page of services, the counts of each facet, and the keys of the pages around it."""
    where = scope(session, query, on)
    counts = service_facets.counts(session, where)
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
    cursor = where.query.cursor
    asked = values(where) | edge(cursor, size) | {"stale_on": where.on - STALE}
    found = session.connection().execute(_page(where), asked)
    rows, before, after = cut(list(found), cursor, size)
    return [_row(r, (r.sort_value, r.id)) for r in rows], before, after


#: Statements by their shape: making one takes longer than running it.
_pages: dict[Hashable, Any] = {}


def _page(where: Scope) -> Any:
    query = where.query
    column, falling = SORT[query.sort]

    def make() -> Any:
        statement = _base().where(*conditions(where))
        return column_page(statement, column, Service.id, query.cursor, falling)

    form = shape(where)
    if form is None:
        return make()
    form = form, query.cursor.backwards if query.cursor else None
    if form not in _pages:
        _pages[form] = make()
    return _pages[form]


def _ranked(session: Session, where: Scope, found_ids: Sequence[int], size: int) -> Slice:
    """A page in order of relevance: at most 1,000 found ids, ranked by the search."""
    chosen, before, after = by_rank(found_ids, where.positions, where.query.cursor, size)
    asked = {"ids": chosen, "stale_on": where.on - STALE}
    found = {r.id: r for r in session.connection().execute(_ONES, asked)}
    return [_row(found[id_], (where.positions[id_], id_)) for id_ in chosen], before, after


def total(session: Session) -> int:
    """How many services the catalogue holds, kept until a record changes."""
    count = select(func.count()).select_from(Service)
    return kept(session, "services", lambda: session.scalars(count).one())


def counts_by_answer(session: Session) -> dict[str, int]:
    """How many services offer APIs, offer none, or have not said."""
    return {
        answer.value: many
        for answer, many in session.execute(
            select(Service.apis_answer, func.count()).group_by(Service.apis_answer)
        )
    }
