"""All SQL about suppliers: names of usages that mean an organisation, and who buys from it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from portal.audit import Act
from portal.catalogue.models.components import Capability
from portal.catalogue.models.organisations import OrganisationMatch
from portal.catalogue.models.services import Service
from portal.catalogue.models.usage import Usage
from portal.catalogue.store import capabilities, components, services, usage
from portal.catalogue.store.movers import TAGS, Merge, Mover, register
from portal.catalogue.words import MatchAbout, MatchState, RecordKind
from portal.errors import N_

MATCHED = "supplier matched"


@dataclass(frozen=True, slots=True)
class Sold:
    """What a service buys, or bought, from a supplier."""

    service: str
    slug: str
    need: str
    product: str | None
    status: str
    since: date | None
    until: date | None


def unknown(session: Session) -> list[str]:
    """The names of suppliers that no organisation is known for, and that nobody has looked at."""
    u, m = Usage, OrganisationMatch
    query = select(u.supplier).where(
        u.supplier.is_not(None), u.supplier_id.is_(None),
        ~select(m.id).where(m.published_name == u.supplier).exists(),
    )  # fmt: skip
    return [name for name in session.scalars(query.distinct().order_by(u.supplier)) if name]


def waiting(session: Session) -> list[OrganisationMatch]:
    """The names of suppliers of which no person has decided."""
    m = OrganisationMatch
    query = select(m).where(m.about == MatchAbout.SUPPLIER, m.state == MatchState.WAITING)
    return list(session.scalars(query.order_by(m.id)))


def link(session: Session, name: str, reference: str | None, act: Act) -> list[int]:
    """Let the usages with a supplier's name say which organisation it is (None: it is none of
    ours); each with history.

    Returns:
        The ids of the services that changed.
    """
    ids = session.scalars(select(Usage.id).where(Usage.supplier == name).order_by(Usage.id)).all()
    known = usage.Ids(
        services.ids_by_slug(session),
        capabilities.ids_by_slug(session),
        components.ids_by_slug(session),
    )
    changed = []
    for row in usage.load(session, list(ids)):
        before = usage.document_of(row)
        after = {**before, "supplier_organisation": reference}
        if usage.save(session, row, before, after, known, act, MATCHED):
            changed.append(row.service_id)
    return changed


def sold_by(session: Session, organisation_id: int) -> list[Sold]:
    """What services buy from a supplier, what is in use first; by service."""
    u = Usage
    rows: Any = session.execute(
        select(Service.name, Service.slug, Capability.name, u.product, u.status, u.since, u.until)
        .join(Service, Service.id == u.service_id)
        .join(Capability, Capability.id == u.capability_id)
        .where(u.supplier_id == organisation_id)
        .order_by(u.status == "stopped", Service.sort_name, u.id)
    )
    return [Sold(*row) for row in rows]


def _count(session: Session, merge: Merge) -> int:
    mine = Usage.supplier_id == merge.goes
    return session.scalar(select(func.count()).select_from(Usage).where(mine)) or 0


def _move(session: Session, merge: Merge) -> None:
    ids = session.scalars(select(Usage.id).where(Usage.supplier_id == merge.goes)).all()
    known = usage.Ids(
        services.ids_by_slug(session),
        capabilities.ids_by_slug(session),
        components.ids_by_slug(session),
    )
    for row in usage.load(session, list(ids)):
        before = usage.document_of(row)
        after = {**before, "supplier_organisation": merge.stays_ref}
        usage.save(session, row, before, after, known, merge.act, TAGS[merge.kind])


def install() -> None:
    """Say what happens to what is bought from a supplier that becomes part of another one."""
    mover = Mover(N_("What services buy from it"), frozenset({"usage"}), _count, _move)
    register(RecordKind.ORGANISATION, "suppliers", mover)
