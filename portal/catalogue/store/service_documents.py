"""Service documents in bulk: everything a query lists, in one statement a batch.

Each service is one row; the database packs its names, phases, owners and so on as JSON. That takes
a third of the time of reading them as rows. tests/store/test_documents.py holds this and the plain
way (`services.document_of`) to the same result.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator
from datetime import date
from typing import Any, NamedTuple

import orjson
from sqlalchemy import func, literal, literal_column, select, tuple_
from sqlalchemy.orm import Session

from portal.audit import Document, london_day
from portal.catalogue.models.components import Capability, Component
from portal.catalogue.models.reviews import Review
from portal.catalogue.models.services import Service
from portal.catalogue.models.usage import Usage
from portal.catalogue.rules.documents import SERVICE
from portal.catalogue.rules.filters import ServiceQuery, ServiceSort
from portal.catalogue.store import reviews
from portal.catalogue.store.gather import Statement
from portal.catalogue.store.organisations import iso
from portal.catalogue.store.reviews import Standing
from portal.catalogue.store.service_choices import asked_for
from portal.catalogue.store.service_lists import SORT
from portal.catalogue.store.service_scope import Scope, conditions, scope
from portal.catalogue.words import Reviewed
from portal.errors import Missing

BATCH = 500

_PLAIN = (
    "slug",
    "name",
    "purpose",
    "user_need",
    "category",
    "customer_type",
    "business_model",
    "start_page",
    "service_address",
    "transactional",
    "yearly_transactions",
    "keywords",
    "channels",
    "sources",
)
_DAYS = ("transactions_from", "transactions_to")
#: Of a usage, with the names that the JSON of one service has for them.
_USAGE = (
    "capability", "capability_name", "component", "component_name", "product", "arrangement",
    "status", "source",
)  # fmt: skip
_OWN = [getattr(Service, field) for field in (*_PLAIN, *_DAYS)]


class _List(NamedTuple):
    """A list of a document: its fields, their SQL, and where the rows come from, as `x`."""

    fields: tuple[str, ...]
    columns: str
    source: str


def _own(table: str, *fields: str) -> _List:
    columns = ", ".join(f"x.{field}" for field in fields)
    return _List(fields, columns, f"{table} x WHERE x.service_id = service.id")


_REFERENCE = (
    "CASE WHEN o.id IS NOT NULL THEN coalesce((SELECT min(i.identifier) FROM "
    "organisation_identifier i WHERE i.organisation_id = o.id), 'slug:' || o.slug) END"
)
_LISTS = {
    "names": _own("service_name", "name", "kind", "language", "until"),
    "links": _own("service_link", "kind", "url", "title"),
    "phases": _own("service_phase", "phase", "since", "until"),
    "apis": _own("service_api", "name", "address", "documentation"),
    "relations": _List(
        ("relation", "service"),
        "x.relation, t.slug",
        "service_relation x JOIN service t ON t.id = x.other_id WHERE x.service_id = service.id",
    ),
    "owners": _List(
        ("role", "organisation", "published_name", "since", "until", "source", "name"),
        f"x.role, {_REFERENCE}, x.published_name, x.since, x.until, x.source, "
        "coalesce(o.name, x.published_name)",
        "service_owner x LEFT JOIN organisation o ON o.id = x.organisation_id "
        "WHERE x.service_id = service.id",
    ),
}
#: A subquery that packs rows as JSON arrays, in their order.
_PACKED = {
    "sqlite": (
        "(SELECT json_group_array(json(packed)) FROM "
        "(SELECT json_array({columns}) AS packed FROM {source} ORDER BY x.id))"
    ),
    "postgresql": (
        "(SELECT CAST(coalesce(json_agg(json_build_array({columns}) ORDER BY x.id), '[]') AS text)"
        " FROM {source})"
    ),
}


def listed(
    session: Session, query: ServiceQuery, on: date, named: bool = False
) -> Iterator[Document]:
    """The documents of everything a query lists, in its order, a batch in memory at a time.

    Each says when it was edited and confirmed, and has the `usages` that were asked for as well,
    where the query is narrowed by usage.

    Args:
        named: give each owner the organisation's `name` as well, for people who read CSV.
    """
    for batch in _batches(session, scope(session, query, on)):
        met = _met(session, query, [row.id for row in batch]) if query.by_usage else {}
        for row in batch:
            found = {**_document(row, named), **reviewed(row, on)}
            yield {**found, "usages": met[row.id]} if query.by_usage else found


def reviewed(row: Any, on: date) -> Document:
    """When a service was edited and confirmed, apart, and by when it must be again."""
    review = Standing(on, row.review_by, row.confirmed_at, None, None)
    return {"edited_on": london_day(row.edited_at).isoformat(), **review.fields(on)}


def by_slug(session: Session, slug: str, named: bool = False) -> Document:
    """One document. Raises Missing."""
    return _document(_one(session, slug), named)


def shown(session: Session, slug: str, on: date, named: bool = False) -> Document:
    """One document with when it was edited and confirmed. Raises Missing."""
    row = _one(session, slug)
    return {**_document(row, named), **reviewed(row, on)}


def _one(session: Session, slug: str) -> Any:
    chosen = select(Service.id, Service.id.label("place")).where(Service.slug == slug)
    for row in _rows(session, chosen):
        return row
    raise Missing("There is no service at this address")


def by_ids(session: Session, ids: Collection[int]) -> dict[int, Document]:
    """Documents by their services' ids, of at most a few hundred."""
    chosen = select(Service.id, Service.id.label("place")).where(Service.id.in_(ids))
    return {row.id: _document(row, False) for row in _rows(session, chosen)}


