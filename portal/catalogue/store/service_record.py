"""One service with everything its page shows, as plain rows, in two statements."""

from __future__ import annotations

from collections.abc import Callable, Sequence
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
from portal.fixed import Fixed


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


class Record:
    """What a service's page shows: the service's own columns by their names, how its review stands
    (None until it has one), and its lists.
    """

    owners: list[Owner]
    names: list[Name]
    phases: list[Phase]
    links: list[Link]
    apis: list[Api]
    relations: list[Related]
    journeys: list[Journeyed]
    replaced_by: list[Related]

    def __init__(self, own: Sequence[Any]) -> None:
        """One without rows in its lists, from its row of `_OWN`."""
        at = len(_COLUMNS)
        lists: dict[str, list[Any]] = {name: [] for name in _LISTS}
        self.__dict__.update(zip(_COLUMNS, own[:at], strict=True), **lists)
        self.review = Standing(*own[at:]) if own[at] else None

    def __getattr__(self, name: str) -> Any:
        """The service's own columns are there by their names."""
        raise AttributeError(name)

    @property
    def audiences(self) -> list[str]:
        """Who uses it."""
        return self.audience_set.split(",") if self.audience_set else []

    def now(self, role: str) -> list[Owner]:
        """Who does something for it today."""
        return [owner for owner in self.owners if owner.role == role and not owner.until]

    def had(self, role: str) -> bool:
        """Whether anybody has ever done it, as far as is known."""
        return any(owner.role == role for owner in self.owners)


_COLUMNS = Service.__table__.columns.keys()
_OWN = Fixed(
    select(*Service.__table__.columns, *reviews.SHOWN)
    .outerjoin(Review, reviews.of(Reviewed.SERVICE, Service.id))
    .where(Service.slug == bindparam("slug")),
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
_REST = Fixed(prepared({name: statement for name, (_make, statement) in _LISTS.items()}))
#: How the row of each list is made, from which columns of the statement.
_MAKE = {
    name: (make, 3 + len(statement.selected_columns) - 2)
    for name, (make, statement) in _LISTS.items()
}


def _owner(row: tuple[Any, ...]) -> Owner:
    role, published_name, since, until, source, id_, *named = row
    body = Body(int(id_), *named) if id_ else None
    return Owner(role, published_name, since, until, source, body.id if body else None, body)


def by_slug(session: Session, slug: str) -> Record:
    """The service at an address. Raises Missing."""
    own = _OWN.row(session, slug=slug)
    if own is None:
        raise Missing("There is no service at this address")
    found = Record(own)
    lists = found.__dict__
    for row in _REST.rows(session, id=found.id):
        make, end = _MAKE[row[0]]
        lists[row[0]].append(make(*row[3:end]))
    return found
