"""What services say that they use of a component, as its provider sees it: listed and counted."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from itertools import islice
from typing import Any, NamedTuple, TypeVar

from sqlalchemy import ColumnElement, bindparam, func, or_, select, tuple_
from sqlalchemy.orm import Session

from portal.access import Kind, Thing
from portal.accounts.store import things
from portal.catalogue.component_words import Standing, UsageStatus
from portal.catalogue.models.components import Capability, Component
from portal.catalogue.models.organisations import Organisation
from portal.catalogue.models.reviews import Review
from portal.catalogue.models.services import Service
from portal.catalogue.models.usage import Usage
from portal.catalogue.rules.reviews import STALE
from portal.catalogue.store import evidence, reviews
from portal.catalogue.words import Reviewed, ReviewState
from portal.errors import Missing

Row = TypeVar("Row")
SOME = 500
#: What a provider is asked about.
TO_ANSWER = (Standing.DECLARED, Standing.LAPSED)


@dataclass(frozen=True, slots=True)
class ClaimQuery:
    """What a list of claims is asked for; `after` is the name and id of the last one before."""

    component_id: int
    standing: Standing | None = None
    after: tuple[str, int] | None = None


class Claim(NamedTuple):
    """A usage of a component, with how it stands."""

    usage: int
    sort_name: str
    service: str
    service_slug: str
    organisation: str | None
    organisation_slug: str | None
    capability: str
    capability_slug: str
    status: str
    planned_live: date | None
    since: date | None
    since_basis: str | None
    until: date | None
    until_basis: str | None
    source: str | None
    standing: str
    confirmed_on: date | None
    disputed_on: date | None
    integration_days: Decimal | None


def standing_of(day: date) -> ColumnElement[str]:
    """How a usage stands on a day; its service's review has to be joined, see `reviewed`."""
    stale = reviews.in_state(ReviewState.STALE, day)
    return evidence.standing_sql(day, evidence.first_day(day), stale)


def standing_asked() -> ColumnElement[str]:
    """The same for a statement that is made once; `days_of` gives its days."""
    of = Usage.confirmed_on.type
    stale = Review.review_by <= bindparam("stale_by", type_=of)
    return evidence.standing_sql(
        bindparam("stands_on", type_=of), bindparam("holds_from", type_=of), stale
    )


def days_of(day: date) -> dict[str, date]:
    """The days of a statement with `standing_asked`."""
    return {"stands_on": day, "holds_from": evidence.first_day(day), "stale_by": day - STALE}


class Stood(NamedTuple):
    """How a claim stands, as lists show it beside the claim."""

    standing: str
    confirmed_on: date | None
    disputed_on: date | None


def stood(session: Session, usages: Iterable[int], day: date) -> dict[int, Stood]:
    """How each of these usages stands on a day, in one statement; by id."""
    ids = set(usages)
    if not ids:
        return {}
    u = Usage
    query = reviewed(select(u.id, standing_of(day), u.confirmed_on, u.disputed_on))
    rows = session.execute(query.where(u.id.in_(ids)))
    return {id_: Stood(*said) for id_, *said in rows}


def standing_by(
    session: Session, rows: Iterable[Row], day: date, of: Callable[[Row], int]
) -> Iterator[tuple[Row, str]]:
    """The rows of a file, each with how its usage stands on a day; a statement for some hundred.

    Args:
        of: gives the id of a row's usage.
    """
    every = iter(rows)
    while some := list(islice(every, SOME)):
        standing = stood(session, map(of, some), day)
        yield from ((row, str(standing[of(row)].standing)) for row in some)


def reviewed(statement: Any) -> Any:
    """A statement about usages with the reviews of their services joined."""
    return statement.outerjoin(Review, reviews.of(Reviewed.SERVICE, Usage.service_id))


def _claims(stands: ColumnElement[str]) -> Any:
    return reviewed(
        select(
            Usage.id, Service.sort_name, Service.name, Service.slug, Organisation.name,
            Organisation.slug, Capability.name, Capability.slug, Usage.status, Usage.planned_live,
            Usage.since, Usage.since_basis, Usage.until, Usage.until_basis, Usage.source, stands,
            Usage.confirmed_on, Usage.disputed_on, Usage.integration_days,
        )
        .join(Service, Service.id == Usage.service_id)
        .join(Capability, Capability.id == Usage.capability_id)
        .outerjoin(Organisation, Organisation.id == Service.organisation_id)
    )  # fmt: skip


