"""Organisation documents in bulk: everything a query lists, in one statement a batch."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

from sqlalchemy import literal, select
from sqlalchemy.orm import Session, aliased

from portal.audit import Document
from portal.catalogue.models.organisations import (
    Organisation,
    OrganisationAlias,
    OrganisationIdentifier,
    OrganisationName,
    OrganisationParent,
    OrganisationSuccession,
)
from portal.catalogue.rules.documents import ORGANISATION
from portal.catalogue.rules.filters import OrganisationQuery
from portal.catalogue.store.gather import Parts, Statement, gather, reference_of
from portal.catalogue.store.organisation_lists import stream_ids

_OWN = ("slug", "kind", "name", "abbreviation", "website", "start_date", "end_date")
_NAME = ("name", "language", "kind", "since", "until")
_PARENT = ("organisation", "relation", "since", "until", "source")
_AFTER = ("kind", "successor", "on", "source")


def listed(session: Session, query: OrganisationQuery, on: date) -> Iterator[Document]:
    """The documents of everything a query lists, in its order, a batch in memory at a time."""
    for ids in stream_ids(session, query, on):
        found = gather(session, _parts(ids))
        yield from (_document(found[id_]) for id_ in ids if id_ in found)


def by_ids(session: Session, ids: list[int]) -> dict[int, Document]:
    """Documents by their organisations' ids, of at most a few hundred."""
    return {id_: _document(parts) for id_, parts in gather(session, _parts(ids)).items()}


def _parts(ids: list[int]) -> dict[str, Statement]:
    o, name, alias = Organisation, OrganisationName, OrganisationAlias
    identifier, link, after = OrganisationIdentifier, OrganisationParent, OrganisationSuccession
    parent, successor = aliased(Organisation), aliased(Organisation)
    return {
        "organisation": select(o.id, o.id, *(getattr(o, f) for f in _OWN)).where(o.id.in_(ids)),
        "identifiers": select(identifier.organisation_id, literal(0), identifier.identifier).where(
            identifier.organisation_id.in_(ids)
        ),
        "names": select(name.organisation_id, name.id, *(getattr(name, f) for f in _NAME)).where(
            name.organisation_id.in_(ids)
        ),
        "aliases": select(alias.organisation_id, literal(0), alias.alias, alias.source).where(
            alias.organisation_id.in_(ids)
        ),
        "parents": select(
            link.child_id,
            link.id,
            reference_of(parent),
            link.relation,
            link.since,
            link.until,
            link.source,
        )
        .join(parent, parent.id == link.parent_id)
        .where(link.child_id.in_(ids)),
        "successions": select(
            after.predecessor_id,
            after.id,
            after.kind,
            reference_of(successor),
            after.happened_on,
            after.source,
        )
        .outerjoin(successor, successor.id == after.successor_id)
        .where(after.predecessor_id.in_(ids)),
    }


def _document(parts: Parts) -> Document:
    own: Document = dict(zip(_OWN, parts["organisation"][0], strict=False))
    own["identifiers"] = sorted(str(row[0]) for row in parts["identifiers"])
    own["names"] = [dict(zip(_NAME, row, strict=False)) for row in parts["names"]]
    own["aliases"] = [
        {"alias": row[0], "source": row[1]}
        for row in sorted(parts["aliases"], key=lambda row: str(row[0]))
    ]
    own["parents"] = [dict(zip(_PARENT, row, strict=False)) for row in parts["parents"]]
    own["successions"] = [dict(zip(_AFTER, row, strict=False)) for row in parts["successions"]]
    return {field: own[field] for field in ORGANISATION}
