"""How the document of a service becomes the rows of its tables."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from portal.audit import Act, Document
from portal.catalogue import words
from portal.catalogue.models.services import (
    ServiceApi,
    ServiceAudience,
    ServiceLink,
    ServiceName,
    ServiceOwner,
    ServicePhase,
)
from portal.catalogue.rules.cleaners import sort_key
from portal.catalogue.rules.documents import current_phase, owner_now, refuse_future
from portal.catalogue.store.organisations import day
from portal.catalogue.store.service_counts import Place
from portal.errors import Invalid

PLAIN = (
    "purpose",
    "user_need",
    "transactional",
    "category",
    "customer_type",
    "business_model",
    "start_page",
    "service_address",
    "keywords",
    "channels",
    "sources",
    "yearly_transactions",
)
#: The lists that are tables of their own: the column that says whose row it is. Relations are
#: written last, see `save_relations`.
LISTS: dict[str, Any] = {
    "audiences": ServiceAudience.service_id,
    "phases": ServicePhase.service_id,
    "owners": ServiceOwner.service_id,
    "names": ServiceName.service_id,
    "links": ServiceLink.service_id,
    "apis": ServiceApi.service_id,
}


def columns_of(after: Document, refs: dict[str, int], act: Act) -> Document:
    """A service's own columns for a clean document, all but its id and version.

    Args:
        refs: organisation references to ids.

    Raises:
        Invalid: an owner is not in the database, or a phase or owner starts or ends after the
            day of the act.
    """
    refuse_future(after, act.day)
    return {
        **{field: after[field] for field in PLAIN},
        "slug": after["slug"],
        "name": after["name"],
        "sort_name": sort_key(after["name"]),
        "transactions_from": day(after["transactions_from"]),
        "transactions_to": day(after["transactions_to"]),
        "apis_answer": words.ApisAnswer(after["apis_answer"]),
        "phase": words.Phase(current_phase(after)),
        "organisation_id": _owner_id(owner_now(after, words.OwnerRole.ACCOUNTABLE), refs),
        "delivers_id": _owner_id(owner_now(after, words.OwnerRole.DELIVERS), refs),
        "audience_set": _audience_set(after),
        "edited_at": act.at,
    }


def place_of(document: Document, refs: dict[str, int]) -> Place:
    """What the service of a clean document counts as; raises Invalid like `columns_of`."""
    return Place(
        current_phase(document),
        _audience_set(document),
        document["category"],
        document["apis_answer"],
        _owner_id(owner_now(document, words.OwnerRole.ACCOUNTABLE), refs),
        _owner_id(owner_now(document, words.OwnerRole.DELIVERS), refs),
    )


def rows_of(
    before: Document | None, after: Document, refs: dict[str, int]
) -> dict[str, list[Document]]:
    """The rows of each list that is another than before, as columns without the service's id.

    Raises:
        Invalid: an owner is not in the database.
    """
    old = before or {}

    def owner(row: Document) -> Document:
        return _owner(row, refs)

    made: dict[str, Callable[[Any], Document]] = {**_ROWS, "owners": owner}
    return {
        field: [made[field](row) for row in after[field]]
        for field in LISTS
        if old.get(field, []) != after[field]
    }


def _owner(row: Document, refs: dict[str, int]) -> Document:
    return {
        "role": words.OwnerRole(row["role"]),
        "organisation_id": _owner_id(row, refs),
        "published_name": row["published_name"],
        "source": row["source"],
        "since": day(row["since"]),
        "until": day(row["until"]),
    }


def _owner_id(owner: Document | None, refs: dict[str, int]) -> int | None:
    ref = owner["organisation"] if owner else None
    if ref is None:
        return None
    if ref not in refs:
        raise Invalid("owners", f"There is no organisation {ref}")
    return refs[ref]


def _audience_set(document: Document) -> str:
    return ",".join(sorted(document["audiences"]))


def _audience(value: str) -> Document:
    return {"audience": words.Audience(value)}


def _phase(row: Document) -> Document:
    return {
        "phase": words.Phase(row["phase"]), "since": day(row["since"]), "until": day(row["until"])
    }  # fmt: skip


def _name(row: Document) -> Document:
    return {
        "name": row["name"],
        "kind": words.ServiceNameKind(row["kind"]),
        "language": words.Language(row["language"]),
        "until": day(row["until"]),
    }


def _link(row: Document) -> Document:
    return {"kind": words.LinkKind(row["kind"]), "url": row["url"], "title": row["title"]}


_ROWS: dict[str, Callable[[Any], Document]] = {
    "audiences": _audience,
    "phases": _phase,
    "names": _name,
    "links": _link,
    "apis": dict,
}
