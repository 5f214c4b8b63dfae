"""What moves when a service becomes part of another: usages, exemptions, journeys, relations."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from sqlalchemy import delete, func, select, update
from sqlalchemy.orm import Session

from portal.audit import Act, Document, record
from portal.catalogue.models.components import Capability
from portal.catalogue.models.journeys import JourneyStep
from portal.catalogue.models.services import Service, ServiceLinkage
from portal.catalogue.models.usage import CapabilityNeed, Usage
from portal.catalogue.rules.merging import with_reference
from portal.catalogue.rules.merging_usage import Plan, United, plan
from portal.catalogue.store import (
    capabilities,
    components,
    evidence,
    journeys,
    organisations,
    service_counts,
    services,
    spending,
    usage,
    usage_counts,
)
from portal.catalogue.store.movers import TAGS, Merge, Mover, register
from portal.catalogue.words import RecordKind
from portal.errors import N_

TAG = TAGS[RecordKind.SERVICE]


def _counter(column: Any) -> Any:
    def count(session: Session, merge: Merge) -> int:
        return session.scalar(select(func.count()).where(column == merge.goes)) or 0

    return count


def usages_of(session: Session, service_id: int) -> dict[int, Usage]:
    """The usages of a service, by id."""
    ids = session.scalars(select(Usage.id).where(Usage.service_id == service_id)).all()
    return {row.id: row for row in usage.load(session, list(ids))}


def usage_plan(session: Session, merge: Merge) -> Plan:
    """What would become of the usages."""
    own, others = (
        {id_: usage.document_of(row) for id_, row in usages_of(session, of).items()}
        for of in (merge.stays, merge.goes)
    )
    return plan(merge.stays_ref, own, others)


def known_ids(session: Session) -> usage.Ids:
    """The ids behind the addresses in documents of usages."""
    return usage.Ids(
        services.ids_by_slug(session),
        capabilities.ids_by_slug(session),
        components.ids_by_slug(session),
    )


def _move_usages(session: Session, merge: Merge) -> None:
    todo = usage_plan(session, merge)
    usage_counts.touch_services(session, [merge.stays, merge.goes])
    rows = usages_of(session, merge.stays) | usages_of(session, merge.goes)
    ids = known_ids(session)
    for united in todo.united:
        _unite(session, rows, united, ids, merge)
    for id_, document in todo.moved.items():
        before = usage.document_of(rows[id_])
        usage.save(session, rows[id_], before, document, ids, merge.act, TAG)


def _unite(
    session: Session, rows: Mapping[int, Usage], united: United, ids: usage.Ids, merge: Merge
) -> None:
    """Let one row take the place of two, also where others took or left their place for it."""
    stays, goes = rows[united.stays], rows[united.goes]
    replaced, before = goes.replaces_id, usage.document_of(goes)
    planned = [day for day in (stays.first_planned_on, goes.first_planned_on) if day]
    stays.first_planned_on = min(planned, default=None)
    follower = session.scalar(select(Usage).where(Usage.replaces_id == goes.id))
    if follower is not None:
        follower.replaces_id = None
    goes.replaces_id = None
    evidence.move(session, united.goes, united.stays)
    spending.follow_usage(session, united.goes, united.stays)
    session.flush()
    session.expunge(goes)
    session.execute(delete(Usage).where(Usage.id == united.goes))
    record(session, merge.act, TAG, usage.THING, united.goes, before, None)
    taken = session.scalar(select(Usage.id).where(Usage.replaces_id == stays.id))
    if follower is not None and follower.id != stays.id and taken is None:
        follower.replaces_id = stays.id
    if stays.replaces_id is None and replaced not in (None, stays.id):
        stays.replaces_id = replaced
    session.flush()
    said = usage.document_of(stays)
    usage.save(session, stays, said, united.document, ids, merge.act, TAG)


def _move_steps(session: Session, merge: Merge) -> None:
    if not _counter(JourneyStep.service_id)(session, merge):
        return
    ids = services.ids_by_slug(session)
    for journey in journeys.load(session):
        before = journeys.document_of(journey)
        steps = [
            {**step, "service": merge.stays_ref} if step["service"] == merge.goes_ref else step
            for step in before["steps"]
        ]
        journeys.save(session, journey, before, {**before, "steps": steps}, ids, merge.act, TAG)


def _move_relations(session: Session, merge: Merge) -> None:
    r = ServiceLinkage
    pointing = session.scalars(select(r.service_id).where(r.other_id == merge.goes)).all()
    ids, refs = services.ids_by_slug(session), organisations.ids_by_reference(session)
    for service in services.load(session, set(pointing) - {merge.stays, merge.goes}):
        before = services.document_of(service)
        rows = with_reference(before["relations"], "service", {merge.goes_ref}, merge.stays_ref)
        rows = [row for row in rows if row["service"] != service.slug]
        after = {**before, "relations": rows}
        services.save(session, service, before, after, refs, merge.act, TAG)
        services.save_relations(session, service.id, rows, ids)


def needs_of(session: Session, service_id: int) -> dict[str, Document]:
    """What a service answered of its needs, by capability."""
    n = CapabilityNeed
    rows = session.execute(
        select(Capability.slug, n.answer, n.note, n.source)
        .join(Capability, Capability.id == n.capability_id)
        .where(n.service_id == service_id)
        .order_by(Capability.slug)
    )
    return {
        need: {"answer": answer.value, "note": note, "source": source}
        for need, answer, note, source in rows
    }


def take_needs(session: Session, merge: Merge, taken: Mapping[str, Document]) -> None:
    """Let a service have these answers of the other one; its history event tells of them."""
    n, ids = CapabilityNeed, capabilities.ids_by_slug(session)
    wanted = [ids[need] for need in taken]
    mine = (n.service_id == merge.stays, n.capability_id.in_(wanted))
    session.execute(delete(n).where(*mine))
    moving = update(n).where(n.service_id == merge.goes, n.capability_id.in_(wanted))
    moving = moving.values(service_id=merge.stays, edited_at=merge.act.at)
    session.execute(moving.execution_options(synchronize_session=False))


def remove(session: Session, service: Service, before: Document, told: Document, act: Act) -> None:
    """Delete a service that nothing points at any more; the history keeps what it said."""
    counted = service_counts.place_of(service)
    session.expunge(service)
    session.execute(delete(Service).where(Service.id == service.id))
    service_counts.moved(session, counted, None)
    record(session, act, TAG, services.THING, service.id, before, told)


def install() -> None:
    """Register what moves with a service."""
    named = {
        "usages": (N_("Uses of components and products"), "usage", Usage.service_id, _move_usages),
        "steps": (N_("Steps of journeys"), "journey_step", JourneyStep.service_id, _move_steps),
        "relations": (
            N_("Other services that refer to it"), "service_relation", ServiceLinkage.other_id,
            _move_relations,
        ),
        "needs": (
            N_("Answers about needs"), "capability_need", CapabilityNeed.service_id,
            lambda session, merge: None,
        ),
    }  # fmt: skip
    for name, (what, table, column, moving) in named.items():
        mover = Mover(what, frozenset({table}), _counter(column), moving)
        register(RecordKind.SERVICE, name, mover)
