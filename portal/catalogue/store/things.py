"""The catalogue's records as things that people have roles on: found, and whose they are."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import Any

from sqlalchemy import ColumnElement, null, select
from sqlalchemy.orm import Session

from portal.access import JOURNEY, Kind, Thing
from portal.accounts.store.things import Named, register
from portal.catalogue.models.components import Component
from portal.catalogue.models.journeys import JourneyStep
from portal.catalogue.models.organisations import Organisation
from portal.catalogue.models.services import Service, ServiceOwner
from portal.catalogue.words import OwnerRole
from portal.errors import Missing

#: Whoever pays for a service has no say in its record.
OWN = (OwnerRole.ACCOUNTABLE, OwnerRole.DELIVERS)


class Things:
    """Finds the records of one kind.

    Args:
        kind: the kind.
        model: its table, with id, slug and name.
        owned: selects the id of a record and that of an owner, or NULL; a row for each owner.
        owner: the column with the owner's id; None where records own themselves.
    """

    def __init__(self, kind: Kind, model: Any, owned: Any, owner: Any = None) -> None:
        """Keep what tells one kind from another."""
        self.kind, self.model, self.owned, self.owner = kind, model, owned, owner

    def by_slug(self, session: Session, slug: str) -> Thing:
        """The thing at an address now. Raises Missing."""
        found = self._things(session, self.model.slug == slug)
        if not found:
            raise Missing("There is nothing at this address")
        return next(iter(found.values()))

    def by_ids(self, session: Session, ids: Collection[int]) -> Mapping[int, Thing]:
        """The things with these ids that there are."""
        return self._things(session, self.model.id.in_(ids))

    def owned_by(self, session: Session, organisation_id: int) -> Collection[int]:
        """The ids of those that an organisation owns now."""
        if self.owner is None:
            return set()
        return {id_ for id_, _ in session.execute(self.owned.where(self.owner == organisation_id))}

    def names(self, session: Session, ids: Collection[int]) -> Mapping[int, Named]:
        """What the things with these ids are called."""
        query = select(self.model.id, self.model.slug, self.model.name)
        rows = session.execute(query.where(self.model.id.in_(ids)))
        return {id_: Named(slug, name) for id_, slug, name in rows}

    def _things(self, session: Session, which: ColumnElement[bool]) -> dict[int, Thing]:
        owners: dict[int, set[int]] = {}
        for id_, owner in session.execute(self.owned.where(which)):
            owners.setdefault(id_, set()).update([] if owner is None else [owner])
        return {id_: Thing(self.kind, id_, frozenset(who)) for id_, who in owners.items()}


_SERVICES = select(Service.id, ServiceOwner.organisation_id).outerjoin(
    ServiceOwner,
    (ServiceOwner.service_id == Service.id)
    & ServiceOwner.until.is_(None)
    & ServiceOwner.role.in_(OWN),
)
ORGANISATIONS = Things(Kind.ORGANISATION, Organisation, select(Organisation.id, null()))
SERVICES = Things(Kind.SERVICE, Service, _SERVICES, ServiceOwner.organisation_id)
COMPONENTS = Things(
    Kind.COMPONENT,
    Component,
    select(Component.id, Component.provider_id),
    Component.provider_id,
)


def journey(session: Session, journey_id: int) -> Thing:
    """A journey as the policy sees it: whoever may edit one of its services has a say."""
    return journeys(session, [journey_id])[journey_id]


def journeys(session: Session, ids: Collection[int]) -> dict[int, Thing]:
    """The same of several, in two statements; one that was removed has no part."""
    steps: dict[int, list[int]] = {id_: [] for id_ in ids}
    query = select(JourneyStep.journey_id, JourneyStep.service_id).order_by(JourneyStep.position)
    for id_, service in session.execute(query.where(JourneyStep.journey_id.in_(ids))):
        steps[id_].append(service)
    known = SERVICES.by_ids(session, {service for some in steps.values() for service in some})
    return {
        id_: Thing(JOURNEY, id_, parts=tuple(known[each] for each in dict.fromkeys(some)))
        for id_, some in steps.items()
    }


def install() -> None:
    """Tell accounts of them."""
    for finder in (ORGANISATIONS, SERVICES, COMPONENTS):
        register(finder.kind, finder)
