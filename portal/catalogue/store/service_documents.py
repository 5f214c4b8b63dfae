"""Service documents in bulk: everything a query lists, in one statement a batch."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import date
from typing import Any

from sqlalchemy import func, literal, select, tuple_
from sqlalchemy.orm import Session, aliased

from portal.audit import Document
from portal.catalogue.models.organisations import Organisation
from portal.catalogue.models.services import (
    Service,
    ServiceApi,
    ServiceAudience,
    ServiceLink,
    ServiceLinkage,
    ServiceName,
    ServiceOwner,
    ServicePhase,
)
from portal.catalogue.rules.documents import SERVICE
from portal.catalogue.rules.filters import ServiceQuery, ServiceSort
from portal.catalogue.store.gather import Parts, Statement, gather, reference_of, truth, whole
from portal.catalogue.store.service_lists import SORT
from portal.catalogue.store.service_scope import Scope, conditions, scope
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
    "transactions_from",
    "transactions_to",
    "apis_answer",
)
_JSON = ("keywords", "channels", "sources")
_REST = ("transactional", "yearly_transactions", "sort_name")
_OWN = [getattr(Service, field) for field in (*_PLAIN, *_JSON, *_REST)]
_LISTS: dict[str, tuple[Any, tuple[str, ...]]] = {
    "names": (ServiceName, ("name", "kind", "language", "until")),
    "links": (ServiceLink, ("kind", "url", "title")),
    "phases": (ServicePhase, ("phase", "since", "until")),
    "apis": (ServiceApi, ("name", "address", "documentation")),
}
_OWNER = ("role", "published_name", "since", "until", "source")


def listed(
    session: Session, query: ServiceQuery, on: date, named: bool = False
) -> Iterator[Document]:
    """The documents of everything a query lists, in its order, a batch in memory at a time.

    Args:
        named: give each owner the organisation's `name` as well, for people who read CSV.
    """
    where = scope(session, query, on)
    if query.sort is ServiceSort.RELEVANCE:
        chosen = select(Service.id, Service.id.label("place")).where(*conditions(where))
        found = _documents(session, chosen, named)
        for id_ in sorted(found, key=lambda id_: where.positions.get(id_, 0)):
            yield found[id_][0]
        return
    edge: tuple[Any, int] | None = None
    while True:
        batch = _documents(session, _batch(where, edge), named)
        yield from (document for document, _ in batch.values())
        if len(batch) < BATCH:
            return
        last = next(reversed(batch))
        edge = _edge(batch[last][1], query.sort), last


def by_slug(session: Session, slug: str, named: bool = False) -> Document:
    """One document. Raises Missing."""
    chosen = select(Service.id, Service.id.label("place")).where(Service.slug == slug)
    for document, _ in _documents(session, chosen, named).values():
        return document
    raise Missing("There is no service at this address")


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


def _documents(
    session: Session, chosen: Statement, named: bool
) -> dict[int, tuple[Document, Parts]]:
    """The documents of the chosen services in the order of their places."""
    ids = chosen.cte("chosen")
    mine = select(ids.c.id)
    audience, link, other = ServiceAudience, ServiceLinkage, aliased(Service)
    parts: dict[str, Statement] = {
        "service": select(Service.id, ids.c.place, *_OWN).join(ids, ids.c.id == Service.id),
        "audiences": select(audience.service_id, literal(0), audience.audience).where(
            audience.service_id.in_(mine)
        ),
        "owners": select(
            ServiceOwner.service_id,
            ServiceOwner.id,
            *(getattr(ServiceOwner, field) for field in _OWNER),
            reference_of(Organisation),
            Organisation.name,
        )
        .outerjoin(Organisation, Organisation.id == ServiceOwner.organisation_id)
        .where(ServiceOwner.service_id.in_(mine)),
        "relations": select(link.service_id, link.id, link.relation, other.slug)
        .join(other, other.id == link.other_id)
        .where(link.service_id.in_(mine)),
    }
    for name, (model, fields) in _LISTS.items():
        columns = [getattr(model, field) for field in fields]
        parts[name] = select(model.service_id, model.id, *columns).where(model.service_id.in_(mine))
    found = gather(session, parts)
    return {id_: (_document(rows, named), rows) for id_, rows in found.items()}


def _edge(parts: Parts, sort: ServiceSort) -> str | int:
    """Where a service stands in the order of its list."""
    _, transactions, sort_name = parts["service"][0][len(_PLAIN) + len(_JSON) :][:3]
    if sort is ServiceSort.TRANSACTIONS:
        return -1 if transactions is None else int(transactions)
    return sort_name or ""


def _document(parts: Parts, named: bool) -> Document:
    values = parts["service"][0]
    own: Document = dict(zip(_PLAIN, values, strict=False))
    own |= {
        field: json.loads(value or "[]")
        for field, value in zip(_JSON, values[len(_PLAIN) :], strict=False)
    }
    transactional, transactions, _ = values[len(_PLAIN) + len(_JSON) :][:3]
    own["transactional"] = truth(transactional)
    own["yearly_transactions"] = whole(transactions)
    own["audiences"] = sorted(str(row[0]) for row in parts["audiences"])
    for name, (_, fields) in _LISTS.items():
        own[name] = [dict(zip(fields, row, strict=False)) for row in parts[name]]
    own["relations"] = [{"relation": row[0], "service": row[1]} for row in parts["relations"]]
    own["owners"] = [_owner(row, named) for row in parts["owners"]]
    return {field: own[field] for field in SERVICE}


def _owner(row: tuple[str | None, ...], named: bool) -> Document:
    role, published_name, since, until, source, reference, name = row[:7]
    owner: Document = {
        "role": role,
        "organisation": reference,
        "published_name": published_name,
        "since": since,
        "until": until,
        "source": source,
    }
    return {**owner, "name": name or published_name} if named else owner
