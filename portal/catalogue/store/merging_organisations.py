"""What moves when an organisation becomes part of another: what it owns, names, hierarchy."""

from __future__ import annotations

from typing import Any

from sqlalchemy import delete, func, or_, select
from sqlalchemy.orm import Session

from portal.audit import Document, record
from portal.catalogue.models.organisations import (
    Organisation,
    OrganisationIdentifier,
    OrganisationMatch,
    OrganisationParent,
    OrganisationSuccession,
)
from portal.catalogue.rules.documents import clean_service
from portal.catalogue.rules.importing import without_echoes
from portal.catalogue.rules.merging import united_owners, with_reference
from portal.catalogue.store import (
    capabilities,
    components,
    matches,
    organisations,
    ownership,
    service_batches,
    service_documents,
)
from portal.catalogue.store.movers import TAGS, Merge, Mover, register
from portal.catalogue.words import RecordKind
from portal.db import chunks
from portal.errors import N_

TAG = TAGS[RecordKind.ORGANISATION]


def _owned(session: Session, merge: Merge) -> int:
    return len(ownership.services_of(session, [merge.goes]))


def _move_services(session: Session, merge: Merge) -> None:
    refs = organisations.ids_by_reference(session)
    for some in chunks(sorted(ownership.services_of(session, [merge.goes]))):
        changes = []
        for id_, before in service_documents.by_ids(session, some).items():
            rows = with_reference(
                before["owners"], "organisation", {merge.goes_ref}, merge.stays_ref
            )
            owners = without_echoes(united_owners(rows))
            after = clean_service({**before, "owners": owners})
            changes.append(service_batches.change(id_, before, after, refs, merge.act))
        service_batches.write(session, changes, refs, merge.act, TAG)


def _provided(session: Session, merge: Merge) -> int:
    return len(components.provided_by(session, [merge.goes]))


def _move_components(session: Session, merge: Merge) -> None:
    refs, needs = organisations.ids_by_reference(session), capabilities.ids_by_slug(session)
    for component in components.load(session, components.provided_by(session, [merge.goes])):
        before = components.document_of(component)
        after = {**before, "provider": merge.stays_ref}
        components.save(session, component, before, after, refs, needs, merge.act, TAG)


def _pointing(session: Session, merge: Merge) -> set[int]:
    p, s = OrganisationParent, OrganisationSuccession
    below = session.scalars(select(p.child_id).where(p.parent_id == merge.goes))
    before = session.scalars(select(s.predecessor_id).where(s.successor_id == merge.goes))
    return {*below, *before} - {merge.stays, merge.goes}


def _move_links(session: Session, merge: Merge) -> None:
    refs, old = organisations.ids_by_reference(session), {merge.goes_ref}
    for body in organisations.load(session, _pointing(session, merge)):
        before = organisations.document_of(body)
        links = {
            "parents": with_reference(before["parents"], "organisation", old, merge.stays_ref),
            "successions": with_reference(before["successions"], "successor", old, merge.stays_ref),
        }
        organisations.save(session, body, before, {**before, **links}, refs, merge.act, TAG)


def _named(merge: Merge) -> Any:
    return OrganisationMatch.organisation_id == merge.goes


def _count_names(session: Session, merge: Merge) -> int:
    return session.scalar(select(func.count()).where(_named(merge))) or 0


def _move_names(session: Session, merge: Merge) -> None:
    references = organisations.references(session)
    rows = session.scalars(
        select(OrganisationMatch).where(_named(merge)).order_by(OrganisationMatch.id)
    )
    for row in rows.all():
        matches.settle(
            session, row, merge.stays, row.reason, references, merge.act, TAG,
            by_person=row.decided_at is not None,
        )  # fmt: skip


def give_up_identifiers(session: Session, organisation_id: int) -> None:
    """Let another organisation have the identifiers of one that goes."""
    mine = OrganisationIdentifier.organisation_id == organisation_id
    session.execute(delete(OrganisationIdentifier).where(mine))


def remove(
    session: Session, body: Organisation, before: Document, told: Document, act: Any
) -> None:
    """Delete an organisation that nothing points at any more; the history keeps what it said."""
    session.expunge(body)
    p, s = OrganisationParent, OrganisationSuccession
    session.execute(delete(p).where(or_(p.child_id == body.id, p.parent_id == body.id)))
    session.execute(delete(s).where(or_(s.predecessor_id == body.id, s.successor_id == body.id)))
    session.execute(delete(Organisation).where(Organisation.id == body.id))
    record(session, act, TAG, organisations.THING, body.id, before, told)


def install() -> None:
    """Register what moves with an organisation."""
    moving: dict[str, tuple[str, set[str], Any, Any]] = {
        "services": (
            N_("Services that it owns or owned"), {"service_owner", "service"}, _owned,
            _move_services,
        ),
        "components": (
            N_("Components that it provides"), {"component"}, _provided, _move_components
        ),
        "links": (
            N_("Organisations below or before it"),
            {"organisation_parent", "organisation_succession"},
            lambda session, merge: len(_pointing(session, merge)), _move_links,
        ),
        "names": (N_("Published names that mean it"), {"organisation_match"}, _count_names,
                  _move_names),
    }  # fmt: skip
    for name, (what, tables, count, move) in moving.items():
        register(RecordKind.ORGANISATION, name, Mover(what, frozenset(tables), count, move))
