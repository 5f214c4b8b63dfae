"""What is behind the duplication report: what services build or buy for themselves, listed."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date
from typing import Any, NamedTuple

from sqlalchemy import ColumnElement, Select, and_, case, exists, false, func, or_, select, tuple_
from sqlalchemy.orm import Session

from portal.catalogue.component_words import Arrangement
from portal.catalogue.models.components import (
    Capability,
    ComponentCapability,
    ComponentExemption,
)
from portal.catalogue.models.organisations import Organisation
from portal.catalogue.models.services import Service
from portal.catalogue.models.usage import Usage
from portal.catalogue.store import shared_options
from portal.catalogue.store.mandates import live_on
from portal.catalogue.store.usage import USING
from portal.catalogue.words import Phase
from portal.reports.rules.bands import FROM
from portal.reports.rules.duplication import eligible
from portal.reports.rules.reuse_query import Scope
from portal.reports.store.reuse_facts import has_no_parts
from portal.reports.store.reuse_usages import within
from portal.reports.words import Duplicated, SizeBand

ALONE = (Arrangement.OWN_BUILD, Arrangement.BOUGHT_PRODUCT)
_U = Usage


def _counting(scope: Scope, day: date) -> list[ColumnElement[bool]]:
    """The conditions that a usage is in use, and of a service that counts."""
    return [
        _U.status.in_(USING), or_(_U.until.is_(None), _U.until > day), _U.disputed_on.is_(None),
        Service.phase != Phase.RETIRED, has_no_parts(), *within(scope),
    ]  # fmt: skip


def _alone(scope: Scope, day: date) -> list[ColumnElement[bool]]:
    return [_U.arrangement.in_(ALONE), *_counting(scope, day)]


def _joined(*columns: Any, where: Any, by: Any = ()) -> Select[Any]:
    query = (
        select(*columns)
        .select_from(_U)
        .join(Service, Service.id == _U.service_id)
        .outerjoin(Organisation, Organisation.id == Service.organisation_id)
        .where(*where)
    )
    return query.group_by(*by) if by else query


def _flags(session: Session, day: date) -> tuple[ColumnElement[bool], ...]:
    """Whether a usage is addressable, is so and has a reason, is exempt."""
    kinds = eligible(shared_options.by_need(session, day))
    can = or_(
        false(),
        *(and_(_U.capability_id == need, Organisation.kind.in_(sorted(some)))
          for need, some in kinds.items() if some),
    )  # fmt: skip
    e, c = ComponentExemption, ComponentCapability
    exempt = exists().where(
        e.service_id == _U.service_id, e.component_id == c.component_id,
        c.capability_id == _U.capability_id, live_on(day),
    ).correlate(_U)  # fmt: skip
    addressable = and_(can, ~exempt)
    return addressable, and_(addressable, _U.reason.is_not(None)), exempt


def _band() -> ColumnElement[str]:
    """The size band of a service, as `rules.bands.band_of` says."""
    many = Service.yearly_transactions
    steps = ((many >= least, band.value) for band, least in FROM)
    return case(*steps, else_=SizeBand.SMALLEST.value)


def _alike(scope: Scope, day: date) -> Any:
    """Arrangements of one's own by need, audience and size, where there are two or more."""
    by = (_U.capability_id.label("need"), Service.audience_set.label("audience"),
          _band().label("band"))  # fmt: skip
    many = func.count().label("many")
    where = [*_alone(scope, day), Service.audience_set != ""]
    return _joined(*by, many, where=where, by=by).having(func.count() > 1).subquery()


@dataclass(frozen=True, slots=True)
class AloneQuery:
    """What the list is asked for; `after` is the name and id of the last row before."""

    scope: Scope
    which: Duplicated = Duplicated.ADDRESSABLE
    after: tuple[str, int] | None = None


class Alone(NamedTuple):
    """Something that a service builds or buys for itself."""

    sort_name: str
    usage: int
    service_slug: str
    service: str
    organisation_slug: str | None
    organisation: str | None
    capability_slug: str
    capability: str
    arrangement: str
    product: str | None
    reason: str | None
    reason_note: str | None
    contract_end: date | None
    exempt: bool


def listing(
    session: Session, query: AloneQuery, day: date, limit: int | None = None
) -> list[Alone]:  # fmt: skip
    """What services build or buy for themselves, by the service's name."""
    s, o, c = Service, Organisation, Capability
    addressable, reasoned, exempt = _flags(session, day)
    statement = _joined(
        s.sort_name, _U.id, s.slug, s.name, o.slug, o.name, c.slug, c.name, _U.arrangement,
        _U.product, _U.reason, _U.reason_note, _U.contract_end, case((exempt, 1), else_=0),
        where=_alone(query.scope, day),
    ).join(c, c.id == _U.capability_id)  # fmt: skip
    narrowing = {
        Duplicated.ADDRESSABLE: addressable,
        Duplicated.WITH_REASON: reasoned,
        Duplicated.EXEMPT: exempt,
    }
    if query.which in narrowing:
        statement = statement.where(narrowing[query.which])
    elif query.which is Duplicated.OVERLAP:
        alike = _alike(query.scope, day)
        same = select(alike.c.need, alike.c.audience, alike.c.band)
        mine = tuple_(_U.capability_id, s.audience_set, _band())
        statement = statement.where(mine.in_(same))
    if query.after is not None:
        statement = statement.where(tuple_(s.sort_name, _U.id) > tuple_(*query.after))
    rows: Any = session.execute(statement.order_by(s.sort_name, _U.id).limit(limit))
    return [Alone._make((*row[:13], bool(row[13]))) for row in rows]


def every(session: Session, query: AloneQuery, day: date) -> Iterator[Alone]:
    """The same for a download, some at a time."""
    while found := listing(session, query, day, 500):
        yield from found
        query = replace(query, after=(found[-1].sort_name, found[-1].usage))
