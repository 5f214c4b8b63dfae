"""One service with everything its page shows, as plain rows, in two statements made once."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, NamedTuple

from sqlalchemy import bindparam, func, select
from sqlalchemy.orm import Session, aliased

from portal.catalogue.models.journeys import Journey, JourneyStep
from portal.catalogue.models.organisations import Organisation
from portal.catalogue.models.reviews import Review
from portal.catalogue.models.services import (
    Service,
    ServiceApi,
    ServiceLink,
    ServiceLinkage,
    ServiceName,
    ServiceOwner,
    ServicePhase,
)
from portal.catalogue.store import reviews
from portal.catalogue.store.gather import prepared
from portal.catalogue.store.reviews import Standing
from portal.catalogue.words import Reviewed, ServiceRelation
from portal.errors import Missing


class Body(NamedTuple):
    """An organisation as a service's page names it; dates are ISO text, here and below."""

    id: int
    slug: str
    name: str
    end_date: str | None


class Owner(NamedTuple):
    """What an organisation does for a service; one not matched yet has a published name only."""

    role: str
    published_name: str | None
    since: str | None
    until: str | None
    source: str | None
    organisation_id: int | None
    organisation: Body | None


class Name(NamedTuple):
    """Another name."""

    name: str
    kind: str
    language: str
    until: str | None


class Phase(NamedTuple):
    """A phase and its days."""

    phase: str
    since: str | None
    until: str | None


class Link(NamedTuple):
    """Somewhere that tells more."""

    kind: str
    url: str
    title: str | None


class Api(NamedTuple):
    """An API that it offers."""

    name: str
    address: str | None
    documentation: str | None


class Related(NamedTuple):
    """Another service, and how this one stands to it."""

    relation: str
    slug: str
    name: str


class Journeyed(NamedTuple):
    """A journey through this service: at which of its steps."""

    slug: str
    name: str
    position: str
    steps: str


@dataclass(slots=True)
class Record:
    """What a service's page shows; `own` are the service's own columns."""

    own: Any
    owners: list[Owner] = field(default_factory=list)
    names: list[Name] = field(default_factory=list)
    phases: list[Phase] = field(default_factory=list)
    links: list[Link] = field(default_factory=list)
    apis: list[Api] = field(default_factory=list)
    relations: list[Related] = field(default_factory=list)
    journeys: list[Journeyed] = field(default_factory=list)
    replaced_by: list[Related] = field(default_factory=list)

    def __getattr__(self, name: str) -> Any:
        """The service's own columns by their names."""
        return getattr(self.own, name)

    @property
    def review(self) -> Standing | None:
        """How its review stands; None until it has one."""
        own = self.own
        values = (getattr(own, name) for name in Standing._fields)
        return Standing(*values) if own.since else None

    @property
    def audiences(self) -> list[str]:
        """Who uses it."""
        return self.own.audience_set.split(",") if self.own.audience_set else []


_OWN = (
    select(*Service.__table__.columns, *reviews.SHOWN)
    .outerjoin(Review, reviews.of(Reviewed.SERVICE, Service.id))
    .where(Service.slug == bindparam("slug"))
)
_ID = bindparam("id", type_=Service.id.type)
_RELATION = ServiceLinkage.relation
_other, _steps = aliased(Service), aliased(JourneyStep)
_LISTS: dict[str, tuple[Callable[..., Any], Any]] = {
    "owners": (
        lambda *row: _owner(row),
        select(
            ServiceOwner.service_id, ServiceOwner.id, ServiceOwner.role,
            ServiceOwner.published_name, ServiceOwner.since, ServiceOwner.until,
            ServiceOwner.source, Organisation.id, Organisation.slug, Organisation.name,
            Organisation.end_date,
        )
        .outerjoin(Organisation, Organisation.id == ServiceOwner.organisation_id)
        .where(ServiceOwner.service_id == _ID),
    ),
    "relations": (
        Related,
        select(
            ServiceLinkage.service_id, ServiceLinkage.id, ServiceLinkage.relation, _other.slug,
            _other.name,
        )
        .join(_other, _other.id == ServiceLinkage.other_id)
        .where(ServiceLinkage.service_id == _ID),
    ),
    "replaced_by": (
        Related,
        select(ServiceLinkage.other_id, _other.id, _RELATION, _other.slug, _other.name)
        .join(_other, _other.id == ServiceLinkage.service_id)
        .where(ServiceLinkage.other_id == _ID, _RELATION == ServiceRelation.REPLACES),
    ),
    "journeys": (
        Journeyed,
        select(
            JourneyStep.service_id,
            func.row_number().over(order_by=[Journey.sort_name, JourneyStep.position]),
            Journey.slug, Journey.name, JourneyStep.position,
            select(func.count())
            .select_from(_steps)
            .where(_steps.journey_id == Journey.id)
            .scalar_subquery(),
        )
        .join(Journey, Journey.id == JourneyStep.journey_id)
        .where(JourneyStep.service_id == _ID),
    ),
    **{
        name: (
            kind,
            select(model.service_id, model.id, *(getattr(model, f) for f in kind._fields)).where(
                model.service_id == _ID
            ),
        )
        for name, kind, model in (
            ("names", Name, ServiceName),
            ("phases", Phase, ServicePhase),
            ("links", Link, ServiceLink),
            ("apis", Api, ServiceApi),
        )
    },
}  # fmt: skip
_REST = prepared({name: statement for name, (_make, statement) in _LISTS.items()})
_WIDTH = {name: len(statement.selected_columns) - 2 for name, (_make, statement) in _LISTS.items()}


def _owner(row: tuple[Any, ...]) -> Owner:
    role, published_name, since, until, source, id_, *named = row
    body = Body(int(id_), *named) if id_ else None
    return Owner(role, published_name, since, until, source, body.id if body else None, body)


def by_slug(session: Session, slug: str) -> Record:
    """The service at an address. Raises Missing."""
    own = session.connection().execute(_OWN, {"slug": slug}).first()
    if own is None:
        raise Missing("There is no service at this address")
    found = Record(own)
    for part, _record, _place, *values in session.connection().execute(_REST, {"id": own.id}).all():
        getattr(found, part).append(_LISTS[part][0](*values[: _WIDTH[part]]))
    return found
