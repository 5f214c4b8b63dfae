"""What moves with any record that becomes part of another, and what is left of it."""

from __future__ import annotations

from datetime import datetime
from typing import Any, NamedTuple

from sqlalchemy import delete, func, or_, select, update
from sqlalchemy.orm import Session

from portal.access import Kind
from portal.accounts.store import passing
from portal.catalogue.models.duplicates import DuplicatePair, MergedRecord
from portal.catalogue.models.imports import ImportedRecord
from portal.catalogue.models.organisations import OrganisationSlug
from portal.catalogue.models.proposals import Proposal
from portal.catalogue.models.registrations import Registration
from portal.catalogue.models.services import ServiceSlug
from portal.catalogue.store.movers import Merge, Mover, register
from portal.catalogue.words import EditedKind, PairDecision, RecordKind
from portal.errors import N_

_SLUGS: dict[RecordKind, tuple[Any, Any]] = {
    RecordKind.SERVICE: (ServiceSlug, ServiceSlug.service_id),
    RecordKind.ORGANISATION: (OrganisationSlug, OrganisationSlug.organisation_id),
}


class Gone(NamedTuple):
    """A record that became part of another: its id, its last name, and when."""

    id: int
    name: str
    merged_at: datetime


def gone_from(session: Session, kind: str, slug: str) -> Gone | None:
    """The record that once had an address and became part of another one, if there is one."""
    if kind not in set(RecordKind):
        return None
    m = MergedRecord
    row = session.execute(
        select(m.thing_id, m.name, m.merged_at)
        .where(m.kind == RecordKind(kind), m.slug == slug)
        .order_by(m.id.desc())
    ).first()
    return Gone(*row) if row else None


def remember(session: Session, merge: Merge, slug: str, name: str) -> None:
    """Let the address of what went lead on for ever, and its history be found."""
    table, owner = _SLUGS[merge.kind]
    # It may stand there already: a record that was renamed there and back.
    session.merge(table(**{"slug": slug, owner.key: merge.stays}))
    session.add(
        MergedRecord(
            kind=merge.kind, thing_id=merge.goes, slug=slug, name=name, into_id=merge.stays,
            merged_at=merge.act.at,
        )
    )  # fmt: skip
    session.flush()


def _count_addresses(session: Session, merge: Merge) -> int:
    table, owner = _SLUGS[merge.kind]
    return session.scalar(select(func.count()).select_from(table).where(owner == merge.goes)) or 0


def _move_addresses(session: Session, merge: Merge) -> None:
    table, owner = _SLUGS[merge.kind]
    moving = update(table).where(owner == merge.goes).values({owner.key: merge.stays})
    session.execute(moving.execution_options(synchronize_session=False))


def _sources(merge: Merge) -> Any:
    r = ImportedRecord
    return (r.thing == merge.kind.value) & (r.thing_id == merge.goes)


def _count_sources(session: Session, merge: Merge) -> int:
    keys = select(ImportedRecord.kind, ImportedRecord.key).where(_sources(merge)).distinct()
    return session.scalar(select(func.count()).select_from(keys.subquery())) or 0


def _move_sources(session: Session, merge: Merge) -> None:
    """The keys of a source stand for the record that stays: the next import brings none back."""
    moving = update(ImportedRecord).where(_sources(merge)).values(thing_id=merge.stays)
    session.execute(moving.execution_options(synchronize_session=False))


def _proposals(merge: Merge) -> Any:
    return (Proposal.kind == EditedKind(merge.kind.value)) & (Proposal.thing_id == merge.goes)


def _count_proposals(session: Session, merge: Merge) -> int:
    proposals = select(func.count()).select_from(Proposal).where(_proposals(merge))
    return session.scalar(proposals) or 0


def _move_proposals(session: Session, merge: Merge) -> None:
    """One that waits is decided by whoever decides about the one that stays."""
    moving = update(Proposal).where(_proposals(merge)).values(thing_id=merge.stays)
    session.execute(moving.execution_options(synchronize_session=False))


def _pairs(merge: Merge) -> Any:
    p = DuplicatePair
    mine = or_(p.low_id == merge.goes, p.high_id == merge.goes)
    both = or_(p.low_id == merge.stays, p.high_id == merge.stays)
    return (p.kind == merge.kind) & mine & ~both


def _count_pairs(session: Session, merge: Merge) -> int:
    pairs = select(func.count()).select_from(DuplicatePair).where(_pairs(merge))
    return session.scalar(pairs.where(DuplicatePair.decision != PairDecision.WAITING)) or 0


def _move_pairs(session: Session, merge: Merge) -> None:
    """What was decided holds of the one that stays, unless it has a decision of its own; what
    waits is found again where it is still so.
    """
    p = DuplicatePair
    for pair in session.scalars(select(p).where(_pairs(merge)).order_by(p.id)).all():
        other = pair.high_id if pair.low_id == merge.goes else pair.low_id
        low, high = sorted((other, merge.stays))
        same = (p.kind == merge.kind) & (p.low_id == low) & (p.high_id == high)
        known = session.scalar(select(p).where(same))
        if pair.decision is PairDecision.WAITING:
            session.delete(pair)
        elif known is None or known.decision is PairDecision.WAITING:
            session.execute(delete(p).where(same))
            pair.low_id, pair.high_id = low, high
        session.flush()


def _count_people(session: Session, merge: Merge) -> int:
    return sum(passing.people(session, Kind(merge.kind.value), merge.goes, merge.act))


def _move_people(session: Session, merge: Merge) -> None:
    passing.pass_on(session, Kind(merge.kind.value), merge.goes, merge.stays, merge.act)


def _registrations(merge: Merge) -> Any:
    r = Registration
    return r.service_id if merge.kind is RecordKind.SERVICE else r.organisation_id


def _count_registrations(session: Session, merge: Merge) -> int:
    mine = _registrations(merge) == merge.goes
    return session.scalar(select(func.count()).select_from(Registration).where(mine)) or 0


def _move_registrations(session: Session, merge: Merge) -> None:
    """A service has one registration at most: where both do, that of the one that goes tells of no
    service any more.
    """
    column = _registrations(merge)
    taken = session.scalar(select(Registration.id).where(column == merge.stays))
    service = merge.kind is RecordKind.SERVICE
    to = None if service and taken is not None else merge.stays
    moving = update(Registration).where(column == merge.goes).values({column.key: to})
    session.execute(moving.execution_options(synchronize_session=False))


def install() -> None:
    """Register what moves with every kind of record."""
    homes = frozenset({"organisation_domain", "oidc_identity"})
    for kind, (table, _owner) in _SLUGS.items():
        roles = frozenset({"role_grant", "invitation", "join_request"})
        people = roles | homes if kind is RecordKind.ORGANISATION else roles
        movers = {
            "addresses": Mover(
                N_("Former addresses"), frozenset({table.__tablename__}),
                _count_addresses, _move_addresses,
            ),
            "people": Mover(
                N_("Roles, invitations and requests of people"), people, _count_people,
                _move_people,
            ),
            "sources": Mover(
                N_("Entries in imported files"), frozenset({"imported_record"}), _count_sources,
                _move_sources,
            ),
            "proposals": Mover(
                N_("Proposed changes"), frozenset({"proposal"}), _count_proposals, _move_proposals
            ),
            "registrations": Mover(
                N_("Registrations"), frozenset({"registration"}), _count_registrations,
                _move_registrations,
            ),
            "pairs": Mover(
                N_("Decisions about other possible duplicates"), frozenset(), _count_pairs,
                _move_pairs,
            ),
        }  # fmt: skip
        for name, mover in movers.items():
            register(kind, name, mover)