def _batches(session: Session, where: Scope) -> Iterator[list[Any]]:
    """The rows of everything that is listed, in its order, a batch at a time."""
    query = where.query
    if query.sort is ServiceSort.RELEVANCE:
        chosen = select(Service.id, Service.id.label("place")).where(*conditions(where))
        yield sorted(_rows(session, chosen), key=lambda row: where.positions.get(row.id, 0))
        return
    edge: tuple[Any, int] | None = None
    while True:
        batch = _rows(session, _batch(where, edge))
        yield batch
        if len(batch) < BATCH:
            return
        edge = _edge(batch[-1], query.sort), batch[-1].id


def _met(session: Session, query: ServiceQuery, ids: list[int]) -> dict[int, list[Document]]:
    """How these services meet their needs in the way a query asks for, each by need and day."""
    rows = session.execute(
        select(
            Usage.service_id, Capability.slug, Capability.name, Component.slug, Component.name,
            Usage.product, Usage.arrangement, Usage.status, Usage.source, Usage.since,
            Usage.since_basis,
        )
        .join(Capability, Capability.id == Usage.capability_id)
        .outerjoin(Component, Component.id == Usage.component_id)
        .where(Usage.service_id.in_(ids), *asked_for(query))
        .order_by(Capability.name, Usage.since, Usage.id)
    )  # fmt: skip
    found: dict[int, list[Document]] = {id_: [] for id_ in ids}
    for id_, *values, since, basis in rows:
        met = dict(zip(_USAGE, values, strict=False))
        found[id_].append({**met, "since": iso(since), "since_basis": basis})
    return found


def _batch(where: Scope, edge: tuple[Any, int] | None) -> Statement:
    """The ids after `edge`, in the order of the query, with their places."""
    column, falling = SORT[where.query.sort]
    order: list[Any] = [column, Service.id]
    statement = select(Service.id, column.label("sort_value")).where(*conditions(where))
    if edge:
        keys, last = tuple_(*order), tuple_(literal(edge[0]), literal(edge[1]))
        statement = statement.where(keys < last if falling else keys > last)
    ordered = [part.desc() for part in order] if falling else order
    few = statement.order_by(*ordered).limit(BATCH).subquery()
    ordered = [few.c.sort_value, few.c.id]
    if falling:
        ordered = [part.desc() for part in ordered]
    return select(few.c.id, func.row_number().over(order_by=ordered).label("place"))


def _rows(session: Session, chosen: Statement) -> list[Any]:
    """The chosen services with their lists, in the order of their places."""
    ids = chosen.subquery()
    packed = _PACKED[session.get_bind().dialect.name]
    lists: list[Any] = [
        literal_column(packed.format(columns=each.columns, source=each.source)).label(name)
        for name, each in _LISTS.items()
    ]
    columns = [
        Service.id, Service.sort_name, Service.audience_set, Service.apis_answer,
        Service.edited_at, Review.review_by, Review.confirmed_at,
    ]  # fmt: skip
    return list(
        session.execute(
            select(*columns, *_OWN, *lists)
            .join(ids, ids.c.id == Service.id)
            .outerjoin(Review, reviews.of(Reviewed.SERVICE, Service.id))
            .order_by(ids.c.place)
        ).all()
    )


def _edge(row: Any, sort: ServiceSort) -> str | int:
    """Where a service stands in the order of its list."""
    if sort is ServiceSort.TRANSACTIONS:
        return -1 if row.yearly_transactions is None else int(row.yearly_transactions)
    return str(row.sort_name)


def _document(row: Any, named: bool) -> Document:
    fields = row._mapping
    own: Document = {field: fields[field] for field in _PLAIN}
    own |= {field: iso(fields[field]) for field in _DAYS}
    own["audiences"] = row.audience_set.split(",") if row.audience_set else []
    own["apis_answer"] = row.apis_answer.value
    for name, each in _LISTS.items():
        values = orjson.loads(fields[name])
        kept = each.fields[:-1] if name == "owners" and not named else each.fields
        own[name] = [dict(zip(kept, value, strict=False)) for value in values]
    return {field: own[field] for field in SERVICE}
