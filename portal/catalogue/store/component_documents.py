"""Component documents in bulk, and one component with what its page shows around it."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from decimal import Decimal
from functools import cache
from typing import Any

from sqlalchemy import bindparam, literal, select
from sqlalchemy.orm import Session, aliased

from portal.audit import Document, london_day
from portal.catalogue.models.components import (
    Capability,
    Component,
    ComponentCapability,
    ComponentEvolution,
    ComponentExemption,
    ComponentMandate,
    ComponentPrice,
)
from portal.catalogue.models.organisations import Organisation
from portal.catalogue.models.reviews import Review
from portal.catalogue.models.services import Service
from portal.catalogue.rules.component_documents import COMPONENT
from portal.catalogue.rules.component_filters import ComponentQuery
from portal.catalogue.store import reviews
from portal.catalogue.store.component_lists import stream_ids
from portal.catalogue.store.components import plain_number
from portal.catalogue.store.gather import (
    Parts,
    Statement,
    collected,
    gather,
    prepared,
    reference_of,
    truth,
)
from portal.catalogue.store.reviews import Standing
from portal.catalogue.words import Reviewed
from portal.errors import Missing

_TEXTS = (
    "slug", "name", "kind", "delivery", "summary", "description", "eligibility_note",
    "how_to_start", "documentation", "support_hours", "status_page", "lifecycle",
    "lifecycle_since", "closes_on", "closing_means", "team", "security_tested_on", "looked_at_on",
)  # fmt: skip
_JSON = (
    "names", "sectors", "steps", "allowances", "volumes", "costs", "adopters", "sources",
    "incidents", "unsupported",
)  # fmt: skip
_REST = ("has_interface", "team_reachable", "provider", "successor", "provider_name")
_EVOLUTION = ("stage", "since", "rationale", "source")
_PRICE = ("item", "unit", "pence", "per_cent", "since", "until", "note", "source")
_MANDATE = ("scope", "note", "since", "until", "policy", "needs", "sectors", "audiences",
            "from_phase", "new_since")  # fmt: skip
_COVERS = ("needs", "sectors", "audiences")
_EXEMPTION = ("service", "service_name", "reason", "granted_by", "granted_on", "expires_on",
              "ended_on", "request")  # fmt: skip


@dataclass(frozen=True, slots=True)
class Successor:
    """The component that takes over from another."""

    slug: str
    name: str
    lifecycle: str
    closes_on: date | None


@dataclass(frozen=True, slots=True)
class Shown:
    """A component as its page shows it.

    Attributes:
        document: see rules/component_documents.py.
        needs: the capabilities it offers, as (slug, name, note).
        replaces: the components whose successor it is, as (slug, name).
        review: how its review stands; None until it has one.
        exemptions: the services that need not use it, each with why, from whom and until when.
    """

    id: int
    version: int
    edited_at: datetime
    document: Document
    provider: str
    provider_slug: str
    successor: Successor | None
    needs: list[tuple[str, str, str | None]]
    review: Standing | None
    replaces: list[tuple[str, str]]
    exemptions: list[Document]


def listed(
    session: Session, query: ComponentQuery, on: date, named: bool = False
) -> Iterator[Document]:
    """The documents of everything a query lists, in its order, with when each was edited and
    confirmed.

    Args:
        named: give each the provider's name as well, for people who read CSV.
    """
    for ids in stream_ids(session, query):
        found = gather(session, _parts(ids))
        known = reviews.standings(session, Reviewed.COMPONENT, ids)
        for id_ in ids:
            if id_ in found:
                own = found[id_]["component"][0][-1]
                yield {**_document(found[id_], named), **reviewed(own, known.get(id_), on)}


def reviewed(edited_at: datetime | str | None, review: Standing | None, on: date) -> Document:
    """When a component was edited and confirmed, apart, and by when it must be again."""
    at = datetime.fromisoformat(edited_at) if isinstance(edited_at, str) else edited_at
    at = at.replace(tzinfo=UTC) if at and at.tzinfo is None else at
    return {"edited_on": at and london_day(at).isoformat(), **reviews.fields_of(review, on)}


def by_slug(session: Session, slug: str) -> Shown:
    """The component at an address, in two statements. Raises Missing."""
    row = session.connection().execute(_own(), {"slug": slug}).first()
    if row is None:
        raise Missing("There is no component at this address")
    statement, names = _all()
    parts = collected(session, statement, names, {"ids": [row[0]], "component": row[0]})[row[0]]
    return Shown(
        id=row[0],
        version=row[1],
        edited_at=row[2],
        document=_document(parts),
        provider=row[3],
        provider_slug=row[4],
        successor=Successor(row[5], row[6], row[7].value, row[8]) if row[5] else None,
        needs=sorted(
            ((str(r[0]), str(r[2]), r[1]) for r in parts["capabilities"]), key=lambda need: need[1]
        ),
        review=_standing(row[9:]),
        replaces=[(str(r[0]), str(r[1])) for r in parts["replaces"]],
        exemptions=[dict(zip(_EXEMPTION, r, strict=False)) for r in parts["exemptions"]],
    )


def _standing(values: Sequence[Any]) -> Standing | None:
    return Standing._make(values) if values[0] else None


@cache
def _own() -> Statement:
    provider, successor = aliased(Organisation), aliased(Component)
    return (
        select(
            Component.id, Component.version, Component.edited_at, provider.name, provider.slug,
            successor.slug, successor.name, successor.lifecycle, successor.closes_on,
            *reviews.SHOWN,
        )
        .join(provider, provider.id == Component.provider_id)
        .outerjoin(successor, successor.id == Component.successor_id)
        .outerjoin(Review, reviews.of(Reviewed.COMPONENT, Component.id))
        .where(Component.slug == bindparam("slug"))
    )  # fmt: skip


@cache
def _all() -> tuple[Statement, list[str]]:
    """Made once: making it takes longer than running it."""
    parts = _parts(bindparam("ids", expanding=True)) | _around(
        bindparam("component", type_=Component.id.type)
    )
    return prepared(parts), list(parts)


def _parts(ids: Any) -> dict[str, Statement]:
    c, provider, successor = Component, aliased(Organisation), aliased(Component)
    offered, capability, stage = ComponentCapability, Capability, ComponentEvolution
    price, mandate = ComponentPrice, ComponentMandate
    return {
        "component": select(
            c.id, c.id, *(getattr(c, f) for f in (*_TEXTS, *_JSON)), c.has_interface,
            c.team_reachable, reference_of(provider), successor.slug, provider.name, c.edited_at,
        )
        .join(provider, provider.id == c.provider_id)
        .outerjoin(successor, successor.id == c.successor_id)
        .where(c.id.in_(ids)),
        "capabilities": select(
            offered.component_id, literal(0), capability.slug, offered.note, capability.name
        )
        .join(capability, capability.id == offered.capability_id)
        .where(offered.component_id.in_(ids)),
        "evolution": select(
            stage.component_id, literal(0), *(getattr(stage, f) for f in _EVOLUTION)
        ).where(stage.component_id.in_(ids)),
        "prices": select(
            price.component_id, literal(0), *(getattr(price, f) for f in _PRICE)
        ).where(price.component_id.in_(ids)),
        "mandates": select(
            mandate.component_id, mandate.id, *(getattr(mandate, f) for f in _MANDATE)
        ).where(mandate.component_id.in_(ids)),
    }  # fmt: skip


def _around(component_id: Any) -> dict[str, Statement]:
    """What belongs to a component's page and not to its document."""
    c, e = Component, ComponentExemption
    return {
        "replaces": select(c.successor_id, c.id, c.slug, c.name).where(
            c.successor_id == component_id
        ),
        "exemptions": select(
            e.component_id, e.id, Service.slug, Service.name, e.reason, e.granted_by, e.granted_on,
            e.expires_on, e.ended_on, e.request_id,
        )
        .join(Service, Service.id == e.service_id)
        .where(e.component_id == component_id),
    }  # fmt: skip


