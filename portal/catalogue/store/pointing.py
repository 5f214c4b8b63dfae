"""Which records point at others, and what they are called: for messages about both."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from portal.catalogue.models.components import Capability, Component, ComponentCapability
from portal.catalogue.models.journeys import Journey, JourneyStep
from portal.catalogue.models.mentions import Mention
from portal.catalogue.models.organisations import (
    Organisation,
    OrganisationMatch,
    OrganisationParent,
    OrganisationSuccession,
)
from portal.catalogue.models.rosters import AdoptionDay, Roster, RosterRow
from portal.catalogue.models.services import Service, ServiceLinkage, ServiceOwner
from portal.catalogue.models.usage import Usage
from portal.catalogue.store import (
    adoption,
    capabilities,
    components,
    further_kinds,
    journeys,
    matches,
    mentions,
    organisations,
    rosters,
    services,
    usage,
)
from portal.db import chunks

Reference = tuple[str, int]
_NAMES: dict[str, tuple[Any, Any]] = {
    services.THING: (Service.id, Service.name),
    organisations.THING: (Organisation.id, Organisation.name),
    journeys.THING: (Journey.id, Journey.name),
    matches.THING: (OrganisationMatch.id, OrganisationMatch.published_name),
    capabilities.THING: (Capability.id, Capability.name),
    components.THING: (Component.id, Component.name),
    # A usage has no name of its own: it is called after its service.
    usage.THING: (
        Usage.id,
        select(Service.name).where(Service.id == Usage.service_id).scalar_subquery(),
    ),
    mentions.THING: (Mention.id, Mention.title),
    # So have what providers publish, which is called after its component.
    adoption.THING: (
        AdoptionDay.id,
        select(Component.name).where(Component.id == AdoptionDay.component_id).scalar_subquery(),
    ),
    rosters.THING: (
        Roster.id,
        select(Component.name).where(Component.id == Roster.component_id).scalar_subquery(),
    ),
}
#: kind pointed at, kind that points, its id, the column that points.
_LINKS: tuple[tuple[str, str, Any, Any], ...] = (
    (organisations.THING, services.THING, ServiceOwner.service_id, ServiceOwner.organisation_id),
    (organisations.THING, organisations.THING, OrganisationParent.child_id,
     OrganisationParent.parent_id),
    (organisations.THING, organisations.THING, OrganisationSuccession.predecessor_id,
     OrganisationSuccession.successor_id),
    (organisations.THING, matches.THING, OrganisationMatch.id, OrganisationMatch.organisation_id),
    (services.THING, services.THING, ServiceLinkage.service_id, ServiceLinkage.other_id),
    (services.THING, journeys.THING, JourneyStep.journey_id, JourneyStep.service_id),
    (organisations.THING, components.THING, Component.id, Component.provider_id),
    (components.THING, components.THING, Component.id, Component.successor_id),
    (components.THING, usage.THING, Usage.id, Usage.component_id),
    (services.THING, usage.THING, Usage.id, Usage.service_id),
    (services.THING, rosters.THING, RosterRow.roster_id, RosterRow.service_id),
    (capabilities.THING, usage.THING, Usage.id, Usage.capability_id),
    (capabilities.THING, capabilities.THING, Capability.id, Capability.parent_id),
    (capabilities.THING, components.THING, ComponentCapability.component_id,
     ComponentCapability.capability_id),
)  # fmt: skip


def pointing_at(
    session: Session, targets: Collection[Reference], without: Collection[Reference]
) -> list[Reference]:
    """The records that point at any of the targets, without the ones named; services first."""
    found: set[Reference] = set()
    links = [*_LINKS]
    for each in further_kinds.kinds():
        links += [(target, each.thing, id_, column) for target, id_, column in each.points]
    for target, pointer, id_, column in links:
        ids = [thing_id for thing, thing_id in targets if thing == target]
        for some in chunks(ids):
            found |= {(pointer, i) for i in session.scalars(select(id_).where(column.in_(some)))}
    order = [*_NAMES, *(each.thing for each in further_kinds.kinds())]
    return sorted(found - set(without), key=lambda one: (order.index(one[0]), one[1]))


def called(session: Session, references: Iterable[Reference]) -> list[str]:
    """What each of these records is called, with its kind: `service “Tax your vehicle”`."""
    return list(_called(session, references))


def _called(session: Session, references: Iterable[Reference]) -> Iterator[str]:
    further = {each.thing: (each.model.id, each.name) for each in further_kinds.kinds()}
    for thing, thing_id in references:
        id_, name = (_NAMES | further)[thing]
        found = session.scalar(select(name).where(id_ == thing_id))
        yield f"{thing.replace('_', ' ')} “{found or thing_id}”"
