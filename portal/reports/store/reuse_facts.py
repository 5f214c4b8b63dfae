"""What of services counts, read from the records as they are."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator
from datetime import date
from typing import Any, NamedTuple

from sqlalchemy import ColumnElement, exists, func, select
from sqlalchemy.orm import Session, aliased

from portal.catalogue.component_words import DateBasis, NeedAnswer, UsageStatus
from portal.catalogue.models.organisations import Organisation
from portal.catalogue.models.reviews import Review
from portal.catalogue.models.services import Service, ServiceLinkage
from portal.catalogue.models.usage import CapabilityNeed, Usage
from portal.catalogue.rules.standing import Claim, Marks
from portal.catalogue.store import reviews
from portal.catalogue.words import Phase, Reviewed, ServiceRelation
from portal.reports.rules.reuse import NOBODY, Fact, Place, Used, facts_of, stale_from

#: A condition on a column of services' ids.
Which = Callable[[Any], ColumnElement[bool]]
#: So many ids of services at a time.
MANY = 2_000


class Counting(NamedTuple):
    """A service that counts, with where and what."""

    place: Place
    facts: list[Fact]


def of_ids(ids: Collection[int]) -> Which:
    """The condition that a service is one of these."""
    return lambda column: column.in_(ids)


def in_parts(session: Session, many: int = MANY) -> Iterator[Which]:
    """Conditions for all services, some at a time."""
    last = session.scalar(select(func.max(Service.id))) or 0
    for first in range(1, last + 1, many):
        yield _between(first, first + many - 1)


def _between(first: int, last: int) -> Which:
    return lambda column: column.between(first, last)


def has_no_parts() -> ColumnElement[bool]:
    """The condition that no part of a service counts in its place."""
    part, link = aliased(Service), aliased(ServiceLinkage)
    parts = (
        select(link.id)
        .join(part, part.id == link.service_id)
        .where(link.other_id == Service.id, link.relation == ServiceRelation.PART_OF,
               part.phase != Phase.RETIRED)
        .correlate(Service)
    )  # fmt: skip
    return ~exists(parts)


def whole_of(session: Session, ids: Collection[int]) -> set[int]:
    """The services that these are parts of."""
    link = ServiceLinkage
    query = select(link.other_id).where(
        link.service_id.in_(ids), link.relation == ServiceRelation.PART_OF
    )
    return set(session.scalars(query))


def read(session: Session, which: Which, day: date) -> dict[int, Counting]:
    """What counts of services that do, by id, in three statements."""
    query = (
        select(Service.id, Service.organisation_id, Organisation.kind, Service.phase,
               Review.review_by)
        .outerjoin(Organisation, Organisation.id == Service.organisation_id)
        .outerjoin(Review, reviews.of(Reviewed.SERVICE, Service.id))
        .where(which(Service.id), Service.phase != Phase.RETIRED, has_no_parts())
        .order_by(Service.id)
    )  # fmt: skip
    rows = session.execute(query).all()
    used = _used(session, which, {row.id: stale_from(row.review_by) for row in rows})
    said = answers(session, which)
    return {
        row.id: Counting(
            Place(row.organisation_id or NOBODY, row.kind.value if row.kind else "",
                  row.phase.value),
            facts_of(row.id, used.get(row.id, ()), said.get(row.id, {}), day),
        )
        for row in rows
    }  # fmt: skip


def _used(
    session: Session, which: Which, stale: dict[int, date | None]
) -> dict[int, list[Used]]:  # fmt: skip
    u = Usage
    query = select(
        u.service_id, u.capability_id, u.arrangement, u.component_id, u.status, u.since,
        u.since_basis, u.until, u.confirmed_on, u.disputed_on,
    ).where(which(u.service_id), u.status != UsageStatus.STOPPED)  # fmt: skip
    found: dict[int, list[Used]] = {}
    rows: Any = session.execute(query.order_by(u.service_id, u.id))
    for service, need, how, component, status, since, basis, until, confirmed, disputed in rows:
        if service in stale:
            claim = Claim(status, since, until, basis is DateBasis.SEEN)
            marks = Marks(disputed, confirmed)
            each = Used(need, how, component, claim, marks, stale[service])
            found.setdefault(service, []).append(each)
    return found


def answers(session: Session, which: Which) -> dict[int, dict[int, bool]]:
    """Whether services said that they need a capability; what they did not say has none."""
    n = CapabilityNeed
    query = select(n.service_id, n.capability_id, n.answer).where(
        which(n.service_id), n.answer != NeedAnswer.UNKNOWN
    )
    found: dict[int, dict[int, bool]] = {}
    for service, need, answer in session.connection().execute(query):
        found.setdefault(service, {})[need] = answer is NeedAnswer.NEEDED
    return found