def _document(parts: Parts, named: bool = False) -> Document:
    values = parts["component"][0]
    own: Document = dict(zip((*_TEXTS, *_JSON, *_REST), values, strict=False))
    own |= {field: json.loads(own[field] or "[]") for field in _JSON}
    for field in ("has_interface", "team_reachable"):
        own[field] = truth(own[field])
    own["capabilities"] = sorted(
        ({"capability": row[0], "note": row[1]} for row in parts["capabilities"]),
        key=lambda row: str(row["capability"]),
    )
    own["evolution"] = sorted(
        (dict(zip(_EVOLUTION, row, strict=False)) for row in parts["evolution"]),
        key=lambda row: str(row["since"]),
    )
    own["prices"] = sorted(
        (_price(row) for row in parts["prices"]),
        key=lambda row: (str(row["item"]), row["since"] or ""),
    )
    own["mandates"] = [_mandate(row) for row in parts["mandates"]]
    document = {field: own[field] for field in COMPONENT}
    return {**document, "provider_name": own["provider_name"]} if named else document


def _mandate(row: tuple[str | None, ...]) -> dict[str, Any]:
    found: dict[str, Any] = dict(zip(_MANDATE, row, strict=False))
    return found | {field: json.loads(found[field] or "[]") or [] for field in _COVERS}


def _price(row: tuple[str | None, ...]) -> dict[str, Any]:
    price: dict[str, Any] = dict(zip(_PRICE, row, strict=False))
    for field in ("pence", "per_cent"):
        price[field] = plain_number(Decimal(price[field])) if price[field] is not None else None
    return price
