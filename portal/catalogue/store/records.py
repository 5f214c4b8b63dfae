"""One record with what its page shows, in few statements; and the catalogue's version."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session, joinedload, selectinload

from portal.audit import HistoryEvent, ImportBatch
from portal.catalogue.models.components import Capability, Component
from portal.catalogue.models.journeys import Journey
from portal.catalogue.models.organisations import (
    Organisation,
    OrganisationParent,
    OrganisationSuccession,
)
from portal.catalogue.models.services import Service, ServiceLinkage, ServiceOwner
from portal.catalogue.store import capabilities, components, journeys, organisations, services
from portal.errors import Missing

# Short lists ride along with the record itself: each selectinload would be a statement of its own.
_SERVICE = (
    joinedload(Service.audiences),
    joinedload(Service.phases),
    selectinload(Service.names),
    selectinload(Service.links),
    selectinload(Service.owners)
    .joinedload(ServiceOwner.organisation)
    .joinedload(Organisation.identifiers),
    selectinload(Service.apis),
    selectinload(Service.relations).joinedload(ServiceLinkage.other),
)
_ORGANISATION = (
    joinedload(Organisation.identifiers),
    joinedload(Organisation.names),
    selectinload(Organisation.aliases),
    selectinload(Organisation.parents)
    .joinedload(OrganisationParent.parent)
    .joinedload(Organisation.identifiers),
    selectinload(Organisation.successions)
    .joinedload(OrganisationSuccession.successor)
    .joinedload(Organisation.identifiers),
)


def service(session: Session, slug: str) -> Service:
    """The service at an address. Raises Missing."""
    query = select(Service).options(*_SERVICE).where(Service.slug == slug)
    found = session.scalars(query).unique().one_or_none()
    if found is None:
        raise Missing("There is no service at this address")
    return found


def organisation(session: Session, slug: str) -> Organisation:
    """The organisation at an address. Raises Missing."""
    query = select(Organisation).options(*_ORGANISATION).where(Organisation.slug == slug)
    found = session.scalars(query).unique().one_or_none()
    if found is None:
        raise Missing("There is no organisation at this address")
    return found


def title(model: Any) -> Callable[[Session, str], tuple[int, str]]:
    """A finder of the id and name at an address, for pages that need no more; raises Missing."""

    def find(session: Session, slug: str) -> tuple[int, str]:
        row = session.execute(select(model.id, model.name).where(model.slug == slug)).first()
        if row is None:
            raise Missing("There is nothing at this address")
        return row.id, row.name

    return find


TITLES = {
    services.THING: title(Service),
    organisations.THING: title(Organisation),
    journeys.THING: title(Journey),
    components.THING: title(Component),
    capabilities.THING: title(Capability),
}
#: How the records of each kind are found by address, and where a former address leads.
BY_SLUG: dict[str, Callable[[Session, str], Any]] = {
    services.THING: service,
    organisations.THING: organisation,
    journeys.THING: journeys.by_slug,
}
SLUG_NOW: dict[str, Callable[[Session, str], str | None]] = {
    services.THING: services.slug_now,
    organisations.THING: organisations.slug_now,
    components.THING: components.slug_now,
}


def version(session: Session) -> str:
    """A mark that changes with every change to the catalogue: its last event and import."""
    event = select(func.max(HistoryEvent.id)).scalar_subquery()
    batch = select(func.max(ImportBatch.id)).scalar_subquery()
    undone = select(func.max(ImportBatch.undone_at)).scalar_subquery()
    return "-".join(map(str, session.execute(select(event, batch, undone)).one()))