def listing(
    session: Session, query: ClaimQuery, day: date, limit: int | None = None
) -> list[Claim]:  # fmt: skip
    """Claims by the service's name; what has stopped is left out."""
    stands = standing_of(day)
    statement = _claims(stands).where(
        Usage.component_id == query.component_id, Usage.status != UsageStatus.STOPPED
    )
    if query.standing is not None:
        statement = statement.where(stands == query.standing.value)
    if query.after is not None:
        statement = statement.where(tuple_(Service.sort_name, Usage.id) > tuple_(*query.after))
    rows: Any = session.execute(statement.order_by(Service.sort_name, Usage.id).limit(limit))
    return [Claim(*row) for row in rows]


def every(session: Session, query: ClaimQuery, day: date) -> Iterator[Claim]:
    """The same for a download, some at a time."""
    while found := listing(session, query, day, 500):
        yield from found
        last = found[-1]
        query = ClaimQuery(query.component_id, query.standing, (last.sort_name, last.usage))


def counts(session: Session, component_id: int, day: date) -> dict[str, int]:
    """How many open claims there are of each standing."""
    # By its label: PostgreSQL takes the same expression with other parameters for another one.
    stands = standing_of(day).label("standing")
    statement = reviewed(select(stands, func.count()).select_from(Usage)).where(
        Usage.component_id == component_id, Usage.status != UsageStatus.STOPPED
    )
    rows: Any = session.execute(statement.group_by(stands))
    return dict.fromkeys((each.value for each in Standing), 0) | dict(map(tuple, rows))


def component_of(session: Session, usage_id: int) -> Thing:
    """The component that a usage is of, as the policy sees it. Raises Missing."""
    id_ = session.scalar(select(Usage.component_id).where(Usage.id == usage_id))
    if id_ is None:
        raise Missing("There is no such use of a component")
    return things.by_id(session, Kind.COMPONENT, id_)


def usage_at(session: Session, service: str, capability: str) -> int:
    """The first use of a component by a service for a need, by addresses. Raises Missing."""
    found = session.scalar(
        select(func.min(Usage.id))
        .join(Service, Service.id == Usage.service_id)
        .join(Capability, Capability.id == Usage.capability_id)
        .where(
            Service.slug == service, Capability.slug == capability, Usage.component_id.is_not(None)
        )
    )  # fmt: skip
    if found is None:
        raise Missing("There is no such use of a component")
    return found


def of_component(session: Session, component_id: int, ids: Collection[int]) -> set[int]:
    """Those of these usages that are open, and of a component."""
    query = select(Usage.id).where(
        Usage.id.in_(list(ids)), Usage.component_id == component_id,
        Usage.status != UsageStatus.STOPPED,
    )  # fmt: skip
    return set(session.scalars(query))


def state_of(session: Session, usage_id: int, day: date) -> Claim:
    """One claim of a component or not, with how it stands. Raises Missing."""
    statement = _claims(standing_of(day)).where(Usage.id == usage_id)
    row: Any = session.execute(statement).first()
    if row is None:
        raise Missing("There is no such usage")
    return Claim(*row)


def waiting(
    session: Session, components: Collection[int], bodies: Collection[int], day: date
) -> list[tuple[str, str, int]]:
    """The components, of these or provided by these bodies, whose claims wait for an answer: slug,
    name and how many.
    """
    stands = standing_of(day)
    statement = reviewed(
        select(Component.slug, Component.name, func.count())
        .select_from(Usage)
        .join(Component, Component.id == Usage.component_id)
    ).where(
        or_(Component.id.in_(list(components)), Component.provider_id.in_(list(bodies))),
        Usage.status != UsageStatus.STOPPED,
        stands.in_([each.value for each in TO_ANSWER]),
    )
    rows: Any = session.execute(
        statement.group_by(Component.id, Component.slug, Component.name).order_by(Component.slug)
    )
    return [tuple(row) for row in rows]


def disputed(
    session: Session, services: Collection[int], bodies: Collection[int], most: int
) -> list[tuple[int, str, str]]:
    """The disputed claims of these services, and of those that these bodies are accountable for or
    deliver, the oldest first: id of the usage, the service's name, the component's name.
    """
    mine = list(bodies)
    statement = (
        select(Usage.id, Service.name, Component.name)
        .join(Service, Service.id == Usage.service_id)
        .join(Component, Component.id == Usage.component_id)
        .where(
            Usage.disputed_on.is_not(None),
            or_(
                Usage.service_id.in_(list(services)), Service.organisation_id.in_(mine),
                Service.delivers_id.in_(mine),
            ),
        )
        .order_by(Usage.disputed_on, Usage.id)
        .limit(most)
    )  # fmt: skip
    rows: Any = session.execute(statement)
    return [tuple(row) for row in rows]
